"""The attack on a training: change what it must not see beyond recognition, train again, and compare every fitted part.

Whatever reached the fit from outside the development rows (a scaler, an imputer, a choice of features, a target encoding, the
number of rounds, the slope of the calibration, the rate behind the gate) differs afterwards, however it was disguised.
"""

import dataclasses

import numpy as np

SCALE = 1e6
SHARE_EMPTY = 0.4
FLATTERED_SHARE = 0.15
MOST_GROUPS = 600
"""Groups of accounts on which a training is attacked: what is fitted on the test rows of many is fitted on those of fewer."""


def thinned(rows, seed: int):
    """Keep all rows of ``MOST_GROUPS`` groups where there are more; half of them, or all there are, with a label that is true.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
    seed : int

    Returns
    -------
    TrainingRows
        In the given order; ``rows`` itself where there are no more groups than that.
    """
    groups = np.unique(rows.group)
    if len(groups) <= MOST_GROUPS:
        return rows
    rng, marked = np.random.default_rng([seed, 4]), np.unique(rows.group[rows.label])
    chosen = rng.permutation(marked)[: MOST_GROUPS // 2]
    others = rng.permutation(np.setdiff1d(groups, chosen))[: MOST_GROUPS - len(chosen)]
    return rows.take(np.isin(rows.group, np.concatenate([chosen, others])))


def spoil(rows, at, seed: int):
    """Change features, labels and gates of some rows violently.

    Numbers are dealt out anew among the rows and half of them blown up a million times, with either sign; cells become empty and
    empty ones full; categories become ones that nobody has seen; labels and gates are drawn by a coin.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
    at : array of bool, shape (n_rows,)
        The rows that are changed.
    seed : int

    Returns
    -------
    TrainingRows
    """
    import pandas as pd

    rng, number = np.random.default_rng(seed), int(at.sum())
    features = rows.features.copy()
    for name in sorted(features.columns):
        column = features[name]
        if column.dtype.kind in "fiu":
            values = column.to_numpy(dtype=float).copy()
            full = np.nan_to_num(values[at], nan=1.0)[rng.permutation(number)]
            blown = full * SCALE * rng.choice([-1.0, 1.0], number) + rng.normal(0.0, SCALE, number)
            changed = np.where(rng.random(number) < 0.5, blown, full)
            # In some columns nearly everything becomes empty, in others nothing is: choices by emptiness show too.
            changed[rng.random(number) < rng.choice([0.0, SHARE_EMPTY, 0.98])] = np.nan
            values[at] = changed
            features[name] = values
        else:
            values = column.astype(object).to_numpy().copy()
            values[at] = np.array([f"unseen {one}" for one in rng.integers(0, 3, number)], dtype=object)
            features[name] = pd.Series(values, index=features.index, dtype=object)
    label, gated = rows.label.copy(), rows.gated.copy()
    label[at] = rng.random(number) < 0.5
    gated[at] = rng.random(number) < 0.5
    # Both outcomes must stay, or the test would be refused rather than judged.
    places = np.flatnonzero(at)
    label[places[:1]], label[places[1:2]] = True, False
    return dataclasses.replace(rows, features=features, label=label, gated=gated)


def flatter(rows, trained):
    """Give the test rows the outcomes that the fit foresees: what was chosen by its success on them now chooses otherwise.

    Noise alone would not show a choice between few that noise and the true test make alike, such as the fewest rounds.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
    trained : renewcast.evaluation.training.Trained

    Returns
    -------
    TrainingRows or None
        None where the predictions are not those of the test rows, or do not differ.
    """
    test, foreseen = trained.splits.test, trained.test_predictions["blend"].to_numpy(dtype=float)
    if len(foreseen) != test.sum() or foreseen.min() == foreseen.max():
        return None
    label = rows.label.copy()
    label[test] = foreseen > np.quantile(foreseen, 1 - FLATTERED_SHARE)
    return dataclasses.replace(rows, label=label) if 0 < label[test].sum() < test.sum() else None


def fitted_parts(trained) -> dict[str, bytes]:
    """Name everything that was fitted for the evaluation, as bytes.

    Parameters
    ----------
    trained : renewcast.evaluation.training.Trained

    Returns
    -------
    dict of str to bytes
        Each file of each estimator fitted on development, and each number that the slices taught.
    """
    parts = {
        f"{name} ({file})": content
        for name, estimator in trained.development.items()
        for file, content in estimator.to_state().items()
    }
    tuning = dataclasses.asdict(trained.tuning)
    return parts | {f"tuning ({name})": repr(value).encode() for name, value in tuning.items()}


def differences(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Name the parts that differ, or that only one of two trainings has."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
