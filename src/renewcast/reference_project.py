"""Where the reference project lies: what a new project is copied from, and where whatever a project lacks is looked up."""

from pathlib import Path


def reference() -> Path:
    """Return the reference project that a new one is copied from: the checkout's root, or its copy inside the wheel."""
    packaged = Path(__file__).with_name("reference")
    return packaged if packaged.exists() else Path(__file__).resolve().parents[2]


def own_or_reference(directory: Path, name: str) -> Path:
    """Return a project's own file, or where it has none the reference project's."""
    own = directory / name
    return own if own.exists() else reference() / name
