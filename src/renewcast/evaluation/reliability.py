"""Whether 20 % means 20 %: predicted against seen churn, tenth by tenth of the list, with intervals over accounts."""

import numpy as np
import pandas as pd

from renewcast.evaluation.intervals import Interval, account_bootstrap
from renewcast.evaluation.metrics import ece, equal_count_bins

# Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054


def reliability(label, churn_probability, bins: int = 10, *, group=None) -> pd.DataFrame:
    """Return the points of a reliability diagram, over groups of equal count.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
    bins : int
    group : array of str, shape (n,), optional
        The account of each row, whose rows repeat each other; without it rows count as independent.

    Returns
    -------
    pandas.DataFrame
        One row a group, from the safest to the riskiest: ``rows``, ``accounts``, ``churned``, ``predicted`` (mean probability),
        ``seen`` (churned share), ``seen_low`` and ``seen_high`` (95 %), ``agrees`` (whether ``predicted`` lies between them).

    Notes
    -----
    The interval is Wilson's at the effective number of rows: as many independent rows as would leave the churned share as
    uncertain as it is over accounts. Where nobody or everybody churned that is the number of accounts.

    References
    ----------
    Murphy, Winkler, Reliability of Subjective Probability Forecasts, Applied Statistics 26, 1977.
    Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927.
    Korn, Graubard, Confidence Intervals for Proportions With Small Expected Number of Positive Counts Estimated From Survey
    Data, Survey Methodology 24, 1998: the effective sample size.

    Examples
    --------
    >>> reliability([False, False, True, True], [0.1, 0.1, 0.8, 0.8], bins=2)[["rows", "predicted", "seen"]].values.tolist()
    [[2.0, 0.1, 0.0], [2.0, 0.8, 1.0]]
    """
    label, p = np.asarray(label).astype(bool), np.asarray(churn_probability, dtype=float)
    names = np.arange(len(p)) if group is None else np.asarray(group)
    points = []
    for rows in equal_count_bins(p, bins):
        seen, predicted = float(label[rows].mean()), float(p[rows].mean())
        low, high = wilson(seen, effective_rows(label[rows], names[rows]))
        points.append(
            {
                "rows": len(rows),
                "accounts": len(np.unique(names[rows])),
                "churned": int(label[rows].sum()),
                "predicted": predicted,
                "seen": seen,
                "seen_low": low,
                "seen_high": high,
                "agrees": low <= predicted <= high,
            }
        )
    return pd.DataFrame(points)


def wilson(share: float, rows: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen in so many independent rows.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(0.0, 10)]
    [0.0, 0.278]
    """
    middle = (share + Z95**2 / (2 * rows)) / (1 + Z95**2 / rows)
    half = Z95 / (1 + Z95**2 / rows) * np.sqrt(share * (1 - share) / rows + Z95**2 / (4 * rows * rows))
    # The interval holds the share itself, whatever the last bit says.
    return min(share, max(0.0, float(middle - half))), max(share, min(1.0, float(middle + half)))


def effective_rows(label: np.ndarray, group: np.ndarray) -> float:
    """Count the independent rows that would leave the churned share as uncertain as these rows of accounts do.

    Examples
    --------
    >>> effective_rows(np.array([True, True, False, False] * 5), np.repeat(np.arange(10), 2))
    9.0
    """
    names, position = np.unique(group, return_inverse=True)
    share = label.mean()
    if share in (0, 1) or len(names) == 1:
        return float(len(names))
    by_group = np.bincount(position, weights=label - share)
    variance = (by_group**2).sum() / len(label) ** 2 * len(names) / (len(names) - 1)
    return float(np.clip(share * (1 - share) / max(variance, 1e-300), 1.0, len(label)))


def ece_interval(label, churn_probability, group, *, seed: int, bins: int = 10, resamples: int = 200) -> Interval:
    """Return the expected calibration error with a 95 % interval over accounts.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
    group : array of str, shape (n,)
    seed : int
    bins, resamples : int

    Returns
    -------
    Interval
        The estimate, less and plus what noise alone makes of it. Noise is how far the gaps of the bins move in 95 % of the
        resamples, absolute and summed; by the triangle inequality the error of the estimate is never greater. So a calibrated
        model's interval begins at 0, and others are wider rather than narrower than they need be.

    References
    ----------
    Davison, Hinkley, Bootstrap Methods and their Application, 1997, section 4.4 (simultaneous envelopes).

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> p, names = generator.random(4000), np.repeat(np.arange(1000), 4)
    >>> label = generator.random(4000) < p
    >>> ece_interval(label, p, names, seed=7).low, round(ece_interval(label, p**2, names, seed=7).low, 1)
    (0.0, 0.2)
    """
    label, p = np.asarray(label).astype(bool), np.asarray(churn_probability, dtype=float)
    tenths, estimate = equal_count_bins(p, bins), ece(label, p, bins)

    def gaps(weight):
        apart = weight * (p - label)
        return np.array([apart[rows].sum() for rows in tenths]) / weight.sum()

    found = gaps(np.ones(len(p)))
    moved = account_bootstrap(
        group, lambda weight: float(np.abs(gaps(weight) - found).sum()), resamples=resamples, seed=seed, level=0.9
    )
    return Interval(estimate, max(0.0, estimate - moved.high), min(1.0, estimate + moved.high))
