"""Recurring revenue on snapshot days, that of a year before, and advocacy: what the tier policy asks of the past."""

import datetime as dt

YEAR_DAYS = 364


def revenue_at(view, as_of: dt.date):
    """Return what each account with a live term paid on a snapshot day, as known then.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
        A snapshot day.

    Returns
    -------
    pandas.DataFrame, one row per account with recurring revenue, sorted by account_id
        account_id, arr (annual, in currency units), arr_growth (change against 364 days before as a share, as the feature
        mrr_trend_364d has it; NaN where there was nothing), advocacy (promoter answers in 364 days). No rows without contracts.
    """
    return revenue_over(view, [as_of]).drop(columns="day")


def revenue_over(view, days: list[dt.date]):
    """Return :func:`revenue_at` of some snapshot days, read at once.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    days : list of datetime.date
        Ascending.

    Returns
    -------
    pandas.DataFrame, one row per day and account with recurring revenue on it, sorted by both
        day (datetime64), and the columns of :func:`revenue_at`.
    """
    import pandas as pd

    from renewcast.days import midnight
    from renewcast.engine.portable import cents
    from renewcast.engine.visibility import seen_on

    if "terms" not in view.store.tables:
        empty = {"account_id": pd.Series(dtype=object), "arr": [], "arr_growth": [], "advocacy": []}
        return pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), **empty})
    instants = [midnight(day) for day in days]
    rows = seen_on(view.store.tables["terms"], instants)
    rows = rows.mutate(cents=cents(rows.mrr))
    sums = {}
    for place, instant in enumerate(instants):
        is_seen = (rows.seen_from <= place) & (rows.seen_until > place)
        sums |= {f"now_{place}": _held(rows, is_seen, instant)}
        sums |= {f"then_{place}": _held(rows, is_seen, instant - dt.timedelta(days=YEAR_DAYS))}
    frame = rows.group_by("account_id").aggregate(**sums).to_pandas().sort_values("account_id", ignore_index=True)
    found = pd.concat([_of_day(frame, place, day) for place, day in enumerate(days)], ignore_index=True)
    return found.assign(advocacy=view.advocacy(found["account_id"], found["day"]))


def _held(rows, is_seen, then: dt.datetime):
    """Sum up the terms of an account that were live then, of those that are seen."""
    import ibis

    live = (rows.starts_on.cast("timestamp") < ibis.literal(then)) & (
        rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= ibis.literal(then))
    )
    return ibis.ifelse(is_seen & live, rows.cents, 0).sum() / 100.0


def _of_day(frame, place: int, day: dt.date):
    import numpy as np
    import pandas as pd

    frame = frame[frame[f"now_{place}"] > 0]
    now, then = (frame[f"{name}_{place}"].to_numpy(dtype="float64") for name in ("now", "then"))
    growth = np.full(len(frame), np.nan)
    growth[then > 0] = np.expm1(np.log(now[then > 0] / then[then > 0]))
    account_id = frame["account_id"].astype(str).astype(object).reset_index(drop=True)
    found = pd.DataFrame({"account_id": account_id, "arr": (12 * now).round(2), "arr_growth": growth})
    found.insert(0, "day", pd.Timestamp(day).as_unit("us"))
    return found
