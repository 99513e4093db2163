"""The survival row: how long customers of pysurvival_saas stay, five folds, judged by scikit-survival."""

from pathlib import Path

import numpy as np

FOLDS = 5
# Integrated over these months, after which too few are still seen.
MONTHS = np.arange(1, 9)


def judge_survival(data: Path) -> dict[str, float]:
    """Return the concordance index and the integrated Brier score of predictions out of fold; nothing without a HazardModel."""
    import pandas as pd
    from sklearn.model_selection import StratifiedKFold
    from sksurv.metrics import concordance_index_censored, integrated_brier_score
    from sksurv.util import Surv

    try:
        from renewcast.estimators import HazardModel
    except ImportError:
        return {}
    table = pd.read_csv(data / "pysurvival_saas" / "churn.csv")
    months, churned = table.pop("months_active").to_numpy(), table.pop("churned").to_numpy() == 1
    seen = Surv.from_arrays(churned, months)
    risk, scores = np.empty(len(table)), []
    for fit, look in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(table, churned):
        model = HazardModel().fit(table.iloc[fit], duration=months[fit], event=churned[fit])
        risk[look] = model.risk(table.iloc[look])
        survival = model.predict_survival(table.iloc[look], MONTHS)
        scores.append(integrated_brier_score(seen[fit], seen[look], survival, MONTHS))
    return {
        "c_index": concordance_index_censored(churned, months, risk)[0],
        "integrated_brier_score": float(np.mean(scores)),
    }
