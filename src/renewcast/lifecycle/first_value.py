"""Time to first value (C55, C63, C67): how long customers wait for the first result of their own, the waiting ones included."""

import dataclasses
import datetime as dt

from renewcast.datasets.among import is_among
from renewcast.datasets.known import Known
from renewcast.lifecycle.milestones import FIRST_VALUE_DAYS, plan
from renewcast.revenue.survival import life_table, log_rank

BY_DAYS = (30, 60, 90)
CURVE_DAYS = (0, 7, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 365)
DATED = ("started_on", "until")
MIN_PEERS = 20
"""So many peers must have got there before their times say how long is long."""


@dataclasses.dataclass(frozen=True, eq=False)
class FirstValue:
    """Who got a first result when, and who is still waiting.

    Parameters
    ----------
    source : {"milestone", "value_action"}
        The first milestone of the customer's own that is reached or, where none are kept, the first value action in the product.
    frame : pandas.DataFrame
        account_id (sorted, each once), started_on (first day of the first term; without contracts the sign-up), first_value_on
        (NaT: not yet), age (days, at least 1: the day on which it was reached is the age-th, or so many days were seen without),
        is_reached.
    left_out : int
        Accounts that began before such facts were recorded, or that have no milestone of their own.
    """

    source: str
    frame: object
    left_out: int


def first_value(known: Known) -> FirstValue | None:
    """Find the first value of every account that has ever begun, as known at the snapshot.

    Whoever left without it never gets there, so it stays among those who have not: shares are of all who began. Only the snapshot
    cuts what is seen (right-censoring), and its day is known for everybody.

    Returns
    -------
    FirstValue or None
        None where the project has neither milestones of customers nor value actions.
    """
    import numpy as np

    found = _milestones(known)
    source = "milestone" if found is not None else "value_action"
    found = _value_actions(known) if found is None else found
    if found is None:
        return None
    first, since, judged = found
    frame = known.once(began)
    every = len(frame)
    # Whoever began before anything was recorded may have reached it where nobody looked.
    frame = frame[frame["started_on"] >= since]
    if judged is not None:
        frame = frame[is_among(frame["account_id"], judged)]
    frame = frame.reset_index(drop=True)
    seen = (known.as_of - frame["started_on"]).dt.days.to_numpy()
    day = _of(first, frame["account_id"]).dt.floor("D")
    took = (day - frame["started_on"]).dt.days.clip(lower=0).to_numpy(dtype=float, na_value=np.inf)
    frame["is_reached"] = took < seen
    frame["first_value_on"] = day.where(frame["is_reached"])
    frame["age"] = np.where(frame["is_reached"], np.minimum(took, 1e6) + 1, seen).astype(np.int64)
    columns = ["account_id", "started_on", "first_value_on", "age", "is_reached"]
    return FirstValue(source, frame[columns], every - len(frame))


def began(known: Known):
    """Return of every account that has begun: account_id, started_on, until (first day without cover; NaT: none is known)."""
    import ibis
    import pandas as pd

    if "contracts" in known.view.store.tables:
        rows, forever = known.rows("contracts"), dt.datetime(2262, 1, 1)
        ends = rows.ends_on.cast("timestamp").fill_null(ibis.literal(forever))
        ends = rows.group_by("account_id").aggregate(started_on=rows.starts_on.cast("timestamp").min(), until=ends.max())
        frame = ends.to_pandas().sort_values("account_id", ignore_index=True).astype(dict.fromkeys(DATED, "datetime64[us]"))
        frame["until"] = frame["until"].where(frame["until"] < forever)
    else:
        frame = known.frame("accounts", "signed_up_at").drop_duplicates("account_id")
        frame = frame.assign(started_on=frame["signed_up_at"].dt.floor("D"), until=pd.NaT)
        frame["until"] = frame["until"].astype("datetime64[us]")
    frame = frame[frame["started_on"] < known.as_of]
    return frame[["account_id", *DATED]].reset_index(drop=True)


def _milestones(known):
    if not known.has("milestones.achieved_at", "milestones.kind"):
        return None
    every = known.once(plan)
    customer = every[every["kind"].eq("customer")]
    if customer.empty:
        return None
    first = customer.groupby("account_id")["achieved_at"].min()
    return first, every[["due_on", "achieved_at"]].min().min(), customer["account_id"]


