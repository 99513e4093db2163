"""Open a raw table in DuckDB: CSV as text, Parquet as it is, a table of a DuckDB file, a table of PostgreSQL."""

import codecs
import csv
import difflib
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis

from renewcast.errors import RenewcastError
from renewcast.params import CsvFormat
from renewcast.sources._origins import Origin, masked

Choose = Callable[[Sequence[str]], Sequence[str]]
_CSV_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_PARQUET_ENDINGS = (".parquet", ".pq")
_BATCH_ROWS = 100_000


@contextmanager
def opened(backend, origin: Origin, scratch: Path, choose: Choose = list) -> Iterator[ibis.Table]:
    """Open one raw table in a DuckDB connection; read it once, inside the ``with``.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend
        May still read the files of ``origin`` and of ``scratch``.
    origin : Origin
    scratch : pathlib.Path
        An own folder for copies on the way (another encoding, rows of PostgreSQL).
    choose : callable
        Takes the raw columns and returns those that are wanted; it may raise.

    Yields
    ------
    ibis.Table
        CSV and PostgreSQL columns are text.

    Raises
    ------
    RenewcastError
        A file is empty, damaged, of an unknown kind or in another encoding; a table or a database is not there.
    """
    try:
        if origin.is_postgres:
            copy = _copied_from_postgres(origin, scratch, choose)
            yield _read_csv(backend, (copy,), CsvFormat(), scratch)
            copy.unlink()
        elif origin.database is not None:
            with _duckdb_rows(origin, choose) as reader:
                backend.con.register("arriving", reader)
                yield backend.table("arriving")
                backend.con.unregister("arriving")
        else:
            table = _read_files(backend, origin, scratch)
            yield table.select(*choose(table.columns))
    except (duckdb.Error, UnicodeDecodeError) as broken:
        raise RenewcastError(_sentence(broken, origin)) from None


def _read_files(backend, origin: Origin, scratch: Path) -> ibis.Table:
    names = {path.name.lower() for path in origin.files}
    empty = next((path for path in origin.files if path.stat().st_size == 0), None)
    if empty is not None:
        raise RenewcastError(f"{origin.where}: {empty} has 0 bytes; export it again.")
    if origin.csv is not None or all(name.endswith(_CSV_ENDINGS) for name in names):
        return _read_csv(backend, origin.files, origin.csv or CsvFormat(), scratch)
    if all(name.endswith(_PARQUET_ENDINGS) for name in names):
        return backend.read_parquet([str(path) for path in origin.files], union_by_name=True, hive_partitioning=False)
    raise RenewcastError(f"{origin.where}: {origin.title} is neither .parquet nor .csv; convert it, or add csv: to it.")


def _read_csv(backend, files: Sequence[Path], style: CsvFormat, scratch: Path) -> ibis.Table:
    """Read every column as text; files with other columns are united by name."""
    encoding = _known_encoding(style.encoding)
    headers: dict[tuple[str, ...], list[Path]] = {}
    for number, path in enumerate(files):
        # DuckDB reads a gzip file that was cut off without a word, so Python unpacks it.
        is_plain = encoding == "utf-8" and not _is_gzip(path)
        readable = path if is_plain else _in_utf8(path, encoding, scratch / f"{number}.csv")
        headers.setdefault(_header(readable, style), []).append(readable)
    parts = [
        backend.read_csv(
            [str(path) for path in group],
            columns=dict.fromkeys(header, "VARCHAR"),
            delim=style.delimiter,
            quote='"',
            escape='"',
            header=True,
            auto_detect=False,
            nullstr="",
        )
        for header, group in headers.items()
    ]
    every = list(dict.fromkeys(name for header in headers for name in header))
    absent = ibis.null("string")
    whole = [part.select(**{name: part[name] if name in part.columns else absent for name in every}) for part in parts]
    return whole[0] if len(whole) == 1 else ibis.union(*whole)


