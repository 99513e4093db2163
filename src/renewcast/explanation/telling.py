"""Which feature of a driver to speak of: one that tells something, makes sense, and carries its weight alone."""

import numpy as np
import pandas as pd

from renewcast.explanation.attribution import Attribution
from renewcast.explanation.ties import SMALLEST_POINTS

# A lever or context feature speaks before a proxy if it has at least this share of the proxy's points.
CLOSE = 0.5


def telling(attribution: Attribution, features: pd.DataFrame, specs: dict) -> tuple[list[str], np.ndarray]:
    """Weigh the features that may stand for their driver as a reason.

    A feature may, where it adds points; where the account differs from the typical one in the digits shown; where moving it alone
    to the typical value takes at least a hundredth of a percentage point off the probability of the model in use (calibrated,
    averaged); and where a reader takes the difference for bad news, or for no news either way.

    Parameters
    ----------
    attribution : Attribution
        With ``falls``.
    features : pandas.DataFrame, shape (n, n_features)
        Of the same rows.
    specs : dict of str to FeatureSpec
        By name.

    Returns
    -------
    tuple
        The features that have a description, and their weight, array of float, shape (n, n_features): the points of those that
        may speak, a proxy's times CLOSE, and minus infinity for those that may not.
    """
    points = attribution.points
    names = [name for name in points.columns if name in specs]
    weight, values = np.full((len(names), len(points)), -np.inf), points.to_numpy()
    for at, name in enumerate(names):
        spec, place = specs[name], points.columns.get_loc(name)
        added = values[:, place]
        may = (added > 0) & (attribution.falls[:, place] > SMALLEST_POINTS)
        if may.any():
            may &= _differs(spec, features[name], attribution.typical[name].iloc[0])
            weight[at][may] = (added if spec.role != "proxy" else CLOSE * added)[may]
    return names, weight.T


def _differs(spec, column: pd.Series, typical) -> np.ndarray:
    """Say where a value differs from the typical one as shown, and does not read as good news; what is not known differs."""
    missing = column.isna().to_numpy()
    if spec.is_categorical:
        return missing | (column.to_numpy(dtype=object) != typical)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if pd.isna(typical):
        return ~missing
    with np.errstate(invalid="ignore"):
        if spec.form == "trend":
            # A sentence compares with the past: falling less than others do is still falling.
            differs = values != typical
            bad = (spec.sense * values > 0) & (spec.sense * (values - typical) > 0)
        else:
            differs = _shown(values, spec.unit) != _shown(np.array([typical]), spec.unit)[0]
            bad = spec.sense * (values - typical) > 0
    return missing | (differs & (bad if spec.sense else True))


def _shown(values: np.ndarray, unit: str) -> np.ndarray:
    """Round as ``phrases.number`` does."""
    if unit == "share":
        return np.round(100 * values)
    if unit in ("money", "days"):
        return np.round(values)
    return np.where((values == np.round(values)) | (np.abs(values) >= 100), np.round(values), np.round(values, 1))
