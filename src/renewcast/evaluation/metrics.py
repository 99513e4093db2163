"""The six numbers by which a ranked list of probabilities is judged.

Every function takes the labels, the probabilities and, where the bootstrap needs it, a weight a row (how often its account
was drawn). None of them needs a threshold.
"""

import numpy as np

# log loss is finite even for a model that was certain and wrong.
TINIEST = 1e-15


def auc(label, churn_probability, weight=None) -> float:
    """How often a churning row ranks above a staying one, ties counting one half.

    Parameters
    ----------
    label : array of bool, shape (n,)
        True where the account churned inside the horizon.
    churn_probability : array of float in [0, 1], shape (n,)
    weight : array of float >= 0, shape (n,), optional

    Returns
    -------
    float in [0, 1]
        Area under the ROC curve; 0.5 is chance, higher is better.

    Raises
    ------
    ValueError
        "one class", when nobody churned or everybody did.

    References
    ----------
    Mann, Whitney, On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other,
    Annals of Mathematical Statistics 18, 1947. Hanley, McNeil, Radiology 143, 1982.

    Examples
    --------
    >>> auc([False, True, False, True], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    label, p, weight = _arrays(label, churn_probability, weight)
    order = np.argsort(p, kind="stable")
    label, p, weight = label[order], p[order], weight[order]
    starts = np.flatnonzero(np.r_[True, p[1:] != p[:-1]])
    positive = np.add.reduceat(weight * label, starts)
    negative = np.add.reduceat(weight * ~label, starts)
    below = np.cumsum(negative) - negative
    both = positive.sum() * negative.sum()
    if both == 0:
        raise ValueError("one class: the AUC needs rows that churned and rows that did not")
    return float((positive * (below + negative / 2)).sum() / both)


def average_precision(label, churn_probability) -> float:
    """Walk down the list and average the precision over the churned rows.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)

    Returns
    -------
    float in [0, 1]
        Sum over thresholds of (recall gained) x precision; the base rate is chance, higher is better.

    Raises
    ------
    ValueError
        "no churn", when nobody churned.

    References
    ----------
    Manning, Raghavan, Schuetze, Introduction to Information Retrieval, 2008, section 8.4; without interpolation,
    tied rows entering together.

    Examples
    --------
    >>> average_precision([False, True, False, True], [0.1, 0.4, 0.4, 0.8])
    0.8333333333333333
    """
    label, p, _ = _arrays(label, churn_probability)
    if not label.any():
        raise ValueError("no churn: average precision needs rows that churned")
    order = np.argsort(-p, kind="stable")
    label, p = label[order], p[order]
    last = np.flatnonzero(np.r_[p[1:] != p[:-1], True])
    hits = np.cumsum(label)[last]
    gained = np.diff(np.r_[0, hits])
    return float((gained * hits / (last + 1)).sum() / hits[-1])


def log_loss(label, churn_probability, weight=None) -> float:
    """Measure the mean surprise at what happened, in nats.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
        Kept within [1e-15, 1 - 1e-15].
    weight : array of float >= 0, shape (n,), optional

    Returns
    -------
    float >= 0
        -mean(y log p + (1 - y) log(1 - p)); lower is better.

    References
    ----------
    Good, Rational Decisions, Journal of the Royal Statistical Society B 14, 1952.

    Examples
    --------
    >>> round(log_loss([True, False], [0.5, 0.5]), 6)
    0.693147
    """
    label, p, weight = _arrays(label, churn_probability, weight)
    return float((row_log_losses(label, p) * weight).sum() / weight.sum())


def row_log_losses(label, churn_probability) -> np.ndarray:
    """Return the log loss of each row, shape (n,).

    Examples
    --------
    >>> row_log_losses([True, False], [0.5, 0.0]).round(3).tolist()
    [0.693, 0.0]
    """
    label, p, _ = _arrays(label, churn_probability)
    kept = np.clip(p, TINIEST, 1 - TINIEST)
    return -np.where(label, np.log(kept), np.log1p(-kept))


def brier(label, churn_probability) -> float:
    """Measure the mean squared distance between probability and outcome.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)

    Returns
    -------
    float in [0, 1]
        Lower is better.

    References
    ----------
    Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78, 1950 (half of his sum
    over both classes, as is usual for two).

    Examples
    --------
    >>> brier([True, False], [1.0, 0.5])
    0.125
    """
    label, p, _ = _arrays(label, churn_probability)
    return float(np.mean((p - label) ** 2))


def ece(label, churn_probability, bins: int = 10) -> float:
    """How far predicted and seen churn lie apart, over tenths of the list (expected calibration error).

    Rows are sorted by probability and cut into ``bins`` groups of equal count (sizes differ by one at most; rows with equal
    probability keep their order). With n_b rows, mean probability p_b and churned share y_b:
    ECE = sum_b (n_b / n) |p_b - y_b|.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
    bins : int

    Returns
    -------
    float in [0, 1]
        0 is perfect. It never is exactly: noise alone gives about 0.8 sqrt(p (1 - p) bins / n).

    References
    ----------
    Naeini, Cooper, Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015, with bins of equal
    count as in Nguyen, O'Connor, Posterior calibration and exploratory analysis, EMNLP 2015.

    Examples
    --------
    >>> round(ece([False, True, False, True], [0.2, 0.2, 0.6, 0.6], bins=2), 3)
    0.2
    """
    label, p, _ = _arrays(label, churn_probability)
    return float(sum(len(b) * abs(p[b].mean() - label[b].mean()) for b in equal_count_bins(p, bins)) / len(p))


def equal_count_bins(churn_probability, bins: int = 10) -> list[np.ndarray]:
    """Cut rows, sorted by probability, into groups of equal count; return the positions of each group.

    Examples
    --------
    >>> [b.tolist() for b in equal_count_bins([0.9, 0.1, 0.5], bins=2)]
    [[1, 2], [0]]
    """
    order = np.argsort(np.asarray(churn_probability, dtype=float), kind="stable")
    return [b for b in np.array_split(order, bins) if len(b)]


def lift_at(label, churn_probability, share: float) -> float:
    """How much richer in churn the riskiest share is than the whole list.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability : array of float in [0, 1], shape (n,)
    share : float in (0, 1]
        Share of rows one can call on; 0.1 is the top tenth, rounded up to whole rows.

    Returns
    -------
    float >= 0
        Churn rate in the top share over the overall rate; 1 is no better than chance. Rows tied at the edge count with
        the mean of their tie, so that a constant has a lift of exactly 1.

    Raises
    ------
    ValueError
        "no churn", when nobody churned; "share", when it is outside (0, 1].

    References
    ----------
    Berry, Linoff, Data Mining Techniques, 3rd ed. 2011, chapter 5.

    Examples
    --------
    >>> lift_at([True, False, False, False], [0.9, 0.1, 0.2, 0.3], share=0.25)
    4.0
    """
    label, p, _ = _arrays(label, churn_probability)
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}, it must lie in (0, 1]")
    if not label.any():
        raise ValueError("no churn: the lift needs rows that churned")
    top = int(np.ceil(share * len(p) - 1e-9))
    edge = np.sort(p)[-top]
    above, tied = p > edge, p == edge
    hits = label[above].sum() + label[tied].mean() * (top - above.sum())
    return float(hits / top / label.mean())


def all_metrics(label, churn_probability) -> dict[str, float | None]:
    """Return every metric by name: auc, average_precision, log_loss, brier, ece, lift_at_10.

    A ranking cannot be judged where everybody fared alike: then auc, average_precision and lift_at_10 are None.

    Examples
    --------
    >>> sorted(all_metrics([True, False], [0.9, 0.1]))
    ['auc', 'average_precision', 'brier', 'ece', 'lift_at_10', 'log_loss']
    >>> all_metrics([False, False], [0.5, 0.5])["auc"] is None
    True
    """
    ranked = 0 < np.mean(np.asarray(label).astype(bool)) < 1
    return {
        "auc": auc(label, churn_probability) if ranked else None,
        "average_precision": average_precision(label, churn_probability) if ranked else None,
        "log_loss": log_loss(label, churn_probability),
        "brier": brier(label, churn_probability),
        "ece": ece(label, churn_probability),
        "lift_at_10": lift_at(label, churn_probability, 0.1) if ranked else None,
    }


def _arrays(label, churn_probability, weight=None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    label, p = np.asarray(label).astype(bool), np.asarray(churn_probability, dtype=float)
    if label.shape != p.shape or label.ndim != 1 or not len(p):
        raise ValueError(f"labels {label.shape} and probabilities {p.shape} must be two columns of the same length, with rows")
    if not np.isfinite(p).all():
        raise ValueError("a probability is not a number")
    return label, p, np.ones(len(p)) if weight is None else np.asarray(weight, dtype=float)
