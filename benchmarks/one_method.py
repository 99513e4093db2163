"""Run one method once, in a process of its own: `python one_method.py METHOD TASK [RESULT]`.

METHOD is a module of this folder, or MODULE:FUNCTION; TASK is the task as JSON. Only the work is timed: neither the start of
Python, nor imports, nor laying the result out in RESULT (a .npy file) for comparison. The peak memory is the process's, from its
start to the end of the work. Prints one JSON object.
"""

import importlib
import json
import resource
import sys
import time

import numpy as np
from task import Task


def main() -> None:
    """Run and print."""
    method, task = sys.argv[1], Task(**json.loads(sys.argv[2]))
    module, _, function = method.partition(":")
    chosen = importlib.import_module(module)
    before = time.process_time()
    started = time.perf_counter()
    found = getattr(chosen, function or "run")(task)
    seconds = time.perf_counter() - started
    told = {"seconds": seconds, "cpu_seconds": time.process_time() - before, "peak_mb": _peak_mb()}
    if function in ("rebuild", "update"):
        told["seconds"] = found
    elif len(sys.argv) > 3:
        np.save(sys.argv[3], chosen.cells(task, found))
    sys.stdout.write(json.dumps(told) + "\n")


def _peak_mb() -> float:
    """Return the most memory that this process held at once, in MB."""
    try:
        # What getrusage tells on Linux includes the process that this one was started from.
        with open("/proc/self/status") as status:
            kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kilobytes / 1024


if __name__ == "__main__":
    main()
