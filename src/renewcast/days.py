"""Days, snapshot instants and ISO weeks: every calendar rule that more than one stage needs.

Times are naive UTC. A *day* fact (a date without a time of day) lies somewhere in its day, so it is over, and may
be used, only at the next midnight: day ``D`` lies before the instant ``T`` when ``D < T`` and after it when ``D >= T``.
"""

import datetime as dt

from renewcast.errors import RenewcastError

DAY = dt.timedelta(days=1)


def parse_day(text: str | dt.date, *, what: str) -> dt.date:
    """Read a day written as YYYY-MM-DD.

    Parameters
    ----------
    text : str or datetime.date
    what : str
        Where the text stood; it opens the error message.

    Returns
    -------
    datetime.date

    Raises
    ------
    RenewcastError
        "<what>: ... is not a day", when the text is not a date.

    Examples
    --------
    >>> parse_day("2026-06-29", what="--as-of")
    datetime.date(2026, 6, 29)
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        raise RenewcastError(f"{what}: {text!r} is not a day; write it as YYYY-MM-DD, for example 2026-06-29.") from None


def midnight(day: dt.date) -> dt.datetime:
    """Return the instant at which a day begins, naive UTC.

    Examples
    --------
    >>> midnight(dt.date(2026, 6, 29))
    datetime.datetime(2026, 6, 29, 0, 0)
    """
    return dt.datetime(day.year, day.month, day.day)


def iso_week(day: dt.date) -> str:
    """Name the ISO week of a day, the key under which its list is published.

    Examples
    --------
    >>> iso_week(dt.date(2026, 6, 29))
    '2026-W27'
    >>> iso_week(dt.date(2027, 1, 1))
    '2026-W53'
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
