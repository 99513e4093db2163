"""Where the business stands: recurring revenue, customers, retention against its bars, and what a rate of growth becomes."""

from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "Where we stand", "zh": "总体情况"}
NO_CONTRACTS = {
    "en": "No contract has lasted to the end of a month, so nothing is known of recurring revenue; see the cohorts for how many "
    "customers stay active.",
    "zh": "没有任何合同持续到月末，因此无法计算经常性收入；客户是否持续活跃请见“同期群”部分。",
}
_RATES = {0.0: "flat", 0.03: "up_3", -0.03: "down_3", -0.05: "down_5"}
_MEASURES = {
    "net_dollar_retention": {"en": "net dollar retention, %", "zh": "净收入留存率（%）"},
    "nps": {"en": "net promoter score", "zh": "净推荐值（NPS）"},
}


def headline(inputs: Inputs) -> Part:
    """Tell revenue, customers, retention, the bars of a good company with the chance of passing them, and growth simulated."""
    if inputs.ledger is None:
        return Part("headline", TITLE, missing=NO_CONTRACTS)
    from renewcast.revenue.bars import bars
    from renewcast.revenue.growth import monthly_growth
    from renewcast.revenue.versions import promoter_answers

    ledger = inputs.ledger
    by_month = _by_month(ledger)
    judged = bars(ledger, promoter_answers(inputs.view, inputs.as_of), inputs.params.revenue.bars, seed=0)
    own = monthly_growth(ledger)
    now = by_month.iloc[0]
    return Part(
        "headline",
        TITLE,
        says=tuple(_says(by_month, judged, own)),
        figures=_figures(now, judged),
        tables=(_months_table(by_month), _bars_table(judged), _growth_table(own)),
        charts=_charts(inputs, own),
    )


def _by_month(ledger):
    """Return a row a month, the newest first: revenue, customers, retention over the twelve months before, quick ratio."""
    from renewcast.revenue.movements import roll_forward
    from renewcast.revenue.retention import retention

    months = roll_forward(ledger)[["month", "closing_cents", "customers_at_end"]]
    table = months.assign(mrr=months["closing_cents"] / 100)[["month", "mrr", "customers_at_end"]]
    table["arr"] = 12 * table["mrr"]
    yearly = retention(ledger, (12,))
    names = ["month", "net_dollar_retention", "gross_dollar_retention", "logo_retention", "quick_ratio"]
    yearly = yearly[names] if len(yearly) else table[["month"]].head(0).reindex(columns=names)
    table = table.merge(yearly, on="month", how="left")
    return table.sort_values("month", ascending=False, ignore_index=True)


def _figures(now, judged):
    ndr, nps = judged.iloc[0], judged.iloc[1]
    return (
        Figure(
            {"en": "Yearly recurring revenue", "zh": "年度经常性收入（ARR）"},
            now["arr"],
            "money",
            say("{mrr} a month", "每月{mrr}", mrr=(now["mrr"], "money")),
        ),
        Figure({"en": "Customers", "zh": "客户数"}, int(now["customers_at_end"]), "integer"),
        Figure(
            {"en": "Net dollar retention, 12 months", "zh": "净收入留存率（12个月）"},
            ndr["value"],
            "share",
            say("{low} to {high}", "{low}至{high}", low=(ndr["low"], "share"), high=(ndr["high"], "share")),
        ),
        Figure(
            {"en": "Gross dollar retention, 12 months", "zh": "毛收入留存率（12个月）"},
            now["gross_dollar_retention"],
            "share",
            {"en": "without expansion", "zh": "不含扩展"},
        ),
        Figure(
            {"en": "Quick ratio, 12 months", "zh": "速动比（12个月）"},
            now["quick_ratio"],
            "number",
            {"en": "gained for each unit lost", "zh": "每流失一单位收入所新增的收入"},
        ),
        Figure(
            {"en": "Net promoter score", "zh": "净推荐值（NPS）"},
            nps["value"],
            "number",
            say("{n} accounts answered", "{n}家客户作答", n=(int(nps["accounts"]), "integer")),
        ),
    )


