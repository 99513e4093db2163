"""Where the business is: verticals, market segments by the four niche indicators, profiles that convert."""

from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table

TITLE = {"en": "Markets", "zh": "市场"}
_INDICATORS = {
    "settle_days": {"en": "settle cycle (days)", "zh": "成交周期（天）"},
    "willingness": {"en": "willingness to pay (of 10)", "zh": "付费意愿（满分10）"},
    "stickiness": {"en": "stickiness (days in use; without usage, expansion)", "zh": "粘性（使用天数占比；无使用数据时为增购）"},
    "potential": {"en": "potential customers (accounts known)", "zh": "潜在客户数（已知客户）"},
}
_PROFILES = {
    "industry": {"en": "industry", "zh": "行业"},
    "company_size": {"en": "company size", "zh": "公司规模"},
    "region": {"en": "region", "zh": "大区"},
    "country": {"en": "country", "zh": "国家"},
    "acquisition_channel": {"en": "channel", "zh": "获客渠道"},
    "segment": {"en": "market segment", "zh": "细分市场"},
}
_OUTCOMES = {
    "conversion": {"en": "bought within 90 days", "zh": "90天内购买"},
    "renewal": {"en": "still a customer after a year", "zh": "一年后仍是客户"},
}
_YES = {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}


def markets(inputs: Inputs) -> Part:
    """Show how concentrated revenue is, which segment comes closest to a niche, and which profiles convert.

    Notes
    -----
    Missing where neither a vertical nor a segment is known of any account.
    """
    accounts = inputs.accounts
    chosen = inputs.params.markets
    known = [
        name for name in dict.fromkeys([chosen.vertical, *chosen.segment_by]) if name in accounts and accounts[name].notna().any()
    ]
    if not known:
        missing = {
            "en": f"The accounts tell nothing of {chosen.vertical} or of market segments; see markets in params.yaml.",
            "zh": f"客户表中的 {chosen.vertical} 及划分细分市场的各列均为空；请查看 params.yaml 中的 markets。",
        }
        return Part("markets", TITLE, missing=missing)
    parts = [_concentrated(inputs) if chosen.vertical in known else None, *_segments(inputs, known)]
    parts = [part for part in parts if part is not None]
    said, figures, tables, charts = (tuple(one for part in parts for one in part[place]) for place in range(4))
    return Part("markets", TITLE, said, figures, tables, charts)


def _concentrated(inputs: Inputs):
    from renewcast.markets.concentration import TARGET, concentration, verticals_needed

    if inputs.ledger is None:
        return None
    vertical = inputs.accounts[inputs.params.markets.vertical]
    found = concentration(inputs.ledger, vertical, seed=inputs.params.segments.seed)
    frame, top = found.verticals.copy(), found.top
    if not len(frame):
        return None
    three, five = top.iloc[0], top.iloc[2]
    needed = verticals_needed(frame, TARGET[0])
    drifting = frame.loc[frame["is_drift"], "vertical"].tolist()
    frame["revenue"] = frame["revenue_cents"] / 100
    names = ["vertical", "accounts", "revenue", "share", "low", "high", "cumulative_share"]
    names += ["share_before", "change", "change_low", "change_high", "is_drift"]
    says = [
        {
            "en": f"Three verticals bring {three.share:.0%} of the revenue of the last {found.months} months, five bring "
            f"{five.share:.0%} (the aim: 80 to 90 % from three to five); 80 % take {needed}.",
            "zh": f"最近{found.months}个月的收入中，前三个行业占{three.share:.0%}，前五个占{five.share:.0%}"
            f"（目标：三到五个行业占80%至90%）；达到80%需要{needed}个行业。",
        }
    ]
    if drifting:
        listed = ", ".join(drifting)
        says.append(
            {
                "en": f"Since a year ago the share of {listed} has changed by more than chance.",
                "zh": f"与一年前相比，{listed} 的占比变化超出随机波动。",
            }
        )
    figures = tuple(
        Figure({"en": f"{many} largest verticals", "zh": f"前{many}大行业"}, float(row.share), "share", _interval(row))
        for many, row in ((3, three), (5, five))
    )
    table = Table(
        "verticals",
        {"en": "Revenue by vertical, last twelve months", "zh": "最近十二个月各行业收入"},
        _VERTICALS,
        _told(frame[names]),
        {
            "en": "Intervals hold 90 %, by samples of accounts. A change is marked where chance hardly explains it.",
            "zh": "区间为90%（按客户重抽样）。仅当变化在校正行业数量后仍超出随机波动时才标注。",
        },
        words={"is_drift": _YES},
    )
    reference = ((TARGET[0], {"en": "80 %", "zh": "80%"}), (TARGET[1], {"en": "90 %", "zh": "90%"}))
    charts = (
        Chart(
            "bar",
            "verticals",
            {"en": "Share of revenue, added up", "zh": "收入占比（累计）"},
            "vertical",
            ("share", "cumulative_share"),
            reference=reference,
        ),
    )
    return says, figures, (table,), charts


