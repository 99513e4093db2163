"""Rules that look at several rows: accounts that do not exist, duplicates, and versions of one key."""

from dataclasses import dataclass

import ibis

from renewcast.params import KnownAt
from renewcast.sources._mapping import Mapping


@dataclass
class SetRules:
    """What the rules across rows found; every table has a ``_row``, and ``versions`` a ``superseded_at`` too."""

    orphans: ibis.Table | None
    conflicts: ibis.Table | None
    repeats: ibis.Table | None
    versions: ibis.Table | None


def apply_set_rules(backend, parsed: ibis.Table, mapping: Mapping, accounts: ibis.Table | None, name: str) -> SetRules:
    """Find orphans, duplicates and versions among the rows that are fine by themselves.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend
    parsed : ibis.Table
        From :func:`renewcast.sources._rows.parse_rows`.
    mapping : Mapping
    accounts : ibis.Table, optional
        Has the known ``account_id``; None skips the rule.
    name : str
        Prefix of the temporary tables.

    Returns
    -------
    SetRules
        A part is None when it holds no row.

    Notes
    -----
    Only a column can tell that a row is a later version. Under a lag or ``static`` two rows of one key are duplicates,
    whatever their times. Conflicting duplicates are all set aside: nobody can say which one is right.
    """
    rows = parsed.filter(parsed._code == 0)

    def stored(part: str, expression: ibis.Table) -> ibis.Table | None:
        table = backend.create_table(f"{name}_{part}", expression, temp=True)
        return table if backend.to_pyarrow(table.count()).as_py() else None

    orphans = None
    if accounts is not None:
        orphans = stored("orphans", rows.anti_join(accounts, "account_id").select("_row"))
        rows = rows if orphans is None else rows.anti_join(orphans, "_row")
    contract = mapping.contract
    if not contract.key or any(column not in mapping.filled for column in contract.key):
        return SetRules(orphans, None, None, None)
    # Optional ids may be absent from a row: such rows are nobody's duplicate.
    rows = rows.drop_null([column for column in contract.key if not contract.columns[column].required])
    by_column = isinstance(mapping.known_at, KnownAt) and mapping.known_at.column is not None
    several = rows.group_by(*contract.key).aggregate(rows_of_key=rows.count())
    several = several.filter(several.rows_of_key > 1)
    members = stored("members", rows.semi_join(several, contract.key))
    if members is None:
        return SetRules(orphans, None, None, None)
    group = [*contract.key, "known_at"] if by_column else list(contract.key)
    contents = members.group_by(*dict.fromkeys([*mapping.filled, "known_at"])).aggregate(first=members._row.min())
    conflicting = contents.group_by(*group).aggregate(contents=contents.count())
    conflicting = conflicting.filter(conflicting.contents > 1)
    conflicts = stored("conflicts", members.semi_join(conflicting, group).select("_row"))
    firsts = contents.select(_row=contents["first"])
    repeats = members.anti_join(firsts, "_row").select("_row")
    repeats = stored("repeats", repeats if conflicts is None else repeats.anti_join(conflicts, "_row"))
    if not by_column:
        return SetRules(orphans, conflicts, repeats, None)
    alive = members
    for gone in (conflicts, repeats):
        alive = alive if gone is None else alive.anti_join(gone, "_row")
    next_known = alive.known_at.lead().over(group_by=[alive[column] for column in contract.key], order_by=alive.known_at)
    versions = alive.select("_row", superseded_at=next_known)
    return SetRules(orphans, conflicts, repeats, stored("versions", versions.filter(versions.superseded_at.notnull())))
