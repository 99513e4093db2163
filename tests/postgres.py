"""A PostgreSQL cluster of the tests' own: made in a temporary folder, reached by a unix socket only, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def _programs() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root; then the account ``postgres`` or ``nobody`` runs it."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in ("postgres", "nobody") if name in names)
    return ["runuser", "-u", user, "--"]


@contextlib.contextmanager
def cluster():
    """Start a cluster and yield its address, which holds no password."""
    programs = _programs()
    if programs is None:
        sentence = "PostgreSQL is not installed (no initdb), so reading PostgreSQL was NOT tested"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    prefix = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="renewcast-pg-"))
    if prefix:
        shutil.chown(home, prefix[2])
    data = home / "data"

    def run(program: str, *arguments: str):
        command = [*prefix, str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=120)

    try:
        run("initdb", "-D", str(data), "-U", "reader", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start")
        try:
            yield f"postgresql://reader@/postgres?host={home}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