def _segments(inputs: Inputs, known):
    from renewcast.markets.lift import PROFILES, lifts, outcomes
    from renewcast.markets.niches import find_niches
    from renewcast.markets.reading import prospects_of

    accounts, segment_by = inputs.accounts, [name for name in inputs.params.markets.segment_by if name in known]
    account_level = inputs.ledger is not None and inputs.ledger.definition.level != "parent"
    ledger = inputs.ledger if account_level else None
    prospects = prospects_of(inputs.everyone, accounts, segment_by, ledger)
    found = find_niches(prospects, seed=inputs.params.segments.seed) if segment_by else None
    yield None if found is None else _niches(found)
    profiles = accounts[[name for name in PROFILES if name in accounts and accounts[name].notna().any()]].copy()
    if len(segment_by) > 1:
        profiles["segment"] = prospects.set_index("account_id")["segment"].reindex(profiles.index)
    table = lifts(outcomes(prospects, ledger), profiles)
    yield _lifts(table) if len(table) else None


def _niches(found):
    frame = found.segments
    best, declared = frame.iloc[0], frame.loc[frame["is_niche"], "segment"].tolist()
    listed = ", ".join(declared)
    says = [
        {
            "en": f"{listed}: better than the rest in at least two of the tested indicators, beyond chance.",
            "zh": f"{listed}：至少有两项检验指标优于其他细分市场，且超出随机波动。",
        }
        if declared
        else {
            "en": f"No segment is a niche beyond chance; {best.segment} stands first, "
            f"its rank lies between {best.rank_low} and {best.rank_high}.",
            "zh": f"没有任何细分市场的领先超出随机波动；目前排名第一的是 {best.segment}，"
            f"名次区间为{best.rank_low}至{best.rank_high}。",
        }
    ]
    shares = {name: f"{weight:.0%}" for name, weight in found.weights.items()}
    note = {
        "en": "The composite weighs "
        + ", ".join(f"{_INDICATORS[name]['en']} {share}" for name, share in shares.items())
        + ". Ranks with 90 % intervals, by samples of accounts.",
        "zh": "综合得分权重："
        + "、".join(f"{_INDICATORS[name]['zh']}{share}" for name, share in shares.items())
        + "。名次区间为90%（按客户重抽样）。",
    }
    names = [one.name for one in _SEGMENTS]
    title = {"en": "Market segments by the four indicators", "zh": "按四项指标排列的细分市场"}
    tables = (
        Table("market_segments", title, _SEGMENTS, _told(frame[names]), note, words={"is_niche": _YES, "is_on_front": _YES}),
        Table(
            "market_indicators",
            {"en": "Rank in each indicator", "zh": "各项指标的名次"},
            _RANKS,
            _told(found.indicators[[one.name for one in _RANKS]]),
            {
                "en": "p-values are one-sided, corrected over segments and indicators (Benjamini and Yekutieli).",
                "zh": "p值为单侧，已按细分市场与指标数量校正（Benjamini–Yekutieli）。",
            },
            shown=0,
            words={"indicator": _INDICATORS, "beats_the_rest": _YES},
        ),
    )
    charts = (
        Chart(
            "interval",
            "market_segments",
            {"en": "Rank of each segment", "zh": "各细分市场的名次"},
            "segment",
            ("rank",),
            low="rank_low",
            high="rank_high",
        ),
        Chart(
            "scatter",
            "market_segments",
            {"en": "Settle cycle and willingness to pay", "zh": "成交周期与付费意愿"},
            "settle_days",
            ("willingness",),
            group="is_on_front",
        ),
    )
    figure = Figure({"en": "First segment", "zh": "排名第一的细分市场"}, best.segment, "text", _rank_note(best))
    return says, (figure,), tables, charts


def _lifts(table):
    sure = table[table["is_beyond_chance"]]
    says = []
    for row in sure[sure["lift"] > 1].groupby("outcome", sort=True).head(1).itertuples():
        outcome, profile = _OUTCOMES[row.outcome], _PROFILES[row.profile]
        says.append(
            {
                "en": f"{profile['en']} {row.value}: {row.rate:.0%} {outcome['en']}, against {row.rest_rate:.0%} of the rest.",
                "zh": f"{profile['zh']} {row.value}：{outcome['zh']}的占{row.rate:.0%}，其余客户为{row.rest_rate:.0%}。",
            }
        )
    note = {
        "en": "Each profile against all others; corrected for everything that was compared (Benjamini and Yekutieli).",
        "zh": "每种画像与其余客户比较；已按全部比较次数校正（Benjamini–Yekutieli）。",
    }
    words = {"outcome": _OUTCOMES, "profile": _PROFILES, "is_beyond_chance": _YES}
    title = {"en": "Conversion and renewal by profile", "zh": "按客户画像的转化与续约"}
    return says, (), (Table("profile_lift", title, _LIFTS, _told(table[[one.name for one in _LIFTS]]), note, words=words),), ()


