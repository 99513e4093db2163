"""Opportunities beside those of quota and licences: a module that companies alike have (C83), a customer that may refer (C73)."""

from renewcast.datasets.known import Known, customer_days
from renewcast.lifecycle.milestones import plan
from renewcast.signals._definition import signal
from renewcast.signals.adoption import SETTLED_DAYS, held_modules, module_use
from renewcast.signals.seasonal import MIN_PEERS

BROAD = 0.5
"""A module counts as usual for who holds another where half of those who hold that one hold it too."""
BUSY = 0.75
PROMOTER, PROMOTER_DAYS = 9, 182


@signal(
    "module_not_held",
    en="Lacks a module that companies alike have",
    zh="缺少同类客户常用的模块",
    say_en="does not have {module}, which {peers:.0%} of the companies with {modules} modules have; uses the product more than "
    "three quarters of them ({events:.0f} events in 28 days)",
    say_zh="未购买{module}，而拥有{modules}个模块的客户中{peers:.0%}已购买；使用量高于其中四分之三的客户（28天{events:.0f}次）",
    needs=("usage.module", "contracts.product"),
    kind="opportunity",
    outcome="expansion",
    goal="cross_sell",
)
def module_not_held(known: Known):
    """Fire for the busiest quarter of the accounts with equally many modules, on a module that those with one more mostly have.

    Of several modules the one that most of them have is named.
    """
    import pandas as pd

    held, used = known.once(held_modules), known.once(module_use)
    events = used.groupby("account_id")["events"].sum()
    count = held.groupby("account_id")["module"].nunique()
    old = known.accounts["account_id"][known.once(customer_days) >= SETTLED_DAYS]
    count = count[count.index.isin(old)]
    frames = []
    for modules in range(1, held["module"].nunique()):
        mine, more = count.index[count == modules], count.index[count == modules + 1]
        if len(more) < MIN_PEERS or len(mine) < MIN_PEERS:
            continue
        peers = held[held["account_id"].isin(more)]["module"].value_counts() / len(more)
        peers = peers[peers >= BROAD]
        busy = events.reindex(mine).dropna()
        busy = busy[busy >= busy.quantile(BUSY)]
        pairs = pd.MultiIndex.from_product([busy.index, peers.index], names=["account_id", "module"])
        lacking = pairs.difference(pd.MultiIndex.from_frame(held[["account_id", "module"]])).to_frame(index=False)
        lacking = lacking.assign(peers=lacking["module"].map(peers), modules=modules + 1, events=lacking["account_id"].map(busy))
        frames.append(lacking)
    if not frames:
        return pd.DataFrame({name: [] for name in ("account_id", "module", "peers", "modules", "events")})
    found = pd.concat(frames).sort_values(["account_id", "peers", "module"], ascending=[True, False, True])
    return found.drop_duplicates("account_id")


@signal(
    "promoter",
    en="Promoter with results",
    zh="有成果的推荐者",
    say_en="a score of {score:.0f} of 10 on {day}, and {reached} milestones of its own reached",
    say_zh="于{day}评分{score:.0f}/10，且已达成{reached}项自身里程碑",
    needs=("feedback.score", "feedback.kind", "milestones.kind"),
    kind="opportunity",
    outcome="stay",
    goal="referral",
)
def promoter(known: Known):
    """Fire where the last answer to the NPS question within half a year is 9 or 10, and a customer's milestone is reached."""
    answers = known.frame("feedback", "occurred_at", "kind", "score", days=PROMOTER_DAYS)
    last = answers[answers["kind"].eq("nps")].drop_duplicates("account_id", keep="last")
    found = known.once(plan)
    reached = found[found["kind"].eq("customer") & found["achieved_at"].notna()].groupby("account_id").size()
    frame = last[last["score"] >= PROMOTER].assign(day=last["occurred_at"].dt.strftime("%Y-%m-%d"))
    frame["reached"] = frame["account_id"].map(reached).fillna(0).astype("int64")
    return frame[frame["reached"] > 0]
