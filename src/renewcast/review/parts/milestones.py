"""First value, milestones and goals: how soon customers get there, what is late, where the outcome is missing."""

from renewcast.datasets.among import is_among
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part
from renewcast.review.parts import _customer_words as words
from renewcast.review.parts._customer_columns import gathered, table
from renewcast.review.saying import say

NAME, TITLE = "milestones", {"en": "First value and milestones", "zh": "首次价值与里程碑"}
COHORTS = 8
LEAST_ACCOUNTS = 10


def milestones(inputs: Inputs) -> Part:
    """Tell how soon customers have a result of their own, and what is late (C9, C55, C63, C67, C74, C75)."""
    pieces = [*_first_value(inputs), *_milestones(inputs), _funnel(inputs)]
    found = gathered(pieces)
    if not found["tables"]:
        return Part(
            NAME,
            TITLE,
            missing={
                "en": "Neither milestones nor value actions are recorded; map sources.milestones, or usage.is_value_action.",
                "zh": "没有里程碑或价值动作的记录；请映射 sources.milestones 或 usage.is_value_action。",
            },
        )
    return Part(NAME, TITLE, **found)


def _first_value(inputs):
    """Tell the curve by cohort and by group, and who waits too long."""
    from renewcast.lifecycle.first_value import by_group, curve, first_value, times, waiting

    value = inputs.everyone.once(first_value)
    if value is None or value.frame.empty:
        return
    frame = value.frame
    source = {
        "milestone": {"en": "the first milestone of the customer's own", "zh": "客户自身的首个里程碑"},
        "value_action": {"en": "the first value action in the product", "zh": "产品中的首个价值动作"},
    }[value.source]
    every = times(frame["age"].to_numpy(), frame["is_reached"].to_numpy())
    median = every["median"]
    interval = say("{low} to {high}", "{low}至{high}", low=(every["low_90"], "share"), high=(every["high_90"], "share"))
    figures = [
        Figure({"en": "First value within 90 days", "zh": "九十天内达成首次价值"}, _or(every["within_90"]), "share", interval),
        Figure({"en": "Median days to first value", "zh": "首次价值天数中位数"}, _or(median), "integer"),
    ]
    says = [
        say(
            "{share} of the customers had first value ({source}) within 90 days of their first term ({low} to {high}).",
            "{share}的客户在首份合同开始后九十天内达成首次价值（{source}；{low}至{high}）。",
            share=(every["within_90"], "share"),
            source=source,
            low=(every["low_90"], "share"),
            high=(every["high_90"], "share"),
        )  # fmt: skip
    ]
    note = say(
        "First value: {source}. Waiting accounts count for as long as they were seen; who left without it never gets there. "
        "{out:,} accounts that began before such facts were recorded, or have none agreed, are left out.",
        "首次价值：{source}。等待中的客户按已观察时长计入；未达成即离开者视为未达成。"
        "{out:,}家在有记录之前开始或未约定的客户不计入。",
        source=source, out=value.left_out,
    )  # fmt: skip
    title = {"en": "Share with first value, by days since the first term", "zh": "首次价值达成率（按首份合同开始后的天数）"}
    quarter = frame["started_on"].dt.year.astype(str) + "-Q" + frame["started_on"].dt.quarter.astype(str)
    kept = sorted(set(quarter))[-COHORTS:]
    points = _together(curve(value), curve(_only(value, quarter.isin(kept)), quarter[quarter.isin(kept)].to_numpy()))
    names = ("cohort", "day", "at_risk", "share", "low", "high")
    tables = [table("first_value_curve", title, points, names, note=note, words={"cohort": words.EVERYBODY}, shown=0)]
    charts = [Chart("line", "first_value_curve", title, "day", ("share",), group="cohort")]
    accounts = inputs.accounts.reindex(frame["account_id"])
    wanted = dict.fromkeys((*inputs.params.markets.segment_by, "acquisition_channel"))
    groups = {name: accounts[name].fillna("").astype(str).to_numpy() for name in wanted if name in accounts}
    compared = by_group(value, groups)
    compared = compared[compared["accounts"] >= LEAST_ACCOUNTS]
    if len(compared):
        title = {"en": "First value by group", "zh": "各组的首次价值"}
        names = ("grouping", "value", "accounts", "reached", "within_30", "within_60", "within_90", "low_90", "high_90")
        names += ("median", "median_low", "median_high", "p_value")
        tables.append(table("first_value_groups", title, compared, names, words={"grouping": words.GROUPINGS}, shown=20))
    yield {"says": says, "figures": figures, "tables": tables, "charts": charts}
    size = groups.get("company_size", next(iter(groups.values()), [""] * len(frame)))
    is_customer = is_among(frame["account_id"], inputs.known.accounts["account_id"])
    yield _waiting(inputs, waiting(value, size, is_customer))


