"""The three pits of customer success (C81): led by questions, hanging on persons, and worth that is hard to measure."""

import numpy as np

from renewcast.revenue.cohorts import wilson
from renewcast.scorecard._definition import ratio

AFTER_TICKET_DAYS = 7
YEAR_DAYS = 364
Z90 = 1.6448536269514722
FEWEST_ACCOUNTS = 10
"""An owner with fewer accounts stands with the others who have few."""
DRAWS, MOST_DEALT = 1999, 20_000_000
"""Draws of the owners; fewer where there are many accounts, since the statistic is near its limit there."""


def reactive(known) -> dict | None:
    """Say which share of the contacts follows a question of the customer within a week.

    Parameters
    ----------
    known : renewcast.datasets.known.Known

    Returns
    -------
    dict or None
        contacts, reactive, share, low, high (90 %, by account), chance: the share that would follow a ticket if contacts fell on
        any day (the share of the accounts' days that lie within a week after one, weighed by their contacts). None without
        touchpoints or tickets in the past year.

    Notes
    -----
    No table says who began a contact; a contact within a week after a ticket of the account is taken for an answer, and what
    chance makes of that stands beside it.
    """
    if not {"touchpoints", "tickets"} <= set(known.view.store.tables):
        return None
    contacts = known.frame("touchpoints", "occurred_at", days=YEAR_DAYS)
    tickets = known.frame("tickets", "opened_at", days=YEAR_DAYS + AFTER_TICKET_DAYS)
    if not len(contacts) or not len(tickets):
        return None
    week = np.timedelta64(AFTER_TICKET_DAYS, "D")
    follows = _follows(contacts, tickets, week)
    place = known.position(contacts["account_id"])
    found = ratio(follows, np.ones(len(follows)), np.zeros(len(follows)), place, 1)
    # At none or all of them the linearised interval has no width; Wilson's has.
    low, high = wilson(follows.sum(), len(follows), Z90)
    covered = _covered_share(known, tickets)
    return {
        "contacts": len(contacts),
        "reactive": int(follows.sum()),
        "share": float(found.value[0]),
        "low": float(max(np.fmin(found.low[0], low), 0)),
        "high": float(min(np.fmax(found.high[0], high), 1)),
        "chance": float(covered[place].mean()),
    }


def _follows(contacts, tickets, within):
    """Tell which contacts come after a ticket of the same account, at most so long after it."""
    import pandas as pd

    left = contacts.assign(order=np.arange(len(contacts))).sort_values("occurred_at", kind="stable")
    right = tickets.sort_values("opened_at", kind="stable")
    right = right.rename(columns={"opened_at": "occurred_at"}).assign(asked=right["opened_at"].to_numpy())
    joined = pd.merge_asof(left, right, on="occurred_at", by="account_id")
    gap = joined["occurred_at"] - joined["asked"]
    found = np.zeros(len(contacts), dtype=bool)
    found[joined["order"].to_numpy()] = (gap <= pd.Timedelta(within)).to_numpy()
    return found


def _covered_share(known, tickets):
    """Return the share of the past year's days that lie within a week after a ticket, by account, array of float."""
    opened = np.maximum((known.as_of - tickets["opened_at"]).dt.total_seconds().to_numpy() / 86_400, 0)
    # Days before the snapshot: a ticket covers [opened - 7, opened], cut to the year; overlaps are not counted twice.
    place = known.position(tickets["account_id"])
    order = np.lexsort((-opened, place))
    place, start = place[order], opened[order]
    end = np.maximum(start - AFTER_TICKET_DAYS, 0.0)
    start = np.minimum(start, YEAR_DAYS)
    same = np.append(place[1:] == place[:-1], False)
    upto = np.where(same, np.append(start[1:], 0.0), 0.0)
    length = np.maximum(start - np.maximum(end, upto), 0.0)
    return np.bincount(place, weights=length, minlength=len(known.accounts)) / YEAR_DAYS


