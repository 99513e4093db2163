"""Tables and charts of the part on activation."""

from renewcast.publishing.column import column
from renewcast.review.part import Chart, Table
from renewcast.review.parts import _activation_words as words


def _plain(name: str, kind: str, en: str, zh: str, *, required: bool = True):
    return column(name, kind, required, en, zh, en, zh)


_ACCOUNT = _plain("account_id", "text", "account", "客户")
_MOTION = _plain("motion", "text", "motion", "驱动方式")
_ACCOUNTS = _plain("accounts", "integer", "accounts", "客户数")
_LOW, _HIGH = (
    _plain("low", "share", "at least (90 %)", "下限（90%）", required=False),
    _plain("high", "share", "at most (90 %)", "上限（90%）", required=False),
)
_PROBABILITY = _plain("probability", "share", "chance", "概率")
_VERDICT = _plain("verdict", "text", "index", "指数")
_RATE = _plain("rate", "share", "activated", "激活率")
_EXPECTED = _plain("expected", "share", "expected", "预期")
_ACTIVATED = _plain("activated", "integer", "activated", "已激活")
_STEPS = (
    _MOTION,
    _plain("step", "text", "early step", "早期步骤"),
    _ACCOUNTS,
    _plain("size", "integer", "counts", "计分"),
    _plain("points", "number", "learned points", "学得分值"),
    _plain("low", "number", "at least (90 %)", "下限（90%）"),
    _plain("high", "number", "at most (90 %)", "上限（90%）"),
)
_BANDS = (_MOTION, _plain("band", "text", "index", "指数"), _ACCOUNTS, _ACTIVATED, _RATE, _LOW, _HIGH, _EXPECTED)
_VERDICTS = (_MOTION, _VERDICT, _ACCOUNTS, _ACTIVATED, _RATE, _LOW, _HIGH, _EXPECTED)
_KEPT = (
    _MOTION,
    _VERDICT,
    _ACCOUNTS,
    _plain("bought", "integer", "bought", "已购买"),
    _plain("bought_share", "share", "share that bought", "购买占比"),
    _plain("bought_low", "share", "at least (90 %)", "下限（90%）"),
    _plain("bought_high", "share", "at most (90 %)", "上限（90%）"),
    _plain("kept", "integer", "still customers", "仍为客户"),
    _plain("kept_share", "share", "share of these", "其中占比", required=False),
    _plain("kept_low", "share", "at least (90 %)", "下限（90%）"),
    _plain("kept_high", "share", "at most (90 %)", "上限（90%）"),
)
_OPEN = (
    _MOTION,
    _ACCOUNT,
    _plain("raw", "integer", "index, as added up", "指数（原始累加）"),
    _plain("clipped", "integer", "index (-25 to 25)", "指数（-25至25）"),
    _VERDICT,
    _PROBABILITY,
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
    bands = _stacked(found, lambda one: one.checked.bands, _BANDS)
    tables = [
        Table(
            "activation_steps",
            {"en": "What early steps count", "zh": "早期步骤的计分"},
            _STEPS,
            _stacked(found, _steps, _STEPS),
            index_note,
            words=says,
        ),
        Table("activation_bands", title, _BANDS, bands, note, words=says),
        Table(
            "activation_verdicts",
            {"en": "Above 0, 0, below 0", "zh": "大于、等于、小于0"},
            _VERDICTS,
            _stacked(found, lambda one: one.checked.verdicts, _VERDICTS),
            note,
            words=says,
        ),
        Table(
            "activation_kept",
            {"en": "What became of them", "zh": "后续结果"},
            _KEPT,
            _stacked(found, lambda one: one.kept, _KEPT),
            words=says,
        ),
        Table(
            "activation_open",
            {"en": "Accounts that may still activate", "zh": "仍可能激活的客户"},
            _OPEN,
            _stacked(found, lambda one: one.still_open, _OPEN),
            words=says,
        ),
    ]
    half = ((0.5, {"en": "one half", "zh": "一半"}),)
    first = bands[bands["motion"] == bands["motion"].iloc[0]].reset_index(drop=True)
    shown = Table("activation_by_index", title, _BANDS, first, note, shown=0, words=says)
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
    columns = (
        _MOTION,
        _plain("check", "text", "check", "检查项"),
        _ACCOUNTS,
        _plain("share", "share", "share", "占比"),
        _LOW,
        _HIGH,
    )
    note = {
        "en": "Motions stand side by side; how much a free trial and a sold contract are used is not comparable.",
        "zh": "不同驱动方式并列展示；免费试用与销售合同的使用量不可直接比较。",
    }
    title = {"en": "Function, frequency, free", "zh": "功能、频率、免费（3F）"}
    return (
        Table("three_f", title, columns, frame[_names(columns)], note, words={"motion": words.MOTIONS, "check": words.CHECKS}),
    ), ()


def motion_table(frame):
    """Lay out the rates of the motions."""
    columns = (
        _MOTION,
        _plain("measure", "text", "measure", "指标"),
        _plain("seen", "integer", "seen", "样本数"),
        _plain("reached", "integer", "of these", "其中"),
        _plain("rate", "share", "rate", "比例"),
        _LOW,
        _HIGH,
    )
    title = {"en": "Product-led and sales-led", "zh": "产品驱动与销售驱动"}
    says = {"motion": words.MOTIONS, "measure": words.MEASURES}
    return (Table("motion_rates", title, columns, frame[_names(columns)], words=says),), ()


def funnel_table(frame):
    """Lay out the double funnel."""
    columns = (
        _plain("funnel", "text", "funnel", "漏斗"),
        _plain("stage", "text", "stage", "阶段"),
        _ACCOUNTS,
        _plain("share_of_all", "share", "of all", "占全部"),
        _plain("passed", "share", "of the stage before, so far", "占上一阶段（至今）", required=False),
        _plain("in_time", "share", "in time", "按期通过", required=False),
        _LOW,
        _HIGH,
        _plain("by_days", "integer", "days that are in time", "按期天数"),
        _plain("median_days", "number", "median days in the stage before", "上一阶段停留天数中位数", required=False),
    )
    note = {
        "en": "Those still on their way count for as long as they were seen. A median is empty where less than half pass.",
        "zh": "仍在途中的客户按已观察时长计入。通过者不足一半时中位数为空。",
    }
    title = {"en": "Double funnel", "zh": "双漏斗"}
    table = Table(
        "double_funnel", title, columns, frame[_names(columns)], note, words={"funnel": words.FUNNELS, "stage": words.STAGES}
    )
    return (table,), (Chart("line", "double_funnel", title, "stage", ("share_of_all",), group="funnel"),)


def handover_tables(found):
    """Lay out the hand-over of companies to sales."""
    curve = (
        _plain("active_people", "integer", "active people", "活跃人数"),
        _plain("companies", "integer", "companies (once every four weeks)", "公司数（每四周计一次）"),
        _plain("bought", "integer", "bought within twelve weeks", "十二周内购买"),
        _plain("rate", "share", "rate", "比例"),
        _LOW,
        _HIGH,
        _PROBABILITY,
        _plain("probability_low", "share", "chance at least", "概率下限"),
        _plain("probability_high", "share", "chance at most", "概率上限"),
    )
    companies = (
        _ACCOUNT,
        _plain("people", "integer", "accounts", "账户数"),
        _plain("active_people", "integer", "active people", "活跃人数"),
        _PROBABILITY,
        _LOW,
        _HIGH,
        _plain("is_to_hand_over", "text", "hand over", "移交销售"),
    )
    title = {"en": "Purchase by number of active people", "zh": "按活跃人数的购买率"}
    tables = (
        Table("handover_curve", title, curve, found.curve[_names(curve)]),
        Table(
            "handover_companies",
            {"en": "Companies without a contract", "zh": "尚未签约的公司"},
            companies,
            _told(found.companies[_names(companies)]),
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
    accounts = (
        _ACCOUNT,
        _PROBABILITY,
        _LOW,
        _HIGH,
        _plain("active_days", "integer", "active days in 28", "28天内活跃天数"),
        _plain("age_days", "integer", "days since sign-up", "注册天数"),
        _plain("active_colleagues", "integer", "active colleagues", "活跃同事数"),
    )
    drivers = (
        _plain("driver", "text", "driver", "驱动因素"),
        _plain("points", "number", "log odds a standard deviation", "每标准差的对数几率"),
        _plain("low", "number", "at least (90 %)", "下限（90%）"),
        _plain("high", "number", "at most (90 %)", "上限（90%）"),
    )
    return (
        Table(
            "free_to_paid",
            {"en": "Free accounts by the chance to pay", "zh": "免费客户付费概率"},
            accounts,
            found.accounts[_names(accounts)],
        ),
        Table(
            "free_to_paid_drivers",
            {"en": "What goes with paying", "zh": "与付费相关的因素"},
            drivers,
            found.drivers[_names(drivers)],
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
