"""A training row equals the row that scoring built in that week, and a row built alone equals the row built among others."""

import datetime as dt

from renewcast.audit.company_slice import CompanySlice
from renewcast.audit.finding import Finding
from renewcast.audit.frames import same

WEEKS = 3
"""Weeks whose training rows are compared with what scoring builds for that week alone."""
ALONE = 3
"""Rows of each target that are built once more with no other row beside them."""


def training_and_scoring(project, company: CompanySlice, as_of: dt.date, seed: int) -> tuple[int, list[Finding]]:
    """Compare training rows of a few accounts with scoring rows of the whole company, bit for bit.

    Training rows are built for the slice, all weeks together; scoring rows for the company, one week alone. So other weeks,
    other accounts and the way a row is asked for are told apart from the row itself.

    Parameters
    ----------
    project : renewcast.project.Project
    company : CompanySlice
    as_of : datetime.date
        As of which the training sets are put together.
    seed : int

    Returns
    -------
    int
        Rows compared.
    list of Finding
        One a target and feature that differs.
    """
    import numpy as np

    from renewcast.datasets import build_training_set
    from renewcast.errors import RenewcastError

    compared, findings = 0, []
    scored: dict = {}
    with company.opened() as view:
        for target in (name for name, label in project.params.labels if label is not None):
            random = np.random.default_rng([seed, 3])
            try:
                training = build_training_set(view, target, as_of)
            except RenewcastError:  # no outcome of these accounts is known yet, so there is no row to compare
                continue
            rows = training.frame
            specs = view.catalogue.specs
            weeks = sorted(rows["as_of"].unique())
            for week in sorted(random.choice(len(weeks), min(WEEKS, len(weeks)), replace=False)):
                mine = rows[rows["as_of"] == weeks[week]].reset_index(drop=True)
                if weeks[week] not in scored:
                    scored[weeks[week]] = _scored(project.view, weeks[week])
                findings += _differing(mine, scored[weeks[week]], specs, target, "its row when its week is scored")
                compared += len(mine)
            for place in sorted(random.choice(len(rows), min(ALONE, len(rows)), replace=False)):
                mine = rows.iloc[[place]].reset_index(drop=True)
                alone = mine[["account_id", "as_of"]]
                findings += _differing(mine, _with_features(view, alone), specs, target, "its row when it is built alone")
                compared += 1
    return compared, _first_of_each(findings)


def _scored(view, week):
    """Build what scoring builds of one week: everybody in scope, and nothing else."""
    return _with_features(view, view.population([week.date()])[["account_id", "as_of"]])


def _with_features(view, snapshots):
    import pandas as pd

    features = view.features(snapshots)
    return pd.concat([snapshots.reset_index(drop=True), features.reset_index(drop=True)], axis=1)


def _differing(mine, scored, specs: list, target: str, other: str) -> list[Finding]:
    place = scored.reset_index().set_index("account_id")["index"]
    found = []
    strangers = mine[~mine["account_id"].isin(place.index)]
    for account in strangers["account_id"].head(1):
        day = strangers["as_of"].iloc[0].date().isoformat()
        message = f"account {account} has a {target} training row at {day}, but was not in scope then; do not train on it."
        found.append(Finding("train_and_score", message, account_id=account, as_of=day))
    mine = mine[mine["account_id"].isin(place.index)].reset_index(drop=True)
    theirs = scored.iloc[place[mine["account_id"]].to_numpy()].reset_index(drop=True)
    for spec in specs:
        name = spec.name
        wrong = (~same(mine[name], theirs[name])).nonzero()[0]
        if len(wrong):
            account, day = mine["account_id"].iloc[wrong[0]], mine["as_of"].iloc[wrong[0]].date().isoformat()
            message = (
                f"{name} of account {account} at {day} is {mine[name].iloc[wrong[0]]} in the {target} training set, but "
                f"{theirs[name].iloc[wrong[0]]} in {other} (so in {len(wrong)} of {len(mine)} rows); mend it and train again."
            )
            found.append(Finding("train_and_score", message, spec.source, None, name, account, day))
    return found


def _first_of_each(findings: list[Finding]) -> list[Finding]:
    """Keep one finding a feature and account."""
    kept: dict = {}
    for finding in findings:
        kept.setdefault((finding.feature, None if finding.feature else finding.account_id), finding)
    return list(kept.values())
