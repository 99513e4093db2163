"""What a check is, what it answers, and the verdict of all of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal, NamedTuple


class Answer(NamedTuple):
    """What one check found.

    ``outcome`` is "passed", "failed" or "not_applicable"; ``said`` says in words what was measured, or why nothing was;
    ``measured`` and ``bound`` are the two numbers that were compared, where there are two.
    """

    outcome: Literal["passed", "failed", "not_applicable"]
    said: str
    measured: float | None = None
    bound: float | None = None


def judged(fails: bool, said: str, measured: float | None = None, bound: float | None = None) -> Answer:
    """Answer passed or failed.

    Examples
    --------
    >>> judged(True, "odds are off by 2.0", 2.0, 1.25).outcome
    'failed'
    """
    return Answer("failed" if fails else "passed", said, measured, bound)


def not_applicable(why: str) -> Answer:
    """Answer that a check has nothing to look at, and why.

    Examples
    --------
    >>> not_applicable("there is no champion yet").outcome
    'not_applicable'
    """
    return Answer("not_applicable", why)


@dataclass(frozen=True)
class Check:
    """One coded check.

    Parameters
    ----------
    id : str
        RC and three digits; never given to another check.
    title : str
        What is wrong where it fails.
    severity : {"stop", "warn"}
        A failing check of severity stop keeps a model from being promoted.
    remedy : str
        One sentence.
    run : callable
        Takes a :class:`renewcast.evaluation.checks.case.Case`, returns an :class:`Answer`.
    """

    id: str
    title: str
    severity: Literal["stop", "warn"]
    remedy: str
    run: Callable[[object], Answer]


@dataclass(frozen=True)
class Finding:
    """A check's answer together with the check's own words, all of it plain JSON."""

    id: str
    title: str
    severity: str
    outcome: str
    said: str
    measured: float | None
    bound: float | None
    remedy: str


@dataclass(frozen=True)
class Verdict:
    """What the gate says of one model.

    Examples
    --------
    >>> found = Finding("RC201", "uncalibrated overall", "stop", "failed", "too high", 2.0, 1.25, "Train again.")
    >>> verdict = Verdict((found,))
    >>> verdict.passes, verdict.brief()
    (False, {'checks': 1, 'passed': 0, 'not_applicable': 0, 'failed': [{'id': 'RC201', 'severity': 'stop', 'said': 'too high'}]})
    """

    findings: tuple[Finding, ...]

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The failing checks that refuse promotion."""
        return tuple(one for one in self.findings if one.outcome == "failed" and one.severity == "stop")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The failing checks that refuse nothing."""
        return tuple(one for one in self.findings if one.outcome == "failed" and one.severity == "warn")

    @property
    def passes(self) -> bool:
        """Whether no check of severity stop fails."""
        return not self.stops

    def brief(self) -> dict:
        """Return what a record keeps: counts, and the failing checks by id."""
        counted = [one.outcome for one in self.findings]
        failed = [{"id": one.id, "severity": one.severity, "said": one.said} for one in (*self.stops, *self.warnings)]
        return {
            "checks": len(self.findings),
            "passed": counted.count("passed"),
            "not_applicable": counted.count("not_applicable"),
            "failed": failed,
        }

    def to_list(self) -> list[dict]:
        """Return every finding as a plain dict."""
        return [asdict(one) for one in self.findings]

    @classmethod
    def of(cls, listed: list[dict]) -> "Verdict":
        """Rebuild from what :meth:`to_list` returned."""
        return cls(tuple(Finding(**one) for one in listed))

    def to_frame(self):
        """Return a row a check, pandas.DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_list(), columns=list(Finding.__dataclass_fields__))
