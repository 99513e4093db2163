"""What a canonical table promises: its columns, their types and what reveals each of them."""

from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["text", "timestamp", "date", "money", "number", "integer", "boolean"]
BOOKKEEPING = ("known_at", "superseded_at")
LARGEST_NUMBER = 1e15
"""Beyond it a number is taken for damage: sums of such numbers lose their units, and of larger ones become infinite."""


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    type : str
        ``text``, ``timestamp`` (naive UTC), ``date``, ``money`` (two decimals), ``number``, ``integer`` or ``boolean``.
    meaning : str
        What it says, in business words.
    required : bool
        A row without it is set aside.
    is_id : bool
        Text that names something: "NULL" and "nan" count as missing, and ids are never merged.
    revealed_by : str, optional
        The column whose time reveals this one; before that time the engine shows null.
    allowed : tuple of str
        The only values; a row with another one is set aside.
    usual : tuple of str
        The expected values; another one is kept and counted.
    lowest, highest : float, optional
        A row outside this range, ends included, is set aside.
    references : str, optional
        ``table.column`` that it names.

    Examples
    --------
    >>> Column("number", "satisfaction", revealed_by="resolved_at", lowest=1, highest=5).highest
    5
    """

    type: ColumnType
    meaning: str
    required: bool = False
    is_id: bool = False
    revealed_by: str | None = None
    allowed: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    references: str | None = None


@dataclass(frozen=True)
class TableContract:
    """One canonical table: what one row is, which columns it has and how it lives in time.

    Parameters
    ----------
    name : str
    one_row_per : str
    kind : {"state", "event"}
        A state may change after it was first told and needs a history; an event happens once.
    columns : dict of str to Column
        Every column but ``known_at`` and ``superseded_at``, which each staged table has as well.
    key : tuple of str
        Columns that name a row; empty when rows have no name.
    event_time : str, optional
        The column that says when it happened (or began).
    in_order : tuple of (str, str)
        Pairs of columns of which the second never lies before the first.
    may_be_static : bool
        ``known_at: static`` is accepted.
    may_lag : bool
        ``known_at: {lag_days: n}`` is accepted.
    """

    name: str
    one_row_per: str
    kind: Literal["state", "event"]
    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    event_time: str | None = None
    in_order: tuple[tuple[str, str], ...] = ()
    may_be_static: bool = False
    may_lag: bool = True
    required_columns: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "required_columns", tuple(name for name, column in self.columns.items() if column.required))

    @property
    def staged_columns(self) -> dict[str, ColumnType]:
        """Every column of the staged table with its type, in order."""
        return {name: column.type for name, column in self.columns.items()} | dict.fromkeys(BOOKKEEPING, "timestamp")


def account_id() -> Column:
    """Return the column that ties a row to its account, the same in every table."""
    return Column("text", "the customer organisation", required=True, is_id=True, references="accounts.account_id")
