"""A project directory, opened: the Python API of the notebooks and the pipelines, everything as pandas DataFrames."""

import datetime as dt
import functools
import os
from pathlib import Path

from renewcast.days import DAY, parse_day
from renewcast.errors import RenewcastError
from renewcast.params import Params, load_params


class Project:
    """One project directory.

    Parameters
    ----------
    directory : pathlib.Path
    params : Params
    progress : callable, optional
        Called with (done, total, text) during long work; total is 0 where it is not known.

    Examples
    --------
    >>> project = Project.load("examples/ravenstack")
    >>> project.params.project.name
    'ravenstack'
    """

    def __init__(self, directory: Path, params: Params, progress=None):
        self.directory = directory
        self.params = params
        self.progress = progress

    @classmethod
    def load(cls, directory=".", *, progress=None) -> "Project":
        """Open the project in a directory.

        Raises
        ------
        RenewcastError
            See :func:`renewcast.params.load_params`.
        """
        directory = Path(directory)
        return cls(directory, load_params(directory / "params.yaml"), progress)

    @classmethod
    def load_here(cls, *, progress=None) -> "Project":
        """Open the project that a notebook belongs to.

        It is the directory that the environment variable RENEWCAST_PROJECT names; without it, the nearest one that holds a
        params.yaml, from the current directory upwards.

        Raises
        ------
        RenewcastError
            "no params.yaml in ...", or as :meth:`load`.
        """
        named = os.environ.get("RENEWCAST_PROJECT")
        if named:
            return cls.load(named, progress=progress)
        here = Path.cwd()
        for place in (here, *here.parents):
            if (place / "params.yaml").is_file():
                return cls.load(place, progress=progress)
        raise RenewcastError(
            f"no params.yaml in {here} or above it; set RENEWCAST_PROJECT to the project directory, or work inside one."
        )

    # -- sources ---------------------------------------------------------------------------------------------------

    @functools.cached_property
    def staged(self):
        """The staged tables; see :class:`renewcast.sources.Staged`. Sources are read again only where they changed."""
        from renewcast.sources import stage

        return stage(self.params, self.directory, progress=self.progress)

    @functools.cached_property
    def view(self):
        """The staged tables, opened; see :class:`renewcast.datasets.view.View`."""
        from renewcast.datasets.view import View

        return View(self.params, self.staged, self.directory / "data" / "work" / "spill")

    def check(self):
        """Report on every source: rows, dates, what was set aside and why, what stops the run."""
        from renewcast.sources import check

        return check(self.params, self.directory)

    @property
    def tables(self) -> list[str]:
        """Names of the canonical tables that this project has."""
        return list(self.staged.tables)

    @property
    def raw_directory(self) -> Path:
        """Where `renewcast simulate` writes; the files of a company of your own may lie anywhere."""
        return self.directory / "data" / "raw"

    def table(self, name: str, as_of=None):
        """Return one canonical table as a DataFrame.

        Parameters
        ----------
        name : str
        as_of : datetime.date or str, optional
            Only the rows that the snapshot of this day sees, later columns masked; every row and version by default.

        Raises
        ------
        RenewcastError
            "this project has no table ...".
        """
        import pandas as pd

        if name not in self.staged.tables:
            raise RenewcastError(
                f"this project has no table {name}; it has {', '.join(self.tables)}. Map it under sources in params.yaml."
            )
        if as_of is not None:
            from renewcast.overview import known_rows

            return known_rows(self.view, name, self.day(as_of))
        return pd.read_parquet(self.staged.tables[name])

    # -- snapshots, features, labels -------------------------------------------------------------------------------

    def last_snapshot_day(self) -> dt.date:
        """Return the newest snapshot day for which the table that tells the outcome is complete."""
        return self.view.calendar.latest(self.view.outcomes_known_until(self.params.scoring.target).date() + DAY)

    def snapshot_days(self, every_weeks: int = 1) -> list[dt.date]:
        """List the snapshot days up to the newest, every so many weeks counted back from it."""
        return self.view.calendar.days(self.last_snapshot_day(), every_weeks)

    def day(self, as_of) -> dt.date:
        """Read a snapshot day, by default the newest.

        Raises
        ------
        RenewcastError
            Where it is not a day or not a snapshot day, or where the data end more than a week before it.
        """
        if as_of is None:
            return self.last_snapshot_day()
        day = parse_day(as_of, what="--as-of")
        self.view.calendar.number(day)
        end = self.view.data_end.date()
        if day > end + 8 * DAY:
            raise RenewcastError(
                f"--as-of {day}: the data end on {end}, so nothing is known of the time since; "
                f"use {self.last_snapshot_day()} or load newer data."
            )
        return day

    def snapshots(self, as_of=None):
        """Return the accounts in scope at a snapshot day; see :func:`renewcast.snapshots.population`."""
        return self.view.population([self.day(as_of)])

    def features(self, as_of=None):
        """Return account_id and every feature of the accounts in scope at a snapshot day."""
        from renewcast.features.build import build_features

        snapshots = self.snapshots(as_of)
        features = build_features(self.view.catalogue, self.view.store, snapshots, self.view.calendar, progress=self.progress)
        features.insert(0, "account_id", snapshots["account_id"])
        return features

    def catalogue(self):
        """Return the catalogue of features: name, driver, meaning, unit, source, window, what empty means, whether built.

        Without data the whole catalogue is returned, and ``why_not`` says what kept the tables from being staged.
        """
        import dataclasses

        import pandas as pd

        from renewcast.features.catalogue import everything

        try:
            built, absent = self.view.catalogue.specs, self.view.catalogue.absent
        except RenewcastError as why:
            chosen = self.params.features
            specs = everything(tuple(chosen.windows_days))
            built, absent = [], [(spec, f"no tables yet: {why}") for spec in specs if spec.driver in chosen.families]
        rows = [{**dataclasses.asdict(spec), "built": True, "why_not": None} for spec in built]
        rows += [{**dataclasses.asdict(spec), "built": False, "why_not": why} for spec, why in absent]
        return pd.DataFrame(rows)

    def training_set(self, target: str | None = None, as_of=None):
        """Return the labelled snapshots of a target; see :class:`renewcast.datasets.TrainingSet`."""
        from renewcast.datasets import build_training_set

        return build_training_set(self.view, target or self.params.scoring.target, self.day(as_of), progress=self.progress)

    def keep(self, frame, name: str) -> Path:
        """Keep a DataFrame as data/work/<name>.parquet, replaced as a whole, and return the path."""
        import io

        from renewcast.filesystem import replace_file

        content = io.BytesIO()
        frame.to_parquet(content, index=False)
        path = self.directory / "data" / "work" / f"{name}.parquet"
        replace_file(path, content.getvalue())
        return path

    # -- models ----------------------------------------------------------------------------------------------------

    def train(self, target: str | None = None, as_of=None) -> dict:
        """Train, evaluate, log and promote a model; see :func:`renewcast.training.train_and_promote`."""
        from renewcast.training import train_and_promote

        return train_and_promote(self, target or self.params.scoring.target, self.day(as_of))

    def champion(self, target: str | None = None):
        """Return the verified champion of a target; see :class:`renewcast.tracking.champion.Champion`."""
        from renewcast.tracking.champion import load_champion

        return load_champion(self.directory, target or self.params.scoring.target)

    def predictions_on_test(self, target: str | None = None):
        """Return what the champion's evaluation rests on: account_id, group, as_of, label, gated, one probability an estimator.

        See :func:`renewcast.rehearsal.predictions_on_test`: they are kept, and made again where they are not.
        """
        from renewcast.rehearsal import predictions_on_test

        return predictions_on_test(self, target or self.params.scoring.target)

    def segment(self, as_of=None):
        """Fit the behavioural clusters anew and keep them; return them."""
        from renewcast.filesystem import replace_file
        from renewcast.segments.clusters import fit_clusters

        day = self.day(as_of)
        features = self.features(day).drop(columns="account_id")
        settings = self.params.segments
        clusters = fit_clusters(features, self.view.catalogue.specs, settings.clusters, settings.seed, day.isoformat())
        replace_file(self._segments_path, clusters.to_json().encode())
        return clusters

    def segments(self):
        """Return the fitted clusters, or None before the first fit."""
        from renewcast.segments.clusters import Clusters

        return Clusters.from_json(self._segments_path.read_text(encoding="utf-8")) if self._segments_path.exists() else None

    @property
    def _segments_path(self) -> Path:
        return self.directory / "models" / "segments" / "segments.json"

    # -- scores and lists ------------------------------------------------------------------------------------------

    def _score(self, as_of):
        from renewcast.scoring.scores import score
        from renewcast.tracking.champion import has_champion, load_champion

        renewal = None
        if self.params.labels.renewal is not None and has_champion(self.directory, "renewal"):
            renewal = load_champion(self.directory, "renewal")
        champion = self.champion()
        return champion, score(self.view, champion, renewal, self.day(as_of), progress=self.progress)

    def scores(self, as_of=None):
        """Return account_id, churn_probability, renewal_probability and status of every account in scope."""
        import numpy as np

        _, scores = self._score(as_of)
        frame = scores.frame[["account_id", "as_of", "churn_probability", "renewal_probability", "reason_not_scored"]].copy()
        frame["status"] = np.where(scores.scored, "scored", "not_scored")
        return frame

    def explanations(self, as_of=None):
        """Return for each scored account what its probability is made of.

        Returns
        -------
        pandas.DataFrame
            account_id, base_probability, churn_probability and one column DRIVER_points a driver; base_probability plus the
            points is churn_probability, to 1e-9.
        """
        import pandas as pd

        from renewcast.explanation.attribution import driver_points

        _, scores = self._score(as_of)
        points = driver_points(scores.attribution, self.view.catalogue.specs).add_suffix("_points").reset_index(drop=True)
        scored = scores.frame.loc[scores.scored, "account_id"].reset_index(drop=True)
        head = pd.DataFrame(
            {
                "account_id": scored,
                "base_probability": scores.attribution.base_probability,
                "churn_probability": scores.attribution.probability,
            }
        )
        return pd.concat([head, points], axis=1)

    def risk_list(self, as_of=None):
        """Return the risk list of a snapshot day as it would be published now, without publishing it."""
        from renewcast.weekly import draft_list

        return draft_list(self, self.day(as_of))[0]

    def publish(self, as_of=None) -> dict:
        """Score a snapshot day and publish its list; see :func:`renewcast.weekly.publish_week`."""
        from renewcast.weekly import publish_week

        return publish_week(self, self.day(as_of))

    def published_list(self):
        """Return the current list as it was published, or None."""
        from renewcast.publishing import current_list, read_list

        current = current_list(self.lists_directory)
        return None if current is None else read_list(current)

    def previous_list(self):
        """Return the list published for the week before the current one's, or None."""
        from renewcast.publishing import current_list, previous_list

        current = current_list(self.lists_directory)
        return None if current is None else previous_list(self.lists_directory, current.parent.name)

    @property
    def lists_directory(self) -> Path:
        """Where lists are published."""
        return self.directory / self.params.publishing.directory

    def explain(self, account_id: str, as_of=None) -> dict:
        """Explain one account at a snapshot day; see :func:`renewcast.scoring.explain.explain_account`."""
        from renewcast.scoring.explain import explain_account

        champion, scores = self._score(as_of)
        settings = self.params.project
        return explain_account(account_id, champion, scores, self.view.catalogue.specs, settings.language, settings.currency)
