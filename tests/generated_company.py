"""Random staged tables, nasty on purpose: late rows, restated keys, later columns, missing values, edges to the microsecond.

A *data set* is a handful of accounts with their facts in all ten tables. Rows of different accounts do not touch, so many data
sets stand side by side in one company and are built at once.
"""

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from generated_account import AccountWriter

from renewcast.audit.company_slice import CompanySlice, cut
from renewcast.params import load_params
from renewcast.sources import CONTRACTS, Staged
from renewcast.sources._report import TableReport

ROOT = Path(__file__).resolve().parents[1]
DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2024, 4, 1)  # of the reference calendar
WEEKS = 60
TYPES = {
    "text": pa.string(), "timestamp": pa.timestamp("us"), "date": pa.date32(), "money": pa.decimal128(18, 2),
    "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(),
}  # fmt: skip
ODD_IDS = [
    "0", " ", "  x", "x ", "O'Brien", '"quoted"', "a,b;c", "Größe", "阿里巴巴", "\U0001f469\u200d\U0001f467 & co", "1e5", "00017",
    "17", "NaN?", "-1", "ABC", "abc", "Abc", "%s", "a/b\\c", "tab\there",
    "x" * 300, "[red]no[/red]", "e\u0301", "\u00e9", "=1+1", "null?",
]  # fmt: skip


def params_of(**features):
    """The reference parameters, with other features where given."""
    params = load_params(ROOT / "params.yaml")
    return params.model_copy(update={"features": params.features.model_copy(update=features)}) if features else params


@dataclasses.dataclass(frozen=True)
class Generated:
    """A generated company.

    Attributes
    ----------
    tables : dict of str to list of dict
        Staged rows.
    snapshots : list of tuple (account_id, as_of)
        One an account, and on it the times of its facts hinge.
    """

    tables: dict
    snapshots: list

    def staged(self, folder: Path) -> Staged:
        """Write the tables and return them as if they had been staged."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = {}
        for name, rows in self.tables.items():
            paths[name] = folder / f"{name}.parquet"
            pq.write_table(arrow(name, rows), paths[name])
        mapped = {name: set(CONTRACTS[name].columns) for name in self.tables}
        end = FIRST + 7 * (WEEKS + 10) * DAY
        reports = [TableReport(name, latest_known_at=end.isoformat()) for name in self.tables]
        return Staged(paths, reports, "generated", mapped, end, [])

    def company(self, folder: Path, **features) -> CompanySlice:
        """Return the whole of it as a slice that can be opened, with its vocabulary of modules kept apart."""
        return cut(params_of(**features), self.staged(folder), [account for account, _ in self.snapshots])

    def panel(self):
        """Return the snapshots as a frame."""
        import pandas as pd

        frame = pd.DataFrame(self.snapshots, columns=["account_id", "as_of"])
        return frame.astype({"account_id": object, "as_of": "datetime64[us]"})


def arrow(name: str, rows: list[dict]) -> pa.Table:
    """Lay rows into the types of a staged table."""
    schema = pa.schema([(column, TYPES[kind]) for column, kind in CONTRACTS[name].staged_columns.items()])
    return pa.Table.from_pylist(rows, schema=schema)


def generate(data_sets: int, seed: int) -> Generated:
    """Generate data sets of three to six accounts each; 0 is a seed."""
    random = np.random.default_rng([seed, 20])
    tables: dict[str, list] = {name: [] for name in CONTRACTS}
    snapshots = []
    for number in range(data_sets):
        odd = random.permutation(len(ODD_IDS))[: random.integers(3, 7)]
        for place in odd:
            account = ODD_IDS[place] if number == 0 else f"{ODD_IDS[place]}·{number}"
            as_of = FIRST + 7 * int(random.integers(0, WEEKS)) * DAY
            AccountWriter(account, as_of, random).write(tables)
            snapshots.append((account, as_of))
    for rows in tables.values():
        random.shuffle(rows)
    return Generated(tables, snapshots)
