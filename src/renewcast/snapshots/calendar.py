"""The weekly calendar of snapshot instants."""

import dataclasses
import datetime as dt

from renewcast.days import DAY, midnight
from renewcast.errors import RenewcastError


@dataclasses.dataclass(frozen=True)
class Calendar:
    """Snapshot days, seven days apart, from the first one on.

    Parameters
    ----------
    first : datetime.date
    last : datetime.date or None
        No snapshot after it; None where only the data end the calendar.

    Examples
    --------
    >>> calendar = Calendar(dt.date(2026, 6, 1), None)
    >>> calendar.number(dt.date(2026, 6, 15))
    2
    >>> calendar.number(dt.date(2026, 6, 17))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: 2026-06-17 is not a snapshot day: snapshots stand every 7 days from 2026-06-01; \
use 2026-06-15 or 2026-06-22.
    """

    first: dt.date
    last: dt.date | None

    @property
    def origin(self) -> dt.datetime:
        """The first snapshot instant."""
        return midnight(self.first)

    def number(self, day: dt.date) -> int:
        """Return how many weeks after the first a snapshot day stands.

        Raises
        ------
        RenewcastError
            "... is not a snapshot day" or "... lies before the first snapshot".
        """
        weeks, odd = divmod((day - self.first).days, 7)
        if weeks < 0:
            raise RenewcastError(
                f"{day} lies before the first snapshot, {self.first}; choose a later day or an earlier snapshots.first."
            )
        if odd:
            before = self.first + 7 * weeks * DAY
            raise RenewcastError(
                f"{day} is not a snapshot day: snapshots stand every 7 days from {self.first}; "
                f"use {before} or {before + 7 * DAY}."
            )
        return weeks

    def days(self, until: dt.date, every_weeks: int = 1) -> list[dt.date]:
        """List the snapshot days up to and including ``until``, every ``every_weeks``-th counted back from the last.

        Counting back keeps the newest finished outcomes in the training set.
        """
        end = min(until, self.last) if self.last else until
        count = (end - self.first).days // 7
        return [self.first + 7 * week * DAY for week in range(count % every_weeks, count + 1, every_weeks)] if count >= 0 else []

    def latest(self, until: dt.date) -> dt.date:
        """Return the last snapshot day up to and including ``until``.

        Raises
        ------
        RenewcastError
            "no snapshot day", where ``until`` lies before the calendar.
        """
        days = self.days(until)
        if not days:
            raise RenewcastError(
                f"no snapshot day up to {until}: the calendar begins on {self.first}; set an earlier snapshots.first."
            )
        return days[-1]
