"""Benchmark, value-add and ordinary accounts: how many, how they move, who may rise, who is ready to be shown (C56 to C58)."""

from renewcast.publishing.column import column
from renewcast.review.account_groups import group_columns, grouped, with_scores
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.saying import labels
from renewcast.segments.readiness import STEPS
from renewcast.segments.tiers import TIERS
from renewcast.segments.transitions import GONE

TITLE = {"en": "Tiers", "zh": "客户分层"}
_TIERS = labels(TIERS) | {GONE: {"en": "gone", "zh": "已离开"}}
_STEPS = {
    "first_value": {"en": "first value", "zh": "首次价值"},
    "case": {"en": "a case that speaks for us", "zh": "打造案例"},
    "campaign": {"en": "a joint appearance", "zh": "联合宣传"},
}
_YES = {True: {"en": "yes", "zh": "是"}, False: {"en": "no", "zh": "否"}}


def tiers(inputs: Inputs) -> Part:
    """Tell the tiers, how accounts move between them, who may rise within a quarter and what benchmarks still lack."""
    if inputs.params.revenue is None or "terms" not in inputs.view.store.tables:
        return Part(
            "tiers", TITLE, missing={"en": "Tiers rest on contracts, and there are none.", "zh": "分层依据合同，而没有合同。"}
        )
    import pandas as pd

    from renewcast.segments.readiness import readiness
    from renewcast.segments.tier_history import tier_history
    from renewcast.segments.transitions import conversion, steps, transition_matrix
    from renewcast.segments.upgrade import upgrades

    history = tier_history(inputs.view, inputs.as_of)
    now = history[history["day"] == pd.Timestamp(inputs.as_of)].reset_index(drop=True)
    if not len(now):
        return Part("tiers", TITLE, missing={"en": "No account has a live term.", "zh": "没有生效中的合同。"})
    moves = steps(history)
    rows = with_scores(inputs, now.set_index("account_id")[["tier"]]).assign(arr=now["arr"].to_numpy())
    sizes = grouped(rows, "tier", TIERS)
    tables = [Table("tiers", TITLE, group_columns("tier", "Tier", "层级"), sizes, _rule(inputs), words={"tier": _TIERS})]
    charts = [Chart("bar", "tiers", {"en": "Share of accounts by tier", "zh": "各层级客户占比"}, "tier", ("share",))]
    figures, says = [_count(sizes, one) for one in TIERS], []
    if len(moves):
        by_quarter = conversion(moves)
        tables += [_matrix_table(transition_matrix(moves)), _conversion_table(by_quarter)]
        charts += _moving_charts()
        figures.append(_converted(moves))
        says.append(_says_converted(by_quarter))
    found = upgrades(inputs.view, history, inputs.features)
    if found.base_rate == found.base_rate:
        tables.append(_upgrade_table(inputs, found))
        says.append(_says_upgrades(found))
    ready = readiness(inputs.known, now, inputs.params.segments.tiers, inputs.features)
    tables.append(_readiness_table(inputs, ready))
    if len(ready):
        says.append(_says_ready(ready))
    return Part("tiers", TITLE, tuple(one for one in says if one), tuple(figures), tuple(tables), tuple(charts))


def _rule(inputs: Inputs) -> dict:
    policy, currency = inputs.params.segments.tiers, inputs.params.project.currency
    values = (policy.benchmark_min_arr, policy.benchmark_min_advocacy, policy.value_add_min_arr_growth, policy.keep_margin)
    return {
        "en": "Benchmark: ARR of at least {1} {0:,.0f} and {2:g} promoter answers in a year. Value-add: ARR grew by at least "
        "{3:.0%} in a year. A tier is lost only below a threshold by more than {4:.0%} of it.".format(
            values[0], currency, *values[1:]
        ),
        "zh": "标杆客户：年度经常性收入不低于{1} {0:,.0f}，且一年内至少{2:g}次推荐者评分。"
        "增值客户：年度经常性收入一年内增长至少{3:.0%}。只有低于门槛超过{4:.0%}时才失去层级。".format(
            values[0], currency, *values[1:]
        ),
    }


