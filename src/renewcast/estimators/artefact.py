"""A trained model as files: Booster text and JSON, each with its SHA-256, all checked before anything is parsed.

LightGBM's reader crashes, hangs or loads nonsense when given a damaged file, so a text reaches it here only after its digest
was found right and a child process has parsed it and answered what was answered when it was saved.
"""

import json
import os
import shutil
from pathlib import Path

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.estimators import companions
from renewcast.estimators.blend import Blend
from renewcast.estimators.bundle import DIGEST, as_json, combined_sha256, digest_file, file_sha256, read_bundle, verify_digests
from renewcast.estimators.health_score import HealthScore
from renewcast.estimators.lightgbm_text import read_trees
from renewcast.estimators.logistic import Logistic
from renewcast.estimators.prior import Prior
from renewcast.estimators.scorer import Scorer, frame_of, records_of
from renewcast.estimators.term_hazard import TermHazard
from renewcast.estimators.trial import agree, try_texts

FORMAT = 3
SCORER, PROBE = "scorer.json", "probe.json"
KINDS = {"blend": Blend, "base_rate": Prior, "health_score": HealthScore, "logistic": Logistic}
COMPANIONS = companions.KINDS | {"survival": TermHazard}
# What a saved model must repeat on its probe rows.
TOLERANCE = 1e-9
# Python's ways of saying that a content is not what the code took it for.
NOT_OUR_SHAPE = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


def save(trained, directory: Path) -> str:
    """Write the final estimators of a training into a directory and return its SHA-256.

    The files are written and flushed beside the directory and then renamed into place, an older artefact moving aside first;
    a crash leaves either the old or the new one, never a mixture.

    Parameters
    ----------
    trained : Trained
    directory : pathlib.Path
        Replaced if it exists.

    Returns
    -------
    str
        What ``sha256(directory)`` returns; keep it where the artefact cannot reach it.
    """
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    staged = directory.parent / f".{directory.name}.staged-{os.getpid()}"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    files = _contents(trained)
    files[DIGEST] = digest_file(files, FORMAT)
    for name, content in files.items():
        with open(staged / name, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _flush_directory(staged)
    old = directory.parent / f".{directory.name}.old-{os.getpid()}"
    if directory.exists():
        os.replace(directory, old)
    os.replace(staged, directory)
    _flush_directory(directory.parent)
    shutil.rmtree(old, ignore_errors=True)
    return sha256(directory)


def sha256(directory: Path) -> str:
    """Return one SHA-256 over the names and contents of all files of an artefact.

    Parameters
    ----------
    directory : pathlib.Path

    Returns
    -------
    str
        64 hexadecimal digits, computed from the files as they are now.

    Raises
    ------
    RenewcastError
        "... is not a model artefact", when it is not a directory of plain files.
    """
    return combined_sha256(read_bundle(Path(directory)))


def digests(directory: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of an artefact, by name; raises as :func:`sha256` does."""
    return file_sha256(read_bundle(Path(directory)))


def load(directory: Path, *, expected_sha256: str | None = None) -> Scorer:
    """Check every digest, let a child process try LightGBM's texts, rebuild the estimators, let them repeat their probe rows.

    Parameters
    ----------
    directory : pathlib.Path
    expected_sha256 : str, optional
        What ``save`` returned, kept elsewhere; without it a file and its digest, changed together, are found only by what
        they predict.

    Returns
    -------
    Scorer

    Raises
    ------
    RenewcastError
        "... is not a model artefact", "... was changed after it was saved", "... was written by another version",
        "... cannot be read by LightGBM", or "... no longer predicts what it predicted when it was saved".
    """
    directory = Path(directory)
    files = read_bundle(directory)
    if expected_sha256 is not None and combined_sha256(files) != expected_sha256:
        raise RenewcastError(
            f"{directory} was changed after it was saved: its SHA-256 is not the champion's; restore it or train again."
        )
    verify_digests(directory, files, FORMAT)
    parsed = {name: as_json(directory, files, name) for name in files if name.endswith(".json")}
    texts = _texts(files)
    for text in texts.values():
        read_trees(text)
    answers = try_texts(texts)
    scorer, is_same = _rebuild(directory, files, parsed, answers)
    if not is_same:
        raise RenewcastError(
            f"{directory} no longer predicts what it predicted when it was saved; "
            "install the versions of requirements.lock or train again."
        )
    return scorer


def _rebuild(directory: Path, files: dict[str, bytes], parsed: dict, answers: dict) -> tuple[Scorer | None, bool]:
    """Rebuild the estimators, once the texts have answered as they did, and tell whether they repeat their probe rows."""
    from lightgbm.basic import LightGBMError

    try:
        probe = parsed[PROBE]
        if not all(agree(scores, probe["texts"][name]) for name, scores in answers.items()):
            return None, False
        estimators = {name: _from_files(KINDS[name], name, files) for name in parsed[SCORER]["estimators"]}
        beside = {name: _from_files(COMPANIONS[name], name, files) for name in parsed[SCORER]["companions"]}
        scorer = Scorer.of(parsed[SCORER], estimators, beside)
        # A hostile number may overflow on its way to being refused.
        with np.errstate(all="ignore"):
            return scorer, _repeats_probe(scorer, probe)
    except (*NOT_OUR_SHAPE, LightGBMError, RenewcastError):
        raise RenewcastError(
            f"{directory} is not a model artefact: a file in it has another shape than ours; restore it or train again."
        ) from None


def _from_files(kind, name: str, files: dict[str, bytes]):
    return kind.from_state({file.removeprefix(f"{name}__"): data for file, data in files.items() if file.startswith(f"{name}__")})


def _contents(trained) -> dict[str, bytes]:
    files = {}
    for name, estimator in (trained.final | trained.companions).items():
        files |= {f"{name}__{file}": content for file, content in estimator.to_state().items()}
    encoding = trained.final["blend"].members["boosted"].encoding
    scorer = Scorer(trained.ranked_by, trained.final, trained.specs, encoding.levels)
    files[SCORER] = _json({"estimators": list(trained.final), "companions": list(trained.companions), **scorer.signature})
    expected = {name: one.predict(trained.probe, trained.probe_gated).tolist() for name, one in trained.final.items()}
    rows = records_of(trained.probe, trained.specs)
    texts = try_texts(_texts(files))
    files[PROBE] = _json({"rows": rows, "gated": trained.probe_gated.tolist(), "expected": expected, "texts": texts})
    return files


def _texts(files: dict[str, bytes]) -> dict[str, str]:
    return {name: content.decode() for name, content in files.items() if name.endswith(".txt")}


def _repeats_probe(scorer: Scorer, probe: dict) -> bool:
    """Compare what every estimator predicts on the probe rows, and let it explain some of them."""
    features, gated = frame_of(probe["rows"], scorer.specs), np.array(probe["gated"], dtype=bool)
    if probe["expected"].keys() != scorer.estimators.keys() or len(gated) != len(features) or not len(features):
        raise ValueError("probe")
    low, high = scorer.interval(features, gated)
    if not (np.diff([low, scorer.predict(features, gated), high], axis=0) >= -TOLERANCE).all():
        raise ValueError("doubt")
    for name, expected in probe["expected"].items():
        apart = np.abs(scorer.estimators[name].predict(features, gated) - np.array(expected, dtype=float)).max()
        if not apart <= TOLERANCE:
            return False
        scorer.estimators[name].contributions(features.head(2), gated[:2])
    return True


def _json(content) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode()


def _flush_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
