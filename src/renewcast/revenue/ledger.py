"""The ledger of monthly recurring revenue: who pays how much at the end of each month, in whole cents, as known at a day."""

import dataclasses
import datetime as dt

import numpy as np

from renewcast.days import midnight
from renewcast.errors import RenewcastError
from renewcast.revenue.cover import close_gaps, spells, units_of
from renewcast.revenue.day_numbers import month_ends, month_of
from renewcast.revenue.known import last_told, pending_from
from renewcast.revenue.movements import NONE, WORDS, movements
from renewcast.revenue.pieces import pieces


class NoMonths(RenewcastError):
    """No month with a contract was over on the day of the ledger."""


@dataclasses.dataclass(frozen=True)
class Ledger:
    """Who pays how much at the end of each month.

    Parameters
    ----------
    as_of : datetime.date
        Only what was known before it counts, and only months that were over by then.
    definition : params.DefinitionSection
    units : pandas.DataFrame, shape (n_units,)
        account_id and product of whoever churns; product is None unless the definition's level is ``product``, and account_id
        names the group of companies where it is ``parent``.
    months : array of datetime64[M], shape (n_months,)
    cents : array of int64, shape (n_units, n_months + 1)
        Paid a month, in cents of the project's currency; column ``k + 1`` is the end of month ``k``, column 0 the beginning of
        all.
    is_customer : array of bool, shape (n_units, n_months + 1)
        In cover (gaps that the definition tolerates included), and has paid by then.
    movement : array of int8, shape (n_units, n_months)
        Number of the word in :data:`renewcast.revenue.movements.WORDS`.
    known_at : array of datetime64[us], shape (n_units, n_months)
        From when on the month has read as it does: its end, or the newest version that it rests on.
    pending_from : array of int64, shape (n_units,)
        First column that an answer may still change because the grace after an end is not over; beyond the last column for none.
    """

    as_of: dt.date
    definition: object
    units: object
    months: np.ndarray
    cents: np.ndarray
    is_customer: np.ndarray
    movement: np.ndarray
    known_at: np.ndarray
    pending_from: np.ndarray

    def frame(self):
        """Return the ledger as a table, one row per unit and month in which it is a customer at either end.

        Returns
        -------
        pandas.DataFrame
            account_id, product (level ``product`` only), month (its first day), opening_cents, movement (new, expansion,
            contraction, churn, reactivation, or none), change_cents (signed), closing_cents, is_settled (no grace is running
            that could change it), known_at; sorted by account_id, product, month. ``opening_cents + change_cents ==
            closing_cents`` in every row, and the opening is the closing of the month before.
        """
        import pandas as pd

        kept = self.is_customer[:, :-1] | self.is_customer[:, 1:] | (self.movement != NONE)
        unit, month = np.nonzero(kept)
        opening, closing = self.cents[unit, month], self.cents[unit, month + 1]
        columns = {"account_id": self.units["account_id"].to_numpy()[unit]}
        if self.definition.level == "product":
            columns["product"] = self.units["product"].to_numpy()[unit]
        columns |= {
            "month": self.months.astype("datetime64[us]")[month],
            "opening_cents": opening,
            "movement": pd.Categorical.from_codes(self.movement[unit, month], WORDS),
            "change_cents": closing - opening,
            "closing_cents": closing,
            "is_settled": month + 1 < self.pending_from[unit],
            "known_at": self.known_at[unit, month],
        }
        return pd.DataFrame(columns)


