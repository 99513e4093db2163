"""LightGBM's number of threads belongs to the process: silencing one thread must not change it under another that predicts."""

import ctypes

import lightgbm
import numpy as np
from lightgbm.basic import _LIB

from renewcast.estimators.boosted import _be_quiet


def threads() -> int:
    """Read LightGBM's own variable: -1 means all cores."""
    return ctypes.c_int.in_dll(_LIB, "LGBM_DEFAULT_NUM_THREADS").value


def test_silencing_a_thread_leaves_the_number_of_threads_alone():
    """With another number a prediction under way writes beyond its buffers: a segmentation fault, once in many thousand times."""
    rows = np.random.default_rng(0).normal(size=(50, 2))
    data = lightgbm.Dataset(rows, (rows[:, 0] > 0) * 1.0, params={"verbosity": -1})
    trees = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 2)
    trees.predict(rows, num_threads=1)
    assert threads() == 1
    _be_quiet()
    assert threads() == 1
