"""A small logistic regression with a known prior and an honest covariance: few inputs, intervals wanted."""

from dataclasses import dataclass

import numpy as np

_STEPS, _CLOSE = 50, 1e-9


@dataclass(frozen=True, eq=False)
class Fitted:
    """Log odds as a sum of inputs.

    Parameters
    ----------
    coefficients : array of float, shape (1 + n_inputs,)
        The intercept first.
    covariance : array of float, shape (1 + n_inputs, 1 + n_inputs)
    """

    coefficients: np.ndarray
    covariance: np.ndarray

    def log_odds(self, inputs):
        """Return the log odds of rows and their standard errors."""
        x = _with_one(inputs)
        return x @ self.coefficients, np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", x, self.covariance, x), 0))

    def probability(self, inputs, z: float = 1.6448536269514722):
        """Return the probability of rows with its interval (90 % unless told otherwise)."""
        middle, spread = self.log_odds(inputs)
        return tuple(_sigmoid(middle + side * z * spread) for side in (0, -1, 1))


def fit(inputs, outcome, *, spread: float = 1.5, cluster=None) -> Fitted:
    """Fit by Newton's method; coefficients other than the intercept are drawn toward 0.

    Parameters
    ----------
    inputs : array of float, shape (n, n_inputs)
        On a scale on which ``spread`` makes sense.
    outcome : array of bool, shape (n,)
    spread : float
        Standard deviation of the normal prior of a coefficient; that of the intercept is 10.
    cluster : array of int, shape (n,), optional
        From 0 up: rows of one cluster (an account seen at many times) are not independent; the covariance is then the sandwich.

    Returns
    -------
    Fitted

    References
    ----------
    Ridge: le Cessie and van Houwelingen (1992). Sandwich by cluster: Liang and Zeger (1986).

    Examples
    --------
    >>> outcome = np.array([True] * 10 + [False] * 30 + [True] * 30 + [False] * 10)
    >>> one = fit(np.array([[0.0]] * 40 + [[1.0]] * 40), outcome, spread=100)
    >>> one.coefficients.round(2).tolist()
    [-1.1, 2.2]
    """
    x, y = _with_one(inputs), np.asarray(outcome, dtype=np.float64)
    penalty = np.diag([1 / 100, *[1 / spread**2] * (x.shape[1] - 1)])
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = _sigmoid(x @ beta)
        gradient = x.T @ (y - p) - penalty @ beta
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, gradient)
        # A long step overshoots where the classes are nearly apart.
        beta = beta + step * min(1.0, 4.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < _CLOSE:
            break
    p = _sigmoid(x @ beta)
    inverse = np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x + penalty)
    if cluster is None:
        return Fitted(beta, inverse)
    score = x * (y - p)[:, None]
    summed = np.stack([np.bincount(cluster, weights=column) for column in score.T], axis=1)
    meat = summed.T @ summed + penalty
    return Fitted(beta, inverse @ meat @ inverse)


def _with_one(inputs):
    inputs = np.asarray(inputs, dtype=np.float64)
    return np.concatenate([np.ones((len(inputs), 1)), inputs], axis=1)


def _sigmoid(value):
    return 0.5 * (1 + np.tanh(np.asarray(value) / 2))
