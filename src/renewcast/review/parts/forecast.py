"""What the coming quarter brings: expected retention with its interval, revenue at risk, and where it stands."""

from renewcast.publishing.column import column
from renewcast.review import forecast_words as words
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "The coming quarter", "zh": "下一季度预测"}


def forecast(inputs: Inputs) -> Part:
    """Forecast what becomes of today's recurring revenue until the end of the label's horizon."""
    if inputs.ledger is None:
        return Part("forecast", TITLE, missing=words.NO_CONTRACTS)
    from renewcast.forecast.forecast import NobodyPays
    from renewcast.forecast.growth_ahead import growth_ahead, growth_rates, new_business
    from renewcast.forecast.of_project import since_ledger
    from renewcast.forecast.term_table import term_table

    told = inputs.project.told_by_models(inputs.as_of)
    try:
        found = inputs.project.forecast(inputs.as_of, told=told)
    except NobodyPays:
        return Part("forecast", TITLE, missing=words.NOBODY)
    if found.rates.quarters == 0 and not found.accounts["is_scored"].any():
        return Part("forecast", TITLE, missing=words.NO_PAST)
    bar = inputs.params.revenue.bars.net_dollar_retention
    retention = found.retention(bar)
    rates = growth_rates(found, new_business(inputs.ledger))
    tables = (
        _waterfall(found),
        _since_ledger(since_ledger(inputs.ledger, found)),
        _retention(retention, found.rivals),
        _shares(retention),
        _amounts(found.level("group"), "forecast_groups", words.GROUPS, words.GROUP),
        _amounts(found.level("product"), "forecast_products", words.PRODUCTS, words.PRODUCT),
        _amounts(found.level("account"), "forecast_accounts", words.ACCOUNTS, words.ACCOUNT, shown=0),
        _terms(term_table(found, told.get("outlook"))),
        _growth(growth_ahead(rates)),
    )
    return Part(
        "forecast",
        TITLE,
        says=_says(found, retention, rates, bar, inputs.params.project.currency),
        figures=_figures(found, retention, bar),
        tables=tables,
        charts=_charts(bar),
    )


def _figures(found, retention, bar):
    told = retention.set_index("measure")
    opening = found.total["opening_cents"] / 100
    churn, net = told.loc["churn"], told.loc["net_dollar_retention"]
    gap = (found.total["opening_cents"] - found.total["closing_cents"]) / 100
    return (
        Figure(words.NET, float(net["value"]), "share", _range(net)),
        Figure(
            words.GROSS, float(told.loc["gross_dollar_retention", "value"]), "share", _range(told.loc["gross_dollar_retention"])
        ),
        Figure(
            {"en": f"Chance that net retention passes {bar:.0%}", "zh": f"净收入留存率超过{bar:.0%}的概率"},
            float(net["chance"]),
            "share",
        ),
        Figure(
            {"en": "Yearly revenue at risk of churn", "zh": "面临流失的年度经常性收入"},
            12 * found.total["churn_cents"] / 100,
            "money",
            say(
                "{low} to {high}",
                "{low}至{high}",
                low=(12 * opening * churn["low"], "money"),
                high=(12 * opening * churn["high"], "money"),
            ),
        ),
        Figure(
            {"en": "New monthly revenue needed to stand still", "zh": "维持现有规模所需的新增月度收入"},
            max(gap, 0.0),
            "money",
            {"en": "over the quarter", "zh": "整个季度"},
        ),
    )


def _says(found, retention, rates, bar, currency):
    told, total = retention.set_index("measure"), found.total
    net, churn = told.loc["net_dollar_retention"], told.loc["churn"]
    values = {
        "days": str(found.days),
        "opening": (total["opening_cents"] / 100, "money"),
        "closing": (total["closing_cents"] / 100, "money"),
        "net": (net["value"], "share"),
        "low": (net["low"], "share"),
        "high": (net["high"], "share"),
        "currency": currency,
        "bar": (bar, "share"),
        "chance": (net["chance"], "share"),
        "churn": (total["churn_cents"] / 100, "money"),
        "churn_low": (churn["low"], "share"),
        "churn_high": (churn["high"], "share"),
        "rate": f"{100 * rates['base']:+.2f}%",
        "with_new": f"{100 * rates['with_new']:+.2f}%",
        "unscored": (int((~found.accounts["is_scored"]).sum()), "integer"),
        "accounts": (len(found.accounts), "integer"),
    }
    first = say(
        "In the next {days} days the {opening} {currency} that customers pay a month become {closing}: {net} "
        "(nine times in ten between {low} and {high}); new customers come on top.",
        "未来{days}天，现有客户每月支付的{opening} {currency}预计变为{closing}，即{net}（90%区间{low}至{high}）；新客户另计。",
        **values,
    )
    second = say(
        "{churn} {currency} a month are expected to leave ({churn_low} to {churn_high} of revenue); the chance that net "
        "retention of the quarter passes {bar} is {chance}.",
        "预计每月流失{churn} {currency}（占收入{churn_low}至{churn_high}）；本季度净收入留存率超过{bar}的概率为{chance}。",
        **values,
    )
    third = say(
        "That is {rate} a month for today's customers, {with_new} with new business at last year's pace.",
        "相当于现有客户每月{rate}；若新业务保持去年的速度，则为每月{with_new}。",
        **values,
    )
    rest = (words.SHORT_PAST,) if found.rates.quarters < 3 else ()
    if not found.accounts["is_scored"].all():
        rest = (
            *rest,
            say(
                "{unscored} of {accounts} paying accounts are not scored; they carry the rate at which accounts like them left "
                "in past quarters.",
                "{accounts}家付费客户中有{unscored}家没有评分，按过去几个季度同类客户的流失率计算。",
                **values,
            ),
        )
    return (first, second, third, *rest)


