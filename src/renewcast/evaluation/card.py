"""The card of a model: what it is for, on whom it rests, what it is worth, what the checks found, how to make it again."""

import dataclasses

from renewcast.evaluation.intervals import account_bootstrap
from renewcast.evaluation.metrics import auc, brier, log_loss

NAMES = {
    "blend": "the model (blend)",
    "logistic": "logistic regression",
    "health_score": "health score by rules",
    "base_rate": "base rate",
}
_METRICS = ("auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10")
_PURPOSE = {
    "churn": "the probability that an account's cover ends",
    "renewal": "the probability that a term is renewed, among those that end",
    "inactivity": "the probability that an account does nothing at all",
}
_RESAMPLES = 200
_MOST_SEGMENTS = 40


@dataclasses.dataclass(frozen=True)
class CardFacts:
    """What a card is written from.

    Attributes
    ----------
    target : str
    record : dict
        See ``tracking.champion.Champion``.
    case : evaluation.checks.Case
    verdict : evaluation.checks.Verdict
    specs : list of FeatureSpec
        The catalogue.
    counts : dict of str to int
        Of the training set: rows kept, and left out by reason.
    commands : list of str
        That make the model again.
    """

    target: str
    record: dict
    case: object
    verdict: object
    specs: list
    counts: dict
    commands: list


def card(facts: CardFacts) -> str:
    """Write the card.

    Parameters
    ----------
    facts : CardFacts

    Returns
    -------
    str
        Markdown.
    """
    parts = (_head, _population, _worth, _segments, _checks, _limits, _again, _catalogue)
    return "\n\n".join("\n".join(part(facts)) for part in parts) + "\n"


def _head(facts):
    trained, found, label = facts.case.trained, facts.case.trained.evaluation, facts.record["label"]
    what = _PURPOSE.get(facts.target, f"the probability of {facts.target}")
    when = f"within {label['horizon_days']} days" if "horizon_days" in label else "within the horizon"
    lead = f", after a lead of {label['lead_days']} days" if label.get("lead_days") else ""
    ranked = (
        f"The list is ranked by **{NAMES[trained.ranked_by]}**, the lowest log loss on the test."
        if trained.has_skill
        else f"**No skill**: the lowest log loss on the test, that of {NAMES[found['winner']]}, does not beat the base "
        "rate by more than noise. Everybody carries the base rate."
    )
    return [
        f"# {facts.target}: version {facts.record['model_version']}",
        "",
        f"**Purpose.** Gives {what} {when} of a weekly snapshot{lead}, for the weekly list and its reasons.",
        "",
        ranked,
    ]


def _population(facts):
    found, counts = facts.case.trained.evaluation, facts.counts
    beside = {name.replace("_", " "): value for name, value in counts.items() if name not in ("rows", "accounts")}
    return [
        "## Population and data",
        "",
        f"Trained as of {facts.record['trained_as_of']} on {found['train']['rows']:,} snapshots of "
        f"{found['train']['accounts']:,} accounts ({found['train']['first_as_of']} to {found['train']['last_as_of']}), tested on "
        f"{found['test']['rows']:,} later ones of {found['test']['accounts']:,} accounts ({found['test']['first_as_of']} to "
        f"{found['test']['last_as_of']}), {found['embargo_days']} days apart; cut {found['cut']}.",
        "",
        f"Outcomes: {found['train']['positives']:,} of {found['train']['rows']:,} in training "
        f"({found['train']['base_rate']:.1%}), {found['test']['positives']:,} of {found['test']['rows']:,} on the test "
        f"({found['base_rate']:.1%}). "
        f"Counted beside: {', '.join(f'{name} {value:,}' for name, value in beside.items()) or 'nothing'}.",
    ]


def _worth(facts):
    case, found = facts.case, facts.case.trained.evaluation
    lines = [
        "## What it is worth",
        "",
        "| on the test | " + " | ".join(name.replace("_", " ") for name in _METRICS) + " |",
        "|---|" + "---|" * len(_METRICS),
    ]
    for name, metrics in {"blend": found["metrics"], **found["baselines"]}.items():
        shown = ("" if metrics[one] is None else f"{metrics[one]:.4f}" for one in _METRICS)
        lines.append(f"| {NAMES.get(name, name)} | " + " | ".join(shown) + " |")
    shipped = ", ".join(f"{name} {one.estimate:.3f} ({one.low:.3f} to {one.high:.3f})" for name, one in intervals(case).items())
    return [
        *lines,
        "",
        f"What ranks the list, with 95 % intervals by account bootstrap: {shipped}.",
        "",
        "The shipped model is refitted on all labelled snapshots with the same rounds and the same calibration; the figures are "
        f"those of the fit that had not seen the test. Boosting rounds {found['rounds']}, calibration slope "
        f"{found['slope']:.3f}, weights {found['weights']}.",
    ]


