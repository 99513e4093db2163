"""What each feature says of each account: the same readings as of columns, over the rows of the training set."""

import numpy as np

from renewcast.audit.suspects_readings import FEW_VALUES, FEWEST_OF_A_LEVEL, Reading


def feature_readings(view, training_set, panel) -> list[Reading]:
    """Read every feature at the panel's snapshots.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    training_set : renewcast.datasets.TrainingSet
    panel : renewcast.audit.suspects_panel.Panel

    Returns
    -------
    list of Reading
        ``feature`` says which; ``table`` and ``column`` where it comes from, as far as its definition tells.
    """
    names = [spec.name for spec in training_set.specs]
    frame = training_set.frame.drop_duplicates(["account_id", "as_of"]).set_index(["account_id", "as_of"])[names]
    rows = frame.reindex(panel.rows.set_index(["account_id", "as_of"]).index)
    columns, found = _columns(view), []
    for spec in training_set.specs:
        values, place = rows[spec.name], (spec.source, columns.get(spec.name))
        empty = values.isna().to_numpy()
        found.append(Reading(*place, "being empty", "missing", empty.astype(float), spec.name))
        found.append(Reading(*place, "being empty", "level", empty.astype(float), spec.name))
        found.append(Reading(*place, "being filled in", "level", (~empty).astype(float), spec.name))
        if not spec.is_categorical:
            found.append(Reading(*place, "the value", "value", values.to_numpy(dtype=float), spec.name))
        counts = values.value_counts()
        if spec.is_categorical or len(counts) <= FEW_VALUES:
            for level in sorted(counts.index[counts >= FEWEST_OF_A_LEVEL], key=str):
                carries = (values == level).to_numpy(dtype=float, na_value=0.0)
                found.append(Reading(*place, f"the value {str(level)[:60]!r}", "level", np.nan_to_num(carries), spec.name))
    return found


def _columns(view) -> dict[str, str]:
    """Name the one column that a feature of the kernel rests on, where it is one beside ids and times."""
    found = {}
    for feature in view.catalogue.kernel:
        used = set()
        for measure in {use[0] for use in feature.uses}:
            table, contract = view.store.tables[measure.source], view.store.contracts[measure.source]
            used |= measure.columns(table) - {"account_id", "known_at", "superseded_at", contract.event_time}
        if len(used) == 1:
            found[feature.spec.name] = used.pop()
    return found
