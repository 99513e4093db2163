"""The audit of a project: four attacks on one drawn sample, and one report."""

import contextlib
import dataclasses
import datetime as dt

from renewcast.audit.finding import Finding

PROBES = 2_000
"""Changed futures that an audit tries unless told otherwise; one snapshot is drawn for each table they can be tried in."""


@dataclasses.dataclass(frozen=True)
class Check:
    """One check's outcome: what it is called, how much it tried, what it found, and whether that is a suspicion."""

    name: str
    meaning: str
    probes: int
    findings: tuple[Finding, ...]
    is_suspicion: bool = False


@dataclasses.dataclass(frozen=True)
class AuditReport:
    """What an audit tried and found.

    Attributes
    ----------
    as_of : datetime.date
    seed : int
    snapshots : int
        Rows that were drawn, one an account.
    checks : tuple of Check
    """

    as_of: dt.date
    seed: int
    snapshots: int
    checks: tuple[Check, ...]

    @property
    def findings(self) -> list[Finding]:
        """Everything that was found."""
        return [finding for check in self.checks for finding in check.findings]

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold; probes, differences and suspects stand last."""
        return {
            "as_of": self.as_of.isoformat(),
            "seed": self.seed,
            "snapshots": self.snapshots,
            "checks": {check.name: {"probes": check.probes, "findings": len(check.findings)} for check in self.checks},
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "probes": sum(check.probes for check in self.checks),
            "differences": sum(len(check.findings) for check in self.checks if not check.is_suspicion),
            "suspects": sum(len(check.findings) for check in self.checks if check.is_suspicion),
        }

    def render(self):
        """Lay the report out for the terminal.

        Returns
        -------
        rich.console.Group
        """
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table("check", "what it does", "probes", "found")
        for check in self.checks:
            table.add_row(check.name, check.meaning, f"{check.probes:,}", f"{len(check.findings):,}")
        # Text, not markup: an account's name in square brackets must not become a style.
        lines = [Text(f"{finding.check}: {finding.message}", style="bold red") for finding in self.findings]
        found = self.to_dict()
        end = f"probes {found['probes']:,}, differences {found['differences']:,}, suspects {found['suspects']:,}"
        return Group(table, *lines, Text(f"as of {self.as_of}, {self.snapshots:,} snapshots drawn with seed {self.seed}: {end}"))


def audit(project, as_of=None, *, probes: int = PROBES, seed: int = 0, progress=None) -> AuditReport:
    """Attack a project's features with changed futures, an independent replay and other snapshots, and look for labels in them.

    Nothing of the project is changed: everything is tried on copies of a few accounts in a temporary folder.

    Parameters
    ----------
    project : renewcast.project.Project
    as_of : datetime.date or str, optional
        No drawn snapshot lies after it; the newest one by default.
    probes : int
        Changed futures to try, at least; how many snapshots are drawn follows from it.
    seed : int
        Of what is drawn; 0 is a seed.
    progress : callable, optional

    Returns
    -------
    AuditReport

    Raises
    ------
    RenewcastError
        Where ``as_of`` is no snapshot day, or the project has no tables.
    """
    from renewcast.audit.futures import changed_futures, rows_of
    from renewcast.audit.oracle import replay
    from renewcast.audit.rows import training_and_scoring
    from renewcast.audit.sample import draw
    from renewcast.audit.suspects import suspects
    from renewcast.audit.training import audit_training
    from renewcast.errors import RenewcastError

    day = project.day(as_of)
    say = progress or (lambda done, total, text: None)
    say(0, 0, "drawing accounts")
    company, snapshots = draw(project, day, max(1, -(-probes // len(project.tables))), seed)
    say(0, 0, "building the drawn snapshots")
    with company.opened() as view:
        built = rows_of(view, snapshots)
    checks = []

    def run(name, meaning, work, is_suspicion=False):
        say(0, 0, meaning)
        tried, found = work()
        checks.append(Check(name, meaning, tried, tuple(found), is_suspicion))

    run(
        "future_change",
        "changes facts at or after each snapshot",
        lambda: changed_futures(company, snapshots, probes, seed, built=built, progress=progress),
    )
    run("oracle", "replays each snapshot row by row", lambda: replay(company, snapshots, built=built))
    run(
        "train_and_score",
        "compares training rows with scoring rows",
        lambda: training_and_scoring(project, company, day, seed),
    )
    say(0, 0, "building the training set")
    training_set = None
    with contextlib.suppress(RenewcastError):  # where no outcome is finished yet, there is none
        training_set = project.training_set(project.params.scoring.target, day)
    run(
        "suspect",
        "looks for columns that carry the label",
        lambda: suspects(project, day, seed, training_set=training_set),
        is_suspicion=True,
    )
    run(
        "training",
        "looks at how the model was trained",
        lambda: audit_training(project, day, seed, training_set=training_set),
        is_suspicion=True,
    )
    return AuditReport(day, seed, len(snapshots), tuple(checks))
