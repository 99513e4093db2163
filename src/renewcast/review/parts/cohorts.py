"""Who began together and how many of them stay: the triangle, the curve with its band, when it settles, cohort against cohort."""

from renewcast.errors import RenewcastError
from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "Cohorts", "zh": "同期群"}
EARLY_MONTHS = 3
_QUIET = 3
_BEYOND = {"en": "beyond what was seen", "zh": "观察期之外"}
_MANY_MONTHS = 18


def cohorts(inputs: Inputs) -> Part:
    """Follow accounts that began together: by contracts where there are any, else by what they do."""
    source = "contracts" if inputs.ledger is not None else activity_table(inputs.view)
    missing = {"en": "Neither contracts nor activity are recorded.", "zh": "既无合同数据，也无活动记录。"}
    if source is None:
        return Part("cohorts", TITLE, missing=missing)
    try:
        by_month = _follow(inputs, source, "month")
        period = "quarter" if by_month.observed.max(initial=0) >= _MANY_MONTHS else "month"
        found = by_month if period == "month" else _follow(inputs, source, period)
    except RenewcastError as why:
        return Part("cohorts", TITLE, missing={"en": str(why), "zh": "没有足够的客户可供队列分析。"})
    curve, early, settled = by_month.curve(), by_month.early_loss(EARLY_MONTHS), _settled(by_month)
    compared = found.comparisons()
    triangle = _triangle(found)
    tables = [_triangle_table(triangle, period, source), _curve_table(curve), _compared_table(compared)]
    charts = [
        Chart(
            "heat",
            "cohort_triangle",
            {"en": "Share still active, by cohort and age", "zh": "各同期群在不同期龄的留存率"},
            "age",
            ("retention",),
            group="cohort",
            note={
                "en": f"In percent; age in {period}s. A cell is empty until the age is over for the whole cohort.",
                "zh": "单位为百分比；期龄单位为"
                + {"month": "月", "quarter": "季度"}[period]
                + "。整个同期群达到该期龄后才显示。",
            },
        ),
        Chart(
            "line",
            "cohort_curve",
            {"en": "Share still here after so many months", "zh": "若干个月后的留存率"},
            "age",
            ("survival",),
            low="band_low",
            high="band_high",
            note={
                "en": "All accounts; those still here count for as long as they were seen. The band holds 90 % for all ages "
                "at once.",
                "zh": "全部客户；仍在的客户按已观察时长计入。区间带对所有月龄同时成立（90%）。",
            },
        ),
    ]
    return Part(
        "cohorts",
        TITLE,
        tuple(_says(source, curve, early, settled, compared, period)),
        _figures(by_month, curve, early, settled),
        tuple(tables),
        tuple(charts),
    )


def activity_table(view) -> str | None:
    """Name the table of events that tells activity: usage, else the first that has any."""
    events = [name for name in view.files if view.store.contracts[name].kind == "event"]
    return "usage" if "usage" in events else events[0] if events else None


def _follow(inputs, source, period):
    from renewcast.revenue.cohort_members import cohorts_of_contracts, cohorts_of_events

    chosen = {"period": period, "where": None, "by": None, "begins": "first"}
    if source == "contracts":
        return cohorts_of_contracts(inputs.view, inputs.ledger, inputs.as_of, **chosen)
    return cohorts_of_events(inputs.view, inputs.as_of, source=source, quiet_periods=_QUIET, **chosen)


def _settled(by_month):
    """Say when retention settles: a year of months must follow, for yearly terms end but once in it."""
    from renewcast.revenue.survival import settles

    return settles(by_month.duration, by_month.is_lost, least_ages=12)


def _triangle(found):
    table = found.table()
    names = [
        "cohort",
        "age",
        "size",
        "active",
        "retention",
        "low",
        "high",
        *(["dollar_retention"] if found.cents is not None else []),
    ]
    return table.loc[table["is_mature"], names].reset_index(drop=True)


def _figures(by_month, curve, early, settled):
    year = curve[curve["age"] == 12]
    told = [Figure({"en": "Accounts followed", "zh": "跟踪客户数"}, len(by_month.account_id), "integer")]
    if len(year):
        one = year.iloc[0]
        told.append(
            Figure(
                {"en": "Still here after a year", "zh": "一年后留存"},
                float(one["survival"]),
                "share",
                say("{low} to {high}", "{low}至{high}", low=(one["low"], "share"), high=(one["high"], "share")),
            )
        )
    told.append(
        Figure(
            {"en": "Lost in the first three months", "zh": "前三个月流失"},
            early["lost_by_then"],
            "share",
            say("{share} of all loss", "占全部流失的{share}", share=(early["share_of_loss"], "share")),
        )
    )
    told.append(
        Figure(
            {"en": "Settles after months", "zh": "留存趋稳（月）"},
            settled["age"],
            "integer",
            say(
                "{low} to {high}; then {hazard} a month",
                "{low}至{high}；此后每月流失{hazard}",
                low=(settled["low"], "integer"),
                high=(settled["high"], "integer") if settled["high"] is not None else _BEYOND,
                hazard=(settled["hazard"], "share"),
            )
            if settled["age"] is not None
            else {"en": "not yet, in what was seen", "zh": "观察期内尚未趋稳"},
        )
    )
    return tuple(told)


