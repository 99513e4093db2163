"""Where a model comes from: the commit, the lock, the library and the parameters, so that it can be made again."""

import hashlib
import importlib.metadata
import json
import subprocess
from pathlib import Path

from renewcast.filesystem import read_file

LOCK = "requirements.lock"
_WAIT_S = 5


def provenance(directory: Path, params) -> dict:
    """Say from what a training is made, beside the data.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    params : Params

    Returns
    -------
    dict
        renewcast (version), git_commit (None outside a repository; "+" at the end: tracked files differ from it),
        lock_sha256 (of the project's requirements.lock, or of the checkout's; None without one), params_sha256.
    """
    settled = json.dumps(params.model_dump(mode="json"), sort_keys=True).encode()
    return {
        "renewcast": importlib.metadata.version("renewcast"),
        "git_commit": _commit(directory),
        "lock_sha256": _lock(directory),
        "params_sha256": hashlib.sha256(settled).hexdigest(),
    }


def _lock(directory: Path) -> str | None:
    for place in (directory, Path(__file__).resolve().parents[3]):
        if (place / LOCK).is_file():
            return hashlib.sha256(read_file(place / LOCK)).hexdigest()
    return None


def _commit(directory: Path) -> str | None:
    commit = _git(directory, "rev-parse", "HEAD")
    if not commit:
        return None
    return commit + ("+" if _git(directory, "status", "--porcelain", "--untracked-files=no") else "")


def _git(directory: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(directory), *words], capture_output=True, text=True, timeout=_WAIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
