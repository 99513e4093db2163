"""Changes of facts that a snapshot must not feel: what happens, becomes known or is revealed at or after it."""

import dataclasses
import datetime as dt
import decimal

from renewcast.sources import Column, TableContract

KINDS = ("change", "add", "restate", "delete", "reveal")
MICROSECOND = dt.timedelta(microseconds=1)
AFTER = (dt.timedelta(0), MICROSECOND, dt.timedelta(hours=5), dt.timedelta(days=6), dt.timedelta(days=400))
"""How long after the snapshot something becomes known: at the instant itself, one microsecond later, and so on."""
AROUND = (dt.timedelta(days=-500), dt.timedelta(days=500))


@dataclasses.dataclass(frozen=True)
class Change:
    """Rows of one account in one table, before and after.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    removed : frozenset of int
        Places of rows that go.
    added : tuple of dict
        Rows that come.
    pairs : tuple of (dict, dict)
        For "change" and "reveal": the same row before and after, so that a single column can be tried.
    """

    kind: str
    removed: frozenset
    added: tuple
    pairs: tuple = ()

    def columns(self) -> list[str]:
        """Name the columns in which a row differs before and after."""
        return sorted({name for old, new in self.pairs for name in old if old[name] != new[name]})

    def only(self, column: str) -> "Change":
        """Keep the change of one column."""
        return dataclasses.replace(self, added=tuple(old | {column: new[column]} for old, new in self.pairs))


