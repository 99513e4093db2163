"""How deep new accounts go in their first days, whether activity grows while value does not, and the seasons of the year."""

from renewcast.errors import RenewcastError
from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table
from renewcast.review.parts.cohorts import activity_table
from renewcast.review.saying import say

TITLE = {"en": "How far new accounts go", "zh": "新客户的使用深度"}
WITHIN_DAYS = 90
_STEPS = {
    "active_1": {"en": "active once", "zh": "活跃一天"},
    "active_5": {"en": "active on five days", "zh": "活跃五天"},
    "paid": {"en": "paid", "zh": "已付费"},
}


def depth(inputs: Inputs) -> Part:
    """Tell the funnel of each cohort of new accounts, its trends, and the seasonality of new revenue."""
    season = _season(inputs.ledger)
    source = activity_table(inputs.view)
    found, why = None, {"en": "No activity is recorded.", "zh": "没有活动记录。"}
    if source is not None:
        from renewcast.revenue.funnel import funnel, trends

        try:
            found = funnel(inputs.view, inputs.as_of, period="quarter", source=source, within_days=WITHIN_DAYS)
        except RenewcastError:
            why = say(
                "No account signed up while activity was recorded and {days} days before the review, so nobody's first days "
                "can be told.",
                "在有活动记录且早于回顾日{days}天的时间内没有新客户，无法评价新客户的最初使用情况。",
                days=str(WITHIN_DAYS),
            )
    if found is None and season is None:
        return Part("depth", TITLE, missing=why)
    tables, charts, figures, says = [], [], [], []
    if found is not None:
        moved = trends(found)
        tables += [_funnel_table(found), _trends_table(moved)]
        charts.append(
            Chart(
                "line",
                "funnel",
                say(
                    "Share that got so far in {days} days, by quarter of sign-up",
                    "按注册季度，{days}天内达到各步骤的比例",
                    days=str(WITHIN_DAYS),
                ),
                "cohort",
                ("share",),
                group="step",
            )
        )
        figures += _figures(found)
        says += _says(moved, found)
    if season is not None:
        tables.append(_season_table(season))
        charts.append(
            Chart(
                "bar",
                "seasonality",
                {"en": "New revenue by month of the year", "zh": "各月份的新增收入"},
                "month_of_year",
                ("effect",),
                reference=((1.0, {"en": "average", "zh": "平均"}),) if season.attrs["kind"] == "factor" else (),
                note={"en": "Less its trend.", "zh": "已去除趋势。"},
            )
        )
        says.append(_season_says(season))
    return Part("depth", TITLE, tuple(says), tuple(figures), tuple(tables), tuple(charts))


def _season(ledger):
    """Return the season of new revenue; None where there is no ledger or it is too short."""
    if ledger is None:
        return None
    from renewcast.revenue.movements import roll_forward
    from renewcast.revenue.season import LEAST_MONTHS, seasonality

    rows = roll_forward(ledger)
    if len(rows) < LEAST_MONTHS or not rows["new_cents"].any():
        return None
    found = seasonality(rows["new_cents"].to_numpy() / 100, rows["month"].to_numpy().astype("datetime64[M]"))
    return found.rename(columns={"month": "month_of_year"})


def _figures(found):
    for step, part in found.groupby("step", sort=False):
        from renewcast.revenue.cohorts import wilson

        reached, size = int(part["reached"].sum()), int(part["size"].sum())
        low, high = wilson(reached, size, 1.6448536269514722)
        yield Figure(
            _STEPS.get(step, {"en": step, "zh": step}),
            reached / size,
            "share",
            say(
                "of {n} new accounts; {low} to {high}",
                "共{n}家新客户；{low}至{high}",
                n=(size, "integer"),
                low=(float(low), "share"),
                high=(float(high), "share"),
            ),
        )


