"""A trained model as files: Booster text and JSON, each with its SHA-256, all checked before anything is parsed.

LightGBM's reader crashes, hangs or loads nonsense when given a damaged file, so nothing reaches it unchecked.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.estimators.blend import Blend
from renewcast.estimators.health_score import HealthScore
from renewcast.estimators.logistic import Logistic
from renewcast.estimators.prior import Prior
from renewcast.estimators.scorer import Scorer, frame_of, records_of

FORMAT = 2
DIGEST, SCORER, PROBE = "digest.json", "scorer.json", "probe.json"
KINDS = {"blend": Blend, "base_rate": Prior, "health_score": HealthScore, "logistic": Logistic}
# What a saved model must repeat on its probe rows.
TOLERANCE = 1e-9


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
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[DIGEST] = _json({"format": FORMAT, "files": digests})
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
    return _combined(_read_all(Path(directory)))


def load(directory: Path, *, expected_sha256: str | None = None) -> Scorer:
    """Check every digest, then rebuild the estimators, then let them repeat their probe rows.

    Parameters
    ----------
    directory : pathlib.Path
    expected_sha256 : str, optional
        What ``save`` returned, kept elsewhere; without it a file and its digest, changed together, pass.

    Returns
    -------
    Scorer

    Raises
    ------
    RenewcastError
        "... is not a model artefact", "... was changed after it was saved", "... was written by another version", or
        "... no longer predicts what it predicted when it was saved".
    """
    directory = Path(directory)
    files = _read_all(directory)
    if expected_sha256 is not None and _combined(files) != expected_sha256:
        raise RenewcastError(
            f"{directory} was changed after it was saved: its SHA-256 is not the champion's; restore it or train again."
        )
    _verify(directory, files)
    content = json.loads(files[SCORER])
    if content["format"] != FORMAT:
        raise RenewcastError(f"{directory} was written by another version of renewcast; train again with this one.")
    estimators = {}
    for name in content["estimators"]:
        state = {file.removeprefix(f"{name}__"): data for file, data in files.items() if file.startswith(f"{name}__")}
        estimators[name] = KINDS[name].from_state(state)
    scorer = Scorer.of(content, estimators)
    _repeat_probe(directory, scorer, json.loads(files[PROBE]))
    return scorer


def _contents(trained) -> dict[str, bytes]:
    files = {}
    for name, estimator in trained.final.items():
        files |= {f"{name}__{file}": content for file, content in estimator.to_state().items()}
    encoding = trained.final["blend"].members["boosted"].encoding
    scorer = Scorer(trained.ranked_by, trained.final, trained.specs, encoding.levels)
    files[SCORER] = _json({"format": FORMAT, "estimators": list(trained.final), **scorer.signature})
    expected = {name: one.predict(trained.probe, trained.probe_gated).tolist() for name, one in trained.final.items()}
    files[PROBE] = _json(
        {"rows": records_of(trained.probe, trained.specs), "gated": trained.probe_gated.tolist(), "expected": expected}
    )
    return files


def _read_all(directory: Path) -> dict[str, bytes]:
    """Read each file once: what is hashed is what is parsed."""
    try:
        paths = sorted(directory.iterdir())
        if not paths or not all(path.is_file() and not path.is_symlink() for path in paths):
            raise OSError
        return {path.name: path.read_bytes() for path in paths}
    except OSError:
        raise RenewcastError(f"{directory} is not a model artefact; train and promote a model first.") from None


def _combined(files: dict[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _verify(directory: Path, files: dict[str, bytes]) -> None:
    try:
        noted = dict(json.loads(files[DIGEST])["files"])
    except (KeyError, ValueError, TypeError):
        raise RenewcastError(
            f"{directory} is not a model artefact: {DIGEST} is missing or damaged; restore it or train again."
        ) from None
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != DIGEST}
    wrong = sorted(name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name))
    if wrong:
        raise RenewcastError(
            f"{directory / wrong[0]} was changed after it was saved: its SHA-256 differs; restore it or train again."
        )


def _repeat_probe(directory: Path, scorer: Scorer, probe: dict) -> None:
    features, gated = frame_of(probe["rows"], scorer.specs), np.array(probe["gated"], dtype=bool)
    for name, expected in probe["expected"].items():
        apart = np.abs(scorer.estimators[name].predict(features, gated) - np.array(expected)).max()
        if not apart <= TOLERANCE:
            raise RenewcastError(
                f"{directory} no longer predicts what it predicted when it was saved (apart by {apart:.1e}); "
                "install the versions of requirements.lock or train again."
            )


def _json(content) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode()


def _flush_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