def _waiting(inputs, listed):
    import numpy as np

    if listed.empty:
        return None
    behind = int(listed["is_behind_peers"].sum())
    listed = _named(inputs, listed.assign(is_behind=np.where(listed["is_behind_peers"], "yes", "no")))
    names = ("account_id", "account_name", "owner", "arr", "started_on", "waited_days", "peers", "peers_days", "is_behind")
    title = {"en": "Waiting for first value too long", "zh": "等待首次价值过久的客户"}
    note = {
        "en": "Longer than three quarters of the peers waited, or longer than 90 days.",
        "zh": "等待时间长于四分之三的同类客户，或超过九十天。",
    }
    says = say(
        "{count:,} customers wait for first value longer than 90 days or than three quarters of their peers did; {behind:,} are "
        "behind their peers.",
        "{count:,}家客户等待首次价值超过九十天或长于四分之三的同类客户；其中{behind:,}家落后于同类。",
        count=len(listed), behind=behind,
    )  # fmt: skip
    tables = (table("first_value_waiting", title, listed, names, note=note, words={"is_behind": words.YES_NO}),)
    return {"says": (says,), "tables": tables}


def _milestones(inputs):
    """Tell what is done, due and late, the gap between work and outcome, the ladder of goals."""
    from renewcast.lifecycle.goals import ladder, steps
    from renewcast.lifecycle.milestones import on_time, outcome_gap, status

    known = inputs.known
    if not known.has("milestones.milestone"):
        return
    found = known.once(status)
    if found.empty:
        return
    counted = on_time(found, ["kind", "milestone"])
    names = ("kind", "milestone", "milestones", "done", "due", "late", "unknown", "judged", "on_time", "share", "low", "high")
    names += ("median_days_late", "moved", "first_share", "first_low", "first_high")
    title = {"en": "Milestones, and the share reached by their day", "zh": "里程碑及按时达成率"}
    note = {
        "en": "Customers of today. Share: reached by the day agreed last, of those whose day is over; days are put off when they "
        "are missed, so the share by the day agreed first stands beside it.",
        "zh": "当前客户。占比：已到期里程碑中按最近约定日期达成的比例；日期可能因逾期而推迟，故并列按最初日期的比例。",
    }
    tables = [table("milestone_status", title, counted, names, note=note, words={"kind": words.KINDS}, shown=20)]
    charts = [Chart("interval", "milestone_status", title, "milestone", ("share",), low="low", high="high")]
    says, figures = [], []
    by_kind = on_time(found, ["kind"]).set_index("kind")
    if {"functional", "customer"} <= set(by_kind.index):
        bounds = [(kind, name) for kind in ("functional", "customer") for name in ("share", "low", "high")]
        given = {f"{kind}_{name}": (by_kind.loc[kind, name], "share") for kind, name in bounds}
        says.append(
            say(
                "Functional milestones are reached in time in {functional_share} ({functional_low} to {functional_high}), "
                "the customers' own in {customer_share} ({customer_low} to {customer_high}).",
                "功能里程碑按时达成率为{functional_share}（{functional_low}至{functional_high}），客户成果里程碑为{customer_share}"
                "（{customer_low}至{customer_high}）。",
                **given,
            )
        )
    gap = outcome_gap(known)
    figures.append(Figure({"en": "Work done, outcome missing", "zh": "功能已完成但成果未达成"}, len(gap), "integer"))
    gap = _named(inputs, gap.rename(columns={"done": "functional_done"}))
    names = ("account_id", "account_name", "owner", "arr", "milestone", "due_on", "days", "functional_done")
    title = {"en": "All functional milestones reached, the customer's own overdue", "zh": "功能里程碑已全部完成，但客户成果逾期"}
    tables.append(table("outcome_gap", title, gap, names))
    says.append(
        say(
            "In {count:,} accounts with {arr:,.0f} ARR the work is done and the customer's outcome is overdue by 14 to 120 days.",
            "{count:,}家客户（年度收入{arr:,.0f}）的功能已完成，但客户成果逾期 14 至 120 天。",
            count=len(gap),
            arr=float(gap["arr"].sum()),
        )  # fmt: skip
    )
    late = found[found["state"].eq("late")].assign(days=lambda frame: frame["days_late"].astype("int64"))
    title = {"en": "Late milestones", "zh": "逾期的里程碑"}
    names = ("account_id", "account_name", "owner", "arr", "kind", "milestone", "due_on", "days")
    tables.append(table("late_milestones", title, _named(inputs, late), names, words={"kind": words.KINDS}))
    yield {"says": says, "figures": figures, "tables": tables, "charts": charts}
    goals = ladder(known)
    if len(goals):
        yield _goals(inputs, goals, steps(goals))
    yield _outcome(inputs)