def _count(sizes, one: str) -> Figure:
    found = sizes.loc[sizes["tier"] == one, "accounts"]
    return Figure(_TIERS[one], int(found.iloc[0]) if len(found) else 0, "integer")


def _converted(moves) -> Figure:
    """Tell the conversion of all quarters together, with its interval."""
    from renewcast.segments.transitions import transition_matrix

    found = transition_matrix(moves)
    one = found[(found["tier"] == "ordinary") & (found["next_tier"] == "value_add")].iloc[0]
    note = {
        "en": f"a quarter; {one['low']:.1%} to {one['high']:.1%} (90 %)",
        "zh": f"每季度；90%区间{one['low']:.1%}至{one['high']:.1%}",
    }
    value = None if one["share"] != one["share"] else float(one["share"])
    return Figure({"en": "ordinary to value-add", "zh": "普通转增值"}, value, "share", note)


def _matrix_table(frame) -> Table:
    columns = (
        column("tier", "text", True, "From", "原层级", "On the first snapshot day of a quarter.", "季度首个快照日的层级。"),
        column("next_tier", "text", True, "To", "新层级", "A quarter later.", "一个季度后。"),
        column("accounts", "integer", True, "Account-quarters", "客户季度数", "Of all quarters looked at.", "所有季度合计。"),
        column("share", "share", False, "Share", "比例", "Of those that began there.", "占原层级的比例。"),
        column("low", "share", True, "Low", "下限", "90 % interval.", "90%区间下限。"),
        column("high", "share", True, "High", "上限", "90 % interval.", "90%区间上限。"),
    )
    note = {
        "en": "Gone: no live term a quarter later. Intervals are as wide as quarters differ from each other.",
        "zh": "已离开：一个季度后没有生效的合同。区间已反映各季度之间的差异。",
    }
    title = {"en": "From tier to tier within a quarter", "zh": "一个季度内的层级变动"}
    return Table("tier_transitions", title, columns, frame, note, words={"tier": _TIERS, "next_tier": _TIERS})


def _conversion_table(frame) -> Table:
    columns = (
        column("quarter", "day", True, "Quarter from", "季度起始", "Its first snapshot day.", "季度首个快照日。"),
        column("ordinary", "integer", True, "Ordinary", "普通客户", "At its beginning.", "季初数量。"),
        column("converted", "integer", True, "Became value-add", "转为增值", "At its end.", "季末数量。"),
        column("share", "share", True, "Conversion", "转化率", "Of the ordinary.", "占普通客户的比例。"),
        column("low", "share", True, "Low", "下限", "90 % interval.", "90%区间下限。"),
        column("high", "share", True, "High", "上限", "90 % interval.", "90%区间上限。"),
        column("upgraded", "integer", True, "Rose at all", "升级合计", "To value-add or benchmark.", "升为增值或标杆客户。"),
    )
    title = {"en": "Ordinary accounts that became value-add, by quarter", "zh": "各季度普通客户转为增值客户"}
    return Table("tier_conversion", title, columns, frame.assign(quarter=frame["quarter"].dt.date))


def _moving_charts() -> list:
    return [
        Chart(
            "heat",
            "tier_transitions",
            {"en": "Where accounts of a tier are a quarter later", "zh": "各层级客户一个季度后的去向"},
            "next_tier",
            ("share",),
            group="tier",
        ),
        Chart(
            "interval",
            "tier_conversion",
            {"en": "Ordinary to value-add, by quarter", "zh": "各季度普通转增值的比例"},
            "quarter",
            ("share",),
            low="low",
            high="high",
        ),
    ]


def _upgrade_table(inputs: Inputs, found) -> Table:
    frame = found.accounts.copy()
    frame.insert(1, "account_name", inputs.accounts["name"].reindex(frame["account_id"]).to_numpy())
    columns = (
        column("account_id", "text", True, "Account", "客户编号", "Id.", "编号。"),
        column("account_name", "text", False, "Name", "客户名称", "Name.", "名称。"),
        column("arr", "money", True, "ARR", "年度经常性收入", "Annual recurring revenue.", "年度经常性收入。"),
        column("upgrade_probability", "share", True, "Chance to rise", "升级概率", "Within a quarter.", "一个季度内。"),
        column("low", "share", True, "Low", "下限", "90 % interval.", "90%区间下限。"),
        column("high", "share", True, "High", "上限", "90 % interval.", "90%区间上限。"),
    )
    title = {"en": "Ordinary accounts and their chance to rise", "zh": "普通客户及其升级概率"}
    return Table("tier_upgrades", title, columns, frame)


