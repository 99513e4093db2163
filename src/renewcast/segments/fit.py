"""Segments are fitted: features chosen and scaled, their number found, ids carried over, rules and names made."""

import dataclasses

from renewcast.errors import RenewcastError
from renewcast.segments.clusters import Clusters, lived_through
from renewcast.segments.identity import carried_ids
from renewcast.segments.names import segment_names
from renewcast.segments.rules import rules

BEHAVIOUR = (
    "usage_events_28d",
    "active_days_28d",
    "active_users_28d",
    "active_modules_28d",
    "value_action_share_28d",
    "usage_events_trend_28d",
    "seat_utilization_28d",
    "tickets_opened_91d",
    "touchpoints_91d",
    "days_since_last_use",
    "usage_quantity_91d",
    "invoices_issued_91d",
    "tenure_days",
)
"""Features that describe behaviour, in order of interest; those that the project's tables cannot fill are left out."""
MAX_FEATURES = 8
MOST_ACCOUNTS = 4000
"""Accounts, drawn at random, on which the number of segments is found; their centres follow from all."""


def fit_clusters(features, specs, numbers: list[int], seed: int, as_of: str, previous: Clusters | None = None) -> Clusters:
    """Find out how many segments there are, if any, and draw them.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_accounts, n_features)
        The accounts in scope at one snapshot, in any order.
    specs : list of FeatureSpec
    numbers : list of int
        Numbers of segments to try.
    seed : int
    as_of : str
    previous : Clusters, optional
        The fit before this one, whose ids are carried over.

    Returns
    -------
    Clusters
        Without segments where no number held; the ids that were given so far stay taken.

    Raises
    ------
    RenewcastError
        "too few accounts to segment", with fewer than ten accounts per segment of the smallest number; "no feature that describes
        behaviour is built".

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. J. Comput. Appl. Math. 20, 53-65. For the rest see :mod:`renewcast.segments.choice`.
    """
    import numpy as np
    from sklearn.metrics import silhouette_score

    from renewcast.estimators.one_thread import one_thread
    from renewcast.segments.choice import chosen, trials
    from renewcast.segments.scale import drawn_in, measured, on_scale, smeared

    if len(features) < 10 * min(numbers):
        raise RenewcastError(
            f"too few accounts to segment: {len(features)} are in scope, {10 * min(numbers)} are needed; lower segments.clusters."
        )
    taken = [name for name in BEHAVIOUR if name in features.columns and features[name].notna().any()][:MAX_FEATURES]
    if not taken:
        raise RenewcastError(
            "no feature that describes behaviour is built, so there is nothing to segment by; "
            "add usage, people or support to features.families."
        )
    by_name = {spec.name: spec for spec in specs}
    windows = tuple(_window(by_name[name]) for name in taken)
    values = lived_through(features, taken, windows)
    # Accounts come in any order: theirs is made here, so that it never shows.
    order = np.lexsort(values.T[::-1])
    values, generator = values[order], np.random.default_rng(seed)
    logged = tuple(bool(column[~np.isnan(column)].min(initial=0.0) >= 0) for column in values.T)
    centre, spread = measured(on_scale(values, logged))
    shaken = np.nan_to_num(drawn_in((on_scale(smeared(values, generator), logged) - centre) / spread))
    sample = np.arange(len(shaken))
    if len(sample) > MOST_ACCOUNTS:
        sample = np.sort(generator.choice(sample, MOST_ACCOUNTS, replace=False))
    found = trials(shaken[sample], [number for number in numbers if len(features) >= 10 * number], seed)
    best = chosen(found)
    fitted = Clusters(
        features=tuple(taken),
        centre=tuple(map(float, centre)),
        spread=tuple(map(float, spread)),
        means=(),
        names={"en": (), "zh": ()},
        fitted_as_of=as_of,
        silhouette=0.0,
        windows=windows,
        logged=logged,
        highest_id=0 if previous is None else previous.highest_id,
        tried=tuple(_told(one) for one in found),
    )
    if best is None:
        return fitted
    with one_thread():
        nearest = ((shaken[:, None, :] * best.weights - best.centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        means = np.array([shaken[nearest == one].mean(axis=0) for one in range(best.number)])
        # Biggest first, so that the order does not depend on how k-means numbers its clusters.
        by_size = np.argsort(-np.bincount(nearest, minlength=best.number), kind="stable")
        silhouette = silhouette_score(shaken[sample] * best.weights, nearest[sample], sample_size=None)
    drawn = dataclasses.replace(
        fitted,
        means=tuple(tuple(map(float, means[one])) for one in by_size),
        weights=tuple(map(float, best.weights)),
        silhouette=float(silhouette),
        stability=tuple(float(best.stability[one]) for one in by_size),
        ids=tuple(f"S{place + 1}" for place in range(best.number)),
    )
    return _described(drawn, features.iloc[order].reset_index(drop=True), [by_name[name] for name in taken], seed, previous)


def _described(drawn: Clusters, features, specs, seed: int, previous: Clusters | None) -> Clusters:
    """Give the segments their ids, names and rules."""
    import numpy as np

    number, assigned = len(drawn.means), drawn.assign(features)
    before = np.full(len(features), None, dtype=object)
    if previous is not None and previous.exist and set(previous.features) <= set(features.columns):
        before = np.array(previous.ids, dtype=object)[previous.assign(features)]
    ids, highest = carried_ids(before, assigned, number, drawn.highest_id if previous is not None else 0)
    values = lived_through(features, drawn.features, drawn.windows)
    found, fidelity = rules(values, assigned, number, seed)
    weighted = np.array(drawn.means) * np.array(drawn.weights)
    names = {language: segment_names(weighted, specs, language) for language in ("en", "zh")}
    return dataclasses.replace(drawn, ids=ids, highest_id=highest, rules=found, fidelity=fidelity, names=names)


def _window(spec) -> int:
    """Return the days that an account must have been there before a feature says anything of it."""
    return int(spec.window_days or 0) if spec.form in ("window", "trend") else 0


def _told(one) -> dict:
    """Write down what came of one number of segments."""
    figures = {"gap_p": one.gap_p, "gap_ratio": one.gap_ratio, "stability": float(one.stability.min())}
    return {"number": one.number, **{name: round(value, 6) for name, value in figures.items()}}
