"""The forecast of a project on a snapshot day: from its opened tables and scores."""

import dataclasses
import datetime as dt

from renewcast.errors import RenewcastError
from renewcast.forecast.forecast import forecast
from renewcast.forecast.past_quarters import past_quarters
from renewcast.forecast.rates import rates
from renewcast.forecast.rivals import last_year_rate, sbg_rate
from renewcast.forecast.standing import cover_ahead, laid_out
from renewcast.revenue.of_project import pieces_of
from renewcast.revenue.versions import contract_versions, heads


def forecast_of(view, as_of: dt.date, *, probabilities=None, outlook=None, changes=None, seed: int = 0):
    """Forecast the revenue of a project's customers from a snapshot day to the end of the label's horizon.

    Parameters
    ----------
    view : datasets.view.View
    as_of : datetime.date
    probabilities, outlook, changes : pandas.DataFrame, optional
        What the models in force say, see :func:`renewcast.forecast.outcomes.outcomes`; without them the past speaks alone.
    seed : int

    Returns
    -------
    renewcast.forecast.forecast.Forecast
        See :func:`since_ledger` for how its opening follows from the ledger.

    Raises
    ------
    RenewcastError
        "no recurring revenue: ..." without contracts, or "nobody pays ...".
    """
    section, label = view.params.revenue, view.params.labels.churn
    if section is None or label is None:
        raise RenewcastError("no recurring revenue: this project has no contracts, so nothing can be forecast of them.")
    days, zone = label.lead_days + label.horizon_days, view.params.project.time_zone
    versions = contract_versions(view, as_of)
    of_group = heads(view, versions["account_id"], as_of)
    chosen = {"zone": zone, "heads": of_group}
    pieces, grace = laid_out(versions, section, **chosen, laid=pieces_of(view, as_of)), section.definition.grace_days
    terms = cover_ahead(pieces, as_of, days, grace)
    past = past_quarters(versions, as_of, days, section, **chosen)
    told = {"probabilities": probabilities, "outlook": outlook, "changes": changes}
    found = forecast(terms, rates(past), as_of=as_of, days=days, groups=of_group, seed=seed, **told)
    rivals = {"last_year": last_year_rate(past), "sbg": sbg_rate(pieces, past, terms, as_of, days, grace)}
    return dataclasses.replace(found, rivals=rivals)


def since_ledger(ledger, found):
    """Lead from the ledger's last closing to the forecast's opening: what came between the month's end and the snapshot.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
        As of the forecast's day.
    found : renewcast.forecast.forecast.Forecast

    Returns
    -------
    dict of str to int
        ledger_cents (the closing of its last month), arrived_cents, lost_cents, contraction_cents, expansion_cents (losses as
        positive numbers) and opening_cents; they add up.
    """
    import pandas as pd

    closing = pd.Series(ledger.cents[:, -1], index=ledger.units["account_id"].to_numpy()).groupby(level=0).sum()
    opening = found.terms.groupby("account_id" if ledger.definition.level != "parent" else "group")["opening_cents"].sum()
    both = pd.DataFrame({"before": closing, "after": opening}).fillna(0).astype("int64")
    change = both["after"] - both["before"]
    stays = (both["before"] > 0) & (both["after"] > 0)
    return {
        "ledger_cents": int(closing.sum()),
        "arrived_cents": int(change[both["before"] == 0].sum()),
        "lost_cents": int(-change[both["after"] == 0].sum()),
        "contraction_cents": int(-change[stays & (change < 0)].sum()),
        "expansion_cents": int(change[stays & (change > 0)].sum()),
        "opening_cents": int(opening.sum()),
    }
