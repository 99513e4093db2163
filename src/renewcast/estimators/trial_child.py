"""The child of :mod:`renewcast.estimators.trial`: a script that needs nothing but Python and LightGBM's library.

It reads {name: text} from stdin and writes {name: raw scores, or why not} to stdout, in JSON. Before it parses anything it
limits its own CPU time, memory and files, so that a hostile text can hurt nobody but it.
"""

import ctypes
import json
import math
import os
import resource
import sys

ROWS, MOST_FEATURES = 16, 20_000
CPU_S, MEMORY_BYTES = 20, 2 * 2**30
FLOAT64, ROW_MAJOR, RAW_SCORE, CONTRIBUTIONS = 1, 1, 1, 3


def main() -> None:
    """Answer for one text after another; a crash loses the rest."""
    texts = json.loads(sys.stdin.buffer.read())
    # LightGBM prints to stdout; the answer must be alone there.
    answer = os.dup(1)
    os.dup2(2, 1)
    library = ctypes.CDLL(sys.argv[1])
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    for limit, most in ((resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = {name: scores(library, text) for name, text in texts.items()}
    os.write(answer, json.dumps(found).encode())


def scores(library, text: str):
    """Parse one text and predict; return the raw scores, or what LightGBM said."""
    handle, rounds, features, length = ctypes.c_void_p(), ctypes.c_int(), ctypes.c_int(), ctypes.c_int64()

    def call(name, *arguments):
        if getattr(library, name)(*arguments) != 0:
            raise ValueError(library.LGBM_GetLastError().decode(errors="replace").splitlines()[0])

    try:
        call("LGBM_BoosterLoadModelFromString", text.encode(), ctypes.byref(rounds), ctypes.byref(handle))
        call("LGBM_BoosterGetLoadedParam", handle, ctypes.c_int64(0), ctypes.byref(length), None)
        call("LGBM_BoosterGetNumFeature", handle, ctypes.byref(features))
        count = features.value
        if not 0 < count <= MOST_FEATURES:
            return f"it has {count} features"
        rows = made_up_rows(count)
        data = (ctypes.c_double * len(rows))(*rows)

        def predict(kind, expected):
            call("LGBM_BoosterCalcNumPredict", handle, ROWS, kind, 0, -1, ctypes.byref(length))
            if length.value != expected:
                raise ValueError(f"it predicts {length.value} values where {expected} are expected")
            out = (ctypes.c_double * expected)()
            shape = (FLOAT64, ctypes.c_int32(ROWS), ctypes.c_int32(count), ROW_MAJOR)
            call("LGBM_BoosterPredictForMat", handle, data, *shape, kind, 0, -1, b"num_threads=1", ctypes.byref(length), out)
            return list(out)

        raw, parts = predict(RAW_SCORE, ROWS), predict(CONTRIBUTIONS, ROWS * (count + 1))
    except ValueError as refused:
        return str(refused)
    for row, score in enumerate(raw):
        summed = math.fsum(parts[row * (count + 1) : (row + 1) * (count + 1)])
        if not (math.isfinite(score) and abs(summed - score) <= 1e-6 * (1 + abs(score))):
            return "its contributions do not add up to its scores"
    return raw


def made_up_rows(features: int) -> list[float]:
    """Return 16 rows, one after another: empty, zeros, codes, and numbers of many sizes, a fifth of them missing.

    Examples
    --------
    >>> len(made_up_rows(3)), made_up_rows(3)[3:9]
    (48, [0.0, 0.0, 0.0, 0.0, 1.0, 2.0])
    """
    rows = [math.nan] * features + [0.0] * features + [float(column % 7) for column in range(features)]
    for row in range(3, ROWS):
        for column in range(features):
            drawn = (row * 7919 + column * 104729) % 2003
            rows.append(math.nan if drawn % 5 == 0 else (drawn - 1001) / 1001 * 10.0 ** (drawn % 6 - 1))
    return rows


if __name__ == "__main__":
    main()
