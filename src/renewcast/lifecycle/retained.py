"""Who stays through growth (C68), and when what winning an account cost has come back (C69)."""

from renewcast.lifecycle.first_value import began
from renewcast.lifecycle.stages import GROWTH_DAYS, ONBOARDING_DAYS
from renewcast.revenue.survival import life_table

PAST_DAYS = 728
YEAR_MONTHS = 12


def through_growth(known, past_days: int = PAST_DAYS) -> dict | None:
    """Return the share of those who entered growth (day 90) that were customers on day 270.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.
    past_days : int
        Only accounts that began in the days before the snapshot.

    Returns
    -------
    dict or None
        accounts, share, low, high (90 %; Kaplan and Meier): None where nobody has been seen for so long. Cover that ended within
        the grace is not judged yet.
    """
    import numpy as np
    import pandas as pd

    from renewcast.lifecycle.first_value import share_by

    frame = known.once(began)
    entered = frame["started_on"] + pd.Timedelta(days=ONBOARDING_DAYS)
    inside = (entered < known.as_of) & (frame["started_on"] >= known.as_of - pd.Timedelta(days=past_days))
    inside &= frame["until"].isna() | (frame["until"] > entered)
    entered, until = entered[inside], frame["until"][inside]
    ended = until < known.as_of
    is_lost = (until < known.as_of - pd.Timedelta(days=known.view.grace_days)).to_numpy()
    seen = (until.where(ended, known.as_of) - entered).dt.days.to_numpy().astype(np.int64)
    table = life_table(seen, is_lost)
    lost, low, high = share_by(table, GROWTH_DAYS - ONBOARDING_DAYS)
    return None if lost != lost else {"accounts": int(inside.sum()), "share": 1 - lost, "low": 1 - high, "high": 1 - low}


def payback(known, gross_margin: float, past_days: int = PAST_DAYS):
    """Return how many months of margin each account that began lately needs to pay back what winning it cost.

    Months = acquisition_cost / (MRR of the first day x gross margin): an account that left before is counted as it was sold.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.
    gross_margin : float in (0, 1]
    past_days : int

    Returns
    -------
    pandas.DataFrame or None
        account_id, started_on, cost, mrr, months (infinite where nothing is paid); None where no cost or no contract is kept.
    """
    import numpy as np
    import pandas as pd

    if not known.has("accounts.acquisition_cost") or "contracts" not in known.view.store.tables:
        return None
    cost = known.frame("accounts", "acquisition_cost").drop_duplicates("account_id").set_index("account_id")["acquisition_cost"]
    frame = known.once(began)[["account_id", "started_on"]]
    since = known.as_of - pd.Timedelta(days=past_days)
    frame = frame[frame["started_on"] >= since]
    late = known.frame("contracts", "starts_on", "mrr", where=lambda rows: rows.starts_on.cast("timestamp") >= since)
    terms = late.merge(frame, on="account_id")
    first = terms[terms["starts_on"] == terms["started_on"]].groupby("account_id")["mrr"].sum()
    frame = frame.assign(cost=frame["account_id"].map(cost), mrr=frame["account_id"].map(first))
    frame = frame[frame["cost"].notna()].reset_index(drop=True)
    if frame.empty:
        return None
    margin = frame["mrr"].to_numpy() * gross_margin
    frame["months"] = np.divide(frame["cost"].to_numpy(), margin, out=np.full(len(frame), np.inf), where=margin > 0)
    return frame


def paid_back(found) -> dict:
    """Return accounts, median_months and share, low, high (90 %, Wilson) of those whose cost is back within twelve months.

    Examples
    --------
    >>> import pandas as pd
    >>> paid_back(pd.DataFrame({"months": [6.0, 12.0, 18.0]}))["share"].round(3).item()
    0.667
    """
    from renewcast.lifecycle.ratios import Z
    from renewcast.revenue.cohorts import wilson

    is_back = found["months"] <= YEAR_MONTHS
    low, high = wilson(is_back.sum(), len(found), Z)
    out = {"accounts": len(found), "median_months": float(found["months"].median()), "share": is_back.mean()}
    return out | {"low": float(low), "high": float(high)}
