"""The rows and labels of a training set, counted again from the staged tables, one account and one snapshot at a time.

Slow and obvious on purpose, and independent of the builder: what it leaves out or gets wrong, the recount does not share.
"""

import datetime as dt

from renewcast.days import DAY, midnight

FOREVER = dt.datetime(9999, 1, 1)


def recount(project, target: str, as_of: dt.date) -> dict[tuple[str, dt.datetime], bool]:
    """List every snapshot that must be in the training set, with its label.

    Parameters
    ----------
    project : renewcast.Project
    target : {"churn", "inactivity"}
    as_of : datetime.date

    Returns
    -------
    dict of (account_id, snapshot instant) to bool
        True where the account churned (or fell silent) inside the outcome window.

    Raises
    ------
    ValueError
        "no recount of ...", for another target.
    """
    if target not in ("churn", "inactivity"):
        raise ValueError(f"no recount of {target}")
    label = getattr(project.params.labels, target)
    wait = dt.timedelta(days=label.lead_days + label.horizon_days + getattr(label, "grace_days", 0))
    known_until = _known_until(project, "contracts" if target == "churn" else "usage")
    end = min(midnight(as_of), project.staged.data_end, known_until)
    settings = project.params.snapshots
    days = [day for day in _snapshots(settings, as_of - DAY) if midnight(day) + wait <= end]
    if not days:
        return {}
    instants = [midnight(day) for day in _snapshots(settings, days[-1])][:: -settings.train_every_weeks][::-1]
    first_known = _first_known(project)
    find = _churn if target == "churn" else _inactivity
    return find(project, label, instants, midnight(as_of), first_known)


def wait_days(project, target: str) -> int:
    """Count the days after which an outcome is known: lead, horizon and grace."""
    label = getattr(project.params.labels, target)
    return label.lead_days + label.horizon_days + getattr(label, "grace_days", 0)


def _known_until(project, table: str) -> dt.datetime:
    latest = next(report.latest_known_at for report in project.staged.reports if report.name == table)
    return dt.datetime.fromisoformat(latest) if isinstance(latest, str) else latest


def _snapshots(settings, until: dt.date) -> list[dt.date]:
    last = min(until, settings.last) if settings.last else until
    return [settings.first + 7 * week * DAY for week in range((last - settings.first).days // 7 + 1)]


def _first_known(project) -> dict[str, dt.datetime]:
    import pandas as pd

    accounts = pd.read_parquet(project.staged.tables["accounts"], columns=["account_id", "known_at"])
    return {name: when.to_pydatetime() for name, when in accounts.groupby("account_id")["known_at"].min().items()}


def _churn(project, label, instants, as_of, first_known):
    import pandas as pd

    names = ["account_id", "starts_on", "ends_on", "known_at", "superseded_at"]
    contracts = pd.read_parquet(project.staged.tables["contracts"], columns=names)
    for name in names[1:]:
        contracts[name] = pd.to_datetime(contracts[name]).astype("datetime64[us]")
    grace = dt.timedelta(days=label.grace_days)
    lead, horizon = dt.timedelta(days=label.lead_days), dt.timedelta(days=label.horizon_days)
    found = {}
    for account, rows in contracts.groupby("account_id"):
        terms = [[_moment(value) for value in row] for row in rows[names[1:]].itertuples(index=False)]
        told = _spells(_known(terms, as_of), grace)
        for instant in instants:
            if first_known.get(account, FOREVER) >= instant:
                continue
            known = _known(terms, instant)
            if not any(start < instant <= end for start, end in known):
                continue
            cover = next(end for start, end in _spells([term for term in known if term[1] >= instant - grace], grace))
            if cover < instant + lead:
                continue
            ends = [end for _, end in told]
            is_covered = any(start <= instant <= end for start, end in told)
            if not is_covered or any(instant <= end < instant + lead for end in ends):
                continue
            found[account, instant] = any(instant + lead <= end < instant + lead + horizon for end in ends)
    return found


def _moment(value) -> dt.datetime:
    return FOREVER if value != value or value is None else value.to_pydatetime()


def _known(terms, instant):
    """Pick start and end of the versions known before an instant and not replaced before it."""
    return [(start, end) for start, end, known_at, superseded_at in terms if known_at < instant <= superseded_at]


def _spells(terms, grace) -> list[tuple[dt.datetime, dt.datetime]]:
    """Merge terms between which there is at most the grace period."""
    merged: list[tuple[dt.datetime, dt.datetime]] = []
    for start, end in sorted(terms):
        if merged and start - merged[-1][1] <= grace:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _inactivity(project, label, instants, as_of, first_known):
    import numpy as np
    import pandas as pd

    names = ["occurred_at", "known_at", "superseded_at"]
    usage = pd.read_parquet(project.staged.tables["usage"], columns=["account_id", *names]).sort_values("occurred_at")
    by_day = bool((usage["occurred_at"] == usage["occurred_at"].dt.normalize()).all())
    lead, horizon = np.timedelta64(label.lead_days, "D"), np.timedelta64(label.horizon_days, "D")
    cuts, end = [np.datetime64(instant) for instant in instants], np.datetime64(as_of)
    found = {}
    for account, rows in usage.groupby("account_id"):
        happened, known_at, replaced = (rows[name].to_numpy("datetime64[us]") for name in names)

        def known(instant, known_at=known_at, replaced=replaced):
            return (known_at < instant) & (np.isnat(replaced) | (replaced >= instant))

        told = happened[known(end)]
        for instant, cut in zip(instants, cuts, strict=True):
            if first_known.get(account, FOREVER) >= instant:
                continue
            seen = happened[known(cut) & (happened < cut)]
            if not len(seen) or (cut - seen[-1]) / np.timedelta64(1, "D") > label.active_within_days:
                continue
            after, until = told - (cut + lead), told - (cut + lead + horizon)
            nothing = np.timedelta64(0)
            inside = (after >= nothing) & (until < nothing) if by_day else (after > nothing) & (until <= nothing)
            found[account, instant] = not inside.any()
    return found
