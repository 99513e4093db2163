"""A few features, where a whole row would be too much: those of a past day that a comparison asks for."""

import dataclasses


def some_features(view, snapshots, names):
    """Compute only the named features for snapshots.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    snapshots : pandas.DataFrame
        account_id, as_of (datetime64, on the calendar); any index.
    names : iterable of str
        Those that the project does not build are left out.

    Returns
    -------
    pandas.DataFrame
        Indexed as ``snapshots``; the same values as :meth:`View.features` gives.
    """
    from renewcast.features.build import build_features
    from renewcast.features.catalogue import Catalogue

    names, groups = set(names), []
    kernel = [feature for feature in view.catalogue.kernel if feature.spec.name in names]
    products = [feature for feature in view.catalogue.products if feature.spec.name in names]
    for group in view.catalogue.rows:
        kept = tuple(spec for spec in group.specs if spec.name in names)
        groups += [dataclasses.replace(group, specs=kept)] if kept else []
    chosen = Catalogue(kernel, groups, products, [])
    return build_features(chosen, view.store, view.rollup, snapshots, view.calendar, memory_gb=view.params.engine.memory_gb)