def _goals(inputs, goals, counted):
    names = ("step", "goals", "median_step_days", "close", "in_reach", "too_far", "late", "judged", "on_time")
    names += ("share", "low", "high")
    title = {"en": "The ladder of goals: steps of one to three months", "zh": "阶段目标阶梯：每级一至三个月"}
    note = {
        "en": "Share: reached within 90 days of the step before, of those for which these 90 days are over.",
        "zh": "占比：距上一级 90 天内达成的比例（仅计 90 天已满者）。",
    }
    tables = [table("goal_steps", title, counted.assign(step=counted["step"].astype(str)), names, note=note)]
    ahead = goals[goals["state"].isin(["due", "late"]) & goals["planned"].eq("too_far")]
    title = {"en": "Open goals more than three months after the one before", "zh": "距上一目标超过三个月的未达成目标"}
    names = ("account_id", "account_name", "owner", "arr", "milestone", "due_on", "step_days")
    tables.append(table("goals_too_far", title, _named(inputs, ahead), names))
    total, far = int(counted["goals"].sum()), int(counted["too_far"].sum())
    says = say(
        "{share} of the goals are planned more than three months after the one before.",
        "{share}的目标与上一目标间隔超过三个月。",
        share=(far / total, "share"),
    )  # fmt: skip
    return {"says": (says,), "tables": tables}


def _outcome(inputs):
    from renewcast.lifecycle.milestones import plan
    from renewcast.lifecycle.renewals import by_outcome, decided_terms

    if "contracts" not in inputs.view.store.tables:
        return None
    found = by_outcome(inputs.everyone.once(decided_terms), inputs.everyone.once(plan))
    if "difference" not in found.attrs:
        return None
    title = {"en": "Renewal with and without an outcome in the term", "zh": "合同期内有无成果的续约率"}
    note = {
        "en": "An outcome: a milestone of the customer's own reached in the term, at least 90 days before its end. Such "
        "customers differ in much else; the difference is no effect.",
        "zh": "成果：合同期内且到期前至少 90 天达成的客户里程碑。两类客户在其他方面也不同，差异并非因果效应。",
    }
    names = ("outcome", "accounts", "terms", "renewed", "share", "low", "high")
    value, low, high = (f"{100 * part:+.0f}" for part in found.attrs["difference"])
    says = say(
        "The renewal rate of terms that brought the customer an outcome lies {value} points off the others' ({low} to {high}).",
        "合同期内取得成果的合同，其续约率相差{value}个百分点（{low}至{high}）。", value=value, low=low, high=high,
    )  # fmt: skip
    tables = (table("renewal_by_outcome", title, found, names, note=note, words={"outcome": words.OUTCOMES}),)
    return {"says": (says,), "tables": tables}


def _funnel(inputs):
    from renewcast.lifecycle.funnel import dates, funnel

    found = funnel(dates(inputs.everyone, inputs.ledger), inputs.as_of)
    if len(found) < 3:
        return None
    names = ("step", "accounts", "reached", "of_previous", "median_days_between", "within_90", "within_395", "low", "high")
    title = {"en": "The eight milestones of every customer, as far as the data tell", "zh": "客户的八个里程碑（以数据可得为限）"}
    return {
        "tables": (table("customer_steps", title, found, names, words={"step": words.STEPS}),),
        "charts": (Chart("bar", "customer_steps", title, "step", ("reached",)),),
    }


def _named(inputs, frame):
    """Add name, owner and ARR; the largest accounts come first."""
    accounts = inputs.accounts.reindex(frame["account_id"])
    mrr = inputs.known.accounts.set_index("account_id")["mrr"].reindex(frame["account_id"])
    told = {"account_name": accounts["name"].to_numpy(), "owner": accounts["owner"].to_numpy()}
    frame = frame.assign(**told, arr=(mrr.to_numpy() * 12).round(2))
    order = ["arr", "account_id", *(["milestone"] if "milestone" in frame else [])]
    return frame.sort_values(order, ascending=[False, *[True] * (len(order) - 1)], ignore_index=True)


def _only(value, kept):
    import dataclasses

    return dataclasses.replace(value, frame=value.frame[kept.to_numpy()].reset_index(drop=True))


def _together(*frames):
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


def _or(value):
    """Return a number, None for NaN."""
    return None if value != value else float(value)