def _told(frame):
    """Write yes and no as codes, which stay the same in every file."""
    return frame.assign(**{name: frame[name].map({True: "yes", False: "no"}) for name in frame if frame[name].dtype == bool})


def _interval(row) -> dict:
    return {"en": f"90 %: {row.low:.0%} to {row.high:.0%}", "zh": f"90%区间：{row.low:.0%}至{row.high:.0%}"}


def _rank_note(row) -> dict:
    return {"en": f"first in {row.chance_of_first:.0%} of samples", "zh": f"{row.chance_of_first:.0%}的样本中排名第一"}


def _plain(name: str, kind: str, en: str, zh: str, *, required: bool = True):
    return column(name, kind, required, en, zh, en, zh)


_VERTICALS = (
    _plain("vertical", "text", "vertical", "行业"),
    _plain("accounts", "integer", "accounts that paid", "付费客户数"),
    _plain("revenue", "money", "revenue of the year", "年收入"),
    _plain("share", "share", "share", "占比"),
    _plain("low", "share", "at least (90 %)", "下限（90%）"),
    _plain("high", "share", "at most (90 %)", "上限（90%）"),
    _plain("cumulative_share", "share", "added up", "累计占比"),
    _plain("share_before", "share", "a year before", "一年前", required=False),
    _plain("change", "points", "change", "变化", required=False),
    _plain("change_low", "points", "change at least", "变化下限", required=False),
    _plain("change_high", "points", "change at most", "变化上限", required=False),
    _plain("is_drift", "text", "beyond chance", "超出随机波动"),
)
_SEGMENTS = (
    _plain("segment", "text", "segment", "细分市场"),
    _plain("rank", "integer", "rank", "名次"),
    _plain("rank_low", "integer", "rank at best (90 %)", "最好名次（90%）"),
    _plain("rank_high", "integer", "rank at worst (90 %)", "最差名次（90%）"),
    _plain("is_niche", "text", "niche", "利基市场"),
    _plain("is_on_front", "text", "on the Pareto front", "位于帕累托前沿"),
    _plain("front_share", "share", "on the front in samples", "样本中位于前沿的比例"),
    _plain("composite", "number", "composite (0 to 1)", "综合得分（0至1）"),
    _plain("settle_days", "number", "mean settle cycle, days", "平均成交周期（天）", required=False),
    _plain("settle_median", "number", "median settle cycle, days", "成交周期中位数（天）", required=False),
    _plain("willingness", "number", "willingness to pay (of 10)", "付费意愿（满分10）", required=False),
    _plain("stickiness", "share", "stickiness (days in use)", "粘性（使用天数）", required=False),
    _plain("potential", "integer", "accounts known", "已知客户数"),
    _plain("customers", "integer", "customers", "付费客户数"),
    _plain("acquisition_cost", "money", "mean acquisition cost", "平均获客成本", required=False),
    _plain("arr", "money", "mean ARR of a customer", "客户平均年经常性收入", required=False),
    _plain("adjusted_p_value", "number", "p-value, corrected (Holm)", "校正后p值（Holm）", required=False),
)
_RANKS = (
    _plain("segment", "text", "segment", "细分市场"),
    _plain("indicator", "text", "indicator", "指标"),
    _plain("value", "number", "value", "数值", required=False),
    _plain("low", "number", "at least (90 %)", "下限（90%）", required=False),
    _plain("high", "number", "at most (90 %)", "上限（90%）", required=False),
    _plain("rank", "integer", "rank", "名次"),
    _plain("rank_low", "integer", "rank at best (90 %)", "最好名次（90%）"),
    _plain("rank_high", "integer", "rank at worst (90 %)", "最差名次（90%）"),
    _plain("adjusted_p_value", "number", "p-value, corrected", "校正后p值", required=False),
    _plain("beats_the_rest", "text", "beats the rest", "优于其余"),
)
_LIFTS = (
    _plain("outcome", "text", "outcome", "结果"),
    _plain("profile", "text", "profile", "画像"),
    _plain("value", "text", "value", "取值"),
    _plain("accounts", "integer", "accounts", "客户数"),
    _plain("rate", "share", "rate", "比例"),
    _plain("rest_rate", "share", "rate of the rest", "其余客户的比例"),
    _plain("lift", "number", "lift", "提升倍数", required=False),
    _plain("low", "number", "lift at least (90 %)", "下限（90%）"),
    _plain("high", "number", "lift at most (90 %)", "上限（90%）"),
    _plain("adjusted_p_value", "number", "p-value, corrected", "校正后p值"),
    _plain("is_beyond_chance", "text", "beyond chance", "超出随机波动"),
)
