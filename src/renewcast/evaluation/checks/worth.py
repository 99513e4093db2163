"""Is the model worth anything: against the baselines, the base rate, chance, the champion and its own age."""

import datetime as dt

import numpy as np

from renewcast.evaluation.checks._clusters import Z99, sums
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case
from renewcast.evaluation.metrics import auc, row_log_losses

# Half a year after the last outcome that it learnt from, a model speaks of another company.
OLDEST_DAYS = 182
# With few outcomes chance reaches far; a ranking that is better than this is not called chance for want of proof.
CHANCE_AUC = 0.55


def _worse_than_a_baseline(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate, and the list says so")
    told = case.trained.test_predictions
    others = [name for name in case.trained.development if name not in (case.shipped, "blend")]
    losses = {name: float(row_log_losses(case.label, told[name]).mean()) for name in others}
    best = min(losses, key=losses.get)
    estimate, error = _loss_difference(case.label, case.probability, told[best].to_numpy(dtype=float), case.group)
    said = f"log loss {estimate:+.4f} against {best}, standard error {error:.4f}"
    return judged(estimate - Z99 * error > 0, said, estimate, Z99 * error)


def _no_better_than_the_base_rate(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate, and the list says so")
    base = case.trained.test_predictions["base_rate"].to_numpy(dtype=float)
    estimate, error = _loss_difference(case.label, case.probability, base, case.group)
    return judged(estimate + 1.96 * error >= 0, f"log loss {estimate:+.4f}, standard error {error:.4f}", estimate, -1.96 * error)


def _ranks_by_chance(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate: there is no ranking")
    label, p = case.label[case.open], case.probability[case.open]
    if label.all() or not label.any():
        return not_applicable("the test rows that the contract gate leaves open have one outcome only")
    found = auc(label, p)
    # The bound is the standard error under no ranking at all (Hanley, McNeil 1982), for groups rather than rows.
    group = case.group[case.open]
    positive, negative = len(np.unique(group[label])), len(np.unique(group[~label]))
    reach = 0.5 + 1.96 * np.sqrt((positive + negative + 1) / (12 * positive * negative))
    bound = float(min(reach, CHANCE_AUC))
    return judged(found <= bound, f"AUC {found:.3f} on open terms, chance reaches {reach:.3f}", found, bound)


def _not_better_than_the_champion(case: Case) -> Answer:
    if case.champion_predictions is None:
        return not_applicable("there is no champion, or what it said of its own test is not kept here")
    keys = ["account_id", "unit", "as_of"]
    mine = case.trained.test_predictions.assign(
        unit=case.test.unit, mine=case.probability, position=np.arange(len(case.test)), account_id=case.test.account_id
    )[[*keys, "mine", "position"]]
    both = mine.merge(case.champion_predictions[[*keys, "probability"]], on=keys, how="inner").sort_values("position")
    label, group = case.label[both["position"]], case.group[both["position"]]
    if not label.any() or label.all():
        return not_applicable("no test rows with both outcomes that the champion had not seen either")
    estimate, error = _loss_difference(label, both["mine"].to_numpy(), both["probability"].to_numpy(dtype=float), group)
    said = f"log loss {estimate:+.4f} against the champion on {len(both):,} rows that neither had seen, error {error:.4f}"
    return judged(estimate + 1.96 * error >= 0, said, estimate, -1.96 * error)


def _stale(case: Case) -> Answer:
    if case.as_of is None:
        return not_applicable("the day on which it is to score was not given")
    last = dt.date.fromisoformat(str(case.rows.as_of.max())[:10]) + dt.timedelta(days=case.embargo_days)
    age = (case.as_of - last).days
    return judged(age > OLDEST_DAYS, f"the last outcome it learnt from was known {age} days ago", age, OLDEST_DAYS)


def _loss_difference(label, probability, other, group) -> tuple[float, float]:
    """Mean log loss minus that of another on the same rows, and its standard error over groups."""
    difference = row_log_losses(label, probability) - row_log_losses(label, other)
    estimate = float(difference.mean())
    return estimate, float(np.sqrt((sums(difference - estimate, group) ** 2).sum()) / len(difference))


CHECKS = (
    Check(
        "RC101",
        "worse than the best baseline",
        "stop",
        "Let the baseline rank the list, or look for what the model learnt that no longer holds.",
        _worse_than_a_baseline,
    ),
    Check(
        "RC102",
        "no better than the base rate",
        "stop",
        "Ship the base rate, bring more history, or add tables that tell something.",
        _no_better_than_the_base_rate,
    ),
    Check(
        "RC103",
        "ranks no better than chance",
        "stop",
        "Look whether features and labels belong to the same accounts and days.",
        _ranks_by_chance,
    ),
    Check(
        "RC104",
        "not better than the champion beyond noise",
        "warn",
        "Keep the champion unless there is another reason to change.",
        _not_better_than_the_champion,
    ),
    Check(
        "RC105",
        "stale",
        "stop",
        "Train again on newer outcomes, or look why no newer ones arrive.",
        _stale,
    ),
)
