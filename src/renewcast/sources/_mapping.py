"""Which raw column fills which canonical one, and when a row could first have been known."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from renewcast.errors import RenewcastError
from renewcast.params import KnownAt, SourceSection
from renewcast.sources._contract import TableContract


@dataclass(frozen=True)
class Mapping:
    """How one source fills one canonical table.

    Parameters
    ----------
    contract : TableContract
    raw : dict of str to str
        Canonical column (``known_at`` too) to raw column.
    constants : dict
        Canonical column to its one value.
    formats : dict of str to tuple of str
        Canonical column to the formats its text may have.
    zone : str
        Zone of naive times.
    zone_is_declared : bool
        The zone stands at the source rather than at the project.
    known_at : KnownAt or "static"
    """

    contract: TableContract
    raw: dict[str, str]
    constants: dict[str, str | int | float | bool]
    formats: dict[str, tuple[str, ...]]
    zone: str
    zone_is_declared: bool
    known_at: KnownAt | Literal["static"]

    @property
    def filled(self) -> list[str]:
        """Canonical columns that get a value, in the order of the contract."""
        return [name for name in self.contract.columns if name in self.raw or name in self.constants]

    @property
    def rule(self) -> str:
        """The rule for the time of knowing, as people read it."""
        if self.known_at == "static":
            return "static: today's state, taken as known from the start"
        if self.known_at.column is not None:
            return f"column {self.known_at.column}"
        return f"{self.known_at.lag_days:g} days after {self.contract.event_time}"


def map_source(
    contract: TableContract, section: SourceSection, raw_columns: Sequence[str], where: str, project_zone: str
) -> Mapping:
    """Match a source's columns with the contract.

    Parameters
    ----------
    contract : TableContract
    section : SourceSection
    raw_columns : sequence of str
    where : str
        ``sources.<table>``, for messages.
    project_zone : str
        The zone of naive times where the source declares none.

    Returns
    -------
    Mapping

    Raises
    ------
    RenewcastError
        A name is not known, a required column is not there, or nothing says when a row was known.
    """
    canonical = list(contract.columns)
    for part in ("columns", "constants", "formats"):
        for name in getattr(section, part):
            if name == "known_at" and part == "columns":
                raise RenewcastError(f"{where}.columns: known_at has a rule of its own; write known_at: {{column: ...}}.")
            if name not in canonical and not (name == "known_at" and part == "formats"):
                raise RenewcastError(f"{where}.{part}: {contract.name} has no column {name}{_close(name, canonical)}; rename it.")
    taken = {name: name for name in canonical if name in raw_columns and name not in section.constants} | section.columns
    for name, raw_name in section.columns.items():
        if raw_name not in raw_columns:
            raise RenewcastError(
                f"{where}.columns.{name}: the raw table has no column {raw_name!r}{_close(raw_name, raw_columns)}; correct it."
            )
    for name in contract.required_columns:
        if name not in taken and name not in section.constants:
            raise RenewcastError(
                f"{where}: nothing fills the required column {name}{_close(name, raw_columns)}; add {name} to {where}.columns."
            )
    known_at = _rule(contract, section, raw_columns, where)
    if isinstance(known_at, KnownAt) and known_at.column is not None:
        taken["known_at"] = known_at.column
    zone = section.time_zone or project_zone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        place = f"{where}.time_zone" if section.time_zone else "project.time_zone"
        raise RenewcastError(f"{place}: {zone!r} is not a time zone; write it as Europe/Berlin or UTC.") from None
    formats = {name: (given,) if isinstance(given, str) else tuple(given) for name, given in section.formats.items()}
    return Mapping(contract, taken, dict(section.constants), formats, zone, section.time_zone is not None, known_at)


def _rule(contract: TableContract, section: SourceSection, raw_columns: Sequence[str], where: str):
    rule = section.known_at
    accepted = ["known_at: {column: ...}"]
    accepted += ["known_at: static"] if contract.may_be_static else []
    accepted += ["known_at: {lag_days: ...}"] if contract.may_lag else []
    offer = " or ".join(accepted)
    if rule is None:
        if "known_at" in raw_columns:
            return KnownAt(column="known_at")
        raise RenewcastError(f"{where}: nothing says when a row could first have been known; declare {offer}.")
    if rule == "static":
        if not contract.may_be_static:
            raise RenewcastError(f"{where}: {contract.name} changes over time, so known_at: static would leak; declare {offer}.")
    elif rule.lag_days is not None:
        if not contract.may_lag:
            raise RenewcastError(
                f"{where}: a lag says nothing about later changes of {contract.name}, which hold a state; declare {offer}."
            )
    elif rule.column not in raw_columns:
        raise RenewcastError(
            f"{where}.known_at.column: the raw table has no column {rule.column!r}{_close(rule.column, raw_columns)}; correct it."
        )
    return rule


def _close(name: str, known: Sequence[str]) -> str:
    by_lower = {other.lower(): other for other in known}
    if name.lower() in by_lower:
        return f"; did you mean {by_lower[name.lower()]}?"
    found = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[found[0]]}?" if found else f" (it has {', '.join(list(known)[:8])})" if known else ""
