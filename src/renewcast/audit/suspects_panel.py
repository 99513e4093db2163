"""Two looks at every account: shortly before the outcome, and long before it.

A signal that may be used grows as the outcome comes closer. What was written down after the outcome is as clear half a year
before it as on its eve. So each suspect column is read twice: *near*, at a snapshot whose outcome window holds the loss, and
*far*, at one that lies at least ``FAR_DAYS`` before the first such snapshot. Each look has one row an account, so that an
account's many snapshots never count as many witnesses.
"""

import dataclasses

import numpy as np

FAR_DAYS = 182
MOST_ACCOUNTS = 400
"""Of each outcome and look: enough to see what is plain, and a bound on how many rows are read."""
FEWEST_LOST = 12
FEWEST_KEPT = 12


@dataclasses.dataclass(frozen=True, eq=False)
class Panel:
    """One look: one row an account.

    Attributes
    ----------
    look : {"near", "far"}
    rows : pandas.DataFrame
        account_id and as_of, one row an account.
    lost : array of bool, shape (n_accounts,)
        True where the account is lost afterwards: inside the outcome window (near), or half a year later or more (far).
    """

    look: str
    rows: object
    lost: np.ndarray

    @property
    def is_enough(self) -> bool:
        """Whether there are enough accounts of both outcomes to say anything."""
        return self.lost.sum() >= FEWEST_LOST and (~self.lost).sum() >= FEWEST_KEPT


def panels(training_set, in_scope: set[str], seed: int) -> list[Panel]:
    """Draw the two looks from a training set.

    Parameters
    ----------
    training_set : renewcast.datasets.TrainingSet
    in_scope : set of str
        The accounts that are customers at the end. Who was lost and came back, and who is gone although no finished outcome
        says so, stands in neither look: what was written at the end says of them something else than the label.
    seed : int
        Draws one snapshot an account, and the accounts where there are more than ``MOST_ACCOUNTS`` of an outcome.

    Returns
    -------
    list of Panel
        Those with at least 12 accounts of each outcome. The near look leaves out the rows behind the contract gate, where
        nobody can be lost, unless all losses are there.
    """
    import pandas as pd

    frame = training_set.frame[["account_id", "as_of", "gated"]].copy()
    frame["bad"] = training_set.frame["label"].astype(bool) ^ (training_set.target == "renewal")
    frame = frame.sort_values(["account_id", "as_of"], ignore_index=True)
    rng = np.random.default_rng(seed)
    frame["draw"] = rng.random(len(frame))
    first_bad = frame[frame["bad"]].groupby("account_id")["as_of"].min()
    frame["first_bad"] = frame["account_id"].map(first_bad)
    stays = frame["account_id"].isin(in_scope)
    frame["bad"] &= ~stays
    never = frame["first_bad"].isna() & stays
    open_rows = ~frame["gated"] if (frame["bad"] & ~frame["gated"]).any() else pd.Series(True, index=frame.index)
    ahead = pd.Timedelta(days=FAR_DAYS)
    last = frame["as_of"].max()
    looks = {
        "near": (frame["bad"] & open_rows, never & open_rows),
        "far": (~stays & (frame["as_of"] + ahead <= frame["first_bad"]), never & (frame["as_of"] + ahead <= last)),
    }
    found = [_panel(look, frame, lost, kept) for look, (lost, kept) in looks.items()]
    return [panel for panel in found if panel.is_enough]


def _panel(look, frame, lost, kept) -> Panel:
    import pandas as pd

    parts = []
    for rows in (frame[lost], frame[kept]):
        one = rows.sort_values("draw").drop_duplicates("account_id").head(MOST_ACCOUNTS)
        parts.append(one.sort_values("account_id"))
    rows = pd.concat(parts, ignore_index=True)
    return Panel(look, rows[["account_id", "as_of"]], np.arange(len(rows)) < len(parts[0]))
