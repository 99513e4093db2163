"""The lifecycle stage of an account by date and contract (C64)."""

import dataclasses
import datetime as dt

from renewcast.datasets.terms_known import terms_over

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

    return np.array(STAGES)[_places(days_since_start, days_to_cover_end)]


def _places(days_since_start, days_to_cover_end):
    """Return the place of each account's stage in `STAGES`, int8."""
    import numpy as np

    since, left = np.asarray(days_since_start, dtype="float64"), np.asarray(days_to_cover_end, dtype="float64")
    places = [STAGES.index(stage) for stage in ("renewal", "onboarding", "growth", "steady")]
    found = np.select([left <= RENEWAL_DAYS, since < ONBOARDING_DAYS, since < GROWTH_DAYS], places[:3], places[3])
    return found.astype(np.int8)


def stages_on(view, day: dt.date, terms=None):
    """Return the stage of every account that was a customer on a day, as it was known then.

    A customer is who is in the population: in cover, or out of it for at most the grace; without contracts whoever was active.

    Parameters
    ----------
    view : datasets.view.View
    day : datetime.date
        Any day, with contracts; without them a snapshot day.
    terms : Terms, optional
        See :func:`read_terms`; of days with this one among them, where they were read before.

    Returns
    -------
    pandas.DataFrame
        account_id (sorted, each once), stage, days_since_start, days_to_end (days until the known cover ends, negative after it;
        NaN: open-ended), mrr (currency units a month of the terms that are live; NaN without contracts).
    """
    import numpy as np
    import pandas as pd

    if "contracts" in view.store.tables:
        terms = (read_terms(view, [day]) if terms is None else terms).seen_on(day)
        held, since, left = _in_cover(terms, day, view.grace_days)
        today = _number(day)
        live = (terms.starts < today) & (terms.ends >= today)
        mrr = np.bincount(terms.owner[live], weights=terms.mrr[live], minlength=len(terms.names))
        columns = {"account_id": terms.names[held], "days_since_start": since, "days_to_end": left, "mrr": mrr[held]}
        frame = pd.DataFrame(columns)
    else:
        frame = view.population([day])[["account_id", "mrr"]]
        since = view.days_since_start(frame["account_id"], day) if len(frame) else []
        frame = frame.assign(days_since_start=since, days_to_end=float("nan"))
    frame["stage"] = lifecycle_stage(frame["days_since_start"], frame["days_to_end"])
    return frame[["account_id", "stage", "days_since_start", "days_to_end", "mrr"]]


def stages_over(view, days: list[dt.date], terms=None):
    """Return what :func:`stages_on` says of the stage on each of some days.

    Parameters
    ----------
    view : datasets.view.View
    days : list of datetime.date
        Without contracts snapshot days.
    terms : Terms, optional
        See :func:`read_terms`; of days with all of these among them, where they were read before.

    Returns
    -------
    names : array of str, shape (n_accounts,)
        Sorted; everybody who was a customer on any of the days.
    places : array of int8, shape (n_accounts, n_days)
        The place of the stage in :data:`STAGES`, -1 where the account was no customer.
    """
    import numpy as np

    if "contracts" not in view.store.tables:
        return _of_population(view, days)
    # One read for all days: most terms are the same on all of them.
    terms = read_terms(view, days) if terms is None else terms
    places = np.full((len(terms.names), len(days)), -1, dtype=np.int8)
    for place, day in enumerate(days):
        held, since, left = _in_cover(terms.seen_on(day), day, view.grace_days)
        places[held, place] = _places(since, left)
    was_customer = (places >= 0).any(axis=1)
    return terms.names[was_customer], places[was_customer]


def _of_population(view, days):
    import numpy as np

    found = [stages_on(view, day) for day in days]
    names = np.unique(np.concatenate([frame["account_id"].to_numpy(dtype=object) for frame in found]))
    places = np.full((len(names), len(days)), -1, dtype=np.int8)
    for place, frame in enumerate(found):
        held = np.searchsorted(names, frame["account_id"].to_numpy(dtype=object))
        places[held, place] = _places(frame["days_since_start"], frame["days_to_end"])
    return names, places


@dataclasses.dataclass(frozen=True, eq=False)
class Terms:
    """Terms as known on some days, as whole numbers, which reviews of many days and accounts can afford.

    Attributes
    ----------
    days : list of datetime.date
        Ascending.
    names : array of str
        The accounts, sorted; ``owner`` numbers them.
    owner, starts, ends : array of int64, shape (n_terms,)
        Days since 1970-01-01; an open end lies farther than all others.
    mrr : array of float, shape (n_terms,)
    seen_from, seen_until : array of int, shape (n_terms,)
        Between which of ``days`` the version was known.
    """

    days: list
    names: object
    owner: object
    starts: object
    ends: object
    mrr: object
    seen_from: object
    seen_until: object

    def seen_on(self, day: dt.date) -> "Terms":
        """Return those that one of the days sees."""
        place = self.days.index(day)
        seen = (self.seen_from <= place) & (place < self.seen_until)
        numbers = (self.owner, self.starts, self.ends, self.mrr, self.seen_from, self.seen_until)
        return Terms(self.days, self.names, *(column[seen] for column in numbers))


def read_terms(view, days) -> Terms | None:
    """Read the terms that some days see, in one query.

    Parameters
    ----------
    view : datasets.view.View
    days : iterable of datetime.date

    Returns
    -------
    Terms or None
        None without contracts.
    """
    import numpy as np
    import pandas as pd

    from renewcast.revenue.day_numbers import days as numbers

    if "contracts" not in view.store.tables:
        return None
    days = sorted(set(days))
    terms = terms_over(view, days)
    owner, names = pd.factorize(terms["account_id"], sort=True)
    rest = (terms[name].to_numpy() for name in ("mrr", "seen_from", "seen_until"))
    dated = (numbers(terms[name]) for name in ("starts_on", "ends_on"))
    return Terms(days, np.asarray(names, dtype=object), owner, *dated, *rest)


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _in_cover(terms: Terms, day: dt.date, grace_days: int):
    """Find who is in cover, since how many days, and for how many more (NaN: open-ended): the rule of snapshots.population."""
    import numpy as np

    from renewcast.revenue.cover import spells
    from renewcast.revenue.day_numbers import FOREVER

    today = _number(day)
    first = np.full(len(terms.names), FOREVER)
    np.minimum.at(first, terms.owner, terms.starts)
    recent = terms.ends >= today - grace_days
    held, _, until = spells(terms.owner[recent], terms.starts[recent], terms.ends[recent], grace_days)
    # Spells come in order: the first one of an owner is the one that the day lies in, or that has just ended.
    held, place = np.unique(held, return_index=True)
    began = first[held] < today
    held, until = held[began], until[place][began]
    left = np.where(until >= FOREVER, np.nan, (until - today).astype(float))
    return held, (today - first[held]).astype(float), left
