"""Write down the known hazard beside the data: one row per decision, and the risk over 90 days week by week."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.decisions import REASONS
from renewcast.simulate.renewals import Renewals
from renewcast.simulate.tables import dates, table, texts, times

_HORIZON_DAYS = 90


def truth_terms_table(calendar: Calendar, accounts: Accounts, renewals: Renewals, contract_ids: dict[int, str]) -> pa.Table:
    """Write every decision on a base term that ended before the end of the data; see ``renewcast.simulate.truth``."""
    decisions = renewals.decisions
    keep = np.flatnonzero(~decisions["unseen"] & (decisions["ends"] < calendar.days))
    keep = keep[np.lexsort((decisions["account"][keep], decisions["ends"][keep]))]
    return table(
        "truth_terms",
        {
            "contract_id": pa.array([contract_ids[int(row)] for row in decisions["row"][keep]], type=pa.string()),
            "account_id": accounts.ids.take(pa.array(decisions["account"][keep])),
            "ends_on": dates(calendar, decisions["ends"][keep]),
            "p_renew": pa.array(decisions["p_renew"][keep]),
            "renewed": pa.array(decisions["renewed"][keep].astype(bool)),
            "reason": texts(REASONS, decisions["reason"][keep]),
        },
    )


def truth_table(calendar: Calendar, accounts: Accounts, renewals: Renewals) -> pa.Table:
    """Write the risk of every live account at the end of every week; see ``renewcast.simulate.truth``."""
    decisions = renewals.decisions
    kept = np.log(decisions["p_renew"])
    account, as_of, risk = [], [], []
    for week in range(1, calendar.weeks + 1):
        day = 7 * week
        inside = (decisions["ends"] >= day) & (decisions["ends"] <= day + _HORIZON_DAYS)
        log_renewed = np.bincount(decisions["account"][inside], weights=kept[inside], minlength=accounts.count)
        live = renewals.cover.live_at(day)
        account.append(live)
        as_of.append(np.full(len(live), float(day)))
        risk.append(-np.expm1(log_renewed[live]))
    return table(
        "truth",
        {
            "account_id": accounts.ids.take(pa.array(np.concatenate(account))),
            "as_of": times(calendar, np.concatenate(as_of)),
            "p_churn_90d": pa.array(np.abs(np.concatenate(risk))),
        },
    )
