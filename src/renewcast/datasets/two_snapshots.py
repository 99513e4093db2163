"""One snapshot and a later one, and the steps between them: what was told late, what the calendar did, what was new."""

import dataclasses
import datetime as dt
import functools

from renewcast.days import midnight
from renewcast.engine.cells import RollUp
from renewcast.engine.hindsight import hindsight, late_accounts
from renewcast.features.build import build_features
from renewcast.features.catalogue import Catalogue
from renewcast.features.derived import with_derived
from renewcast.snapshots.population import population


class TwoSnapshots:
    """Features of accounts at an earlier snapshot, as far as a later one explains them.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    target : str
        Of the list; says who is gated.
    before, now : datetime.date
        Snapshot days, ``before`` < ``now``.

    Notes
    -----
    Nothing is stored: the tables know two times, so what was known then is read from them again.
    """

    def __init__(self, view, target: str, before: dt.date, now: dt.date):
        self.before, self.now = before, now
        self._view, self._target = view, target
        self._numbers = view.calendar.number(before), view.calendar.number(now)

    def then(self, account_id):
        """Return the features and the gates of accounts at the earlier snapshot, as it saw them.

        Parameters
        ----------
        account_id : array of str, shape (n,)

        Returns
        -------
        pandas.DataFrame, shape (n, n_features)
        array of bool, shape (n,)
        """
        features = self._view.features(_rows(account_id, self.before))
        return features, _gated(self._view.population([self.before], target=self._target), account_id)

    def late(self, account_id):
        """Say which of the accounts were told something late between the snapshots, array of bool, shape (n,)."""
        import numpy as np

        return np.isin(np.asarray(account_id, dtype=str), late_accounts(self._view.rollup, *self._numbers))

    def told_late(self, account_id):
        """Return the features at the earlier snapshot had all that was told late been known by then."""
        view = self._view
        rollup, snapshots = hindsight(view.rollup, *self._numbers), _rows(account_id, self.before)
        return build_features(
            view.catalogue, view.store, rollup, snapshots, view.calendar, memory_gb=view.params.engine.memory_gb
        )

    def by_the_clock(self, account_id):
        """Return what the calendar made, by the later snapshot, of what the earlier one knew of accounts and terms.

        Parameters
        ----------
        account_id : array of str, shape (n,)

        Returns
        -------
        pandas.DataFrame, shape (n, n_clockwork)
            The features that follow from the date and the known terms alone.
        array of bool, shape (n,)
            Whether the known cover outlasts the horizon of the later snapshot; False where it is over.
        """
        import numpy as np

        view, store = self._view, self._frozen
        groups = []
        for group in view.catalogue.rows:
            kept = tuple(spec for spec in group.specs if spec.is_clockwork)
            groups += [dataclasses.replace(group, specs=kept)] if kept else []
        chosen = Catalogue([], groups, [], [])
        snapshots = _rows(account_id, self.now)
        rollup = RollUp(store.tables, store.contracts, view.calendar.origin)
        features = build_features(chosen, store, rollup, snapshots, view.calendar, memory_gb=view.params.engine.memory_gb)
        if self._target == "inactivity":
            return features, np.zeros(len(features), dtype=bool)
        label = getattr(view.params.labels, self._target)
        scope = population(rollup, [self.now], view.calendar, target=self._target, label=label, grace_days=view.grace_days)
        return features, _gated(scope, account_id)

    @functools.cached_property
    def _frozen(self):
        """The tables of accounts and contracts, with nothing in them that became known since the earlier snapshot."""
        import ibis

        view, cut = self._view, midnight(self.before)
        tables = {}
        for name in ("accounts", "contracts"):
            if name in view.store.tables:
                table = view.store.tables[name]
                table = table.filter(table.known_at < cut)
                stays = table.superseded_at.isnull() | (table.superseded_at >= cut)
                tables[name] = table.mutate(superseded_at=ibis.ifelse(stays, ibis.null("timestamp"), table.superseded_at))
        contracts = {name: view.store.contracts[name] for name in tables}
        store = with_derived(tables, contracts, {name: view.store.mapped[name] for name in tables}, view.grace_days)
        if "terms" in store.tables:
            store.tables["terms"] = store.tables["terms"].cache()
        return store


def _rows(account_id, day: dt.date):
    import pandas as pd

    rows = pd.DataFrame({"account_id": pd.Series(list(account_id), dtype=object)})
    return rows.assign(as_of=pd.Timestamp(day).as_unit("us"))


def _gated(scope, account_id):
    """Read the gates of accounts from a population; an account that is not in it is not gated."""
    import numpy as np

    gated = dict(zip(scope["account_id"], scope["gated"], strict=True))
    return np.array([bool(gated.get(account, False)) for account in account_id], dtype=bool)
