"""Try LightGBM's texts in a process of its own before they are read in ours: its reader trusts whatever it is given."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from renewcast.errors import RenewcastError

CHILD = Path(__file__).with_name("trial_child.py")
# Of wall time; the child's own limits, 20 s of CPU and 2 GB, are in trial_child.
LONGEST_S = 120
# What the texts answered is compared to this.
TOLERANCE = 1e-9

_passed: dict[str, list[float]] = {}
"""What texts answered, by their SHA-256: a process tries the same text once."""


def try_texts(texts: dict[str, str]) -> dict[str, list[float]]:
    """Let a child process parse LightGBM models and predict made-up rows with them.

    Parameters
    ----------
    texts : dict of str to str
        Models in LightGBM's text form, by file name.

    Returns
    -------
    dict of str to list of float
        The raw scores of each model on rows that only depend on its number of features. Its contributions have been found to
        add up to them.

    Raises
    ------
    RenewcastError
        "... cannot be read by LightGBM", where the child refuses, crashes, or takes too long or too much memory.

    Notes
    -----
    The child loads LightGBM's library alone, through its C interface: 0.2 s where importing the Python package takes 1 s.
    """
    keys = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    waiting = {name: text for name, text in texts.items() if keys[name] not in _passed}
    if waiting:
        for name, scores in _ask_child(waiting).items():
            _passed[keys[name]] = scores
    return {name: _passed[key] for name, key in keys.items()}


def agree(one: list[float], other: list[float]) -> bool:
    """Tell whether two lists of scores are the same to 1e-9.

    Examples
    --------
    >>> agree([0.5, 1.0], [0.5, 1.0 + 1e-12]), agree([0.5], [0.5, 1.0]), agree([0.5], [float("nan")])
    (True, False, False)
    """
    return len(one) == len(other) and all(abs(a - b) <= TOLERANCE for a, b in zip(one, other, strict=True))


def _ask_child(texts: dict[str, str]) -> dict[str, list[float]]:
    from lightgbm.libpath import _LIB  # the library that would parse the texts here

    first = next(iter(texts))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(CHILD), _LIB._name],
            input=json.dumps(texts).encode(),
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
            env={"OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise _refused(first, "it took too long") from None
    try:
        answers = dict(json.loads(done.stdout))
    except (ValueError, TypeError):
        how = "it crashed" if done.returncode < 0 else "it failed"
        raise _refused(first, how) from None
    for name in texts:
        answered = answers.get(name)
        if not isinstance(answered, list) or not all(isinstance(score, float) for score in answered):
            is_plain = isinstance(answered, str) and answered.isascii() and answered.isprintable()
            raise _refused(name, answered if is_plain else "it crashed")
    return {name: answers[name] for name in texts}


def _refused(name: str, why: str) -> RenewcastError:
    return RenewcastError(
        f"{name} cannot be read by LightGBM (tried in a process of its own: {why[:100].rstrip('.')}); "
        "restore the artefact or train again."
    )
