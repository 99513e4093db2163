"""The training set of one target: labelled snapshots with their features, and a count of what was left out and why."""

import dataclasses
import datetime as dt

from renewcast.datasets.term_features import TERM_SPECS, term_features
from renewcast.days import DAY, midnight
from renewcast.errors import RenewcastError
from renewcast.labels import (
    churn,
    churned_on,
    contraction,
    duration,
    expansion,
    inactivity,
    involuntary,
    renewal,
    revenue_change,
    succession_known_at,
    term_outcome,
)
from renewcast.labels.window import finished_days
from renewcast.snapshots.terms import cover_days

TARGETS = ("churn", "renewal", "contraction", "expansion", "inactivity")


@dataclasses.dataclass(frozen=True)
class TrainingSet:
    """Labelled snapshots of one target.

    Attributes
    ----------
    target : one of ``TARGETS``
    frame : pandas.DataFrame
        account_id, as_of, (contract_id for renewal,) group, gated, label, then one column a feature. What else is known of the
        outcome stands beside it: is_involuntary (of churn, where the label says when), outcome and mrr_after (of renewal, where
        the label gives min_change), revenue_change (of contraction and expansion).
    specs : list of FeatureSpec
    counts : dict of str to int
        Rows kept, and what was left out by reason.
    embargo_days : int
        Lead + horizon + grace: so long after a snapshot its outcome is known.
    durations : pandas.DataFrame or None
        For churn, row by row: days, ended and known_days of :func:`renewcast.labels.duration`, and cover_days, see
        :func:`renewcast.snapshots.terms.cover_days`.
    """

    target: str
    frame: object
    specs: list
    counts: dict
    embargo_days: int
    durations: object = None

    @property
    def features(self):
        """The feature columns, pandas.DataFrame."""
        return self.frame[[spec.name for spec in self.specs]]


def build_training_set(view, target: str, as_of: dt.date, *, progress=None) -> TrainingSet:
    """Put together every snapshot whose outcome was known at ``as_of``.

    Parameters
    ----------
    view : renewcast.project.View
        Tables, contracts, catalogue, calendar and parameters of a project.
    target : one of ``TARGETS``
    as_of : datetime.date
        Nothing known on or after it is used, for features or for labels.
    progress : callable, optional

    Returns
    -------
    TrainingSet

    Raises
    ------
    RenewcastError
        "there is no target ...", "params.yaml has no labels.<target>" or "no snapshot has a finished outcome".
    """
    label = label_of(view, target)
    all_days = view.calendar.days(as_of - DAY)
    finished = finished_snapshots(view, target, as_of)
    days = training_days(view, target, as_of)
    counts = {"snapshot_days": len(days), "snapshot_days_unfinished": len(all_days) - len(finished)}
    frame, specs = labelled_rows(view, target, label, days, as_of, counts)
    if frame.empty:
        raise RenewcastError(
            f"no account was in scope for {target} on any of {len(days)} snapshot days; check labels and sources."
        )
    features = view.features(frame, progress=progress)
    for spec in specs:
        features[spec.name] = frame.pop(spec.name).astype("float64")
    import pandas as pd

    frame = pd.concat([frame.reset_index(drop=True), features.reset_index(drop=True)], axis=1)
    counts["rows"], counts["accounts"] = len(frame), int(frame["account_id"].nunique())
    durations = None
    if target == "churn":
        data_end = min(midnight(as_of), view.outcomes_known_until(target))
        durations = duration(frame, view.known_contracts(as_of), label, data_end)
        durations["cover_days"] = cover_days(frame.pop("cover_ends_on"), frame["as_of"], label.lead_days)
    return TrainingSet(target, frame, [*view.catalogue.specs, *specs], counts, wait_days(label), durations)


def finished_snapshots(view, target: str, as_of: dt.date) -> list[dt.date]:
    """Return the snapshot days whose outcome was finished, and known, at a day.

    Raises
    ------
    RenewcastError
        "there is no target ...", "params.yaml has no labels.<target>" or "no snapshot has a finished outcome".
    """
    wait = wait_days(label_of(view, target))
    data_end = min(midnight(as_of), view.outcomes_known_until(target))
    finished = finished_days(view.calendar.days(as_of - DAY), data_end, wait)
    if not finished:
        raise RenewcastError(
            f"no snapshot has a finished outcome for {target} at {as_of}: the data end on {data_end:%Y-%m-%d} and an "
            f"outcome takes {wait} days; choose a later --as-of, an earlier snapshots.first or a shorter horizon."
        )
    return finished


