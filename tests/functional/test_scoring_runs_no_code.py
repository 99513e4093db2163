"""A scoring run unpickles nothing, connects to nothing and starts nothing but the child that tries LightGBM's texts."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from functional.refusals import refused
from trained_company import AS_OF, ENVIRONMENT, artefact_of, renewcast

from renewcast import Project
from renewcast.errors import RenewcastError

# An audit hook cannot be taken away again, so it gets a process of its own.
SCORE = """
import json, sys
WATCHED = ("pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile",
           "subprocess.Popen", "socket.connect", "socket.bind", "socket.getaddrinfo", "ftplib.connect", "urllib.Request")
seen = []
sys.addaudithook(lambda event, given: seen.append([event, repr(given)]) if event in WATCHED else None)
from renewcast import Project
rows = Project.load(".").risk_list(sys.argv[1])
watched = list(seen)
import pickle, subprocess
pickle.loads(pickle.dumps(json.JSONDecoder))
subprocess.run([sys.executable, "-c", ""])
print("TOLD" + json.dumps({"seen": watched, "rows": len(rows), "hook_works": [event for event, _ in seen[len(watched):]]}))
"""


def test_a_scoring_run_unpickles_connects_and_starts_nothing_but_the_child(trained_company):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCORE, AS_OF],
        cwd=trained_company, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.partition("TOLD")[2])
    assert told["rows"] > 100 and {"pickle.find_class", "subprocess.Popen"} <= set(told["hook_works"])
    others = [(event, given) for event, given in told["seen"] if event != "subprocess.Popen" or "trial_child.py" not in given]
    assert not others
    # One child for each of the two champions.
    assert len(told["seen"]) == 2


def truncate(folder):
    path = next(path for path in sorted(folder.iterdir()) if path.suffix == ".txt")
    path.write_bytes(path.read_bytes()[:-1000])


def add_pickle(folder):
    (folder / "python_model.pkl").write_bytes(b"\x80\x04.")


def link(folder):
    shutil.move(folder / "scorer.json", folder.parent / "scorer.json")
    (folder / "scorer.json").symlink_to(folder.parent / "scorer.json")


def record(folder):
    path = folder.parents[1] / "champion.yaml"
    path.write_text(path.read_text().replace("sha256: ", "sha256: ../../../", 1))


@pytest.mark.parametrize("spoil", [add_pickle, link, record], ids=lambda one: one.__name__)
def test_a_tampered_champion_is_refused_in_one_sentence(copy, spoil):
    spoil(artefact_of(copy))
    with pytest.raises(RenewcastError, match=r"^[^\n]+\.$"):
        Project.load(copy).champions()


def test_a_tampered_champion_gets_one_sentence_on_the_command_line(copy):
    truncate(artefact_of(copy))
    refused(renewcast("run", "weekly_risk_list", "--as-of", AS_OF, cwd=copy))