def _says(source, curve, early, settled, compared, period):
    if early["share_of_loss"] == early["share_of_loss"]:
        yield say(
            "{early} of accounts are lost within three months, {share} of all that are lost within what was seen.",
            "{early}的客户在三个月内流失，占观察期内全部流失的{share}。",
            early=(early["lost_by_then"], "share"),
            share=(early["share_of_loss"], "share"),
        )
    if settled["age"] is not None:
        yield say(
            "From month {age} on the loss stays the same: {hazard} of those still here a month.",
            "从第{age}个月起流失速度保持稳定：每月流失在留客户的{hazard}。",
            age=(settled["age"], "integer"),
            hazard=(settled["hazard"], "share"),
        )
    else:
        yield say(
            "Retention does not settle within the {n} months that were seen.",
            "在观察到的{n}个月内留存尚未趋稳。",
            n=(int(curve["age"].max()) if len(curve) else 0, "integer"),
        )
    apart = compared[compared["adjusted_p_value"] < 0.05]
    if len(apart):
        names = "; ".join(
            f"{one.cohort} {'+' if one.statistic < 0 else '−'}"
            for one in apart.sort_values("cohort").head(6).itertuples(index=False)
        )
        yield say(
            "Cohorts that are kept longer (+) or shorter (−) than the one before: {names}.",
            "与前一个同期群相比留存更久（+）或更短（−）的同期群：{names}。",
            names=names,
        )
    elif len(compared):
        yield {
            "en": "No cohort is kept longer or shorter than the one before, beyond what chance would make.",
            "zh": "没有同期群的留存与前一个存在超出偶然的差异。",
        }
    if source != "contracts":
        yield say(
            "Active is who did anything in a {period}; {quiet} silent ones at the end count as lost.",
            "在一个{period}内有任何活动即为活跃；末尾连续{quiet}个{period}无活动视为流失。",
            period={"en": period, "zh": {"month": "月", "quarter": "季度"}[period]},
            quiet=str(_QUIET),
        )


def _triangle_table(triangle, period, source):
    columns = [
        column("cohort", "text", True, "Cohort", "同期群", f"The {period} in which the accounts began.", "客户开始的时期。"),
        column(
            "age", "integer", True, "Age", "期龄", f"In {period}s; 0 is the one in which they began.", "以周期计；0为开始的周期。"
        ),
        column("size", "integer", True, "Accounts", "客户数", "In the cohort.", "同期群中的客户数。"),
        column("active", "integer", True, "Active", "活跃客户数", "At that age.", "在该期龄活跃的客户数。"),
        column("retention", "share", True, "Retention", "留存率", "Active, of all in the cohort.", "活跃客户占同期群的比例。"),
        column("low", "share", True, "Low", "下限", "Lower end of the 90 % interval (Wilson).", "90%区间下限（Wilson）。"),
        column("high", "share", True, "High", "上限", "Upper end of the 90 % interval (Wilson).", "90%区间上限（Wilson）。"),
    ]
    if source == "contracts":
        columns.append(
            column(
                "dollar_retention",
                "share",
                False,
                "Dollar retention",
                "收入留存率",
                "Revenue at that age, divided by that of age 0.",
                "该期龄收入与期龄0收入之比。",
            )
        )
    title = {"en": "Cohorts by age", "zh": "同期群留存表"}
    return Table("cohort_triangle", title, tuple(columns), triangle, shown=0)


def _curve_table(curve):
    columns = (
        column("age", "integer", True, "Months", "月龄", "Since they began.", "自开始以来的月数。"),
        column(
            "at_risk", "integer", True, "Watched", "观察客户数", "Still here and seen so far.", "仍在且观察到该月龄的客户数。"
        ),
        column("lost", "integer", True, "Lost", "流失", "At that age.", "在该月龄流失的客户数。"),
        column("hazard", "share", True, "Hazard", "流失率", "Lost, of those watched.", "流失占观察客户的比例。"),
        column("survival", "share", True, "Still here", "留存率", "Kaplan and Meier's estimate.", "Kaplan-Meier估计。"),
        column("low", "share", True, "Low", "下限", "Lower end of the 90 % interval at that age.", "该月龄90%区间下限。"),
        column("high", "share", True, "High", "上限", "Upper end of the 90 % interval at that age.", "该月龄90%区间上限。"),
        column("band_low", "share", True, "Band, low", "区间带下限", "90 % for all ages at once.", "对所有月龄同时成立（90%）。"),
        column(
            "band_high", "share", True, "Band, high", "区间带上限", "90 % for all ages at once.", "对所有月龄同时成立（90%）。"
        ),
    )
    title = {"en": "How long accounts stay", "zh": "客户留存曲线"}
    return Table("cohort_curve", title, columns, curve[[one.name for one in columns]].reset_index(drop=True))


def _compared_table(compared):
    columns = (
        column("cohort", "text", True, "Cohort", "同期群", "Compared with the one before.", "与前一个同期群比较。"),
        column("before", "text", True, "Before it", "前一个", "The cohort before.", "前一个同期群。"),
        column("age", "integer", True, "Age", "期龄", "The last at which both were seen.", "两者均已观察到的最后期龄。"),
        column("survival", "share", True, "Still here", "留存率", "Of the cohort at that age.", "该同期群在该期龄的留存率。"),
        column(
            "survival_before", "share", True, "Before: still here", "前一个留存率", "Of the one before.", "前一个同期群的留存率。"
        ),
        column(
            "adjusted_p_value",
            "number",
            False,
            "p",
            "p值",
            "Log-rank test, corrected for their number (Holm).",
            "对数秩检验，经Holm校正。",
        ),
    )
    frame = compared.sort_values("cohort", ascending=False)[[one.name for one in columns]].reset_index(drop=True)
    note = {"en": "The smaller p, the less likely chance made the difference.", "zh": "p值越小，差异越不可能出于偶然。"}
    return Table("cohort_comparisons", {"en": "Cohort against cohort", "zh": "同期群对比"}, columns, frame, note=note)