def _known_encoding(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise RenewcastError(f"csv.encoding: {encoding!r} is not known; give for example utf-8, latin-1 or cp1252.") from None
    return "utf-8" if name in ("utf-8", "utf-8-sig", "ascii") else name


def _is_gzip(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _open_text(path: Path, encoding: str):
    opener = gzip.open if _is_gzip(path) else open
    return opener(path, "rt", encoding=encoding, newline="")


def _in_utf8(path: Path, encoding: str, copy: Path) -> Path:
    try:
        with _open_text(path, encoding) as source, open(copy, "x", encoding="utf-8", newline="") as target:
            while text := source.read(1 << 20):
                target.write(text)
    except UnicodeError as broken:
        raise RenewcastError((encoding == "utf-8" and _wrong_bytes(path)) or _not_in(path, encoding, broken)) from None
    except (OSError, EOFError, zlib.error) as broken:
        raise RenewcastError(f"{path} cannot be read: {broken}; export it again.") from None
    return copy


def _not_in(path: Path, encoding: str, broken: Exception) -> str:
    return f"{path} is not {encoding}: {broken}; correct csv.encoding."


def _header(path: Path, style: CsvFormat) -> tuple[str, ...]:
    try:
        with _open_text(path, "utf-8-sig") as source:
            names = next(csv.reader(source, delimiter=style.delimiter), [])
    except UnicodeDecodeError:
        raise RenewcastError(_wrong_bytes(path)) from None
    names = [name.strip() or f"unnamed_{number}" for number, name in enumerate(names, start=1)]
    if not names:
        raise RenewcastError(f"{path} has no header line; export it again with column names.")
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise RenewcastError(f"{path} has two columns named {twins[0]!r}; rename one of them.")
    return tuple(names)


@contextmanager
def _duckdb_rows(origin: Origin, choose: Choose):
    source = ibis.duckdb.connect(
        origin.database, read_only=True, autoinstall_known_extensions=False, autoload_known_extensions=False
    )
    try:
        source.raw_sql("SET enable_progress_bar = false")
        *schema, name = origin.table.split(".")
        # With its catalog, because a file crm.duckdb may have a schema crm.
        place = {"database": (source.current_catalog, schema[0])} if schema else {}
        known = source.list_tables(**place)
        if name not in known:
            raise RenewcastError(_no_such_table(origin, known))
        table = source.table(name, **place)
        # Not through to_pyarrow_batches: Ibis 12 calls a method there that DuckDB has deprecated.
        yield source.raw_sql(source.compile(table.select(*choose(table.columns)))).to_arrow_reader(_BATCH_ROWS)
    finally:
        source.disconnect()


def _copied_from_postgres(origin: Origin, scratch: Path, choose: Choose) -> Path:
    """Stream a table into a CSV file with COPY, in which PostgreSQL itself writes every value exactly."""
    try:
        import psycopg
        from psycopg import sql
    except ImportError:
        raise RenewcastError(
            f"{origin.where}: reading PostgreSQL needs psycopg, which is not installed; run pip install 'renewcast[postgres]'."
        ) from None
    copy = scratch / "postgres.csv"
    table = sql.Identifier(*origin.table.split("."))
    try:
        with psycopg.connect(origin.database, connect_timeout=20) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            for setting, value in (("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("extra_float_digits", "1")):
                cursor.execute("SELECT set_config(%s, %s, false)", (setting, value))
            cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table))
            wanted = [sql.Identifier(name) for name in choose([column.name for column in cursor.description])]
            query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')")
            with open(copy, "xb") as target, cursor.copy(query.format(sql.SQL(", ").join(wanted), table)) as rows:
                for block in rows:
                    target.write(block)
    except psycopg.errors.UndefinedTable:
        with psycopg.connect(origin.database, connect_timeout=20) as connection:
            found = connection.execute("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^pg_|^info'")
            raise RenewcastError(_no_such_table(origin, [name for (name,) in found])) from None
    except psycopg.Error as broken:
        reason = masked(" ".join(str(broken).split()))
        place = f"{origin.where}: {masked(origin.database)}"
        raise RenewcastError(f"{place} cannot be read: {reason}; check the address and your rights.") from None
    return copy


def _no_such_table(origin: Origin, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(origin.table, known, n=3, cutoff=0.4) or sorted(known)[:3]
    there = f"there is {', '.join(close)}" if close else "it has no tables"
    return f"{origin.where}: {masked(origin.database)} has no table {origin.table} ({there}); correct the name."


def _sentence(broken: Exception, origin: Origin) -> str:
    """Turn DuckDB's message about a file into one sentence."""
    text = str(broken)
    if "unicode" in text.lower() or "utf-8" in text.lower():
        for path in origin.files:
            if (found := _wrong_bytes(path)) is not None:
                return found
    line = re.search(r"Line:\s*(\d+)", text)
    file = re.search(r"file\s*=\s*(\S+)", text, re.IGNORECASE)
    place = f"{file[1] if file else origin.title}{f' line {line[1]}' if line else ''}"
    reasons = [part.strip() for part in re.sub(r"^[\w ]+Error: ", "", text).splitlines() if part.strip()]
    wanted = next((part for part in reasons if "Expected" in part or "quote" in part.lower()), reasons[0] if reasons else "")
    return f"{origin.where}: {place} cannot be read: {wanted.rstrip('.')}; mend or export it again."


def _wrong_bytes(path: Path) -> str | None:
    """Say at which byte a file stops being UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    opener = gzip.open if _is_gzip(path) else open
    before = 0
    with opener(path, "rb") as source:
        while block := source.read(1 << 20):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as broken:
                offset = before - pending + broken.start
                return f"{path}: byte {offset} is not utf-8; declare csv.encoding (latin-1 and cp1252 are common)."
            before += len(block)
    return None
