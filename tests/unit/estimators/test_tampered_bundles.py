"""Damaged and tampered bundles: none is parsed by LightGBM in this process, none crashes it, each is answered in a sentence.

A hundred bundles by default, a thousand with RENEWCAST_DEEP=1.
"""

import hashlib
import json
import os
import pickle
import random
import re

import numpy as np
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact, trial
from renewcast.estimators.bundle import DIGEST, MOST_BYTES, digest_file, read_bundle
from renewcast.evaluation.training import train

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
EACH = 84 if DEEP else 8
HOSTILE = [None, True, -1, 0, 2**70, 1e308, -1e-320, "", "x" * 3000, "\x00\n", [], [[[]]], {}, {"a": {"a": []}}, [1, "2"], 10**9]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The files of a whole artefact, and its digest."""
    folder = tmp_path_factory.mktemp("good") / "artefact"
    digest = artefact.save(train(panel(accounts=150, dates=12)[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS), folder)
    return read_bundle(folder), digest


@pytest.fixture
def parsed(monkeypatch):
    """Count the texts that LightGBM is given in this process."""
    import lightgbm

    given = []

    class Counted(lightgbm.Booster):
        def __init__(self, *arguments, **named):
            given.append(named)
            super().__init__(*arguments, **named)

    monkeypatch.setattr(lightgbm, "Booster", Counted)
    trial._passed.clear()
    return given


def some_file(rng, files, ending=""):
    return rng.choice(sorted(name for name in files if name.endswith(ending) and name != DIGEST))


def truncated(rng, files, ending=""):
    name = some_file(rng, files, ending)
    files[name] = files[name][: rng.randrange(len(files[name]))]


def bits_flipped(rng, files, ending=""):
    name = some_file(rng, files, ending)
    content = bytearray(files[name])
    for _ in range(rng.choice([1, 1, 3, 50])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    files[name] = bytes(content)


def line_dropped(rng, files, ending=".txt"):
    name = some_file(rng, files, ending)
    lines = files[name].splitlines(keepends=True)
    at = rng.randrange(len(lines) - 3)
    files[name] = b"".join(lines[:at] + lines[at + rng.choice([1, 3]) :])


def digits_changed(rng, files, ending=""):
    name = some_file(rng, files, ending)
    digits = [match.start() for match in re.finditer(rb"\d", files[name])]
    content = bytearray(files[name])
    for _ in range(rng.choice([1, 4])):
        content[rng.choice(digits)] = ord(rng.choice("0123456789"))
    files[name] = bytes(content) if bytes(content) != files[name] else files[name] + b"1"


def number_exploded(rng, files, ending=".txt"):
    """A child, a feature or a count far outside of its array: what makes LightGBM's reader write where it should not."""
    name = some_file(rng, files, ending)
    numbers = list(re.finditer(rb"(?<=[= ])-?\d+(?=[ \n])", files[name]))
    at = rng.choice(numbers)
    new = str(rng.choice([-2, -(2**31), 2**31 - 1, 99999, 10**12])).encode() + b"7"
    files[name] = files[name][: at.start()] + new + files[name][at.end() :]


def swapped(rng, files):
    one, other = rng.sample(sorted(name for name in files if name != DIGEST), 2)
    files[one], files[other] = files[other], files[one]


def file_added(rng, files):
    names = ["model.pkl", "more.txt", "more.json", "MODEL.JOBLIB", "a b.json", ".hidden.json", "scorer.json.skops", "ä.txt"]
    files[rng.choice(names)] = pickle.dumps(print)


def file_removed(rng, files):
    del files[rng.choice(sorted(files))]


def digest_damaged(rng, files):
    bad = [b"", b"[]", b"{}", b'{"files": 5}', b'{"files": {"../../x": 1}}', b"[" * 100_000, b"\xff", b"null"]
    files[DIGEST] = rng.choice(bad)


DAMAGES = (
    truncated, bits_flipped, line_dropped, digits_changed, number_exploded, swapped, file_added, file_removed, digest_damaged,
)  # fmt: skip


def written(files, folder):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def signed_anew(files):
    return {**files, DIGEST: digest_file({name: content for name, content in files.items() if name != DIGEST}, artefact.FORMAT)}


def is_one_sentence(refused) -> bool:
    text = str(refused.value)
    return text.endswith(".") and text.isprintable() and len(text) < 600 and "Traceback" not in text


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_no_damaged_file_is_ever_parsed(good, parsed, tmp_path, damage):
    files, _ = good
    for number in range(EACH):
        bad = dict(files)
        damage(random.Random(number), bad)
        assert bad != files
        with pytest.raises(RenewcastError) as refused:
            artefact.load(written(bad, tmp_path / str(number)))
        assert is_one_sentence(refused)
    assert not parsed and not trial._passed


