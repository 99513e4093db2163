"""The measures of the usage features, read over further windows: the same definitions, only other days."""

import copy
import dataclasses

import numpy as np

from renewcast.engine.grid import Grid
from renewcast.features import people, usage
from renewcast.features.build import build_features, in_parts

MEASURES = {
    "usage_events": usage.events,
    "active_users": people.active_users,
    "active_days": usage.active_days,
    "value_actions": usage.value_actions,
}
"""By the stem of the feature that rests on it."""


MOST = 5_000
"""Of more accounts what is told of all of them together rests on so many, every k-th by id: the same ones every time."""


def drawn(account_id, most: int = MOST):
    """Return which accounts stand for all of them: everybody, or every k-th by id.

    Examples
    --------
    >>> drawn(np.array(["C", "A", "B", "D"], dtype=object), 2).tolist()
    ['A', 'C']
    """
    ids = np.unique(np.asarray(account_id, dtype=object).astype(str)).astype(object)
    return ids[:: -(-len(ids) // most)] if len(ids) > most else ids


def drawn_population(view, days, most: int = MOST):
    """Return the population of some days, of the accounts that stand for all of them; see :func:`drawn`."""
    import ibis
    import pandas as pd

    accounts = view.store.tables["accounts"]
    ids = accounts.select("account_id").distinct().to_pandas()["account_id"]
    if len(ids) <= most:
        return view.population(days)
    few = copy.copy(view)
    kept = accounts.semi_join(ibis.memtable(pd.DataFrame({"account_id": drawn(ids, most).astype(str)})), "account_id")
    # A roll-up like the view's own, with fewer accounts to ask for; the cells are shared.
    rollup = copy.copy(view.rollup)
    rollup.tables = {**view.rollup.tables, "accounts": kept}
    few.__dict__["rollup"] = rollup
    return few.population(days)


def measurable(view) -> list[str]:
    """Name the stems of :data:`MEASURES` that the project's tables can fill, in their order."""
    built = {spec.name for spec in view.catalogue.specs}
    return [stem for stem in MEASURES if f"{stem}_{view.params.features.windows_days[0]}d" in built]


def read_windows(view, account_id, as_of, windows, stems=None):
    """Read the usage measures of some accounts over windows that features do not have.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    account_id : array of str, shape (n_accounts,)
        Sorted, each once.
    as_of : datetime.date
        A snapshot day.
    windows : list of tuple of int
        (days, days skipped before the snapshot), multiples of 7.
    stems : list of str, optional
        Of :data:`MEASURES`; by default all that the tables can fill.

    Returns
    -------
    dict of str to array of float, shape (n_accounts, n_windows)
        By stem, for what the tables can fill.

    Notes
    -----
    Rests on what was known at ``as_of``, late facts included. Accounts are taken in parts, as the features are.
    """
    import pandas as pd

    snapshots = pd.DataFrame({"account_id": np.asarray(account_id, dtype=object), "as_of": pd.Timestamp(as_of)})
    stems, number = measurable(view) if stems is None else stems, view.calendar.number(as_of)
    found = {stem: np.zeros((len(snapshots), len(windows))) for stem in stems}
    asked: dict = {}
    for stem in stems:
        for place, window in enumerate(windows):
            asked.setdefault((MEASURES[stem], *window), []).append((stem, place))
    for part in in_parts(snapshots, view.catalogue, view.calendar, view.params.engine.memory_gb):
        grid = Grid(view.rollup, part["account_id"], np.full(len(part), number))
        for use, values in grid.read_all(asked):
            for stem, place in asked[use]:
                found[stem][part.index, place] = values
    return found


def features_of(view, snapshots, names):
    """Compute some of the features of the catalogue for snapshots, which costs less than all of them.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    snapshots : pandas.DataFrame
        account_id, as_of.
    names : iterable of str
        Features that the kernel computes (``path`` in the catalogue); those that the tables cannot fill are left out.

    Returns
    -------
    pandas.DataFrame
        Indexed as ``snapshots``; each cell equals that of the full row.
    """
    import pandas as pd

    wanted = set(names)
    kernel = [feature for feature in view.catalogue.kernel if feature.spec.name in wanted]
    if not kernel or not len(snapshots):
        return pd.DataFrame({feature.spec.name: pd.Series(dtype="float64") for feature in kernel}, index=snapshots.index)
    chosen = dataclasses.replace(view.catalogue, kernel=kernel, rows=[], products=[])
    return build_features(chosen, view.store, view.rollup, snapshots, view.calendar, memory_gb=view.params.engine.memory_gb)
