"""From a project's tables to cohorts: who belongs, when each began, and in which periods each was active."""

import datetime as dt

import numpy as np

from renewcast.days import midnight
from renewcast.errors import RenewcastError
from renewcast.revenue.cohorts import Cohorts, named_cohorts
from renewcast.revenue.day_numbers import local_days
from renewcast.revenue.periods import last_over, number_of

QUIET_PERIODS = 3


def cohorts_of_events(view, as_of: dt.date, *, source, period, where, by, begins, quiet_periods: int) -> Cohorts:
    """Follow accounts by what they do: active in a period when there is an event in it.

    Whoever has done nothing for ``quiet_periods`` at the end was lost in the first of them; an age at which nobody could know
    that yet is not judged.

    Parameters
    ----------
    view : datasets.view.View
    as_of : datetime.date
        Only events known before it count, and only periods that were over in the project's zone.
    source : str
        A table of events.
    period : {"week", "month", "quarter", "year"}
    where, by, begins : see :func:`renewcast.revenue.cohort_members.cohorts_of`
    quiet_periods : int

    Returns
    -------
    Cohorts
    """
    zone = view.params.project.time_zone
    last = last_over(as_of, period, zone)
    days = active_days(view, source, as_of)
    days["at"] = number_of(days["day"].to_numpy(), period)
    days = days[days["at"] <= last][["account_id", "at"]].drop_duplicates()
    if begins == "signed_up":
        first = _signed_up(view, as_of, period)
    else:
        first = days.groupby("account_id")["at"].min().rename("began").reset_index()
    members = _chosen(view, as_of, first[first["began"] <= last], where, by)
    ages = int((last - members["began"]).max()) + 1
    active = np.zeros((len(members), ages), dtype=bool)
    placed = days.merge(members[["account_id", "began"]].reset_index(names="row"), on="account_id")
    placed = placed[placed["at"] >= placed["began"]]
    active[placed["row"], placed["at"] - placed["began"]] = True
    observed = (last - members["began"]).to_numpy(dtype=np.int64)
    latest = np.where(active.any(axis=1), ages - 1 - active[:, ::-1].argmax(axis=1), 0)
    # Who was last active at age a is lost at a + 1, once so many silent periods have followed; up to there all is known.
    judged = np.maximum(observed - quiet_periods + 1, 0)
    is_lost = latest + 1 <= judged
    return _cohorts(members, period, by, observed, active, None, np.where(is_lost, latest + 1, judged), is_lost)


def cohorts_of_contracts(view, ledger, as_of: dt.date, *, period, where, by, begins) -> Cohorts:
    """Follow customers by their contracts: active at an age when they are customers on the last day of that period.

    Parameters
    ----------
    view : datasets.view.View
    ledger : renewcast.revenue.ledger.Ledger
    as_of : datetime.date
    period : {"month", "quarter", "year"}
    where, by, begins : see :func:`renewcast.revenue.cohort_members.cohorts_of`

    Returns
    -------
    Cohorts
        Lost at the first age at which they are no customers; who comes back later was lost all the same.
    """
    if period == "week":
        raise RenewcastError("the ledger tells months; take month, quarter or year for cohorts of contracts.")
    if ledger.definition.level == "product":
        raise RenewcastError("cohorts of contracts follow accounts or groups; revenue.definition.level is product.")
    import pandas as pd

    last = last_over(as_of, period, view.params.project.time_zone)
    months = ledger.months.astype(np.int64)
    number = number_of(months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64), period)
    is_end = np.append(number[1:] != number[:-1], True) & (number <= last)
    columns, number = np.flatnonzero(is_end), number[is_end]
    here, cents = ledger.is_customer[:, 1:][:, columns], ledger.cents[:, 1:][:, columns]
    ever = here.any(axis=1)
    first = pd.DataFrame({"account_id": ledger.units["account_id"].to_numpy()[ever], "place": np.flatnonzero(ever)})
    first["began"] = number[here[ever].argmax(axis=1)]
    if begins == "signed_up":
        first = first.drop(columns="began").merge(_signed_up(view, as_of, period), on="account_id")
        first = first[first["began"] >= number[0]]
    members = _chosen(view, as_of, first, where, by)
    ages = int((last - members["began"]).max()) + 1
    at = members["began"].to_numpy()[:, None] - number[0] + np.arange(ages)
    seen = at < len(number)
    place = members["place"].to_numpy()[:, None]
    at = np.minimum(at, len(number) - 1)
    active, paid = here[place, at] & seen, np.where(seen, cents[place, at], 0)
    observed = (last - members["began"]).to_numpy(dtype=np.int64)
    came = active.argmax(axis=1)[:, None]
    gone = ~active & (np.arange(ages) > came) & seen
    is_lost = gone.any(axis=1)
    return _cohorts(members, period, by, observed, active, paid, np.where(is_lost, gone.argmax(axis=1), observed), is_lost)


