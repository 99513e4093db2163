"""The business review as a job: make the parts of a day, publish them, say what came of it."""

import datetime as dt
import hashlib
import json


def publish_business_review(project, as_of: dt.date) -> dict:
    """Make the review of a snapshot day and publish it; the same inputs again change nothing.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
        A snapshot day.

    Returns
    -------
    dict
        as_of, revision, status (published or unchanged), review_dir, page, workbook, tables (how many), parts (made or missing,
        by name).

    Raises
    ------
    RenewcastError
        What a part or publishing refuses.
    """
    from renewcast.review.inputs import Inputs
    from renewcast.review.publish import PAGE, WORKBOOK, publish_review
    from renewcast.review.review import make_parts

    inputs = Inputs(project, as_of)
    parts = make_parts(inputs, project.progress)
    published = publish_review(project.reviews_directory, parts, facts_of(project, as_of))
    return {
        "as_of": as_of.isoformat(),
        "revision": published.revision,
        "status": published.status,
        "review_dir": str(published.folder),
        "page": str(published.folder / PAGE),
        "workbook": str(published.folder / WORKBOOK),
        "tables": sum(len(part.tables) for part in parts),
        "parts": {part.name: "made" if part.missing is None else "missing" for part in parts},
    }


def facts_of(project, as_of: dt.date):
    """Return what is said about a review besides its parts: a :class:`renewcast.review.facts.ReviewFacts`."""
    from renewcast.review.facts import ReviewFacts

    settings = project.params.project
    return ReviewFacts(settings.name, as_of, settings.language, settings.currency, made_from=_made_from(project))


def _made_from(project) -> dict:
    """Name what a review rests on, by digest; where there is no champion, it rests on none."""
    from renewcast.made_from import code_of

    champions = project.champions() if project.has_champion() else {}
    params = json.dumps(project.params.model_dump(mode="json"), sort_keys=True).encode()
    return {
        "models": {name: {"version": one.version, "sha256": one.record["sha256"]} for name, one in champions.items()},
        "params_sha256": hashlib.sha256(params).hexdigest(),
        "fingerprint": project.staged.fingerprint,
        "code": code_of(project),
    }