def _value_actions(known):
    import pandas as pd

    if not known.has("usage.is_value_action"):
        return None
    rows = known.rows("usage")
    rows = rows.filter(rows.is_value_action)
    frame = rows.group_by("account_id").aggregate(first=rows.occurred_at.min()).to_pandas()
    if frame.empty:
        return None
    first = pd.to_datetime(frame.set_index("account_id")["first"]).astype("datetime64[us]").sort_index()
    return first, first.min().floor("D"), None


def _of(days, account_id):
    """Return the day of each account, as a Series in the order of ``account_id``; NaT where there is none."""
    import pandas as pd

    return pd.Series(days.reindex(account_id).to_numpy(dtype="datetime64[us]"), index=account_id.index)


def curve(found: FirstValue, cohort=None, days=CURVE_DAYS):
    """Return the share that had first value within so many days, by cohort.

    Parameters
    ----------
    found : FirstValue
    cohort : array of str, optional
        Of each row; without it all are one cohort named "all".
    days : tuple of int

    Returns
    -------
    pandas.DataFrame, sorted by cohort and day
        cohort, day, at_risk (waiting accounts that were seen on that day), share, low, high; no row where nobody was seen for so
        long.

    References
    ----------
    One minus Kaplan and Meier (1958), intervals of 90 % as in :func:`renewcast.revenue.survival.life_table`. With those who left
    kept at risk it is the cumulative incidence beside the competing event of leaving (Fine and Gray 1999, complete censoring).
    """
    import numpy as np
    import pandas as pd

    names = np.full(len(found.frame), "all") if cohort is None else np.asarray(cohort, dtype=object)
    parts = []
    for name in sorted(set(names)):
        mine = found.frame[names == name]
        table = life_table(mine["age"].to_numpy(), mine["is_reached"].to_numpy())
        zero = pd.DataFrame({"age": [0], "at_risk": [len(mine)], "survival": [1.0], "low": [1.0], "high": [1.0]})
        table = pd.concat([zero, table[["age", "at_risk", "survival", "low", "high"]]], ignore_index=True)
        table = table[table["age"].isin(days)]
        parts.append(
            pd.DataFrame(
                {
                    "cohort": name,
                    "day": table["age"],
                    "at_risk": table["at_risk"],
                    "share": 1 - table["survival"],
                    "low": 1 - table["high"],
                    "high": 1 - table["low"],
                }
            )
        )
    if not parts:
        return pd.DataFrame({name: [] for name in ("cohort", "day", "at_risk", "share", "low", "high")})
    return pd.concat(parts, ignore_index=True)


def within(table, share: float) -> tuple[float, float, float]:
    """Return the days within which a share had first value, with a 90 % interval; NaN where it is not reached.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`renewcast.revenue.survival.life_table`.
    share : float in (0, 1)

    References
    ----------
    Brookmeyer and Crowley (1982): the days at which the interval of the curve crosses the share.

    Examples
    --------
    >>> import numpy as np
    >>> within(life_table(np.array([10, 20, 30, 40]), np.array([True, True, True, False])), 0.5)
    (20.0, 10.0, nan)
    """
    return tuple(_first(table["age"], table[name] <= 1 - share + 1e-12) for name in ("survival", "low", "high"))


def _first(age, is_below) -> float:
    return float(age[is_below].iloc[0]) if is_below.any() else float("nan")


def share_by(table, days: int) -> tuple[float, float, float]:
    """Return the share that got there within so many days, with a 90 % interval; NaN where nobody was seen for so long.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`renewcast.revenue.survival.life_table`.
    days : int

    Examples
    --------
    >>> import numpy as np
    >>> share_by(life_table(np.array([10, 20, 30, 40]), np.array([True, True, False, False])), 25)[0]
    0.5
    """
    at = table[table["age"] <= days].tail(1)
    # Beyond the oldest account nothing is known, unless all have got there.
    if not len(at) or (len(table) < days and float(at["survival"].iloc[0]) > 0):
        return float("nan"), float("nan"), float("nan")
    return tuple(1 - float(at[name].iloc[0]) for name in ("survival", "high", "low"))


