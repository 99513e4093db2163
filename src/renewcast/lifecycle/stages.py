"""The lifecycle stage of an account by date and contract (C64)."""

import datetime as dt

ONBOARDING_DAYS = 90
GROWTH_DAYS = 270
RENEWAL_DAYS = 90
STAGES = ("onboarding", "growth", "steady", "renewal")


def lifecycle_stage(days_since_start, days_to_cover_end):
    """Name each account's stage.

    Renewal is the last 90 days before the known cover ends, onboarding the first 90 days after the first term began (or after
    sign-up, without contracts), growth the days from 90 up to 270; what lies between is steady. Where stages overlap, renewal
    comes before onboarding and growth.

    Parameters
    ----------
    days_since_start : array of float, shape (n_accounts,)
        Days since the first term began; NaN where unknown.
    days_to_cover_end : array of float, shape (n_accounts,)
        NaN for open-ended cover.

    Returns
    -------
    array of str, shape (n_accounts,)

    Examples
    --------
    >>> import numpy as np
    >>> lifecycle_stage(np.array([0, 89, 90, 269, 270, 300]), np.array([400, 400, 400, 400, 91, 90])).tolist()
    ['onboarding', 'onboarding', 'growth', 'growth', 'steady', 'renewal']
    """
    import numpy as np

    since, left = np.asarray(days_since_start, dtype="float64"), np.asarray(days_to_cover_end, dtype="float64")
    return np.select(
        [left <= RENEWAL_DAYS, since < ONBOARDING_DAYS, since < GROWTH_DAYS], ["renewal", "onboarding", "growth"], "steady"
    )


def stages_on(view, day: dt.date):
    """Return the stage of every account that was a customer on a day, as it was known then.

    A customer is who is in the population: in cover, or out of it for at most the grace; without contracts whoever was active.

    Parameters
    ----------
    view : datasets.view.View
    day : datetime.date
        Any day, with contracts; without them a snapshot day.

    Returns
    -------
    pandas.DataFrame
        account_id (sorted, each once), stage, days_since_start, days_to_end (days until the known cover ends, negative after it;
        NaN: open-ended), mrr (currency units a month of the terms that are live; NaN without contracts).
    """
    if "contracts" in view.store.tables:
        frame = _by_terms(view.known_contracts(day), day, view.grace_days)
    else:
        frame = view.population([day])[["account_id", "mrr"]]
        since = view.days_since_start(frame["account_id"], day) if len(frame) else []
        frame = frame.assign(days_since_start=since, days_to_end=float("nan"))
    frame["stage"] = lifecycle_stage(frame["days_since_start"], frame["days_to_end"])
    return frame[["account_id", "stage", "days_since_start", "days_to_end", "mrr"]]


def _by_terms(terms, day: dt.date, grace_days: int):
    """Find who is in cover and since when: the rule of snapshots.population on whole numbers, for reviews ask for many days."""
    import numpy as np
    import pandas as pd

    from renewcast.revenue.cover import spells
    from renewcast.revenue.day_numbers import FOREVER, days

    today = int(np.datetime64(day, "D").astype(np.int64))
    owner, names = pd.factorize(terms["account_id"], sort=True)
    starts, ends = days(terms["starts_on"]), days(terms["ends_on"])
    first = np.full(len(names), FOREVER)
    np.minimum.at(first, owner, starts)
    live = (starts < today) & (ends >= today)
    mrr = np.bincount(owner[live], weights=terms["mrr"].to_numpy()[live], minlength=len(names))
    recent = ends >= today - grace_days
    held, _, until = spells(owner[recent], starts[recent], ends[recent], grace_days)
    # Spells come in order: the first one of an owner is the one that the day lies in, or that has just ended.
    held, place = np.unique(held, return_index=True)
    began = first[held] < today
    held, until = held[began], until[place][began]
    left = np.where(until >= FOREVER, np.nan, (until - today).astype(float))
    columns = {"account_id": np.asarray(names, dtype=object)[held], "days_since_start": (today - first[held]).astype(float)}
    return pd.DataFrame(columns | {"days_to_end": left, "mrr": mrr[held]})
