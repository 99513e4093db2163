"""From tables and snapshots to the feature frame: the same code for training and for scoring."""

import numpy as np

from renewcast.engine import visibility
from renewcast.engine.grid import Grid
from renewcast.features._definition import product_key
from renewcast.features.catalogue import Catalogue
from renewcast.features.derived import Tables
from renewcast.snapshots.terms import is_live


def build_features(catalogue: Catalogue, tables: Tables, snapshots, calendar, *, progress=None):
    """Compute every feature of the catalogue for every snapshot.

    Parameters
    ----------
    catalogue : Catalogue
    tables : Tables
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64, on the calendar); any index.
    calendar : renewcast.snapshots.Calendar
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    pandas.DataFrame
        Indexed as ``snapshots``, one column a feature: float64 with NaN for missing, or object with None for categories.
        A cell depends on its own (account_id, as_of) only, so a row is the same whatever other rows are asked for.
    """
    import pandas as pd

    number = ((snapshots["as_of"] - pd.Timestamp(calendar.origin)).dt.days // 7).to_numpy()
    total = len(catalogue.kernel) + len(catalogue.rows)
    measures = [use[0] for feature in catalogue.kernel for use in feature.uses]
    columns = {}
    if progress:
        progress(0, total, "rolling up facts")
    grid = Grid(tables.tables, tables.contracts, measures, calendar.origin, snapshots["account_id"], number)
    read = {}
    for done, feature in enumerate(catalogue.kernel, start=1):
        for use in feature.uses:
            if use not in read:
                read[use] = grid.read(*use)
        values = np.asarray(feature.combine(*(read[use] for use in feature.uses)), dtype="float64")
        columns[feature.spec.name] = np.where(np.isfinite(values), values, np.nan)
        if progress:
            progress(done, total, feature.spec.name)
    for feature in catalogue.products:
        columns[feature.spec.name] = _product_feature(feature, tables, snapshots, calendar)
    parts = [pd.DataFrame(columns, index=snapshots.index)]
    for group in _by_source(catalogue.rows):
        parts.append(_row_features(group, tables, snapshots))
        if progress:
            progress(len(catalogue.kernel), total, group[0].source)
    if progress:
        progress(total, total, "features built")
    frame = pd.concat(parts, axis=1)
    return frame[[spec.name for spec in catalogue.specs]]


def _by_source(groups):
    """Gather the groups of one source, so that its rows are cut once."""
    by_source = {}
    for group in groups:
        by_source.setdefault(group.source, []).append(group)
    return list(by_source.values())


def _panel(snapshots):
    """Return account_id as text and as_of in microseconds, the form in which snapshots enter the engine."""
    panel = snapshots[["account_id", "as_of"]].copy()
    panel["account_id"] = panel["account_id"].astype(str)
    panel["as_of"] = panel["as_of"].astype("datetime64[us]")
    return panel


def _product_feature(feature, tables: Tables, snapshots, calendar):
    """Count the products held at each snapshot that the feature chooses."""
    import ibis
    import pandas as pd

    panel = _panel(snapshots)
    rows = visibility.visible_rows(tables.tables[feature.held], ibis.memtable(panel), tables.contracts[feature.held])
    held = rows.filter(is_live(rows)).select("account_id", "as_of", "product").distinct().to_pandas()
    held["as_of"] = held["as_of"].astype("datetime64[us]")
    number = ((held["as_of"] - pd.Timestamp(calendar.origin)).dt.days // 7).to_numpy()
    keys = product_key(held["account_id"].astype(str), held["product"].astype(str))
    grid = Grid(tables.tables, tables.contracts, [feature.measure], calendar.origin, keys, number)
    held["chosen"] = feature.chosen(grid.read(feature.measure, feature.spec.window_days)).astype("float64")
    counts = held.groupby(["account_id", "as_of"], as_index=False)["chosen"].sum()
    return panel.merge(counts, on=["account_id", "as_of"], how="left")["chosen"].fillna(0.0).to_numpy()


def _row_features(groups, tables: Tables, snapshots):
    import ibis
    import pandas as pd

    source = groups[0].source
    panel = _panel(snapshots)
    rows = visibility.visible_rows(tables.tables[source], ibis.memtable(panel), tables.contracts[source])
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