@pytest.mark.parametrize("damage", [*DAMAGES[:7], "digest.json"], ids=lambda one: getattr(one, "__name__", one))
def test_a_bundle_signed_anew_is_refused_by_the_digest_that_is_kept_elsewhere(good, parsed, tmp_path, damage):
    files, digest = good
    for number in range(EACH // 2):
        bad = dict(files)
        (digest_damaged if damage == "digest.json" else damage)(random.Random(1000 + number), bad)
        folder = written(bad if damage == "digest.json" else signed_anew(bad), tmp_path / str(number))
        with pytest.raises(RenewcastError) as refused:
            artefact.load(folder, expected_sha256=digest)
        assert is_one_sentence(refused)
    assert not parsed and not trial._passed


@pytest.mark.parametrize("damage", [truncated, line_dropped, digits_changed, number_exploded], ids=lambda one: one.__name__)
def test_a_text_signed_anew_meets_a_child_first(good, parsed, tmp_path, damage):
    """Whoever owns the registry can sign anything; what he signs is parsed in a child, and here only if it answers as ever."""
    files, _ = good
    harmless, tried = 0, EACH // 2
    for number in range(tried):
        bad = dict(files)
        damage(random.Random(2000 + number), bad, ".txt")
        parsed.clear()
        try:
            artefact.load(written(signed_anew(bad), tmp_path / str(number)))
            harmless += 1  # such as another gain of a split, which nothing reads
        except RenewcastError as refused:
            assert str(refused).endswith(".") and str(refused).isprintable() and len(str(refused)) < 600
        # What was parsed here had passed the child.
        assert all(hashlib.sha256(given["model_str"].encode()).hexdigest() in trial._passed for given in parsed)
    assert harmless < tried


def test_hostile_json_that_is_signed_anew_is_refused_in_a_sentence_or_does_no_harm(good, parsed, tmp_path):
    files, _ = good
    rows = panel(accounts=20, dates=2)[0]
    expected = artefact.load(written(files, tmp_path / "good")).predict(rows.features, rows.gated)
    refusals = 0
    for number in range(EACH * 3):
        rng, bad = random.Random(3000 + number), dict(files)
        name = some_file(rng, files, ".json")
        content = json.loads(files[name])
        places = list(_places(content))
        holder, key = rng.choice(places)
        if rng.random() < 0.3:
            del holder[key]
        else:
            holder[key] = rng.choice(HOSTILE)
        bad[name] = json.dumps(content).encode()
        try:
            scorer = artefact.load(written(signed_anew(bad), tmp_path / str(number)))
        except RenewcastError as refused:
            assert str(refused).endswith(".") and str(refused).isprintable() and len(str(refused)) < 600
            refusals += 1
        else:
            # What is accepted still scores, or refuses in a sentence.
            try:
                scored = scorer.predict(rows.features, rows.gated)
                assert np.isfinite(scored).all() and len(scored) == len(expected)
                scorer.contributions(rows.features, rows.gated)
            except RenewcastError:
                pass
    assert refusals > EACH


def _places(content):
    """Every (holder, key) at which a JSON content can be changed; few of each list."""
    keys = list(content) if isinstance(content, dict) else range(min(len(content), 4))
    for key in keys:
        yield content, key
        if isinstance(content[key], dict | list):
            yield from _places(content[key])


def test_numbers_that_json_does_not_have_and_keys_that_stand_twice_are_refused(good, tmp_path):
    files, _ = good
    for number, bad in enumerate((b'{"rate": NaN}', b'{"rate": Infinity}', b'{"rate": 0.1, "rate": 0.2}', b'{"rate": 1e999}')):
        changed = signed_anew({**files, "base_rate__prior.json": bad})
        with pytest.raises(RenewcastError):
            artefact.load(written(changed, tmp_path / str(number)))


def test_links_pipes_folders_and_what_is_too_large_are_refused(good, tmp_path):
    files, digest = good
    for kind in ("link", "pipe", "folder", "large"):
        folder = written(files, tmp_path / kind)
        (folder / "probe.json").unlink()
        if kind == "link":
            (folder / "probe.json").symlink_to(tmp_path / "good" / "probe.json")
        elif kind == "pipe":
            os.mkfifo(folder / "probe.json")
        elif kind == "folder":
            (folder / "probe.json").mkdir()
        else:
            with open(folder / "probe.json", "wb") as file:
                file.truncate(MOST_BYTES + 1)
        with pytest.raises(RenewcastError, match=r"is not a model artefact: .*probe\.json") as refused:
            artefact.load(folder, expected_sha256=digest)
        assert is_one_sentence(refused)


def test_a_pickle_is_refused_by_its_kind(good, tmp_path):
    files, _ = good
    for name in ("model.pkl", "model.joblib", "model.skops", "python_model.PKL"):
        folder = written(files, tmp_path / name)
        (folder / name).write_bytes(pickle.dumps(print))
        with pytest.raises(RenewcastError, match="can run code when it is read"):
            artefact.load(folder)


def test_a_child_is_started_once_for_a_text_however_often_it_is_loaded(good, tmp_path, monkeypatch):
    import subprocess

    files, digest = good
    trial._passed.clear()
    started, run = [], subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **named: started.append(1) or run(*arguments, **named))
    folder = written(files, tmp_path / "good")
    for _ in range(3):
        artefact.load(folder, expected_sha256=digest)
    assert len(started) == 1


def test_a_text_that_never_ends_or_eats_the_memory_is_stopped(good, monkeypatch):
    """A child in a circle: LightGBM follows it for ever, the child's own limit of CPU time or a crash ends it."""
    files, _ = good
    text = next(content for name, content in files.items() if name.endswith(".txt")).decode()
    trial._passed.clear()
    monkeypatch.setattr(trial, "LONGEST_S", 20)
    for bad in (re.sub(r"left_child=\S+", "left_child=0", text), text.replace("max_feature_idx=4", "max_feature_idx=2000000000")):
        with pytest.raises(RenewcastError, match="cannot be read by LightGBM"):
            trial.try_texts({"bad.txt": bad})
