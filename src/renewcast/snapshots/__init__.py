"""Snapshots: the weekly calendar, and which accounts are in scope at each of its instants."""

from renewcast.snapshots.calendar import Calendar
from renewcast.snapshots.population import population

__all__ = ["Calendar", "population"]
