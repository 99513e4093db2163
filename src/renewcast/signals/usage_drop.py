"""Use has halved: against the account's own seasonal level, and, beside it, the raw rule of this week against the last (C23)."""

from renewcast.datasets.known import Known
from renewcast.signals._definition import signal
from renewcast.signals.seasonal import MIN_WEEKLY, chance_of_so_few, discoveries
from renewcast.signals.use import WEEKS, use

FALL = 0.5
MIN_EXPECTED = 10.0
"""Events expected in the window: of fewer, half is gone by chance too often."""
BASELINE = range(5, WEEKS)
"""The eight weeks that a fall is judged against; a fall is told for five to eight weeks, then it is the new level."""
RECENT = (1, 4)
"""The last week notices a break, the last four weeks what slopes down, or what one small week cannot tell."""


def falls(known: Known):
    """Test every account with enough use for a fall, in the last week and in the last four.

    Returns
    -------
    pandas.DataFrame
        account_id, days, seen, expected (events), fall (share of the expected), chance (of so few without a change, the better of
        two tests doubled), is_discovery (see :func:`renewcast.signals.seasonal.discoveries`, over all accounts of the day).
    """
    import numpy as np
    import pandas as pd

    found = known.once(use)
    baseline = found.weeks[:, BASELINE].sum(axis=1)
    season = found.season[:, BASELINE].sum(axis=1)
    level = np.divide(baseline, season, out=np.zeros(len(season)), where=season > 0)
    # Eight weeks of noise stand against one: the excess counts for both.
    excess, parts = 2 * found.account_excess, []
    for weeks in RECENT:
        seen = found.weeks[:, :weeks].sum(axis=1)
        expected = level * found.season[:, :weeks].sum(axis=1)
        chance = chance_of_so_few(seen, expected, baseline, excess)
        chance = np.where(expected >= MIN_EXPECTED, np.minimum(2 * chance, 1), np.nan)
        fall = 1 - np.divide(seen, expected, out=np.ones(len(seen)), where=expected > 0)
        parts.append(pd.DataFrame({"days": 7 * weeks, "seen": seen, "expected": expected, "fall": fall, "chance": chance}))
    is_sooner = (parts[0]["chance"].fillna(2) <= parts[1]["chance"].fillna(2)) & (parts[0]["fall"] >= FALL)
    frame = parts[1].where(~is_sooner, parts[0])
    frame.insert(0, "account_id", known.accounts["account_id"])
    frame = frame[frame["chance"].notna()].reset_index(drop=True)
    rate = known.params.signals.false_discovery_rate
    return frame.astype({"days": "int64"}).assign(is_discovery=discoveries(frame["chance"].to_numpy(), rate))


@signal(
    "usage_drop",
    en="Use has halved",
    zh="使用量减半",
    say_en="use is {fall:.0%} below this account's own seasonal level: {seen:.0f} events in the last {days} days, "
    "{expected:.0f} were to be expected",
    say_zh="使用量比该客户自身的季节性水平低{fall:.0%}：最近{days}天{seen:.0f}次，预期{expected:.0f}次",
    needs=("usage.occurred_at",),
)
def usage_drop(known: Known):
    """Fire where use is half or less of what is usual for the account in these weeks, and chance alone does not explain it."""
    found = known.once(falls)
    return found[found["is_discovery"] & (found["fall"] >= FALL)]


@signal(
    "usage_drop_raw",
    en="Use has halved within a week",
    zh="一周内使用量减半",
    say_en="{seen:.0f} events in the last 7 days after {before:.0f} in the 7 days before ({change:+.0%})",
    say_zh="最近7天{seen:.0f}次，此前7天{before:.0f}次（{change:+.0%}）",
    needs=("usage.occurred_at",),
    weaker_than="usage_drop",
)
def usage_drop_raw(known: Known):
    """Fire by the plain rule, this week at most half of the last one: no season, no test; kept to be compared with."""
    import pandas as pd

    weeks = known.once(use).weeks
    frame = pd.DataFrame({"account_id": known.accounts["account_id"], "seen": weeks[:, 0], "before": weeks[:, 1]})
    frame = frame[(frame["before"] >= MIN_WEEKLY) & (frame["seen"] <= FALL * frame["before"])]
    return frame.assign(change=frame["seen"] / frame["before"] - 1)
