"""The files of an artefact: which may be there, read once, with their SHA-256. Nothing here parses more than digest.json."""

import hashlib
import json
import os
import re
import stat
from pathlib import Path

from renewcast.errors import RenewcastError

DIGEST = "digest.json"
# A model of ours has some twenty files and three megabytes.
MOST_FILES, MOST_BYTES = 400, 128 * 2**20
NAME = re.compile(r"[a-z0-9][a-z0-9_]*(\.[a-z0-9_]+)*\.(json|txt)", re.ASCII)
RUNS_CODE = (".pkl", ".pickle", ".joblib", ".cloudpickle", ".dill", ".skops", ".npy", ".npz", ".pt", ".pth", ".h5", ".bin", ".py")


def read_bundle(directory: Path) -> dict[str, bytes]:
    """Read each file once: what is hashed is what is parsed.

    Parameters
    ----------
    directory : pathlib.Path

    Returns
    -------
    dict of str to bytes
        By name, sorted.

    Raises
    ------
    RenewcastError
        "... is not a model artefact", where there is no such directory, or it holds anything but a moderate number of JSON and
        text files of moderate size: no links, no directories, no pickles.

    Examples
    --------
    >>> read_bundle(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere is not a model artefact; train and promote a model first.
    """
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        names = []
    if not names:
        raise RenewcastError(f"{directory} is not a model artefact; train and promote a model first.")
    if len(names) > MOST_FILES:
        raise _no_artefact(directory, f"it holds {len(names)} files, and a model has at most {MOST_FILES}")
    left, files = MOST_BYTES, {}
    for name in names:
        if name.lower().endswith(RUNS_CODE):
            raise _no_artefact(directory, f"it holds {name!a}, a kind of file that can run code when it is read")
        if not NAME.fullmatch(name):
            raise _no_artefact(directory, f"it holds {name!a}, and only JSON and text files with plain names belong there")
        files[name] = _read(directory, name, left)
        left -= len(files[name])
    return files


def combined_sha256(files: dict[str, bytes]) -> str:
    """Return one SHA-256 over the names and contents of all files, 64 hexadecimal digits.

    Examples
    --------
    >>> combined_sha256({"a.json": b"1", "b.json": b"2"}) == combined_sha256({"b.json": b"2", "a.json": b"1"})
    True
    """
    lines = (f"{digest}  {name}\n" for name, digest in file_sha256(files).items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def file_sha256(files: dict[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, by name, sorted."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}


def digest_file(files: dict[str, bytes], version: int) -> bytes:
    """Write down the SHA-256 of each file: the content of digest.json."""
    return json.dumps({"format": version, "files": file_sha256(files)}, indent=1, sort_keys=True).encode()


def verify_digests(directory: Path, files: dict[str, bytes], version: int) -> None:
    """Compare every file with digest.json.

    Raises
    ------
    RenewcastError
        "... was changed after it was saved", "... was written by another version", or "... is missing or damaged".
    """
    content = as_json(directory, files, DIGEST)
    noted, written_by = (content.get("files"), content.get("format")) if isinstance(content, dict) else (None, None)
    if not isinstance(noted, dict) or not all(isinstance(digest, str) for digest in noted.values()):
        raise _no_artefact(directory, f"{DIGEST} is missing or damaged")
    if written_by != version:
        raise RenewcastError(f"{directory} was written by another version of renewcast; train again with this one.")
    found = file_sha256({name: content for name, content in files.items() if name != DIGEST})
    wrong = sorted(name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name))
    if wrong:
        shown = wrong[0] if NAME.fullmatch(wrong[0]) else ascii(wrong[0])
        raise RenewcastError(
            f"{directory}: {shown} was changed after it was saved: its SHA-256 differs; restore it or train again."
        )


def as_json(directory: Path, files: dict[str, bytes], name: str):
    """Parse one JSON file; numbers must be finite and keys unique.

    Raises
    ------
    RenewcastError
        "... is not a model artefact: ... is missing or damaged".
    """
    try:
        return json.loads(files[name].decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (KeyError, ValueError, RecursionError):
        raise _no_artefact(directory, f"{name} is missing or damaged") from None


def _read(directory: Path, name: str, left: int) -> bytes:
    """Read a plain file, no link and no pipe, of at most so many bytes."""
    try:
        handle = os.open(os.path.join(directory, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise _no_artefact(directory, f"{name} is a link or cannot be read") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise _no_artefact(directory, f"{name} is not a plain file")
        content = bytearray()
        while len(content) <= left and (part := os.read(handle, min(2**20, left + 1 - len(content)))):
            content += part
        if len(content) > left:
            raise _no_artefact(directory, f"with {name} it is larger than {MOST_BYTES // 2**20} MB")
        return bytes(content)
    finally:
        os.close(handle)


def _no_artefact(directory: Path, why: str) -> RenewcastError:
    return RenewcastError(f"{directory} is not a model artefact: {why}; restore it or train again.")


def _refuse(constant: str):
    raise ValueError(constant)


def _unique(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
