"""Which kinds of account there are by what they do: learned segments, or recency, frequency and money without contracts."""

import datetime as dt

from renewcast.errors import RenewcastError
from renewcast.publishing.column import column
from renewcast.review.account_groups import group_columns, grouped, with_scores
from renewcast.review.customer_cells import by_rfm
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part, Table

TITLE = {"en": "Kinds of account", "zh": "客户群"}
LOOK_BACK_DAYS = 91


def segments(inputs: Inputs) -> Part:
    """Tell the segments, their rules, who moved and why; RFM cells where there are no contracts."""
    if inputs.params.revenue is None:
        return by_rfm(inputs, TITLE)
    try:
        found = fitted(inputs)
    except RenewcastError as why:
        why = {"en": f"No segments: {why}", "zh": "没有客户群：客户太少，或没有描述行为的特征。"}
        return Part("segments", TITLE, missing=why)
    if not found.exist:
        return _refused(inputs, found)
    rows, moves = _assigned(inputs, found)
    specs = {spec.name: spec for spec in inputs.view.catalogue.specs}
    words = {one: {at: f"{one}: {found.names[at][place]}" for at in ("en", "zh")} for place, one in enumerate(found.ids)}
    table = _sizes(inputs, rows, found, [specs[name] for name in found.features], words)
    return Part(
        "segments",
        TITLE,
        says=_says(table.frame, moves, words, found),
        figures=(
            Figure({"en": "segments", "zh": "客户群"}, len(found.ids), "integer"),
            Figure(
                {"en": "agree with the rules", "zh": "与规则一致"},
                found.fidelity[-1] if found.fidelity else None,
                "share",
                {"en": "of the accounts", "zh": "的客户"},
            ),
            Figure({"en": "changed in a quarter", "zh": "本季度变动"}, len(moves), "integer"),
        ),
        tables=(table, _moves_table(inputs, moves, words, specs), _tried(found)),
        charts=(
            Chart("bar", "segments", {"en": "Accounts by segment", "zh": "各客户群的客户数"}, "segment", ("accounts",)),
            Chart(
                "interval",
                "segments",
                {"en": "Mean churn probability by segment", "zh": "各客户群的平均流失概率"},
                "segment",
                ("churn_probability",),
                low="churn_low",
                high="churn_high",
            ),
        ),
    )


def fitted(inputs: Inputs):
    """Return the kept segments, or new ones where none are kept that were fitted by the day of the review.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    segments.clusters.Clusters

    Raises
    ------
    RenewcastError
        There are too few accounts, or no features that describe behaviour.
    """
    from renewcast.segments.fit import fit_clusters

    kept, day, settings = inputs.project.segments(), inputs.as_of.isoformat(), inputs.params.segments
    if kept is not None and kept.fitted_as_of <= day and set(kept.features) <= set(inputs.features.columns):
        return kept
    return fit_clusters(inputs.features, inputs.view.catalogue.specs, settings.clusters, settings.seed, day)


def _assigned(inputs: Inputs, found):
    """Put every account in scope into its segment, with the segment of a quarter ago where it was there."""
    import numpy as np
    import pandas as pd

    from renewcast.datasets.some_features import some_features
    from renewcast.segments.moved import moved

    now, last, moves = inputs.features, None, moved(found, inputs.features.iloc[:0], inputs.features.iloc[:0])
    day = inputs.as_of - dt.timedelta(days=LOOK_BACK_DAYS)
    if day >= inputs.view.calendar.first:
        population = inputs.view.population([day])
        names = [*found.features, "tenure_days"]
        then = some_features(inputs.view, population[["account_id", "as_of"]], names)
        then = then.set_axis(population["account_id"].to_numpy(), axis=0)
        ids = pd.Series(np.array(found.ids, dtype=object)[found.assign(then)], then.index)
        known = ids.reindex(now.index).astype(object)
        last = known.where(known.notna(), None).to_numpy(dtype=object)
        moves = moved(found, then, now)
    ids = np.array(found.ids, dtype=object)[found.assign(now, last)]
    rows = pd.DataFrame({"segment": ids}, index=now.index)
    return with_scores(inputs, rows), moves


def _sizes(inputs: Inputs, rows, found, specs, words) -> Table:
    from renewcast.segments.rules import rule_in_words

    frame = grouped(rows, "segment", found.ids)
    place = {one: at for at, one in enumerate(found.ids)}
    language, at = inputs.params.project.language, [place[one] for one in frame["segment"]]
    rules = [rule_in_words(paths, specs, language) for paths in found.rules] or [""] * len(place)
    fidelity, stability = found.fidelity[:-1] or (None,) * len(place), found.stability or (None,) * len(place)
    frame = frame.assign(rule=[rules[one] for one in at], fidelity=[fidelity[one] for one in at])
    frame = frame.assign(stability=[stability[one] for one in at]).astype({"fidelity": "float64", "stability": "float64"})
    more = (
        column("rule", "text", False, "Rule", "规则", "Thresholds that tell the segment.", "区分该客户群的阈值规则。"),
        column(
            "fidelity",
            "share",
            False,
            "Rule agrees",
            "规则一致率",
            "Accounts on which rule and segment agree.",
            "规则与客户群一致的比例。",
        ),
        column(
            "stability",
            "number",
            False,
            "Comes back",
            "稳定性",
            "Mean Jaccard similarity in bootstrap fits.",
            "重抽样中的平均Jaccard相似度。",
        ),
    )
    note = {
        "en": "Every two segments have fewer accounts between them than in both; each comes back when other accounts are drawn.",
        "zh": "任意两个客户群之间的客户都少于两侧，并且重抽样后每个客户群都会再次出现。",
    }
    title = {"en": "Segments", "zh": "客户群"}
    return Table(
        "segments", title, (*group_columns("segment", "Segment", "客户群"), *more), frame, note, words={"segment": words}
    )


