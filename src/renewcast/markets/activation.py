"""The activation index of a project, each motion by itself: learned, checked, and read off accounts that are still open."""

from dataclasses import dataclass

from renewcast.markets.early_steps import at_risk, counted_steps, steps_of
from renewcast.markets.friction_check import Checked, kept_by_verdict, learn_and_check
from renewcast.markets.motion import MOTIONS


@dataclass(frozen=True, eq=False)
class ActivationOf:
    """The index of one motion.

    Parameters
    ----------
    motion : str
        "product_led" or "sales_led"; "all" where no usage tells them apart.
    checked : renewcast.markets.friction_check.Checked
    still_open : pandas.DataFrame
        Accounts whose first 14 days are over, whose 60 days after them are not, and that have not activated yet, the likeliest
        first: account_id, raw, clipped, verdict, probability.
    kept : pandas.DataFrame
        See :func:`renewcast.markets.friction_check.kept_by_verdict`; of the accounts that the index was learned from.
    """

    motion: str
    checked: Checked
    still_open: object
    kept: object


def activations(known, dates, motion, prospects) -> list[ActivationOf]:
    """Learn the index of each motion that has enough accounts.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of everyone.
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    motion : pandas.Series of str or None
        By account_id; None: all together.
    prospects : pandas.DataFrame
        See :func:`renewcast.markets.prospects.prospects`.

    Returns
    -------
    list of ActivationOf
        Empty where nothing was done to, or by, anybody in the first days, or nothing came of it.
    """
    rows = at_risk(dates, known.as_of)
    if not rows["activated"].any():
        return []
    counted = counted_steps(steps_of(known, dates), rows.index)
    if not counted.shape[1]:
        return []
    bought = prospects.set_index("account_id")[["has_bought", "is_customer"]]
    of = None if motion is None else motion.reindex(rows.index)
    found = []
    for name in ("all",) if of is None else MOTIONS:
        here = rows if of is None else rows[of == name]
        judged = here[here["is_over"]].sort_index()
        checked = learn_and_check(counted.loc[judged.index], judged["activated"], judged["signed_up"].to_numpy())
        if checked is None:
            continue
        waiting = here[~here["is_over"] & ~here["activated"]].sort_index()
        told = checked.friction.index(counted.loc[waiting.index]).rename_axis("account_id").reset_index()
        told = told.sort_values(["probability", "account_id"], ascending=[False, True], ignore_index=True)
        after = bought.reindex(judged.index)
        kept = kept_by_verdict(
            checked.friction.index(counted.loc[judged.index]), after["has_bought"].to_numpy(), after["is_customer"].to_numpy()
        )
        found.append(ActivationOf(name, checked, told, kept))
    return found
