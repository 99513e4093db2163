"""Whether the training set holds the right rows: all of them, once, with the right label and the right group."""

from renewcast.audit.finding import Finding

WHY_LEFT_OUT = "the rows left out decide what the test says of accounts like them; build the training set with every eligible row"


def check_rows(project, training_set, expected: dict) -> tuple[int, list[Finding]]:
    """Compare the rows of a training set with the recount.

    Parameters
    ----------
    project : renewcast.Project
    training_set : renewcast.datasets.TrainingSet
    expected : dict of (account_id, instant) to bool
        See :func:`renewcast.audit.training_recount.recount`.

    Returns
    -------
    (int, list of Finding)
    """
    frame = training_set.frame
    keys = list(zip(frame["account_id"].astype(str), frame["as_of"].dt.to_pydatetime(), strict=True))
    label = dict(zip(keys, frame["label"].astype(bool), strict=True))
    findings = []

    def report(rows, message):
        if rows:
            account, as_of = rows[0]
            findings.append(training_finding(message.format(rows=f"{len(rows):,}"), account, as_of))

    missing = sorted(key for key in expected if key not in label)
    lost = sum(expected[key] for key in missing)
    report(
        missing,
        f"{{rows}} of {len(expected):,} eligible snapshots are not in the training set, {lost:,} of them of accounts that were "
        f"lost: {WHY_LEFT_OUT}.",
    )
    report(
        sorted(key for key in label if key not in expected),
        "{rows} rows of the training set are no eligible snapshots with a finished outcome: their labels are guesses; "
        "leave them out.",
    )
    report(
        sorted(key for key, value in label.items() if key in expected and value != expected[key]),
        "{rows} labels differ from those counted again from the tables; take labels from labels.window alone.",
    )
    report(
        sorted({key for key, times in _counts(keys).items() if times > 1}),
        "{rows} snapshots stand in the training set more than once, so that copies lie on both sides of a split; keep each once.",
    )
    findings += _groups(project, frame)
    return len(expected) + len(keys), findings


def _counts(keys) -> dict:
    found: dict = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found


def _groups(project, frame) -> list[Finding]:
    """Find accounts of one company that do not stand in one group."""
    import pandas as pd

    accounts = pd.read_parquet(project.staged.tables["accounts"], columns=["account_id", "parent_account_id", "superseded_at"])
    parents = accounts[accounts["superseded_at"].isna()].dropna(subset=["parent_account_id"])
    group = frame.drop_duplicates("account_id").set_index("account_id")["group"]
    mixed = frame.groupby("account_id")["group"].nunique()
    apart = sorted(mixed.index[mixed > 1])
    for account, parent in parents[["account_id", "parent_account_id"]].sort_values("account_id").itertuples(index=False):
        if account in group.index and parent in group.index and group[account] != group[parent]:
            apart.append(account)
    if not apart:
        return []
    return [
        training_finding(
            f"{len(apart):,} accounts do not stand in the group of their company: subsidiaries would count as independent; "
            "take group from the parents.",
            str(apart[0]),
        )
    ]


def training_finding(message: str, account_id=None, as_of=None) -> Finding:
    """Make a finding about the training."""
    return Finding("training", message, account_id=account_id, as_of=None if as_of is None else str(as_of)[:10])
