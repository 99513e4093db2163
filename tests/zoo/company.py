"""A small simulated company whose raw tables and params can be changed before it is staged: where leaks are planted."""

import copy
import dataclasses
import datetime as dt
import functools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from renewcast import Project
from renewcast.simulate import simulate
from renewcast.snapshots.terms import spells

ROOT = Path(__file__).resolve().parents[2]
START = dt.date(2024, 1, 1)
ACCOUNTS, WEEKS, SEED = 200, 104, 1
GRACE_DAYS = 30


def small_params(*, every_feature: bool = False) -> dict:
    """The reference choices with what makes a small company quick: fewer features, a shorter test."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["engine"] |= {"memory_gb": 1, "threads": 1}
    if not every_feature:
        params["features"] = {"families": ["usage", "tenure", "contract", "support"], "windows_days": [28, 91]}
    params["splits"] = {"test_weeks": 16, "calibration_weeks": 12}
    params["model"] |= {"fits": 1, "max_rounds": 10}
    return params


def made_up(directory: Path, *, accounts: int = ACCOUNTS, weeks: int = WEEKS, seed: int = SEED) -> "Company":
    """Simulate a company into a directory, once."""
    simulate(directory, accounts=accounts, weeks=weeks, start=START, seed=seed)
    for path in directory.glob("truth*"):
        path.unlink()
    return Company(directory, small_params())


@dataclasses.dataclass
class Company:
    """Raw tables in a directory, and what was changed of them.

    ``concerned`` are the accounts of which a finding about what was planted must name one (None: any); those that left,
    unless a plant says otherwise.
    """

    source: Path
    params: dict
    changed: dict = dataclasses.field(default_factory=dict)
    concerned: set | None = None

    def __post_init__(self):
        self.concerned = self.lost

    def copy(self) -> "Company":
        """The same company, to be changed by itself."""
        return Company(self.source, copy.deepcopy(self.params), {name: table.copy() for name, table in self.changed.items()})

    def table(self, name: str) -> pd.DataFrame:
        """One raw table, to be changed in place or replaced by ``put``."""
        if name not in self.changed:
            self.changed[name] = pd.read_parquet(self.source / f"{name}.parquet")
        return self.changed[name]

    def put(self, name: str, table: pd.DataFrame) -> None:
        """Replace a raw table."""
        self.changed[name] = table.reset_index(drop=True)

    def names(self) -> list[str]:
        """All tables."""
        return list(self.params["sources"])

    @property
    def lost(self) -> set[str]:
        """The accounts that left."""
        return set(self.left_on.index)

    @functools.cached_property
    def left_on(self) -> pd.Series:
        """The last day of cover of each account that left before the data end, by account_id."""
        terms = pd.read_parquet(self.source / "contracts.parquet", columns=["account_id", "starts_on", "ends_on"])
        for name in ("starts_on", "ends_on"):
            terms[name] = pd.to_datetime(terms[name]).astype("datetime64[us]")
        last = spells(terms, GRACE_DAYS).groupby("account_id")["ends_on"].max()
        end = pd.Timestamp(START) + pd.Timedelta(weeks=WEEKS)
        return last[last < end - pd.Timedelta(days=GRACE_DAYS)]

    def is_lost(self, name: str) -> np.ndarray:
        """Whether the account of each row of a table left."""
        return self.table(name)["account_id"].isin(self.lost).to_numpy()

    def open(self, directory: Path) -> Project:
        """Write what was changed, link what was not, and open the project."""
        raw = directory / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        for name in self.names():
            target = raw / f"{name}.parquet"
            if name in self.changed:
                self.changed[name].to_parquet(target, index=False)
            else:
                os.symlink(self.source / f"{name}.parquet", target)
        (directory / "params.yaml").write_text(yaml.safe_dump(self.params, sort_keys=False), encoding="utf-8")
        return Project.load(directory)
