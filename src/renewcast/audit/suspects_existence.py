"""Whether accounts are missing because of how they ended, twice there, or told by the order of their ids or rows."""

import datetime as dt
from itertools import pairwise

import numpy as np

from renewcast.audit.finding import Finding
from renewcast.audit.raw_columns import raw_columns
from renewcast.audit.suspects_readings import Reading, levels_of, writing_of
from renewcast.days import midnight
from renewcast.snapshots.terms import spells

FEWEST_ORPHANS = 3
SHARE_OF_ORPHANS = 0.005
LEVEL = 0.01
HONEST_GROWTH = 2.0
"""Losses may well have been this many times rarer in the first months than later."""
FEWEST_SPANS = 6
SILENT = 0.2
FEWEST_EVENTS = 20
MOST_ACCOUNTS_AT_ONCE = 5
SAME_SHARE = 0.8
TELLING_EVENTS = {
    "usage": ("occurred_at", "module", "action", "quantity"),
    "tickets": ("opened_at", "severity", "channel"),
    "touchpoints": ("occurred_at", "kind"),
}


def vanished(project) -> tuple[int, list[Finding]]:
    """Find accounts that other tables speak of and accounts does not: a CRM that deletes who left keeps only the survivors.

    Parameters
    ----------
    project : renewcast.Project

    Returns
    -------
    (int, list of Finding)
    """
    import pandas as pd

    findings = []
    known = pd.read_parquet(project.staged.tables["accounts"], columns=["account_id"])["account_id"].nunique()
    for report in project.staged.reports:
        if not any(group.reason == "orphan_account" for group in report.quarantined):
            continue
        aside = pd.read_parquet(project.directory / "data" / "work" / "quarantine" / f"{report.name}.parquet")
        aside = aside[aside["reason"] == "orphan_account"]
        ids = aside["account_id"].value_counts()
        if len(ids) >= max(FEWEST_ORPHANS, SHARE_OF_ORPHANS * known):
            findings.append(
                Finding(
                    "suspect",
                    f"{report.name} has rows of {len(ids):,} accounts that accounts lacks, such as {ids.index[0]}: accounts seem "
                    "to be deleted once they leave, and only survivors would train the model; keep them in accounts.",
                    "accounts",
                    "account_id",
                    account_id=str(ids.index[0]),
                )
            )
    return len(project.staged.reports), findings


def early_silence(project, as_of: dt.date) -> tuple[int, list[Finding]]:
    """Find a beginning of the history in which hardly any cover ended, as where accounts are erased some time after they left.

    Ends of cover that was not taken up again are counted in spans of four weeks from ``snapshots.first`` on, and compared with
    what the rate of the time since lets expect of as many accounts.

    Parameters
    ----------
    project : renewcast.Project
        Without contracts nothing is looked at.
    as_of : datetime.date

    Returns
    -------
    (int, list of Finding)
    """
    import pandas as pd
    from scipy.stats import binom

    if "contracts" not in project.staged.tables:
        return 0, []
    view = project.view
    cover = spells(view.known_contracts(as_of), view.grace_days)
    end = pd.Timestamp(min(midnight(as_of), view.data_end)) - pd.Timedelta(days=view.grace_days)
    edges = pd.date_range(project.params.snapshots.first, end, freq="28D")
    if len(edges) < FEWEST_SPANS:
        return 0, []
    ends = cover["ends_on"].fillna(pd.Timestamp.max)
    covered = np.array([((cover["starts_on"] <= edge) & (ends > edge)).sum() for edge in edges[:-1]], dtype=float).cumsum()
    lost = np.array([((ends >= low) & (ends < high)).sum() for low, high in pairwise(edges)], dtype=float).cumsum()
    worst = None
    for cut in range(len(covered) - 1):
        since, at_stake = lost[-1] - lost[cut], max(covered[-1] - covered[cut], 1.0)
        expected = since * covered[cut] / at_stake
        # Of all losses, whose number is given, so many would fall before the cut: few losses since then prove little.
        share = covered[cut] / (covered[cut] + HONEST_GROWTH * at_stake)
        chance = binom.cdf(lost[cut], lost[-1], share)
        is_silent = lost[cut] <= SILENT * expected
        if is_silent and chance * len(covered) < LEVEL and (worst is None or chance < worst[0]):
            worst = chance, cut, expected
    if worst is None:
        return len(covered), []
    _, cut, expected = worst
    day = edges[cut + 1]
    return len(covered), [
        Finding(
            "suspect",
            f"before {day:%Y-%m-%d} the cover of {lost[cut]:.0f} accounts ends where the time since lets expect {expected:.0f}: "
            "accounts that left early seem to be deleted; bring them back, or set snapshots.first after that day.",
            "contracts",
            "account_id",
        )
    ]


