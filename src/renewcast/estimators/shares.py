"""How much each member of the blend counts: one half and two quarters, moved only as far as the slices insist."""

import numpy as np

from renewcast.estimators.logit import own_levels, sigmoid

MEMBERS = ("boosted", "logistic", "logistic_signed_log")
USUAL_SHARES = (0.5, 0.25, 0.25)
# The slices speak with one voice a churned group; the usual shares with this many for each squared departure from them.
VOICES_OF_THE_USUAL = 5.0
# With fewer churned groups than this, trees find patterns in noise: their weight falls in proportion.
ENOUGH_POSITIVE_GROUPS = 50


def learn_shares(log_odds: np.ndarray, label, slice_of, weight, positive_groups: int) -> tuple[float, ...]:
    """Find the shares of the members with the least log loss on the slices, shrunk toward the usual ones.

    Minimises positive_groups x loss(s) + 5 |s - usual|^2 over shares s >= 0 that sum to 1, where the loss is the mean log loss of
    the members' weighted mean of log odds, each slice at its own level.

    Parameters
    ----------
    log_odds : array of float, shape (3, n)
        Of the members, for rows that they did not see.
    label : array of bool, shape (n,)
    slice_of : array of int from 0 on, shape (n,)
    weight : array of float, shape (n,)
    positive_groups : int
        Groups of the rarer outcome among the rows: what there is to learn from.

    Returns
    -------
    tuple of float
        In the order of ``MEMBERS``.

    References
    ----------
    Breiman, Stacked Regressions, Machine Learning 24, 1996: non-negative weights that sum to one.

    Examples
    --------
    >>> label = np.array([True, False] * 200)
    >>> good, noise = np.where(label, 1.0, -1.0) * np.where(np.arange(400) % 4 < 3, 1, -1), np.cos(np.arange(400.0))
    >>> shares = learn_shares(np.array([noise, good, noise]), label, np.zeros(400, dtype=int), np.ones(400), 200)
    >>> shares[1] > 0.25 > shares[2]
    True
    """
    from scipy.optimize import minimize

    usual, scale = np.array(USUAL_SHARES), positive_groups / weight.sum()

    def objective(shares):
        z = shares @ log_odds
        z = z + own_levels(z, label, slice_of, weight)[slice_of]
        departure = shares - usual
        loss = scale * np.sum(weight * (np.logaddexp(0, z) - label * z)) + VOICES_OF_THE_USUAL * departure @ departure
        return loss, scale * (log_odds @ (weight * (sigmoid(z) - label))) + 2 * VOICES_OF_THE_USUAL * departure

    whole = {"type": "eq", "fun": lambda shares: shares.sum() - 1, "jac": np.ones_like}
    found = minimize(objective, usual, jac=True, method="SLSQP", bounds=[(0, 1)] * 3, constraints=[whole]).x
    # Rounded, since the last digits are the optimiser's and not the slices'.
    boosted, raw = (round(float(share), 4) for share in np.clip(found[:2], 0, 1))
    return boosted, raw, round(max(1 - boosted - raw, 0.0), 4)


def weights_for(positive_groups: int, shares: tuple[float, ...] = USUAL_SHARES) -> dict[str, float]:
    """Weigh the members by how many groups churned.

    With t = min(1, churned groups / 50): the pooled rates get (1 - t) / 4, trees t times their share, and the two logistic
    regressions divide what is left as their shares stand. From 50 on that is the shares themselves.

    Examples
    --------
    >>> weights_for(200)
    {'boosted': 0.5, 'logistic': 0.25, 'logistic_signed_log': 0.25, 'pooled_rates': 0.0}
    >>> weights_for(20)
    {'boosted': 0.2, 'logistic': 0.325, 'logistic_signed_log': 0.325, 'pooled_rates': 0.15}
    """
    enough = min(1.0, positive_groups / ENOUGH_POSITIVE_GROUPS)
    boosted, raw, signed_log = shares
    of_raw = raw / (raw + signed_log) if raw + signed_log else 0.5
    prior, trees = round((1 - enough) / 4, 12), round(enough * boosted, 12)
    linear = round((1 - prior - trees) * of_raw, 12)
    rest = round(1 - prior - trees - linear, 12)
    return {"boosted": trees, "logistic": linear, "logistic_signed_log": rest, "pooled_rates": prior}
