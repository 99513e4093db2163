"""What the parts of a review are made from, each computed once, when a part first asks."""

import datetime as dt
import functools


class Inputs:
    """One project as known on one snapshot day.

    Parameters
    ----------
    project : renewcast.project.Project
        Asked for its view, ledger and scores; never written to.
    as_of : datetime.date
        A snapshot day.
    """

    def __init__(self, project, as_of: dt.date):
        self.project, self.as_of = project, as_of
        self.view, self.params = project.view, project.params

    @functools.cached_property
    def ledger(self):
        """The :class:`renewcast.revenue.ledger.Ledger`, or None without contracts of which a month was over by then."""
        if self.params.revenue is None:
            return None
        from renewcast.revenue.ledger import NoMonths

        try:
            return self.project.ledger(self.as_of)
        except NoMonths:
            return None

    @functools.cached_property
    def accounts(self):
        """The accounts as known then, indexed by account_id (every account that was known, customer or not)."""
        return self.view.attributes(self.as_of)

    @functools.cached_property
    def population(self):
        """The accounts in scope, see :func:`renewcast.snapshots.population`: with their scores, where there are any."""
        return self.view.population([self.as_of]) if self.scores is None else self.scores.frame

    @functools.cached_property
    def known(self):
        """What was known then of the accounts in scope, table by table: a :class:`renewcast.datasets.known.Known`."""
        from renewcast.datasets.known import Known

        return Known(self.view, self.as_of, self.population.sort_values("account_id"))

    @functools.cached_property
    def everyone(self):
        """The same of every account that was known, customer or not."""
        from renewcast.datasets.known import Known

        return Known(self.view, self.as_of, self.accounts.reset_index()[["account_id"]].sort_values("account_id"))

    @functools.cached_property
    def scores(self):
        """The :class:`renewcast.scoring.scores.Scores` of the day, or None while no champion is in force."""
        # A champion that is there and cannot be used stops the review; it is never left out in silence.
        return self.project.score_snapshot(self.as_of)[1] if self.project.has_champion() else None

    @functools.cached_property
    def survival(self):
        """Lifetimes and lifetime values, see :func:`renewcast.scoring.survival.survival`; None while no champion is in force."""
        return None if self.scores is None else self.project.survival(self.as_of)

    @functools.cached_property
    def features(self):
        """The feature rows of the accounts in scope, indexed by account_id: those of the model's scores, where there are any."""
        rows = self.view.features(self.population) if self.scores is None else self.scores.features
        return rows.set_axis(self.population["account_id"].to_numpy(), axis=0)
