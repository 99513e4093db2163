"""How many customers stay and how much of their revenue, by period, and what makes the difference between the two."""

from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "Retention", "zh": "留存"}
_PERIODS = {1: "monthly", 3: "quarterly", 12: "yearly"}
_MEASURES = {
    "logo": {"en": "customers", "zh": "客户数"},
    "gross": {"en": "gross dollars", "zh": "毛收入"},
    "net": {"en": "net dollars", "zh": "净收入"},
}
_LENGTHS = {1: {"en": "1 month", "zh": "1个月"}, 3: {"en": "3 months", "zh": "3个月"}, 12: {"en": "12 months", "zh": "12个月"}}
_STEPS = {
    "logo": {"en": "customers kept", "zh": "客户留存"},
    "size": {"en": "size of the lost", "zh": "流失客户规模"},
    "contraction": {"en": "contraction", "zh": "缩减"},
    "expansion": {"en": "expansion", "zh": "扩展"},
    "net": {"en": "dollars kept", "zh": "收入留存"},
}


def retention(inputs: Inputs) -> Part:
    """Tell retention of customers and dollars over one, three and twelve months, with intervals, and take the gap apart."""
    if inputs.ledger is None:
        from renewcast.review.parts.headline import NO_CONTRACTS

        return Part("retention", TITLE, missing=NO_CONTRACTS)
    from renewcast.revenue.retention import retention as by_period

    found = by_period(inputs.ledger, tuple(_PERIODS))
    if not len(found):
        missing = {"en": "No period of revenue is over yet.", "zh": "尚无已结束的收入周期。"}
        return Part("retention", TITLE, missing=missing)
    latest = _latest(inputs.ledger)
    longest = int(found["period_months"].max())
    last = found[found["period_months"] == longest].iloc[-1]
    gap = _gap(last)
    length = _LENGTHS[longest]
    charts = (
        Chart(
            "line",
            "retention_periods",
            {"en": "Net dollar retention, by length of the period", "zh": "不同周期长度的净收入留存率"},
            "month",
            ("net_dollar_retention",),
            group="period",
            reference=((1.0, {"en": "nothing lost", "zh": "无损失"}),),
        ),
        Chart(
            "waterfall",
            "retention_gap",
            say("From customers kept to dollars kept, {length}", "从客户留存到收入留存（{length}）", length=length),
            "step",
            ("share",),
        ),
        Chart(
            "interval",
            "retention_latest",
            {"en": "The latest period, with 90 % intervals", "zh": "最近一期（90%区间）"},
            "name",
            ("value",),
            low="low",
            high="high",
            reference=((1.0, {"en": "nothing lost", "zh": "无损失"}),),
        ),
    )
    tables = (_latest_table(latest), _gap_table(gap), _periods_table(found))
    return Part("retention", TITLE, tuple(_says(last, length, latest)), _figures(latest, longest), tables, charts)


