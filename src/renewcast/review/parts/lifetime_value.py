"""What customers are worth against what they cost to win: by channel, by segment, and what the best have in common."""

from renewcast.review import lifetime_words as words
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import say

TITLE = {"en": "Lifetime value and acquisition cost", "zh": "客户终身价值与获客成本"}
SEED = 0
SEGMENTS = ("company_size", "industry", "region")
SIGNIFICANT = 0.05


def lifetime_value(inputs: Inputs) -> Part:
    """Tell lifetime value against acquisition cost, by channel and by segment, with the chance of each to be the best."""
    if inputs.ledger is None:
        return Part("lifetime_value", TITLE, missing=words.NO_CONTRACTS)
    accounts = inputs.accounts
    if "acquisition_cost" not in accounts.columns or not accounts["acquisition_cost"].notna().any():
        return Part("lifetime_value", TITLE, missing=words.NO_COST)
    from renewcast.economics.behaviour import common_behaviour
    from renewcast.economics.customers import account_ledger, customers
    from renewcast.economics.value_for_cost import signed_up_in, value_for_cost

    ledger = account_ledger(inputs.view, inputs.ledger)
    rows = customers(accounts, ledger, inputs.params.lifetime, inputs.survival)
    if not rows["is_customer"].any() or not rows.loc[rows["is_customer"], "cost"].gt(0).any():
        return Part("lifetime_value", TITLE, missing=words.NOBODY)
    known = accounts.reindex(rows["account_id"]).reset_index(drop=True)
    note = words.MODELLED if rows["is_modelled"].any() else words.STEADY
    rows, names = _with_segments(inputs, rows.reset_index(drop=True), known)
    tables, charts, channels = [], [], None
    if rows["acquisition_channel"].notna().any():
        channels = value_for_cost(rows, ["acquisition_channel"], seed=SEED)
        both = {"en": f"{note['en']} {words.BEST_NOTE['en']}", "zh": note["zh"] + words.BEST_NOTE["zh"]}
        title = {"en": "By channel", "zh": "按获客渠道"}
        tables.append(Table("lifetime_value_channels", title, (words.CHANNEL, *words.CELLS), channels, note=both))
        charts.append(_interval("lifetime_value_channels", "acquisition_channel"))
        rows["signed_up_in"] = signed_up_in(known)
        by_year = value_for_cost(rows, ["signed_up_in", "acquisition_channel"], seed=SEED, within="signed_up_in")
        by_year = by_year.sort_values(
            ["signed_up_in", "shrunken_ratio", "acquisition_channel"], ascending=[False, False, True], ignore_index=True
        )
        title = {"en": "By channel and year of sign-up", "zh": "按获客渠道与注册年份"}
        columns = (words.YEAR, words.CHANNEL, *words.CELLS)
        tables.append(Table("lifetime_value_channel_years", title, columns, by_year, note=words.PERIOD_NOTE))
    segments = _segments(rows, inputs)
    if segments is not None:
        title = {"en": "By segment", "zh": "按客户细分"}
        columns = (words.DIMENSION, words.VALUE, *words.CELLS)
        shown = {"dimension": words.DIMENSIONS, "value": names}
        tables.append(Table("lifetime_value_segments", title, columns, segments, note=words.BEST_NOTE, shown=20, words=shown))
    behaviour = common_behaviour(rows, inputs.features, inputs.view.catalogue.specs)
    behaviour = behaviour[behaviour["probability"] < SIGNIFICANT].reset_index(drop=True)
    if len(behaviour):
        title = {"en": "What the best for their cost have in common", "zh": "高性价比客户的共同点"}
        labels = {"feature": _labels(inputs.view.catalogue.specs)}
        tables.append(
            Table("lifetime_value_behaviour", title, words.BEHAVIOUR, behaviour, note=words.BEHAVIOUR_NOTE, words=labels)
        )
        charts.append(Chart("interval", "lifetime_value_behaviour", title, "feature", ("difference",), low="low", high="high"))
    return Part(
        "lifetime_value",
        TITLE,
        says=tuple(_says(channels, segments, rows, inputs.params.project.currency)),
        figures=_figures(rows),
        tables=tuple(tables),
        charts=tuple(charts),
    )


def _with_segments(inputs, rows, known):
    """Add the columns by which customers are grouped, and the names of the learned segments by id."""
    import numpy as np
    import pandas as pd

    wanted = ("acquisition_channel", *_dimensions(inputs))
    for name in wanted:
        rows[name] = known[name].to_numpy(dtype=object) if name in known.columns else None
    names: dict = {}
    clusters = inputs.project.segments()
    if clusters is not None and clusters.exist and set(clusters.features) <= set(inputs.features.columns):
        features, ids = inputs.features, np.array(clusters.ids, dtype=object)
        segment = pd.Series(ids[clusters.assign(features)], index=features.index)
        rows["segment"] = segment.reindex(rows["account_id"]).to_numpy(dtype=object)
        names = {
            one: {language: f"{one} {clusters.names[language][at]}" for language in ("en", "zh")}
            for at, one in enumerate(clusters.ids)
        }
    return rows, names


