"""Execute the notebooks from a clean kernel and keep their outputs: small diffs, no traces of the machine or the hour.

``python notebooks/execute.py`` executes all of them in place; names choose some, ``--to DIR`` writes copies instead. The project
is the one that RENEWCAST_PROJECT names, or else the one that the notebooks lie in.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CELL_TIMEOUT_S = 900


class NotebookFailed(Exception):
    """One sentence that names the notebook, the cell and what went wrong."""


def execute(path: Path, cwd: Path, sockets: Path):
    """Run every cell of a notebook in a kernel of this Python and return the notebook with its new outputs.

    ``sockets`` is an empty folder in which the kernel is spoken to through files that only their owner can open, so that nothing
    listens on the network, not even on loopback.
    """
    import nbformat
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # No folder of kernels is looked at: what is left is the kernel of the interpreter that runs this script.
    specs = KernelSpecManager(kernel_dirs=[])
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, transport="ipc", ip=str(sockets / "kernel"))
    client = NotebookClient(
        notebook, km=manager, timeout=CELL_TIMEOUT_S, record_timing=False, resources={"metadata": {"path": str(cwd)}}
    )
    try:
        asyncio.run(client.async_execute(cleanup_kc=True))
    except CellExecutionError as failed:
        raise NotebookFailed(f"{path.name}, {_where(notebook)}: {failed.ename}: {' '.join(failed.evalue.split())}") from None
    except (CellTimeoutError, DeadKernelError, RuntimeError) as failed:
        raise NotebookFailed(f"{path.name}, {_where(notebook)}: {' '.join(str(failed).split())}") from None
    return plain(notebook)


def plain(notebook):
    """Take away what changes without a change of meaning: timings, versions, ids; join what was printed in pieces."""
    import nbformat

    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"cell-{number:02d}", {}
        if cell.cell_type != "code":
            continue
        joined = []
        for output in cell.outputs:
            is_more = joined and output.output_type == "stream" and joined[-1].get("name") == output.name
            if is_more:
                joined[-1].text += output.text
            else:
                joined.append(output)
        cell.outputs = joined
    return notebook


def write(notebook, path: Path) -> None:
    """Replace a notebook as a whole: a reader sees the old one or the new one."""
    import nbformat

    content = nbformat.writes(notebook).rstrip("\n") + "\n"
    handle, staged = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(staged, 0o644)
        os.replace(staged, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(staged)
        raise


def main(arguments=None) -> int:
    """Execute the notebooks asked for; return the exit code."""
    parser = argparse.ArgumentParser(description="Execute the notebooks from a clean kernel and keep their outputs.")
    parser.add_argument("names", nargs="*", help="such as 03 or 03-the-churn-model.ipynb; all by default")
    parser.add_argument("--to", type=Path, default=HERE, help="write the executed notebooks here; in place by default")
    asked = parser.parse_args(arguments)
    paths = [path for path in sorted(HERE.glob("[0-9]*.ipynb")) if _is_asked_for(path, asked.names)]
    if not paths:
        sys.stderr.write(f"notebooks: no notebook is called {' or '.join(asked.names)}; they are in {HERE}.\n")
        return 2
    with tempfile.TemporaryDirectory() as profile:
        # The kernel takes its environment from here: no personal start-up files, no history, no telemetry.
        os.environ |= {"IPYTHONDIR": profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        for path in paths:
            started = time.monotonic()
            try:
                with tempfile.TemporaryDirectory() as sockets:
                    executed = execute(path, HERE, Path(sockets))
            except NotebookFailed as failed:
                sys.stderr.write(f"notebooks: {failed}\n")
                return 2
            write(executed, asked.to / path.name)
            size = (asked.to / path.name).stat().st_size
            sys.stdout.write(f"{path.name:<36} {time.monotonic() - started:5.1f} s  {size / 1000:4.0f} kB\n")
            sys.stdout.flush()
    return 0


def _is_asked_for(path: Path, names: list[str]) -> bool:
    return not names or any(path.name.startswith(Path(name).name) for name in names)


def _where(notebook) -> str:
    """Name the cell at which the run stopped: the last one that was begun."""
    begun = [number for number, cell in enumerate(notebook.cells, start=1) if cell.get("execution_count") or cell.get("outputs")]
    return f"cell {max(begun, default=1)}"


if __name__ == "__main__":
    sys.exit(main())