def active_days(view, source: str, as_of: dt.date, *, began=None, within_days: int | None = None):
    """Return account_id and day (its number, in the project's zone) of each day with an event that was known before ``as_of``.

    Parameters
    ----------
    view : datasets.view.View
    source : str
        A table of events.
    as_of : datetime.date
    began, within_days : pandas.DataFrame and int, optional
        account_id and began (a day's number): of these accounts only, and only so many days from then on. The engine leaves
        the rest out, which of a large company are nearly all.
    """
    import ibis
    import pandas as pd

    known, at = _known_events(view, source, as_of)
    if began is not None:
        # A day more at both ends: the engine counts in UTC, the zone is reckoned with below.
        start = pd.to_datetime(began["began"] - 1, unit="D").astype("datetime64[us]")
        until = pd.to_datetime(began["began"] + within_days + 1, unit="D").astype("datetime64[us]")
        wanted = ibis.memtable(pd.DataFrame({"account_id": began["account_id"].astype(str), "start": start, "until": until}))
        joined = known.join(wanted, "account_id")
        known = joined.filter((joined[at] >= joined.start) & (joined[at] < joined.until))
    zone = view.params.project.time_zone
    instant = known[at].truncate("D" if zone == "UTC" else "m")
    frame = known.select("account_id", instant=instant).distinct().to_pandas()
    frame["instant"] = pd.to_datetime(frame["instant"]).astype("datetime64[us]")
    frame["day"] = local_days(frame["instant"], zone)
    if began is not None:
        first = frame["account_id"].map(began.set_index("account_id")["began"])
        frame = frame[(frame["day"] >= first) & (frame["day"] < first + within_days)]
    return frame[["account_id", "day"]].drop_duplicates().sort_values(["account_id", "day"], ignore_index=True)


def first_active_day(view, source: str, as_of: dt.date) -> int | None:
    """Return the number of the first day on which anybody did anything, as known before ``as_of``; None without events."""
    import ibis
    import pandas as pd

    known, at = _known_events(view, source, as_of)
    first = pd.to_datetime(known[at].min().to_pandas())
    if pd.isna(first):
        return None
    # The first instant need not fall on the first day: one at midnight is a day and is not shifted, one soon after it is.
    early = (
        known.filter(known[at] < ibis.literal((first + pd.Timedelta(days=2)).to_pydatetime()))
        .select(instant=known[at])
        .distinct()
    )
    instants = pd.to_datetime(early.to_pandas()["instant"]).astype("datetime64[us]")
    return int(local_days(instants, view.params.project.time_zone).min())


def _known_events(view, source, as_of):
    """Return the events known before a day, as an Ibis table, and the column that tells when they happened."""
    import ibis

    if source not in view.store.tables or view.store.contracts[source].kind != "event":
        events = [name for name in view.files if view.store.contracts[name].kind == "event"]
        raise RenewcastError(f"{source!r} is no table of events of this project; there are {', '.join(events) or 'none'}.")
    table, until = view.store.tables[source], ibis.literal(midnight(as_of))
    at = view.store.contracts[source].event_time
    known = table.filter(
        (table.known_at < until) & (table[at] < until) & (table.superseded_at.isnull() | (table.superseded_at >= until))
    )
    return known, at


def _signed_up(view, as_of, period):
    import pandas as pd

    accounts = view.attributes(as_of)
    day = local_days(pd.to_datetime(accounts["signed_up_at"]).astype("datetime64[us]"), view.params.project.time_zone)
    return pd.DataFrame({"account_id": accounts.index, "began": number_of(day, period)})


def _chosen(view, as_of, first, where, by):
    """Keep the accounts that a predicate takes, with the attribute that names their cohort."""
    import pandas as pd

    accounts = view.attributes(as_of)
    if by is not None and by not in accounts.columns:
        raise RenewcastError(f"accounts have no column {by}; they have {', '.join(accounts.columns)}.")
    members = first.sort_values("account_id", ignore_index=True)
    if where is not None:
        taken = pd.Series(where(accounts), index=accounts.index).fillna(False).astype(bool)
        members = members[members["account_id"].isin(taken.index[taken])].reset_index(drop=True)
    if not len(members):
        raise RenewcastError("no account belongs to the cohorts; widen the predicate, or take a later day.")
    members["attribute"] = members["account_id"].map(accounts[by]) if by is not None else None
    return members


def _cohorts(members, period, by, observed, active, cents, duration, is_lost):
    began = members["began"].to_numpy(dtype=np.int64)
    names = named_cohorts(began, None if by is None else members["attribute"].to_numpy(dtype=object), period)
    duration = np.asarray(duration, dtype=np.int64)
    return Cohorts(period, members["account_id"].to_numpy(), names, began, observed, active, cents, duration, is_lost)