def _readiness_table(inputs: Inputs, frame) -> Table:
    frame = frame.copy()
    frame.insert(1, "account_name", inputs.accounts["name"].reindex(frame["account_id"]).to_numpy())
    for name in STEPS:
        frame[name] = frame[name].map({True: "yes", False: "no"}).astype(object).where(frame[name].notna(), None)
    columns = (
        column("account_id", "text", True, "Account", "客户编号", "Id.", "编号。"),
        column("account_name", "text", False, "Name", "客户名称", "Name.", "名称。"),
        column("tier", "text", True, "Tier", "层级", "Now.", "当前层级。"),
        column("arr", "money", True, "ARR", "年度经常性收入", "Annual recurring revenue.", "年度经常性收入。"),
        *(column(one, "text", False, _STEPS[one]["en"].capitalize(), _STEPS[one]["zh"], "Taken.", "是否完成。") for one in STEPS),
        column("readiness", "share", True, "Ready", "就绪度", "Steps taken.", "已完成步骤占比。"),
        column("next_step", "text", False, "Next", "下一步", "The first open step.", "首个未完成的步骤。"),
    )
    note = {
        "en": "First value: a milestone of the customer's own, or value actions in a quarter. Case: promoter answers in a year. "
        "Joint appearance: executives met, or a business review, in half a year.",
        "zh": "首次价值：达成客户自身里程碑，或一个季度内有价值动作。"
        "打造案例：一年内有推荐者评分。联合宣传：半年内有高层会面或业务回顾。",
    }
    title = {"en": "On the way to a benchmark", "zh": "标杆客户建设进度"}
    yes = {word: told for word, told in zip(("yes", "no"), _YES.values(), strict=True)}
    return Table(
        "tier_readiness", title, columns, frame, note, words={"tier": _TIERS, "next_step": _STEPS} | dict.fromkeys(STEPS, yes)
    )


def _says_converted(by_quarter) -> dict | None:
    if not len(by_quarter):
        return None
    last = by_quarter.iloc[-1]
    shown = f"{last['share']:.1%}", f"{last['low']:.1%}", f"{last['high']:.1%}"
    return {
        "en": f"In the last full quarter {int(last['converted']):,} of {int(last['ordinary']):,} ordinary accounts became "
        f"value-add: {shown[0]} ({shown[1]} to {shown[2]}, 90 %).",
        "zh": f"上一个完整季度，{int(last['ordinary']):,}家普通客户中有{int(last['converted']):,}家成为增值客户："
        f"{shown[0]}（90%区间{shown[1]}至{shown[2]}）。",
    }


def _says_upgrades(found) -> dict:
    if not found.has_skill:
        return {
            "en": f"Who will rise cannot be told apart: all ordinary accounts carry the base rate of {found.base_rate:.1%} "
            "a quarter.",
            "zh": f"无法区分哪些客户会升级：所有普通客户均显示基准率，每季度{found.base_rate:.1%}。",
        }
    low, middle, high = (f"{one:.0f}" for one in found.expected)
    return {
        "en": f"About {middle} ordinary accounts are expected to rise within a quarter ({low} to {high}, 90 %, as quarters "
        "differ); the likeliest are listed.",
        "zh": f"预计一个季度内约有{middle}家普通客户升级（90%区间{low}至{high}，含季度间差异），概率最高者见表。",
    }


def _says_ready(ready) -> dict:
    whole = int((ready["readiness"] == 1).sum())
    return {
        "en": f"Accounts large enough to be a benchmark: {len(ready):,}; all steps taken: {whole:,}.",
        "zh": f"规模达到标杆要求的客户：{len(ready):,}家，其中已完成全部步骤：{whole:,}家。",
    }
