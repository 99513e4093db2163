"""What is said about a list besides its rows, and what publishing it returned."""

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from renewcast.days import iso_week
from renewcast.errors import RenewcastError

WEEK = r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"
"""How a week is written."""


@dataclass(frozen=True)
class ListFacts:
    """What a reader must know about a list, and the key that tells one run from another.

    Parameters
    ----------
    project : str
    week : str
        ISO week, for example "2026-W27"; it names the folder and must hold ``as_of``.
    as_of : datetime.date
    language : {"en", "zh"}
        Of the page and the spreadsheet.
    currency : str
        Three letters, for example "USD"; the money columns are in it.
    target : {"churn", "inactivity"}
    banners : list of str
        Warnings shown on top of the page and the spreadsheet, gravest first; any banner makes the list "degraded".
    model : dict
        Facts about the model: model_version, trained_as_of, auc, log_loss, base_rate, ranked_by and others; JSON values or days.
    run_key : str
        Digest of every input of the run; the same key in the same week publishes nothing new.
    notes : list of str
    made_from : dict
        What the list can be made again from, by digest; see :mod:`renewcast.made_from`. No reader sees it.

    Raises
    ------
    RenewcastError
        "week ... is not an ISO week", "as_of ... lies in ..." or "language ... is not en or zh".

    Examples
    --------
    >>> ListFacts(project="demo", week="2026-W27", as_of=dt.date(2026, 7, 6), language="en", currency="USD",
    ...           target="churn", run_key="k")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: as_of 2026-07-06 lies in 2026-W28, not in 2026-W27; publish it under its own week.
    """

    project: str
    week: str
    as_of: dt.date
    language: str
    currency: str
    target: str
    run_key: str
    banners: list = field(default_factory=list)
    model: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    made_from: dict = field(default_factory=dict)

    def __post_init__(self):
        check_week(self.week)
        if iso_week(self.as_of) != self.week:
            raise RenewcastError(
                f"as_of {self.as_of} lies in {iso_week(self.as_of)}, not in {self.week}; publish it under its own week."
            )
        if self.language not in ("en", "zh"):
            raise RenewcastError(f"language {self.language!r} is not en or zh; change project.language in params.yaml.")
        if self.target not in ("churn", "inactivity"):
            raise RenewcastError(f"target {self.target!r} is not churn or inactivity; change scoring.target in params.yaml.")
        if not self.run_key:
            raise RenewcastError("run_key is empty; give the digest of the run's inputs.")


@dataclass(frozen=True)
class Published:
    """One revision of one week's list.

    Parameters
    ----------
    week : str
    revision : int
        1 for the week's first list, 2 after its inputs changed, and so on; none is ever rewritten.
    list_dir : pathlib.Path
        The folder of its files.
    status : {"published", "unchanged"}
        "unchanged": this very list was already there, and nothing was written.
    """

    week: str
    revision: int
    list_dir: Path
    status: str


def check_week(week: str) -> None:
    """Refuse a week that is not written as 2026-W27; a week becomes a folder name, so nothing else may pass.

    Raises
    ------
    RenewcastError
        "week ... is not an ISO week".

    Examples
    --------
    >>> check_week("../etc")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: week '../etc' is not an ISO week; write it as 2026-W27.
    """
    if not isinstance(week, str) or not re.fullmatch(WEEK, week):
        raise RenewcastError(f"week {week!r} is not an ISO week; write it as 2026-W27.")


def facts_as_json(about: ListFacts) -> dict:
    """Return the facts as plain JSON values; days become text.

    Raises
    ------
    RenewcastError
        "the model's facts cannot be written as JSON", for example a NaN.

    Examples
    --------
    >>> about = ListFacts(project="demo", week="2026-W27", as_of=dt.date(2026, 6, 29), language="en", currency="USD",
    ...                   target="churn", run_key="k", model={"trained_as_of": dt.date(2026, 3, 30)})
    >>> facts_as_json(about)["model"]
    {'trained_as_of': '2026-03-30'}
    """
    facts = {
        "project": about.project,
        "week": about.week,
        "as_of": about.as_of,
        "language": about.language,
        "currency": about.currency,
        "target": about.target,
        "run_key": about.run_key,
        "banners": list(about.banners),
        "model": dict(about.model),
        "notes": list(about.notes),
        "made_from": dict(about.made_from),
    }
    try:
        return json.loads(json.dumps(facts, default=_plain, allow_nan=False, ensure_ascii=True))
    except (TypeError, ValueError) as refused:
        raise RenewcastError(
            f"The facts of list {about.week} cannot be written as JSON ({refused}); give text, whole or finite numbers and days."
        ) from None


def _plain(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
