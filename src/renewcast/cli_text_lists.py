"""How what is told of lists is written for people: what changed between two of them."""

SHOWN = 20
"""Movers in the text; --json has them all."""
_PARTS = ("behaviour", "time", "data", "model", "calibration")


def diff_text(answer: dict) -> str:
    """Write what changed between two lists: counts, the ARR at risk, movers with their parts, who is new, who is gone."""
    earlier, later, counts = answer["earlier"], answer["later"], answer["accounts"]
    lines = [
        f"{earlier['week']} r{earlier['revision']} (model {earlier['model_version']}) to {later['week']} r{later['revision']} "
        f"(model {later['model_version']})",
        ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in counts),
    ]
    lines += [f"note: {note}" for note in answer["notes"]]
    lines.append("ARR at risk")
    lines += [f"  {name:<12} {value:>16,.0f}" for name, value in answer["arr_at_risk"].items()]
    lines += ["movers (points)", f"  {'account':<16} {'last':>7} {'now':>7} " + " ".join(f"{name:>11}" for name in _PARTS)]
    for one in answer["movers"]:
        parts = " ".join(f"{_points(one['change_' + name]):>11}" for name in _PARTS)
        ends = f"{one['churn_probability_last_list']:>7.1%} {one['churn_probability']:>7.1%}"
        lines.append(f"  {one['account_id']:<16} {ends} {parts}")
        if one["change_reason"]:
            lines.append(f"  {'':<16} {one['change_reason']}")
    moved = counts["up"] + counts["down"]
    if moved > len(answer["movers"]):
        lines.append(f"  and {moved - len(answer['movers']):,} more; --json has them all")
    for title, words in (("new", None), ("gone", "why")):
        if answer[title]:
            lines.append(title)
        lines += [_account(one, words) for one in answer[title][:SHOWN]]
        if len(answer[title]) > SHOWN:
            lines.append(f"  and {len(answer[title]) - SHOWN:,} more")
    return "\n".join(lines)


def _account(one: dict, words: str | None) -> str:
    probability = one["churn_probability"] if words is None else one["churn_probability_last_list"]
    shown = "      -" if probability is None else f"{probability:>7.1%}"
    return f"  {one['account_id']:<16} {shown}" + (f"  {one[words]}" if words else "")


def _points(value) -> str:
    return "-" if value is None else f"{100 * value:+.1f}"