def _says(by_month, judged, own):
    now = by_month.iloc[0]
    grown = now["arr"] / by_month["arr"].iloc[12] - 1 if len(by_month) > 12 and by_month["arr"].iloc[12] > 0 else None
    values = {"arr": (now["arr"], "money"), "n": (int(now["customers_at_end"]), "integer")}
    if grown is None:
        yield say("{n} customers pay {arr} a year.", "{n}家客户每年支付{arr}。", **values)
    else:
        yield say(
            "{n} customers pay {arr} a year, {change} {way} than a year before.",
            "{n}家客户每年支付{arr}，比一年前{way}{change}。",
            **values,
            change=(abs(grown), "share"),
            way={"en": "more" if grown >= 0 else "less", "zh": "增加" if grown >= 0 else "减少"},
        )
    ndr, nps = judged.iloc[0], judged.iloc[1]
    if ndr["value"] == ndr["value"]:
        yield say(
            "Of each 100 that customers paid a year ago they pay {kept} today; with a chance of {chance} that passes the "
            "bar of {bar}.",
            "一年前客户每支付100，如今仍支付{kept}；超过{bar}标准的把握为{chance}。",
            kept=f"{100 * ndr['value']:.1f}",
            bar=f"{100 * ndr['bar']:g}%",
            chance=_chance(ndr["chance"]),
        )
    if nps["value"] == nps["value"]:
        yield say(
            "The promoter score is {nps} ({low} to {high}); it lies above {bar} with a chance of {chance}.",
            "净推荐值为{nps}（{low}至{high}）；高于{bar}的把握为{chance}。",
            nps=f"{nps['value']:.1f}",
            low=f"{nps['low']:.1f}",
            high=f"{nps['high']:.1f}",
            bar=f"{nps['bar']:g}",
            chance=_chance(nps["chance"]),
        )
    if own == own:
        yield say(
            "At the last year's pace of {rate} a month, revenue is {times} times today's in a year; 3 % a month would make it "
            "1.43 times, a loss of 5 % a month 0.54 times.",
            "按过去一年每月{rate}的速度，一年后收入将为今天的{times}倍；每月增长3%为1.43倍，每月下降5%为0.54倍。",
            rate=f"{100 * own:+.2f} %".replace("-", "−"),
            times=f"{(1 + own) ** 12:.2f}",
        )


def _chance(share):
    if share < 0.001:
        return {"en": "under 0.1%", "zh": "不到0.1%"}
    return {"en": "over 99.9%", "zh": "超过99.9%"} if share > 0.999 else (share, "share")


def _months_table(by_month):
    return Table(
        "headline_months",
        {"en": "Month by month", "zh": "逐月情况"},
        (
            column("month", "day", True, "Month", "月份", "First day of the month.", "该月第一天。"),
            column("mrr", "money", True, "MRR", "月度经常性收入", "Paid for a month, at its end.", "月末的月度收入。"),
            column("arr", "money", True, "ARR", "年度经常性收入", "Twelve times MRR.", "月度收入的十二倍。"),
            column("customers_at_end", "integer", True, "Customers", "客户数", "At the end of the month.", "月末客户数。"),
            column(
                "net_dollar_retention",
                "share",
                False,
                "Net dollar retention",
                "净收入留存率",
                "What the customers of twelve months before pay now, divided by what they paid then.",
                "十二个月前的客户如今支付的金额与当时之比。",
            ),
            column(
                "gross_dollar_retention",
                "share",
                False,
                "Gross dollar retention",
                "毛收入留存率",
                "The same, with nobody counted for more than was paid then.",
                "同上，但每家客户最多按当时金额计。",
            ),
            column(
                "logo_retention",
                "share",
                False,
                "Customers kept",
                "客户留存率",
                "Share that are still customers.",
                "仍为客户的比例。",
            ),
            column(
                "quick_ratio",
                "number",
                False,
                "Quick ratio",
                "速动比",
                "New and expanded revenue for each unit churned or contracted, over twelve months.",
                "十二个月内新增与扩展收入，除以流失与缩减收入。",
            ),
        ),
        by_month[
            [
                "month",
                "mrr",
                "arr",
                "customers_at_end",
                "net_dollar_retention",
                "gross_dollar_retention",
                "logo_retention",
                "quick_ratio",
            ]
        ],
    )


