"""What staging found: rows read and kept, rows set aside with reasons, notes, warnings and what stops the run."""

from dataclasses import asdict, dataclass, field

from renewcast.sources._contract import TableContract


@dataclass(frozen=True)
class SetAside:
    """Rows in quarantine for one reason: code, column (or ""), count and up to five example values."""

    reason: str
    column: str
    rows: int
    examples: list[str]


@dataclass(frozen=True)
class Finding:
    """Something about rows that were kept: code, one sentence, how many rows and which share of the table's rows."""

    code: str
    sentence: str
    rows: int
    share: float


@dataclass
class TableReport:
    """What happened to one table.

    Parameters
    ----------
    name : str
    rows_read, rows_kept : int
    first_event, last_event : str or None
        ISO times of the earliest and latest event kept; None without an event time.
    known_at : str
        The rule for the time of knowing, in words.
    quarantined : list of SetAside
    notes, warnings : list of Finding
        A note explains what staging did by rule; a warning asks for a look at the data.
    mapped : list of str
        Canonical columns that are filled in at least one row.
    fingerprint : str
        The same for the same rows in any order.
    latest_known_at : str or None
        As the source told it, before any correction.
    """

    name: str
    rows_read: int = 0
    rows_kept: int = 0
    first_event: str | None = None
    last_event: str | None = None
    known_at: str = ""
    quarantined: list[SetAside] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    mapped: list[str] = field(default_factory=list)
    fingerprint: str = ""
    latest_known_at: str | None = None

    @property
    def rows_quarantined(self) -> int:
        """How many rows were set aside."""
        return sum(group.rows for group in self.quarantined)

    def note(self, code: str, sentence: str, rows: int) -> None:
        """Add a note when it concerns any row."""
        if rows:
            self.notes.append(Finding(code, sentence.format(rows=f"{rows:,}"), rows, rows / max(self.rows_read, 1)))

    def warn(self, code: str, sentence: str, rows: int, of: int | None = None) -> None:
        """Add a warning when it concerns any row; its share is of the rows kept unless ``of`` says otherwise."""
        if rows:
            whole = max(self.rows_kept if of is None else of, 1)
            # 1,077 of 2,000 is 53.85 %, which a share of 0.5385 in binary would show as 53.8 %.
            share = f"{100 * rows / whole:.1f}%"
            self.warnings.append(Finding(code, sentence.format(rows=f"{rows:,}", share=share), rows, rows / whole))

    @classmethod
    def from_dict(cls, content: dict) -> "TableReport":
        """Build a report from :meth:`to_dict`."""
        rebuilt = dict(content)
        rebuilt["quarantined"] = [SetAside(**one) for one in content["quarantined"]]
        for part in ("notes", "warnings"):
            rebuilt[part] = [Finding(**one) for one in content[part]]
        return cls(**rebuilt)

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold."""
        return asdict(self)


REASONS = {
    "unreadable_value": "cannot be read as its type",
    "missing_value": "is required and missing",
    "placeholder_date": "holds a placeholder such as 1970-01-01 or 9999-12-31",
    "out_of_range": "lies outside its range",
    "not_allowed": "is not one of the allowed values",
    "end_before_start": "lies before the start",
    "orphan_account": "names an account that accounts does not have",
    "conflicting_duplicate": "is given several times with different content",
}


def describe(group: SetAside, contract: TableContract | None = None) -> str:
    """Say in words why rows were set aside.

    Examples
    --------
    >>> describe(SetAside("out_of_range", "csat", 3, ["0", "7"]))
    '3 rows: csat lies outside its range (0, 7)'
    """
    examples = f" ({', '.join(group.examples)})" if group.examples else ""
    return f"{group.rows:,} row{'s' if group.rows != 1 else ''}: {group.column} {REASONS[group.reason]}{examples}"


@dataclass(frozen=True)
class CheckReport:
    """The data check: one report per table and every reason to stop."""

    tables: list[TableReport]
    stops: list[str]
    data_end: str | None

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold."""
        return {"tables": {one.name: one.to_dict() for one in self.tables}, "stops": self.stops, "data_end": self.data_end}

    def render(self):
        """Lay the report out for the terminal.

        Returns
        -------
        rich.console.Group
            Print it with ``rich.print``.
        """
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table("table", "read", "kept", "set aside", "first", "last", "known at")
        for one in self.tables:
            counts = [f"{count:,}" for count in (one.rows_read, one.rows_kept, one.rows_quarantined)]
            table.add_row(one.name, *counts, (one.first_event or "")[:10], (one.last_event or "")[:10], one.known_at)
        lines: list = [table]
        for one in self.tables:
            # Text, not markup: a value of the data in square brackets must not become a style.
            lines += [Text(f"{one.name}: set aside {describe(group)}") for group in one.quarantined]
            lines += [Text(f"{one.name}: warning: {finding.sentence}", style="yellow") for finding in one.warnings]
            lines += [Text(f"{one.name}: note: {finding.sentence}") for finding in one.notes]
        lines += [Text(f"stop: {sentence}", style="bold red") for sentence in self.stops]
        lines.append(Text(f"data end: {self.data_end or 'unknown'}; {len(self.stops)} reason(s) to stop"))
        return Group(*lines)
