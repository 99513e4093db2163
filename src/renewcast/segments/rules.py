"""Segments told by rules: thresholds on at most three features a path, and how far they agree with the segments."""

DEPTH = 3
ENOUGH = 0.9
"""Fidelity at which no further path is added."""


def rules(values, assigned, number: int, seed: int):
    """Find a threshold rule a segment: the paths of one shallow tree.

    The tree has as many leaves as there are segments, so that each has one path; where that leaves more than a tenth of the
    accounts out, it may grow to eight. Thresholds are the roundest numbers that part the accounts as the tree does.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
        As they are, NaN where not known: the rule reads the median there.
    assigned : array of int, shape (n_accounts,)
        The segment of each account.
    number : int
        Segments.
    seed : int

    Returns
    -------
    tuple
        For each segment its paths; a path is a tuple of (number of the feature, above, up to): above < value <= up to, None where
        there is no such end. An empty tuple: no path leads to it.
    tuple of float in [0, 1]
        Fidelity: the share of accounts on which each rule and its segment agree; last, the share whose segment all rules
        together tell.

    References
    ----------
    Moshkovitz, M., Dasgupta, S., Rashtchian, C. and Frost, N. (2020). Explainable k-means and k-medians clustering. ICML: a tree
    with a leaf a cluster.

    Examples
    --------
    >>> import numpy as np
    >>> users = np.array([[1.0], [2.0], [3.0], [40.0], [55.0], [60.0]])
    >>> rules(users, np.array([1, 1, 1, 0, 0, 0]), 2, 0)
    (((((0, 20.0, None),),), (((0, None, 20.0),),)), (1.0, 1.0, 1.0))
    """
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier

    values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    best = None
    for leaves in range(number, max(number, 2**DEPTH) + 1):
        tree = DecisionTreeClassifier(max_depth=DEPTH, max_leaf_nodes=leaves, random_state=seed).fit(values, assigned)
        told, fidelity = tree.predict(values), float(np.mean(tree.predict(values) == assigned))
        if best is None or fidelity > best[0]:
            best = fidelity, tree, told
        if fidelity >= ENOUGH and len(np.unique(told)) == number:
            break
    fidelity, tree, told = best
    paths = _paths(tree, values)
    each = tuple(float(np.mean((told == one) == (assigned == one))) for one in range(number))
    return tuple(tuple(path for segment, path in paths if segment == one) for one in range(number)), (*each, fidelity)


def follows(paths, values):
    """Tell which accounts a rule holds for.

    Parameters
    ----------
    paths : tuple
        Of one segment, from :func:`rules`.
    values : array of float, shape (n_accounts, n_features)
        Nothing missing.

    Returns
    -------
    array of bool, shape (n_accounts,)

    Examples
    --------
    >>> import numpy as np
    >>> follows((((0, 20.0, None),),), np.array([[3.0], [40.0]])).tolist()
    [False, True]
    """
    import numpy as np

    found = np.zeros(len(values), dtype=bool)
    for path in paths:
        holds = np.ones(len(values), dtype=bool)
        for at, above, upto in path:
            holds &= (above is None or values[:, at] > above) & (upto is None or values[:, at] <= upto)
        found |= holds
    return found


def rule_in_words(paths, specs, language: str) -> str:
    """Write a rule out.

    Parameters
    ----------
    paths : tuple
        Of one segment, from :func:`rules`.
    specs : list of FeatureSpec
        Of the features, in order.
    language : {"en", "zh"}

    Returns
    -------
    str
        "active users > 20 and share of seats in use <= 40 %; or ..."; empty without a path.
    """
    joins = {"en": (" and ", "; or "), "zh": ("且", "；或")}[language]
    return joins[1].join(joins[0].join(_condition(one, specs, language) for one in path) for path in paths)


def _condition(one, specs, language: str) -> str:
    from renewcast.segments.names import feature_in_words

    at, above, upto = one
    spec = specs[at]
    what = feature_in_words(spec, language)
    if spec.window_days and spec.form != "trend":
        what += f" ({spec.window_days}天)" if language == "zh" else f" ({spec.window_days} days)"
    low, high = (None if end is None else _shown(end, spec) for end in (above, upto))
    if low is None:
        return f"{what} ≤ {high}"
    return f"{what} > {low}" if high is None else f"{low} < {what} ≤ {high}"


def _shown(value: float, spec) -> str:
    import math

    if spec.form == "trend":
        return f"{100 * math.expm1(value):+.4g} %"
    return f"{100 * value:.4g} %" if spec.unit == "share" else f"{value:,.6g}"


def _paths(tree, values):
    """Return (segment, path) of every leaf, from left to right."""
    at, found = tree.tree_, []

    def walk(node: int, path: dict) -> None:
        if at.children_left[node] == -1:
            segment = int(tree.classes_[at.value[node][0].argmax()])
            found.append((segment, tuple((column, *path[column]) for column in sorted(path))))
            return
        column = int(at.feature[node])
        threshold = _roundest(values[:, column], float(at.threshold[node]))
        above, upto = path.get(column, (None, None))
        walk(at.children_left[node], path | {column: (above, threshold)})
        walk(at.children_right[node], path | {column: (threshold, upto)})

    walk(0, {})
    return found


def _roundest(values, threshold: float) -> float:
    """Return the number of fewest digits that parts the values as the threshold does."""
    low, high = float(values[values <= threshold].max()), float(values[values > threshold].min())
    for digits in range(1, 17):
        # From the middle outwards: the threshold first, then what lies just inside the ends.
        for middle in (threshold, (low + high) / 2, low, high):
            found = float(f"{middle:.{digits - 1}e}")
            if low <= found < high:
                return found
    return low
