"""The part of a project that tells revenue: the ledger, retention, definitions of churn and cohorts, as pandas DataFrames."""

import datetime as dt
from pathlib import Path

from renewcast.days import DAY, parse_day
from renewcast.errors import RenewcastError
from renewcast.project_data import ProjectData


class ProjectRevenue(ProjectData):
    """A project's revenue; see :class:`renewcast.project.Project`."""

    _last_ledger = None

    def revenue_day(self, as_of=None) -> dt.date:
        """Read the day as of which revenue is told: any day until the data end, by default the one after the contracts end."""
        from renewcast.revenue.of_project import latest_day

        if as_of is None:
            return latest_day(self.view)
        day, end = parse_day(as_of, what="--as-of"), self.view.data_end.date()
        if day > end + 8 * DAY:
            raise RenewcastError(f"--as-of {day}: the data end on {end}, so nothing is known of the time since; load newer data.")
        return day

    def ledger(self, as_of=None):
        """Return the :class:`renewcast.revenue.ledger.Ledger` as known on a day; the last one is kept."""
        from renewcast.revenue.of_project import ledger_of

        day = self.revenue_day(as_of)
        if self._last_ledger is None or self._last_ledger.as_of != day:
            self._last_ledger = ledger_of(self.view, day)
        return self._last_ledger

    def mrr_ledger(self, as_of=None):
        """Return monthly recurring revenue, one row an account and month; see :meth:`renewcast.revenue.ledger.Ledger.frame`.

        Raises
        ------
        RenewcastError
            "no recurring revenue: ..." without contracts; "no month of revenue ...".
        """
        return self.ledger(as_of).frame()

    def retention(self, as_of=None, periods: tuple[int, ...] = (1, 3, 12)):
        """Return retention of customers and dollars by period; see :func:`renewcast.revenue.retention.retention`."""
        from renewcast.revenue.retention import retention

        return retention(self.ledger(as_of), periods)

    def bars(self, as_of=None, *, seed: int = 0):
        """Compare the last year with the bars of params.yaml; see :func:`renewcast.revenue.bars.bars`."""
        from renewcast.revenue.bars import bars
        from renewcast.revenue.versions import promoter_answers

        ledger = self.ledger(as_of)
        return bars(ledger, promoter_answers(self.view, ledger.as_of), self.params.revenue.bars, seed=seed)

    def compare_definitions(self, other, as_of=None):
        """Compare what counts as churn here with another definition, a file or a section.

        Parameters
        ----------
        other : path of a YAML file or params.DefinitionSection
        as_of : datetime.date or str, optional

        Returns
        -------
        renewcast.revenue.churned.Comparison
        """
        from renewcast.params import DefinitionSection, load_definition
        from renewcast.revenue.of_project import comparison_of

        other = other if isinstance(other, DefinitionSection) else load_definition(Path(other))
        return comparison_of(self.view, self.revenue_day(as_of), other)

    def cohorts(self, activity="contracts", *, period="month", where=None, by=None, begins="first", quiet_periods=3, as_of=None):
        """Follow accounts that began together; see :class:`renewcast.revenue.cohorts.Cohorts`.

        Parameters
        ----------
        activity : str
            ``contracts`` (active is who is a customer at the end of a period), or a table of events (who did anything in it).
        period : {"week", "month", "quarter", "year"}
        where : callable, optional
            Takes the accounts as known on the day, indexed by account_id, and says which belong.
        by : str, optional
            A column of the accounts that names the cohorts in place of the period in which they began.
        begins : {"first", "signed_up"}
            Age 0 is the period of the first activity, or of signing up.
        quiet_periods : int
            Silence of so many periods at the end is a loss (tables of events only).
        as_of : datetime.date or str, optional

        Raises
        ------
        RenewcastError
            "... is no table of events", "accounts have no column ...", "no account belongs ...".
        """
        from renewcast.revenue.cohort_members import cohorts_of_contracts, cohorts_of_events

        chosen = {"period": period, "where": where, "by": by, "begins": begins}
        if activity == "contracts":
            ledger = self.ledger(as_of)
            return cohorts_of_contracts(self.view, ledger, ledger.as_of, **chosen)
        day = self.event_day(as_of)
        return cohorts_of_events(self.view, day, source=activity, quiet_periods=quiet_periods, **chosen)

    def funnel(self, as_of=None, **chosen):
        """Count how deep each cohort goes, see :func:`renewcast.revenue.funnel.funnel`; by default up to the end of the data."""
        from renewcast.revenue.funnel import funnel

        return funnel(self.view, self.event_day(as_of), **chosen)

    def event_day(self, as_of=None) -> dt.date:
        """Read the day as of which events are told: any day until the data end, by default the one after it."""
        return self.view.data_end.date() + DAY if as_of is None else self.revenue_day(as_of)
