"""What a mapping gives away before any value is read: raw columns named after the outcome, and times that cannot be true."""

import re

from renewcast.audit.finding import Finding
from renewcast.audit.suspects_readings import FEWEST_OF_A_LEVEL
from renewcast.sources import CONTRACTS

TELLS_THE_OUTCOME = re.compile(
    r"status|stage|phase|cancel|churn|terminat|^lost$|loss|deactivat|inactive|^closed?$|closure|^won$|lapsed|attrition|exit|offboard"
    r"|reason|^renewed$|outcome|winback|downgrad|departure|outgoing|notice(_given|_date|_on|_at)"
    r"|\u72b6\u6001|\u6d41\u5931|\u7ec8\u6b62|\u53d6\u6d88|\u539f\u56e0|\u7eed\u7ea6",
    re.IGNORECASE,
)
"""Names of columns that are filled in when, or because, a customer leaves: in English, and state, lost, ended, cancelled, reason
and renewed in Chinese."""
IS_HONEST = {("contracts", "notice_days"), ("contracts", "auto_renews")}
"""Agreed at the signature, whatever the raw column is called."""
TELLS_WHEN_KNOWN = re.compile(r"known|load|creat|updat|modif|insert|ingest|sync|record|enter|import|receiv|arriv", re.IGNORECASE)
LATE_SHARE = 0.05
LATE_ROWS = 20
SLACK_DAYS = 2.0
SHARE_OF_ONE_DAY = 0.8
SHARE_THAT_CAME_LATER = 0.5


def denied_names(project) -> tuple[int, list[Finding]]:
    """Find canonical columns that are filled from raw columns named after the outcome.

    Columns that count only from a time of their own on (a resolution, a verdict, the day on which a person left) may be called
    so. Selects in ``sql`` are read for what each column is made of.

    Parameters
    ----------
    project : renewcast.Project

    Returns
    -------
    (int, list of Finding)
        Mapped columns looked at, and one finding a column.
    """
    findings, probes = [], 0
    for table, section in project.params.sources.items():
        contract = CONTRACTS[table]
        made_of = _made_of(section.sql) if section.sql else {}
        for name, column in contract.columns.items():
            if column.is_id or column.revealed_by is not None or (table, name) in IS_HONEST:
                continue
            raw = section.columns.get(name, name)
            names = {raw} | made_of.get(raw.lower(), set())
            probes += 1
            told = sorted(one for one in names - {name} if any(TELLS_THE_OUTCOME.search(part) for part in _parts(one)))
            is_filled = name in project.staged.mapped_columns.get(table, ())
            if told and is_filled and not _comes_in_versions(project, table, contract, name):
                findings.append(
                    Finding(
                        "suspect",
                        f"{table}.{name} is filled from {told[0]}, a column that is written when a customer leaves; "
                        "take it out of sources, or map a version of it with the day on which it was known.",
                        table,
                        name,
                    )
                )
    return probes, findings


def _comes_in_versions(project, table: str, contract, name: str) -> bool:
    """Tell whether a column's values come with later versions of a row: then they are known from their own day on.

    That a version corrects a value here and there shows nothing: most rows that carry some value must have begun without it.
    """
    import pandas as pd

    if contract.kind != "state" or table not in project.staged.tables:
        return False
    rows = pd.read_parquet(project.staged.tables[table], columns=[*contract.key, name, "known_at"])
    rows[name] = rows[name].astype(object).where(rows[name].notna(), "")
    rows = rows.sort_values("known_at", kind="stable").set_index(list(contract.key))[name]
    first, last = rows[~rows.index.duplicated()], rows[~rows.index.duplicated(keep="last")]
    came_later = first.reindex(last.index) != last
    # Values that few rows carry, such as texts, are taken together.
    level = last.where(last.map(last.value_counts()) >= FEWEST_OF_A_LEVEL, "few")
    return bool((came_later.groupby(level.to_numpy()).mean() > SHARE_THAT_CAME_LATER).any())


