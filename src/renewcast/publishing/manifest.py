"""The manifest of a published list: what it is, what it counts, and the digest of every file."""

import hashlib
import json
import re

from renewcast.errors import RenewcastError
from renewcast.publishing.facts import ListFacts, facts_as_json

LIST_FILES = ("risk_list.parquet", "risk_list.csv", "risk_list.xlsx", "risk_list.html")
MANIFEST = "manifest.json"
# What a list may be made of: files beside each other, and one folder; a name can lead nowhere else.
_FILE_NAME = re.compile(r"(?:owners/)?[^/\\.\x00-\x1f][^/\\\x00-\x1f]*")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hex.

    Examples
    --------
    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def content_digest(table, about: ListFacts, beside: dict | None = None) -> str:
    """Digest everything that a reader sees: rows, what stands beside them, banners, facts, notes; not the run's key or origin.

    Two runs whose inputs differ but whose lists do not have the same digest, and the second publishes nothing.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    beside : dict of str to pyarrow.Table or list, optional
        From `renewcast.publishing.beside.beside_tables`.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    facts = {key: value for key, value in facts_as_json(about).items() if key not in ("run_key", "made_from")}
    return digest_of(facts, [("rows", table), *sorted((beside or {}).items())])


def digest_of(facts: dict, contents) -> str:
    """Digest facts (JSON values) and, by name and in order, tables or lists of JSON values."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for part, content in contents:
        digest.update(json.dumps(part).encode())
        if isinstance(content, list):
            digest.update(json.dumps(content, sort_keys=True, default=str).encode())
            continue
        for name in content.column_names:
            digest.update(json.dumps([name, content.num_rows]).encode())
            _add_column(digest, content[name])
    return digest.hexdigest()


def _add_column(digest, column) -> None:
    """Add which values there are and, in plain numbers and letters, what they are; how Arrow stores them does not matter."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    digest.update(np.packbits(pc.is_valid(column).to_numpy()).tobytes())
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    if pa.types.is_string(column.type):
        texts = pc.fill_null(column, "")
        digest.update(pc.binary_length(texts).to_numpy().astype("<i8").tobytes())
        for chunk in texts.chunks:
            digest.update("".join(chunk.to_pylist()).encode())
    else:
        kind = "<f8" if pa.types.is_floating(column.type) else "<i8"
        digest.update(pc.fill_null(column, 0).to_numpy().astype(kind).tobytes())


def manifest_bytes(*, about: ListFacts, revision: int, counts: dict, content: str, files: dict) -> bytes:
    """Write the manifest.

    Parameters
    ----------
    about : ListFacts
    revision : int
    counts : dict of str to int
        in_scope, scored and not_scored.
    content : str
        From `content_digest`.
    files : dict of str to bytes
        Every other file of the list.

    Returns
    -------
    bytes
        JSON, keys in order; status is "degraded" where there are banners, else "complete".
    """
    manifest = {
        **facts_as_json(about),
        "revision": revision,
        "rows": counts,
        "content_sha256": content,
        "status": "degraded" if about.banners else "complete",
        "files": {name: {"bytes": len(content), "sha256": sha256(content)} for name, content in files.items()},
    }
    return json_bytes(manifest)


def json_bytes(value: dict) -> bytes:
    r"""Write JSON for people and programs: sorted keys, indented, one line feed at the end.

    Examples
    --------
    >>> json_bytes({"b": 1, "a": "é"})
    b'{\n  "a": "\xc3\xa9",\n  "b": 1\n}\n'
    """
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8", errors="backslashreplace")


def parse_manifest(content: bytes, where, *, files: tuple = LIST_FILES, period: str = "week") -> dict:
    """Read a manifest.

    Raises
    ------
    RenewcastError
        "... is not a manifest".

    Examples
    --------
    >>> parse_manifest(b"", "r1/manifest.json")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: r1/manifest.json is not a manifest; restore it from a backup or publish the week again.
    """
    try:
        manifest = json.loads(content)
        there = manifest["files"]
        named = set(files) <= set(there) and all(_FILE_NAME.fullmatch(name) for name in there)
        if named and all(isinstance(file["sha256"], str) for file in there.values()):
            return manifest
    except (ValueError, KeyError, TypeError):
        pass
    raise RenewcastError(f"{where} is not a manifest; restore it from a backup or publish the {period} again.")


def check_digest(content: bytes, manifest: dict, name: str, where, *, period: str = "week") -> None:
    """Refuse a file that is not the one that was published.

    Raises
    ------
    RenewcastError
        "... was changed after it was published".
    """
    if sha256(content) != manifest["files"][name]["sha256"]:
        raise RenewcastError(
            f"{where} was changed after it was published; restore it from a backup or publish the {period} again."
        )
