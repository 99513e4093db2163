"""Actionable recall at capacity: how much of what was lost stood high enough on somebody's list, early enough to do something.

The question is not whether a model ranks well, but whether the list helped. A team has room for so many accounts an owner, and a
play needs so many days. So, for a capacity of ``K`` accounts an owner and a lead of ``L`` days:

- A **lost term** is a term of an account that churned: it ended on the day of churn or less than the label's horizon before it,
  and no term took it up. Each such term counts by itself, with its own ARR, twelve times its monthly recurring revenue.
- Its **deadline** is the last day of notice where the contract names one (``ends_on`` minus ``notice_days``), else ``ends_on``.
- The list that counts is the **last weekly list at least L days before the deadline**: snapshot day + L <= deadline. Lists before
  it do not count, so every ranking has the same room, however much it changes from week to week; nor do lists after it.
- The term is **found** when its account stood among the first K of its owner's scored accounts on that list. Accounts without an
  owner share one list of K. Equal accounts at the edge of the K places share what is left of them, each found in part; ranking by
  nothing at all is then what drawing at random finds on average.
- An account that was not on that list (not yet a customer, not scored) is not found, and its ARR counts as lost all the same.

Actionable recall is the ARR found over the ARR lost. Only terms are counted for which every lead asked for falls on a week with a
list, so that the figures of different leads speak of the same losses.
"""

import numpy as np
import pandas as pd

from renewcast.evaluation.intervals import account_bootstraps
from renewcast.snapshots.terms import spells

MONTHS = 12


def churned_spells(contracts: pd.DataFrame, grace_days: int, known_until) -> pd.DataFrame:
    """List the spells of cover that ended, and whose grace was over, before an instant: account_id and churned_on.

    Parameters
    ----------
    contracts : pandas.DataFrame
        Terms as known when judging: account_id, starts_on, ends_on (NaT: open-ended).
    grace_days : int
    known_until : pandas.Timestamp
        Up to then outcomes are known.

    Examples
    --------
    >>> terms = pd.DataFrame({"account_id": ["A", "B"], "starts_on": pd.to_datetime(["2025-01-01"] * 2),
    ...     "ends_on": pd.to_datetime(["2026-01-01", "2026-02-10"])})
    >>> churned_spells(terms, 30, pd.Timestamp("2026-03-01"))["account_id"].tolist()
    ['A']
    """
    ended = spells(contracts, grace_days).rename(columns={"ends_on": "churned_on"})
    over = ended["churned_on"] + pd.Timedelta(days=grace_days) < known_until
    return ended.loc[over, ["account_id", "churned_on"]].reset_index(drop=True)


