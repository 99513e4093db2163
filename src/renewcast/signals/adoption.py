"""What was bought and is not used (C20, C26), and looking without doing (C22)."""

from renewcast.datasets.known import Known, customer_days, live_terms
from renewcast.signals._definition import signal
from renewcast.signals.seasonal import MIN_PEERS
from renewcast.signals.use import use

HALF = 0.5
MIN_EVENTS = 40.0
"""Events in 28 days: in fewer the share of value actions swings by itself."""
SETTLED_DAYS = 91.0
"""Younger customers and younger terms are still being set up; the first weeks have signals of their own."""


def module_use(known: Known):
    """Return for each account and module its events in the last 28 days: account_id, module, events, share (of the account's)."""
    rows = known.rows("usage", days=28)
    rows = rows.filter(rows.module.notnull())
    found = rows.group_by("account_id", "module").aggregate(events=rows.count()).to_pandas()
    found["share"] = found["events"] / found.groupby("account_id")["events"].transform("sum")
    return found.sort_values(["account_id", "module"], ignore_index=True)


def held_modules(known: Known):
    """Return the modules that each account has bought, with their use: account_id, module, held_days, share (0 where unused).

    A product counts as a module where anybody has used it as one.
    """
    terms, used = known.once(live_terms), known.once(module_use)
    terms = terms[terms["product"].isin(used["module"].unique())]
    held = terms.groupby(["account_id", "product"], as_index=False)["starts_on"].min().rename(columns={"product": "module"})
    held["held_days"] = (known.as_of - held["starts_on"]).dt.days
    held = held.merge(used[["account_id", "module", "share"]], on=["account_id", "module"], how="left")
    return held.fillna({"share": 0.0})


@signal(
    "module_gap",
    en="Module hardly used",
    zh="模块少用",
    say_en="{module} was bought and makes up {share:.1%} of the use in 28 days; of companies that have it a quarter stay below "
    "{quartile:.1%}, half below {median:.1%}",
    say_zh="已购模块{module}仅占28天使用量的{share:.1%}；拥有该模块的客户中四分之一低于{quartile:.1%}，半数低于{median:.1%}",
    needs=("usage.module", "contracts.product"),
)
def module_gap(known: Known):
    """Fire where a bought module is used less than by three quarters of its owners, and less than half as much as by half.

    Judged are accounts with use at all and a customer for a quarter; the module that lies farthest below is named.
    """
    held, used = known.once(held_modules), known.once(module_use)
    old = known.accounts["account_id"][known.once(customer_days) >= SETTLED_DAYS]
    held = held[held["account_id"].isin(used["account_id"]) & held["account_id"].isin(old)]
    peers = held.groupby("module")["share"].agg(
        peers="size", quartile=lambda share: share.quantile(0.25), median=lambda share: share.quantile(0.5)
    )
    held = held.merge(peers[peers["peers"] >= MIN_PEERS].reset_index(), on="module")
    # Where a quarter of the owners do not use it at all, not using it is not below the quartile, but surely as bad.
    below = (held["share"] < held["quartile"]) | (held["share"] == 0)
    gap = held[below & (held["share"] < HALF * held["median"])]
    gap = gap.assign(depth=gap["share"] / gap["median"]).sort_values(["account_id", "depth", "module"])
    return gap.drop_duplicates("account_id")


@signal(
    "looking_without_doing",
    en="Looking without doing",
    zh="只看不做",
    say_en="{value:.0f} of {events:.0f} events in 28 days did something of value ({share:.0%}; half of all companies reach "
    "{median:.0%})",
    say_zh="28天内{events:.0f}次使用中仅{value:.0f}次产生价值（{share:.0%}；半数客户达到{median:.0%}）",
    needs=("usage.is_value_action",),
)
def looking_without_doing(known: Known):
    """Fire where the share of value actions is at most half of the median of all accounts, with 40 events or more."""
    import numpy as np
    import pandas as pd

    found = known.once(use)
    value = np.bincount(found.account, weights=found.value, minlength=len(known.accounts))
    frame = pd.DataFrame({"account_id": known.accounts["account_id"], "value": value, "events": found.weeks[:, :4].sum(axis=1)})
    frame = frame[frame["events"] >= MIN_EVENTS]
    frame = frame.assign(share=frame["value"] / frame["events"])
    median = frame["share"].median() if len(frame) >= MIN_PEERS else np.nan
    return frame.assign(median=median)[frame["share"] <= HALF * median]
