"""How deep each cohort goes: active once, five times, paid; and whether activity grows while value does not (C5)."""

import datetime as dt

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.revenue.cohort_members import active_days, first_active_day
from renewcast.revenue.cohorts import wilson
from renewcast.revenue.day_numbers import days as day_numbers
from renewcast.revenue.day_numbers import local_days
from renewcast.revenue.periods import name_of, number_of
from renewcast.revenue.versions import contract_versions

DEPTHS = (1, 5)
SIGNIFICANT = 0.05


def funnel(view, as_of: dt.date, *, period="month", source="usage", within_days=90, depths=DEPTHS, where=None):
    """Count, for each cohort of accounts that signed up together, how many got how far in their first days.

    Parameters
    ----------
    view : datasets.view.View
    as_of : datetime.date
        Accounts whose first ``within_days`` were not over by then are left out, so that all are judged alike; so are those that
        signed up before the first event on record.
    period : {"week", "month", "quarter", "year"}
    source : str
        The table of events that is activity.
    within_days : int
    depths : tuple of int
        Days of activity that make a step.
    where : callable, optional
        Takes the accounts (indexed by account_id) and returns which belong.

    Returns
    -------
    pandas.DataFrame
        cohort, step ("active_1", "active_5", ..., "paid" where there are contracts), size, reached, share, low, high (90 %,
        Wilson); sorted by step (in that order) and cohort.

    Raises
    ------
    RenewcastError
        "no account signed up ...", or "... is no table of events".
    """
    import pandas as pd

    zone = view.params.project.time_zone
    accounts = view.attributes(as_of)
    if where is not None:
        accounts = accounts[pd.Series(where(accounts), index=accounts.index).fillna(False).astype(bool)]
    accounts = accounts.sort_index()
    began = local_days(pd.to_datetime(accounts["signed_up_at"]).astype("datetime64[us]"), zone)
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    first = first_active_day(view, source, as_of)
    # Whoever signed up before the first event on record was active where nobody looked.
    judged = (began + within_days <= today) & (began >= first if first is not None else False)
    members = pd.DataFrame({"account_id": accounts.index[judged], "began": began[judged]})
    members["cohort"] = [name_of(int(number), period) for number in number_of(members["began"].to_numpy(), period)]

    done = active_days(view, source, as_of, began=members[["account_id", "began"]], within_days=within_days)
    times = members["account_id"].map(done.groupby("account_id").size()).fillna(0).to_numpy()
    reached = {f"active_{depth}": times >= depth for depth in depths}
    if "contracts" in view.store.tables:
        versions = contract_versions(view, as_of)
        paying = versions[versions["superseded_at"].isna() & (versions["cents"] > 0)]
        paid_on = paying.assign(day=day_numbers(paying["starts_on"])).groupby("account_id")["day"].min()
        paid_on = members["account_id"].map(paid_on).to_numpy(dtype=np.float64)
        reached["paid"] = paid_on < (members["began"] + within_days).to_numpy()
    if not len(members):
        raise RenewcastError(
            f"no account signed up since {source} are recorded and {within_days} days before {as_of}; take fewer days."
        )
    parts = []
    for step, is_reached in reached.items():
        grouped = pd.DataFrame({"cohort": members["cohort"], "reached": is_reached}).groupby("cohort")["reached"]
        part = grouped.agg(size="size", reached="sum").reset_index()
        part.insert(1, "step", step)
        part["share"] = part["reached"] / part["size"]
        part["low"], part["high"] = wilson(part["reached"], part["size"], 1.6448536269514722)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def trends(table):
    """Test each step of a funnel for a trend from cohort to cohort.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`funnel`.

    Returns
    -------
    pandas.DataFrame
        step, first_share, last_share, slope (of the share, a cohort), statistic (standard normal; positive: growing), p_value
        (two-sided); ``attrs["activity_up_value_flat"]`` is True where a step of activity grows (p below 0.05) and paying does
        not: an improvement that is worth nothing.

    References
    ----------
    Armitage, Tests for linear trends in proportions (1955), with the cohorts numbered 0, 1, 2, ...
    """
    import pandas as pd

    rows = []
    for step, part in table.groupby("step", sort=False):
        part = part.sort_values("cohort")
        rows.append({"step": step, "first_share": part["share"].iloc[0], "last_share": part["share"].iloc[-1]} | _armitage(part))
    found = pd.DataFrame(rows)
    grows = (found["statistic"] > 0) & (found["p_value"] < SIGNIFICANT)
    is_value = found["step"] == "paid"
    found.attrs["activity_up_value_flat"] = bool(is_value.any() and grows[~is_value].any() and not grows[is_value].any())
    return found


def _armitage(part) -> dict:
    from scipy.stats import norm

    reached, size = part["reached"].to_numpy(dtype=np.float64), part["size"].to_numpy(dtype=np.float64)
    score, total = np.arange(len(part), dtype=np.float64), size.sum()
    share, mean = reached.sum() / total, (size * score).sum() / total
    spread = (size * (score - mean) ** 2).sum()
    variance = share * (1 - share) * spread
    if not variance > 0:
        return {"slope": 0.0 if spread > 0 else float("nan"), "statistic": 0.0, "p_value": 1.0}
    towards = ((score - mean) * reached).sum()
    z = towards / np.sqrt(variance)
    return {"slope": float(towards / spread), "statistic": float(z), "p_value": float(2 * norm.sf(abs(z)))}