def lost_terms(terms: pd.DataFrame, churned: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """List the terms that ended with an account's churn.

    Parameters
    ----------
    terms : pandas.DataFrame
        Every term as known when judging: account_id, contract_id, ends_on (NaT: open-ended), mrr, notice_days, is_succeeded.
    churned : pandas.DataFrame
        account_id and churned_on (the end of the spell); an account may churn more than once.
    horizon_days : int
        Terms that ended so many days or more before the churn were lost earlier.

    Returns
    -------
    pandas.DataFrame
        account_id, contract_id, ends_on, deadline, arr; a row a lost term.

    Examples
    --------
    >>> terms = pd.DataFrame({"account_id": ["A", "A"], "contract_id": ["1", "2"], "mrr": [100.0, 10.0],
    ...     "ends_on": pd.to_datetime(["2026-03-01", "2026-03-31"]), "notice_days": [30, None], "is_succeeded": [False, False]})
    >>> churned = pd.DataFrame({"account_id": ["A"], "churned_on": pd.to_datetime(["2026-03-31"])})
    >>> lost_terms(terms, churned, 90)[["contract_id", "deadline", "arr"]].astype(str).values.tolist()
    [['1', '2026-01-30', '1200.0'], ['2', '2026-03-31', '120.0']]
    """
    rows = terms[terms["ends_on"].notna() & ~terms["is_succeeded"].astype(bool)].merge(churned, on="account_id")
    before = (rows["churned_on"] - rows["ends_on"]).dt.days
    rows = rows[(before >= 0) & (before < horizon_days)]
    notice = pd.to_timedelta(rows["notice_days"].astype("float64").fillna(0), unit="D")
    rows = rows.assign(deadline=rows["ends_on"] - notice, arr=MONTHS * rows["mrr"].astype("float64"))
    # In order: whatever the engine's order was, sums round alike.
    rows = rows.sort_values(["account_id", "contract_id"], ignore_index=True)
    return rows[["account_id", "contract_id", "ends_on", "deadline", "arr"]]


def standing(lists: pd.DataFrame, ranked_by: list[str], capacity: int) -> np.ndarray:
    """Return how far each row of the lists stands within the capacity of its owner.

    Parameters
    ----------
    lists : pandas.DataFrame
        as_of, owner (empty: the one list of those without an owner) and the columns to rank by, highest first.
    ranked_by : list of str
        The first decides, the next among equals; none at all makes everybody equal.
    capacity : int

    Returns
    -------
    array of float in [0, 1], shape (n,)
        1 among the first ``capacity``, 0 below, and for equals at the edge the share of the places left.

    Examples
    --------
    >>> lists = pd.DataFrame({"as_of": 0, "owner": "Ann", "p": [0.9, 0.5, 0.5, 0.1]})
    >>> standing(lists, ["p"], 2).tolist(), standing(lists, [], 2).tolist()
    ([1.0, 0.5, 0.5, 0.0], [0.5, 0.5, 0.5, 0.5])
    """
    whose = lists.groupby(["as_of", "owner"], dropna=False).ngroup().to_numpy()
    keys = [whose, *(-lists[name].to_numpy(dtype=float) for name in ranked_by)]
    order = np.lexsort(keys[::-1])
    is_new = np.zeros(len(lists), dtype=bool)
    is_new[:1] = True
    for key in keys:
        is_new[1:] |= key[order][1:] != key[order][:-1]
    start = np.flatnonzero(is_new)
    tied = np.diff(np.append(start, len(lists)))
    list_start = np.searchsorted(whose[order], whose[order][start])
    share = np.empty(len(lists))
    share[order] = np.repeat(np.clip((capacity - (start - list_start)) / tied, 0, 1), tied)
    return share


def found_in_time(
    losses: pd.DataFrame, lists: pd.DataFrame, rankings: dict[str, list[str]], capacity: int, lead_days: list[int]
) -> pd.DataFrame:
    """Say of each lost term, lead and ranking whether its account was found in time.

    Parameters
    ----------
    losses : pandas.DataFrame
        From `lost_terms`.
    lists : pandas.DataFrame
        The scored accounts of every weekly list: account_id, as_of (datetime64, whole weeks apart), owner and what is ranked by.
    rankings : dict of str to list of str
        Name of a ranking (none of the other columns') and the columns that it ranks by.
    capacity : int
        Accounts an owner.
    lead_days : list of int

    Returns
    -------
    pandas.DataFrame
        account_id, contract_id, deadline, arr, ``lead_days``, ``listed_on`` (the list that counts), ``is_listed`` and for each
        ranking the share found, in [0, 1]. Terms for which some lead falls outside the weeks with a list are left out.
    """
    first, last = lists["as_of"].min(), lists["as_of"].max()
    due = {lead: losses["deadline"] - pd.Timedelta(days=lead) for lead in lead_days}
    covered = (due[max(lead_days)] >= first) & (due[min(lead_days)] < last + pd.Timedelta(days=7))
    places = lists[["account_id", "as_of"]].rename(columns={"as_of": "listed_on"})
    places = places.assign(**{name: standing(lists, columns, capacity) for name, columns in rankings.items()}, is_listed=True)
    parts = []
    for lead in lead_days:
        rows = losses[covered].assign(lead_days=lead)
        weeks = (due[lead][covered] - first).dt.days // 7
        rows["listed_on"] = (first + pd.to_timedelta(7 * weeks, unit="D")).astype(lists["as_of"].dtype)
        rows = rows.merge(places, on=["account_id", "listed_on"], how="left")
        rows["is_listed"] = rows["is_listed"].eq(True)
        parts.append(rows.fillna(dict.fromkeys(rankings, 0.0)))
    return pd.concat(parts, ignore_index=True)


def actionable_recall(found: pd.DataFrame, rankings: list[str], *, seed: int, resamples: int = 1000) -> pd.DataFrame:
    """Add up what was found over what was lost, with intervals over accounts.

    Parameters
    ----------
    found : pandas.DataFrame
        From `found_in_time`, with ``group``: the unit that is drawn.
    rankings : list of str
        The first is compared with each of the others.
    seed : int
    resamples : int

    Returns
    -------
    pandas.DataFrame
        One row a lead and ranking: ``lead_days``, ``ranking``, ``recall`` with ``low`` and ``high`` (95 %), ``first_minus_this``
        with ``difference_low`` and ``difference_high`` (how much more the first ranking found, the same accounts drawn for
        both), ``lost_terms``, ``lost_accounts``, ``lost_arr``. Without losses: no rows, the same columns.

    Examples
    --------
    >>> found = pd.DataFrame({"account_id": ["A", "B"], "group": ["A", "B"], "arr": [300.0, 100.0], "lead_days": [30, 30],
    ...     "model": [1.0, 0.0], "random": [0.5, 0.5]})
    >>> actionable_recall(found, ["model", "random"], seed=0)[["ranking", "recall", "first_minus_this"]].values.tolist()
    [['model', 0.75, 0.0], ['random', 0.5, 0.25]]
    """
    rows = []
    for lead, part in found.groupby("lead_days", sort=True):
        arr, group = part["arr"].to_numpy(dtype=float), part["group"].to_numpy(dtype=str)
        shares = part[rankings].to_numpy(dtype=float)

        def statistics(weight, arr=arr, shares=shares):
            lost = (weight * arr).sum()
            recall = ((weight * arr)[:, None] * shares).sum(axis=0) / lost if lost > 0 else np.full(len(rankings), np.nan)
            apart = recall[0] - recall
            return {("recall", name): recall[at] for at, name in enumerate(rankings)} | {
                ("apart", name): apart[at] for at, name in enumerate(rankings)
            }

        intervals = account_bootstraps(group, statistics, resamples=resamples, seed=seed)
        facts = {"lost_terms": len(part), "lost_accounts": part["account_id"].nunique(), "lost_arr": float(arr.sum())}
        for name in rankings:
            recall, apart = intervals["recall", name], intervals["apart", name]
            row = {"lead_days": int(lead), "ranking": name, "recall": recall.estimate, "low": recall.low, "high": recall.high}
            row |= {"first_minus_this": apart.estimate, "difference_low": apart.low, "difference_high": apart.high}
            rows.append(row | facts)
    return pd.DataFrame(rows, columns=RECALL_COLUMNS)


RECALL_COLUMNS = [
    "lead_days", "ranking", "recall", "low", "high", "first_minus_this", "difference_low", "difference_high",
    "lost_terms", "lost_accounts", "lost_arr",
]  # fmt: skip
