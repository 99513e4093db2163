"""Recency, frequency and money, as the review tells them where there are no contracts."""

from renewcast.publishing.column import column
from renewcast.review.account_groups import group_columns, grouped, with_scores
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Part, Table

_CELLS = {
    "champions": {"en": "champions", "zh": "核心客户"},
    "loyal": {"en": "loyal", "zh": "忠诚客户"},
    "recent": {"en": "recent, still small", "zh": "新近客户"},
    "needs_attention": {"en": "need attention", "zh": "需要关注"},
    "at_risk": {"en": "at risk", "zh": "有流失风险"},
    "slipping": {"en": "slipping away", "zh": "渐行渐远"},
    "hibernating": {"en": "hibernating", "zh": "沉睡客户"},
}


def by_rfm(inputs: Inputs, title: dict) -> Part:
    """Tell the cells of recency, frequency and money.

    Parameters
    ----------
    inputs : Inputs
    title : dict
        Of the part.

    Returns
    -------
    Part
    """
    from renewcast.segments.rfm import CELLS, rfm

    found = rfm(inputs.features)
    if found is None or not len(found):
        return Part("segments", title, missing={"en": "No usage is recorded.", "zh": "没有使用记录。"})
    rows = found.assign(churn_probability=with_scores(inputs, found[["cell"]])["churn_probability"], arr=found["money"])
    frame = grouped(rows, "cell", CELLS).rename(columns={"arr": "money"})
    frame["money_share"] = frame["money"] / max(float(frame["money"].sum()), 1e-12)
    money = column("money", "number", True, "Units", "使用量", "Units used in the longest window.", "最长窗口内的使用量。")
    columns = [money if one.name == "arr" else one for one in group_columns("cell", "Cell", "分组")]
    columns.append(column("money_share", "share", True, "Share of units", "使用量占比", "Of all units.", "占全部使用量的比例。"))
    note = {
        "en": "Fifths of days since the last use, of days with use and of units; no contracts say who is worth what.",
        "zh": "按距上次使用天数、使用天数和使用量各分五等；没有合同可说明客户价值。",
    }
    heading = {"en": "Recency, frequency and money", "zh": "RFM分组"}
    best = frame.sort_values("money_share", ascending=False).iloc[0]
    says = {
        "en": f'Most units come from "{_CELLS[best["cell"]]["en"]}": {best["money_share"]:.1%} from {best["share"]:.1%} '
        "of the accounts.",
        "zh": f"使用量最多的是“{_CELLS[best['cell']]['zh']}”：{best['share']:.1%}的客户贡献{best['money_share']:.1%}。",
    }
    chart = Chart(
        "bar", "rfm", {"en": "Share of accounts and of units", "zh": "客户占比与使用量占比"}, "cell", ("share", "money_share")
    )
    table = Table("rfm", heading, tuple(columns), frame, note, words={"cell": _CELLS})
    return Part("segments", title, says=(says,), tables=(table,), charts=(chart,))