def _moves_table(inputs: Inputs, moves, words, specs) -> Table:
    from renewcast.segments.names import feature_in_words

    features = {name: {at: feature_in_words(spec, at) for at in ("en", "zh")} for name, spec in specs.items()}
    frame = moves.drop(columns="share_2")
    frame.insert(1, "account_name", inputs.accounts["name"].reindex(frame["account_id"]).to_numpy())
    columns = (
        column("account_id", "text", True, "Account", "客户编号", "Id.", "编号。"),
        column("account_name", "text", False, "Name", "客户名称", "Name.", "名称。"),
        column("from_segment", "text", True, "From", "原客户群", "A quarter ago.", "一个季度前。"),
        column("to_segment", "text", True, "To", "现客户群", "Now.", "现在。"),
        column("feature", "text", True, "Because of", "主要原因", "What moved it most.", "影响最大的因素。"),
        column("before", "number", False, "Before", "之前", "Its value then.", "当时的数值。"),
        column("after", "number", False, "Now", "现在", "Its value now.", "现在的数值。"),
        column("share", "share", True, "Share of the move", "贡献", "Of all that moved it there.", "占全部推动因素的比例。"),
        column("feature_2", "text", False, "And", "次要原因", "What moved it second.", "影响第二大的因素。"),
    )
    title = {"en": "Who changed segment in a quarter, and why", "zh": "一个季度内更换客户群的客户及原因"}
    named = {"from_segment": words, "to_segment": words, "feature": features, "feature_2": features}
    return Table("segment_moves", title, columns, frame, words=named)


def _tried(found) -> Table:
    import pandas as pd

    names = ["number", "gap_p", "gap_ratio", "stability"]
    frame = pd.DataFrame([[one[name] for name in names] for one in found.tried], columns=names)
    columns = (
        column("number", "integer", True, "Segments", "群数", "Tried.", "尝试的数量。"),
        column("gap_p", "number", True, "p of no gap", "无间隔的p值", "Of the shallowest gap.", "最浅间隔的p值。"),
        column(
            "gap_ratio",
            "number",
            True,
            "In the gap, to one beside it",
            "间隔密度比",
            "Of the shallowest gap.",
            "最浅间隔处与两侧之比。",
        ),
        column("stability", "number", True, "Comes back", "稳定性", "Of the weakest segment.", "最弱客户群的稳定性。"),
    )
    note = {
        "en": "A number holds where p is below 0.05, the ratio below 0.8 and the weakest segment comes back with 0.75 or more.",
        "zh": "当p值低于0.05、密度比低于0.8、且最弱客户群的稳定性不低于0.75时，该数量成立。",
    }
    return Table("segments_tried", {"en": "Numbers of segments tried", "zh": "尝试的客户群数量"}, columns, frame, note)


def _says(frame, moves, words, found) -> tuple:
    says = []
    known = frame.dropna(subset=["churn_probability"])
    if len(known) > 1:
        high, low = known.loc[known["churn_probability"].idxmax()], known.loc[known["churn_probability"].idxmin()]
        says.append(
            {
                "en": f"{words[high['segment']]['en']} carries the highest churn probability, {high['churn_probability']:.1%} on "
                f"average, {words[low['segment']]['en']} the lowest, {low['churn_probability']:.1%}.",
                "zh": f"{words[high['segment']]['zh']}的平均流失概率最高，为{high['churn_probability']:.1%}；"
                f"{words[low['segment']]['zh']}最低，为{low['churn_probability']:.1%}。",
            }
        )
    says.append(
        {
            "en": f"Accounts that changed segment within a quarter: {len(moves):,}.",
            "zh": f"一个季度内更换客户群的客户：{len(moves):,}家。",
        }
    )
    return tuple(says)


def _refused(inputs: Inputs, found) -> Part:
    """Say that there are no segments, and show everybody."""
    import pandas as pd

    rows = with_scores(inputs, pd.DataFrame({"segment": "all"}, index=inputs.features.index))
    everyone = {"all": {"en": "all accounts", "zh": "全部客户"}}
    table = Table(
        "segments",
        TITLE,
        group_columns("segment", "Segment", "客户群"),
        grouped(rows, "segment", ["all"]),
        words={"segment": everyone},
    )
    says = {
        "en": "No segments: behaviour varies without gaps, so any line between kinds of account would be arbitrary.",
        "zh": "没有客户群：客户行为连续变化、没有明显间隔，任何划分都是任意的。",
    }
    return Part("segments", TITLE, says=(says,), tables=(table, _tried(found)))
