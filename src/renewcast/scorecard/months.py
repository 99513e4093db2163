"""What the star metrics are computed from: the months that are over, who was a customer in each, of which tier, and the facts."""

import datetime as dt
import functools

import numpy as np

from renewcast.activity.readings import features_of
from renewcast.revenue.day_numbers import month_ends
from renewcast.segments.tiers import tier

MONTHS = 36
"""No more than three years are told."""
YEAR = 12
TIERS = ("ordinary", "value_add", "benchmark")
ORDINARY, VALUE_ADD, BENCHMARK = range(3)
PROMOTER = 9
PROMOTER_DAYS = 364
DAYS_OF_USE = 28
READ = {
    "tickets": ("opened_at", "resolved_at", "first_contact_resolved", "csat"),
    "touchpoints": ("occurred_at", "kind"),
    "feedback": ("occurred_at", "kind", "score"),
    "plays": ("started_at",),
    "milestones": ("due_on", "achieved_at", "kind"),
}
"""What is read of each table, once for all metrics."""


class Months:
    """The past months of a project, as known on a day.

    Parameters
    ----------
    everyone : renewcast.datasets.known.Known
        Of every account that was known.
    ledger : renewcast.revenue.ledger.Ledger or None

    Attributes
    ----------
    months : array of datetime64[M], shape (n_months,)
        At most 36, all over by then, oldest first: those of the ledger, or without one those of the calendar.
    account_id : array of object, shape (n_accounts,)
        Sorted: every account that was known, and the units of the ledger (a group of companies where those churn).
    """

    def __init__(self, everyone, ledger=None):
        self.known, self.ledger, self.params = everyone, ledger, everyone.params
        zone = self.params.project.time_zone
        if ledger is not None:
            months = ledger.months
        else:
            first, last = (np.datetime64(day, "M") for day in (everyone.view.calendar.first, everyone.as_of.date()))
            months = np.arange(first, last + 1)
            over = month_ends(months.astype(np.int64), zone) <= np.datetime64(everyone.as_of.to_datetime64(), "us")
            months = months[over]
        self.months = months[-MONTHS:]
        self.ends = month_ends(self.months.astype(np.int64), zone)
        self.begins = month_ends(self.months.astype(np.int64) - 1, zone)
        known = everyone.accounts["account_id"].to_numpy(dtype=object)
        units = known[:0] if ledger is None else ledger.units["account_id"].to_numpy(dtype=object)
        self.account_id = np.unique(np.concatenate([known, units]).astype(str)).astype(object)
        self._tables: dict = {}
        self._facts: dict = {}

    def __len__(self) -> int:
        return len(self.months)

    # -- revenue ---------------------------------------------------------------------------------------------------

    @functools.cached_property
    def cents(self):
        """Monthly revenue at the end of each month and of the twelve before them, int64, shape (n_accounts, n_months + 12)."""
        return self._of_ledger(self.ledger.cents)

    @functools.cached_property
    def is_customer(self):
        """Whether a customer then, bool, shape (n_accounts, n_months + 12)."""
        return self._of_ledger(self.ledger.is_customer.astype(np.int64)) > 0

    def _of_ledger(self, values):
        """Add a column of the ledger up by account, from a year before the first month told; 0 before the ledger begins."""
        place = np.searchsorted(self.account_id, self.ledger.units["account_id"].to_numpy(dtype=object).astype(str))
        width = len(self.months) + YEAR
        taken = values[:, -width:]
        found = np.zeros((len(self.account_id), width), dtype=np.int64)
        np.add.at(found[:, width - taken.shape[1] :], place, taken)
        return found

    @property
    def years_known(self) -> np.ndarray:
        """Whether the ledger reaches back a year from each month, bool, shape (n_months,)."""
        return np.arange(len(self.months)) + self.ledger.cents.shape[1] - len(self.months) > YEAR

    # -- facts -----------------------------------------------------------------------------------------------------

    def has(self, *needs: str) -> bool:
        """Tell whether all columns, given as "table.column", are there and hold anything."""
        return self.known.has(*needs)

    def lacking(self, needs) -> str | None:
        """Return the first column of ``needs`` that the project lacks, None where it has them all."""
        return next((need for need in needs if not self.known.has(need)), None)

    def facts(self, table: str, *, at: str | None = None):
        """Return the visible facts of a table in the months told.

        Parameters
        ----------
        table : one of ``READ``
        at : str, optional
            The column that dates a fact; the table's event time by default. Facts without it are left out.

        Returns
        -------
        pandas.DataFrame
            The columns of ``READ``, place (of the account) and month (place among the months); sorted.
        """
        frame, at = self.rows(table), at or self.known.view.store.contracts[table].event_time
        if (table, at) in self._facts:
            return self._facts[table, at]
        instants = frame[at].to_numpy(dtype="datetime64[us]")
        month = np.searchsorted(self.ends, instants, side="right")
        first = self.begins[0] if len(self) else np.datetime64("NaT")
        inside = ~np.isnat(instants) & (month < len(self)) & (instants >= first)
        self._facts[table, at] = frame[inside].assign(month=month[inside])
        return self._facts[table, at]

    def rows(self, table: str):
        """Read all visible facts of a table, once: the columns of ``READ``, and place; sorted by place, then values."""
        import pandas as pd

        if table not in self._tables:
            rows, declared = self.known.rows(table), self.known.view.store.contracts[table].columns
            frame = rows.select("account_id", *READ[table]).to_pandas()
            keys = []
            for name in READ[table]:
                if declared[name].type in ("date", "timestamp"):
                    frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
                    keys.append(frame[name].to_numpy().astype(np.int64))
                elif declared[name].type == "number":
                    frame[name] = frame[name].astype("float64")
                    keys.append(frame[name].to_numpy())
            frame["place"] = pd.Index(self.account_id).get_indexer(frame.pop("account_id"))
            # Sums of floats depend on their order, and tables come in any.
            order = np.lexsort((*keys, frame["place"].to_numpy()))
            self._tables[table] = frame.iloc[order].reset_index(drop=True)
        return self._tables[table]

    def recorded(self, table: str, at: str | None = None) -> np.ndarray:
        """Tell which months lie after a table's first fact (or at most a week before it), bool, shape (n_months,)."""
        first = self.rows(table)[at or self.known.view.store.contracts[table].event_time].min()
        if first != first:
            return np.zeros(len(self), dtype=bool)
        return self.begins >= np.datetime64(first, "us") - np.timedelta64(7, "D")

    def count(self, frame, *, weights=None) -> np.ndarray:
        """Count, or add up, facts by month: float64, shape (n_months,)."""
        return np.bincount(frame["month"], weights=weights, minlength=len(self)).astype("float64")

    # -- tiers -----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def tiers(self):
        """The tier of each account at the end of each month, int8, shape (n_accounts, n_months); -1 for who is no customer."""
        policy, found = self.params.segments.tiers, np.full((len(self.account_id), len(self)), -1, dtype=np.int8)
        promoters = self.promoters
        for month in range(len(self)):
            here = self.is_customer[:, YEAR + month]
            now, then = self.cents[here, YEAR + month], self.cents[here, month]
            growth = np.divide(now - then, then, out=np.full(len(now), np.nan), where=then > 0)
            named = tier(12 * now / 100, growth, promoters[here, month], policy)
            found[here, month] = np.select(
                [named == TIERS[BENCHMARK], named == TIERS[VALUE_ADD]], [BENCHMARK, VALUE_ADD], ORDINARY
            )
        return found

    @functools.cached_property
    def promoters(self):
        """Count promoter answers (NPS 9 or 10) in the 364 days before each month's end, float64, shape (n_accounts, n_months)."""
        found = np.zeros((len(self.account_id), len(self) + 1))
        if not self.has("feedback.kind", "feedback.score"):
            return found[:, :-1]
        frame = self.rows("feedback")
        frame = frame[frame["kind"].eq("nps") & (frame["score"] >= PROMOTER)]
        given, place = frame["occurred_at"].to_numpy(dtype="datetime64[us]"), frame["place"].to_numpy()
        # It counts from the first end of a month after it to the last one within a year.
        first = np.searchsorted(self.ends, given, side="right")
        after = np.searchsorted(self.ends, given + np.timedelta64(PROMOTER_DAYS, "D"), side="right")
        np.add.at(found, (place, first), 1)
        np.subtract.at(found, (place, np.maximum(after, first)), 1)
        return np.cumsum(found, axis=1)[:, :-1]

    def tier_at(self, place, month, back: int = 0):
        """Return the tier of accounts (by place) so many months before some month; -1 where it is not told."""
        then = np.asarray(month) - back
        return np.where(then >= 0, self.tiers[np.asarray(place), np.maximum(then, 0)], -1)

    # -- terms and use ---------------------------------------------------------------------------------------------

    @functools.cached_property
    def due(self):
        """The terms that were due: place, month, cents (a year, whole numbers), is_renewed; settled ones only, in any order.

        A term is settled once its grace is over: then it has a successor or has none. Whole numbers add up to the same in any
        order.
        """
        import pandas as pd

        terms = self.known.view.known_deadlines(self.known.as_of.date())
        month = terms["ends_on"].to_numpy(dtype="datetime64[M]")
        settled = terms["ends_on"] + dt.timedelta(days=self.known.view.grace_days) < self.known.as_of
        inside = settled.to_numpy() & (month >= self.months[0]) & (month <= self.months[-1])
        terms, month = terms[inside], month[inside]
        place = pd.Index(self.account_id).get_indexer(terms["account_id"])
        named = {"place": place, "month": np.searchsorted(self.months, month), "cents": np.rint(1200 * terms["mrr"].to_numpy())}
        return pd.DataFrame(named | {"is_renewed": terms["is_succeeded"].to_numpy(dtype=bool)})

    @functools.cached_property
    def first_due(self):
        """When each account's first milestone of its own was due, datetime64[us], shape (n_accounts,); NaT for none."""
        frame = self.rows("milestones")
        frame = frame[frame["kind"].eq("customer") & frame["due_on"].notna()]
        found = np.full(len(self.account_id), np.datetime64("NaT"), dtype="datetime64[us]")
        first = frame.groupby("place")["due_on"].min()
        found[first.index.to_numpy()] = first.to_numpy()
        return found

    @functools.cached_property
    def is_settled(self) -> np.ndarray:
        """Whether all terms that ended in each month are settled, bool, shape (n_months,)."""
        return self.ends + np.timedelta64(self.known.view.grace_days + 1, "D") <= np.datetime64(self.known.as_of, "us")

    @functools.cached_property
    def daily_active(self) -> np.ndarray:
        """Accounts active on a day, on average over the 28 days before the last snapshot of each month, float64, (n_months,).

        The sum of the feature `active_days` over all accounts, divided by its window; NaN before the usage begins.
        """
        import pandas as pd

        view, found = self.known.view, np.full(len(self), np.nan)
        windows = [days for days in self.params.features.windows_days if days <= DAYS_OF_USE]
        name = f"active_days_{max(windows, default=0)}d"
        if name not in {spec.name for spec in view.catalogue.specs}:
            return found
        days = view.calendar.days(self.known.as_of.date())
        at = np.array(days, dtype="datetime64[D]").astype("datetime64[us]")
        last = np.searchsorted(at, self.ends, side="right") - 1
        told = (last >= 0) & (at[np.maximum(last, 0)] > self.begins)
        ids = self.known.accounts["account_id"].to_numpy(dtype=object)
        chosen = at[last[told]]
        rows = pd.DataFrame({"account_id": np.repeat(ids, len(chosen)), "as_of": np.tile(chosen, len(ids))})
        if len(rows):
            values = features_of(view, rows, [name])[name].to_numpy()
            found[told] = values.reshape(len(ids), len(chosen)).sum(axis=0) / max(windows)
        # Before the first use on record, and in the month in which it begins, nothing is told.
        begun = np.logical_or.accumulate(np.nan_to_num(found) > 0)
        return np.where(np.append(False, begun[:-1]), found, np.nan)
