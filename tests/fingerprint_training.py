"""Train in a process of its own and print what came out: probabilities and states, digested.

Called as ``python fingerprint_training.py THREADS SEED...``: one training a seed, its rows shuffled with that seed, the libraries
held to that many threads as the environment and then threadpoolctl say. One line of digests a training, probabilities first.
"""

import hashlib
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel
from threadpoolctl import threadpool_limits

from renewcast.estimators._definition import InputSpec

# Enough cells for BLAS to share its sums out: with these, 1, 2 and 8 threads gave three models.
ACCOUNTS, DATES, NOISE = 300, 16, 40


def digest(*parts: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(b"|".join(parts)).hexdigest()


def fingerprint(trained) -> str:
    """Digest the test probabilities, the tuning, and the state of every estimator that ships."""
    names = sorted(trained.final)
    probabilities = trained.test_predictions.sort_values(["account_id", "as_of"])[names].to_numpy().tobytes()
    states = [name.encode() + content for one in names for name, content in sorted(trained.final[one].to_state().items())]
    return f"{digest(probabilities)} {digest(repr(trained.tuning).encode())} {digest(*states)}"


def wide_panel() -> tuple:
    """Return a panel with forty columns of noise more, and its specs."""
    rows, _ = panel(accounts=ACCOUNTS, dates=DATES)
    names = [f"noise_{number}" for number in range(NOISE)]
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(len(rows), NOISE)), columns=names)
    specs = [*SPECS, *(InputSpec(name, "usage", False) for name in names)]
    return replace(rows, features=pd.concat([rows.features, noise], axis=1)), specs


def main(threads: int, seeds: list[int]) -> None:
    """Print one line a training."""
    import lightgbm  # noqa: F401  loaded first, so that threadpoolctl finds its OpenMP too
    import sklearn.linear_model  # noqa: F401

    from renewcast.evaluation.training import train

    rows, specs = wide_panel()
    with threadpool_limits(limits=threads):
        for seed in seeds:
            shuffled = rows.take(np.random.default_rng(seed).permutation(len(rows)))
            print(fingerprint(train(shuffled, specs, MODEL, SPLITS, EMBARGO_DAYS)))


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
