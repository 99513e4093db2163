"""What published lists were made from, kept by digest, so that any of them can be made again.

models/<target>/listed/ holds the record of every champion that a list used, models/<kind>/listed/ the other documents that a list
rests on: parameters, segments, what was known. A file is named by the first 16 digits of its SHA-256 and is never rewritten or
removed; nor is an artefact that a record here names, see `promotion`.
"""

import hashlib
import re
from pathlib import Path

import yaml

from renewcast.errors import RenewcastError
from renewcast.filesystem import locked, make_folder, read_file, replace_file
from renewcast.tracking import papers as kept

LISTED = "listed"
_DIGITS = 16
_RECORD = re.compile(r"[0-9a-f]{16}\.yaml")


def keep_document(directory: Path, kind: str, content: bytes, suffix: str = "json") -> str:
    """Keep a document as models/<kind>/listed/<digest>.<suffix>, unless it is there, and return its SHA-256.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    kind : str
        A target for the record of a model; else what the document is: params, segments, ...
    content : bytes
    suffix : str

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> project = Path(tempfile.mkdtemp())
    >>> digest = keep_document(project, "params", b"{}")
    >>> read_document(project, "params", digest)
    b'{}'
    """
    folder = kept.folder_of(directory, kind)
    make_folder(folder)
    with locked(folder / ".lock"):
        return _keep(directory, kind, content, suffix)


def read_document(directory: Path, kind: str, digest: str, suffix: str = "json") -> bytes:
    """Return a kept document.

    Raises
    ------
    RenewcastError
        "... is not kept" or "... was changed after it was kept".

    Examples
    --------
    >>> read_document(Path("nowhere"), "params", "0" * 64)
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/models/params/listed/0000000000000000.json is not kept; restore it.
    """
    path = _path(directory, kind, digest, suffix)
    try:
        content = read_file(path)
    except FileNotFoundError:
        raise RenewcastError(f"{path} is not kept; restore it.") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise RenewcastError(f"{path} was changed after it was kept; restore it from version control.")
    return content


def keep_record(directory: Path, target: str, record: dict) -> str:
    """Keep the record of a model and return the record's SHA-256; `promotion.keep_listed` calls it, and holds the lock."""
    return _keep(directory, target, yaml.safe_dump(record, sort_keys=False, allow_unicode=True).encode(), "yaml")


def read_listed(directory: Path, target: str, digest: str) -> dict:
    """Return the record of a model that a list used, by the record's SHA-256; raises as :func:`read_document`."""
    return yaml.safe_load(read_document(directory, target, digest, "yaml"))


def listed_records(directory: Path, target: str) -> list[dict]:
    """Return the records of all models of a target that lists used, in the order of their digests."""
    place = kept.folder_of(directory, target) / LISTED
    names = sorted(path.name for path in place.iterdir() if _RECORD.fullmatch(path.name)) if place.is_dir() else []
    return [kept.read_record(directory, target, f"{LISTED}/{name}") for name in names]


def _keep(directory: Path, kind: str, content: bytes, suffix: str) -> str:
    digest = hashlib.sha256(content).hexdigest()
    path = _path(directory, kind, digest, suffix)
    if not path.exists():
        replace_file(path, content)
    return digest


def _path(directory: Path, kind: str, digest: str, suffix: str) -> Path:
    return kept.folder_of(directory, kind) / LISTED / f"{digest[:_DIGITS]}.{suffix}"
