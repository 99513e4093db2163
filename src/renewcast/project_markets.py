"""The part of a project that tells its markets: verticals, niches, activation, the double funnel."""

from renewcast.project_customers import ProjectCustomers


class ProjectMarkets(ProjectCustomers):
    """Where the business is, and how the product sells itself; every method takes a snapshot day, by default the newest.

    Where a project's tables cannot answer, a method returns None or nothing at all instead of an error: what can be asked of a
    market depends on what happens to be recorded.

    Examples
    --------
    >>> from renewcast import Project
    >>> project = Project.load_here()  # doctest: +SKIP
    >>> project.niches().segments[["segment", "rank", "rank_low", "rank_high", "is_on_front"]]  # doctest: +SKIP
    """

    def verticals(self, as_of=None):
        """Return where the revenue of a year comes from; see :func:`renewcast.markets.concentration.concentration`.

        Returns
        -------
        renewcast.markets.concentration.Concentration or None
            None where no vertical is known, or no revenue.
        """
        from renewcast.markets.concentration import concentration

        ledger, accounts = self._ledger(as_of), self.view.attributes(self.day(as_of))
        vertical = self.params.markets.vertical
        if ledger is None or vertical not in accounts or not accounts[vertical].notna().any():
            return None
        return concentration(ledger, accounts[vertical], seed=self.params.segments.seed)

    def niches(self, as_of=None):
        """Compare market segments by the four indicators, see :func:`renewcast.markets.niches.find_niches`.

        Returns
        -------
        renewcast.markets.niches.Niches or None
            None where fewer than two segments are large enough, or no column of ``markets.segment_by`` is known.
        """
        from renewcast.markets.niches import find_niches

        accounts = self.view.attributes(self.day(as_of))
        chosen = [name for name in self.params.markets.segment_by if name in accounts and accounts[name].notna().any()]
        return find_niches(self._prospects(as_of, chosen), seed=self.params.segments.seed) if chosen else None

    def activation(self, as_of=None) -> list:
        """Learn the index of activation and friction of each motion, see :func:`renewcast.markets.activation.activations`."""
        from renewcast.markets import reading
        from renewcast.markets.activation import activations

        known = self.known(as_of, everyone=True)
        if not reading.has(known, "usage") and not reading.has(known, "touchpoints"):
            return []
        return activations(known, reading.dates_of(known), reading.motion_of(known), self._prospects(as_of, []))

    def double_funnel(self, as_of=None):
        """Count free and paying accounts from stage to stage, see :func:`renewcast.markets.double_funnel.double_funnel`.

        Returns
        -------
        pandas.DataFrame or None
            None without usage or contracts, or where nobody is in either funnel.
        """
        from renewcast.markets import reading
        from renewcast.markets.double_funnel import double_funnel

        known, ledger = self.known(as_of, everyone=True), self._ledger(as_of)
        if ledger is None or not reading.has(known, "usage"):
            return None
        return double_funnel(reading.dates_of(known), reading.motion_of(known), ledger, known.as_of)

    def _prospects(self, as_of, segment_by):
        from renewcast.markets.reading import prospects_of

        ledger = self._ledger(as_of)
        if ledger is not None and ledger.definition.level == "parent":
            ledger = None
        return prospects_of(self.known(as_of, everyone=True), self.view.attributes(self.day(as_of)), segment_by, ledger)

    def _ledger(self, as_of):
        """Return the ledger, or None without contracts of which a month was over by then."""
        from renewcast.revenue.ledger import NoMonths

        if self.params.revenue is None:
            return None
        try:
            return self.ledger(self.day(as_of))
        except NoMonths:
            return None
