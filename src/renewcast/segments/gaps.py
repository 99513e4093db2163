"""Is there a gap between two clusters? A test on accounts that had no part in drawing them.

Any cloud can be cut into pieces, and k-means cuts it much the same way every time, so that stability alone proves nothing (a long
cloud is cut across, always). What pieces of one cloud do not have is fewer accounts between two of them than in both.
"""

import numpy as np

SPLITS = 5
"""Ways in which the accounts are halved; the middle result counts."""
WINDOW = 0.17
"""Half the width of the three windows, as a share of the way between two clusters."""
INNER = 0.75
"""Share of a pair's accounts that lie inside the tube around the line between their centres."""
DEEPEST_P, DEEPEST_RATIO = 0.05, 0.8
"""A gap: fewer accounts than on both sides, by more than chance at this level, and at most so many to one of the thinner side."""


def k_means(values, number: int, seed: int, starts: int = 5):
    """Fit k-means, from several starts, on one thread; return the centres and the cluster of each row.

    Examples
    --------
    >>> centres, assigned = k_means(np.array([[0.0], [1.0], [9.0], [10.0]]), 2, 0)
    >>> sorted(centres.ravel().tolist())
    [0.5, 9.5]
    """
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters=number, n_init=starts, random_state=seed).fit(values)
    return model.cluster_centers_, model.labels_


def gap(values, centres, seed: int) -> tuple[float, float]:
    """Test whether each pair of clusters has a gap between them, and tell the shallowest.

    The accounts are halved at random; the clusters are drawn on one half, and the other half is counted inside a tube around the
    line between two centres: in a window around each centre's accounts and in the emptiest window between. Then the halves change
    places. Where the accounts are one cloud with a log-concave density, so is what lies in the tube, and its shadow on the line
    has one peak: the middle holds no fewer accounts than the thinner side, but for chance. Which window was the emptiest was
    chosen on the other half.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
        Scaled and weighted, nothing missing.
    centres : array of float, shape (n_clusters, n_features)
        Where k-means starts on each half, so that clusters of both can be told apart.
    seed : int

    Returns
    -------
    p : float in [0, 1]
        Of the shallowest gap (binomial, of the middle against either side), in the middle one of the splits.
    ratio : float
        Accounts in the middle to those on the thinner side, of the shallowest gap; 1 and more: none.

    References
    ----------
    Hartigan, J. A. and Hartigan, P. M. (1985). The dip test of unimodality. Ann. Statist. 13, 70-84, for the question; Prekopa,
    A. (1973). On logarithmic concave measures and functions. Acta Sci. Math. 34, 335-343, for the shadow; Berger, R. L. (1982).
    Multiparameter hypothesis testing and acceptance sampling. Technometrics 24, 295-300, for taking the largest p of all pairs.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> two = np.concatenate([generator.normal(0, 1, (200, 2)), generator.normal(6, 1, (200, 2))])
    >>> p, ratio = gap(two, k_means(two, 2, 0)[0], 0)
    >>> p < 0.001, ratio < 0.3
    (True, True)
    >>> one = generator.normal(0, 1, (400, 2))
    >>> p, ratio = gap(one, k_means(one, 2, 0)[0], 0)
    >>> p > 0.5, ratio > 1
    (True, True)
    """
    from scipy.stats import binom

    half, found = len(values) // 2, []
    for split in range(SPLITS):
        order = np.random.default_rng([seed, len(centres), split]).permutation(len(values))
        halves = values[order[:half]], values[order[half:]]
        counts = _counts(*halves, centres) + _counts(*reversed(halves), centres)
        middle, left, right = counts.T
        p = np.maximum(binom.cdf(middle, middle + left, 0.5), binom.cdf(middle, middle + right, 0.5))
        found.append((p.max(), ((middle + 0.5) / (np.minimum(left, right) + 0.5)).max()))
    p, ratio = np.median(np.array(found), axis=0)
    return float(p), float(ratio)


def _counts(drawn_on, counted, centres):
    """Count the accounts in the three windows of each pair, shape (n_pairs, 3): the middle, the left, the right."""
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters=len(centres), init=centres, n_init=1).fit(drawn_on)
    members = [drawn_on[model.labels_ == one] for one in range(len(centres))]
    rows = []
    for first in range(len(centres)):
        for second in range(first + 1, len(centres)):
            pair = members[first], members[second]
            rows.append(_windows(pair, counted) if min(map(len, pair)) > 2 else (1, 0, 0))
    return np.array(rows)


def _windows(pair, counted):
    """Lay the three windows on the accounts that the clusters were drawn on, and count the others in them."""
    origin, end = pair[0].mean(axis=0), pair[1].mean(axis=0)
    length = max(float(np.sqrt(((end - origin) ** 2).sum())), 1e-12)

    def seen(values):
        along = (values - origin) @ ((end - origin) / length) / length
        return along, np.sqrt(np.maximum(((values - origin) ** 2).sum(axis=1) - (along * length) ** 2, 0.0))

    (left, left_off), (right, right_off) = seen(pair[0]), seen(pair[1])
    radius = np.quantile(np.concatenate([left_off, right_off]), INNER)
    inside = [along[off <= radius] if (off <= radius).any() else along for along, off in ((left, left_off), (right, right_off))]
    ends = [float(np.median(along)) for along in inside]
    width = WINDOW * (ends[1] - ends[0])
    drawn = np.concatenate(inside)
    places = np.linspace(ends[0] + 2 * width, ends[1] - 2 * width, 7)
    emptiest = places[int(np.argmin([(np.abs(drawn - place) < width).sum() for place in places]))]
    along, off = seen(counted)
    along = along[off <= radius]
    return tuple(int((np.abs(along - place) < width).sum()) for place in (emptiest, *ends))