def _says(moved, found):
    for one in moved.itertuples(index=False):
        if one.p_value < 0.05:
            yield say(
                "The share that is {step} {way} from quarter to quarter: from {first} to {last}.",
                "“{step}”的比例逐季{way}：从{first}到{last}。",
                step=_STEPS.get(one.step, {"en": one.step, "zh": one.step}),
                way={"en": "grows" if one.statistic > 0 else "falls", "zh": "上升" if one.statistic > 0 else "下降"},
                first=(one.first_share, "share"),
                last=(one.last_share, "share"),
            )
    if moved.attrs["activity_up_value_flat"]:
        yield {
            "en": "Activity grows while paying does not: an improvement that is worth nothing so far.",
            "zh": "活跃度上升而付费没有上升：这一改进目前尚未带来价值。",
        }
    elif not (moved["p_value"] < 0.05).any():
        yield {
            "en": "No step grows or falls from quarter to quarter, beyond what chance would make.",
            "zh": "各步骤的比例没有超出偶然的逐季变化。",
        }


def _season_says(season):
    best = season.sort_values(["effect", "month_of_year"], ascending=[False, True]).iloc[0]
    worst = season.sort_values(["effect", "month_of_year"]).iloc[0]
    if season.attrs["p_value"] >= 0.05:
        return {"en": "New revenue shows no seasons that chance would not make.", "zh": "新增收入没有超出偶然的季节性。"}
    return say(
        "New revenue has seasons: it is highest in month {best} and lowest in month {worst}.",
        "新增收入具有季节性：{best}月最高，{worst}月最低。",
        best=(int(best["month_of_year"]), "integer"),
        worst=(int(worst["month_of_year"]), "integer"),
    )


def _funnel_table(found):
    columns = (
        column("cohort", "text", True, "Signed up", "注册季度", "Quarter of sign-up.", "注册所在季度。"),
        column("step", "text", True, "Step", "步骤", f"Reached within {WITHIN_DAYS} days.", f"{WITHIN_DAYS}天内达到。"),
        column("size", "integer", True, "Accounts", "客户数", "That signed up.", "注册的客户数。"),
        column("reached", "integer", True, "Reached", "达到数", "Got so far.", "达到该步骤的客户数。"),
        column("share", "share", True, "Share", "比例", "Of those that signed up.", "占注册客户的比例。"),
        column("low", "share", True, "Low", "下限", "Lower end of the 90 % interval (Wilson).", "90%区间下限（Wilson）。"),
        column("high", "share", True, "High", "上限", "Upper end of the 90 % interval (Wilson).", "90%区间上限（Wilson）。"),
    )
    title = {"en": "Funnel of new accounts", "zh": "新客户漏斗"}
    return Table("funnel", title, columns, found[[one.name for one in columns]], words={"step": _STEPS})


def _trends_table(moved):
    columns = (
        column("step", "text", True, "Step", "步骤", "Of the funnel.", "漏斗中的步骤。"),
        column("first_share", "share", True, "First quarter", "首季", "Share then.", "当时的比例。"),
        column("last_share", "share", True, "Last quarter", "末季", "Share then.", "当时的比例。"),
        column(
            "slope",
            "points",
            False,
            "A quarter, points",
            "每季（百分点）",
            "Change of the share from quarter to quarter.",
            "逐季变化。",
        ),
        column("p_value", "number", True, "p", "p值", "Armitage's test for a trend.", "Armitage趋势检验。"),
    )
    title = {"en": "From quarter to quarter", "zh": "逐季趋势"}
    return Table("funnel_trends", title, columns, moved[[one.name for one in columns]], words={"step": _STEPS})


def _season_table(season):
    is_factor = season.attrs["kind"] == "factor"
    en = ("Factor", "Times the average; 1 is average.") if is_factor else ("Added", "More or less than the average, in currency.")
    zh = ("系数", "相对于平均的倍数；1为平均。") if is_factor else ("增减", "高于或低于平均的金额。")
    columns = (
        column("month_of_year", "integer", True, "Month of the year", "月份", "1 is January.", "1为一月。"),
        column("effect", "number" if is_factor else "money", True, en[0], zh[0], en[1], zh[1]),
        column("values", "integer", True, "Years", "年数", "That went into it.", "所依据的年数。"),
    )
    return Table(
        "seasonality", {"en": "Seasons of new revenue", "zh": "新增收入的季节性"}, columns, season[[one.name for one in columns]]
    )