def by_group(found: FirstValue, groups):
    """Compare how quickly groups of accounts get there.

    Parameters
    ----------
    found : FirstValue
    groups : dict of str to array of str
        By name of the grouping, the group of each row of ``found.frame`` ("" where it is not known: left out).

    Returns
    -------
    pandas.DataFrame, in the order of ``groups``, then by group
        grouping, value, accounts, reached, within_30, within_60, within_90 (shares; NaN where nobody was seen for so long),
        low_90, high_90, median, median_low, median_high (days), p_value (log-rank test against all others of the grouping,
        corrected by Holm for all rows of the table).
    """
    import numpy as np
    import pandas as pd

    from renewcast.revenue.cohorts import holm

    rows, age, reached = [], found.frame["age"].to_numpy(), found.frame["is_reached"].to_numpy()
    for grouping, values in groups.items():
        values = np.asarray(values, dtype=object)
        known = np.array([bool(value) and value == value for value in values], dtype=bool)
        for value in sorted(set(values[known])):
            mine, rest = known & (values == value), known & (values != value)
            p_value = log_rank((age[mine], reached[mine]), (age[rest], reached[rest]))["p_value"] if rest.any() else np.nan
            rows.append({"grouping": grouping, "value": value, **times(age[mine], reached[mine]), "p_value": p_value})
    table = pd.DataFrame(rows, columns=["grouping", "value", *times(age[:0], reached[:0]), "p_value"])
    return table.assign(p_value=holm(table["p_value"].to_numpy(dtype=float)))


def times(age, is_reached) -> dict:
    """Return the figures of one group: accounts, reached, shares within 30, 60 and 90 days, the median; see :func:`by_group`."""
    table = life_table(age, is_reached)
    out = {"accounts": len(age), "reached": int(is_reached.sum())}
    shares = {days: share_by(table, days) for days in BY_DAYS}
    out |= {f"within_{days}": share[0] for days, share in shares.items()}
    out["low_90"], out["high_90"] = shares[BY_DAYS[-1]][1:]
    return out | dict(zip(("median", "median_low", "median_high"), within(table, 0.5), strict=True))


def waiting(found: FirstValue, peers, is_customer):
    """List the customers that wait longer than three quarters of their peers did, or longer than three months.

    Parameters
    ----------
    found : FirstValue
    peers : array of str
        The group of each row of ``found.frame``; where fewer than 20 of a group got there, or not three quarters will, all
        accounts are its peers.
    is_customer : array of bool
        Of each row: whether it is one now.

    Returns
    -------
    pandas.DataFrame, sorted by days waited, longest first, then account_id
        account_id, started_on, waited_days, peers ("": all accounts), peers_days (within which three quarters of the peers had
        it; NaN: not three quarters will), is_behind_peers.
    """
    import numpy as np

    frame = found.frame.assign(peers=np.asarray(peers, dtype=object))
    of_all = within(life_table(frame["age"].to_numpy(), frame["is_reached"].to_numpy()), 0.75)[0]
    limit = {}
    for name, mine in frame.groupby("peers", sort=True):
        if name and mine["is_reached"].sum() >= MIN_PEERS:
            limit[name] = within(life_table(mine["age"].to_numpy(), mine["is_reached"].to_numpy()), 0.75)[0]
    limit = {name: days for name, days in limit.items() if days == days}
    frame["peers_days"] = frame["peers"].map(limit).astype(float).fillna(of_all)
    frame["peers"] = frame["peers"].where(frame["peers"].isin(list(limit)), "")
    frame["is_behind_peers"] = frame["age"] > frame["peers_days"]
    late = frame["is_behind_peers"] | (frame["age"] > FIRST_VALUE_DAYS[0])
    listed = frame[np.asarray(is_customer, dtype=bool) & ~frame["is_reached"] & late].rename(columns={"age": "waited_days"})
    listed = listed.sort_values(["waited_days", "account_id"], ascending=[False, True], ignore_index=True)
    return listed[["account_id", "started_on", "waited_days", "peers", "peers_days", "is_behind_peers"]]
