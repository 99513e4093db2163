"""The parts of the review, in reading order, each made from the same inputs."""

import importlib

from renewcast.errors import RenewcastError
from renewcast.review.inputs import Inputs
from renewcast.review.part import Part

PARTS = (
    "headline",
    "movements",
    "retention",
    "cohorts",
    "depth",
    "forecast",
    "lifetime_value",
    "segments",
    "tiers",
    "lifecycle",
    "milestones",
    "activity",
    "scorecard",
    "markets",
    "activation",
)
"""One module of `renewcast.review.parts` each, with a function of the same name."""


def make_parts(inputs: Inputs, progress=None, names: tuple[str, ...] = PARTS) -> list[Part]:
    """Make the parts of the review.

    Parameters
    ----------
    inputs : Inputs
    progress : callable, optional
        Told (done, total, text) before each part.
    names : tuple of str
        Some of `PARTS`.

    Returns
    -------
    list of Part
        In the order of the names.

    Raises
    ------
    RenewcastError
        What a part refuses; "... of the review do not fit together" where two tables have one name or a chart has no table.
    """
    made = []
    for done, name in enumerate(names):
        if progress is not None:
            progress(done, 0, f"review: {name} ({done + 1} of {len(names)})")
        made.append(getattr(importlib.import_module(f"renewcast.review.parts.{name}"), name)(inputs))
    check_parts(made)
    return made


def check_parts(parts) -> None:
    """Refuse parts that cannot stand on one page: names must be unique, and every chart has its table in its own part.

    Raises
    ------
    RenewcastError
        "part ... of the review" does not fit together.
    """
    seen = set()
    for part in parts:
        tables = [table.name for table in part.tables]
        for name in [f"part {part.name}", *tables]:
            if name in seen:
                raise RenewcastError(f"part {part.name} of the review does not fit together: {name} is there twice.")
            seen.add(name)
        for chart in part.charts:
            if chart.table not in tables:
                raise RenewcastError(
                    f"part {part.name} of the review does not fit together: a chart asks for the table {chart.table}, "
                    "which it does not have."
                )
