"""What kind of account each row is, as known on its day: what the slices of a backtest are cut by."""

from renewcast.segments.tiers import arr_growth, tier
from renewcast.sources import CONTRACTS

TENURE_DAYS = {"under 90 days": 90, "90 days to 1 year": 365, "1 to 2 years": 730, "2 years and more": float("inf")}


def account_kinds(view, rows, clusters):
    """Return the kind of each row's account by every cut that the tables allow.

    Parameters
    ----------
    view : renewcast.datasets.panel.Panel
        Of the days of the rows.
    rows : pandas.DataFrame
        account_id, as_of, mrr; any index.
    clusters : renewcast.segments.clusters.Clusters or None
        The fitted segments.

    Returns
    -------
    pandas.DataFrame
        Indexed as ``rows``: segment (where there are clusters that fit the tables), tier (where the rows tell the ARR), tenure
        and each column of text of the accounts (size, region, industry, ...) of which anything is known.
    """
    import pandas as pd

    features = view.features(rows)
    kinds = pd.DataFrame(index=rows.index)
    if clusters is not None and clusters.exist and set(clusters.features) <= set(features.columns):
        kinds["segment"] = clusters.shown(features, "en")
    parts = [_of_day(view, day.date(), part) for day, part in rows.groupby("as_of", sort=True)]
    of_day = pd.concat(parts).loc[rows.index]
    advocacy = of_day.pop("advocacy")
    if rows["mrr"].notna().any():
        kinds["tier"] = tier(12 * rows["mrr"], arr_growth(features), advocacy, view.params.segments.tiers)
    return pd.concat([kinds, of_day.dropna(axis=1, how="all")], axis=1)


def _of_day(view, day, rows):
    import numpy as np
    import pandas as pd

    accounts = view.attributes(day).reindex(rows["account_id"]).set_axis(rows.index)
    columns = CONTRACTS["accounts"].columns
    texts = [name for name, column in columns.items() if column.type == "text" and not column.is_id and name != "name"]
    found = accounts[texts].copy()
    since = view.days_since_start(rows["account_id"], day)
    found["tenure"] = pd.cut(since, [-np.inf, *TENURE_DAYS.values()], right=False, labels=list(TENURE_DAYS)).astype(object)
    found["advocacy"] = view.advocacy(rows["account_id"], day)
    return found
