"""A project's staged tables, opened: what snapshots, labels and features are asked of."""

import datetime as dt
import functools

from renewcast.datasets.elsewhere import RolledUpElsewhere
from renewcast.days import midnight
from renewcast.engine.cells import RollUp
from renewcast.engine.connect import connect
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.engine.storage import StoredCells, known_days
from renewcast.engine.visibility import known_by
from renewcast.features.build import build_features
from renewcast.features.catalogue import catalogue
from renewcast.features.derived import with_derived
from renewcast.params import Params
from renewcast.snapshots.calendar import Calendar
from renewcast.snapshots.population import LAST_SEEN, open_terms, population

PROMOTERS = Measure("feedback", "sum", where=lambda t: (t.kind == "nps") & (t.score >= 9))
"""Answers of promoters: NPS 9 or 10."""
STANDARD_GRACE_DAYS = 30
"""Grace for successors where no label names one (businesses without contracts have no terms)."""


class View:
    """The opened tables of one project.

    Parameters
    ----------
    params : Params
    staged : renewcast.sources.Staged
    spill_directory : pathlib.Path
        Where the engine may spill what does not fit into its memory limit.
    rollup_directory : pathlib.Path, optional
        Where the roll-up is stored from run to run, beside ``spill_directory``; without it everything is rolled up anew.
        Only for tables as they were staged, since what counts as unchanged is what staging digested.
    """

    def __init__(self, params: Params, staged, spill_directory, *, rollup_directory=None):
        from renewcast.sources import CONTRACTS

        self.params = params
        self.data_end = staged.data_end
        self._latest_known = {report.name: report.latest_known_at for report in staged.reports}
        self.fingerprint = staged.fingerprint
        self.calendar = Calendar(params.snapshots.first, params.snapshots.last)
        self._engine = connect(params.engine.memory_gb, params.engine.threads, spill_directory)
        tables = {name: self._engine.read_parquet(str(path), table_name=f"staged_{name}") for name, path in staged.tables.items()}
        contracts = {name: CONTRACTS[name] for name in tables}
        self._rollup_directory, self._known_days = rollup_directory, staged.known_days
        self.files, self.mapped_columns, self._spill_directory = dict(staged.tables), staged.mapped_columns, spill_directory
        self._opened, self._made = dict(tables), {}
        self.store = with_derived(tables, contracts, staged.mapped_columns, self.grace_days)
        if "terms" in self.store.tables:
            # Small, and asked for by everything: computed once.
            self.store.tables["terms"] = self.store.tables["terms"].cache()

    @functools.cached_property
    def catalogue(self):
        """The features that the tables can fill."""
        return catalogue(self.params.features.families, tuple(self.params.features.windows_days), self.store)

    @property
    def measures(self) -> list[Measure]:
        """What is rolled up, in the order in which passes are planned."""
        return measures_of(self.catalogue, self.store)

    @functools.cached_property
    def rollup(self) -> RollUp:
        """The facts of all tables, rolled up for the features of the catalogue and for what the list asks besides."""
        measures, store, origin, engine = self.measures, self.store, self.calendar.origin, self.params.engine
        elsewhere = None
        if engine.backend != "duckdb":
            contracts = {name: store.contracts[name] for name in self.files}
            elsewhere = RolledUpElsewhere(engine, self.files, contracts, origin, self._engine, self._spill_directory)
        if self._rollup_directory is None:
            if elsewhere is not None:
                return RollUp(store.tables, store.contracts, origin, measures, bases=store.bases, cells=elsewhere)
            # A table that somebody put in another's place is no longer what the file holds.
            files = {name: path for name, path in self.files.items() if store.tables[name] is self._opened[name]}
            threads = engine.threads
            return RollUp(store.tables, store.contracts, origin, measures, bases=store.bases, files=files, threads=threads)
        stored = StoredCells(
            self._rollup_directory, self._engine, store.tables, store.contracts, origin, self._known_days, compute=elsewhere
        )
        rollup = RollUp(store.tables, store.contracts, origin, measures, bases=store.bases, cells=stored)
        stored.sweep(rollup.passes())
        return rollup

    def once(self, make, as_of: dt.date):
        """Return what a function makes of this view and a day, kept until it is asked for another day."""
        day, _ = self._made.get(make, (None, None))
        if day != as_of:
            self._made[make] = as_of, make(self, as_of)
        return self._made[make][1]

    @property
    def grace_days(self) -> int:
        """Days after a term's end within which a new one continues it."""
        labels = self.params.labels
        given = (labels.churn, labels.renewal, labels.contraction, labels.expansion)
        return next((label.grace_days for label in given if label is not None), STANDARD_GRACE_DAYS)

    def outcomes_known_until(self, target: str) -> dt.datetime:
        """Return the instant up to which outcomes of a target are complete.

        It is the data end, or the last row of the table that tells the outcome, whichever comes first: where the contracts
        stop earlier than the usage, nobody renews any more, and everybody would seem to churn.
        """
        latest = self._latest_known["usage" if target == "inactivity" else "contracts"]
        latest = dt.datetime.fromisoformat(latest) if isinstance(latest, str) else latest
        return min(self.data_end, latest)

    def population(self, days: list[dt.date], *, target: str | None = None):
        """List the accounts in scope on the given snapshot days; see :func:`renewcast.snapshots.population`."""
        target = target or self.params.scoring.target
        return population(
            self.rollup,
            days,
            self.calendar,
            target=target,
            label=getattr(self.params.labels, target),
            grace_days=self.grace_days,
        )

    def features(self, snapshots, *, progress=None):
        """Compute every feature of the catalogue for snapshots (account_id, as_of); see :func:`renewcast.features.build`."""
        memory_gb = self.params.engine.memory_gb
        return build_features(
            self.catalogue, self.store, self.rollup, snapshots, self.calendar, memory_gb=memory_gb, progress=progress
        )

    def open_terms(self, days: list[dt.date]):
        """List the live, undecided terms on the given snapshot days, pandas.DataFrame with days as datetime64."""
        import ibis
        import pandas as pd

        instants = pd.DataFrame({"as_of": pd.to_datetime(days).astype("datetime64[us]")})
        accounts = self.store.tables["contracts"].select("account_id").distinct()
        frame = open_terms(self.store.tables, self.store.contracts, accounts.cross_join(ibis.memtable(instants))).to_pandas()
        frame = _with_days(frame, "starts_on", "ends_on")
        frame["mrr"] = frame["mrr"].astype("float64")
        return frame.sort_values(["account_id", "as_of", "contract_id"], ignore_index=True)

    def _as_known(self, name: str, as_of: dt.date):
        return known_by(self.store.tables[name], midnight(as_of))

    def known_days_of(self, rows) -> dict[int, str]:
        """Digest some rows by the day on which they became known; see :func:`renewcast.engine.storage.known_days`."""
        import ibis

        return known_days(ibis.get_backend(rows), rows)

    def known_contracts(self, as_of: dt.date):
        """Return the terms as known at a day: contract_id, account_id, product, starts_on, ends_on, mrr (currency units)."""
        columns = ("contract_id", "account_id", "product", "starts_on", "ends_on")
        known = self._as_known("contracts", as_of)
        # Money as decimals would travel as a million Python objects; whole cents come out of the cast as the same floats.
        return _with_days(known.select(*columns, mrr=known.mrr.cast("float64")).to_pandas(), "starts_on", "ends_on")

    def known_invoices(self, as_of: dt.date):
        """Return account_id, due_on, paid_on and amount (currency units) of the invoices; what was paid later is unpaid."""
        import pandas as pd

        known = self._as_known("invoices", as_of)
        frame = known.select("account_id", "due_on", "paid_on", amount=known.amount.cast("float64")).to_pandas()
        frame = _with_days(frame, "due_on", "paid_on")
        return frame.assign(paid_on=frame["paid_on"].where(frame["paid_on"] < pd.Timestamp(as_of)))

    def term_versions(self, as_of: dt.date):
        """Return every version of every term that was known before a day: contract_id, known_at, ends_on, is_succeeded."""
        import pandas as pd

        terms = self.store.tables["terms"]
        frame = terms.select("contract_id", "known_at", "ends_on", "is_succeeded").to_pandas()
        return _with_days(frame[frame["known_at"] < pd.Timestamp(as_of)], "ends_on")

    def known_terms(self, as_of: dt.date):
        """Return contract_id, ends_on and is_succeeded of every term, as known at a day."""
        frame = self._as_known("terms", as_of).select("contract_id", "ends_on", "is_succeeded").to_pandas()
        return _with_days(frame, "ends_on")

    def known_events(self, as_of: dt.date):
        """Return account_id and occurred_at of all usage known at a day, one row per instant."""
        usage = self._as_known("usage", as_of)
        return usage.select("account_id", "occurred_at").distinct().to_pandas()

    def known_deadlines(self, as_of: dt.date):
        """Return account_id, contract_id, ends_on, mrr, notice_days and is_succeeded of every term, as known at a day."""
        terms = self._as_known("terms", as_of)
        rows = terms.select(
            "account_id",
            "contract_id",
            "ends_on",
            mrr=terms.mrr.cast("float64"),
            notice_days="notice_days",
            is_succeeded="is_succeeded",
        )
        return _with_days(rows.to_pandas(), "ends_on").astype({"notice_days": "float64"})

    def attributes(self, as_of: dt.date):
        """Return the accounts as known at a day, indexed by account_id."""
        return self._as_known("accounts", as_of).to_pandas().set_index("account_id")

    def days_since_start(self, account_id, as_of: dt.date):
        """Return the days since each account's first term began (since sign-up, without contracts), NaN where unknown."""
        import pandas as pd

        name, column = ("contracts", "starts_on") if "contracts" in self.store.tables else ("accounts", "signed_up_at")
        known = self._as_known(name, as_of)
        started = known[column].min().cast("timestamp")
        first = known.group_by("account_id").aggregate(first=started).to_pandas().set_index("account_id")["first"]
        started = pd.to_datetime(account_id.map(first)).astype("datetime64[us]")
        return (pd.Timestamp(as_of) - started).dt.days.to_numpy(dtype="float64", na_value=float("nan"))

    def advocacy(self, account_id, as_of):
        """Count each account's promoter answers (NPS 9 or 10) in the 364 days before a day; 0 without feedback.

        ``as_of`` is a day, or a Series with the day of each account (datetime64, snapshot days).
        """
        import numpy as np

        if "feedback" not in self.store.tables:
            return np.zeros(len(account_id))
        if isinstance(as_of, dt.date):
            number = np.full(len(account_id), self.calendar.number(as_of))
        else:
            number = (as_of - self.calendar.origin).dt.days.to_numpy() // 7
        return Grid(self.rollup, account_id, number).read(PROMOTERS, 364)

    def groups(self, account_id, as_of: dt.date):
        """Return for each account the group of companies it belongs to: everything connected by parents known at a day.

        Bags and intervals draw whole groups. A group is named by its first account.
        """
        parents = self._as_known("accounts", as_of).select("account_id", "parent_account_id").to_pandas().dropna()
        head: dict[str, str] = {}

        def top(account: str) -> str:
            while head.get(account, account) != account:
                account = head[account]
            return account

        for account, parent in parents.sort_values(["account_id", "parent_account_id"]).itertuples(index=False):
            low, high = sorted((top(account), top(parent)))
            head[high] = low
        return account_id.map({account: top(account) for account in account_id.unique()})


def _with_days(frame, *columns: str):
    """Read days as datetime64, so that they compare with instants."""
    import pandas as pd

    return frame.assign(**{column: pd.to_datetime(frame[column]).astype("datetime64[us]") for column in columns})


def measures_of(features, store) -> list[Measure]:
    """List the measures that the features of a catalogue rest on, and those that the list asks for besides."""
    measures = [use[0] for feature in features.kernel for use in feature.uses]
    measures += [feature.measure for feature in features.products]
    return measures + [measure for measure in (LAST_SEEN, PROMOTERS) if measure.source in store.tables]
