"""The part of a project that tells of its customers: the forecast, stages, first value, milestones, tiers, their worth."""

from renewcast.errors import RenewcastError
from renewcast.project_scores import ProjectScores

SEED = 0


class ProjectCustomers(ProjectScores):
    """Forecast, lifecycle, tiers, unit economics and star metrics; every method takes a snapshot day, by default the newest.

    Examples
    --------
    >>> from renewcast import Project
    >>> project = Project.load("examples/no_contracts")  # doctest: +SKIP
    >>> project.first_value("2026-06-29").source  # doctest: +SKIP
    'value_action'
    """

    _last_known: dict | None = None

    def known(self, as_of=None, *, everyone: bool = False):
        """Return what a snapshot sees, table by table; that of the last day is kept.

        Parameters
        ----------
        as_of : datetime.date or str, optional
        everyone : bool
            Of every account that was known then; by default of the accounts in scope.

        Returns
        -------
        renewcast.datasets.known.Known
            What the functions of ``lifecycle``, ``activity``, ``signals`` and ``markets`` take.
        """
        from renewcast.datasets.known import Known

        day = self.day(as_of)
        kept = self._last_known if self._last_known is not None and self._last_known["day"] == day else {"day": day}
        if everyone not in kept:
            accounts = self.view.attributes(day).reset_index()[["account_id"]] if everyone else self.view.population([day])
            kept[everyone] = Known(self.view, day, accounts.sort_values("account_id"))
        self._last_known = kept
        return kept[everyone]

    # -- what is ahead ---------------------------------------------------------------------------------------------

    def forecast(self, as_of=None, *, told: dict | None = None, seed: int = SEED):
        """Forecast what becomes of the revenue of today's customers until the end of the label's horizon.

        What the champions in force say of churn, of each term and of contraction and expansion goes in; where there is none, the
        rates of past quarters speak alone.

        Parameters
        ----------
        as_of : datetime.date or str, optional
        told : dict, optional
            What models say, see :meth:`told_by_models`; ``{}`` lets the past alone speak.
        seed : int

        Returns
        -------
        renewcast.forecast.forecast.Forecast
            ``terms``, ``accounts``, ``total``, ``level("account")`` and ``retention()``, which all add up to the cent.

        Raises
        ------
        RenewcastError
            "no recurring revenue: ..." without contracts; "nobody pays ..." (:class:`renewcast.forecast.forecast.NobodyPays`).
        """
        from renewcast.forecast.of_project import forecast_of

        day = self.day(as_of)
        return forecast_of(self.view, day, seed=seed, **(self.told_by_models(day) if told is None else told))

    def told_by_models(self, as_of=None) -> dict:
        """Return what the champions in force say of a day, as :func:`renewcast.forecast.outcomes.outcomes` takes it."""
        day = self.day(as_of)
        if not self.has_champion():
            return {}
        told = {"probabilities": self.score_snapshot(day)[1].frame[["account_id", "churn_probability"]]}
        if self.params.labels.renewal is not None and self.has_champion("renewal"):
            told["outlook"] = self.term_outlook(day)
        changes = [name for name in ("contraction", "expansion") if getattr(self.params.labels, name) is not None]
        # Without a champion for either the outlook of accounts adds nothing.
        if any(self.has_champion(name) for name in changes):
            told["changes"] = self.account_outlook(day)
        return told

    # -- the road of an account ------------------------------------------------------------------------------------

    def stages(self, as_of=None):
        """Return account_id, stage, days_since_start, days_to_end, mrr; see :func:`renewcast.lifecycle.stages.stages_on`."""
        from renewcast.lifecycle.stages import stages_on

        return stages_on(self.view, self.day(as_of))

    def first_value(self, as_of=None):
        """Find when each account that has ever begun had its first value, and who is still waiting.

        Returns
        -------
        renewcast.lifecycle.first_value.FirstValue
            For the functions beside it: ``curve`` (by cohort), ``by_group``, ``waiting``.

        Raises
        ------
        RenewcastError
            "nothing tells first value: ...".
        """
        from renewcast.lifecycle.first_value import first_value

        found = self.known(as_of, everyone=True).once(first_value)
        if found is None:
            raise RenewcastError(
                "nothing tells first value: neither milestones of customers nor value actions are recorded; "
                "map sources.milestones, or usage.is_value_action, in params.yaml."
            )
        return found

    def milestones(self, as_of=None):
        """Say of every milestone of the accounts in scope whether it is done, due, late or unknown.

        Returns
        -------
        pandas.DataFrame
            See :func:`renewcast.lifecycle.milestones.status`; :func:`renewcast.lifecycle.milestones.on_time` sums it up.

        Raises
        ------
        RenewcastError
            "no milestones: ...".
        """
        from renewcast.lifecycle.milestones import status

        return self._with_milestones(as_of).once(status)

    def goals(self, as_of=None):
        """Return the ladder of stage goals of the accounts in scope, step by step; see :func:`renewcast.lifecycle.goals.ladder`.

        Raises
        ------
        RenewcastError
            "no milestones: ...".
        """
        from renewcast.lifecycle.goals import ladder

        return ladder(self._with_milestones(as_of))

    def _with_milestones(self, as_of):
        known = self.known(as_of)
        if not known.has("milestones.milestone"):
            raise RenewcastError("no milestones: this project keeps none; map sources.milestones in params.yaml.")
        return known

    def attribution(self, as_of=None, *, seed: int = SEED):
        """Share the sales of a year among the kinds of contact before them, and tell each account's first, last and strongest.

        Returns
        -------
        renewcast.lifecycle.markov.Attribution or None
            None without contacts, or where too few accounts with contacts before the sale bought.
        """
        from renewcast.lifecycle.markov import contact_paths, markov_attribution

        paths = contact_paths(self.known(as_of, everyone=True))
        return None if paths is None else markov_attribution(paths, seed=seed)

    # -- what they are worth ---------------------------------------------------------------------------------------

    def tiers(self, as_of=None):
        """Return each account's tier at the quarters until a day; see :func:`renewcast.segments.tier_history.tier_history`."""
        from renewcast.segments.tier_history import tier_history

        return tier_history(self.view, self.day(as_of))

    def lifetime_value(self, by: str = "acquisition_channel", as_of=None, *, seed: int = SEED):
        """Compare what customers are worth with what they cost to win, by a column of the accounts.

        Returns
        -------
        pandas.DataFrame
            See :func:`renewcast.economics.value_for_cost.value_for_cost`. Lifetimes are the champion's, where one is in force.

        Raises
        ------
        RenewcastError
            "no cost of acquisition: ..."; "accounts have no column ..."; "no recurring revenue: ..." without contracts.
        """
        from renewcast.economics.customers import account_ledger, customers
        from renewcast.economics.value_for_cost import value_for_cost

        day = self.day(as_of)
        accounts = self.view.attributes(day)
        if by not in accounts:
            raise RenewcastError(f"accounts have no column {by}; they have {', '.join(sorted(accounts))}.")
        if "acquisition_cost" not in accounts or not accounts["acquisition_cost"].notna().any():
            raise RenewcastError("no cost of acquisition: map acquisition_cost under sources.accounts in params.yaml.")
        survival = self.survival(day) if self.has_champion() else None
        rows = customers(accounts, account_ledger(self.view, self.ledger(day)), self.params.lifetime, survival)
        rows[by] = accounts[by].reindex(rows["account_id"]).to_numpy(dtype=object)
        return value_for_cost(rows, [by], seed=seed)

    def hours_saved(self, minutes_by_hand: dict[str, float], *, rate: float, as_of=None, days: int = 364):
        """Say what actions in the product saved each account, in hours and in money, under what you assume of doing them by hand.

        Parameters
        ----------
        minutes_by_hand : dict of str to float
            By action, for example ``{"export_report": 12}``.
        rate : float
            What an hour is worth, in the project's currency.

        Returns
        -------
        renewcast.activity.hours_saved.HoursSaved
        """
        from renewcast.activity.hours_saved import hours_saved

        return hours_saved(self.known(as_of), minutes_by_hand, rate=rate, days=days)

    def stars(self, as_of=None):
        """Return each team's star metrics, measured or with the reason why not; see :func:`renewcast.scorecard.stars.stars`."""
        from renewcast.revenue.ledger import NoMonths
        from renewcast.scorecard.months import Months
        from renewcast.scorecard.stars import stars

        day, ledger = self.day(as_of), None
        if self.params.revenue is not None:
            try:
                ledger = self.ledger(day)
            except NoMonths:
                ledger = None
        return stars(Months(self.known(day, everyone=True), ledger))