def between_owners(frame, *, seed: int, draws: int = DRAWS):
    """Say how much more the churn of owners differs than chance and their accounts explain.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an account: owner, stratum (accounts of one are alike), left (bool).
    seed : int
    draws : int

    Returns
    -------
    pandas.DataFrame
        owner, accounts, left, expected (by the strata's rates), ratio (left over expected), low, high (90 %, of the ratio by
        itself), drawn (the ratio, drawn to 1 the less the owners differ in truth); owners with fewer than ten accounts are put
        together; sorted by ratio, the worst first.
    dict
        owners, spread (between owners, standard deviation on the log odds), low, high (90 %), p_value (of any difference, by
        permutation of the owners within the strata).

    References
    ----------
    DerSimonian and Laird, Controlled Clinical Trials 7 (1986), for the variance between groups, on score statistics; its interval
    by inverting the statistic: Viechtbauer, Statistics in Medicine 26 (2007). Permutation: Phipson and Smyth (2010).
    """
    import pandas as pd
    from scipy.stats import chi2

    owner = frame["owner"].fillna("").astype(str)
    owner = owner.where(owner.map(owner.value_counts()) >= FEWEST_ACCOUNTS, "").to_numpy(dtype=object)
    left = frame["left"].to_numpy(dtype="float64")
    stratum = pd.factorize(frame["stratum"], sort=True)[0]
    rate = np.bincount(stratum, weights=left) / np.bincount(stratum)
    p = rate[stratum]
    code, names = pd.factorize(pd.Series(owner), sort=True)
    expected, observed = (np.bincount(code, weights=values, minlength=len(names)) for values in (p, left))
    information = np.bincount(code, weights=p * (1 - p), minlength=len(names))
    table = pd.DataFrame({"owner": names, "accounts": np.bincount(code, minlength=len(names)), "left": observed.astype(int)})
    table["expected"] = expected
    empty = {"owners": len(names), "spread": np.nan, "low": np.nan, "high": np.nan, "p_value": np.nan}
    if len(names) < 3 or not left.any() or left.all():
        nothing = table.assign(ratio=np.nan, low=np.nan, high=np.nan, drawn=np.nan)
        return nothing.sort_values("owner", ignore_index=True), empty
    score, info = observed - expected, np.maximum(information, 1e-9)
    told = information > 1e-9
    statistic = float((score[told] ** 2 / info[told]).sum())
    freedom = int(told.sum()) - 1
    tau2 = _variance(score[told], info[told], freedom)
    low, high = (_variance(score[told], info[told], float(chi2.ppf(q, freedom))) for q in (0.95, 0.05))
    draws = min(draws, max(MOST_DEALT // len(frame), 199))
    dealt = _permuted(left - p, stratum, code, len(names), info, told, seed, draws)
    p_value = (1 + int((dealt >= statistic - 1e-12).sum())) / (draws + 1)
    told_of = _poisson_ratio(observed, expected)
    # A gamma prior of mean 1 and the variance that was found (Clayton and Kaldor, Biometrics 43, 1987); none draws all to 1.
    drawn = (tau2 * observed + 1) / (tau2 * expected + 1)
    table = table.assign(ratio=told_of[0], low=told_of[1], high=told_of[2], drawn=drawn)
    table = table.sort_values(["ratio", "owner"], ascending=[False, True], ignore_index=True)
    spread = {"owners": len(names), "spread": float(np.sqrt(tau2)), "low": float(np.sqrt(low)), "high": float(np.sqrt(high))}
    return table, spread | {"p_value": p_value}


def _poisson_ratio(observed, expected):
    """Divide counts by what was expected, with Garwood's exact interval (1936)."""
    from scipy.stats import chi2

    below = np.where(observed > 0, chi2.ppf(0.05, np.maximum(2 * observed, 1e-9)) / 2, 0.0)
    above = chi2.ppf(0.95, 2 * observed + 2) / 2
    return tuple(
        np.divide(part, expected, out=np.full(len(expected), np.nan), where=expected > 0) for part in (observed, below, above)
    )


def _variance(score, info, target: float) -> float:
    """Return the variance between groups at which the statistic has a value; 0 where it is below it already."""
    from scipy.optimize import brentq

    def excess(tau2):
        return float((score**2 / (info + info**2 * tau2)).sum()) - target

    if excess(0.0) <= 0:
        return 0.0
    top = 1.0
    while excess(top) > 0 and top < 1e6:
        top *= 2
    return float(brentq(excess, 0.0, top)) if excess(top) <= 0 else top


def _permuted(residual, stratum, code, owners, info, told, seed, draws):
    """Draw the statistic with the owners dealt anew within each stratum."""
    order = np.argsort(stratum, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(stratum[order]) > 0))
    sizes = np.diff(np.append(starts, len(order)))
    block = np.repeat(np.arange(len(starts)), sizes)
    rng, found = np.random.default_rng(seed), np.empty(draws)
    dealt, rest = code[order], residual[order]
    for draw in range(draws):
        mixed = np.argsort(block + rng.random(len(order)))
        sums = np.bincount(dealt, weights=rest[mixed], minlength=owners)
        found[draw] = (sums[told] ** 2 / info[told]).sum()
    return found


def play_worth(plays, library, effects, known, probability):
    """Say what the plays begun in the past quarter are worth, by kind: revenue saved, for each play and hour.

    Parameters
    ----------
    plays : pandas.DataFrame
        Of :func:`renewcast.plays.known.known_plays`.
    library : renewcast.plays.library.Library
    effects : dict of str to dict
        Of :func:`renewcast.plays.effects.in_force`.
    known : renewcast.datasets.known.Known
        With mrr of the accounts in scope.
    probability : pandas.Series
        Of churn, by account_id.

    Returns
    -------
    pandas.DataFrame
        play, begun, accounts (in scope and scored), arr, saved, low, high (ARR a year, 90 % of the effect), hours, saved_an_hour,
        effect_from ("assumed" or "measured"); of plays in the library; most saved first.

    Notes
    -----
    The probability of today holds for an account with its play; without it the log odds were higher by the effect. What is saved
    is the difference, times ARR. As long as the effect is assumed, so is the worth.
    """
    import pandas as pd

    recent = plays[plays["started_at"] >= known.as_of - pd.Timedelta(days=91)]
    recent = recent.assign(p=recent["account_id"].map(probability), mrr=known.of(recent["account_id"], "mrr"))
    rows = []
    for play in library.plays:
        mine = recent[recent["play"] == play.id]
        judged = mine.dropna(subset=["p", "mrr"]).drop_duplicates("account_id")
        effect, arr = effects[play.id], 12 * judged["mrr"].to_numpy(dtype="float64")
        p = judged["p"].to_numpy(dtype="float64")
        saved, best, least = (float((arr * _undone(p, effect[name])).sum()) for name in ("effect", "effect_low", "effect_high"))
        hours = play.effort_hours * len(mine)
        told = {"play": play.id, "begun": len(mine), "accounts": len(judged), "arr": float(arr.sum())}
        told |= {"saved": saved, "low": least, "high": best, "hours": hours, "effect_from": effect["effect_from"]}
        rows.append(told | {"saved_an_hour": saved / hours if hours else np.nan})
    names = ["play", "begun", "accounts", "arr", "saved", "low", "high", "hours", "saved_an_hour", "effect_from"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.sort_values(["saved", "play"], ascending=[False, True], ignore_index=True)


def _undone(probability, effect: float):
    """Return by how much the probability would be higher without an effect on the log odds (negative helps)."""
    odds = np.exp(-effect)
    return odds * probability / (1 - probability + odds * probability) - probability
