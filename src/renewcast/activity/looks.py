"""The past days that activity is held against, of the accounts that stand for all: read at once, since each reading costs alike.

Three questions look back: how the past year went (every fourth week), who of the healthy of half a year ago stayed, and what runs
ahead of what (a quarter apart).
"""

import datetime as dt

from renewcast.activity.readings import drawn_population, features_of
from renewcast.datasets.known import Known

LOOKS = 13
EVERY_WEEKS = 4
STEMS = ("usage_events", "active_users", "active_days", "value_actions", "usage_minutes")
EARLIER_DAYS = 182
"""So long before the snapshot the healthy peers are looked at: by now it is known who of them stayed."""
QUARTER_DAYS, QUARTERS = 91, 5
"""Five snapshots a quarter apart: four changes, three pairs of one and the next."""
PROCESS = ("touchpoints", "executive_meetings", "tickets_resolved", "functional_milestones_reached")
PREDICTIVE = ("usage_events", "active_users", "active_days", "value_actions", "active_modules", "key_user_events")


def year_days(known: Known) -> list[dt.date]:
    """Return every fourth snapshot day of the past year, ascending."""
    return known.view.calendar.days(known.as_of.date(), EVERY_WEEKS)[-LOOKS:]


def earlier_day(known: Known) -> dt.date:
    """Return the day half a year ago, which may lie before the calendar."""
    return known.as_of.date() - dt.timedelta(days=EARLIER_DAYS)


def quarter_days(known: Known) -> list[dt.date]:
    """Return the days a quarter apart that the calendar reaches, ascending."""
    days = [known.as_of.date() - dt.timedelta(days=QUARTER_DAYS * back) for back in range(QUARTERS - 1, -1, -1)]
    return [day for day in days if day >= known.view.calendar.first]


def short_window(known: Known) -> int:
    """Return the window that fits the year's days: the longest of the features' of at most four weeks, else the shortest."""
    windows = sorted(known.params.features.windows_days)
    return max([days for days in windows if days <= 7 * EVERY_WEEKS], default=windows[0])


def quarter_window(known: Known) -> int | None:
    """Return the longest window of the features' of at most a quarter; None where all are longer."""
    return max([days for days in known.params.features.windows_days if days <= QUARTER_DAYS], default=None)


def looks(known: Known):
    """Compute the population of all of these days with the usage features that are asked of any.

    Parameters
    ----------
    known : Known

    Returns
    -------
    pandas.DataFrame
        The columns of `renewcast.snapshots.population`, and the features by name, as far as the tables can fill them; sorted by
        account_id and as_of. Of more than 5,000 accounts every k-th by id.
    """
    view, first = known.view, known.view.calendar.first
    days = {*year_days(known), *quarter_days(known), earlier_day(known)}
    rows = drawn_population(view, sorted(day for day in days if day >= first))
    names = [f"{stem}_{short_window(known)}d" for stem in STEMS]
    if quarter_window(known) is not None:
        names += [f"{stem}_{quarter_window(known)}d" for stem in PROCESS + PREDICTIVE]
    return rows.join(features_of(view, rows[["account_id", "as_of"]], names))


def on_days(frame, days):
    """Return the rows of some days.

    Parameters
    ----------
    frame : pandas.DataFrame
        With as_of.
    days : list of datetime.date

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"as_of": pd.to_datetime(["2026-06-22", "2026-06-29"])})
    >>> on_days(frame, [dt.date(2026, 6, 29)])["as_of"].dt.day.tolist()
    [29]
    """
    import pandas as pd

    return frame[frame["as_of"].isin(pd.to_datetime(days))].reset_index(drop=True)
