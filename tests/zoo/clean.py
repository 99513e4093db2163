"""Companies in which nothing is wrong, of many sizes: what the auditor must not suspect."""

from pathlib import Path

from zoo.company import made_up, small_params

from renewcast.audit.suspects import suspects
from renewcast.audit.training import audit_training

SIZES = ((100, 91), (120, 104), (140, 91), (110, 117), (160, 104), (130, 104), (100, 130), (150, 91), (120, 91), (200, 117))
"""Accounts and weeks; the seed picks one."""
EVERY_FEATURE_EVERY = 5


def alarms(directory: Path, seed: int) -> tuple[dict, list]:
    """Make a clean company up and audit its columns and its training.

    Returns
    -------
    dict
        What was there and what was tried: accounts, weeks, rows, lost accounts, probes.
    list of Finding
    """
    accounts, weeks = SIZES[seed % len(SIZES)]
    company = made_up(directory / "raw", accounts=accounts, weeks=weeks, seed=seed)
    if seed % EVERY_FEATURE_EVERY == 0:
        reference = small_params(every_feature=True)
        company.params["features"] = reference["features"]
    project = company.open(directory / "project")
    day = project.last_snapshot_day()
    training_set = project.training_set(None, day)
    tried, found = suspects(project, day, seed, training_set=training_set)
    project.training_set = lambda target=None, as_of=None: training_set
    more, others = audit_training(project, day, seed)
    frame = training_set.frame
    facts = {"accounts": accounts, "weeks": weeks, "rows": len(frame), "lost": frame.loc[frame["label"], "account_id"].nunique()}
    return facts | {"probes": tried + more}, [*found, *others]
