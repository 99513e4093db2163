"""How sure a probability is: an interval for what the features allow to be known of an account.

What the interval is about is the *conditional probability*: the share of churn among endlessly many accounts with the same
features on the same day. It is not about the outcome (that is 0 or 1), nor about what will only be decided later.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logit import logit, sigmoid

# Variances on the logit scale. Found on simulated companies with the seeds 101 to 105, of 2,500, 500 and 200 accounts, as
# calibrated on their slices and with slope 1, by maximum likelihood; verified on others: see benchmarks/truth.py.
MISFIT = 0.25
PER_POSITIVE = 70.0
CALIBRATION = 0.75
# A bag holds 80 % of the groups, drawn without replacement: its fit differs from the whole sample's by 1/0.8 - 1 = 1/4 of the
# sampling variance.
SAMPLING = 4.0


@dataclass(frozen=True)
class Doubt:
    """What makes the probabilities of a model uncertain.

    Parameters
    ----------
    positives : int
        Training groups with the rarer outcome, before the contract gate.
    gated_groups : int
        Training groups behind the gate.
    misfit, per_positive, calibration, sampling : float
        Variances; see :meth:`variance`.

    Examples
    --------
    >>> doubt = Doubt(positives=400, gated_groups=0)
    >>> low, high = doubt.around(np.array([-1.4]), np.zeros(1), np.zeros(1))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.07], [0.39])
    """

    positives: int
    gated_groups: int
    misfit: float = MISFIT
    per_positive: float = PER_POSITIVE
    calibration: float = CALIBRATION
    sampling: float = SAMPLING

    @classmethod
    def learn(cls, rows: TrainingRows, before: TrainingRows) -> "Doubt":
        """Count what there was to learn from: in all rows, and in those before the gate."""
        return cls(before.positive_groups(), len(np.unique(rows.group[rows.gated])))

    def variance(self, moved: np.ndarray, spread: np.ndarray) -> np.ndarray:
        """Add up the variances of the log odds.

        misfit + per_positive / positives + calibration moved^2 + sampling spread^2: what the model's form cannot follow; what so
        few positives cannot teach; how far the calibration had to move this account's log odds, which is as far as the model
        was found wrong; and how much the fits of the bagged trees, each scaled from its bag to the whole sample, disagree.
        """
        fixed = self.misfit + self.per_positive / max(self.positives, 1)
        return fixed + self.calibration * moved**2 + self.sampling * spread**2

    def around(
        self, shown: np.ndarray, moved: np.ndarray, spread: np.ndarray, level: float = 0.9
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the interval around shown log odds.

        The conditional log odds are taken as normal around a centre m with the variance v, such that their mean probability is
        the one shown: sigmoid(m / sqrt(1 + pi v / 8)) = p, so m = z sqrt(1 + pi v / 8). Rare risks are therefore mostly rarer,
        and now and then much likelier, than shown.

        Parameters
        ----------
        shown, moved, spread : array of float, shape (n,)
            Calibrated log odds; by how much calibration moved them; standard deviation over the bagged fits.
        level : float in (0, 1)

        Returns
        -------
        tuple of arrays of float in [0, 1]
            low <= sigmoid(shown) <= high.

        Raises
        ------
        RenewcastError
            "... level ...", where it is not between 0 and 1.

        References
        ----------
        MacKay, The evidence framework applied to classification networks, Neural Computation 4, 1992: the mean of a
        logit-normal probability.
        """
        reach = _reach(level)
        variance = self.variance(moved, spread)
        centre, p = shown * np.sqrt(1 + np.pi * variance / 8), sigmoid(shown)
        deviation = reach * np.sqrt(variance)
        return np.minimum(sigmoid(centre - deviation), p), np.maximum(sigmoid(centre + deviation), p)

    def behind_gate(self, rate: float, level: float = 0.9) -> tuple[float, float]:
        """Return the interval of the accounts whose term outlasts the horizon.

        Any of them may have no risk at all, so it begins at 0; it ends where Jeffreys's posterior of the rate, seen in so many
        groups, ends.
        """
        from scipy.special import betaincinv

        _reach(level)
        groups = max(self.gated_groups, 1)
        high = betaincinv(rate * groups + 0.5, (1 - rate) * groups + 0.5, (1 + level) / 2)
        return 0.0, float(max(high, rate))


def judge(estimator, doubt: Doubt, features, gated: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each row's probability, low and high, from an estimator that may know how far it was moved and spread."""
    if not hasattr(estimator, "doubtful"):
        probability = estimator.predict(features, gated)
        shown = logit(probability)
        nothing = np.zeros(len(shown))
        return probability, *doubt.around(shown, nothing, nothing, level)
    shown, moved, spread = estimator.doubtful(features)
    low, high = doubt.around(shown, moved, spread, level)
    closed = np.asarray(gated, dtype=bool)
    if estimator.gate.used:
        low[closed], high[closed] = doubt.behind_gate(estimator.gate.rate, level)
    return sigmoid(estimator.gate.apply(shown, closed)), low, high


def _reach(level: float) -> float:
    if not 0 < level < 1:
        raise RenewcastError(f"The level of an interval is {level}; give a number between 0 and 1, such as 0.9.")
    return NormalDist().inv_cdf((1 + level) / 2)
