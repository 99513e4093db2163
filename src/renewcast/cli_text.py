"""How answers are written for people: aligned lines, the catalogue, an explanation, who would move."""


def lines_of(answer: dict) -> str:
    """Write an answer as aligned lines; nested tables one line a row."""
    lines = []
    for key, value in answer.items():
        if isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {inner:<24} {short(entry)}" for inner, entry in value.items()]
        else:
            lines.append(f"{key:<26} {short(value)}")
    return "\n".join(lines)


def short(value) -> str:
    """Write a value on one line."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, dict):
        return "  ".join(f"{key} {short(entry)}" for key, entry in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def catalogue_text(answer: dict) -> str:
    """Write the catalogue of features as a table."""
    head = f"{'name':<34} {'driver':<13} {'role':<8} {'unit':<10} {'source':<14} {'window':>6}  {'empty':<8} meaning"
    lines = [f"{answer['count']} features", head]
    reasons = {entry["why_not"] for entry in answer["features"]}
    if len(reasons) == 1 and None not in reasons:
        lines.insert(0, f"Defined, none built: {reasons.pop()}")
    for entry in answer["features"]:
        window = "" if entry["window_days"] is None else f"{int(entry['window_days'])}d"
        why = "" if entry["built"] or not answer["built"] else f"  (not built: {entry['why_not']})"
        what = f"{entry['name']:<34} {entry['driver']:<13} {entry['role']:<8} {entry['unit']:<10} {entry['source']:<14}"
        lines.append(f"{what} {window:>6}  {entry['empty']:<8} {entry['meaning']}{why}")
    return "\n".join(lines)


def plays_text(answer: dict) -> str:
    """Write the library of plays, a paragraph each."""
    lines = []
    for one in answer["plays"]:
        measured = f"measured on {one['treated']} accounts" if one["effect_from"] == "measured" else "assumed, not measured"
        effect = (
            f"{one['effect']:+.2f} ({one['effect_low']:+.2f} to {one['effect_high']:+.2f}) on the log odds of leaving, {measured}"
        )
        lines.append(f"{one['play']} v{one['version']}: {one['title']}  [{one['goal']}]")
        lines.append(f"  {one['days']} days, {one['effort_hours']:g} hours; effect {effect}")
        lines += [f"  {number}. {step}" for number, step in enumerate(one["steps"], start=1)]
        lines.append(f"  check within {one['check_within_days']} days: {one['check']}")
    return "\n".join(lines)


def explanation_text(answer: dict) -> str:
    """Write one account's explanation, from the probability to its parts."""
    lines = [f"{answer['account_id']} as of {answer['as_of']} (model {answer['model_version']}, ranked by {answer['ranked_by']})"]
    if answer["status"] == "not_scored":
        return "\n".join([*lines, f"not scored: {answer['reason_not_scored']}"])
    lines.append(f"churn probability {answer['churn_probability']:.1%}, of which base {answer['base_probability']:.1%}")
    if abs(answer["term_outlasts_horizon_points"]) > 1e-9:
        lines.append(f"  {100 * answer['term_outlasts_horizon_points']:+6.1f} points  the term outlasts the horizon")
    if answer["ties"]:
        lines.append(f"  too close to tell apart: {answer['ties']}")
    for driver in answer["drivers"]:
        reason = f": {driver['reason']}" if driver["reason"] else ""
        lines.append(f"  {100 * driver['points']:+6.1f} points  {driver['driver']}{reason}")
        for entry in driver["features"]:
            lines.append(f"                    {100 * entry['points']:+6.1f}  {entry['role']:<7}  {entry['sentence']}")
    return "\n".join(lines)


def shadow_text(answer: dict) -> str:
    """Write who would move: counts, then the accounts that move farthest."""
    head = (
        f"as of {answer['as_of']}: challenger (model {answer['challenger_version']}) in the shadow of the champion "
        f"(model {answer['champion_version']}), {answer['accounts']:,} accounts"
    )
    correlation = "none" if answer["rank_correlation"] is None else f"{answer['rank_correlation']:.3f}"
    lines = [
        head,
        f"riskiest tenth ({answer['top']:,} accounts): {answer['enter']} would enter, {answer['leave']} would leave",
        f"rank correlation {correlation}; probabilities change by {100 * answer['mean_change']:+.1f} points on average, "
        f"by {100 * answer['largest_change']:.1f} at most",
        f"  {'account':<20} {'now':>7} {'then':>7} {'rank now':>9} {'then':>6}",
    ]
    for one in answer["movers"]:
        lines.append(
            f"  {one['account_id']:<20} {one['champion_probability']:>7.1%} {one['challenger_probability']:>7.1%} "
            f"{one['champion_rank']:>9,} {one['challenger_rank']:>6,}"
        )
    return "\n".join(lines)


def comparison_text(answer: dict) -> str:
    """Write whom another definition of churn judges otherwise, one line an end of cover."""
    lines = [
        f"{answer['ends']:,} ends of cover: {answer['churned_here']:,} are churn here, {answer['churned_there']:,} there; "
        f"{answer['undecided']:,} are not decided yet",
        f"{len(answer['flips']):,} differ",
    ]
    for one in answer["flips"]:
        turn = "churn here, none there" if one["churned_here"] else "none here, churn there"
        product = f" ({one['product']})" if one["product"] else ""
        lines.append(
            f"  {one['ended_on']}  {one['account_id'] + product:<32} {one['lost_cents'] / 100:>12,.2f}  {turn}: {one['reason']}"
        )
    return "\n".join(lines)