def order_readings(project, panel) -> list[Reading]:
    """Read the ids themselves and the order of the rows in the raw accounts table.

    Parameters
    ----------
    project : renewcast.Project
    panel : renewcast.audit.suspects_panel.Panel

    Returns
    -------
    list of Reading
    """
    import pandas as pd

    size, at = len(panel.rows), np.arange(len(panel.rows))
    ids = panel.rows["account_id"].astype(str).reset_index(drop=True)
    digits = ids.str.extract(r"(\d+)", expand=False).str[:15].astype("float64").to_numpy()
    found = [
        Reading("accounts", "account_id", "the order of the ids", "value", ids.rank().to_numpy()),
        Reading("accounts", "account_id", "the number inside the id", "value", digits),
        Reading("accounts", "account_id", "the length of the id", "value", ids.str.len().to_numpy(float)),
    ]
    for before, marks in (
        ("writing ", ids.map(writing_of)),
        ("beginning ", ids.str[:2]),
        ("beginning ", ids.str.extract(r"^(\D+)", expand=False).fillna("")),
        ("end ", ids.str[-1:]),
    ):
        found += levels_of("accounts", "account_id", before, marks.to_numpy(dtype=object), at, size)
    section = project.params.sources["accounts"]
    raw = raw_columns(project, "accounts", lambda name: name == section.columns.get("account_id", "account_id"))
    if raw is not None and raw.shape[1] == 1:
        place = pd.Series(np.arange(len(raw), dtype=float), index=raw.iloc[:, 0].astype(str))
        values = ids.map(place[~place.index.duplicated()]).to_numpy(dtype=float)
        found.append(Reading("accounts", "account_id", "the order of the rows in the file", "value", values))
    return found


def twins(project) -> tuple[int, list[Finding]]:
    """Find accounts whose events are those of another account: one company under two ids.

    Terms and invoices are not compared: two customers of one plan and one first day have all of them in common.

    Parameters
    ----------
    project : renewcast.Project

    Returns
    -------
    (int, list of Finding)
        Accounts looked at, and one finding a table in which twins stand.
    """
    import pandas as pd

    findings, probes = [], 0
    for table, columns in TELLING_EVENTS.items():
        if table not in project.staged.tables:
            continue
        columns = [name for name in columns if name in project.staged.mapped_columns[table]]
        rows = pd.read_parquet(project.staged.tables[table], columns=["account_id", *columns]).drop_duplicates()
        probes += rows["account_id"].nunique()
        size = rows.groupby("account_id").size()
        shared = rows[["account_id"]].assign(key=rows.groupby(columns, dropna=False).ngroup())
        bearers = shared.groupby("key")["account_id"].transform("size")
        shared = shared[(bearers > 1) & (bearers <= MOST_ACCOUNTS_AT_ONCE)]
        pairs = shared.merge(shared, on="key")
        pairs = pairs[pairs["account_id_x"] < pairs["account_id_y"]].groupby(["account_id_x", "account_id_y"]).size()
        pairs = pairs[pairs >= FEWEST_EVENTS]
        alike = [(one, other) for (one, other), both in pairs.items() if both >= SAME_SHARE * min(size[one], size[other])]
        if alike:
            one, other = alike[0]
            findings.append(
                Finding(
                    "suspect",
                    f"{table} has the same rows for {len(alike):,} pairs of accounts, such as {one} and {other}: one company "
                    "under two ids would stand on both sides of a split; merge them, or name one the parent of the other.",
                    table,
                    "account_id",
                    account_id=other,
                )
            )
    return probes, findings
