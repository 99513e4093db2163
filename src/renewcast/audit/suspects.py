"""Look for columns that carry the outcome: by their value, by being empty, by their rows being there at all, by order or name.

No single check sees every leak. A value that was written back after the outcome is found by how well it tells it (and that it
tells it half a year ahead as well as on the eve); a column named after the outcome by its name; accounts that were deleted by
the rows they left behind elsewhere. What is found is suspect, not proved: a person decides.
"""

import contextlib
import datetime as dt

from renewcast.audit.finding import Finding
from renewcast.audit.suspects_evidence import Evidence, judge
from renewcast.audit.suspects_existence import early_silence, order_readings, twins, vanished
from renewcast.audit.suspects_features import feature_readings
from renewcast.audit.suspects_names import denied_names, times_of_knowing
from renewcast.audit.suspects_panel import Panel, panels
from renewcast.audit.suspects_readings import readings
from renewcast.errors import RenewcastError

WHEN = {"near": "inside the outcome window that follows", "far": "half a year or more before the outcome"}


def suspects(project, as_of: dt.date, seed: int, *, training_set=None) -> tuple[int, list[Finding]]:
    """Name what tells the outcome of a project's accounts although it could not be known.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
        Snapshot day; labels are those known at it.
    seed : int
        Draws the snapshots that are looked at.
    training_set : renewcast.datasets.TrainingSet, optional
        That of the project's scoring target, where it was built already.

    Returns
    -------
    int
        Readings and names looked at.
    list of Finding
        At most one a table and column for what values tell, and one for each other ground.

    Notes
    -----
    Where no outcome is finished yet, and with fewer than 12 accounts of an outcome, values prove nothing: then only names, times
    and existence are looked at.

    References
    ----------
    Kapoor, Narayanan, Leakage and the reproducibility crisis in machine-learning-based science, Patterns 4, 2023.
    Kaufman et al., Leakage in data mining, ACM Transactions on Knowledge Discovery from Data 6, 2012.
    """
    if training_set is None:
        with contextlib.suppress(RenewcastError):
            training_set = project.training_set(project.params.scoring.target, as_of)
    probes, findings = 0, []
    for check in (denied_names, times_of_knowing, vanished, twins):
        looked_at, found = check(project)
        probes, findings = probes + looked_at, findings + found
    looked_at, found = early_silence(project, as_of)
    probes, findings = probes + looked_at, findings + found
    if training_set is None:
        return probes, findings
    in_scope = set(project.view.population([as_of])["account_id"])
    for panel in panels(training_set, in_scope, seed):
        looks = [order_readings(project, panel), feature_readings(project.view, training_set, panel)]
        looks += [
            list(readings(project.view, table, panel, project.staged.mapped_columns[table])) for table in project.staged.tables
        ]
        found = [reading for one in looks for reading in one if not _is_the_outcome_itself(reading, panel, training_set.target)]
        probes += len(found)
        findings += [_finding(evidence, panel) for evidence in judge(found, panel)]
    return probes, _strongest(findings)


def _is_the_outcome_itself(reading, panel: Panel, target: str) -> bool:
    """Tell whether a mark is the state that the label continues: who does nothing on the eve is inactive already."""
    return target == "inactivity" and panel.look == "near" and reading.kind == "level" and reading.table.startswith("usage")


def _finding(evidence: Evidence, panel: Panel) -> Finding:
    reading, row = evidence.reading, panel.rows.iloc[evidence.example]
    place = reading.feature or ".".join(part for part in (reading.table, reading.column) if part)
    proof = (
        f"marks {evidence.accounts} accounts of which {evidence.score:.0%} are lost"
        if reading.kind == "level"
        else f"ranks {evidence.accounts} accounts by their outcome with an AUC of {evidence.score:.3f}"
    )
    return Finding(
        "suspect",
        f"{place}: {reading.words} {proof}, {WHEN[panel.look]}; find out when it is written, and map it with that day "
        "or not at all.",
        reading.table,
        reading.column,
        reading.feature,
        str(row["account_id"]),
        f"{row['as_of']:%Y-%m-%d}",
    )


def _strongest(findings: list[Finding]) -> list[Finding]:
    """Keep the first finding about values of each place; they come strongest first, and other grounds stand for themselves."""
    kept, seen = [], set()
    for finding in findings:
        place = (finding.table, finding.column, finding.feature)
        if finding.as_of is None or place not in seen:
            kept.append(finding)
        if finding.as_of is not None:
            seen.add(place)
    return kept
