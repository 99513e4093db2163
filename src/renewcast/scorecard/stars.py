"""The star table: every metric of every team, its value, the one before, its interval, or why it cannot be told (C59-C63)."""

import numpy as np

from renewcast.scorecard import growth_teams, operations, service_teams
from renewcast.scorecard._definition import TEAMS

CATALOGUE = tuple(
    sorted(
        (*operations.METRICS, *growth_teams.METRICS, *service_teams.METRICS),
        key=lambda one: (TEAMS.index(one.team), -one.stars),
    )
)
"""By team, most stars first; within them in the order of the requirements."""
BY_NAME = {one.name: one for one in CATALOGUE}
COLUMNS = [
    "team", "stars", "metric", "unit", "month", "value", "low", "high", "previous", "is_measured", "lacks"
]  # fmt: skip


def star_series(months):
    """Compute every metric that the tables can fill.

    Parameters
    ----------
    months : renewcast.scorecard.months.Months

    Returns
    -------
    dict of str to Series
        By metric, those with a value in any month.
    """
    found = {}
    for one in CATALOGUE:
        if one.compute is None or not len(months) or months.lacking(one.needs) is not None:
            continue
        if any(need.startswith("contracts.") for need in one.needs) and months.ledger is None:
            continue
        series = one.compute(months)
        if np.isfinite(series.value).any():
            found[one.name] = series
    return found


def stars(months, series=None):
    """Tell the newest value of every metric, or why there is none.

    Parameters
    ----------
    months : renewcast.scorecard.months.Months
    series : dict of str to Series, optional
        Of :func:`star_series`.

    Returns
    -------
    pandas.DataFrame, one row a metric of the catalogue
        team, stars, metric, unit, month (first day of the newest month that is told; NaT), value, low, high (90 %; NaN for what
        was counted in full), previous (the month before), is_measured, lacks: "table.column" that the project lacks, "months"
        where nothing of the kind is on record or no month can be told yet, "no_table" where no table of renewcast can hold it,
        "" where it is measured.
    """
    import pandas as pd

    series = star_series(months) if series is None else series
    rows = []
    for one in CATALOGUE:
        row = {"team": one.team, "stars": one.stars, "metric": one.name, "unit": one.unit, "month": pd.NaT, "is_measured": False}
        row |= dict.fromkeys(("value", "low", "high", "previous"), np.nan)
        row["lacks"] = "no_table" if one.compute is None else months.lacking(one.needs) or "months"
        if one.name in series:
            found = series[one.name]
            at = int(np.flatnonzero(np.isfinite(found.value))[-1])
            row |= {"month": pd.Timestamp(months.months[at]), "value": float(found.value[at]), "is_measured": True, "lacks": ""}
            if found.low is not None:
                row |= {"low": float(found.low[at]), "high": float(found.high[at])}
            row["previous"] = float(found.value[at - 1]) if at else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def star_months(months, series):
    """Lay the series out: month, team, stars, metric, value, low, high; only months with a value."""
    import pandas as pd

    parts = []
    for name, found in series.items():
        one, empty = BY_NAME[name], np.full(len(months), np.nan)
        columns = {"month": months.months.astype("datetime64[us]"), "team": one.team, "stars": one.stars, "metric": name}
        columns |= {"value": found.value, "low": empty if found.low is None else found.low}
        columns["high"] = empty if found.high is None else found.high
        parts.append(pd.DataFrame(columns)[np.isfinite(found.value)])
    names = ["month", "team", "stars", "metric", "value", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
