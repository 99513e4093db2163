"""Tables and charts of the part on activation."""

from renewcast.review.part import Chart, Table
from renewcast.review.parts import _activation_words as words
from renewcast.review.parts._activation_columns import (
    BANDS,
    COMPANIES,
    CURVE,
    DRIVERS,
    FREE,
    FUNNEL,
    KEPT,
    OPEN,
    RATES,
    STEPS,
    THREE_F,
    VERDICTS,
)


def index_tables(found):
    """Lay out what was learned of the index, motion by motion."""
    title = {"en": "Does the index keep its word?", "zh": "指数是否可信？"}
    note = {
        "en": "Learned from earlier sign-ups, counted on later ones: steps of the first 14 days, activation in the 60 after.",
        "zh": "用较早注册的客户学习，用较晚注册的客户检验：前14天的步骤，其后60天内的激活。",
    }
    index_note = {
        "en": "A step counts 5 (annoys, pleases), 10 (disliked, liked) or 20 (angers, delights); 0 where its sign is not sure.",
        "zh": "可确定的步骤计5（烦恼/愉悦）、10（不喜欢/喜欢）或20（愤怒/惊喜）；符号不确定的计0。",
    }
    says = {"motion": words.MOTIONS, "verdict": words.VERDICTS}
    bands = _stacked(found, lambda one: one.checked.bands, BANDS)
    tables = [
        Table(
            "activation_steps",
            {"en": "What early steps count", "zh": "早期步骤的计分"},
            STEPS,
            _stacked(found, _steps, STEPS),
            index_note,
            words=says,
        ),
        Table("activation_bands", title, BANDS, bands, note, words=says),
        Table(
            "activation_verdicts",
            {"en": "Above 0, 0, below 0", "zh": "大于、等于、小于0"},
            VERDICTS,
            _stacked(found, lambda one: one.checked.verdicts, VERDICTS),
            note,
            words=says,
        ),
        Table(
            "activation_kept",
            {"en": "What became of them", "zh": "后续结果"},
            KEPT,
            _stacked(found, lambda one: one.kept, KEPT),
            words=says,
        ),
        Table(
            "activation_open",
            {"en": "Accounts that may still activate", "zh": "仍可能激活的客户"},
            OPEN,
            _stacked(found, lambda one: one.still_open, OPEN),
            words=says,
        ),
    ]
    half = ((0.5, {"en": "one half", "zh": "一半"}),)
    first = bands[bands["motion"] == bands["motion"].iloc[0]].reset_index(drop=True)
    shown = Table("activation_by_index", title, BANDS, first, note, shown=0, words=says)
    chart = Chart(
        "interval",
        "activation_by_index",
        {"en": "Activated, by index", "zh": "按指数的激活率"},
        "band",
        ("rate",),
        low="low",
        high="high",
        reference=half,
    )
    return (*tables, shown), (chart,)


def _steps(one):
    return one.checked.friction.steps


def three_f_table(frame):
    """Lay out the 3F checks."""
    note = {
        "en": "Motions stand side by side; how much a free trial and a sold contract are used is not comparable.",
        "zh": "不同驱动方式并列展示；免费试用与销售合同的使用量不可直接比较。",
    }
    title = {"en": "Function, frequency, free", "zh": "功能、频率、免费（3F）"}
    return (
        Table("three_f", title, THREE_F, frame[_names(THREE_F)], note, words={"motion": words.MOTIONS, "check": words.CHECKS}),
    ), ()


def motion_table(frame):
    """Lay out the rates of the motions."""
    title = {"en": "Product-led and sales-led", "zh": "产品驱动与销售驱动"}
    says = {"motion": words.MOTIONS, "measure": words.MEASURES}
    return (Table("motion_rates", title, RATES, frame[_names(RATES)], words=says),), ()


def funnel_table(frame):
    """Lay out the double funnel."""
    note = {
        "en": "Those still on their way count for as long as they were seen. A median is empty where less than half pass.",
        "zh": "仍在途中的客户按已观察时长计入。通过者不足一半时中位数为空。",
    }
    title = {"en": "Double funnel", "zh": "双漏斗"}
    table = Table(
        "double_funnel", title, FUNNEL, frame[_names(FUNNEL)], note, words={"funnel": words.FUNNELS, "stage": words.STAGES}
    )
    return (table,), (Chart("line", "double_funnel", title, "stage", ("share_of_all",), group="funnel"),)


def handover_tables(found):
    """Lay out the hand-over of companies to sales."""
    title = {"en": "Purchase by number of active people", "zh": "按活跃人数的购买率"}
    tables = (
        Table("handover_curve", title, CURVE, found.curve[_names(CURVE)]),
        Table(
            "handover_companies",
            {"en": "Companies without a contract", "zh": "尚未签约的公司"},
            COMPANIES,
            _told(found.companies[_names(COMPANIES)]),
            words={"is_to_hand_over": words.YES},
        ),
    )
    return tables, (
        Chart(
            "interval", "handover_curve", title, "active_people", ("probability",), low="probability_low", high="probability_high"
        ),
    )


def propensity_tables(found):
    """Lay out who is likely to pay."""
    return (
        Table(
            "free_to_paid",
            {"en": "Free accounts by the chance to pay", "zh": "免费客户付费概率"},
            FREE,
            found.accounts[_names(FREE)],
        ),
        Table(
            "free_to_paid_drivers",
            {"en": "What goes with paying", "zh": "与付费相关的因素"},
            DRIVERS,
            found.drivers[_names(DRIVERS)],
            words={"driver": words.DRIVERS},
        ),
    ), ()


def _stacked(found, pick, columns):
    import pandas as pd

    return pd.concat([pick(one).assign(motion=one.motion) for one in found], ignore_index=True)[_names(columns)]


def _names(columns) -> list[str]:
    return [one.name for one in columns]


def _told(frame):
    """Write yes and no as codes, which stay the same in every file."""
    return frame.assign(**{name: frame[name].map({True: "yes", False: "no"}) for name in frame if frame[name].dtype == bool})
