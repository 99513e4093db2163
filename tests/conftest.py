"""Fixtures that several kinds of test share: a small simulated company, and guards against hidden inputs."""

import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn.linear_model  # noqa: F401  its import draws from the global generator, which the guard below must not see

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("RENEWCAST_DATA", ROOT.parent / "shared" / "data"))
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
# A hundred processes are started, each of which would compile the package again where images switch byte code off.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["RENEWCAST_DATA"] = str(SHARED_DATA)
for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME"):
    os.environ.pop(name, None)


def copy_of_reference(directory: Path) -> Path:
    """Lay a project directory with the reference params.yaml out."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "params.yaml", directory / "params.yaml")
    return directory


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """Open a project of 150 simulated accounts over 104 weeks, seed 3; tests only read it."""
    from datetime import date

    from renewcast import Project
    from renewcast.simulate import simulate

    directory = copy_of_reference(tmp_path_factory.mktemp("company"))
    simulate(directory / "data" / "raw", accounts=150, weeks=104, start=date(2024, 1, 1), seed=3)
    return Project.load(directory)


@pytest.fixture(scope="session")
def trained_company(tmp_path_factory):
    """Return the directory of a project that was trained and has two published lists; see trained_company.py. Only read it."""
    from trained_company import build_once

    return build_once(tmp_path_factory)


@pytest.fixture(autouse=True)
def _global_random_numbers_are_left_alone():
    """Fail a test during which something draws from a global generator: results would depend on what ran before."""
    state, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    yield
    after = np.random.get_state()  # noqa: NPY002
    touched = state != random.getstate() or any(not np.array_equal(a, b) for a, b in zip(legacy[1:3], after[1:3], strict=True))
    random.setstate(state)
    np.random.set_state(legacy)  # noqa: NPY002
    assert not touched, "a global random generator was used; pass a seeded one"
