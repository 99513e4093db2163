"""A PostgreSQL cluster of the tests' own: made in a temporary folder, listening on this machine only, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import socket
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def cluster():
    """Start a cluster and yield its address, which holds no password."""
    programs = _programs()
    if programs is None:
        sentence = "PostgreSQL is not installed (no initdb), so PostgreSQL was NOT tested"
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

    def start() -> int:
        # Between asking for a free port and listening on it somebody else may take it: then another one is asked for.
        for attempt in range(5):
            port = _free_port()
            options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home} -c fsync=off"
            try:
                run("pg_ctl", "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start")
            except subprocess.CalledProcessError:
                if attempt == 4:
                    raise
            else:
                return port
        raise AssertionError("unreachable")

    try:
        run("initdb", "-D", str(data), "-U", "reader", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        port = start()
        try:
            yield f"postgresql://reader@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
