"""Why a probability changed: the change split over an ordered chain of states, and one step split by feature. Pure arithmetic.

Every state differs from the one before it in one thing only (the facts, the date, the model ...), so the difference of their
probabilities is what that thing did. Parts telescope: they add up to the whole change whatever the states are. Their order
matters, as in any such chain; whoever makes the states says why they stand as they do.
"""

import numpy as np
import pandas as pd

from renewcast.estimators.logit import add_up, sigmoid
from renewcast.explanation.attribution import NEARLY_NOTHING, Attribution

NEXT_TO_NOTHING = 1e-15
"""Probabilities that rounding has made 0 or 1 are read as so far from it."""


def chain(states: dict[str, np.ndarray]) -> pd.DataFrame:
    """Split a change over the states that lie between its ends.

    Parameters
    ----------
    states : dict of str to array of float in [0, 1], shape (n,)
        In order; each is named by what differs from the state before it. The first is where the change starts, and its name is
        not used.

    Returns
    -------
    pandas.DataFrame, shape (n, n_states - 1)
        Probability points, positive is riskier; a row's sum is the last state minus the first, to 1e-15.

    Examples
    --------
    >>> chain({"last list": np.array([0.2]), "time": np.array([0.3]), "behaviour": np.array([0.25])}).round(2).to_dict("list")
    {'time': [0.1], 'behaviour': [-0.05]}
    """
    names = list(states)
    return pd.DataFrame({name: states[name] - states[before] for before, name in zip(names, names[1:], strict=False)})


def split_step(base: np.ndarray, before: pd.DataFrame, after: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Split one step, from one row of features to another under the same model, into points by feature.

    With the base b and the contributions c_j before and d_j after, on the log-odds scale, feature j gets
    e_j (p' - p) / (z' - z), where z = b + sum c_j, z' = b + sum d_j, p and p' are their probabilities and e_j is d_j - c_j:
    the difference of the contributions, carried over with the slope of the secant. In a model with interactions the contribution
    of a feature that did not move may differ too. It did not cause anything, so what such features differ by is shared out among
    those that moved, in proportion to their own differences.

    Parameters
    ----------
    base : array of float, shape (n,)
        Log odds of the model of an account of which nothing is known.
    before, after : pandas.DataFrame, shape (n, n_features)
        Contributions to the log odds, same columns.
    moved : pandas.DataFrame of bool, shape (n, n_features)
        Whether a feature differs; same columns.

    Returns
    -------
    pandas.DataFrame, shape (n, n_features)
        A row's sum is p' - p, to 1e-12.

    References
    ----------
    Lundberg, Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017, for the contributions; the rule that what
    does not move gets nothing is the dummy axiom of Shapley, A Value for n-Person Games, 1953, applied to the change.

    Examples
    --------
    >>> before, after = pd.DataFrame({"logins": [0.0], "seats": [1.0]}), pd.DataFrame({"logins": [1.5], "seats": [1.5]})
    >>> moved = pd.DataFrame({"logins": [True], "seats": [False]})
    >>> split_step(np.array([-2.0]), before, after, moved).round(4).to_dict("list")
    {'logins': [0.4621], 'seats': [0.0]}
    """
    z, z_after = add_up(base, before.to_numpy()), add_up(base, after.to_numpy())
    differs, free = after.to_numpy() - before.to_numpy(), moved.to_numpy(dtype=bool)
    nothing = np.zeros(len(before))
    stray = add_up(nothing, np.where(free, 0.0, differs))
    weight = np.where(free, np.abs(differs), 0.0)
    total, count = add_up(nothing, weight), add_up(nothing, free.astype(float))
    # Where no feature that moved has a difference of its own they share alike; where none moved, everything stays where it is.
    even = (total == 0) & (count > 0)
    share = np.where(even[:, None], free / np.maximum(count, 1)[:, None], weight / np.where(total > 0, total, 1.0)[:, None])
    stays = count == 0
    own = np.where(free | stays[:, None], differs, 0.0) + np.where(stays, 0.0, stray)[:, None] * share
    return pd.DataFrame(own * _slope(z, z_after)[:, None], columns=before.columns, index=before.index)


def log_odds_parts(attribution: Attribution) -> tuple[np.ndarray, pd.DataFrame]:
    """Turn an attribution back into base and contributions on the log-odds scale.

    Returns
    -------
    array of float, shape (n,)
    pandas.DataFrame, shape (n, n_features)

    Examples
    --------
    >>> points = pd.DataFrame({"logins": [0.462117157]})
    >>> base, parts = log_odds_parts(Attribution(sigmoid(np.array([-1.0])), sigmoid(np.array([1.0])), points))
    >>> base.round(6).tolist(), parts.round(6).to_dict("list")
    ([-1.0], {'logins': [2.0]})
    """
    z0, z = _log_odds(attribution.base_probability), _log_odds(attribution.probability)
    return z0, attribution.points.div(_slope(z0, z), axis=0)


def _slope(z: np.ndarray, z_after: np.ndarray) -> np.ndarray:
    """Return the slope of the secant of the logistic curve; that of the tangent where both ends are nearly the same."""
    change, middle = z_after - z, sigmoid((z + z_after) / 2)
    small = np.abs(change) < NEARLY_NOTHING
    return np.where(small, middle * (1 - middle), (sigmoid(z_after) - sigmoid(z)) / np.where(small, 1.0, change))


def _log_odds(probability: np.ndarray) -> np.ndarray:
    kept = np.clip(probability, NEXT_TO_NOTHING, 1 - NEXT_TO_NOTHING)
    return np.log(kept) - np.log1p(-kept)
