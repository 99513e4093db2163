"""Where a raw table lies: environment variables, relative paths and globs become files, or the address of a database."""

import difflib
import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.params import CsvFormat, InputSection, SourceSection

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}")
_POSTGRES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Origin:
    """One raw table, found.

    Parameters
    ----------
    where : str
        The key in ``params.yaml``, for messages.
    files : tuple of pathlib.Path
        Resolved, sorted; empty for a database.
    csv : CsvFormat, optional
    database : str, optional
        Path of a DuckDB file or address of a PostgreSQL database.
    table : str, optional
        ``table`` or ``schema.table``.
    """

    where: str
    files: tuple[Path, ...] = ()
    csv: CsvFormat | None = None
    database: str | None = None
    table: str | None = None

    @property
    def is_postgres(self) -> bool:
        """Whether the database is PostgreSQL."""
        return self.database is not None and self.database.startswith(_POSTGRES)

    @property
    def title(self) -> str:
        """How messages name it; an address is shown without its password."""
        if self.database is None:
            return str(self.files[0]) if len(self.files) == 1 else f"{self.files[0]} and {len(self.files) - 1} more"
        return f"{self.table} of {masked(self.database)}"


def find_origins(section: SourceSection, where: str, directory: Path) -> dict[str, Origin]:
    """Return the raw tables of a source by input name; a source without ``inputs`` has the one name ``""``.

    Raises
    ------
    RenewcastError
        "... no file matches ...", an environment variable that is not set, or a password written into ``params.yaml``.
    """
    if section.inputs is None:
        return {"": find_origin(section, where, directory)}
    return {name: find_origin(part, f"{where}.inputs.{name}", directory) for name, part in section.inputs.items()}


def find_origin(section: SourceSection | InputSection, where: str, directory: Path) -> Origin:
    """Find the files or the database of one raw table."""
    if section.files is not None:
        pattern = expand(section.files, f"{where}.files")
        return Origin(where, files=_matching(pattern, where, directory), csv=section.csv)
    address = database_address(section.database, where)
    if not address.startswith(_POSTGRES):
        if "://" in address:
            raise RenewcastError(f"{where}.database: {masked(address)} is not known; give a DuckDB file or postgresql://...")
        address = str(_matching(glob.escape(address), where, directory)[0])
    return Origin(where, database=address, table=section.table)


def database_address(written: str, where: str) -> str:
    """Return the address of a database: as it is written, or from the environment variable that ``env:NAME`` names.

    Raises
    ------
    RenewcastError
        A password is written into ``params.yaml``, or the environment variable is not set.
    """
    if re.search(r"://[^/@]*:[^/@$]+@", written) or re.search(r"[?&]password=[^$]", written):
        raise RenewcastError(
            f"{where}.database holds a password; write env:NAME and keep the address in that environment variable, "
            f"or leave the password to PGPASSWORD or ~/.pgpass."
        )
    if written.startswith("env:"):
        return _variable(written.removeprefix("env:"), f"{where}.database")
    return expand(written, f"{where}.database")


def expand(text: str, where: str) -> str:
    """Replace ``${NAME}`` and ``${NAME:-default}`` by environment variables.

    Examples
    --------
    >>> expand("${SURELY_NOT_SET:-data/raw}/usage.parquet", "sources.usage.files")
    'data/raw/usage.parquet'
    """
    return _VARIABLE.sub(lambda found: _variable(found[1], where, found[3] if found[2] else None), text)


def masked(address: str) -> str:
    """Return an address without its password.

    Examples
    --------
    >>> masked("postgresql://reader:secret@host/crm")
    'postgresql://reader:***@host/crm'
    """
    address = re.sub(r"(://[^/:@]*):[^/]*@", r"\1:***@", address)
    return re.sub(r"(password=)[^&\s]*", r"\1***", address)


def _variable(name: str, where: str, default: str | None = None) -> str:
    # As in a shell, ":-" also replaces a variable that is set to nothing.
    value = os.environ.get(name) or default
    if value is None:
        raise RenewcastError(f"{where}: the environment variable {name} is not set; set it or give ${{{name}:-default}}.")
    return value


def _matching(pattern: str, where: str, directory: Path) -> tuple[Path, ...]:
    whole = os.path.join(directory, os.path.expanduser(pattern))
    files = sorted(Path(path).resolve() for path in glob.glob(whole, recursive=True) if os.path.isfile(path))
    if files:
        return tuple(files)
    raise RenewcastError(f"{where}: no file matches {whole.replace('[[]', '[')}{_nearest(Path(whole))}; correct the path.")


def _nearest(path: Path) -> str:
    """Name what does lie there: the nearest file names, or the first folder that is missing."""
    parent = path.parent
    while not parent.is_dir() and parent != parent.parent and not glob.has_magic(parent.name):
        path, parent = parent, parent.parent
    if not parent.is_dir():
        return ""
    names = sorted(entry.name for entry in parent.iterdir())
    close = difflib.get_close_matches(path.name, names, n=3, cutoff=0.4) or names[:3]
    return f" (in {parent} there is {', '.join(close)})" if close else f" ({parent} is empty)"