def _parts(name: str) -> list[str]:
    """Split a name at its borders, and keep it whole too: churn_reason, churnReason."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return [plain, *re.split(r"[^\w]+|_", plain)]


def _made_of(sql: str) -> dict[str, set[str]]:
    """Name, for each column of a select, the columns that it is made of."""
    import sqlglot
    from sqlglot import expressions

    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return {}
    found: dict[str, set[str]] = {}
    for select in tree.find_all(expressions.Select):
        for one in select.expressions:
            used = {column.name for column in one.find_all(expressions.Column)}
            found.setdefault(one.alias_or_name.lower(), set()).update(used)
    for name in list(found):  # through subqueries and common table expressions
        seen, open_names = set(), set(found[name])
        while open_names:
            one = open_names.pop()
            seen.add(one)
            open_names |= found.get(one.lower(), set()) - seen
        found[name] = seen
    return found


def times_of_knowing(project) -> tuple[int, list[Finding]]:
    """Find tables whose rows were all known on one day, and declared lags that a time in the raw table contradicts.

    Parameters
    ----------
    project : renewcast.Project

    Returns
    -------
    (int, list of Finding)
        Tables looked at, and findings about ``known_at``.
    """
    import pandas as pd

    findings, names = [], list(project.staged.tables)
    for table in names:
        section, contract = project.params.sources[table], CONTRACTS[table]
        event = contract.event_time if contract.event_time in project.staged.mapped_columns[table] else None
        if _is_told(section, contract):
            columns = ["account_id", "known_at", *([event] if event else [])]
            rows = pd.read_parquet(project.staged.tables[table], columns=columns)
            finding = _one_day(table, rows, event)
        else:
            finding = _contradicted(project, table, section, event)
        findings += [finding] if finding else []
    return len(names), findings


def _is_told(section, contract) -> bool:
    """Tell whether the source has a time of knowing of its own: the time of the event under another name is none."""
    if section.known_at is None or section.known_at == "static":
        return section.known_at is None
    event = section.columns.get(contract.event_time, contract.event_time)
    return section.known_at.column is not None and section.known_at.column != event


def _one_day(table: str, rows, event: str | None) -> Finding | None:
    import pandas as pd

    known = rows["known_at"].dt.normalize()
    day = known.mode()
    if len(rows) < LATE_ROWS or not len(day):
        return None
    on_it = (known == day[0]).to_numpy()
    share, old = on_it.mean(), on_it
    if event is not None:
        old = on_it & ((day[0] - pd.to_datetime(rows[event]).dt.normalize()).dt.days > 30).to_numpy()
    if share < SHARE_OF_ONE_DAY or old.mean() < SHARE_OF_ONE_DAY / 2:
        return None
    return Finding(
        "suspect",
        f"{table}.known_at is {day[0]:%Y-%m-%d} on {share:.0%} of the rows, so the table was loaded at one go and its history is "
        "empty; map the time at which a row was first told, or declare the usual lag.",
        table,
        "known_at",
        account_id=str(rows["account_id"][old].iloc[0]),
    )


def _contradicted(project, table: str, section, event: str | None) -> Finding | None:
    """Compare a declared rule with a raw column that tells when rows came, and that nobody mapped."""
    from renewcast.audit.raw_columns import raw_columns

    lag = 0.0 if section.known_at == "static" else section.known_at.lag_days or 0.0
    event_name = section.columns.get(event, event)
    account_name = section.columns.get("account_id", "account_id")
    raw = raw_columns(project, table, lambda name: name in (event_name, account_name) or TELLS_WHEN_KNOWN.search(name))
    if raw is None or event_name not in raw or account_name not in raw:
        return None
    happened = _times(raw[event_name])
    for name in sorted(set(raw.columns) - {event_name, account_name, *section.columns.values()}):
        late_days = (_times(raw[name]) - happened).dt.total_seconds() / 86_400.0 - lag
        late = (late_days > SLACK_DAYS).to_numpy()
        if late.sum() >= LATE_ROWS and late.mean() >= LATE_SHARE:
            rule = "static" if section.known_at == "static" else f"known {lag:g} days after they happened"
            return Finding(
                "suspect",
                f"{table} is declared {rule}, but its raw column {name} says that {late.mean():.0%} of the rows came or changed "
                f"later, by {late_days[late].median():.0f} days in the middle; map known_at from {name}.",
                table,
                "known_at",
                account_id=str(raw[account_name][late].iloc[0]),
            )
    return None


def _times(values):
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(values):
        return pd.to_datetime(values, utc=True)
    return pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
