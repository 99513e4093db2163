"""How long the business review of a project takes, part by part: wall-clock and CPU seconds, and the peak of memory.

``python benchmarks/review.py --project DIR --as-of DAY`` times it, publishes to a folder that is thrown away; staging is
told apart. ``--replicate TIMES --to DIR`` first makes a company so many times as large: every account of the project again and
again under new ids, with all that belongs to it.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from renewcast import Project
from renewcast.business_review import facts_of
from renewcast.review.inputs import Inputs
from renewcast.review.publish import arrow_tables, publish_review, render
from renewcast.review.review import PARTS, make_parts


def replicate(project: Path, to: Path, times: int) -> None:
    """Write the raw tables so many times over: ids of the n-th copy end in -n, names of companies and products stay."""
    raw = to / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    shutil.copy(project / "params.yaml", to / "params.yaml")
    shutil.copytree(project / "models", to / "models", dirs_exist_ok=True)
    with duckdb.connect(config={"memory_limit": "4GB", "threads": 1}) as database:
        for path in sorted((project / "data" / "raw").glob("*.parquet")):
            if path.name.startswith("truth"):
                continue
            rows = database.read_parquet(str(path))
            shown = [
                duckdb.ColumnExpression(name)
                if not name.endswith("_id")
                else duckdb.FunctionExpression(
                    "concat", duckdb.ColumnExpression(name), duckdb.ConstantExpression("-"), duckdb.ColumnExpression("copy")
                ).alias(name)
                for name in rows.columns
            ]
            copies = database.sql("SELECT range AS copy FROM range(?)", params=[times])
            rows.cross(copies).select(*shown).write_parquet(str(raw / path.name), compression="zstd")


def main():
    """Print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--as-of")
    parser.add_argument("--replicate", type=int)
    parser.add_argument("--to", type=Path)
    given = parser.parse_args()
    directory = given.project
    if given.replicate:
        replicate(given.project, given.to, given.replicate)
        directory = given.to
    project = Project.load(directory)
    told, parts = {"seconds": {}, "cpu_seconds": {}}, []

    def timed(name, work):
        begun, cpu = time.perf_counter(), time.process_time()
        found = work()
        told["seconds"][name] = round(time.perf_counter() - begun, 2)
        told["cpu_seconds"][name] = round(time.process_time() - cpu, 2)
        return found

    timed("staging", lambda: project.view)
    as_of = project.day(given.as_of)
    inputs = Inputs(project, as_of)
    timed("inputs: ledger", lambda: inputs.ledger)
    timed("inputs: accounts", lambda: inputs.accounts)
    timed("inputs: scores", lambda: inputs.scores)
    timed("inputs: survival", lambda: inputs.survival)
    timed("inputs: known", lambda: (inputs.known, inputs.everyone, inputs.features))
    for name in PARTS:
        parts += timed(name, lambda name=name: make_parts(inputs, names=(name,)))
    tables = timed("tables", lambda: arrow_tables(parts))
    about = facts_of(project, as_of)
    files = timed("rendering", lambda: render(parts, tables, about))
    with tempfile.TemporaryDirectory() as folder:
        timed("publishing, with rendering", lambda: publish_review(Path(folder), parts, about))
    told |= {
        "accounts": len(inputs.accounts),
        "as_of": as_of.isoformat(),
        "files": len(files),
        "page_bytes": len(files["business_review.html"]),
        "review_s": round(sum(told["seconds"].values()) - told["seconds"]["staging"] - told["seconds"]["rendering"], 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
