"""Write down the known hazard beside the data: every decision, the risk over 90 days week by week, what each play does."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.decisions import REASONS, unexplained_share
from renewcast.simulate.plays import EFFECTS, LASTS_DAYS, PLAYS, Schedule
from renewcast.simulate.renewals import Renewals
from renewcast.simulate.tables import dates, picked, table, texts, times

_HORIZON_DAYS = 90


def truth_terms_table(
    calendar: Calendar, accounts: Accounts, renewals: Renewals, contract_ids: pa.Array, place: np.ndarray
) -> pa.Table:
    """Write every decision on a base term that ended before the end of the data; see ``renewcast.simulate.truth``."""
    decisions = _ended(calendar, renewals)
    return table(
        "truth_terms",
        {
            "contract_id": picked(contract_ids, place[decisions["row"]]),
            "account_id": picked(accounts.ids, decisions["account"]),
            "ends_on": dates(calendar, decisions["ends"]),
            "p_renew": decisions["p_renew"],
            "renewed": decisions["renewed"],
            "reason": texts(REASONS, decisions["reason"]),
            "decided_on": dates(calendar, decisions["decided"]),
            "p_renew_untreated": decisions["p_untreated"],
        },
    )


def _ended(calendar: Calendar, renewals: Renewals) -> dict[str, np.ndarray]:
    """Return the decisions on terms that were signed and ended inside the data, in the order of their ends."""
    decisions = renewals.decisions
    keep = np.flatnonzero(~decisions["unseen"] & (decisions["ends"] < calendar.days))
    keep = keep[np.lexsort((decisions["account"][keep], decisions["ends"][keep]))]
    return {name: values[keep] for name, values in decisions.items()}


def truth_table(calendar: Calendar, accounts: Accounts, renewals: Renewals) -> pa.Table:
    """Write the risk of every live account at the end of every week; see ``renewcast.simulate.truth``."""
    decisions = renewals.decisions
    order = np.argsort(decisions["ends"], kind="stable")
    ends, decider = decisions["ends"][order], decisions["account"][order]
    kept = [np.log(decisions[name][order]) for name in ("p_renew", "p_untreated")]
    account, as_of, risks = [], [], ([], [])
    for week in range(1, calendar.weeks + 1):
        day = 7 * week
        inside = slice(*np.searchsorted(ends, [day, day + _HORIZON_DAYS + 1]))
        live = renewals.cover.live_at(day)
        account.append(live)
        as_of.append(np.full(len(live), float(day)))
        for risk, log_renewed in zip(risks, kept, strict=True):
            log_all = np.bincount(decider[inside], weights=log_renewed[inside], minlength=accounts.count)
            risk.append(np.abs(np.expm1(log_all[live])))
    return table(
        "truth",
        {
            "account_id": picked(accounts.ids, np.concatenate(account)),
            "as_of": times(calendar, np.concatenate(as_of)),
            "p_churn_90d": np.concatenate(risks[0]),
            "p_churn_90d_untreated": np.concatenate(risks[1]),
        },
    )


def truth_plays_table() -> pa.Table:
    """Write what each kind of play does; see ``renewcast.simulate.truth``."""
    kinds = np.arange(len(PLAYS))
    lasts = np.full(len(PLAYS), LASTS_DAYS)
    return table("truth_plays", {"play": texts(PLAYS, kinds), "effect_log_odds": EFFECTS, "lasts_days": lasts})


def truth_play_effects_table(
    calendar: Calendar,
    accounts: Accounts,
    renewals: Renewals,
    schedule: Schedule,
    contract: tuple[pa.Array, np.ndarray],
    play: tuple[pa.Array, np.ndarray],
) -> pa.Table:
    """Write for each decision and each kind of play felt in it the probability with it and without it.

    Parameters
    ----------
    calendar, accounts, renewals
        What was drawn.
    schedule : Schedule
        Trainings included.
    contract, play : (pyarrow.Array, array of int)
        Ids, and the place of each term's or play's id among them.

    Returns
    -------
    pyarrow.Table
    """
    decisions = _ended(calendar, renewals)
    by_account = np.argsort(decisions["account"], kind="stable")
    bounds = np.searchsorted(decisions["account"][by_account], np.arange(accounts.count + 1))
    # Every play with every decision of its account, then those in which it is felt.
    many = np.diff(bounds)[schedule.account]
    one_play = np.repeat(np.arange(len(many)), many)
    offset = np.arange(len(one_play)) - np.repeat(np.cumsum(many) - many, many)
    decision = by_account[bounds[schedule.account[one_play]] + offset]
    started, decided = schedule.started[one_play], decisions["decided"][decision]
    is_felt = (started < decided) & (started >= decided - LASTS_DAYS) & (started >= 0) & (play[1][one_play] >= 0)
    is_felt &= started >= decisions["since"][decision]
    one_play, decision = one_play[is_felt], decision[is_felt]
    # Of several plays of one kind the latest stands for all: a kind counts once.
    pair = decision * len(PLAYS) + schedule.play[one_play]
    last = len(pair) - 1 - np.unique(pair[::-1], return_index=True)[1]
    one_play, decision = one_play[last], decision[last]
    kind, p_renew = schedule.play[one_play], decisions["p_renew"][decision]
    most = 1 - unexplained_share(accounts.months[decisions["account"][decision]])
    odds = (most / p_renew - 1) * np.exp(-EFFECTS[kind])
    return table(
        "truth_play_effects",
        {
            "play_id": picked(play[0], play[1][one_play]),
            "account_id": picked(accounts.ids, decisions["account"][decision]),
            "play": texts(PLAYS, kind),
            "contract_id": picked(contract[0], contract[1][decisions["row"][decision]]),
            "ends_on": dates(calendar, decisions["ends"][decision]),
            "p_renew": p_renew,
            "p_renew_without": np.where(EFFECTS[kind] == 0, p_renew, most / (1 + odds)),
        },
    )
