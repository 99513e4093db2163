"""A project's snapshots over many days, computed once and then cut: what a backtest asks again and again."""

import datetime as dt


class Panel:
    """A view whose population, open terms and features were computed for some days at once.

    Stands in for :class:`renewcast.datasets.view.View` wherever only these days are asked for; everything else it passes on. A
    row of a snapshot is the same whatever other rows are computed beside it, so what it gives is what the view would give.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    target : one of ``training_set.TARGETS``
    days : iterable of datetime.date
        Snapshot days.
    progress : callable, optional
        Called with (done, total, text).
    """

    def __init__(self, view, target: str, days, *, progress=None):
        import pandas as pd

        days = sorted(set(days))
        self._view, self._target = view, target
        self._terms = view.open_terms(days) if target == "renewal" else None
        self._population = None if target == "renewal" else view.population(days, target=target)
        if target == "renewal":
            keys = self._terms[["account_id", "as_of"]].drop_duplicates()
        else:
            keys = self._population.loc[self._population["is_eligible"], ["account_id", "as_of"]]
        keys = keys.reset_index(drop=True)
        self._features = view.features(keys, progress=progress)
        self._place = pd.MultiIndex.from_frame(keys)

    def __getattr__(self, name: str):
        return getattr(self._view, name)

    def population(self, days: list[dt.date], *, target: str | None = None):
        """Return the rows of :meth:`View.population` of some of the days."""
        return _of_days(self._population, days)

    def open_terms(self, days: list[dt.date]):
        """Return the rows of :meth:`View.open_terms` of some of the days."""
        return _of_days(self._terms, days)

    def features(self, snapshots, *, progress=None):
        """Return the features of scored accounts (account_id, as_of) of the days, indexed as ``snapshots``."""
        import pandas as pd

        wanted = pd.MultiIndex.from_frame(snapshots[["account_id", "as_of"]])
        place = self._place.get_indexer(wanted)
        if (place < 0).any():
            raise KeyError(f"the panel does not hold {wanted[place < 0][0]}")
        return self._features.take(place).set_axis(snapshots.index)


def _of_days(frame, days):
    import pandas as pd

    return frame[frame["as_of"].isin(pd.to_datetime(days))].reset_index(drop=True)
