"""What the week brought, in figures: what is due for renewal this quarter, who moved, who is new or gone, what is due."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from renewcast.publishing.renewals_due import RenewalsDue, quarter_end, renewals_due
from renewcast.publishing.supplement import Supplement


@dataclass(frozen=True)
class Mover:
    """An account that moved: its probability now and on the last list, and why."""

    account_id: str
    account_name: str | None
    owner: str | None
    arr: float | None
    now: float | None
    before: float | None
    why: str | None


@dataclass(frozen=True)
class WeekFigures:
    """The movers and what is due, each largest first by the ARR that moved or is at stake."""

    quarter: RenewalsDue
    up: tuple
    down: tuple
    new: tuple
    gone: tuple
    due: tuple
    due_count: int


def week_figures(table: pa.Table, supplement: Supplement, as_of: dt.date) -> WeekFigures:
    """Work the figures out.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    supplement : Supplement
    as_of : datetime.date

    Returns
    -------
    WeekFigures
        ``due`` are the accounts whose play is to begin before the next list (7 days), or should have begun already.

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> week_figures(SCHEMA.empty_table(), Supplement(), dt.date(2026, 6, 29)).quarter.until
    datetime.date(2026, 6, 30)
    """
    moved = {kind: _movers(table.filter(pc.equal(table["movement"], kind))) for kind in ("up", "down", "new")}
    week = pc.less(table["due_on"], pa.scalar(as_of + dt.timedelta(7), pa.date32()))
    due = table.filter(pc.fill_null(week, False)).sort_by([("due_on", "ascending"), ("rank", "ascending")])
    return WeekFigures(
        quarter=renewals_due(table, as_of, quarter_end(as_of)),
        up=moved["up"],
        down=moved["down"],
        new=moved["new"],
        gone=_gone(supplement.gone),
        due=tuple(due.slice(0, 50).select(["account_id", "account_name", "owner", "play", "due_on"]).to_pylist()),
        due_count=due.num_rows,
    )


def _movers(rows):
    """By how much ARR at risk came or went, and those of equal weight as on the list."""
    names = ("account_id", "account_name", "owner", "arr", "churn_probability", "churn_probability_last_list", "change_reason")
    found = [Mover(*row) for row in zip(*(rows[name].to_pylist() for name in names), strict=True)]
    weight = [abs((one.now or 0) - (one.before or 0)) * (one.arr or 0) for one in found]
    return tuple(found[place] for place in sorted(range(len(found)), key=lambda place: -weight[place]))


def _gone(frame):
    if frame is None or not len(frame):
        return ()
    clean = frame.astype(object).where(frame.notna(), None)
    names = ("account_id", "account_name", "owner", "arr", "churn_probability_last_list", "why")
    found = [
        Mover(account, name, owner, arr, None, before, why)
        for account, name, owner, arr, before, why in zip(*(clean[name] for name in names), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-(one.arr or 0), one.account_id)))
