"""Run a project's own SELECT over its inputs, out of reach of files, the network, settings and the clock."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from renewcast.engine.connect import open_unsealed, seal
from renewcast.errors import RenewcastError
from renewcast.params import EngineSection
from renewcast.sources._origins import Origin
from renewcast.sources._readers import opened

_CHANGING = frozenset({
    "now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "get_current_time",
    "get_current_timestamp", "transaction_timestamp", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed",
    "nextval", "current_localtime", "current_localtimestamp",
})  # fmt: skip

_TAKE_ALL = frozenset({"STAR", "PIVOT", "NATURAL", "POSITIONAL", "SHOW_REF", "TABLE_FUNCTION", "EXPRESSION_LIST"})


@contextmanager
def selected(query: str, origins: dict[str, Origin], where: str, engine: EngineSection, scratch: Path) -> Iterator:
    """Load the inputs into a DuckDB of their own, seal it, and run one SELECT there.

    Parameters
    ----------
    query : str
        Exactly one SELECT; it sees the inputs by their names and nothing else.
    origins : dict of str to Origin
    where : str
        The key in ``params.yaml``, for messages.
    engine : EngineSection
    scratch : pathlib.Path

    Yields
    ------
    pyarrow.RecordBatchReader
        The rows; read them inside the ``with``.

    Raises
    ------
    RenewcastError
        The text is not one SELECT, uses the clock or chance (a run must give the same twice), reaches for a file, or fails.
    """
    choose = columns_used(refuse_all_but_one_select(query, where))
    spill = scratch / "sandbox"
    backend = open_unsealed(engine.memory_gb / 2, engine.threads, spill)  # the staging connection has the rest
    try:
        for number, (name, origin) in enumerate(origins.items()):
            folder = scratch / f"input-{number}"
            folder.mkdir()
            with opened(backend, origin, folder, choose) as rows:
                backend.create_table(name, rows)
            shutil.rmtree(folder)
        seal(backend)
        yield backend.con.execute(query).to_arrow_reader(100_000)
    except duckdb.Error as broken:
        reason = str(broken).strip().splitlines()[0]
        raise RenewcastError(f"{where}.sql: {reason.rstrip('.')}; correct the select.") from None
    finally:
        backend.disconnect()


def refuse_all_but_one_select(query: str, where: str) -> dict:
    """Raise unless the text is one SELECT that gives the same rows every time; return its parsed tree.

    Examples
    --------
    >>> refuse_all_but_one_select("SELECT now() AS known_at FROM events", "sources.usage")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: sources.usage.sql uses now, which changes from run to run; take the value from the data.
    """
    with duckdb.connect(config={"autoload_known_extensions": False, "autoinstall_known_extensions": False}) as parser:
        try:
            statements = parser.extract_statements(query)
        except duckdb.Error as broken:
            raise RenewcastError(f"{where}.sql is not SQL: {str(broken).splitlines()[0].rstrip('.')}; correct it.") from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise RenewcastError(f"{where}.sql must be exactly one SELECT; remove everything else.")
        tree = json.loads(parser.execute("SELECT json_serialize_sql(?)", [query]).fetchone()[0])
    if tree.get("error"):
        raise RenewcastError(f"{where}.sql must be exactly one SELECT; it is {tree.get('error_message', 'something else')}.")
    changing = next(_changing_names(tree), None)
    if changing is not None:
        raise RenewcastError(f"{where}.sql uses {changing}, which changes from run to run; take the value from the data.")
    return tree


def columns_used(tree: dict) -> Callable[[Sequence[str]], list[str]]:
    """Return a function that leaves out the columns of an input that the select does not name.

    Wherever columns can come in without being named (``*``, a pivot, a natural join, a whole row), all are kept.

    Examples
    --------
    >>> columns_used(refuse_all_but_one_select("SELECT a FROM t WHERE b > 1", "sources.usage"))(["a", "b", "c"])
    ['a', 'b']
    """
    nodes = list(_nodes(tree))
    texts = {text.upper() for node in nodes for text in _texts(node)}
    # Expressions have a class, parts of FROM do not: a column named like one of those is its whole row.
    tables = {node[key].upper() for node in nodes if "class" not in node for key in ("alias", "table_name") if node.get(key)}
    alone = {node["column_names"][0].upper() for node in nodes if len(node.get("column_names", [])) == 1}
    if alone & tables or texts & _TAKE_ALL:
        return list
    return lambda columns: [name for name in columns if name.upper() in texts] or list(columns)[:1]


def _nodes(tree) -> Iterator[dict]:
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part)


def _texts(node: dict) -> Iterator[str]:
    for part in node.values():
        yield from (one for one in (part if isinstance(part, list) else [part]) if isinstance(one, str))


def _changing_names(tree: dict) -> Iterator[str]:
    """Name what depends on the clock or on chance; DuckDB reads a column ``current_date`` as a function."""
    for node in _nodes(tree):
        name = str(node.get("function_name", "")).lower()
        if name in _CHANGING or (name == "age" and len(node.get("children", [])) == 1):  # age of one counts from today
            yield name
        if node.get("sample"):
            yield "a sample"
        names = node.get("column_names", [])
        if len(names) == 1 and names[0].lower() in _CHANGING:
            yield names[0].lower()
