"""How a company's own tables are mapped onto the canonical ones: the section ``sources`` of ``params.yaml``."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from renewcast.params._section import Section


class CsvFormat(Section):
    """How a CSV file is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"


class InputSection(Section):
    """One raw table: files (a glob is allowed), a table of a DuckDB file, or a table of a PostgreSQL database.

    ``database`` is a path to a DuckDB file, a postgresql:// address without a password, or ``env:NAME`` for the name of
    an environment variable that holds the address.
    """

    files: str | None = None
    csv: CsvFormat | None = None
    database: str | None = None
    table: str | None = None

    @model_validator(mode="after")
    def _one_origin(self):
        if (self.files is None) == (self.database is None):
            raise ValueError("give either files or database and table")
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together")
        return self


class KnownAt(Section):
    """When a row could first have been known: a column of the source, or so many days after it happened."""

    column: str | None = None
    lag_days: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one_rule(self):
        if (self.column is None) == (self.lag_days is None):
            raise ValueError("give either column or lag_days")
        return self


class SourceSection(Section):
    """How one canonical table is filled from a company's own tables.

    Either one raw table (``files``, or ``database`` and ``table``), or several named ``inputs`` and an ``sql`` select over
    them. ``columns`` maps canonical names to the raw ones, ``constants`` fills a canonical column with one value, ``formats``
    gives the date format of a canonical column, ``time_zone`` the zone of its naive times, ``known_at`` the rule for the time
    of knowing; ``known_at: static`` declares that a table of today's state never changes.
    """

    files: str | None = None
    csv: CsvFormat | None = None
    database: str | None = None
    table: str | None = None
    inputs: dict[str, InputSection] | None = None
    sql: str | None = None
    columns: dict[str, str] = {}
    constants: dict[str, str | int | float | bool] = {}
    formats: dict[str, str | list[str]] = {}
    time_zone: str | None = None
    known_at: KnownAt | Literal["static"] | None = None

    @model_validator(mode="after")
    def _one_origin(self):
        origins = [self.files is not None, self.database is not None, self.inputs is not None]
        if sum(origins) != 1:
            raise ValueError("give exactly one of files, database and table, or inputs and sql")
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together")
        if self.inputs is not None and self.sql is None:
            raise ValueError("inputs need an sql select over them")
        if self.inputs is None and self.sql is not None:
            raise ValueError("sql needs named inputs")
        both = sorted(set(self.columns) & set(self.constants))
        if both:
            raise ValueError(f"column {both[0]} is mapped and constant at once")
        return self
