"""The part of a project that is about its models: training, the gate, promotion and rollback, segments."""

import functools
from pathlib import Path

from renewcast.project_revenue import ProjectRevenue


class ProjectModels(ProjectRevenue):
    """A project's data and its models; see :class:`renewcast.project.Project`."""

    @functools.cached_property
    def _scorers(self) -> dict:
        """The scorers of champions that were loaded before, by the SHA-256 of their artefact."""
        return {}

    def train(self, target: str | None = None, as_of=None) -> dict:
        """Train, evaluate, check, log and, where no check stops it, promote; see :func:`renewcast.training.train_and_promote`."""
        from renewcast.training import train_and_promote

        return train_and_promote(self, target or self.params.scoring.target, self.day(as_of))

    def tune(self, target: str | None = None, as_of=None) -> dict:
        """Search for a better shape of the trees; see :func:`renewcast.tuning.tune_trees`."""
        from renewcast.tuning import tune_trees

        return tune_trees(self, target or self.params.scoring.target, self.day(as_of))

    def champion(self, target: str | None = None):
        """Return the verified champion of a target; see :class:`renewcast.tracking.champion.Champion`."""
        from renewcast.tracking.champion import load_champion

        target = target or self.params.scoring.target
        return load_champion(self.directory, target, getattr(self.params.labels, target), self._scorers)

    def has_champion(self, target: str | None = None) -> bool:
        """Say whether a champion of a target is in force, sound or not."""
        from renewcast.tracking.champion import has_champion

        return has_champion(self.directory, target or self.params.scoring.target)

    def challenger(self, target: str | None = None):
        """Return the verified challenger of a target, as :meth:`champion` does the champion."""
        from renewcast.tracking.champion import load_challenger

        target = target or self.params.scoring.target
        return load_challenger(self.directory, target, getattr(self.params.labels, target))

    def gate(self, target: str | None = None):
        """Return what the gate found of the challenger, or of the champion where none waits: a row a check.

        Returns
        -------
        pandas.DataFrame
            id, title, severity, outcome, said, measured, bound, remedy; ``attrs`` tells the model_version and which model it is.

        Raises
        ------
        RenewcastError
            There is neither; or its papers are not whole.
        """
        from renewcast.errors import RenewcastError
        from renewcast.evaluation.checks import Verdict
        from renewcast.tracking.papers import read_challenger, read_champion

        target = target or self.params.scoring.target
        for kind, read in (("challenger", read_challenger), ("champion", read_champion)):
            papers = read(self.directory, target)
            if papers is not None:
                frame = Verdict.of(papers.checks).to_frame()
                frame.attrs |= {"model": kind, "model_version": str(papers.record["model_version"])}
                return frame
        raise RenewcastError(f"no model for {target} has been trained; run `renewcast run train --target {target}` first.")

    def promote(self, target: str | None = None, *, accepted: dict | None = None, only: str | None = None) -> dict:
        """Make the challenger the champion; see :func:`renewcast.tracking.promotion.promote`."""
        from renewcast.tracking import promotion

        target = target or self.params.scoring.target
        return promotion.promote(self.directory, target, accepted=accepted, only=only, aliases=self._move_aliases)

    def rollback(self, target: str | None = None) -> dict:
        """Bring the last champion back; see :func:`renewcast.tracking.promotion.rollback`."""
        from renewcast.tracking import promotion

        return promotion.rollback(self.directory, target or self.params.scoring.target, aliases=self._move_aliases)

    def _move_aliases(self, record: dict) -> str:
        from renewcast.tracking.runs import move_aliases

        return move_aliases(self.directory, record)

    def predictions_on_test(self, target: str | None = None):
        """Return what the champion's evaluation rests on: account_id, group, as_of, label, gated, one probability an estimator.

        See :func:`renewcast.rehearsal.predictions_on_test`: they are kept, and made again where they are not.
        """
        from renewcast.rehearsal import predictions_on_test

        return predictions_on_test(self, target or self.params.scoring.target)

    def backtest(self, target: str | None = None, as_of=None):
        """Train at past dates as it would have been done then, and judge by what came.

        Returns
        -------
        renewcast.backtest.run.Backtest
            DataFrames ``trainings``, ``metrics``, ``slices``, ``recall``, ``staleness``, ``predictions`` and ``losses``, all
            written to data/work/backtest/<as_of>-<target>/ with a report; a finished date is not trained again.
        """
        from renewcast.backtest.run import run_backtest

        return run_backtest(self, target or self.params.scoring.target, self.day(as_of))

    def log_backtest(self, found) -> str:
        """Log a backtest to MLflow, one run with a child run a date; return its id."""
        from renewcast.tracking.studies import log_backtest

        return log_backtest(self.directory, self.params, found)

    def segment(self, as_of=None):
        """Fit the behavioural segments anew and keep them; return them."""
        clusters = self.fit_segments(as_of)
        self.keep_segments(clusters)
        return clusters

    def fit_segments(self, as_of=None):
        """Fit the behavioural segments anew, with the ids of the last fit, and return them, without keeping them."""
        from renewcast.segments.fit import fit_clusters

        day = self.day(as_of)
        features = self.features(day).drop(columns="account_id")
        settings = self.params.segments
        specs, numbers = self.view.catalogue.specs, settings.clusters
        return fit_clusters(features, specs, numbers, settings.seed, day.isoformat(), previous=self.segments())

    def keep_segments(self, clusters) -> None:
        """Keep fitted segments as models/segments/segments.json."""
        from renewcast.filesystem import replace_file

        replace_file(self._segments_path, clusters.to_json().encode())

    def segments(self):
        """Return the fitted segments, or None before the first fit; there may be none among them."""
        from renewcast.segments.clusters import Clusters

        return Clusters.from_json(self._segments_path.read_text(encoding="utf-8")) if self._segments_path.exists() else None

    @property
    def _segments_path(self) -> Path:
        return self.directory / "models" / "segments" / "segments.json"

    # -- plays -----------------------------------------------------------------------------------------------------

    def plays_library(self):
        """Return the plays: those of the project's plays.yaml or, where it has none, the reference project's."""
        from renewcast.plays.library import FILE, load_library
        from renewcast.reference_project import own_or_reference

        return load_library(own_or_reference(self.directory, FILE))

    def play_effects(self, as_of=None) -> dict:
        """Return which effect of each play counts at a day; see :func:`renewcast.plays.effects.in_force`.

        What `estimate_play_effects` found counts from the day on whose knowledge it rests; before it the library's assumption.
        """
        from renewcast.plays.effects import in_force, read_effects

        found = read_effects(self._play_effects_file)
        if found is not None and as_of is not None and found["as_of"] > str(as_of):
            found = None
        return in_force(self.plays_library(), found)

    def estimate_play_effects(self, as_of=None) -> dict:
        """Measure on past plays what each kind of play does, and keep it as models/plays/effects.json.

        Returns
        -------
        dict
            as_of, file, and by play what counts now; see :func:`renewcast.plays.effects.in_force`.
        """
        from renewcast.filesystem import make_folder, replace_file
        from renewcast.plays.effects import estimate, to_bytes
        from renewcast.plays.trials import trials

        day = self.day(as_of)
        found = estimate(trials(self.view, self.plays_library(), day, seed=self.params.model.seed, progress=self.progress))
        make_folder(self._play_effects_file.parent)
        replace_file(self._play_effects_file, to_bytes(day, found))
        return {"as_of": day.isoformat(), "file": str(self._play_effects_file), "plays": self.play_effects(day)}

    @property
    def _play_effects_file(self) -> Path:
        return self.directory / "models" / "plays" / "effects.json"
