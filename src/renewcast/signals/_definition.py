"""What a signal is: a name, what it says in two languages, the columns that it needs, and the accounts for which it fires."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Signal:
    """A named rule on raw facts.

    Attributes
    ----------
    name : str
    kind : {"risk", "opportunity"}
    en, zh : str
        What it is called.
    evidence_en, evidence_zh : str
        The sentence said of an account: a format string over the numbers that ``fires`` returns beside the account.
    needs : tuple of str
        "table.column" of everything without which the rule cannot be judged.
    fires : callable
        Takes :class:`renewcast.datasets.known.Known`, whose rows are cut already, and returns a pandas.DataFrame with account_id
        (each once) and the numbers of the sentence.
    outcome : {"churn", "stay", "expansion"}
        What its alarms are measured by: that the account leaves, that it does not, or that it pays more.
    goal : {"expansion", "cross_sell", "referral"} or None
        Of an opportunity: what is to be won.
    weaker_than : str or None
        The signal that says the same better: where that one speaks of an account, this one need not.

    Examples
    --------
    >>> import pandas as pd
    >>> quiet = Signal("quiet", "risk", "Quiet", "沉寂", "no use for {days} days", "已{days}天未使用", (), lambda known: None)
    >>> quiet.sentences(pd.DataFrame({"account_id": ["A"], "days": [30]}), "zh")
    ['已30天未使用']
    """

    name: str
    kind: str
    en: str
    zh: str
    evidence_en: str
    evidence_zh: str
    needs: tuple[str, ...]
    fires: Callable
    outcome: str = "churn"
    goal: str | None = None
    weaker_than: str | None = None

    def title(self, language: str) -> str:
        """Return what the signal is called."""
        return self.zh if language == "zh" else self.en

    def sentences(self, fired, language: str) -> list[str]:
        """Say for each row that ``fires`` returned what was seen, numbers and all."""
        template = self.evidence_zh if language == "zh" else self.evidence_en
        return [template.format(**numbers) for numbers in fired.to_dict("records")]


def signal(name, *, en, zh, say_en, say_zh, needs, kind="risk", outcome="churn", goal=None, weaker_than=None):
    """Declare the function below as a signal.

    Examples
    --------
    >>> @signal("quiet", en="Quiet", zh="沉寂", say_en="quiet", say_zh="沉寂", needs=("usage.occurred_at",))
    ... def quiet(known):
    ...     return None
    >>> quiet.name, quiet.kind
    ('quiet', 'risk')
    """

    def declare(fires) -> Signal:
        return Signal(name, kind, en, zh, say_en, say_zh, tuple(needs), fires, outcome, goal, weaker_than)

    return declare
