"""How the feature engine compares with a range join, on the same facts, in the same run.

Run it as `python benchmarks/features.py`. It simulates a company, then builds event counts over three windows for every
account and week twice: by roll-up and kernel, and by a DuckDB range join. Counts must agree; the ratio is what is reported,
since single times on shared machines mean little.
"""

import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pandas as pd

from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.simulate import simulate
from renewcast.sources import CONTRACTS

WINDOWS = (7, 28, 91)
WEEKS = 52
ORIGIN = dt.datetime(2025, 7, 7)
RUNS = 3
RANGE_JOIN = """
select p.account_id, p.number,
       count(*) filter (u.occurred_at >= p.as_of - interval 7 day) as w7,
       count(*) filter (u.occurred_at >= p.as_of - interval 28 day) as w28,
       count(*) as w91
from panel p join usage u on u.account_id = p.account_id and u.occurred_at < p.as_of and u.known_at < p.as_of
  and u.occurred_at >= p.as_of - interval 91 day
group by all
"""


def main() -> None:
    """Measure and print one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), accounts=2000, weeks=130, seed=7)
        usage = Path(folder) / "usage.parquet"
        facts = duckdb.read_parquet(str(usage))
        accounts = np.repeat(np.sort(facts.unique("account_id").df()["account_id"].to_numpy()), WEEKS)
        number = np.tile(np.arange(WEEKS), len(accounts) // WEEKS)
        ours, theirs, differences = [], [], 0
        for _ in range(RUNS):
            started = time.perf_counter()
            engine = ibis.duckdb.connect(threads=1)
            table = engine.read_parquet(usage).mutate(superseded_at=ibis.null("timestamp"))
            measure = Measure("usage", "sum")
            grid = Grid({"usage": table}, CONTRACTS, [measure], ORIGIN, accounts, number)
            counts = {window: grid.read(measure, window) for window in WINDOWS}
            ours.append(time.perf_counter() - started)
            started = time.perf_counter()
            joined = _range_join(usage, accounts, number)
            theirs.append(time.perf_counter() - started)
            for window in WINDOWS:
                differences += int((counts[window] != joined[f"w{window}"].to_numpy()).sum())
        rows = len(facts)
    result = {
        "facts": rows,
        "snapshots": len(accounts),
        "differences": differences,
        "kernel_s": round(min(ours), 2),
        "range_join_s": round(min(theirs), 2),
        "range_join_over_kernel": round(min(theirs) / min(ours), 1),
    }
    sys.stdout.write(json.dumps(result) + "\n")


def _range_join(usage: Path, accounts, number) -> pd.DataFrame:
    con = duckdb.connect(config={"threads": 1})
    as_of = pd.Timestamp(ORIGIN) + pd.to_timedelta(7 * number, unit="D")
    con.register("panel", pd.DataFrame({"account_id": accounts, "number": number, "as_of": as_of}))
    con.read_parquet(str(usage)).create_view("usage")
    found = con.sql(RANGE_JOIN).df()
    panel = pd.DataFrame({"account_id": accounts, "number": number})
    return panel.merge(found, on=["account_id", "number"], how="left").fillna(0)


if __name__ == "__main__":
    main()