def _bars_table(judged):
    shown = judged.copy()
    is_ndr = shown["measure"] == "net_dollar_retention"
    for name in ("value", "low", "high", "bar"):
        shown[name] = shown[name].where(~is_ndr, 100 * shown[name])
    return Table(
        "headline_bars",
        {"en": "The bars of a good company", "zh": "优秀公司的标准"},
        (
            column("measure", "text", True, "Measure", "指标", "What is judged.", "所评判的指标。"),
            column("value", "number", False, "Value", "数值", "Over the last twelve months.", "过去十二个月。"),
            column("low", "number", False, "Low", "下限", "Lower end of the 90 % interval.", "90%区间下限。"),
            column("high", "number", False, "High", "上限", "Upper end of the 90 % interval.", "90%区间上限。"),
            column("bar", "number", True, "Bar", "标准", "To be passed.", "需要超过的标准。"),
            column(
                "chance",
                "share",
                False,
                "Chance of passing",
                "达标把握",
                "Share of samples of accounts in which the bar is passed: how sure the year that was is, no forecast.",
                "重抽样中超过标准的比例：说明过去一年的把握，并非预测。",
            ),
            column("accounts", "integer", True, "Accounts", "客户数", "Judged by.", "评判所依据的客户数。"),
        ),
        shown[["measure", "value", "low", "high", "bar", "chance", "accounts"]],
        words={"measure": _MEASURES},
    )


def _growth_table(own):
    from renewcast.revenue.growth import growth

    table = growth().rename(columns=_RATES).reset_index()
    names = ["month", *_RATES.values()]
    said = {
        "flat": ("No growth", "零增长"),
        "up_3": ("+3 % a month", "每月+3%"),
        "down_3": ("−3 % a month", "每月−3%"),
        "down_5": ("−5 % a month", "每月−5%"),
        "own": ("Our own pace", "自身速度"),
    }
    if own == own:
        table["own"] = growth(monthly_rates=(own,)).iloc[:, 0].to_numpy()
        names.insert(1, "own")
    columns = [
        column("month", "integer", True, "Months from now", "今后月数", "0 is today.", "0为今天。"),
        *(
            column(name, "number", True, *said[name], "Revenue as a multiple of today's.", "相对于今天的倍数。")
            for name in names
            if name != "month"
        ),
    ]
    title = {"en": "What a rate of growth becomes", "zh": "增长速度的长期结果"}
    return Table("growth_simulation", title, tuple(columns), table[names], shown=25)


def _charts(inputs, own):
    bar = inputs.params.revenue.bars.net_dollar_retention
    simulated = (*(("own",) if own == own else ()), *_RATES.values())
    return (
        Chart("line", "headline_months", {"en": "Monthly recurring revenue", "zh": "月度经常性收入"}, "month", ("mrr",)),
        Chart(
            "line",
            "headline_months",
            {"en": "Retention over the twelve months before", "zh": "此前十二个月的留存率"},
            "month",
            ("net_dollar_retention", "gross_dollar_retention", "logo_retention"),
            reference=((bar, say("bar {bar}", "标准{bar}", bar=f"{100 * bar:g}%")),),
        ),
        Chart(
            "line",
            "growth_simulation",
            {"en": "Revenue as a multiple of today's", "zh": "收入相对于今天的倍数"},
            "month",
            simulated,
            note={
                "en": "A simulation, no forecast: a constant rate every month.",
                "zh": "此为模拟而非预测：假定每月速度不变。",
            },
        ),
    )
