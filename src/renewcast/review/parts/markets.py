"""Where the business is: verticals, market segments by the four niche indicators, profiles that convert."""

from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.parts._market_columns import INDICATORS, LIFTS, RANKS, SEGMENTS, VERTICALS
from renewcast.review.saying import say

TITLE = {"en": "Markets", "zh": "市场"}
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
_FRONT = {
    "yes": {"en": "on the Pareto front", "zh": "位于帕累托前沿"},
    "no": {"en": "behind the Pareto front", "zh": "不在帕累托前沿"},
}


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
        say(
            "Three verticals bring {three} of the revenue of the last {months} months, five bring {five} (the aim: 80 to 90 % "
            "from three to five); 80 % take {needed}.",
            "最近{months}个月的收入中，前三个行业占{three}，前五个占{five}（目标：三到五个行业占80%至90%）；达到80%需要{needed}个行业。",
            three=(three.share, "share"),
            five=(five.share, "share"),
            months=found.months,
            needed=needed,
        )
    ]
    if drifting:
        says.append(
            say(
                "Since a year ago the share of {listed} has changed by more than chance.",
                "与一年前相比，{listed} 的占比变化超出随机波动。",
                listed=_listed(drifting),
            )
        )
    figures = tuple(
        Figure({"en": f"{many} largest verticals", "zh": f"前{many}大行业"}, float(row.share), "share", _interval(row))
        for many, row in ((3, three), (5, five))
    )
    table = Table(
        "verticals",
        {"en": "Revenue by vertical, last twelve months", "zh": "最近十二个月各行业收入"},
        VERTICALS,
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
    if declared:
        told = say(
            "{listed}: better than the rest in at least two of the tested indicators, beyond chance.",
            "{listed}：至少有两项检验指标优于其他细分市场，且超出随机波动。",
            listed=_listed(declared),
        )
    else:
        told = say(
            "No segment is a niche beyond chance; {first} stands first, its rank lies between {low} and {high}.",
            "没有任何细分市场的领先超出随机波动；目前排名第一的是 {first}，名次区间为{low}至{high}。",
            first=best.segment,
            low=best.rank_low,
            high=best.rank_high,
        )
    weights = [(INDICATORS[name], f"{weight:.0%}") for name, weight in found.weights.items()]
    note = say(
        "The composite weighs {weights}. Ranks with 90 % intervals, by samples of accounts.",
        "综合得分权重：{weights}。名次区间为90%（按客户重抽样）。",
        weights={
            "en": ", ".join(f"{name['en']} {share}" for name, share in weights),
            "zh": "、".join(f"{name['zh']}{share}" for name, share in weights),
        },
    )
    names = [one.name for one in SEGMENTS]
    title = {"en": "Market segments by the four indicators", "zh": "按四项指标排列的细分市场"}
    tables = (
        Table("market_segments", title, SEGMENTS, _told(frame[names]), note, words={"is_niche": _YES, "is_on_front": _FRONT}),
        Table(
            "market_indicators",
            {"en": "Rank in each indicator", "zh": "各项指标的名次"},
            RANKS,
            _told(found.indicators[[one.name for one in RANKS]]),
            {
                "en": "p-values are one-sided, corrected over segments and indicators (Benjamini and Yekutieli).",
                "zh": "p值为单侧，已按细分市场与指标数量校正（Benjamini–Yekutieli）。",
            },
            shown=0,
            words={"indicator": INDICATORS, "beats_the_rest": _YES},
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
            note={
                "en": "On the Pareto front: no other segment is better in all four indicators, so no weights rule it out.",
                "zh": "位于帕累托前沿：没有其他细分市场在四项指标上都更优，因此任何权重都不能排除它。",
            },
        ),
    )
    figure = Figure({"en": "First segment", "zh": "排名第一的细分市场"}, best.segment, "text", _rank_note(best))
    return [told], (figure,), tables, charts


def _lifts(table):
    sure = table[table["is_beyond_chance"]]
    says = []
    for row in sure[sure["lift"] > 1].groupby("outcome", sort=True).head(1).itertuples():
        says.append(
            say(
                "{profile} {value}: {rate} {outcome}, against {rest} of the rest.",
                "{profile} {value}：{outcome}的占{rate}，其余客户为{rest}。",
                profile=_PROFILES[row.profile],
                value=row.value,
                outcome=_OUTCOMES[row.outcome],
                rate=(row.rate, "share"),
                rest=(row.rest_rate, "share"),
            )
        )
    note = {
        "en": "Each profile against all others; corrected for everything that was compared (Benjamini and Yekutieli).",
        "zh": "每种画像与其余客户比较；已按全部比较次数校正（Benjamini–Yekutieli）。",
    }
    words = {"outcome": _OUTCOMES, "profile": _PROFILES, "is_beyond_chance": _YES}
    title = {"en": "Conversion and renewal by profile", "zh": "按客户画像的转化与续约"}
    return says, (), (Table("profile_lift", title, LIFTS, _told(table[[one.name for one in LIFTS]]), note, words=words),), ()


def _told(frame):
    """Write yes and no as codes, which stay the same in every file."""
    return frame.assign(**{name: frame[name].map({True: "yes", False: "no"}) for name in frame if frame[name].dtype == bool})


def _interval(row) -> dict:
    return say("90 %: {low} to {high}", "90%区间：{low}至{high}", low=(row.low, "share"), high=(row.high, "share"))


def _rank_note(row) -> dict:
    return say("first in {chance} of samples", "{chance}的样本中排名第一", chance=(row.chance_of_first, "share"))


def _listed(names) -> dict:
    return {"en": ", ".join(names), "zh": "、".join(names)}
