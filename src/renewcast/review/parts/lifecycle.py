"""The road of the accounts: stages, who moves, how long they stay, who is met, what the renewal stage brings, the hand-over."""

from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part
from renewcast.review.parts import _customer_words as words
from renewcast.review.parts._contacts import contacts_before_sale
from renewcast.review.parts._customer_columns import gathered, table
from renewcast.review.parts._handover import handover, metrics
from renewcast.review.saying import say

NAME, TITLE = "lifecycle", {"en": "Lifecycle", "zh": "客户生命周期"}
LEAST_TERMS = 20


def lifecycle(inputs: Inputs) -> Part:
    """Tell where the accounts stand on their road and what becomes of them there (C8, C54, C64-C69)."""
    from renewcast.lifecycle.history import month_starts
    from renewcast.lifecycle.stages import read_terms, stages_on

    days = month_starts(inputs.view, inputs.as_of)
    terms = read_terms(inputs.view, [*days, inputs.as_of])
    now = stages_on(inputs.view, inputs.as_of, terms)
    if now.empty:
        return Part(NAME, TITLE, missing={"en": "No account is a customer on this day.", "zh": "当日没有客户。"})
    renewals = _renewals(inputs)
    months = _history(inputs, days, terms, now, renewals is not None)
    pieces = [_sizes(inputs, now), *months, renewals, *_before(inputs), handover(inputs)]
    moved, leads = (next((piece[name] for piece in pieces if piece and name in piece), None) for name in ("moved", "leads"))
    pieces.insert(1, metrics(inputs, moved, leads))
    return Part(NAME, TITLE, **gathered(pieces))


def _sizes(inputs, now):
    """Tell the stages now, with what they pay and, where there is a model, what is at risk."""
    from renewcast.lifecycle.stages import STAGES

    frame = now.assign(arr=(now["mrr"] * 12).fillna(0.0))
    names = ["stage", "accounts", "arr", "arr_share"]
    summed = {"accounts": ("account_id", "size"), "arr": ("arr", "sum")}
    if inputs.scores is not None:
        scored = inputs.scores.frame.set_index("account_id")["churn_probability"]
        frame["churn_probability"] = frame["account_id"].map(scored)
        frame["arr_at_risk"] = frame["churn_probability"] * frame["arr"]
        summed |= {"churn_probability": ("churn_probability", "mean"), "arr_at_risk": ("arr_at_risk", "sum")}
        names += ["churn_probability", "arr_at_risk"]
    present = [stage for stage in STAGES if (frame["stage"] == stage).any()]
    sizes = frame.groupby("stage").agg(**summed).reindex(present)
    sizes = sizes.round({"arr": 2, "arr_at_risk": 2}).reset_index()
    total = sizes["arr"].sum()
    sizes["arr_share"] = sizes["arr"] / total if total > 0 else float("nan")
    by = sizes.set_index("stage")
    count = {stage: int(by["accounts"].get(stage, 0)) for stage in STAGES}
    share = (float(by["arr_share"].get("renewal", 0.0)), "share")
    en = "Of {all:,} customers {onboarding:,} are in onboarding, {growth:,} in growth"
    zh = "共{all:,}家客户：上线期{onboarding:,}家，成长期{growth:,}家"
    if "contracts" in inputs.view.store.tables:
        en += " and {renewal:,} in the last 90 days before their cover ends; {share} of ARR stands in that renewal stage"
        zh += "，续约期{renewal:,}家，占收入的{share}"
    says = say(en + ".", zh + "。", all=len(now), share=share, **count)
    note = {
        "en": "Onboarding: days 0 to 89 after the first term began; growth: 90 to 269; renewal: the last 90 days before the "
        "known cover ends, which goes before the others; steady: the rest.",
        "zh": "上线期：首份合同开始后第 0 至 89 天；成长期：第 90 至 269 天；续约期：结束前 90 天，优先；其余为稳定期。",
    }
    title = {"en": "Customers by stage", "zh": "各阶段客户"}
    figures = (
        Figure({"en": "In onboarding", "zh": "上线期客户"}, count["onboarding"], "integer"),
        Figure({"en": "In the renewal stage", "zh": "续约期客户"}, count["renewal"], "integer"),
    )
    found = table("stage_sizes", title, sizes, tuple(names), note=note, words={"stage": words.STAGES})
    return {"says": (says,), "figures": figures, "tables": (found,)}


