"""Who has churned under a definition of churn, and whom another definition would judge otherwise, with the reason (M8)."""

import dataclasses
import datetime as dt

import numpy as np

from renewcast.revenue.cover import close_gaps, spells, units_of
from renewcast.revenue.day_numbers import FOREVER
from renewcast.revenue.pieces import pieces
from renewcast.revenue.why_stays import why_stays


def churn_events(found, definition, heads=None):
    """List the days on which a unit stops being a customer under a definition: the first day without cover.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`renewcast.revenue.pieces.pieces`.
    definition : params.DefinitionSection
    heads : dict of str to str, optional
        The account that names each account's group; needed for the level ``parent`` only.

    Returns
    -------
    pandas.DataFrame
        account_id, product (None unless the level is ``product``), ended_on (number of the day); sorted. At the level ``account``
        with paid cover and no pauses these are the days of :func:`renewcast.labels.churned_on`.
    """
    import pandas as pd

    if definition.unpaid_cover == "churned":
        found = found[found["cents"] > 0].reset_index(drop=True)
    found = units_of(found, definition.level, heads)
    units = found.attrs["units"]
    closed = close_gaps(found, definition)
    unit, _, ends = spells(
        closed["unit"].to_numpy(), closed["from_day"].to_numpy(), closed["to_day"].to_numpy(), definition.tolerated_days
    )
    ended = ends < FOREVER
    events = units.iloc[unit[ended]].reset_index(drop=True)
    events["ended_on"] = pd.Series(ends[ended], dtype="int64")
    return events


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two definitions of churn, side by side.

    Parameters
    ----------
    flips : pandas.DataFrame
        account_id, product (None where neither level is ``product``: an account is listed once a day), ended_on (datetime64),
        lost_cents (what cost so much a month until its cover ended), churned_here,
        churned_there, reason; every end of cover that the two judge differently.
    ends : int
        Ends of cover that both have judged.
    churned_here, churned_there : int
        How many of them each calls churn.
    undecided : int
        Ends of cover for which the grace or the pause of either was still running.
    """

    flips: object
    ends: int
    churned_here: int
    churned_there: int
    undecided: int

    def to_dict(self) -> dict:
        """Return the counts, and ``flips`` as records with days as text."""
        rows = self.flips.assign(ended_on=self.flips["ended_on"].dt.strftime("%Y-%m-%d"))
        counts = {name: getattr(self, name) for name in ("ends", "churned_here", "churned_there", "undecided")}
        return {**counts, "flips": rows.astype(object).where(rows.notna(), None).to_dict("records")}


def compare(versions, as_of: dt.date, section, other, *, zone: str, heads: dict, language: str) -> Comparison:
    """List every end of cover that another definition of churn judges differently.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`.
    as_of : datetime.date
    section : params.RevenueSection
        Whose definition is the one in force.
    other : params.DefinitionSection
    zone : str
        The project's time zone.
    heads : dict of str to str
        The account that names each account's group.
    language : {"en", "zh"}
        Of the reasons.

    Returns
    -------
    Comparison
    """
    import pandas as pd

    found = pieces(versions, section, zone=zone)
    ends = _ends_of_products(found)
    by_product = "product" in (section.definition.level, other.level)
    if not by_product:
        ends = _once_an_account(ends)
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    longest = max(section.definition.tolerated_days, other.tolerated_days)
    over = ends["ended_on"] < today
    decided = ends["ended_on"] + longest < today
    undecided = int((over & ~decided).sum())
    ends = ends[decided].reset_index(drop=True)
    here = _churned(ends, found, section.definition, heads)
    there = _churned(ends, found, other, heads)
    flips = ends[here != there].reset_index(drop=True)
    flips["churned_here"], flips["churned_there"] = here[here != there], there[here != there]
    stays = [other if churned else section.definition for churned in flips["churned_here"]]
    flips["reason"] = why_stays(flips, found, stays, heads, language)
    flips["ended_on"] = pd.to_datetime(flips["ended_on"].to_numpy().astype("datetime64[D]").astype("datetime64[us]"))
    flips["product"] = flips["product"].where(flips["product"] != "", None) if by_product else None
    return Comparison(flips, len(ends), int(here.sum()), int(there.sum()), undecided)


def _ends_of_products(found):
    """List each day on which cover of a product, or paid cover of it, ends, with what it cost before."""
    import pandas as pd

    keys = found[["account_id", "product"]].drop_duplicates().reset_index(drop=True)
    number = found.merge(keys.reset_index(names="key"), on=["account_id", "product"], how="left")["key"].to_numpy()
    parts = []
    for kept in (np.ones(len(found), dtype=bool), found["cents"].to_numpy() > 0):
        rows = found[kept]
        key, _, ended = spells(number[kept], rows["from_day"].to_numpy(), rows["to_day"].to_numpy(), 0)
        parts.append(keys.iloc[key].assign(ended_on=ended))
    ends = pd.concat(parts).drop_duplicates().query("ended_on < @FOREVER", local_dict={"FOREVER": FOREVER})
    lost = found.groupby(["account_id", "product", "to_day"])["cents"].sum().rename("lost_cents")
    ends = ends.merge(lost, left_on=["account_id", "product", "ended_on"], right_index=True, how="left")
    order = ["account_id", "ended_on", "product"]
    return ends.sort_values(order, ignore_index=True)[[*order, "lost_cents"]]


def _once_an_account(ends):
    """Put the products of an account that end on one day together; the first of them gives the reason."""
    lost = ends.groupby(["account_id", "ended_on"])["lost_cents"].transform("sum")
    return ends.assign(lost_cents=lost).drop_duplicates(["account_id", "ended_on"]).reset_index(drop=True)


def _churned(ends, found, definition, heads):
    """Say of each end of cover whether the unit to which it belongs churns on that day."""
    events = churn_events(found, definition, heads)
    keys = ends[["account_id", "product", "ended_on"]].copy()
    if definition.level == "parent":
        keys["account_id"] = keys["account_id"].map(heads)
    on = ["account_id", "ended_on", *(["product"] if definition.level == "product" else [])]
    joined = keys[on].merge(events[on].drop_duplicates(), on=on, how="left", indicator=True)
    return (joined["_merge"] == "both").to_numpy()
