"""A small simulated company, trained and published through the command line, built once for all tests and all workers."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEEK_BEFORE, AS_OF = "2025-12-22", "2025-12-29"
COMMANDS = {
    "simulate": ("simulate", "--accounts", "250", "--weeks", "104", "--seed", "5"),
    "churn": ("run", "train", "--target", "churn", "--as-of", WEEK_BEFORE),
    "renewal": ("run", "train", "--target", "renewal", "--as-of", WEEK_BEFORE),
    "segment": ("run", "segment", "--as-of", WEEK_BEFORE),
    "week_before": ("run", "weekly_risk_list", "--as-of", WEEK_BEFORE),
    "week": ("run", "weekly_risk_list", "--as-of", AS_OF),
}


# Several tests run at once, and threads that wait for one another would take longer than none.
ENVIRONMENT = {"NO_COLOR": "1", "OMP_NUM_THREADS": "1"}


def renewcast(*arguments, cwd, **environment) -> subprocess.CompletedProcess:
    """Run the command line as a user would, in a directory, with extra environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "renewcast", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def answer(*arguments, cwd, **environment) -> dict:
    """Run a command with --json and return the object that it prints; it must succeed."""
    done = renewcast(*arguments, "--json", cwd=cwd, **environment)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return json.loads(done.stdout)


_IN_ONE_PROCESS = """
import json, os, sys
from renewcast.cli import app
for name, arguments in json.loads(sys.argv[1]).items():
    with open(os.path.join(sys.argv[2], f"{name}.json"), "w") as file:
        sys.stdout.flush()
        os.dup2(file.fileno(), 1)
        app([*arguments, "--json"], standalone_mode=False)
        sys.stdout.flush()
"""


def answer_all(commands: dict[str, tuple], *, cwd: Path) -> dict:
    """Run commands one after another in one process, which spares the imports, and return their answers by name."""
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            [sys.executable, "-c", _IN_ONE_PROCESS, json.dumps(commands), place],
            cwd=cwd,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {name: json.loads((Path(place) / f"{name}.json").read_text()) for name in commands}


def small_params() -> str:
    """The reference params with fewer fits, rounds and looks at the past: seconds instead of minutes."""
    text = (ROOT / "params.yaml").read_text()
    for old, new in (("fits: 8", "fits: 2"), ("max_rounds: 300", "max_rounds: 60"), ("past_snapshots: 27", "past_snapshots: 6")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def once_for_all_workers(tmp_path_factory, name: str, build) -> Path:
    """Return a folder that ``build(folder)`` filled, once in the whole run; its answers stand beside it, see answers_of."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = base / name
    with open(base / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.with_suffix(".json").exists():
            folder.mkdir()
            folder.with_suffix(".json").write_text(json.dumps(build(folder)))
    return folder


def build_once(tmp_path_factory) -> Path:
    """Return the trained company's directory; the first worker to ask builds it, the others wait for it."""
    return once_for_all_workers(tmp_path_factory, "trained_company", _build)


def _build(directory: Path) -> dict:
    (directory / "params.yaml").write_text(small_params())
    return answer_all(COMMANDS, cwd=directory)


def answers_of(directory: Path) -> dict:
    """What the commands answered while a folder was built, by their names."""
    return json.loads(directory.with_suffix(".json").read_text())


def artefact_of(directory: Path, target: str = "churn") -> Path:
    """Return the one folder that holds a target's live artefact."""
    (scorer,) = (directory / "models" / target / "artefact").rglob("scorer.json")
    return scorer.parent
