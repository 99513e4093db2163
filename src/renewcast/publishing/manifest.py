"""The manifest of a published list: what it is, what it counts, and the digest of every file."""

import hashlib
import json

from renewcast.errors import RenewcastError
from renewcast.publishing.facts import ListFacts, facts_as_json

LIST_FILES = ("risk_list.parquet", "risk_list.csv", "risk_list.xlsx", "risk_list.html")
MANIFEST = "manifest.json"


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hex.

    Examples
    --------
    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def content_digest(table, about: ListFacts) -> str:
    """Digest everything that a reader sees: rows, banners, facts, notes, wording; not the key of the run.

    Two runs whose inputs differ but whose lists do not have the same digest, and the second publishes nothing.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts

    Returns
    -------
    str
        SHA-256 in hex.
    """
    facts = {key: value for key, value in facts_as_json(about).items() if key != "run_key"}
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in table.column_names:
        digest.update(json.dumps([name, table[name].to_pylist()], default=str).encode())
    return digest.hexdigest()


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


def parse_manifest(content: bytes, where) -> dict:
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
        if all(isinstance(manifest["files"][name]["sha256"], str) for name in LIST_FILES):
            return manifest
    except (ValueError, KeyError, TypeError):
        pass
    raise RenewcastError(f"{where} is not a manifest; restore it from a backup or publish the week again.")


def check_digest(content: bytes, manifest: dict, name: str, where) -> None:
    """Refuse a file that is not the one that was published.

    Raises
    ------
    RenewcastError
        "... was changed after it was published".
    """
    if sha256(content) != manifest["files"][name]["sha256"]:
        raise RenewcastError(f"{where} was changed after it was published; restore it from a backup or publish the week again.")
