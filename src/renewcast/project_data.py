"""The half of a project that comes before any model: sources, snapshots, features and training sets, as pandas DataFrames."""

import datetime as dt
import functools
import os
from pathlib import Path
from typing import Self

from renewcast.days import DAY, parse_day
from renewcast.errors import RenewcastError
from renewcast.params import Params, load_params


class ProjectData:
    """A project directory and its data; see :class:`renewcast.project.Project`.

    Parameters
    ----------
    directory : pathlib.Path
    params : Params
    progress : callable, optional
        Called with (done, total, text) during long work; total is 0 where it is not known.
    """

    def __init__(self, directory: Path, params: Params, progress=None):
        self.directory = directory
        self.params = params
        self.progress = progress

    @classmethod
    def load(cls, directory=".", *, progress=None) -> Self:
        """Open the project in a directory.

        Raises
        ------
        RenewcastError
            See :func:`renewcast.params.load_params`.
        """
        directory = Path(directory)
        return cls(directory, load_params(directory / "params.yaml"), progress)

    @classmethod
    def load_here(cls, *, progress=None) -> Self:
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

        work = self.directory / "data" / "work"
        return View(self.params, self.staged, work / "spill", rollup_directory=work / "rollup")

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
        """Return the newest snapshot day up to the day after the data end."""
        return self.view.calendar.latest(self.view.data_end.date() + DAY)

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
        snapshots = self.snapshots(as_of)
        features = self.view.features(snapshots, progress=self.progress)
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
