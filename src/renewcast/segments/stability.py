"""Does a cluster come back when other accounts are drawn? Its Jaccard similarity to the nearest cluster of bootstrap fits."""

import numpy as np

BOOTSTRAPS = 20
LEAST = 0.75
"""Mean Jaccard similarity below which a cluster is not called stable."""


def stability(values, centres, assigned, seed: int):
    """Fit anew on bootstrap samples and hold each cluster against the nearest one that comes out.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
    centres : array of float, shape (n_clusters, n_features)
    assigned : array of int, shape (n_accounts,)
    seed : int

    Returns
    -------
    array of float in [0, 1], shape (n_clusters,)
        Mean Jaccard similarity over the samples; 1 where the cluster always comes back whole.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Comput. Statist. Data Anal. 52, 258-271: 0.75 and more is a
    valid, stable cluster. Ben-Hur, A., Elisseeff, A. and Guyon, I. (2002). A stability based method for discovering structure in
    clustered data. Pac. Symp. Biocomput. 7, 6-17.

    Examples
    --------
    >>> from renewcast.segments.gaps import k_means
    >>> two = np.array([[0.0], [1.0], [2.0], [20.0], [21.0], [22.0]])
    >>> stability(two, *k_means(two, 2, 0), 0).round(1).tolist()
    [1.0, 1.0]
    """
    from sklearn.cluster import KMeans

    number, found = len(centres), []
    for draw in range(BOOTSTRAPS):
        chosen = np.random.default_rng([seed, number, draw, 1]).integers(0, len(values), len(values))
        # Rows that were drawn twice count twice; whoever was not drawn says nothing. Weights keep rows in their order.
        weight = np.bincount(chosen, minlength=len(values)).astype("float64")
        drawn = np.flatnonzero(weight)
        if len(drawn) < number:
            continue
        model = KMeans(n_clusters=number, n_init=2, random_state=draw).fit(values[drawn], sample_weight=weight[drawn])
        found.append(jaccard(assigned[drawn], model.labels_, number, number).max(axis=1))
    return np.mean(found, axis=0) if found else np.zeros(number)


def jaccard(first, second, first_number: int, second_number: int):
    """Return how much each group of one grouping shares with each of another: common members divided by members of either.

    Parameters
    ----------
    first, second : array of int, shape (n,)
        Group of each member, from 0; negative: in none.
    first_number, second_number : int

    Returns
    -------
    array of float in [0, 1], shape (first_number, second_number)

    Examples
    --------
    >>> jaccard(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0]), 2, 2).round(2).tolist()
    [[0.0, 0.67], [0.5, 0.25]]
    """
    first, second = np.asarray(first), np.asarray(second)
    both = (first >= 0) & (second >= 0)
    common = np.zeros((first_number, second_number))
    np.add.at(common, (first[both], second[both]), 1.0)
    sizes = np.bincount(first[first >= 0], minlength=first_number)[:, None] + np.bincount(
        second[second >= 0], minlength=second_number
    )
    return common / np.maximum(sizes - common, 1.0)