class Perturber:
    """Changes one account's rows of a table after a snapshot, in ways that leave the table one that could be staged.

    Parameters
    ----------
    contract : TableContract
    pools : dict of str to list
        Values that each column holds somewhere; new values are drawn from them too.
    strangers : dict of str to list of str
        By account, people who use it and whom nobody introduced: one who is added may be one of them.
    since : dict of str to datetime.datetime
        Since when each module is known. A module is only named by facts known later, so that no other account's vocabulary
        changes.
    """

    def __init__(self, contract: TableContract, pools: dict, strangers: dict, since: dict[str, dt.datetime]):
        self.contract, self.pools, self.strangers, self.since = contract, pools, strangers, since

    def change(self, kind: str, account: str, rows: list[tuple[int, dict]], as_of: dt.datetime, random) -> Change | None:
        """Change rows in one of the `KINDS` of ways; None where the account has no row to do it with.

        Parameters
        ----------
        kind : str
        account : str
        rows : list of (place, dict)
            The account's rows, all versions.
        as_of : datetime.datetime
            The snapshot that must not feel it.
        random : numpy.random.Generator
        """
        if kind == "add" and self.contract.key != ("account_id",):
            return self._add(account, as_of, random)
        later = [(place, row) for place, row in rows if row["known_at"] >= as_of]
        seen = [(place, row) for place, row in rows if row["known_at"] < as_of and _holds(row, as_of)]
        if kind == "change":
            return self._paired(kind, _some(later, random), lambda row: self._redrawn(row, row["known_at"], as_of, random))
        if kind == "delete":
            return self._delete(rows, _some(later, random))
        if kind in ("restate", "add"):  # of an account there can only be another version
            return self._restate(_some([(p, row) for p, row in seen if self._has_key(row)], random), as_of, random)
        hidden = [(place, row) for place, row in seen if self._hidden(row, as_of)]
        return self._paired(kind, _some(hidden, random), lambda row: self._revealed(row, as_of, random))

    def _paired(self, kind, chosen, rewrite) -> Change | None:
        pairs = tuple((row, rewrite(row)) for _, row in chosen)
        removed = frozenset(place for place, _ in chosen)
        return Change(kind, removed, tuple(new for _, new in pairs), pairs) if pairs else None

    def _add(self, account, as_of, random) -> Change:
        added = []
        for number in range(int(random.integers(1, 4))):
            known = as_of + AFTER[random.integers(len(AFTER))]
            blank = {name: None for name in self.contract.staged_columns}
            row = self._redrawn(blank | {"account_id": account, "known_at": known}, known, as_of, random)
            for name in self.contract.key:
                if name != "account_id":
                    row[name] = f"audit {as_of.date()} {number} {account}"
            if self.contract.name == "users" and number == 0 and self.strangers.get(account):
                row["user_id"] = self.strangers[account][random.integers(len(self.strangers[account]))]
            added.append(row)
        return Change("add", frozenset(), tuple(added))

    def _restate(self, chosen, as_of, random) -> Change | None:
        removed, added = set(), []
        for place, row in chosen:
            known = as_of + AFTER[random.integers(len(AFTER))]
            if row["known_at"] >= as_of or (row["superseded_at"] is not None and known >= row["superseded_at"]):
                continue
            removed.add(place)
            added += [row | {"superseded_at": known}, self._redrawn(row, known, as_of, random)]
        return Change("restate", frozenset(removed), tuple(added)) if added else None

    def _delete(self, rows, chosen) -> Change | None:
        gone = {place for place, _ in chosen}
        added, mended = [], set()
        key = self.contract.key
        for place, row in rows:
            # Without the version that replaced it, the row before stands until the one after that.
            until, hops = row["superseded_at"], 0
            while until is not None and self._has_key(row) and hops <= len(rows):
                after = [
                    one
                    for other, one in chosen
                    if other in gone and one["known_at"] == until and all(one[name] == row[name] for name in key)
                ]
                if not after:
                    break
                until, hops = after[0]["superseded_at"], hops + 1
            if place not in gone and until != row["superseded_at"]:
                mended.add(place)
                added.append(row | {"superseded_at": until})
        return Change("delete", frozenset(gone | mended), tuple(added)) if gone else None

    def _has_key(self, row) -> bool:
        return bool(self.contract.key) and all(row[name] is not None for name in self.contract.key)

    def _hidden(self, row, as_of) -> bool:
        times = {column.revealed_by for column in self.contract.columns.values()} - {None}
        return any(row[name] is None or _instant(row[name]) >= as_of for name in times)

    def _revealed(self, row, as_of, random) -> dict:
        new = dict(row)
        for time in sorted({column.revealed_by for column in self.contract.columns.values()} - {None}):
            if row[time] is not None and _instant(row[time]) < as_of:
                continue
            for name, column in self.contract.columns.items():
                if column.revealed_by == time and name != time:
                    new[name] = self._value(name, column, as_of, random)
            after = as_of + AFTER[random.integers(len(AFTER))]
            after = after.date() if self.contract.columns[time].type == "date" else after
            new[time] = None if random.random() < 0.25 else after
        return self._in_order(new)

    def _redrawn(self, row, known, as_of, random) -> dict:
        """Draw every column anew but what names the row, its account and when it was known."""
        new = dict(row) | {"known_at": known}
        for name, column in self.contract.columns.items():
            if name in self.contract.key or name == "account_id":
                continue
            new[name] = self._value(name, column, as_of, random)
            if name == "module" and self.since.get(new[name], known) > known:
                new[name] = None
        for name, column in self.contract.columns.items():
            revealing = column.revealed_by
            if revealing is not None and new[revealing] is None:
                new[name] = None
        event = self.contract.event_time
        if self.contract.kind == "event" and event is not None and _instant(new[event]) > known:
            new[event] = known.date() if self.contract.columns[event].type == "date" else known
        return self._in_order(new)

    def _in_order(self, row) -> dict:
        for start, end in self.contract.in_order:
            if row[start] is not None and row[end] is not None and row[end] < row[start]:
                row[end] = None
        return row

    def _value(self, name: str, column: Column, as_of: dt.datetime, random):
        if not column.required and random.random() < 0.15:
            return None
        if column.type in ("timestamp", "date"):
            edges = [as_of, as_of - MICROSECOND, as_of + MICROSECOND, as_of - dt.timedelta(days=3)]
            spread = (AROUND[1] - AROUND[0]).total_seconds()
            drawn = as_of + AROUND[0] + dt.timedelta(seconds=int(random.integers(spread)))
            chosen = edges[random.integers(len(edges))] if random.random() < 0.4 else drawn
            return chosen.date() if column.type == "date" else chosen
        if column.type == "boolean":
            return bool(random.integers(2))
        pool = self.pools.get(name) or [None]
        if column.type == "text":
            drawn = pool[random.integers(len(pool))]
            invented = column.allowed or (f"audit {random.integers(9)}",)
            return invented[random.integers(len(invented))] if drawn is None or random.random() < 0.3 else drawn
        low = -9_999 if column.lowest is None else column.lowest
        high = 99_999 if column.highest is None else column.highest
        number = low + (high - low) * float(random.random())
        if column.type == "integer":
            return int(round(number))
        return decimal.Decimal(round(number * 100)) / 100 if column.type == "money" else number


def _holds(row: dict, as_of: dt.datetime) -> bool:
    return row["superseded_at"] is None or row["superseded_at"] >= as_of


def _instant(value) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)


def _some(rows: list, random) -> list:
    """All of them, or some."""
    if len(rows) < 2 or random.random() < 0.5:
        return rows
    size = int(random.integers(1, len(rows) + 1))
    return [rows[place] for place in sorted(random.choice(len(rows), size, replace=False))]
