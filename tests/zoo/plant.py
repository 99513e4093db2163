"""What an entry of the leak zoo is: one planted leak, which check must catch it, and what the finding must name.

The eight kinds are those of Kapoor and Narayanan (Leakage and the reproducibility crisis in machine-learning-based science,
Patterns 4, 2023). A leak is planted into a company's raw tables and mapping, into its training, or into the engine.
"""

import dataclasses
from collections.abc import Callable

KINDS = (
    "no held-out test",
    "pre-processing on train and test",
    "feature selection on train and test",
    "duplicates across train and test",
    "illegitimate features",
    "temporal leakage",
    "non-independence of train and test",
    "sampling bias in the test",
)


@dataclasses.dataclass(frozen=True)
class Plant:
    """One planted leak.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    disguise : str
        What it looks like, in a few words; unique.
    where : {"tables", "procedure", "engine"}
        What ``plant`` changes: a :class:`zoo.company.Company`, a training procedure, or the engine.
    plant : callable
        ``tables``: changes the company it is given. ``procedure``: takes the project and returns a
        :class:`renewcast.audit.training.Procedure`. ``engine``: takes pytest's monkeypatch.
    check : {"suspect", "training", "future_change"}
        The check that must catch it.
    says : str
        A regular expression that the message of the finding must match.
    table, column : str, optional
        What the finding must name.
    names_account : bool
        The finding must name an account; for tables one of those that the leak concerns.
    """

    kind: str
    disguise: str
    where: str
    plant: Callable
    check: str
    says: str
    table: str | None = None
    column: str | None = None
    names_account: bool = True

    def is_caught_by(self, finding, concerned: set[str] | None = None) -> bool:
        """Whether a finding is about this leak, and names what it must."""
        import re

        if finding.check != self.check or not re.search(self.says, finding.message):
            return False
        if (self.table and finding.table != self.table) or (self.column and finding.column != self.column):
            return False
        if not self.names_account:
            return True
        return finding.account_id is not None and (concerned is None or finding.account_id in concerned)
