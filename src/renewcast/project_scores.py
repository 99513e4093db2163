"""Scores of a snapshot, what they are made of, and what signals say beside them."""

from renewcast.project_models import ProjectModels


class ProjectScores(ProjectModels):
    """Scores, explanations, survival, outlooks, the shadow, signals."""

    # -- scores ----------------------------------------------------------------------------------------------------

    _last_scores = None

    def champions(self) -> dict:
        """Return the champions that the list needs, by target: the one that ranks it and, where there is one, renewal's."""
        found = {self.params.scoring.target: self.champion()}
        if self.params.labels.renewal is not None and self.has_champion("renewal"):
            found["renewal"] = self.champion("renewal")
        return found

    def score_snapshot(self, as_of=None):
        """Return the champions and the full :class:`renewcast.scoring.scores.Scores` of a snapshot day."""
        from renewcast.scoring.scores import score

        champions = self.champions()
        day = self.day(as_of)
        key = (day, *(champion.record["sha256"] for champion in champions.values()))
        # The last snapshot is kept: a notebook asks for its scores, its explanations and its list one after another.
        if self._last_scores is None or self._last_scores[0] != key:
            champion = champions[self.params.scoring.target]
            self._last_scores = key, score(self.view, champion, champions.get("renewal"), day, progress=self.progress)
        return champions, self._last_scores[1]

    def scored_by(self, champion, as_of):
        """Return the :class:`renewcast.scoring.scores.Scores` of a snapshot under a model that need not be in force."""
        from renewcast.scoring.scores import score

        if champion.record["sha256"] == self.champion(champion.target).record["sha256"]:
            return self.score_snapshot(as_of)[1]
        return score(self.view, champion, None, self.day(as_of), progress=self.progress)

    def scores(self, as_of=None):
        """Return account_id, churn_probability and its 90 % interval, renewal_probability, status: every account in scope."""
        import numpy as np

        _, scores = self.score_snapshot(as_of)
        shown = ("churn_probability", "churn_low", "churn_high", "renewal_probability")
        frame = scores.frame[["account_id", "as_of", *shown, "reason_not_scored"]].copy()
        frame["status"] = np.where(scores.scored, "scored", "not_scored")
        return frame

    def account_outlook(self, as_of=None):
        """Return how likely each account is to leave, to pay less, the same or more; see :mod:`renewcast.scoring.outlook`.

        Contraction and expansion are told where a champion was trained for them.
        """
        from renewcast.scoring.outlook import account_outlook

        champions, scores = self.score_snapshot(as_of)
        further = [name for name in ("contraction", "expansion") if getattr(self.params.labels, name) is not None]
        found = {name: self.champion(name) for name in further if self.has_champion(name)}
        return account_outlook(scores, champions | found)

    def term_outlook(self, as_of=None):
        """Return what becomes of each undecided term that ends inside the horizon; see :mod:`renewcast.scoring.outlook`."""
        from renewcast.scoring.outlook import term_outlook

        renewal, (_, scores) = self.champion("renewal"), self.score_snapshot(as_of)
        return term_outlook(self.view, scores, renewal) if scores.terms is None else scores.terms.copy()

    def survival(self, as_of=None):
        """Return how long each account in scope stays, and what it is worth; see :func:`renewcast.scoring.survival.survival`.

        Returns
        -------
        pandas.DataFrame
            account_id, churn_probability_30d, churn_probability_90d, churn_probability_180d (those of ``scoring.horizons_days``),
            expected_lifetime_days and lifetime_value (``lifetime`` in params.yaml); NaN where an account is not scored, or where
            the champion's artefact holds no survival curves (inactivity, and champions trained before there were any).
        """
        from renewcast.scoring.survival import survival

        champions, scores = self.score_snapshot(as_of)
        target, params = self.params.scoring.target, self.params
        label = getattr(params.labels, target)
        return survival(champions[target].scorer, scores, label, params.scoring.horizons_days, params.lifetime)

    def shadow(self, as_of=None):
        """Score a snapshot with the challenger too, and say where it would put each account; shown to nobody.

        Returns
        -------
        pandas.DataFrame
            See :func:`renewcast.scoring.shadow.shadow`; kept as data/work/shadow/<target>-<day>.parquet;
            ``attrs`` tells the day and the versions.

        Raises
        ------
        RenewcastError
            "no challenger for ...".
        """
        from renewcast.scoring.shadow import shadow

        challenger = self.challenger()
        champions, scores = self.score_snapshot(as_of)
        scored, frame = scores.scored, scores.frame
        gated = frame["gated"].to_numpy(dtype=bool)[scored]
        told = challenger.scorer.predict(scores.features[scored].reset_index(drop=True), gated)
        found = shadow(frame.loc[scored, "account_id"], frame.loc[scored, "churn_probability"], told)
        self.keep(found, f"shadow/{challenger.target}-{scores.as_of}")
        found.attrs |= {
            "as_of": scores.as_of.isoformat(),
            "champion_version": champions[challenger.target].version,
            "challenger_version": challenger.version,
        }
        return found

    def score_on_spark(self, as_of=None, *, session=None, partitions: int | None = None):
        """Score a snapshot day on Spark with the registered champion: features and probabilities come about in its workers.

        Parameters
        ----------
        as_of : datetime.date or str, optional
            A snapshot day, by default the newest.
        session : pyspark.sql.SparkSession, optional
            The active one, or one with Spark's own settings, by default.
        partitions : int, optional
            Of accounts; see :func:`renewcast.datasets.spark_panel.spark_panel`.

        Returns
        -------
        pyspark.sql.DataFrame
            A row for each account that is scored: account_id, as_of, is_eligible, gated, every feature, and ``probability``:
            what the registered model says here of the same features, to the last bit, and so :meth:`scores` to 1e-9. Nothing
            is computed before it is written or asked for.

        Raises
        ------
        RenewcastError
            There is no champion, or the registry does not have it; Spark cannot be started.

        Notes
        -----
        Every worker needs the staged tables at the same paths, and renewcast with the extra ``spark`` installed. Write the rows
        once (``.select("account_id", "probability").write.parquet(...)``): each question to the DataFrame computes it anew.
        """
        from renewcast.datasets.spark_panel import spark_panel
        from renewcast.tracking.runs import registered_model
        from renewcast.tracking.spark_scoring import scored

        champion = self.champion()
        model = registered_model(self.directory, champion.record)
        panel = spark_panel(self.view, [self.day(as_of)], target=champion.target, session=session, partitions=partitions)
        return scored(panel.where("is_eligible"), model)

    def explanations(self, as_of=None):
        """Return for each scored account what its probability is made of.

        Returns
        -------
        pandas.DataFrame
            account_id, base_probability, churn_probability and one column DRIVER_points a driver; base_probability plus the
            points is churn_probability, to 1e-9.
        """
        from renewcast.scoring.explain import explanations

        _, scores = self.score_snapshot(as_of)
        return explanations(scores, self.view.catalogue.specs)

    # -- signals ---------------------------------------------------------------------------------------------------

    _last_noticed = None

    def noticed(self, as_of=None):
        """Return what the signals of a snapshot day say, and their cards: :class:`renewcast.signals.week.Noticed`."""
        from renewcast.signals.week import noticed

        day = self.day(as_of)
        if self._last_noticed is None or self._last_noticed[0] != day:
            kept = self.directory / "data" / "work" / "signals"
            self._last_noticed = day, noticed(self.view, day, kept, progress=self.progress)
        return self._last_noticed[1]

    def signals(self, as_of=None):
        """Return which signals fire on a snapshot day, also such as are silent: account_id, signal, kind, evidence."""
        from renewcast.signals.firing import firing, known_at

        return firing(known_at(self.view, self.day(as_of)))

    def risk_signals_of(self, days: list):
        """Return which risk signals fired on past snapshot days, also such as are silent: account_id, as_of, signal."""
        from renewcast.signals.catalogue import BY_NAME
        from renewcast.signals.history import past_firing

        found = past_firing(self.view, days, self.directory / "data" / "work" / "signals", progress=self.progress)
        return found[found["signal"].map({name: one.kind for name, one in BY_NAME.items()}) == "risk"]

    def signal_cards(self, as_of=None):
        """Return what each signal was worth so far, and why it is silent where it is.

        See :func:`renewcast.signals.operating_characteristics.signal_cards`, here as a DataFrame; only outcomes that were known
        before the day count.
        """
        import pandas as pd

        return pd.DataFrame(self.noticed(as_of).cards)

    def explain(self, account_id: str, as_of=None) -> dict:
        """Explain one account at a snapshot day; see :func:`renewcast.scoring.explain.explain_account`."""
        from renewcast.scoring.explain import explain_account

        champions, scores = self.score_snapshot(as_of)
        champion, settings = champions[self.params.scoring.target], self.params.project
        return explain_account(account_id, champion, scores, self.view.catalogue.specs, settings.language, settings.currency)
