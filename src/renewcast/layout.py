"""What lies where in a project directory: laying a new one out, and finding its pipelines."""

import importlib.util
import re
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.filesystem import create_file, make_folder
from renewcast.reference_project import own_or_reference, reference

_PARTS = ("params.yaml", "plays.yaml", "pipelines", "notebooks")
_IGNORED = "data/\nlists/\nreviews/\nmlruns/\nmlflow.db\nmodels/*/artefact/\nmodels/*/.lock\nnotebooks/scratch/\n"


def lay_out(directory: Path) -> dict:
    """Lay out a new project.

    Parameters
    ----------
    directory : pathlib.Path
        Made if absent; must not hold a params.yaml.

    Returns
    -------
    dict
        directory and files.

    Raises
    ------
    RenewcastError
        "... already holds a project".
    """
    if (directory / "params.yaml").exists():
        raise RenewcastError(f"{directory} already holds a project; choose another directory, or edit its params.yaml.")
    name = re.sub(r"[^a-z0-9_-]+", "-", directory.resolve().name.lower()).strip("-_")[:40] or "project"
    made = []
    for part in _PARTS:
        for source in sorted(_files(reference() / part)):
            target = directory / source.relative_to(reference())
            if target.exists():
                raise RenewcastError(f"{target} is there already; choose another directory, or move it away.")
            make_folder(target.parent)
            content = source.read_bytes()
            if part == "params.yaml":
                # Its own name, so that two projects on one MLflow server keep their models apart.
                content = content.replace(b"name: demo", f"name: {name}".encode(), 1)
            create_file(target, content)
            made.append(str(target.relative_to(directory)))
    texts = {".gitignore": _IGNORED, "README.md": _readme(name)}
    for file, text in texts.items():
        if not (directory / file).exists():
            create_file(directory / file, text.encode())
            made.append(file)
    return {"directory": str(directory), "files": made}


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [
        path for path in place.rglob("*") if path.is_file() and path.suffix in (".py", ".ipynb") and "scratch" not in path.parts
    ]


def _readme(name: str) -> str:
    return (
        f"# {name}\n\nA renewcast project.\n\n"
        "1. Map your tables under `sources` in `params.yaml`, then `renewcast check`.\n"
        "2. `renewcast run train --target churn`, and `--target renewal` where terms end.\n"
        "3. `renewcast run weekly_risk_list --as-of DATE` publishes the list under `lists/`.\n"
    )


def pipeline(directory: Path, name: str):
    """Return the ``run`` function of a pipeline: the project's own script, or the reference project's.

    Raises
    ------
    RenewcastError
        "there is no pipeline ...".
    """
    known = sorted({path.stem for place in (directory, reference()) for path in (place / "pipelines").glob("*.py")})
    if name not in known:
        raise RenewcastError(f"there is no pipeline {name!r}; choose one of {', '.join(known)}.")
    path = own_or_reference(directory, f"pipelines/{name}.py")
    spec = importlib.util.spec_from_file_location(f"renewcast_pipeline_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run