def _dimensions(inputs):
    return tuple(dict.fromkeys((*SEGMENTS, *inputs.params.markets.segment_by)))


def _segments(rows, inputs):
    import pandas as pd

    from renewcast.economics.value_for_cost import value_for_cost

    parts = []
    for name in (*_dimensions(inputs), "segment"):
        if name in rows.columns and rows[name].notna().any() and rows[name].nunique() > 1:
            known = rows if name != "segment" else rows[rows["segment"].notna()]
            found = value_for_cost(known, [name], seed=SEED).rename(columns={name: "value"})
            parts.append(found.assign(dimension=name))
    if not parts:
        return None
    table = pd.concat(parts, ignore_index=True)
    return table[["dimension", *(name for name in table.columns if name != "dimension")]]


def _figures(rows):
    from renewcast.economics.ratios import ratio_of_cells

    now = rows[rows["is_customer"]]
    whole = ratio_of_cells([0] * len(now), now["value_ahead"], now["cost"], cells=1, seed=SEED).iloc[0]
    margin = now["monthly_margin"].sum()
    between = say("{low} to {high}", "{low}至{high}", low=(whole["low"], "number"), high=(whole["high"], "number"))
    return (
        Figure(
            {"en": "Lifetime value over acquisition cost", "zh": "终身价值与获客成本之比（LTV/CAC）"},
            float(whole["ratio"]),
            "number",
            between,
        ),
        Figure({"en": "Lifetime value of a customer", "zh": "每位客户的终身价值"}, float(whole["mean_value"]), "money"),
        Figure({"en": "Acquisition cost of a customer", "zh": "每位客户的获客成本"}, float(whole["mean_cost"]), "money"),
        Figure(
            {"en": "Months until the cost is earned back", "zh": "收回获客成本所需月数"},
            float(now["cost"].sum() / margin) if margin > 0 else None,
            "number",
            {"en": "at today's margin", "zh": "按当前毛利"},
        ),
    )


def _says(channels, segments, rows, currency):
    if channels is not None and len(channels) > 1:
        told = channels[channels["shrunken_ratio"].notna()]
        best, worst = told.iloc[0], told.iloc[-1]
        large = channels.sort_values(["customers", "acquisition_channel"], ascending=[False, True]).iloc[0]
        dear = channels.sort_values(["mean_cost", "acquisition_channel"], ascending=[False, True]).iloc[0]
        yield say(
            "Best for its cost is the channel {best}: {ratio} ({low} to {high}); it is the best with a chance of {chance}.",
            "性价比最高的获客渠道是{best}：LTV/CAC为{ratio}（{low}至{high}），为最佳的概率是{chance}。",
            best=best["acquisition_channel"],
            ratio=(best["shrunken_ratio"], "number"),
            low=(best["shrunken_low"], "number"),
            high=(best["shrunken_high"], "number"),
            chance=(best["best_probability"], "share"),
        )
        yield say(
            "Lowest is {worst} with {ratio} (the worst with a chance of {chance}); a customer costs most by way of {dear}: "
            "{cost} {currency}. Most customers came by {large}: {count} of {all}.",
            "最低的是{worst}，为{ratio}（为最差的概率是{chance}）；单客成本最高的是{dear}：{cost} {currency}。"
            "客户最多来自{large}：{all}家中的{count}家。",
            worst=worst["acquisition_channel"],
            ratio=(worst["shrunken_ratio"], "number"),
            chance=(worst["worst_probability"], "share"),
            dear=dear["acquisition_channel"],
            cost=(dear["mean_cost"], "money"),
            currency=currency,
            large=large["acquisition_channel"],
            count=(int(large["customers"]), "integer"),
            all=(int(rows["is_customer"].sum()), "integer"),
        )
    if segments is not None:
        sure = segments[(segments["best_probability"] >= 0.8) & (segments["dimension"] != "segment")]
        for row in sure.itertuples():
            name = words.DIMENSIONS.get(row.dimension, {"en": row.dimension, "zh": row.dimension})
            yield say(
                "By {by}, {value} has the best ratio: {ratio}, with a chance of {chance}.",
                "按{by}，{value}的比值最高：{ratio}，概率{chance}。",
                by=name,
                value=row.value,
                ratio=(row.shrunken_ratio, "number"),
                chance=(row.best_probability, "share"),
            )


def _labels(specs):
    """Name each feature for people, with the window that it looks back over."""
    found = {}
    for spec in specs:
        over = spec.window_days
        trend = spec.form == "trend"
        english = (f"trend of {spec.meaning}" if trend else spec.meaning) + (f", {over} days" if over else "")
        chinese = spec.meaning_zh + ("趋势" if trend else "") + (f"（{over}天）" if over else "")
        found[spec.name] = {"en": english, "zh": chinese}
    return found


def _interval(table, x):
    title = {"en": "LTV/CAC by channel, shrunken", "zh": "各获客渠道的LTV/CAC（收缩估计）"}
    three = (3.0, {"en": "3, a common bar", "zh": "常用标准3"})
    return Chart("interval", table, title, x, ("shrunken_ratio",), low="shrunken_low", high="shrunken_high", reference=(three,))
