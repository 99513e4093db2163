"""Stage one table: read, map, parse, set aside, write."""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import ibis

from renewcast.engine.storage import known_days
from renewcast.errors import RenewcastError
from renewcast.params import KnownAt, Params
from renewcast.sources._contract import TableContract
from renewcast.sources._currency import in_own_currency
from renewcast.sources._mapping import Mapping, map_source
from renewcast.sources._origins import Origin
from renewcast.sources._parse import ARROW_TYPES
from renewcast.sources._readers import opened
from renewcast.sources._report import SetAside, TableReport
from renewcast.sources._rows import ParsedRows, parse_rows
from renewcast.sources._sandbox import selected
from renewcast.sources._sets import SetRules, apply_set_rules

EXAMPLES = 5
SHARE_THAT_WARNS = 0.05
SHARE_THAT_STOPS = 0.5


@dataclass
class Workbench:
    """What staging one table needs: the connection, a scratch folder, and the tables that are done."""

    backend: object
    params: Params
    scratch: Path
    done: dict[str, ibis.Table] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    known_days: dict[str, dict[int, str]] = field(default_factory=dict)


def stage_table(bench: Workbench, contract: TableContract, origins: dict[str, Origin], stops: list[str]) -> TableReport:
    """Stage one table into ``<scratch>/tables`` and what is set aside into ``<scratch>/quarantine``.

    Parameters
    ----------
    bench : Workbench
        The staged table is added to ``done``.
    contract : TableContract
    origins : dict of str to Origin
    stops : list of str
        Sentences are added to it.

    Returns
    -------
    TableReport

    Raises
    ------
    RenewcastError
        The table cannot be read or mapped at all.
    """
    backend, name, where = bench.backend, contract.name, f"sources.{contract.name}"
    report = TableReport(name)
    try:
        raw, mapping = _raw_table(bench, contract, origins, where, report)
        bench.mappings[name] = mapping
        report.known_at = mapping.rule
        report.rows_read = backend.to_pyarrow(raw.count()).as_py()
        if report.rows_read == 0:
            stops.append(f"{where}: {_titles(origins)} has no rows; export it again, or remove {where} from params.yaml.")
        parsed = parse_rows(backend, raw, mapping, where, f"parsed_{name}")
        found = apply_set_rules(backend, parsed.table, mapping, bench.done.get("accounts"), name)
        kept = _set_aside(bench, raw, parsed, mapping, found, report)
        if name == "contracts":
            kept = in_own_currency(kept, bench.params)
        _write(bench, kept, mapping, found, report)
    except duckdb.Error as broken:
        reason = str(broken).strip().splitlines()[0]
        raise RenewcastError(f"{where}: {_titles(origins)} cannot be staged: {reason}; check the file and its formats.") from None
    if report.rows_read and not report.rows_kept:
        stops.append(f"{where}: every row was set aside ({report.quarantined[0].reason} first); correct the mapping.")
    elif report.rows_quarantined > SHARE_THAT_STOPS * report.rows_read:
        worst = max(report.quarantined, key=lambda group: group.rows)
        stops.append(
            f"{where}: {report.rows_quarantined / report.rows_read:.0%} of the rows were set aside, most because of "
            f"{worst.reason} in {worst.column}; correct the mapping."
        )
    for table in [one for one in backend.list_tables() if one.endswith(f"_{name}") or one.startswith(f"{name}_")]:
        backend.drop_table(table, force=True)
    return report


def _titles(origins: dict[str, Origin]) -> str:
    return ", ".join(origin.title for origin in origins.values())


def _raw_table(bench: Workbench, contract: TableContract, origins: dict[str, Origin], where: str, report: TableReport):
    """Store the wanted raw columns under their canonical names."""
    section = bench.params.sources[contract.name]
    mappings: list[Mapping] = []

    def choose(raw_columns):
        mapping = map_source(contract, section, raw_columns, where, bench.params.project.time_zone)
        mappings.append(mapping)
        wanted = list(dict.fromkeys(mapping.raw.values()))
        unused = [name for name in raw_columns if name not in wanted]
        report.note("unused_columns", f"{{rows}} raw columns are not used: {', '.join(unused[:12])}", len(unused))
        return wanted

    folder = bench.scratch / f"raw-{contract.name}"
    folder.mkdir()
    with _rows_of(bench, section.sql, origins, where, folder, choose) as source:
        mapping = mappings[0]
        values = {name: source[raw_name] for name, raw_name in mapping.raw.items()}
        values |= {name: ibis.literal(value) for name, value in mapping.constants.items()}
        raw = bench.backend.create_table(f"raw_{contract.name}", source.select(**values), temp=True)
    shutil.rmtree(folder)
    return raw, mapping


@contextmanager
def _rows_of(bench: Workbench, query: str | None, origins, where: str, folder: Path, choose: Callable):
    if query is None:
        with opened(bench.backend, origins[""], folder, choose) as table:
            yield table
        return
    with selected(query, origins, where, bench.params.engine, folder) as reader:
        bench.backend.con.register("selected", reader)
        table = bench.backend.table("selected")
        yield table.select(*choose(table.columns))
        bench.backend.con.unregister("selected")


