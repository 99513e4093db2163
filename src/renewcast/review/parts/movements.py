"""How recurring revenue moved: what came, what grew, what shrank and what left, by month, over the year and by product."""

from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "How revenue moved", "zh": "收入变动"}
_WORDS = ("new", "expansion", "reactivation", "contraction", "churn")
_STEPS = {
    "opening": {"en": "a year ago", "zh": "一年前"},
    "new": {"en": "new", "zh": "新增"},
    "expansion": {"en": "expansion", "zh": "扩展"},
    "reactivation": {"en": "returned", "zh": "回归"},
    "contraction": {"en": "contraction", "zh": "缩减"},
    "churn": {"en": "churn", "zh": "流失"},
    "closing": {"en": "now", "zh": "现在"},
}


def movements(inputs: Inputs) -> Part:
    """Tell the movements of revenue by month, from a year ago to now, and what each product brings; all of it adds up."""
    if inputs.ledger is None:
        from renewcast.review.parts.headline import NO_CONTRACTS

        return Part("movements", TITLE, missing=NO_CONTRACTS)
    by_month = _by_month(inputs.ledger)
    year = _year(by_month)
    products = _products(inputs)
    tables = [_months_table(by_month), _year_table(year)]
    charts = [
        Chart(
            "waterfall",
            "movements_year",
            {"en": "Monthly revenue, from a year ago to now", "zh": "月度收入：从一年前到现在"},
            "step",
            ("amount",),
        ),
        Chart(
            "stacked",
            "movements",
            {"en": "What came and what went, by month", "zh": "逐月新增与流失"},
            "month",
            _WORDS,
        ),
    ]
    if len(products) > 1:
        tables.append(_products_table(products))
        charts.append(
            Chart(
                "bar",
                "movements_products",
                {"en": "Monthly revenue by product", "zh": "各产品月度收入"},
                "product",
                ("before", "now"),
            )
        )
    return Part("movements", TITLE, tuple(_says(year, by_month, products)), _figures(year), tuple(tables), tuple(charts))


def _by_month(ledger):
    from renewcast.revenue.movements import roll_forward

    table = roll_forward(ledger)
    for word in ("opening", *_WORDS, "closing"):
        table[word if word not in ("new",) else "new_revenue"] = table.pop(f"{word}_cents") / 100
    table = table.rename(columns={"new": "new_customers", "new_revenue": "new"})
    names = ["month", "opening", *_WORDS, "closing", "new_customers", "reactivated", "churned", "customers_at_end"]
    return table[names].sort_values("month", ascending=False, ignore_index=True)


def _year(by_month):
    """Add the last twelve months up: opening, each movement, closing."""
    import pandas as pd

    year = by_month.head(12)
    amounts = {
        "opening": year["opening"].iloc[-1],
        **{word: year[word].sum() for word in _WORDS},
        "closing": year["closing"].iloc[0],
    }
    return pd.DataFrame({"step": list(amounts), "amount": [round(float(one), 2) for one in amounts.values()]})


def _products(inputs):
    """Return a row a product: revenue a year ago and now, by revenue now."""
    import pandas as pd

    from renewcast.revenue.of_project import product_closings

    units, cents = product_closings(inputs.view, inputs.as_of)
    if units["product"].isna().all():
        return pd.DataFrame()
    closings = pd.DataFrame(
        {
            "product": units["product"].fillna("–").astype(str),
            "before": cents[:, max(cents.shape[1] - 13, 0)] / 100,
            "now": cents[:, -1] / 100,
            "accounts": (cents[:, -1] > 0).astype("int64"),
        }
    )
    table = closings.groupby("product", sort=True).sum().reset_index()
    table["change"] = table["now"] - table["before"]
    table["share"] = table["now"] / max(table["now"].sum(), 1e-9)
    return table.sort_values(["now", "product"], ascending=[False, True], ignore_index=True)


def _figures(year):
    amount = year.set_index("step")["amount"]
    told = ("new", "expansion", "contraction", "churn")
    note = {"en": "a month, over twelve months", "zh": "月度收入，十二个月累计"}
    names = {
        "new": {"en": "New", "zh": "新增"},
        "expansion": {"en": "Expansion", "zh": "扩展"},
        "contraction": {"en": "Contraction", "zh": "缩减"},
        "churn": {"en": "Churn", "zh": "流失"},
    }
    return tuple(Figure(names[word], float(amount[word]), "money", note) for word in told)