def intervals(case) -> dict:
    """Return the shipped model's AUC, log loss and Brier score on the test, each with its 95 % interval over accounts.

    Where the test holds one outcome only, there is no AUC.
    """
    label, p, group = case.label, case.probability, case.test.group

    def weighted_brier(weight):
        return float((((p - label) ** 2) * weight).sum() / weight.sum())

    statistics = {"AUC": lambda w: auc(label, p, w), "log loss": lambda w: log_loss(label, p, w), "Brier score": weighted_brier}
    if label.all() or not label.any():
        del statistics["AUC"]
    found = {n: account_bootstrap(group, one, resamples=_RESAMPLES, seed=0) for n, one in statistics.items()}
    assert abs(found["Brier score"].estimate - brier(label, p)) < 1e-12
    return found


def _segments(facts):
    from renewcast.evaluation.checks.segments import table

    found = table(facts.case).sort_values("segment")
    lines = ["## In segments", ""]
    if found.empty:
        return [*lines, "No segment of the test has enough outcomes to be looked at."]
    shown = found.sort_values("rows", ascending=False, kind="stable").head(_MOST_SEGMENTS).sort_values("segment")
    lines += [
        f"{len(found)} segments have enough outcomes on the test"
        + (f"; the {_MOST_SEGMENTS} largest are shown." if len(found) > len(shown) else ".")
        + " The interval of seen minus predicted holds in all of them at once (95 %).",
        "",
        "| segment | rows | accounts | predicted | seen | seen - predicted |",
        "|---|---|---|---|---|---|",
    ]
    for one in shown.itertuples():
        name = one.segment.replace("|", "\\|")
        gap = f"{100 * one.low:+.1f} to {100 * one.high:+.1f} points"
        lines.append(f"| {name} | {one.rows:,} | {one.groups:,} | {one.predicted:.1%} | {one.seen:.1%} | {gap} |")
    return lines


def _checks(facts):
    stops = ", ".join(one.id for one in facts.verdict.stops)
    said = f"**Stopped by {stops}.**" if stops else "No check stops it."
    lines = ["## Checks", "", said, "", "| id | looks for | severity | outcome | what was found |", "|---|---|---|---|---|"]
    for one in facts.verdict.findings:
        outcome = f"**{one.outcome}**" if one.outcome == "failed" else one.outcome.replace("_", " ")
        lines.append(f"| {one.id} | {one.title} | {one.severity} | {outcome} | {one.said.replace('|', ' ')} |")
    return lines


def _limits(facts):
    return [
        "## Limits",
        "",
        "Not for: single people, decisions about persons, or accounts outside the population it was trained on. The reasons are "
        "associations that the model uses, not causes. The figures speak of the test's weeks; shocks that hit all accounts in "
        "the same week are not in the intervals. A feature that changes its meaning (a unit, a mapping) makes another model.",
    ]


def _again(facts):
    record = facts.record
    whence = {
        "data fingerprint": record["fingerprint"],
        "params": record["params_sha256"],
        "git commit": record["git_commit"],
        "lock": record["lock_sha256"],
        "renewcast": record["renewcast"],
        "run": record["run_id"],
        "artefact SHA-256": record["sha256"],
    }
    return [
        "## How to make it again",
        "",
        "```",
        *facts.commands,
        "```",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {'not known' if value is None else f'`{value}`'} |" for name, value in whence.items()),
    ]


def _catalogue(facts):
    lines = [
        f"## The {len(facts.specs)} features",
        "",
        "| name | driver | role | unit | empty means | share of the model | meaning |",
        "|---|---|---|---|---|---|---|",
    ]
    shares = facts.case.shares if not facts.case.is_base_rate else {}
    for spec in sorted(facts.specs, key=lambda spec: (spec.driver, spec.name)):
        share = f"{shares[spec.name]:.1%}" if spec.name in shares else ""
        lines.append(f"| {spec.name} | {spec.driver} | {spec.role} | {spec.unit} | {spec.empty} | {share} | {spec.meaning} |")
    return lines