def _set_aside(
    bench: Workbench, raw: ibis.Table, parsed: ParsedRows, mapping: Mapping, found: SetRules, report: TableReport
) -> ibis.Table:
    """Write the quarantine with its reasons, and return the rows that stay."""
    backend, name, rows = bench.backend, mapping.contract.name, parsed.table
    reasons = [*parsed.reasons, ("orphan_account", "account_id"), ("conflicting_duplicate", [*mapping.contract.key, ""][0])]
    if mapping.contract.key:
        reasons[-1] = ("conflicting_duplicate", mapping.contract.key[-1])
    parts = [rows.filter(rows._code > 0).select("_row", "_code")]
    for table, code in ((found.orphans, len(reasons) - 1), (found.conflicts, len(reasons))):
        if table is not None:
            parts.append(table.select("_row", _code=ibis.literal(code, "int16")))
    aside = backend.create_table(f"aside_{name}", ibis.union(*parts) if len(parts) > 1 else parts[0], temp=True)
    sizes = backend.to_pyarrow(aside.group_by("_code").aggregate(rows=aside.count()).order_by("_code")).to_pylist()
    if sizes:
        texts = {column: raw[column].cast("string") for column in raw.columns}
        whole = raw.select(_row=raw.rowid(), **texts).inner_join(aside, "_row")
        codes = [(whole._code == size["_code"], reasons[size["_code"] - 1]) for size in sizes]
        whole = whole.mutate(
            row=whole._row + 1,
            reason=ibis.cases(*[(is_it, reason) for is_it, (reason, _) in codes]),
            column=ibis.cases(*[(is_it, column) for is_it, (_, column) in codes]),
        )
        for size in sizes:
            reason, column = reasons[size["_code"] - 1]
            shown = whole.filter((whole._code == size["_code"]) & whole[column].notnull()) if column in raw.columns else None
            examples = shown.select(column).distinct().order_by(column).limit(EXAMPLES) if shown is not None else None
            values = [] if examples is None else backend.to_pyarrow(examples)[column].to_pylist()
            report.quarantined.append(SetAside(reason, column, size["rows"], [value[:80] for value in values]))
        share = report.rows_quarantined / report.rows_read
        if share > SHARE_THAT_WARNS:
            report.warn("many_set_aside", "{rows} rows ({share}) were set aside", report.rows_quarantined, of=report.rows_read)
        whole = whole.select("row", "reason", "column", *raw.columns).order_by("row")
        backend.to_parquet(whole, bench.scratch / "quarantine" / f"{name}.parquet", compression="zstd")
    stay = rows.filter(rows._code == 0)
    for gone in (found.orphans, found.conflicts, found.repeats):
        stay = stay if gone is None else stay.anti_join(gone, "_row")
    return stay


def _write(bench: Workbench, kept: ibis.Table, mapping: Mapping, found: SetRules, report: TableReport) -> None:
    """Write the staged table, sorted by account, time and everything else, and measure it."""
    backend, contract = bench.backend, mapping.contract
    told = backend.to_pyarrow(
        kept.aggregate(latest=kept._told_at.max(), emptied=kept._placeholders.sum(), raised=kept._raised.sum())
    ).to_pylist()[0]
    report.note("placeholder_emptied", "{rows} placeholder dates became null", told["emptied"] or 0)
    raised = told["raised"] or 0
    report.note("known_raised", "{rows} rows were known before they happened; known_at became their event time", raised)
    if found.repeats is not None:
        rows = backend.to_pyarrow(found.repeats.count()).as_py()
        report.note("identical_duplicate", "{rows} identical duplicates were dropped", rows)
    if found.versions is None:
        whole = kept.mutate(superseded_at=ibis.null(ARROW_TYPES["timestamp"]))
    else:
        whole = kept.left_join(found.versions, "_row")
        rows = backend.to_pyarrow(found.versions.count()).as_py()
        report.note("superseded", "{rows} rows are earlier versions of others", rows)
    whole = whole.select(
        **{
            name: (whole[name] if name in whole.columns else ibis.null(ARROW_TYPES[kind])).cast(ARROW_TYPES[kind])
            for name, kind in contract.staged_columns.items()
        }
    )
    first = [name for name in ("account_id", contract.event_time, "known_at", *contract.key) if name]
    order = [name for name in dict.fromkeys([*first, *mapping.filled]) if name in mapping.filled or name == "known_at"]
    path = bench.scratch / "tables" / f"{contract.name}.parquet"
    backend.to_parquet(whole.order_by(order), path, compression="snappy")
    staged = bench.done[contract.name] = backend.read_parquet(path, table_name=f"staged_of_{contract.name}_rows")
    measures = {f"n_{name}": staged[name].count() for name in mapping.filled}
    if contract.event_time in mapping.filled:
        measures |= {"first": staged[contract.event_time].min(), "last": staged[contract.event_time].max()}
    measured = backend.to_pyarrow(staged.aggregate(rows=staged.count(), **measures)).to_pylist()[0]
    report.rows_kept = measured["rows"]
    report.mapped = [name for name in mapping.filled if measured[f"n_{name}"]]
    report.first_event, report.last_event = (
        measured[end].isoformat() if measured.get(end) is not None else None for end in ("first", "last")
    )
    report.latest_known_at = told["latest"].isoformat() if told["latest"] is not None else None
    days = bench.known_days[contract.name] = known_days(backend, staged)
    report.fingerprint = hashlib.sha256("\n".join(f"{day} {digest}" for day, digest in days.items()).encode()).hexdigest()[:32]


def is_told(mapping: Mapping) -> bool:
    """Whether the source itself tells when a row was known."""
    return isinstance(mapping.known_at, KnownAt) and mapping.known_at.column is not None