def _history(inputs, days, terms, now, has_renewals):
    """Tell month by month of sizes, moves, time in a stage and contacts."""
    import pandas as pd

    from renewcast.lifecycle.history import moves, stage_history, time_in_stage
    from renewcast.lifecycle.stages import STAGES

    if len(days) < 2:
        return
    history = stage_history(inputs.view, days, terms)
    sizes = pd.DataFrame({stage: (history == place).sum() for place, stage in enumerate(STAGES)})
    sizes = sizes.rename_axis("month").reset_index()
    title = {"en": "Customers by stage, month by month", "zh": "各月各阶段客户数"}
    tables = [table("stage_months", title, sizes, ("month", *STAGES), shown=0)]
    charts = [Chart("stacked", "stage_months", title, "month", STAGES)]
    moved = moves(history)
    title = {"en": "Who moved where within a month", "zh": "一个月内的阶段迁移"}
    names = ("from_stage", "to_stage", "moves", "account_months", "share", "low", "high")
    note = {
        "en": "All months together. Share: of the accounts that were in the first stage at a month's beginning.",
        "zh": "各月合计。占比：占月初处于原阶段客户的比例。",
    }
    stages = {"from_stage": words.STAGES, "to_stage": words.STAGES, "stage": words.STAGES}
    tables.append(table("stage_moves", title, moved, names, note=note, words=stages, shown=20))
    charts.append(Chart("heat", "stage_moves", title, "from_stage", ("share",), group="to_stage"))
    stays = time_in_stage(history).rename(columns={"month": "months_in_stage"})
    if len(stays):
        title = {"en": "How long accounts stay in a stage", "zh": "客户在各阶段停留多久"}
        note = {
            "en": "Share still in the stage after so many whole months, of those seen to enter it (Kaplan and Meier).",
            "zh": "进入该阶段的客户在若干整月后仍处于该阶段的比例（Kaplan-Meier）。",
        }
        names = ("stage", "months_in_stage", "at_risk", "share", "low", "high")
        tables.append(table("time_in_stage", title, stays, names, note=note, words=stages, shown=0))
        charts.append(Chart("line", "time_in_stage", title, "months_in_stage", ("share",), group="stage"))
    lost = moved[(moved["from_stage"] == "renewal") & (moved["to_stage"] == "left")]
    says = []
    # Where ends are told on the day itself only those who have left are in the renewal stage.
    if len(lost) and has_renewals:
        row = lost.iloc[0]
        says.append(
            say(
                "In the last {months} months {share} of the accounts in the renewal stage left within a month ({low} to {high}).",
                "过去{months}个月，续约期客户次月离开的比例为{share}（{low}至{high}）。",
                months=len(days) - 1,
                **{name: (row[name], "share") for name in ("share", "low", "high")},
            )  # fmt: skip
        )
    yield {"says": says, "tables": tables, "charts": charts, "moved": moved}
    yield _touches(inputs, history, now, stages)


def _touches(inputs, history, now, stages):
    from renewcast.lifecycle.touches import against_need, by_stage, recent_contacts

    if not inputs.everyone.has("touchpoints.occurred_at"):
        return None
    met = inputs.everyone.once(recent_contacts)
    found = by_stage(history, met)
    stake, stake_words = _stake(inputs, now)
    found = against_need(found, stake).rename(columns={"low": "rate_low", "high": "rate_high"})
    names = ("stage", "accounts", "touches", "account_months", "rate", "rate_low", "rate_high", "untouched")
    names += ("touch_share", "need_share", "touches_per_need")
    title = {"en": "Contacts by stage", "zh": "各阶段接触次数"}
    note = say(
        "Contacts an account and month, by the stage at the month's beginning. Need: {stake} now; below 1 a stage is met less "
        "than its share of the need.",
        "按月初所处阶段统计每客户每月接触次数。需求：当前{stake}；低于 1 表示接触少于其需求占比。",
        stake=stake_words,
    )
    tables = [table("touches_by_stage", title, found, names, note=note, words=stages)]
    charts = [Chart("interval", "touches_by_stage", title, "stage", ("rate",), low="rate_low", high="rate_high")]
    tier = _tiers(inputs)
    if tier is not None:
        split = by_stage(history, met, tier).rename(columns={"low": "rate_low", "high": "rate_high"})
        title = {"en": "Contacts by stage and tier", "zh": "各阶段各层级接触次数"}
        names = ("stage", "tier", *names[1:8])
        tables.append(table("touches_by_stage_and_tier", title, split, names, words={**stages, "tier": words.TIERS}, shown=0))
    says = []
    scarce = found[found["touches_per_need"] < 0.8].sort_values("touches_per_need")
    if len(scarce):
        row = scarce.iloc[0]
        says.append(
            say(
                "The {stage} stage gets {touch} of the contacts and holds {need} of the {stake}.",
                "{stage}获得{touch}的接触，却占{stake}的{need}。",
                stake=stake_words,
                stage=words.STAGES[row["stage"]],
                touch=(row["touch_share"], "share"),
                need=(row["need_share"], "share"),
            )  # fmt: skip
        )
    return {"says": says, "tables": tables, "charts": charts}