def _says(year, by_month, products):
    amount = year.set_index("step")["amount"]
    gained, lost = amount[["new", "expansion", "reactivation"]].sum(), -amount[["contraction", "churn"]].sum()
    yield say(
        "In twelve months {gained} of monthly revenue came and {lost} went: {opening} became {closing}.",
        "十二个月内，月度收入增加{gained}，减少{lost}：从{opening}变为{closing}。",
        gained=(gained, "money"),
        lost=(lost, "money"),
        opening=(amount["opening"], "money"),
        closing=(amount["closing"], "money"),
    )
    if lost > 0:
        yield say(
            "Of what went, {churn} left with their customers and {contraction} with seats, modules or price.",
            "减少的部分中，{churn}来自流失客户，{contraction}来自席位、模块或价格缩减。",
            churn=(-amount["churn"] / lost, "share"),
            contraction=(-amount["contraction"] / lost, "share"),
        )
    worst = by_month.head(12).sort_values(["churn", "month"]).iloc[0]
    if worst["churn"] < 0:
        yield say(
            "Most was lost in {month}: {lost} with {n} customers.",
            "流失最多的月份是{month}：{n}家客户，{lost}。",
            month=f"{worst['month']:%Y-%m}",
            lost=(-worst["churn"], "money"),
            n=(int(worst["churned"]), "integer"),
        )
    if len(products) > 1:
        best = products.sort_values(["change", "product"], ascending=[False, True]).iloc[0]
        yield say(
            "{product} brings {share} of revenue; {best} grew most, by {change} a month.",
            "{product}贡献{share}的收入；{best}增长最多，每月增加{change}。",
            product=products["product"].iloc[0],
            share=(products["share"].iloc[0], "share"),
            best=best["product"],
            change=(best["change"], "money"),
        )


def _months_table(by_month):
    def amount(name, en, zh, meaning_en, meaning_zh):
        return column(name, "money", True, en, zh, meaning_en, meaning_zh)

    return Table(
        "movements",
        {"en": "Movements by month", "zh": "逐月收入变动"},
        (
            column("month", "day", True, "Month", "月份", "First day of the month.", "该月第一天。"),
            amount("opening", "Opening", "期初", "Monthly revenue at the beginning.", "月初的月度收入。"),
            amount("new", "New", "新增", "Of customers that pay for the first time.", "首次付费客户带来的收入。"),
            amount("expansion", "Expansion", "扩展", "More from customers that stay.", "留存客户增加的收入。"),
            amount("reactivation", "Returned", "回归", "Of customers that had left.", "流失后回归客户的收入。"),
            amount("contraction", "Contraction", "缩减", "Less from customers that stay.", "留存客户减少的收入。"),
            amount("churn", "Churn", "流失", "Of customers that left.", "流失客户的收入。"),
            amount("closing", "Closing", "期末", "Opening and movements, to the cent.", "期初加各项变动，分毫不差。"),
            column("new_customers", "integer", True, "New customers", "新客户数", "In the month.", "当月数量。"),
            column("reactivated", "integer", True, "Customers back", "回归客户数", "In the month.", "当月数量。"),
            column("churned", "integer", True, "Customers lost", "流失客户数", "In the month.", "当月数量。"),
            column(
                "customers_at_end", "integer", True, "Customers at end", "期末客户数", "At the end of the month.", "月末数量。"
            ),
        ),
        by_month,
        note={
            "en": "Every change has one name; opening and movements make the closing of every month, to the cent.",
            "zh": "每项变动只归入一类；每月期初加各项变动恰等于期末。",
        },
    )


def _year_table(year):
    return Table(
        "movements_year",
        {"en": "From a year ago to now", "zh": "从一年前到现在"},
        (
            column(
                "step",
                "text",
                True,
                "Movement",
                "变动",
                "Opening, movements of twelve months, closing.",
                "期初、十二个月变动、期末。",
            ),
            column(
                "amount",
                "money",
                True,
                "Monthly revenue",
                "月度收入",
                "What the movement added or took.",
                "该项增加或减少的收入。",
            ),
        ),
        year,
        words={"step": _STEPS},
    )


def _products_table(products):
    return Table(
        "movements_products",
        {"en": "Revenue by product", "zh": "各产品收入"},
        (
            column("product", "text", True, "Product", "产品", "As the contracts name it.", "合同中的名称。"),
            column("before", "money", True, "A year ago", "一年前", "Monthly revenue then.", "当时的月度收入。"),
            column("now", "money", True, "Now", "现在", "Monthly revenue now.", "目前的月度收入。"),
            column("change", "money", True, "Change", "变化", "Now less then.", "现在减去一年前。"),
            column("share", "share", True, "Share", "占比", "Of all revenue now.", "占目前全部收入的比例。"),
            column("accounts", "integer", True, "Accounts", "客户数", "That pay for it now.", "目前为其付费的客户数。"),
        ),
        products[["product", "before", "now", "change", "share", "accounts"]],
    )
