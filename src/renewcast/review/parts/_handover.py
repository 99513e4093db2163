"""What the part on the lifecycle tells of the hand-over from sales, and what each stage is judged by."""

from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure
from renewcast.review.parts import _customer_words as words
from renewcast.review.parts._customer_columns import table
from renewcast.review.saying import say

LISTED = 2000


def handover(inputs: Inputs) -> dict | None:
    """Tell how complete hand-overs were two weeks after the first term began, and how soon accounts were met (C66)."""
    from renewcast.lifecycle.handover import AFTER_DAYS, fields_known, kickoff, kickoff_times
    from renewcast.lifecycle.handover import handover as handed_over

    found = handed_over(inputs.everyone)
    by_field = fields_known(found)
    if found.empty or by_field.empty:
        return None
    title = {"en": "What was known two weeks after the first term began", "zh": "首份合同开始两周后已知的信息"}
    note = say(
        "Accounts that began in the last year, each as it was known {days} days after its first term began.",
        "过去一年开始的客户，按各自首份合同开始{days}天后所知统计。", days=AFTER_DAYS,
    )  # fmt: skip
    names = ("field", "accounts", "known", "share", "low", "high")
    tables = [table("handover_fields", title, by_field, names, note=note, words={"field": words.FIELDS})]
    charts = [Chart("interval", "handover_fields", title, "field", ("share",), low="low", high="high")]
    incomplete = found[found["missing"] > 0]
    fields = by_field["field"].tolist()
    language = inputs.params.project.language
    gaps = incomplete.assign(account_name=inputs.accounts["name"].reindex(incomplete.index))
    gaps = gaps.rename_axis("account_id").reset_index()
    gaps = gaps.sort_values(["missing", "started_on", "account_id"], ascending=[False, False, True]).head(LISTED)
    gaps["missing_fields"] = [
        ", ".join(words.FIELDS[field][language] for field, is_known in zip(fields, row, strict=True) if not is_known)
        for row in gaps[fields].to_numpy()
    ]
    title = {"en": "Hand-overs with gaps", "zh": "交接信息不完整的客户"}
    names = ("account_id", "account_name", "started_on", "missing", "completeness", "missing_fields")
    tables.append(table("handover_gaps", title, gaps, names))
    mean, worst = float(found["completeness"].mean()), by_field.iloc[0]
    says = []
    if worst["known"] < worst["accounts"]:
        told = say(
            "Hand-overs of the last year were {mean} complete; what was missing most is the {field} (known of {share}).",
            "过去一年的交接完整度为{mean}；最常缺失的是{field}（已知占{share}）。",
            mean=(mean, "share"),
            share=(worst["share"], "share"),
            field=words.FIELDS[worst["field"]],
        )
        says.append(told)
    figures = [Figure({"en": "Hand-overs complete", "zh": "交接完整度"}, mean, "share")]
    started = kickoff(inputs.everyone)
    if started is not None and len(started):
        times = kickoff_times(started)
        median = times["median"]
        early = {name: (times[name], "share") for name in ("within_7", "within_14")}
        note = say("{within_7} met within 7 days, {within_14} within 14", "7 天内{within_7}，14 天内{within_14}", **early)
        label = {"en": "Days from sale to kickoff, median", "zh": "成交至启动天数（中位数）"}
        figures.append(Figure(label, int(median) if median == median else None, "integer", note))
    return {"says": says, "figures": figures, "tables": tables, "charts": charts}


def metrics(inputs: Inputs, moved, leads) -> dict | None:
    """Set beside each stage the one number that it is judged by, with its interval (C67-C69).

    Parameters
    ----------
    inputs : Inputs
    moved : pandas.DataFrame or None
        See :func:`renewcast.lifecycle.history.moves`.
    leads : pandas.DataFrame or None
        See :func:`renewcast.lifecycle.renewals.by_lead`.
    """
    import pandas as pd

    from renewcast.lifecycle.first_value import first_value, times
    from renewcast.lifecycle.retained import through_growth

    rows = []
    value = inputs.everyone.once(first_value)
    if value is not None and len(value.frame):
        found = times(value.frame["age"].to_numpy(), value.frame["is_reached"].to_numpy())
        rows.append(
            ("onboarding", "first_value_in_90_days", *(found[name] for name in ("accounts", "within_90", "low_90", "high_90")))
        )
    stays = through_growth(inputs.everyone)
    if stays is not None:
        rows.append(("growth", "stays_until_day_270", *(stays[name] for name in ("accounts", "share", "low", "high"))))
    if moved is not None:
        for row in moved[(moved["from_stage"] == "steady") & (moved["to_stage"] == "left")].itertuples():
            rows.append(("steady", "stays_another_month", row.account_months, 1 - row.share, 1 - row.high, 1 - row.low))
    if leads is not None:
        for row in leads[(leads["days_before"] == 90) & (leads["open"] > 0)].itertuples():
            rows.append(("renewal", "open_at_90_renews", row.accounts, row.share, row.low, row.high))
    if not rows:
        return None
    names = ("stage", "metric", "accounts", "share", "low", "high")
    title = {"en": "What each stage is judged by", "zh": "各阶段的衡量指标"}
    found = pd.DataFrame(rows, columns=names)
    return {"tables": (table("stage_metrics", title, found, names, words={"stage": words.STAGES, "metric": words.METRICS}),)}
