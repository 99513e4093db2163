"""The play for each opportunity: the one that answers to its signal, to be begun within four weeks."""

import datetime as dt

from renewcast.plays.assignment import BEGIN_WITHIN_DAYS


def with_plays(library, opportunities, as_of: dt.date, *, language: str):
    """Add to opportunities the play that answers each, and the day to begin by.

    Parameters
    ----------
    library : Library
    opportunities : pandas.DataFrame
        signal, renewal_date (datetime.date or None) and held_back (None: not held back), a row an opportunity.
    as_of : datetime.date
    language : {"en", "zh"}

    Returns
    -------
    pandas.DataFrame
        The same rows with play (its title; None where no play answers, or the opportunity waits) and due_on: within four weeks,
        and early enough for the play to be over before the renewal, but never before ``as_of``.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.plays.library import load_library
    >>> from renewcast.reference_project import reference
    >>> found = pd.DataFrame({"signal": ["quota_burn", "quota_burn"], "renewal_date": [dt.date(2026, 8, 8), None],
    ...     "held_back": [None, "too risky"]})
    >>> library = load_library(reference() / "plays.yaml")
    >>> with_plays(library, found, dt.date(2026, 6, 29), language="en")[["play", "due_on"]].values.tolist()
    [['Offer more before the quota runs out', datetime.date(2026, 7, 9)], [None, None]]
    """
    import pandas as pd

    answer = {}
    for play in library.plays:
        if play.goal in ("expand", "cross_sell"):
            for signal in play.answers_to.signals:
                answer.setdefault(signal, play)
    titles, days = [], []
    for signal, renewal, held_back in zip(
        opportunities["signal"], opportunities["renewal_date"], opportunities["held_back"], strict=True
    ):
        play = answer.get(signal) if pd.isna(held_back) else None
        titles.append(getattr(play.title, language) if play else None)
        days.append(_begin_by(play, renewal, as_of) if play else None)
    kept = opportunities.drop(columns=["play", "due_on"], errors="ignore")
    return kept.assign(
        play=pd.Series(titles, index=kept.index, dtype=object), due_on=pd.Series(days, index=kept.index, dtype=object)
    )


def _begin_by(play, renewal, as_of: dt.date) -> dt.date:
    import pandas as pd

    latest = as_of + dt.timedelta(days=BEGIN_WITHIN_DAYS)
    if not pd.isna(renewal):
        latest = min(latest, pd.Timestamp(renewal).date() - dt.timedelta(days=play.days))
    return max(latest, as_of)
