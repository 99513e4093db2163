"""The regret report as a job: read the lists, wait for what came, look into every churn, write everything down."""

import dataclasses
import datetime as dt
from pathlib import Path

from renewcast.regret.classes import CHURN_COLUMNS, CLASSES, KEYS, classify, lists_in_time
from renewcast.regret.evidence import EVIDENCE_COLUMNS, of_late_facts, of_the_model, weeks_to_ask
from renewcast.regret.late import known_at_once, late_on
from renewcast.regret.said import published_rows, with_what_happened
from renewcast.regret.tables import by_owner, by_week, calibration


@dataclasses.dataclass(frozen=True, eq=False)
class Regret:
    """What the published lists said against what happened; every table is a pandas.DataFrame.

    Attributes
    ----------
    as_of : datetime.date
        Only what was known before it counts.
    folder : pathlib.Path
        data/work/regret/<as_of>.
    weeks, owners, calibration : DataFrame
        See :mod:`renewcast.regret.tables`; of the lists whose outcome is finished.
    churns : DataFrame
        Every churn since the first list, in exactly one class; see :mod:`renewcast.regret.classes`.
    evidence : DataFrame
        What there was to see of those that no list had warned of: account_id, churned_on, as_of, kind, what.
    left_out : list of str
        Lists that are not judged, and why.
    """

    as_of: dt.date
    folder: Path
    weeks: object
    owners: object
    calibration: object
    churns: object
    evidence: object
    left_out: list

    TABLES = ("weeks", "owners", "calibration", "churns", "evidence")

    def answer(self) -> dict:
        """Return the headline figures as plain JSON values."""
        counts, arr = self.churns["class"].value_counts(), self.churns.groupby("class")["arr"].sum()
        return {
            "as_of": self.as_of.isoformat(),
            "folder": str(self.folder),
            "lists_judged": len(self.weeks),
            "backfilled": int(self.weeks["is_backfilled"].sum()),
            "expected_churns": float(self.weeks["expected_churns"].sum()),
            "churns": int(self.weeks["churns"].sum()),
            "expected_lost_arr": float(self.weeks["expected_lost_arr"].sum()),
            "lost_arr": float(self.weeks["lost_arr"].sum()),
            "churned_accounts": len(self.churns),
            "classes": {name: int(counts.get(name, 0)) for name in CLASSES},
            "arr_by_class": {name: float(arr.get(name, 0.0)) for name in CLASSES},
            "left_out": self.left_out,
        }


def run_regret(project, as_of: dt.date, *, fired=None) -> Regret:
    """Hold the published lists against what happened, and say of every churn whether, when and by what it could be seen.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
        Lists of this day or later, and facts that became known then, are not read.
    fired : pandas.DataFrame or callable, optional
        Signals that fired: account_id, as_of, signal; or a function of a list of days that
        returns them.

    Returns
    -------
    Regret
        Written to data/work/regret/<as_of>/ as Parquet, summary.json and report.md.

    Raises
    ------
    RenewcastError
        "no list of a day before ... is published", or a list or a model that it used is damaged or absent.
    """
    from renewcast.regret.report import write

    say = project.progress or (lambda done, total, text: None)
    say(0, 0, "reading the lists")
    said, left_out = published_rows(project, as_of)
    judged = with_what_happened(project, said, as_of)
    say(0, 0, "looking into the churns")
    churns, evidence = _post_mortem(project, said, as_of, fired)
    found = Regret(
        as_of=as_of,
        folder=project.directory / "data" / "work" / "regret" / as_of.isoformat(),
        weeks=by_week(judged),
        owners=by_owner(judged),
        calibration=calibration(judged),
        churns=churns,
        evidence=evidence,
        left_out=left_out,
    )
    write(found, project.params)
    return found


def _post_mortem(project, said, as_of, fired):
    import pandas as pd

    if project.params.scoring.target != "churn":  # what ends there is no term, and nothing has a deadline
        return pd.DataFrame(columns=CHURN_COLUMNS), pd.DataFrame(columns=EVIDENCE_COLUMNS)
    lead = min(project.params.backtest.lead_days)
    churns = churns_since(project.view, as_of, said["as_of"].min(), lead)
    if churns.empty:  # as in the first weeks of a project
        return pd.DataFrame(columns=CHURN_COLUMNS), pd.DataFrame(columns=EVIDENCE_COLUMNS)
    pairs = lists_in_time(churns, said["as_of"].unique(), lead)
    standing = _standing(project.view, pairs, said)
    nothing = pd.DataFrame(columns=EVIDENCE_COLUMNS)
    first = classify(churns, standing, nothing)
    unwarned = churns.merge(first.loc[~first["class"].isin(("warned", "no_list")), KEYS], on=KEYS)
    parts = [_of_signals(project, standing, unwarned, fired), *_of_models(project, standing, unwarned, lead, as_of)]
    parts = [part for part in parts if len(part)]
    evidence = pd.concat(parts, ignore_index=True) if parts else nothing
    evidence = evidence.sort_values(EVIDENCE_COLUMNS, ignore_index=True)
    return classify(churns, standing, evidence), evidence


