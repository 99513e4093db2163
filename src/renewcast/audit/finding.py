"""What the auditor reports: one finding says what is wrong, in which table, column and account."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that the auditor found.

    Attributes
    ----------
    check : str
        Which check found it, such as "future_change", "oracle", "train_and_score", "suspect" or "training".
    message : str
        One plain sentence: what, where, and what to do.
    table, column, feature, account_id, as_of : str or None
        Where, as far as it is known.
    """

    check: str
    message: str
    table: str | None = None
    column: str | None = None
    feature: str | None = None
    account_id: str | None = None
    as_of: str | None = None
