"""From tables and snapshots to the feature frame: the same code for training and for scoring."""

import numpy as np

from renewcast.engine import visibility
from renewcast.engine.cells import RollUp
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import owner_name
from renewcast.features.catalogue import Catalogue
from renewcast.features.derived import Tables
from renewcast.snapshots.terms import is_live

BYTES_A_WEEK = 350
"""With which the memory of a part is reckoned, an account: the cells of one pass and the grids of one measure, of 40 keys say."""
PART_SHARE = 0.25
"""Share of the engine's memory that one part of the accounts may take in the kernel; the database has a limit of its own."""


def build_features(catalogue: Catalogue, tables: Tables, rollup: RollUp, snapshots, calendar, *, memory_gb=8.0, progress=None):
    """Compute every feature of the catalogue for every snapshot.

    Parameters
    ----------
    catalogue : Catalogue
    tables : Tables
    rollup : renewcast.engine.cells.RollUp
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64, on the calendar); any index.
    calendar : renewcast.snapshots.Calendar
    memory_gb : float
        Accounts are taken in parts that fit into a share of it.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    pandas.DataFrame
        Indexed as ``snapshots``, one column a feature: float64 with NaN for missing, or object with None for categories.
        A cell depends on its own (account_id, as_of) only, so a row is the same whatever other rows are asked for.
    """
    import pandas as pd

    parts = list(in_parts(snapshots, catalogue, calendar, memory_gb))
    per_part = len(catalogue.kernel) + len(catalogue.products) + len(catalogue.rows)
    total, frames = per_part * len(parts), []

    def say(done, text):
        if progress:
            where = f" (part {len(frames) + 1} of {len(parts)})" if len(parts) > 1 else ""
            progress(len(frames) * per_part + done, total, text + where)

    say(0, "rolling up facts")
    for part in parts:
        frames.append(_build_part(catalogue, tables, rollup, part, calendar, say))
    if progress:
        progress(total, total, "features built")
    return pd.concat(frames).loc[snapshots.index] if len(frames) > 1 else frames[0]


def in_parts(snapshots, catalogue: Catalogue, calendar, memory_gb: float):
    """Cut snapshots into parts by account, so that the kernel's grids of one part fit into its share of the memory.

    Yields
    ------
    pandas.DataFrame
        Rows of ``snapshots``; an account's rows stay together.
    """
    codes, accounts = snapshots["account_id"].factorize(sort=True)
    if not len(accounts):
        yield snapshots
        return
    weeks = int(_number(snapshots, calendar).max()) + 1
    uses = {use for feature in catalogue.kernel for use in feature.uses}
    rows = len(snapshots) / len(accounts)
    bytes_an_account = BYTES_A_WEEK * weeks + 8 * rows * (len(uses) + 2 * len(catalogue.specs))
    accounts_a_part = max(int(PART_SHARE * memory_gb * 1e9 / bytes_an_account), 1)
    parts = -(-len(accounts) // accounts_a_part)
    for part in range(parts):
        low, high = part * len(accounts) // parts, (part + 1) * len(accounts) // parts
        yield snapshots if parts == 1 else snapshots[np.logical_and(codes >= low, codes < high)]


def _number(snapshots, calendar):
    import pandas as pd

    return ((snapshots["as_of"] - pd.Timestamp(calendar.origin)).dt.days // 7).to_numpy()


def _build_part(catalogue: Catalogue, tables: Tables, rollup: RollUp, snapshots, calendar, say):
    """Compute every feature of some accounts."""
    import pandas as pd

    columns, read = {}, {}
    grid = Grid(rollup, snapshots["account_id"], _number(snapshots, calendar))
    waiting: dict = {}
    for feature in catalogue.kernel:
        for use in dict.fromkeys(feature.uses):
            waiting.setdefault(use, []).append(feature)
    for use, values in grid.read_all(waiting):
        read[use] = values
        for feature in waiting[use]:
            if all(other in read for other in feature.uses):
                made = np.asarray(feature.combine(*(read[other] for other in feature.uses)), dtype="float64")
                columns[feature.spec.name] = np.where(np.isfinite(made), made, np.nan)
                say(len(columns), feature.spec.name)
    for group in _by(catalogue.products, "held"):
        columns |= _product_features(group, tables, rollup, snapshots, calendar)
    frames = [pd.DataFrame(columns, index=snapshots.index)]
    for group in _by(catalogue.rows, "source"):
        say(len(catalogue.kernel), group[0].source)
        frames.append(_row_features(group, tables, snapshots))
    frame = pd.concat(frames, axis=1)
    return frame[[spec.name for spec in catalogue.specs]]


def _by(features, name: str):
    """Gather the features of one table, so that its rows are cut once."""
    by_table = {}
    for feature in features:
        by_table.setdefault(getattr(feature, name), []).append(feature)
    return list(by_table.values())


def _panel(snapshots):
    """Return account_id as text and as_of in microseconds, the form in which snapshots enter the engine."""
    panel = snapshots[["account_id", "as_of"]].copy()
    panel["account_id"] = panel["account_id"].astype(str)
    panel["as_of"] = panel["as_of"].astype("datetime64[us]")
    return panel


def _product_features(features, tables: Tables, rollup: RollUp, snapshots, calendar):
    """Count the products held at each snapshot that each feature chooses; all features are of one ``held`` table."""
    import ibis

    panel = _panel(snapshots)
    source = features[0].held
    rows = visibility.visible_rows(tables.tables[source], ibis.memtable(panel), tables.contracts[source])
    held = rows.filter(is_live(rows)).select("account_id", "as_of", "product").distinct().to_pandas()
    held["as_of"] = held["as_of"].astype("datetime64[us]")
    keys = [owner_name(*pair) for pair in zip(held["account_id"].astype(str), held["product"].astype(str), strict=True)]
    grid = Grid(rollup, keys, _number(held, calendar))
    names = [feature.spec.name for feature in features]
    for feature in features:
        held[feature.spec.name] = feature.chosen(grid.read(feature.measure, feature.spec.window_days)).astype("float64")
    counts = held.groupby(["account_id", "as_of"], as_index=False)[names].sum()
    found = panel.merge(counts, on=["account_id", "as_of"], how="left")
    return {name: found[name].fillna(0.0).to_numpy() for name in names}


def _row_features(groups, tables: Tables, snapshots):
    import ibis
    import pandas as pd

    source = groups[0].source
    panel = _panel(snapshots)
    # Terms of one account share a snapshot: its rows count once all the same.
    once = ibis.memtable(panel.drop_duplicates())
    rows = visibility.visible_rows(tables.tables[source], once, tables.contracts[source])
    aggregates = {name: value for group in groups for name, value in group.aggregate(rows).items()}
    found = rows.group_by("account_id", "as_of").aggregate(**aggregates).to_pandas()
    for group in groups:
        if group.after is not None:
            numeric = {name: found[name].astype("float64") for name in group.aggregate(rows)}
            found = group.after(found.assign(**numeric))
    found["as_of"] = found["as_of"].astype("datetime64[us]")
    joined = panel.merge(found, on=["account_id", "as_of"], how="left")
    result = {}
    for spec in (spec for group in groups for spec in group.specs):
        values = joined[spec.name]
        if spec.is_categorical:
            result[spec.name] = values.astype(object).where(values.notna(), None).to_numpy()
        else:
            numbers = values.astype("float64").to_numpy()
            result[spec.name] = np.nan_to_num(numbers, nan=0.0) if spec.empty == "0" else numbers
    return pd.DataFrame(result, index=snapshots.index)
