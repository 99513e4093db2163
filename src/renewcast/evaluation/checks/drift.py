"""Have the inputs moved: the newest feature rows against those of the training, with a bound that no quiet week exceeds."""

import numpy as np
import pandas as pd

from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case

PERMUTATIONS = 200
# Chance that any feature of a company in which nothing moved looks as if it had (all features together).
FAMILY_LEVEL = 0.01
# A quarter of the accounts in another place: what is less is no reason to stop.
LEAST_DISTANCE = 0.25
# Drift matters where the features that moved make this share of the model.
MOST_SHARE = 0.15
FEWEST_ROWS = 30
MOST_ROWS = 1500
MOST_LEVELS = 20
# A snapshot of a year ago, if there is one within this many days, tells what is season.
YEAR_DAYS, SEASON_DAYS = 364, 28


def distances(before: pd.DataFrame, after: pd.DataFrame, specs, *, seed: int = 0) -> tuple[pd.Series, float]:
    """How far each feature has moved, and how far the farthest would have moved by chance.

    Parameters
    ----------
    before, after : pandas.DataFrame
        One row an account each.
    specs : iterable of objects with ``name`` and ``is_categorical``
    seed : int
        Draws the rows, where there are very many, and the permutations.

    Returns
    -------
    pandas.Series
        Distance in [0, 1] by feature: the largest difference of the two distribution functions (Kolmogorov, Smirnov), empty
        cells counting as the least value; for a category, the largest change of a level's share.
    float
        The bound that the largest distance of all features exceeds in 1 % of weeks in which nothing moves.

    Notes
    -----
    The bound is that of the greatest distance over shuffled origins (Westfall, Young). Most accounts stand on both sides, which
    makes the true distances of a quiet week smaller than the shuffled ones: the bound errs on the quiet side.

    References
    ----------
    Westfall, Young, Resampling-Based Multiple Testing, 1993. Smirnov, Table for estimating the goodness of fit of empirical
    distributions, Annals of Mathematical Statistics 19, 1948.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> before = pd.DataFrame({"usage": np.arange(100.0)})
    >>> moved, bound = distances(before, before + 50, [InputSpec("usage", "usage", False)])
    >>> round(float(moved["usage"]), 2), bool(moved["usage"] > bound)
    (0.5, True)
    """
    generator = np.random.default_rng(seed)
    before, after = _at_most(before, generator), _at_most(after, generator)
    names, columns = _columns(before, after, specs)
    if not names:
        return pd.Series(dtype=float), 1.0
    order = np.argsort(columns, axis=0, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=0)
    # The distribution functions are compared after the last of equal values.
    is_last = np.vstack([ordered[1:] != ordered[:-1], np.ones((1, len(names)), dtype=bool)]).astype(np.float32)
    weight = np.r_[np.full(len(before), 1 / len(before)), np.full(len(after), -1 / len(after))].astype(np.float32)

    def largest(weights):
        steps = np.cumsum(weights[order], axis=0)
        return np.abs(np.multiply(steps, is_last, out=steps), out=steps).max(axis=0)

    found = pd.Series(largest(weight).astype(float), index=names).groupby(level=0, sort=False).max()
    chance = [largest(generator.permutation(weight)).max() for _ in range(PERMUTATIONS)]
    return found, float(np.quantile(chance, 1 - FAMILY_LEVEL, method="higher"))


def _at_most(frame: pd.DataFrame, generator) -> pd.DataFrame:
    if len(frame) <= MOST_ROWS:
        return frame
    return frame.iloc[np.sort(generator.choice(len(frame), MOST_ROWS, replace=False))]


def _columns(before: pd.DataFrame, after: pd.DataFrame, specs) -> tuple[list[str], np.ndarray]:
    """Return a column of numbers a numeric feature and a level, those of ``before`` above those of ``after``."""
    names, columns = [], []
    for spec in specs:
        both = pd.concat([before[spec.name], after[spec.name]], ignore_index=True)
        if spec.is_categorical:
            for level in sorted(both.dropna().astype(str).value_counts().index[:MOST_LEVELS]):
                names.append(spec.name)
                columns.append((both.astype(object) == level).to_numpy(dtype=float))
        else:
            names.append(spec.name)
            columns.append(both.fillna(-np.inf).to_numpy(dtype=float))
    return names, np.column_stack(columns) if columns else np.empty((len(before) + len(after), 0))


def moved(case: Case) -> tuple[pd.Series, float] | str:
    """Return the features that moved further than chance and more than a little, and the bound; or why none was looked at."""
    if case.recent is None:
        return "the newest feature rows were not given"
    lacking = [spec.name for spec in case.trained.specs if spec.name not in case.recent]
    if lacking:
        return f"the newest feature rows lack {lacking[0]}"
    dates = np.unique(case.rows.as_of)
    references = [dates[-1]]
    if case.as_of is not None:
        apart = np.abs((np.datetime64(case.as_of) - dates) / np.timedelta64(1, "D") - YEAR_DAYS)
        if apart.min() <= SEASON_DAYS and dates[apart.argmin()] != dates[-1]:
            references.append(dates[apart.argmin()])
    found = []
    for date in references:
        before = case.rows.features[case.rows.as_of == date]
        if min(len(before), len(case.recent)) < FEWEST_ROWS:
            if date == dates[-1]:
                return f"fewer than {FEWEST_ROWS} accounts at the newest snapshot or at the last of the training"
            continue
        found.append(distances(before, case.recent, case.trained.specs))
    # What stands elsewhere than last time but where it stood a year ago is season.
    distance = pd.concat([one for one, _ in found], axis=1).min(axis=1)
    bound = max(LEAST_DISTANCE, *(chance for _, chance in found))
    return distance[distance > bound].sort_values(ascending=False), bound


def _drifted(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate, which rests on no feature")
    found = case.once("moved", lambda: moved(case))
    if isinstance(found, str):
        return not_applicable(found)
    features, bound = found
    share = float(case.shares.reindex(features.index).fillna(0.0).sum())
    said = f"{len(features)} features moved by more than {bound:.2f}, together {share:.0%} of the model"
    if len(features):
        said += f"; the farthest is {features.index[0]} ({features.iloc[0]:.2f})"
    return judged(share > MOST_SHARE, said, share, MOST_SHARE)


def _moved_at_all(case: Case) -> Answer:
    found = case.once("moved", lambda: moved(case))
    if isinstance(found, str):
        return not_applicable(found)
    features, bound = found
    listed = ", ".join(f"{name} ({distance:.2f})" for name, distance in features.head(5).items())
    said = f"none of {len(case.trained.specs)} features moved by more than {bound:.2f}" if not len(features) else listed
    return judged(len(features) > 0, said, float(len(features)), 0.0)


CHECKS = (
    Check(
        "RC401",
        "drifted: the inputs that carry the model have moved",
        "stop",
        "Look what changed in the sources of these features (units, mapping, a new product); mend it, or train on newer rows.",
        _drifted,
    ),
    Check(
        "RC402",
        "some inputs have moved",
        "warn",
        "Look whether the change is one of the business or one of the data.",
        _moved_at_all,
    ),
)