def churns_since(view, as_of: dt.date, first_list, lead_days: int):
    """List the churns, known at a day, for which the first list or a later one could have been in time.

    Returns
    -------
    pandas.DataFrame
        account_id, churned_on, deadline (the first of the terms that ended that day), arr (of the terms lost with it), owner.
    """
    import pandas as pd

    from renewcast.evaluation.actionable_recall import churned_spells, lost_terms

    label = view.params.labels.churn
    known_until = min(pd.Timestamp(as_of), pd.Timestamp(view.outcomes_known_until("churn")))
    churned = churned_spells(view.known_contracts(as_of), label.grace_days, known_until)
    terms = lost_terms(view.known_deadlines(as_of), churned, label.horizon_days)
    terms = terms.merge(churned, on="account_id")
    away = (terms["churned_on"] - terms["ends_on"]).dt.days
    terms = terms[(away >= 0) & (away < label.horizon_days)]
    last = terms[terms["ends_on"] == terms["churned_on"]]
    found = terms.groupby(KEYS, as_index=False)["arr"].sum()
    found = found.merge(last.groupby(KEYS, as_index=False)["deadline"].min(), on=KEYS)
    found = found[found["deadline"] - pd.Timedelta(days=lead_days) >= first_list].reset_index(drop=True)
    owners = view.attributes(as_of)["owner"]
    return found.assign(owner=found["account_id"].map(owners))


def _standing(view, pairs, said):
    """Say how each churned account stood on the lists in time, as they were published."""
    import pandas as pd

    columns = ["account_id", "as_of", "owner", "is_scored", "churn_probability", "place", "in_top"]
    rows = pairs.merge(said[columns], on=["account_id", "as_of"], how="left")
    rows["is_scored"], rows["in_top"] = rows["is_scored"].eq(True), rows["in_top"].eq(True)
    rows["base_rate"] = rows["as_of"].map(said.groupby("as_of")["base_rate"].first())
    top = said[said["in_top"]]
    lowest = top.groupby(["as_of", top["owner"].fillna("")])["churn_probability"].min()
    rows["entry"] = lowest.reindex(pd.MultiIndex.from_arrays([rows["as_of"], rows["owner"].fillna("")])).to_numpy()
    rows["age_days"] = float("nan")
    for day, places in rows.groupby("as_of").groups.items():
        rows.loc[places, "age_days"] = view.days_since_start(rows.loc[places, "account_id"], day.date())
    return rows


def _of_signals(project, standing, unwarned, fired):
    import pandas as pd

    if fired is None or not len(unwarned):
        return pd.DataFrame(columns=EVIDENCE_COLUMNS)
    asked = standing.merge(unwarned[KEYS], on=KEYS)
    if callable(fired):
        fired = fired(sorted(asked["as_of"].dt.date.unique()))
    fired = fired[["account_id", "as_of", "signal"]].assign(as_of=pd.to_datetime(fired["as_of"]).astype("datetime64[us]"))
    rows = asked[[*KEYS, "as_of"]].merge(fired, on=["account_id", "as_of"])
    return rows.assign(kind="signal").rename(columns={"signal": "what"})[EVIDENCE_COLUMNS]


def _of_models(project, standing, unwarned, lead: int, as_of: dt.date):
    """Ask the model of each unwarned churn's last list in time what moved, and what it would have said of late facts."""
    if not len(unwarned):
        return
    view = project.view
    asked = weeks_to_ask(unwarned, view.calendar, lead, as_of)
    mine = standing.merge(unwarned[KEYS], on=KEYS)
    gates = view.population(sorted(mine["as_of"].dt.date.unique()), target="churn")[["account_id", "as_of", "gated"]]
    mine = mine.merge(gates, on=["account_id", "as_of"], how="left").assign(gated=lambda rows: rows["gated"].eq(True))
    last = mine.sort_values("as_of").groupby(KEYS, as_index=False)["as_of"].last()
    with known_at_once(view, project.staged, unwarned["account_id"], as_of) as (late_view, late):
        late = late_on(late, mine)
        for champion, days in _models(project, last["as_of"].unique()):
            churns = last.loc[last["as_of"].isin(days), KEYS]
            yield of_the_model(view, champion, churns, asked)
            yield of_late_facts(late_view, champion, mine.merge(churns, on=KEYS), late)


def _models(project, days):
    """Load the model of the list of each day; those of one model together, in the order of their digests."""
    from renewcast.publishing import published_lists, read_manifest
    from renewcast.tracking.champion import load_listed

    target = project.params.scoring.target
    record_of, latest = {}, {one.week: one for one in published_lists(project.lists_directory)}
    for one in latest.values():
        manifest = read_manifest(one.list_dir)
        used = (manifest.get("made_from") or {}).get("models", {}).get(target)
        record_of[manifest["as_of"]] = None if used is None else used["record_sha256"]
    by_record: dict = {}
    for day in sorted(days):
        by_record.setdefault(record_of[str(day)[:10]], []).append(day)
    for record, together in sorted(by_record.items(), key=lambda entry: str(entry[0])):
        # A list from before lists named their model: the one in force is asked instead.
        yield (project.champion(target) if record is None else load_listed(project.directory, target, record)), together
