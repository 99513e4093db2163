"""What the lists said, as they were published, and what became of it."""

import datetime as dt

from renewcast.errors import RenewcastError

ROW_COLUMNS = ("account_id", "owner", "arr", "arr_at_risk", "churn_probability", "status", "owner_place")


def published_rows(project, as_of: dt.date):
    """Read the latest revision of every week's list up to a day.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
        Lists of this day and later ones are not read.

    Returns
    -------
    pandas.DataFrame
        A row an account and list: week, revision, as_of (datetime64), the columns of ``ROW_COLUMNS``, is_scored, place (its
        place among its owner's scored accounts; NaN where it has none), in_top (among the first
        ``backtest.capacity_per_owner``), base_rate (as the list's model told it), is_backfilled (the model was trained on what
        was known after the day of the list, so the list foresaw nothing).
    list of str
        Lists that are left out, each with the reason.

    Raises
    ------
    RenewcastError
        "no list of a day before ... is published", or that a list is damaged.
    """
    import pandas as pd

    from renewcast.publishing import published_lists, read_list, read_manifest

    latest = {one.week: one for one in published_lists(project.lists_directory)}
    parts, left_out = [], []
    for one in latest.values():
        manifest = read_manifest(one.list_dir)
        if manifest["as_of"] >= as_of.isoformat():
            continue
        why = _other_question(project, manifest)
        if why:
            left_out.append(f"{one.week} r{one.revision}: {why}")
            continue
        rows = read_list(one.list_dir).reindex(columns=list(ROW_COLUMNS))
        rows = rows.assign(
            week=one.week,
            revision=one.revision,
            as_of=pd.Timestamp(manifest["as_of"]).as_unit("us"),
            is_scored=rows["status"] == "scored",
            base_rate=float(manifest["model"]["base_rate"]),
            is_backfilled=manifest["model"]["trained_as_of"] > manifest["as_of"],
        )
        rows["place"] = _places(rows)
        rows["in_top"] = rows["place"] <= project.params.backtest.capacity_per_owner
        parts.append(rows)
    if not parts:
        raise RenewcastError(
            f"no list of a day before {as_of} is published in {project.lists_directory}, so there is nothing to look back on; "
            "run `renewcast run weekly_risk_list`, or choose a later --as-of."
        )
    return pd.concat(parts, ignore_index=True), left_out


def _other_question(project, manifest: dict) -> str | None:
    """Say why a list is not to be judged by the outcome that the project asks for now."""
    from renewcast.tracking.listed import read_listed

    target = project.params.scoring.target
    if manifest["target"] != target:
        return f"it was ranked by {manifest['target']}"
    used = (manifest.get("made_from") or {}).get("models", {}).get(target)
    if used is not None:
        label = read_listed(project.directory, target, used["record_sha256"])["label"]
        if label != getattr(project.params.labels, target).model_dump(mode="json"):
            return f"its model was trained for another label ({label})"
    return None


def _places(rows):
    """Return the place that the list gave an account on its owner's list, else its place there in the list's order."""
    if rows["owner_place"].notna().any():
        return rows["owner_place"].astype("float64")
    scored = rows[rows["is_scored"]]
    place = scored.groupby(scored["owner"].fillna(""), sort=False).cumcount() + 1
    return place.reindex(rows.index).astype("float64")


def with_what_happened(project, said, as_of: dt.date):
    """Add the outcome to the rows of lists whose outcome was finished, and known, at a day; the others are left out.

    Parameters
    ----------
    project : renewcast.Project
    said : pandas.DataFrame
        Of `published_rows`.
    as_of : datetime.date

    Returns
    -------
    pandas.DataFrame
        The scored rows with ``label`` (True: it churned) and ``group``.
    """
    from renewcast.datasets.past_snapshots import with_outcomes
    from renewcast.datasets.training_set import finished_snapshots

    target = project.params.scoring.target
    try:
        last = finished_snapshots(project.view, target, as_of)[-1]
    except RenewcastError:
        return said.iloc[:0].assign(label=False, group="")
    rows = said[said["is_scored"] & (said["as_of"].dt.date <= last)]
    return with_outcomes(project.view, target, rows, as_of) if len(rows) else rows.assign(label=False, group="")
