"""renewcast: which accounts will not renew, why, and what to do while there is still time."""

import os

# Nothing here reaches for the network; MLflow would report its use unless told not to.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

__version__ = "0.1.0"
__all__ = ["Project", "RenewcastError", "__version__"]


def __getattr__(name: str):
    """Load the API on first use, so that `import renewcast` stays fast."""
    if name == "Project":
        from renewcast.project import Project

        return Project
    if name == "RenewcastError":
        from renewcast.errors import RenewcastError

        return RenewcastError
    raise AttributeError(f"module 'renewcast' has no attribute {name!r}")
