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


def signals_text(answer: dict) -> str:
    """Write the cards of the signals: what each was worth, then why those that are silent are."""
    cards = answer["signals"]
    measured = [card for card in cards if card["measured_from"]]
    lines = [f"as of {answer['as_of']}: {sum(card['speaks'] for card in cards)} of {len(cards)} signals speak"]
    if measured:
        lines[0] += f"; measured on alarms of {measured[0]['measured_from']} to {measured[0]['measured_to']}"
    lines.append(
        f"{'signal':<23} {'kind':<12} {'now':>5} {'alarms':>6} {'right':>6} {'others':>7} {'lift (90 %)':>18} {'days':>5} "
        f"{'false/100w':>10}  speaks"
    )
    for card in cards:
        lift = "-" if card["lift"] is None else f"{card['lift']:.2f} ({_two(card['lift_low'])} to {_two(card['lift_high'])})"
        worth = f"{_count(card['alarms']):>6} {_share(card['precision']):>6} {_share(card['base_rate']):>7} {lift:>18}"
        early = f"{_count(card['lead_days']):>5} {_two(card['false_alarms_per_100_account_weeks']):>10}"
        speaks = "yes" if card["speaks"] else f"no: {card['why_silent']}"
        lines.append(f"{card['name']:<23} {card['kind']:<12} {card['fires_now']:>5,} {worth} {early}  {speaks}")
    lines.append(
        "right: alarms followed by the outcome; others: accounts in the same situation; days: median from alarm to the end of "
        "cover; false/100w: false alarms per 100 account-weeks"
    )
    return "\n".join(lines)


def _two(value) -> str:
    return "-" if value is None else f"{value:.2f}"


def _share(value) -> str:
    return "-" if value is None else f"{value:.1%}"


def _count(value) -> str:
    return "-" if value is None else f"{value:,.0f}"


def replay_text(answer: dict) -> str:
    """Write whether a list came out the same again; where not, what differs first and what is not as it was."""
    head = f"{answer['week']} r{answer['revision']}, as of {answer['as_of']}: "
    damaged = [f"  {name} in lists/ is no longer what was published" for name in answer["damaged"]]
    if answer["equal"]:
        return "\n".join([f"{head}all {len(answer['files'])} files are the same to the byte", *damaged])
    lines = [head + "not the same", *(f"  {name:<24} {outcome}" for name, outcome in answer["files"].items())]
    first = answer["first_difference"]
    if first:
        lines.append(
            f"first difference: row {first['row']}, account {first['account_id']}, {first['column']}: "
            f"{first['published']} was published, now {first['again']}"
        )
    else:
        lines.append("the rows are the same; what differs is how, or what beside them, is shown")
    lines += [f"cause: {one}" for one in answer["causes"] or ["none is on record: neither code nor tables are other than then"]]
    return "\n".join([*lines, *damaged])
