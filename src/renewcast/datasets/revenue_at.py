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
    import ibis
    import numpy as np
    import pandas as pd

    from renewcast.days import midnight
    from renewcast.engine.portable import cents
    from renewcast.engine.visibility import known_by

    if "terms" not in view.store.tables:
        return pd.DataFrame({"account_id": pd.Series(dtype=object), "arr": [], "arr_growth": [], "advocacy": []})
    instant = midnight(as_of)
    rows = known_by(view.store.tables["terms"], instant)
    mrr = cents(rows.mrr)

    def held(then: dt.datetime):
        live = (rows.starts_on.cast("timestamp") < ibis.literal(then)) & (
            rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= ibis.literal(then))
        )
        return ibis.ifelse(live, mrr, 0).sum() / 100.0

    sums = rows.group_by("account_id").aggregate(now=held(instant), then=held(instant - dt.timedelta(days=YEAR_DAYS)))
    frame = sums.filter(sums.now > 0).to_pandas().sort_values("account_id", ignore_index=True)
    now, then = frame["now"].to_numpy(dtype="float64"), frame["then"].to_numpy(dtype="float64")
    growth = np.full(len(frame), np.nan)
    growth[then > 0] = np.expm1(np.log(now[then > 0] / then[then > 0]))
    account_id = frame["account_id"].astype(str).astype(object)
    found = pd.DataFrame({"account_id": account_id, "arr": (12 * now).round(2), "arr_growth": growth})
    return found.assign(advocacy=view.advocacy(found["account_id"], as_of))
