"""Past snapshots as they are needed to look back: what a model scored then, and what became of it."""

import datetime as dt

from renewcast.datasets.term_features import TERM_SPECS, term_features
from renewcast.datasets.training_set import label_of, labelled_rows
from renewcast.labels.window import holds_day


def scoring_rows(view, target: str, days: list[dt.date]):
    """Return what a model of the target scores on some days: scorable accounts, or undecided terms that end inside the horizon.

    Parameters
    ----------
    view : renewcast.datasets.view.View or renewcast.datasets.panel.Panel
    target : str
    days : list of datetime.date

    Returns
    -------
    pandas.DataFrame
        account_id, as_of, contract_id (None but for renewal), gated, mrr (of the account; NaN for renewal).
    pandas.DataFrame
        The features, indexed alike.
    """
    import numpy as np
    import pandas as pd

    if target == "renewal":
        terms, label = view.open_terms(days), label_of(view, target)
        inside = holds_day(terms["ends_on"], terms["as_of"], label.lead_days, label.horizon_days)
        terms = term_features(terms[inside].reset_index(drop=True))
        rows = terms[["account_id", "as_of", "contract_id"]].assign(gated=False, mrr=np.nan)
        own = terms[[spec.name for spec in TERM_SPECS]].astype("float64")
        return rows, pd.concat([view.features(rows), own], axis=1)
    rows = view.population(days, target=target)
    rows = rows[rows["is_eligible"]].reset_index(drop=True).assign(contract_id=None)
    if target in ("contraction", "expansion"):
        rows["gated"] = False
    rows = rows[["account_id", "as_of", "contract_id", "gated", "mrr"]]
    return rows, view.features(rows)


def with_outcomes(view, target: str, scored, as_of: dt.date):
    """Add to scored rows what became of them, as known at a later day; those without an outcome are left out.

    Parameters
    ----------
    view : renewcast.datasets.view.View or renewcast.datasets.panel.Panel
    target : str
    scored : pandas.DataFrame
        Rows of `scoring_rows`, of days whose outcome windows are over at ``as_of``, grace included; further columns are kept.
    as_of : datetime.date

    Returns
    -------
    pandas.DataFrame
        ``scored`` with ``label`` and ``group``.
    """
    days = sorted(scored["as_of"].dt.date.unique())
    rows, _ = labelled_rows(view, target, label_of(view, target), days, as_of, {})
    keys = ["account_id", "as_of", *(["contract_id"] if target == "renewal" else [])]
    return scored.merge(rows[[*keys, "label", "group"]], on=keys)
