"""The simulated time: day 0 is the first day; every module counts in days or weeks from it."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

# Terms that end up to 90 days after the last week still need a known hazard, so the hidden state runs on this long.
LOOKAHEAD_WEEKS = 14


@dataclass(frozen=True)
class Calendar:
    """The days that are simulated, and the weeks for which a hidden state exists.

    Parameters
    ----------
    start : datetime.date
        Day 0.
    weeks : int
        Weeks of data; nothing happens on or after day ``7 * weeks``.

    Examples
    --------
    >>> calendar = Calendar(dt.date(2024, 1, 1), 130)
    >>> calendar.days, calendar.latent_weeks
    (910, 144)
    """

    start: dt.date
    weeks: int

    @property
    def days(self) -> int:
        """Return the first day without data, counted from day 0."""
        return 7 * self.weeks

    @property
    def latent_weeks(self) -> int:
        """Return the number of weeks for which a hidden state is drawn."""
        return self.weeks + LOOKAHEAD_WEEKS

    def week(self, day: np.ndarray) -> np.ndarray:
        """Return the week in which a day lies, kept within the weeks that have a hidden state."""
        return np.clip(np.floor(np.asarray(day) / 7).astype(np.int64), 0, self.latent_weeks - 1)

    def add_months(self, day: np.ndarray, months: np.ndarray) -> np.ndarray:
        """Move days by whole months; the 31st becomes the last day of a shorter month.

        Parameters
        ----------
        day : array of int, shape (n,)
            Days from day 0.
        months : array of int, shape (n,)

        Returns
        -------
        array of int, shape (n,)

        Examples
        --------
        >>> Calendar(dt.date(2024, 1, 1), 10).add_months(np.array([30]), np.array([1]))
        array([59])
        """
        moment = np.datetime64(self.start, "D") + np.asarray(day).astype("timedelta64[D]")
        month = moment.astype("datetime64[M]")
        day_of_month = moment - month.astype("datetime64[D]")
        target = month + np.asarray(months).astype("timedelta64[M]")
        length = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")
        moved = target.astype("datetime64[D]") + np.minimum(day_of_month, length - 1)
        return (moved - np.datetime64(self.start, "D")).astype(np.int64)

    def year(self, day: np.ndarray) -> np.ndarray:
        """Return the calendar year of each day."""
        moment = np.datetime64(self.start, "D") + np.floor(day).astype("timedelta64[D]")
        return moment.astype("datetime64[Y]").astype(np.int64) + 1970

    def day_of_year(self, weeks: np.ndarray) -> np.ndarray:
        """Return the day of the year (0 to 365) of the middle of each week."""
        moment = np.datetime64(self.start, "D") + (7 * np.asarray(weeks) + 3).astype("timedelta64[D]")
        return (moment - moment.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
