"""Eight milestones of every customer: register, trial, pay, onboard, grow, expand, renew, refer (C74), as far as data tell."""

import numpy as np

from renewcast.datasets.known import Known
from renewcast.lifecycle.first_value import began, first_value, share_by
from renewcast.lifecycle.renewals import first_renewal
from renewcast.lifecycle.stages import ONBOARDING_DAYS
from renewcast.revenue.survival import life_table

STEPS = ("register", "trial", "pay", "onboard", "grow", "expand", "renew", "refer")
WITHIN = (90, 395)
"""Three months; a year and a month, by when a yearly term has been renewed or not."""
PROMOTER = 9


def dates(known: Known, ledger=None):
    """Return the day on which every known account took each of the eight steps.

    Register is the sign-up; trial the first use, where it lies before the first paid term (told only where somebody had one); pay
    the first day of that term; onboard the first value (see :mod:`renewcast.lifecycle.first_value`); grow the day 90 of who was
    still a customer then; expand the end of the first month in which it paid more than before; renew the end of the first term
    that another one followed; refer the first answer of 9 or 10 to "would you recommend us?".

    Parameters
    ----------
    known : Known
        Of all accounts.
    ledger : renewcast.revenue.ledger.Ledger, optional
        Tells who expanded; not where its units are groups of companies.

    Returns
    -------
    pandas.DataFrame, indexed by account_id, in order
        A column a step that the data can tell, datetime64 (NaT: not yet).
    """
    import pandas as pd

    accounts = known.frame("accounts", "signed_up_at").drop_duplicates("account_id").set_index("account_id")
    begun = known.once(began).set_index("account_id")
    found = {"register": accounts["signed_up_at"].dt.floor("D")}
    paid = None
    if "contracts" in known.view.store.tables:
        paid = _first(known, "contracts", lambda rows: (rows.mrr > 0) & (rows.starts_on.cast("timestamp") < rows.as_of))
        if "usage" in known.view.store.tables:
            first = _first(known, "usage", None)
            tried = first[~(first >= paid.reindex(first.index))]
            if len(tried):
                found["trial"] = tried
        found["pay"] = paid
    value = known.once(first_value)
    if value is not None:
        found["onboard"] = value.frame.set_index("account_id")["first_value_on"]
    entered = begun["started_on"] + pd.Timedelta(days=ONBOARDING_DAYS)
    stayed = (entered < known.as_of) & (begun["until"].isna() | (begun["until"] > entered))
    found["grow"] = entered.where(stayed)
    if ledger is not None and ledger.definition.level != "parent":
        found["expand"] = _expanded(ledger)
    if paid is not None:
        found["renew"] = known.once(first_renewal)
    if known.has("feedback.kind", "feedback.score"):
        found["refer"] = _first(known, "feedback", lambda rows: (rows.kind == "nps") & (rows.score >= PROMOTER))
    frame = pd.DataFrame({step: found[step].reindex(accounts.index) for step in STEPS if step in found})
    return frame.where(frame < known.as_of).astype("datetime64[us]")


def _first(known, table, where):
    import pandas as pd

    rows = known.rows(table)
    rows = rows if where is None else rows.filter(where(rows))
    at = rows[known.view.store.contracts[table].event_time].cast("timestamp")
    frame = rows.group_by("account_id").aggregate(first=at.min()).to_pandas().sort_values("account_id")
    return pd.to_datetime(frame.set_index("account_id")["first"]).astype("datetime64[us]").dt.floor("D")


def _expanded(ledger):
    import pandas as pd

    from renewcast.revenue.movements import EXPANSION

    unit, month = np.nonzero(ledger.movement == EXPANSION)
    frame = pd.DataFrame({"account_id": ledger.units["account_id"].to_numpy()[unit], "month": ledger.months[month] + 1})
    frame["month"] = frame["month"].to_numpy().astype("datetime64[us]")
    return frame.groupby("account_id")["month"].min() - pd.Timedelta(days=1)


def funnel(found, as_of):
    """Return how many took each step, and how long it took them.

    Trial and pay count from registering, the later steps from paying (from registering, where nothing is paid on record). Whoever
    left before a step never takes it.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`dates`.
    as_of : datetime.date
        The day of ``found``.

    Returns
    -------
    pandas.DataFrame, one row a step that the data tell
        step, accounts (that took the step it counts from), reached, of_previous (of those that took the step before, the share
        that took this one), median_days_between (of those that took this step after the one before), within_90, within_395
        (shares within so many days of the step it counts from: 1 - Kaplan and Meier), low, high (of within_395, 90 %).
    """
    import pandas as pd

    told = [step for step in STEPS if step in found]
    rows, before = [], None
    for step in told:
        base = "register" if step in ("register", "trial", "pay") or "pay" not in told else "pay"
        here = found[found[base].notna()]
        reached = here[step].notna()
        row = {"step": step, "accounts": len(here), "reached": int(reached.sum())}
        if before is not None:
            both = found[before].notna() & found[step].notna()
            base_count = int(found[before].notna().sum())
            row["of_previous"] = both.sum() / base_count if base_count else np.nan
            between = (found[step] - found[before])[both].dt.days
            row["median_days_between"] = between[between >= 0].median() if (between >= 0).any() else np.nan
        if step != base:
            row |= _within(here, base, step, reached, pd.Timestamp(as_of))
        rows.append(row)
        before = step
    columns = ["step", "accounts", "reached", "of_previous", "median_days_between", "within_90", "within_395", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _within(here, base, step, reached, as_of) -> dict:
    took = (here[step] - here[base]).dt.days.clip(lower=0) + 1
    seen = (as_of - here[base]).dt.days
    age = np.where(reached, took, seen).astype(np.int64)
    table = life_table(age, reached.to_numpy())
    row = {f"within_{days}": share_by(table, days)[0] for days in WITHIN}
    row["low"], row["high"] = share_by(table, WITHIN[-1])[1:]
    return row