def _latest(ledger):
    """Return logo, gross and net retention of the latest period of each length, with intervals over customers."""
    import numpy as np
    import pandas as pd

    from renewcast.revenue.ratio_interval import ratio_interval

    rows = []
    for period in _PERIODS:
        if ledger.cents.shape[1] <= period:
            continue
        was = ledger.is_customer[:, -1 - period]
        start, end = ledger.cents[was, -1 - period], ledger.cents[was, -1]
        pairs = {
            "logo": (ledger.is_customer[was, -1].astype(float), np.ones(int(was.sum()))),
            "gross": (np.minimum(start, end), start),
            "net": (end, start),
        }
        for measure, (part, whole) in pairs.items():
            value, low, high = ratio_interval(part, whole)
            rows.append({"name": f"{measure}_{period}", "months": period, "value": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def _gap(last):
    import pandas as pd

    shares = {
        "logo": last["logo_retention"],
        "size": last["gap_size"],
        "contraction": last["gap_contraction"],
        "expansion": last["gap_expansion"],
        "net": last["net_dollar_retention"],
    }
    return pd.DataFrame({"step": list(shares), "share": [float(one) for one in shares.values()]})


def _figures(latest, longest):
    found = latest.set_index("name")
    labels = {
        "logo": {"en": "Customers kept", "zh": "客户留存率"},
        "gross": {"en": "Gross dollar retention", "zh": "毛收入留存率"},
        "net": {"en": "Net dollar retention", "zh": "净收入留存率"},
    }
    return tuple(
        Figure(
            labels[measure],
            found["value"][f"{measure}_{longest}"],
            "share",
            say(
                "{length}; {low} to {high}",
                "{length}；{low}至{high}",
                length=_LENGTHS[longest],
                low=(found["low"][f"{measure}_{longest}"], "share"),
                high=(found["high"][f"{measure}_{longest}"], "share"),
            ),
        )
        for measure in labels
    )


def _says(last, length, latest):
    yield say(
        "Over {length}, {logo} of customers and {net} of their revenue were kept.",
        "在{length}内，保留了{logo}的客户和{net}的收入。",
        length=length,
        logo=(last["logo_retention"], "share"),
        net=(last["net_dollar_retention"], "share"),
    )
    gap, size = last["gap"], last["gap_size"]
    yield say(
        "Dollars lie {gap} points {side} customers: those who left were {smaller} than the average ({size} points), expansion "
        "brought {expansion}, contraction took {contraction}.",
        "收入留存比客户留存{side}{gap}个百分点：流失客户规模{smaller}平均水平（{size}个百分点），"
        "扩展贡献{expansion}，缩减减少{contraction}。",
        gap=f"{100 * abs(gap):.1f}",
        side={"en": "above" if gap >= 0 else "below", "zh": "高" if gap >= 0 else "低"},
        smaller={"en": "smaller" if size >= 0 else "larger", "zh": "小于" if size >= 0 else "大于"},
        size=f"{100 * size:+.1f}".replace("-", "−"),
        expansion=f"{100 * last['gap_expansion']:.1f}",
        contraction=f"{-100 * last['gap_contraction']:.1f}",
    )
    if last["unsettled_cents"] < 0:
        yield say(
            "{amount} of the monthly revenue that is counted as lost may yet come back: the grace of its customers is not over.",
            "计为流失的月度收入中，有{amount}仍可能恢复：相关客户的宽限期尚未结束。",
            amount=(-last["unsettled_cents"] / 100, "money"),
        )


def _latest_table(latest):
    names = {
        f"{measure}_{months}": {
            "en": f"{said['en']}, {_LENGTHS[months]['en']}",
            "zh": f"{said['zh']}，{_LENGTHS[months]['zh']}",
        }
        for measure, said in _MEASURES.items()
        for months in _LENGTHS
    }
    return Table(
        "retention_latest",
        {"en": "Retention in the latest period", "zh": "最近一期留存"},
        (
            column("name", "text", True, "Retention of", "留存对象", "What is kept, over how long.", "留存的对象与周期。"),
            column("months", "integer", True, "Months", "月数", "Length of the period.", "周期长度。"),
            column("value", "share", False, "Kept", "留存率", "Share of the opening that is left.", "期初中仍保留的比例。"),
            column(
                "low", "share", False, "Low", "下限", "Lower end of the 90 % interval over customers.", "按客户的90%区间下限。"
            ),
            column(
                "high", "share", False, "High", "上限", "Upper end of the 90 % interval over customers.", "按客户的90%区间上限。"
            ),
        ),
        latest,
        words={"name": names},
    )


def _gap_table(gap):
    return Table(
        "retention_gap",
        {"en": "From customers kept to dollars kept", "zh": "从客户留存到收入留存"},
        (
            column("step", "text", True, "Step", "步骤", "What makes the difference.", "差异来源。"),
            column("share", "share", False, "Share", "比例", "Of the opening.", "占期初的比例。"),
        ),
        gap,
        note={
            "en": "Dollars kept less customers kept is how much smaller than the average the lost were, less contraction, plus "
            "expansion.",
            "zh": "收入留存减客户留存，等于流失客户小于平均规模的部分，减缩减，加扩展。",
        },
        words={"step": _STEPS},
    )


def _periods_table(found):
    table = found.sort_values(["period_months", "month"], ascending=[False, False], ignore_index=True)
    table = table.assign(period=table["period_months"].map(_PERIODS), unsettled=table["unsettled_cents"] / 100)

    def share(name, en, zh, meaning_en, meaning_zh):
        return column(name, "share", False, en, zh, meaning_en, meaning_zh)

    columns = (
        column("period", "text", True, "Period", "周期", "Its length.", "周期长度。"),
        column("month", "day", True, "Month", "月份", "First day of the last month of the period.", "周期最后一个月的第一天。"),
        column("customers", "integer", True, "Customers", "客户数", "At the opening.", "期初数量。"),
        share("logo_retention", "Customers kept", "客户留存率", "Share of them that stay.", "其中留存的比例。"),
        share("gross_dollar_retention", "Gross dollar retention", "毛收入留存率", "Without expansion.", "不含扩展。"),
        share("net_dollar_retention", "Net dollar retention", "净收入留存率", "With expansion.", "含扩展。"),
        column("quick_ratio", "number", False, "Quick ratio", "速动比", "Gained for each unit lost.", "新增与流失之比。"),
        column(
            "unsettled",
            "money",
            True,
            "Not settled",
            "未定金额",
            "Counted as lost, while a grace is running (at most 0).",
            "已计为流失但宽限期未结束的金额（至多为0）。",
        ),
    )
    words = {"period": {_PERIODS[months]: said for months, said in _LENGTHS.items()}}
    return Table(
        "retention_periods",
        {"en": "Retention by period", "zh": "各周期留存"},
        columns,
        table[[one.name for one in columns]],
        words=words,
    )
