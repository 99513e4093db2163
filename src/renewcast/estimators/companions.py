"""What a model brings along beside its probability: why accounts leave, what renewed terms become, how much revenue changes."""

import numpy as np

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.amount import Amount
from renewcast.estimators.outcomes import Outcomes

DEPARTURES = ("voluntary", "involuntary")
RENEWED = ("late", "contracted", "flat", "expanded")
KINDS = {"departure": Outcomes, "renewed_as": Outcomes, "contracted": Amount, "expanded": Amount, "changed": Amount}


def fit_companions(rows: TrainingRows, beside, specs, *, seed: int, embargo_days: int) -> dict:
    """Fit whatever the training set allows to say beside its label.

    Parameters
    ----------
    rows : TrainingRows
        All labelled rows, in the order of ``beside``.
    beside : pandas.DataFrame
        What else the training set knows of the outcomes: is_involuntary, outcome and mrr_after with this_term_mrr, or
        revenue_change; see :class:`renewcast.datasets.training_set.TrainingSet`.
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    seed, embargo_days : int

    Returns
    -------
    dict of str to Outcomes or Amount
        "departure" (given churn: voluntary or involuntary), "renewed_as" (given renewal: late, contracted, flat, expanded) with
        "contracted" and "expanded" (the ratio of new to old revenue), "changed" (the ratio, given contraction or expansion).
        Without rows to learn from an entry is absent.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.estimators._definition import InputSpec
    >>> names = [str(row) for row in range(40)]
    >>> rows = TrainingRows(pd.DataFrame({"seats": [1.0] * 40}), [True] * 40, names, names, ["2026-06-29"] * 40, [False] * 40)
    >>> known = pd.DataFrame({"is_involuntary": [True, False, False, False] * 10})
    >>> found = fit_companions(rows, known, [InputSpec("seats", "contract", False)], seed=7, embargo_days=90)
    >>> float(found["departure"].predict(rows.features)["involuntary"][0].round(2))
    0.26
    """
    found: dict = {}
    if "is_involuntary" in beside and rows.label.any():
        left = np.where(beside["is_involuntary"].eq(True), "involuntary", "voluntary")[rows.label]
        found["departure"] = Outcomes(specs, DEPARTURES).fit(rows.take(rows.label), left, embargo_days)
    if "outcome" in beside and rows.label.any():
        outcome = beside["outcome"].to_numpy(dtype=object)
        found["renewed_as"] = Outcomes(specs, RENEWED).fit(rows.take(rows.label), outcome[rows.label], embargo_days)
        ratio = (beside["mrr_after"] / beside["this_term_mrr"]).to_numpy(dtype=float)
        for name in ("contracted", "expanded"):
            chosen = (outcome == name) & np.isfinite(ratio) & (ratio > 0)
            if chosen.any():
                found[name] = Amount(specs, seed).fit(rows.take(chosen), ratio[chosen])
    if "revenue_change" in beside and rows.label.any():
        ratio = 1.0 + beside["revenue_change"].to_numpy(dtype=float)
        found["changed"] = Amount(specs, seed).fit(rows.take(rows.label), ratio[rows.label])
    return found