def _stake(inputs, now):
    """Sum up by stage what is at stake: ARR times the chance of leaving within the farthest horizon, or ARR without a model."""
    arr = now["mrr"].fillna(1 / 12).to_numpy() * 12  # without contracts every account counts alike
    said = {"en": "customers", "zh": "客户"} if now["mrr"].isna().all() else {"en": "ARR", "zh": "收入"}
    if inputs.scores is not None:
        chance = inputs.scores.frame.set_index("account_id")["churn_probability"]
        said = {"en": "ARR at risk", "zh": "风险收入"}
        # Within the list's horizon nobody whose term outlasts it can leave, so a longer one tells more of where to be.
        days = max(inputs.params.scoring.horizons_days)
        longer = inputs.survival.set_index("account_id")[f"churn_probability_{days}d"]
        if longer.notna().any():
            chance, said = longer, {"en": f"ARR at risk within {days} days", "zh": f"{days} 天内风险收入"}
        arr = arr * now["account_id"].map(chance).fillna(0.0).to_numpy()
    return now.assign(stake=arr).groupby("stage")["stake"].sum(), said


def _tiers(inputs):
    """Today's tier by declared policy, by account."""
    import pandas as pd

    from renewcast.segments.tiers import arr_growth, tier

    known = inputs.known.accounts
    if known.empty or known["mrr"].isna().all():
        return None
    advocacy = inputs.view.advocacy(known["account_id"], inputs.as_of)
    features = inputs.features.reindex(known["account_id"])
    found = tier(known["mrr"] * 12, arr_growth(features), advocacy, inputs.params.segments.tiers)
    return pd.Series(found, index=known["account_id"].to_numpy())


def _renewals(inputs):
    from renewcast.lifecycle.renewals import by_lead, decided_terms
    from renewcast.lifecycle.touches import recent_contacts

    if "contracts" not in inputs.view.store.tables:
        return None
    terms = inputs.everyone.once(decided_terms)
    if len(terms) < LEAST_TERMS:
        return None
    met = None
    if inputs.everyone.has("touchpoints.occurred_at"):
        met = inputs.everyone.once(recent_contacts)
    found = by_lead(terms, met)
    if not found["open"].any():  # ends that were told on the day itself
        return None
    names = ("days_before", "terms", "signed", "open", "renewed", "share", "low", "high")
    names += ("touched", "touched_low", "touched_high") if met is not None else ()
    title = {"en": "The renewal stage: what becomes of terms that are still open", "zh": "续约期：未决合同的结局"}
    note = {
        "en": "Terms that ended in the last year, looked at so many days before their end, as known then. Share: of the open "
        "ones, renewed in the end. Met: had a contact until the next look.",
        "zh": "过去一年到期的合同，在到期前若干天按当时所知观察。占比：未决合同最终续约的比例。已接触：到下一时点前有过接触。",
    }
    chart = Chart("interval", "renewal_by_lead", title, "days_before", ("share",), low="low", high="high")
    says = []
    row = found[found["days_before"] == 90].iloc[0]
    if row["open"] >= LEAST_TERMS:
        given = {name: (row[name], "share") for name in ("share", "low", "high", "touched")}
        en = "Of the terms still open 90 days before their end {share} were renewed ({low} to {high})"
        zh = "到期前九十天仍未决的合同，{share}最终续约（{low}至{high}）"
        if met is not None:
            en, zh = en + "; {touched} of them had a contact in the 30 days after", zh + "；其后三十天内有接触的占{touched}"
        says.append(say(en + ".", zh + "。", **given))
    tables = (table("renewal_by_lead", title, found, names, note=note),)
    return {"says": says, "tables": tables, "charts": (chart,), "leads": found}


def _before(inputs):
    """Phases with their evidence, contacts before the sale, and when the cost of winning is back."""
    from renewcast.lifecycle.phases import phase_sizes, phases
    from renewcast.lifecycle.retained import paid_back, payback

    found = phase_sizes(phases(inputs.everyone))
    title = {"en": "The four phases, and what tells of them", "zh": "全生命周期四阶段及其依据"}
    names = ("phase", "evidence", "accounts", "median_days", "renewed_without_value")
    yield {"tables": (table("phases", title, found, names, words={"phase": words.PHASES, "evidence": words.EVIDENCE}),)}
    yield from contacts_before_sale(inputs)
    cost = payback(inputs.everyone, inputs.params.lifetime.gross_margin)
    if cost is not None:
        back = paid_back(cost)
        note = say(
            "of {accounts:,} accounts won in two years ({low} to {high})", "两年内获得的{accounts:,}家客户（{low}至{high}）",
            accounts=back["accounts"], low=(back["low"], "share"), high=(back["high"], "share"),
        )  # fmt: skip
        label = {"en": "Acquisition cost back within 12 months", "zh": "十二个月内收回获客成本"}
        yield {"figures": (Figure(label, float(back["share"]), "share", note),)}