def training_days(view, target: str, as_of: dt.date) -> list[dt.date]:
    """Return the snapshot days of the training set of a day; errors as for `finished_snapshots`."""
    return view.calendar.days(finished_snapshots(view, target, as_of)[-1], view.params.snapshots.train_every_weeks)


def label_of(view, target: str):
    """Return the section of ``params.yaml`` that defines a target; errors as for `finished_snapshots`."""
    if target not in TARGETS:
        raise RenewcastError(f"there is no target {target!r}; choose one of {', '.join(TARGETS)}.")
    label = getattr(view.params.labels, target)
    if label is None:
        raise RenewcastError(
            f"params.yaml has no labels.{target}; add it, with lead_days and horizon_days, to train this target."
        )
    return label


def wait_days(label) -> int:
    """Return how long after a snapshot its outcome is known: lead + horizon + grace, in days."""
    return label.lead_days + label.horizon_days + getattr(label, "grace_days", 0)


def labelled_rows(view, target: str, label, days: list[dt.date], as_of: dt.date, counts: dict):
    """Return the labelled snapshots of some days as known at a later one, and the specs of the columns that are features.

    What was left out is added to ``counts``, by reason.
    """
    build = _renewal_rows if target == "renewal" else _account_rows
    return build(view, target, label, days, as_of, counts)


def _account_rows(view, target, label, days, as_of, counts):
    snapshots = view.population(days, target=target)
    counts["rows_not_scorable"] = int((~snapshots["is_eligible"]).sum())
    snapshots = snapshots[snapshots["is_eligible"]].reset_index(drop=True)
    left_out = "rows_over_before_the_window"
    if target == "churn":
        terms = view.known_contracts(as_of)
        outcome = churn(snapshots, terms, label)
        if label.involuntary_overdue_days is not None and "invoices" in view.store.tables:
            ended = snapshots[["account_id"]].assign(ended_on=churned_on(snapshots, terms, label))
            snapshots["is_involuntary"] = involuntary(ended[outcome.eq(True)], view.known_invoices(as_of), label)
    elif target == "inactivity":
        outcome = inactivity(snapshots, view.known_events(as_of), label)
    else:
        snapshots["revenue_change"] = revenue_change(snapshots, view.known_contracts(as_of), label)
        outcome = {"contraction": contraction, "expansion": expansion}[target](snapshots["revenue_change"], label)
        # Seats are added and taken away inside a term too.
        snapshots["gated"], left_out = False, "rows_of_accounts_that_leave"
    counts[left_out] = int(outcome.isna().sum())
    keep = outcome.notna()
    beside = [name for name in ("is_involuntary", "revenue_change") if name in snapshots]
    beside += ["cover_ends_on"] if target == "churn" else []
    frame = snapshots.loc[keep, ["account_id", "as_of", "gated", *beside]]
    frame["label"] = outcome[keep].astype(bool)
    frame["group"] = view.groups(frame["account_id"], as_of)
    return frame.reset_index(drop=True), []


def _renewal_rows(view, target, label, days, as_of, counts):
    import pandas as pd

    terms = view.open_terms(days)
    rows = renewal(terms, view.known_terms(as_of), label)
    counts["terms_that_end_later"] = len(terms) - len(rows)
    beside = []
    if label.min_change is not None:
        rows["succession_known_at"] = succession_known_at(rows, view.term_versions(as_of))
        rows = rows.join(term_outcome(rows, view.known_contracts(as_of), label))
        beside = ["outcome", "mrr_after"]
    frame = rows.rename(columns={"renewed": "label"})
    frame["as_of"] = pd.to_datetime(frame["as_of"])
    frame["gated"] = False
    frame["group"] = view.groups(frame["account_id"], as_of)
    frame = term_features(frame)
    kept = ["account_id", "as_of", "contract_id", "gated", "label", "group", *beside, *(spec.name for spec in TERM_SPECS)]
    return frame[kept], TERM_SPECS
