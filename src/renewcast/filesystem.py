"""Every operation on files that must not be left half done: lists, model records, segments, kept tables.

Files are created, never opened for writing twice; each is on the disk (fsync) before the next step begins. Files are
readable by their owner only, since a list names customers and money.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from renewcast.errors import RenewcastError

LOCK_WAIT_S = 600
_CHUNK = 1 << 20


def create_file(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk; refuse to touch one that exists.

    Raises
    ------
    OSError
        FileExistsError if there is one; anything that the disk reports.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(path: Path) -> bytes:
    """Read a whole file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while part := os.read(handle, _CHUNK):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder and its missing parents, each durable in the one above it."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_folder(path.parent)
    with contextlib.suppress(FileExistsError):  # another run may have been quicker
        os.mkdir(path, 0o700)
    settle_folder(path.parent)


def settle_folder(path: Path) -> None:
    """Wait until the folder's entries (new names, renamed names) are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_folder(staged: Path, final: Path) -> None:
    """Give a finished folder its name, in one step, and wait until the disk knows."""
    os.rename(staged, final)
    settle_folder(final.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one."""
    make_folder(path.parent)
    staged = path.with_name(f".{path.name}.staged")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(staged)
    create_file(staged, content)
    os.replace(staged, path)
    settle_folder(path.parent)


def remove_folder(path: Path) -> None:
    """Remove a folder and what is in it, as staging folders are; no link is followed."""
    if path.is_symlink():
        os.unlink(path)
        return
    for name in sorted(os.listdir(path)):
        inside = path / name
        if inside.is_dir() and not inside.is_symlink():
            remove_folder(inside)
        else:
            os.unlink(inside)
    os.rmdir(path)


@contextlib.contextmanager
def locked(path: Path, *, wait_s: float | None = None):
    """Hold an exclusive lock; the system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    path : pathlib.Path
        The lock file; it is made if absent and never removed.
    wait_s : float, optional
        How long to wait for another run; `LOCK_WAIT_S` by default.

    Raises
    ------
    RenewcastError
        "another run has been publishing", when the wait is over.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        wait_s = LOCK_WAIT_S if wait_s is None else wait_s
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RenewcastError(
                        f"Another run has been publishing to {path.parent}, or promoting there, for over {wait_s:.0f} s; "
                        "wait for it or end it, then run again."
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)