def build_ledger(versions, as_of: dt.date, section, *, zone: str, heads=None, laid=None) -> Ledger:
    """Write the ledger from the versions of the terms.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`.
    as_of : datetime.date
    section : params.RevenueSection
    zone : str
        The project's time zone: a month is over at midnight there.
    heads : dict of str to str, optional
        The account that names each account's group; needed for the level ``parent`` only.
    laid : pandas.DataFrame, optional
        What :func:`renewcast.revenue.pieces.pieces` makes of the versions, where it is known already.

    Returns
    -------
    Ledger

    Raises
    ------
    RenewcastError
        "no month of revenue ...".

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RevenueSection
    >>> section = RevenueSection.model_validate({"rates": {"stated_on": "2026-06-30", "per_unit": {}},
    ...     "corrected_within_days": 30,
    ...     "definition": {"level": "account", "grace_days": 30, "pause_days": 0, "unpaid_cover": "stays"},
    ...     "bars": {"net_dollar_retention": 1.2, "nps": 10}})
    >>> day = pd.to_datetime
    >>> versions = pd.DataFrame({"contract_id": ["c", "d"], "account_id": ["A", "A"], "product": [None, None],
    ...     "starts_on": day(["2025-01-10", "2025-03-15"]), "ends_on": day(["2025-03-10", "2025-04-15"]), "cents": [10000, 15000],
    ...     "known_at": day(["2025-01-01", "2025-03-12"]), "superseded_at": day([None, None])})
    >>> ledger = build_ledger(versions, dt.date(2025, 6, 2), section, zone="UTC").frame()
    >>> ledger[["movement", "change_cents", "closing_cents"]].values.tolist()
    [['new', 10000, 10000], ['none', 0, 10000], ['expansion', 5000, 15000], ['churn', -15000, 0]]
    """
    definition, found = section.definition, pieces(versions, section, zone=zone) if laid is None else laid
    closed, units, months, cents = closings(found, as_of, definition, zone=zone, heads=heads)
    shape = cents.shape
    owner, starts, ends = spells(
        closed["unit"].to_numpy(), closed["from_day"].to_numpy(), closed["to_day"].to_numpy(), definition.tolerated_days
    )
    covered = _ranges(owner, starts, ends, months, shape, np.ones(len(owner), dtype=np.int64)) > 0
    has_paid = np.logical_or.accumulate(cents > 0, axis=1)
    is_customer = covered & has_paid
    movement = movements(cents, is_customer, has_paid)
    return Ledger(
        as_of,
        definition,
        units,
        months.astype("datetime64[M]"),
        cents,
        is_customer,
        movement,
        last_told(versions, units, heads, definition, months, cents, month_ends(months, zone)),
        pending_from(closed, as_of, definition, months, len(units)),
    )


def closings(laid, as_of: dt.date, definition, *, zone: str, heads=None):
    """Add up what is paid at the end of each month.

    Parameters
    ----------
    laid : pandas.DataFrame
        See :func:`renewcast.revenue.pieces.pieces`.
    as_of : datetime.date
    definition : params.DefinitionSection
    zone : str
    heads : dict of str to str, optional

    Returns
    -------
    tuple
        The pieces with their unit and gaps closed; units and cents as in :class:`Ledger`, the numbers of the months between them.

    Raises
    ------
    RenewcastError
        "no month of revenue ...".
    """
    months = _months(laid, as_of, zone)
    if not len(months):
        raise NoMonths(
            f"no month of revenue was over on {as_of}, as far as the contracts tell; take a later day, or see `renewcast check`."
        )
    found = units_of(laid, definition.level, heads)
    units = found.attrs["units"]
    if definition.unpaid_cover == "churned":
        # Nothing is lost of the money: what costs nothing adds nothing.
        found = found[found["cents"] > 0].reset_index(drop=True)
    closed = close_gaps(found, definition)
    cents = _on_grid(closed, months, (len(units), len(months) + 1), closed["cents"].to_numpy()).astype(np.int64)
    return closed, units, months, cents


def _months(found, as_of: dt.date, zone: str):
    """Return the numbers of the months from that of the first term to the last that was over, in the zone, at ``as_of``."""
    if not len(found):
        return np.array([], dtype=np.int64)
    first = int(month_of(found["from_day"].min()))
    last = int(month_of(np.datetime64(as_of, "D").astype(np.int64)))
    months = np.arange(first, last + 1)
    return months[month_ends(months, zone) <= np.datetime64(midnight(as_of), "us")]


def _on_grid(rows, months, shape, values):
    return _ranges(rows["unit"].to_numpy(), rows["from_day"].to_numpy(), rows["to_day"].to_numpy(), months, shape, values)


def _ranges(unit, from_day, to_day, months, shape, values):
    """Add each row's value to the months on whose last day it holds, the month of its first day to the one before its end's."""
    first = np.clip(month_of(from_day) - months[0], 0, shape[1] - 1) + 1
    after = np.clip(month_of(to_day) - months[0], 0, shape[1] - 1) + 1
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    np.add.at(steps, (unit, first), values)
    np.subtract.at(steps, (unit, after), values)
    return np.cumsum(steps, axis=1)[:, : shape[1]]
