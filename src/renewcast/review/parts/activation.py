"""How accounts that try the product activate, pay and are handed to sales; product-led and sales-led side by side."""

from renewcast.review.inputs import Inputs
from renewcast.review.part import Figure, Part
from renewcast.review.parts import _activation_tables as tables
from renewcast.review.parts._activation_words import MOTIONS
from renewcast.review.saying import say

TITLE = {"en": "Activation", "zh": "激活"}
_MISSING = {
    "en": "Neither usage nor touchpoints are mapped, so nothing tells how accounts begin.",
    "zh": "既未映射使用数据，也未映射接触记录，无法了解客户的起步情况。",
}


def activation(inputs: Inputs) -> Part:
    """Show the 3F checks, the activation index, the double funnel, companies to hand over, and who is likely to pay.

    Notes
    -----
    Missing without usage and touchpoints. The index, the hand-over and the propensity are left out where too few accounts
    activated or bought for anything to be learned.
    """
    from renewcast.markets import reading

    known = inputs.everyone
    has_usage = reading.has(known, "usage")
    if not has_usage and not reading.has(known, "touchpoints"):
        return Part("activation", TITLE, missing=_MISSING)
    dates, motion = reading.dates_of(known), reading.motion_of(known)
    prospects = reading.prospects_of(known, inputs.accounts, [])
    parts = [_index(known, dates, motion, prospects)]
    if has_usage:
        parts += [_three_f(known, dates, motion), _motions(inputs, motion, prospects)]
        parts += [_funnels(inputs, dates, motion)]
        if reading.has(known, "contracts"):
            parts += list(_free(inputs, known, dates, motion))
    parts = [part for part in parts if part is not None]
    says, figures, shown, charts = (tuple(one for part in parts for one in part[place]) for place in range(4))
    return Part("activation", TITLE, says, figures, shown, charts)


def _index(known, dates, motion, prospects):
    from renewcast.markets.activation import activations

    found = activations(known, dates, motion, prospects)
    if not found:
        says = {
            "en": "Too few accounts activate after their first two weeks for an index to be learned.",
            "zh": "前两周之后才激活的客户过少，无法学习激活指数。",
        }
        return [says], (), (), ()
    says, figures = [], []
    for one in found:
        name, checked = MOTIONS[one.motion], one.checked
        heading = name["en"].capitalize()
        says.append(_kept_its_word(heading, name["zh"], checked))
        steps = checked.friction.steps
        sure = steps[steps["size"] != 0]
        if len(sure):
            best, worst = sure.iloc[0], sure.iloc[-1]
            says.append(
                {
                    "en": f"{heading}: {best.step} counts {best['size']:+d}, {worst.step} {worst['size']:+d}.",
                    "zh": f"{name['zh']}：{best.step} 计{best['size']:+d}，{worst.step} 计{worst['size']:+d}。",
                }
            )
        above = checked.verdicts.set_index("verdict")
        if "can_activate" in above.index:
            row = above.loc["can_activate"]
            interval = {"low": (row.low, "share"), "high": (row.high, "share")}
            note = say("90 %: {low} to {high}; {motion}", "90%区间：{low}至{high}；{motion}", motion=name, **interval)
            figures.append(
                Figure({"en": "Activate with an index above 0", "zh": "指数大于0者的激活率"}, float(row["rate"]), "share", note)
            )
    return says, figures, *tables.index_tables(found)


def _kept_its_word(heading: str, in_chinese: str, checked) -> dict:
    """Say whether the index did on later sign-ups what it promises."""
    many = f"{checked.checked_on:,}"
    if len(checked.bands) < 2:
        return {
            "en": f"{heading}: all {many} later sign-ups stand in one band of the index, so it tells nobody apart yet.",
            "zh": f"{in_chinese}：{many}个较晚注册的客户都处于同一指数区间，暂时无法区分。",
        }
    rises, parts = checked.is_monotone, checked.is_calibrated
    en = f"activation {'rises with the index' if rises else 'does not always rise with the index'}, and 0 "
    en += "parts those who activate from those who do not" if parts else "does not part those who activate from those who do not"
    zh = f"激活率{'随指数上升' if rises else '并非始终随指数上升'}，且0{'能' if parts else '未能'}区分是否激活"
    return {
        "en": f"{heading}: on {many} later sign-ups {en}.",
        "zh": f"{in_chinese}：在{many}个较晚注册的客户上，{zh}。",
    }


def _three_f(known, dates, motion):
    from renewcast.markets.reading import recent_days
    from renewcast.markets.three_f import three_f

    found = three_f(dates, known.once(recent_days), motion, known.as_of)
    return ((), (), *tables.three_f_table(found)) if len(found) else None


def _motions(inputs, motion, prospects):
    from renewcast.markets.lift import outcomes
    from renewcast.markets.motion import motion_rates

    of_accounts = inputs.ledger is not None and inputs.ledger.definition.level != "parent"
    if inputs.ledger is None:
        return None
    ledger = inputs.ledger if of_accounts else None
    found = motion_rates(motion, outcomes(prospects, ledger), ledger)
    return ((), (), *tables.motion_table(found)) if len(found) else None


def _funnels(inputs, dates, motion):
    import pandas as pd

    from renewcast.markets.double_funnel import double_funnel

    if inputs.ledger is None:
        return None
    found = double_funnel(dates, motion, inputs.ledger, pd.Timestamp(inputs.as_of))
    return None if found is None else ((), (), *tables.funnel_table(found))


def _free(inputs, known, dates, motion):
    """Yield what is learned of accounts that do not pay yet: whom to hand to sales, who is likely to pay."""
    import pandas as pd

    from renewcast.markets.free_panel import days_by_block, free_panel
    from renewcast.markets.handover import handover
    from renewcast.markets.motion import PRODUCT_LED
    from renewcast.markets.propensity import propensity

    tries = motion.index[motion == PRODUCT_LED]
    if not len(tries):
        return
    company = pd.Series(known.view.groups(dates.index.to_series(), inputs.as_of).to_numpy(), index=dates.index)
    panel = free_panel(dates, motion, company, days_by_block(known, tries), known.as_of)
    found = handover(panel, seed=inputs.params.segments.seed)
    if found is not None:
        many = int(found.companies["is_to_hand_over"].sum())
        says = say(
            "From {threshold} active people on (90 %: {low} to {high}) {above} of companies buy within twelve weeks, below it "
            "{below}; {many} companies stand there today.",
            "活跃人数达到{threshold}人（90%区间：{low}至{high}）后，{above}的公司在十二周内购买，低于该人数的为{below}；"
            "目前有{many}家公司达到。",
            threshold=found.threshold,
            low=found.threshold_low,
            high=found.threshold_high,
            above=(found.rate_above, "share"),
            below=(found.rate_below, "share"),
            many=(many, "integer"),
        )
        figure = Figure({"en": "Companies to hand to sales", "zh": "应移交销售的公司"}, many, "integer")
        yield [says], (figure,), *tables.handover_tables(found)
    likely = propensity(panel)
    if likely is not None and len(likely.accounts):
        says = say(
            "The free accounts of today are expected to bring {many} purchases within twelve weeks.",
            "现有免费客户预计在十二周内带来{many}笔购买。",
            many=(likely.accounts["probability"].sum(), "integer"),
        )
        yield [says], (), *tables.propensity_tables(likely)