def _waterfall(found):
    import pandas as pd

    total = found.total
    signs = {"opening": 1, "churn": -1, "contraction": -1, "expansion": 1, "closing": 1}
    rows = [{"step": name, "mrr": sign * total[f"{name}_cents"] / 100} for name, sign in signs.items()]
    return Table("forecast_waterfall", words.WATERFALL, words.STEPS, pd.DataFrame(rows), words={"step": words.STEP_WORDS})


def _since_ledger(since):
    import pandas as pd

    signs = {"ledger": 1, "arrived": 1, "lost": -1, "contraction": -1, "expansion": 1, "opening": 1}
    rows = [{"step": name, "mrr": sign * since[f"{name}_cents"] / 100} for name, sign in signs.items()]
    return Table(
        "forecast_since_ledger",
        words.SINCE,
        words.STEPS,
        pd.DataFrame(rows),
        note=words.SINCE_NOTE,
        words={"step": words.STEP_WORDS},
    )


def _retention(retention, rivals):
    import pandas as pd

    others = pd.DataFrame([{"measure": name, "value": value} for name, value in sorted(rivals.items())])
    frame = pd.concat([retention.head(2), others], ignore_index=True)
    columns = (
        column("measure", "text", True, "Measure", "指标", "What is forecast.", "预测的指标。"),
        column("value", "share", False, "Expected", "预期", "Of the opening revenue.", "占期初收入的比例。"),
        column("low", "share", False, "Low", "下限", "Lower end of the 90 % interval.", "90%区间下限。"),
        column("high", "share", False, "High", "上限", "Upper end of the 90 % interval.", "90%区间上限。"),
        column("chance", "share", False, "Chance of the bar", "达标概率", "That it lies above the bar.", "超过标准线的概率。"),
    )
    return Table("forecast_retention", words.RETENTION, columns, frame, note=words.RIVALS, words={"measure": words.MEASURES})


def _shares(retention):
    columns = (
        column("measure", "text", True, "Movement", "变动", "What changes revenue.", "收入变动的类型。"),
        column("value", "share", True, "Expected", "预期", "Of the opening revenue.", "占期初收入的比例。"),
        column("low", "share", True, "Low", "下限", "Lower end of the 90 % interval.", "90%区间下限。"),
        column("high", "share", True, "High", "上限", "Upper end of the 90 % interval.", "90%区间上限。"),
    )
    title = {"en": "Movements as shares of today's revenue", "zh": "各类变动占今日收入的比例"}
    frame = retention.drop(columns="chance").iloc[2:].reset_index(drop=True)
    return Table("forecast_shares", title, columns, frame, words={"measure": words.MEASURES})


def _amounts(level, name, title, first, shown=12):
    key = first.name
    frame = level.assign(
        **{word: level[f"{word}_cents"] / 100 for word in ("opening", "churn", "contraction", "expansion", "closing")}
    )
    frame = frame.assign(due=level["due_cents"] / 100, deviation=(level["deviation"] / 100).round(2))
    frame = frame.sort_values(["churn", key], ascending=[False, True], ignore_index=True)
    columns = (first, *words.AMOUNTS)
    return Table(name, title, columns, frame[[one.name for one in columns]], note=words.ADDS_UP, shown=shown)


def _terms(rows):
    frame = rows.sort_values(
        ["churned_probability", "account_id", "contract_id"], ascending=[False, True, True], ignore_index=True
    )
    return Table(
        "forecast_terms", words.TERMS, words.TERM_COLUMNS, frame[[one.name for one in words.TERM_COLUMNS]], note=words.TERMS_NOTE
    )


def _growth(table):
    columns = [column("month", "integer", True, "Months", "月数", "From today.", "从今天起。")]
    columns += [
        column(name, "number", True, *words.SCENARIOS[name], "Multiple of today's revenue.", "相对于今天收入的倍数。")
        for name in table.columns[1:]
    ]
    return Table("forecast_growth", words.GROWTH, tuple(columns), table, note=words.GROWTH_NOTE, shown=0)


def _charts(bar):
    lines = ("base", "with_new", "flat", "up_3", "down_3", "down_5")
    return (
        Chart("waterfall", "forecast_waterfall", words.WATERFALL, "step", ("mrr",)),
        Chart(
            "interval",
            "forecast_retention",
            words.RETENTION,
            "measure",
            ("value",),
            low="low",
            high="high",
            reference=((bar, {"en": "bar of net retention", "zh": "净收入留存率标准线"}),),
        ),
        Chart("line", "forecast_growth", words.GROWTH, "month", lines),
    )


def _range(row):
    return say("{low} to {high}", "{low}至{high}", low=(row["low"], "share"), high=(row["high"], "share"))
