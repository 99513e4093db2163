"""Whether 20 % means 20 %: predicted against seen churn, tenth by tenth of the list."""

import numpy as np
import pandas as pd

from renewcast.evaluation.metrics import equal_count_bins

# Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054


def reliability(label, churn_probability, bins: int = 10) -> pd.DataFrame:
    """Return the points of a reliability diagram, over groups of equal count.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
    bins : int

    Returns
    -------
    pandas.DataFrame
        One row a group, from the safest to the riskiest: ``rows``, ``churned``, ``predicted`` (mean probability),
        ``seen`` (churned share), ``seen_low`` and ``seen_high`` (Wilson's 95 % interval, as if rows were independent).

    References
    ----------
    Murphy, Winkler, Reliability of Subjective Probability Forecasts, Applied Statistics 26, 1977.
    Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927.

    Examples
    --------
    >>> reliability([False, False, True, True], [0.1, 0.1, 0.8, 0.8], bins=2)[["rows", "predicted", "seen"]].values.tolist()
    [[2.0, 0.1, 0.0], [2.0, 0.8, 1.0]]
    """
    label, p = np.asarray(label).astype(bool), np.asarray(churn_probability, dtype=float)
    points = []
    for rows in equal_count_bins(p, bins):
        n, seen = len(rows), float(label[rows].mean())
        middle = (seen + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
        half = Z95 / (1 + Z95**2 / n) * np.sqrt(seen * (1 - seen) / n + Z95**2 / (4 * n * n))
        points.append(
            {
                "rows": n,
                "churned": int(label[rows].sum()),
                "predicted": float(p[rows].mean()),
                "seen": seen,
                "seen_low": min(seen, max(0.0, float(middle - half))),
                "seen_high": max(seen, min(1.0, float(middle + half))),
            }
        )
    return pd.DataFrame(points)
