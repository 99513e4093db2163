"""Cohorts: who began together, how many are still active so many periods later, and how one compares with another (C1-C4)."""

import dataclasses

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.revenue import survival
from renewcast.revenue.periods import name_of

_NOT_KNOWN = "not known"


@dataclasses.dataclass(frozen=True)
class Cohorts:
    """Accounts by the period in which they began, or by an attribute, and what was seen of them at each age.

    Parameters
    ----------
    period : {"week", "month", "quarter", "year"}
    account_id : array of object, shape (n,)
    cohort : array of object, shape (n,)
        The name of each account's cohort.
    began : array of int64, shape (n,)
        Number of the period in which it began: age 0.
    observed : array of int64, shape (n,)
        The last age that was over at the ledger's day.
    active : array of bool, shape (n, n_ages)
        False beyond ``observed``.
    cents : array of int64, shape (n, n_ages), or None
        Monthly revenue at the end of each age, where cohorts are of contracts.
    duration, is_lost : arrays, shape (n,)
        See :func:`renewcast.revenue.survival.life_table`.
    """

    period: str
    account_id: np.ndarray
    cohort: np.ndarray
    began: np.ndarray
    observed: np.ndarray
    active: np.ndarray
    cents: np.ndarray | None
    duration: np.ndarray
    is_lost: np.ndarray

    @property
    def names(self) -> list[str]:
        """The cohorts, in order."""
        return sorted(set(self.cohort))

    def table(self):
        """Return how many of each cohort are active at each age.

        Returns
        -------
        pandas.DataFrame, one row per cohort and age of which something was seen
            cohort, age, size, observed (accounts whose age was over), active, retention (their share), low, high (90 % interval),
            band_low, band_high (90 % for all ages of the cohort at once), is_mature (the age was over for all of them), and, of
            contracts, dollar_retention (revenue divided by that of age 0, of those observed) and gap (dollars less logos).

        References
        ----------
        Wilson, Probable inference (1927), for the intervals; the bands spend their error on all ages alike (Bonferroni).
        """
        import pandas as pd
        from scipy.stats import norm

        ages, rows = np.arange(self.active.shape[1]), []
        for name in self.names:
            mine = self.cohort == name
            seen = self.observed[mine, None] >= ages
            observed, active = seen.sum(axis=0), (self.active[mine] & seen).sum(axis=0)
            kept = observed > 0
            part = pd.DataFrame({"cohort": name, "age": ages, "size": int(mine.sum()), "observed": observed, "active": active})
            part["retention"] = active / np.maximum(observed, 1)
            part["low"], part["high"] = wilson(active, observed, norm.ppf(0.95))
            part["band_low"], part["band_high"] = wilson(active, observed, norm.ppf(1 - 0.05 / max(kept.sum(), 1)))
            part["is_mature"] = observed == mine.sum()
            if self.cents is not None:
                first = np.where(seen, self.cents[mine, :1], 0).sum(axis=0)
                now = np.where(seen, self.cents[mine], 0).sum(axis=0)
                part["dollar_retention"] = np.divide(now, first, out=np.full(len(ages), np.nan), where=first > 0)
                part["gap"] = part["dollar_retention"] - part["retention"]
            rows.append(part[kept])
        return pd.concat(rows, ignore_index=True)

    def triangle(self, measure: str = "retention"):
        """Return one measure of :meth:`table` with a row a cohort and a column an age; NaN where the age is not over for all."""
        table = self.table()
        return table[table["is_mature"]].pivot(index="cohort", columns="age", values=measure)

    def curve(self, cohort: str | None = None):
        """Return the life table of one cohort, or of all accounts; see :func:`renewcast.revenue.survival.life_table`."""
        mine = self._members(cohort)
        return survival.life_table(self.duration[mine], self.is_lost[mine])

    def compare(self, one: str, other: str) -> dict:
        """Test one cohort against another; see :func:`renewcast.revenue.survival.log_rank`.

        Returns
        -------
        dict
            statistic, p_value, age (the last that both were seen at), survival_one, survival_other, and ``stays_longer``: the
            name of the cohort that is lost more slowly, None where they do not differ (p above 0.05).
        """
        a, b = self._members(one), self._members(other)
        test = survival.log_rank((self.duration[a], self.is_lost[a]), (self.duration[b], self.is_lost[b]))
        first, second = self.curve(one), self.curve(other)
        age = min(len(first), len(second))
        shares = [float(curve["survival"].iloc[age - 1]) if age else 1.0 for curve in (first, second)]
        longer = None if not test["p_value"] < 0.05 else one if test["statistic"] < 0 else other
        return {**test, "age": age, "survival_one": shares[0], "survival_other": shares[1], "stays_longer": longer}

    def comparisons(self):
        """Compare every cohort with the one before it, p-values corrected for how many comparisons there are (Holm 1979).

        Returns
        -------
        pandas.DataFrame
            cohort, before, age, survival, survival_before, statistic (negative: the cohort is lost more slowly), p_value,
            adjusted_p_value.
        """
        import pandas as pd

        rows = []
        for before, name in zip(self.names, self.names[1:], strict=False):
            told = self.compare(name, before)
            shown = {"age": told["age"], "survival": told["survival_one"], "survival_before": told["survival_other"]}
            tested = {"statistic": told["statistic"], "p_value": told["p_value"]}
            rows.append({"cohort": name, "before": before, **shown, **tested})
        names = ["cohort", "before", "age", "survival", "survival_before", "statistic", "p_value"]
        frame = pd.DataFrame(rows, columns=names)
        frame["adjusted_p_value"] = holm(frame["p_value"].to_numpy(dtype=np.float64))
        return frame

    def lift(self, age: int):
        """Say how much better than the others each cohort is kept at an age (C8: what a campaign's customers are worth).

        Parameters
        ----------
        age : int

        Returns
        -------
        pandas.DataFrame
            cohort, observed, active, retention, rest (retention of all others), lift (their ratio), p_value (Fisher's exact
            test), adjusted_p_value (Holm).

        Raises
        ------
        RenewcastError
            "no cohort was seen at age ...".
        """
        import pandas as pd
        from scipy.stats import fisher_exact

        seen = self.observed >= age
        if not seen.any() or age >= self.active.shape[1]:
            oldest = int(self.observed.max(initial=0))
            raise RenewcastError(f"no cohort was seen at age {age}; the oldest was seen up to {oldest}.")
        rows = []
        for name in sorted(set(self.cohort[seen])):
            mine, rest = seen & (self.cohort == name), seen & (self.cohort != name)
            active, others = int(self.active[mine, age].sum()), int(self.active[rest, age].sum())
            share = active / mine.sum()
            other = others / rest.sum() if rest.any() else float("nan")
            counts = [[active, int(mine.sum()) - active], [others, int(rest.sum()) - others]]
            tested = fisher_exact(counts).pvalue if rest.any() else float("nan")
            ratio = share / other if other > 0 else float("nan")
            counted = {"cohort": name, "observed": int(mine.sum()), "active": active}
            rows.append({**counted, "retention": share, "rest": other, "lift": ratio, "p_value": float(tested)})
        frame = pd.DataFrame(rows)
        frame["adjusted_p_value"] = holm(frame["p_value"].to_numpy(dtype=np.float64))
        return frame

    def early_loss(self, first_ages: int, cohort: str | None = None) -> dict:
        """Say which share of the loss falls into the first periods; see :func:`renewcast.revenue.survival.early_loss`."""
        mine = self._members(cohort)
        return survival.early_loss(self.duration[mine], self.is_lost[mine], first_ages)

    def settles(self, cohort: str | None = None, *, tolerance: float = 0.01, seed: int = 0) -> dict:
        """Say at which age retention settles; see :func:`renewcast.revenue.survival.settles`."""
        mine = self._members(cohort)
        return survival.settles(self.duration[mine], self.is_lost[mine], tolerance=tolerance, seed=seed)

    def _members(self, cohort):
        if cohort is None:
            return np.ones(len(self.cohort), dtype=bool)
        mine = self.cohort == cohort
        if not mine.any():
            raise RenewcastError(f"there is no cohort {cohort!r}; there are {', '.join(self.names[:12])}.")
        return mine


def wilson(part, whole, z: float):
    """Return Wilson's interval of a share; 0 and 1 where nobody was seen.

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson(np.array(5), np.array(10), 1.645)]
    [0.269, 0.731]
    """
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    n = np.maximum(whole, 1)
    share = part / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    seen = whole > 0
    # At none and at all the ends are 0 and 1 exactly, which rounding would miss.
    low = np.where(seen & (part > 0), np.maximum(middle - half, 0), 0.0)
    return low, np.where(seen & (part < whole), np.minimum(middle + half, 1), 1.0)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Correct p-values for how many they are (Holm 1979); NaN stays NaN.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, float("nan"), 0.03])).round(2).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    found = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = (len(order) - np.arange(len(order))) * p_values[order]
    found[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return found


def named_cohorts(began, attribute, period: str):
    """Name each account's cohort: the period in which it began, or its attribute where one is given."""
    if attribute is None:
        names = {number: name_of(int(number), period) for number in np.unique(began)}
        return np.array([names[number] for number in began], dtype=object)
    return np.array([_NOT_KNOWN if one is None or one != one else str(one) for one in attribute], dtype=object)
