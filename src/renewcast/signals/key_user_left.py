"""A key user has left: told by the users table, or noticed from use alone, before anybody says so (C21, C25).

A key user is one by role, or one without whom there would be little use: 40 % of it or more. What is noticed is a silence that
chance does not explain, given how often the person used to come and what the weeks are like. The account may well go on.
"""

from renewcast.datasets.known import Known
from renewcast.signals._definition import signal
from renewcast.signals.seasonal import chance_of_so_few, discrete_discoveries
from renewcast.signals.use import WEEKS, use

DOMINANT = 0.4
MIN_EVENTS = 6.0
"""Events of the weeks before the silence: of who came less there is nothing to miss."""
LIKELY = 0.1
PRIOR = 5.0
"""Events of colleagues before which their coming or not says little about the account: it is taken to go on."""
LONGEST_WEEKS = 10
"""After it the three weeks before are too few to judge by, and it is no news any more."""
LONGEST_DAYS = 7 * LONGEST_WEEKS


@signal(
    "key_user_left",
    en="Key user left",
    zh="关键用户离开",
    say_en="key user {user_id} ({share:.0%} of the use before) has not come for {days:.0f} days, after {rate:.1f} events a week; "
    "the others: {others:.0f} events a week since",
    say_zh="关键用户{user_id}（此前占使用量的{share:.0%}）已{days:.0f}天未使用，此前每周{rate:.1f}次；其他人此后每周{others:.0f}次",
    needs=("usage.user_id",),
)
def key_user_left(known: Known):
    """Fire where a key user is known to have left, or has fallen silent beyond chance; of several the likeliest one is named."""
    found = known.once(silences)
    found = found[found["has_left"] | found["is_discovery"]]
    order = {"account_id": True, "has_left": False, "chance": True, "share": False, "user_id": True}
    found = found.sort_values(list(order), ascending=list(order.values()))
    return found.drop_duplicates("account_id")


def silences(known: Known):
    """Test every key user of every account for having left.

    Returns
    -------
    pandas.DataFrame
        account_id, user_id, share (of the account's use before the silence), days (since the last event), rate (events a week
        before), others (events a week of the others since), chance (of such a silence in somebody who stays), has_left (the users
        table says so), is_discovery (see :func:`renewcast.signals.seasonal.discrete_discoveries`, over all key users of the day).
    """
    import numpy as np
    import pandas as pd

    found = known.once(use)
    named = found.user_id != None  # noqa: E711  an array of objects, compared one by one
    people, account = found.people[named], found.account[named]
    weeks, season, column = found.weeks[account], found.season[account], np.arange(WEEKS)
    silent = (people > 0).argmax(axis=1)
    # Who came first within the quarter is judged by the weeks since.
    first = WEEKS - 1 - (people[:, ::-1] > 0).argmax(axis=1)
    before = (column >= silent[:, None]) & (column <= first[:, None])
    baseline, whole, weight = ((part * before).sum(axis=1) for part in (people, weeks, season))
    per_week = 1 / np.where(weight > 0, weight, np.inf)
    frame = pd.DataFrame(
        {
            "account_id": known.accounts["account_id"].to_numpy()[account],
            "user_id": found.user_id[named].astype(str),
            "share": baseline / np.maximum(whole, 1),
            "days": np.floor(found.days_silent[named]),
            "rate": baseline / np.maximum(before.sum(axis=1), 1),
            "others": (weeks * (column < silent[:, None])).sum(axis=1) / np.maximum(silent, 1),
        }
    ).merge(_roles(known), on=["account_id", "user_id"], how="left")
    is_key = (frame["role"].eq("key_user") | (frame["share"] >= DOMINANT)).to_numpy()
    has_left = frame["left_days"].le(LONGEST_DAYS).to_numpy() & is_key & (silent > 0)
    tested = is_key & (baseline >= MIN_EVENTS) & (silent <= LONGEST_WEEKS)
    chances = _chances(found, people, weeks, season, baseline, (whole - baseline) * per_week, baseline * per_week)
    came_back = before & (column > silent[:, None]) & (column < first[:, None]) & tested[:, None]
    alone = chance_of_so_few(
        np.zeros(season.shape), (baseline * per_week)[:, None] * season, baseline[:, None], found.person_excess
    )
    chances = chances * _gaps_against_expected(people, alone, came_back)
    is_named = frame["role"].eq("key_user").to_numpy()
    # Who is only picked because of the use itself is the busiest of several, in part by chance.
    candidates = np.bincount(account, weights=baseline >= MIN_EVENTS, minlength=len(found.weeks))[account]
    chances = np.minimum(chances * np.where(is_named, 1.0, np.maximum(candidates, 1.0))[:, None], 1.0)
    own = np.take_along_axis(chances, np.clip(silent, 1, LONGEST_WEEKS)[:, None] - 1, axis=1)[:, 0]
    chance = np.where(tested & (silent > 0), own, 1.0)
    is_discovery = np.zeros(len(frame), dtype=bool)
    rate = known.params.signals.false_departures
    # Each kind at its own rate: who is called a key user leaves more often than who only happens to use it most.
    for kind in (tested & is_named, tested & ~is_named):
        is_discovery[kind] = discrete_discoveries(chance[kind], chances[kind], rate)
    frame = frame.assign(chance=chance, has_left=has_left, is_discovery=is_discovery)
    return frame[tested | has_left].reset_index(drop=True)


def _gaps_against_expected(people, chance, came_back) -> float:
    """Return how many more weeks without use those had who came back than chance would give them.

    Holidays of one's own make such gaps, regular habits prevent them: the company's own past tells which (an empirical null,
    Efron, Large-scale simultaneous hypothesis testing, Journal of the American Statistical Association 99, 2004). Weeks that are
    likely to be empty anyway say nothing about the unlikely ones.
    """
    judged = came_back & (chance < LIKELY)
    expected = (chance * judged).sum()
    return float(((people == 0) & judged).sum() + 1) / float(expected + 1)


def _chances(found, people, weeks, season, baseline, others_level, level):
    """Return how likely a silence of one week, two weeks ... is in somebody who stays, shape (n_people, LONGEST_WEEKS)."""
    import numpy as np

    usual = season[:, :LONGEST_WEEKS].cumsum(axis=1)
    others = (weeks - people)[:, :LONGEST_WEEKS].cumsum(axis=1)
    # Where the colleagues come less too, it is the account that goes, and the person is missed by so much less.
    goes_on = np.minimum((others + PRIOR) / (others_level[:, None] * usual + PRIOR), 1.0)
    expected = level[:, None] * usual * goes_on
    return chance_of_so_few(np.zeros(expected.shape), expected, baseline[:, None], found.person_excess)


def _roles(known: Known):
    """Return account_id, user_id, role and left_days (since the known end of access) of everybody in the users table."""
    import pandas as pd

    if not known.has("users.user_id"):
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in ("account_id", "user_id", "role")})
        return empty.assign(left_days=pd.Series(dtype="float64"))
    frame = known.frame("users", "user_id", "role", "left_at").drop_duplicates(["account_id", "user_id"], keep="last")
    frame["left_days"] = (known.as_of - frame["left_at"]).dt.total_seconds() / 86_400
    return frame[["account_id", "user_id", "role", "left_days"]]
