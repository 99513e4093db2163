"""A simulated company whose data arrive week by week, as an export of the week would hold them, and the lists of its weeks."""

import datetime as dt
import io
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from trained_company import AS_OF, WEEK_BEFORE, answer

from renewcast.filesystem import replace_file
from renewcast.project import Project
from renewcast.sources import CONTRACTS

WEEKS = 52 if os.environ.get("RENEWCAST_DEEP") == "1" else 4
LAST_LIST = dt.date(2025, 6, 30)
"""Early enough for its outcome to be known at the end of the data."""
LATE_LIST = dt.date.fromisoformat(WEEK_BEFORE)
EVERYTHING = dt.date(2100, 1, 1)


def exports(raw: Path) -> dict:
    """Read the complete tables of a company, by name."""
    return {name: pq.read_table(raw / f"{name}.parquet") for name in CONTRACTS if (raw / f"{name}.parquet").exists()}


def arrive(tables: dict, raw: Path, day) -> None:
    """Write what an export at the midnight of a day holds: no row that became known later, no column filled in later."""
    for name, table in tables.items():
        rows = table.filter(_before(table["known_at"], day))
        shown = rows
        for column, told in CONTRACTS[name].columns.items():
            if told.revealed_by is not None and column in rows.column_names:
                seen = pc.fill_null(_before(rows[told.revealed_by], day), False)
                masked = pc.if_else(seen, rows[column], pa.scalar(None, rows[column].type))
                shown = shown.set_column(shown.column_names.index(column), rows.schema.field(column), masked)
        content = io.BytesIO()
        pq.write_table(shown, content)
        replace_file(raw / f"{name}.parquet", content.getvalue())


def _before(values, day):
    return pc.less(values.cast(pa.timestamp("us")), pa.scalar(day).cast(pa.timestamp("us")))


def change_params(place: Path, **sections) -> None:
    """Set keys of sections of a project's params.yaml."""
    path = place / "params.yaml"
    params = yaml.safe_load(path.read_text())
    for section, keys in sections.items():
        params[section] |= keys
    path.write_text(yaml.safe_dump(params))


def publish_weeks(trained: Path, place: Path) -> dict:
    """Publish the lists of so many weeks, each on what had arrived, and a late one; model, clusters and parameters change.

    Parameters
    ----------
    trained : pathlib.Path
        A trained company.
    place : pathlib.Path
        An empty folder, which becomes the company of the lists, with all of its data.
    """
    shutil.copytree(trained, place, ignore=shutil.ignore_patterns("lists", "work"), dirs_exist_ok=True)
    raw = place / "data" / "raw"
    tables = exports(raw)
    change_params(place, backtest={"capacity_per_owner": 1})
    published = {}
    for back in range(WEEKS - 1, -1, -1):
        day = LAST_LIST - dt.timedelta(weeks=back)
        if back == 1:
            tiers = {"benchmark_min_arr": 1, "benchmark_min_advocacy": 0, "value_add_min_arr_growth": 0.0, "keep_margin": 0.1}
            change_params(place, segments={"tiers": tiers}, model={"seed": 11})
            arrive(tables, raw, EVERYTHING)
            assert answer("run", "train", "--target", "churn", "--as-of", WEEK_BEFORE, cwd=place)["promoted"]
        arrive(tables, raw, day)
        if back == 2:
            change_params(place, project={"language": "zh"}, segments={"seed": 8})
            Project.load(place).segment(day)
        published[str(day)] = Project.load(place).publish(day)["status"]
    arrive(tables, raw, dt.date.fromisoformat(AS_OF))
    published[str(LATE_LIST)] = Project.load(place).publish(LATE_LIST)["status"]
    arrive(tables, raw, EVERYTHING)
    return published
