"""Which ordinary accounts are likely to rise within a quarter: a small model on past quarters, judged on later ones."""

import dataclasses

from renewcast.segments.transitions import Z, steps

USED = (
    "seat_utilization_28d",
    "usage_events_trend_28d",
    "active_users_trend_28d",
    "active_modules_28d",
    "products_held",
    "days_to_term_end",
    "milestones_done_share",
    "nps_last",
)
"""Features asked beside ARR, its growth and advocacy; those that the project does not build are left out."""
MOST_ROWS = 8000
"""Account-quarters, drawn at random, that the model learns from."""
FEWEST_EACH = 20
"""Account-quarters with, and without, an upgrade below which nothing is fitted."""
PENALTY = 10.0
"""Of the squared weights of standardised columns, against the sum of log losses."""


@dataclasses.dataclass(frozen=True, eq=False)
class Upgrades:
    """The chance of every ordinary account to be value-add or benchmark a quarter later.

    Attributes
    ----------
    accounts : pandas.DataFrame, sorted by falling chance, then account_id
        account_id, arr, upgrade_probability, low, high (90 %).
    base_rate : float
        Share of past account-quarters with an upgrade; NaN where no quarter was over.
    has_skill : bool
        Whether the model predicted later quarters better than the base rate, by more than noise; otherwise all carry that rate.
    gain, gain_error : float
        Mean gain of log loss over the base rate on the later quarters, nats an account-quarter, and its standard error; NaN where
        it was not tried.
    learnt_from, judged_by : int
        Account-quarters.
    expected : tuple of float
        Accounts expected to rise, as (low, middle, high), 90 %: quarters differ as past ones did, and by chance.
    weights : dict of str to float
        Log odds for one standard deviation of each column, the strongest first; empty without skill.
    """

    accounts: object
    base_rate: float
    has_skill: bool
    gain: float
    gain_error: float
    learnt_from: int
    judged_by: int
    weights: dict
    expected: tuple = (float("nan"),) * 3


def upgrades(view, history, features) -> Upgrades:
    """Learn on past quarters who rose, judge on the latest ones, and tell the chance of those who are ordinary now.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    history : pandas.DataFrame
        From :func:`renewcast.segments.tier_history.tier_history`; its last day is the one that the chances are told for.
    features : pandas.DataFrame
        Feature rows of that day, indexed by account_id.

    Returns
    -------
    Upgrades

    Notes
    -----
    Every row knows what was known on the first day of its quarter, every outcome was known on the first day of the next one. The
    last quarter of outcomes (two, where there are five or more) judges what was learnt from those before; then all are learnt.

    References
    ----------
    le Cessie, S. and van Houwelingen, J. C. (1992). Ridge estimators in logistic regression. Appl. Statist. 41, 191-201,
    also for the covariance of the log odds, of which the intervals are made; Wilson (1927) for the interval of the base rate.
    """
    import numpy as np
    import pandas as pd

    from renewcast.datasets.some_features import some_features
    from renewcast.revenue.cohorts import wilson

    moves = steps(history)
    moves = moves[moves["tier"] == "ordinary"].rename(columns={"quarter": "day"})
    rose = moves["next_tier"].isin(["value_add", "benchmark"])
    now = history[(history["day"] == history["day"].max()) & (history["tier"] == "ordinary")]
    accounts = now[["account_id", "arr"]].reset_index(drop=True)
    base = float(rose.mean()) if len(moves) else float("nan")
    low, high = (float(end) for end in wilson(int(rose.sum()), len(moves), Z)) if len(moves) else (float("nan"),) * 2
    flat = accounts.assign(upgrade_probability=base, low=low, high=high).sort_values("account_id", ignore_index=True)
    nothing = Upgrades(flat, base, False, float("nan"), float("nan"), 0, 0, {})
    if min(int(rose.sum()), int((~rose).sum())) < FEWEST_EACH or moves["day"].nunique() < 2:
        return nothing
    rows = moves.merge(history, on=["day", "account_id"], suffixes=("", "_then")).assign(rose=rose.to_numpy(dtype=float))
    rows = rows.sort_values(["day", "account_id"], ignore_index=True)
    if len(rows) > MOST_ROWS:
        chosen = np.random.default_rng(view.params.segments.seed).choice(len(rows), MOST_ROWS, replace=False)
        rows = rows.iloc[np.sort(chosen)].reset_index(drop=True)
    table = _columns(rows, some_features(view, rows[["account_id", "day"]].rename(columns={"day": "as_of"}), USED))
    days = sorted(rows["day"].unique())
    later = rows["day"].isin(days[-2:] if len(days) >= 5 else days[-1:]).to_numpy()
    outcome = rows["rose"].to_numpy()
    if not 0 < outcome[~later].sum() < (~later).sum():
        return nothing
    told = _Ridge(table[~later], outcome[~later]).probability(table[later])[0]
    gain = _loss(outcome[later], np.full(later.sum(), outcome[~later].mean())) - _loss(outcome[later], told)
    # Quarters of one account go together.
    per_account = pd.Series(gain).groupby(rows.loc[later, "account_id"].to_numpy()).sum().to_numpy()
    mean = float(gain.mean())
    sizes = pd.Series(gain).groupby(rows.loc[later, "account_id"].to_numpy()).size().to_numpy()
    error = float(np.sqrt(((per_account - mean * sizes) ** 2).sum())) / len(gain)
    counts = len(rows), int(later.sum())
    if mean <= Z * error:
        return dataclasses.replace(nothing, gain=mean, gain_error=error, learnt_from=counts[0], judged_by=counts[1])
    model = _Ridge(table, outcome)
    drift = _drift(outcome, model.probability(table)[0], rows["day"])
    columns = _columns(now, features.reindex(now["account_id"]).reset_index(drop=True)).reindex(columns=table.columns)
    told, low, high = model.probability(columns, drift)
    expected = _expected(told, [model.probability(columns, shift=shift)[0].sum() for shift in (-Z * drift, Z * drift)])
    accounts = accounts.assign(upgrade_probability=told, low=low, high=high)
    accounts = accounts.sort_values(["upgrade_probability", "account_id"], ascending=[False, True], ignore_index=True)
    return Upgrades(accounts, base, True, mean, error, *counts, model.weights, expected)


def _columns(rows, features):
    """Put the columns of the model together; what is not known is NaN, and known or not is a column of its own for the growth."""
    import numpy as np
    import pandas as pd

    found = {
        "arr": np.log1p(rows["arr"].to_numpy(dtype=float)),
        "arr_growth": np.clip(rows["arr_growth"].to_numpy(dtype=float), -1, 2),
        "is_new": rows["arr_growth"].isna().to_numpy(dtype=float),
        "advocacy": np.minimum(rows["advocacy"].to_numpy(dtype=float), 3),
    }
    for name in USED:
        if name in features.columns:
            found[name] = features[name].to_numpy(dtype=float)
            if name == "days_to_term_end":
                found["ends_this_quarter"] = (found[name] <= 92).astype(float)
    return pd.DataFrame(found)


def _expected(told, ends) -> tuple[float, float, float]:
    """Return how many rise: of a low quarter, of the average one, of a high one, each with the luck of so many draws."""
    import numpy as np

    middle, luck = float(told.sum()), Z * float(np.sqrt((told * (1 - told)).sum()))
    low, high = (float(np.hypot(middle - float(end), luck)) for end in ends)
    return max(middle - low, 0.0), middle, min(middle + high, float(len(told)))


def _drift(outcome, told, day) -> float:
    """Return the standard deviation between quarters, in log odds, that the model does not explain and chance does not."""
    import numpy as np
    import pandas as pd

    parts = pd.DataFrame({"score": outcome - told, "information": told * (1 - told)}).groupby(day.to_numpy()).sum()
    shift = parts["score"] / parts["information"]
    return float(np.sqrt(max(shift.var() - (1 / parts["information"]).mean(), 0.0))) if len(parts) > 1 else 0.0


def _loss(outcome, told):
    import numpy as np

    return -np.where(outcome > 0, np.log(told), np.log1p(-told))


class _Ridge:
    """Logistic regression with a ridge on standardised columns, by Newton's method; missing values at the median."""

    def __init__(self, table, outcome):
        import numpy as np

        self.names = list(table.columns)
        values = table.to_numpy(dtype=float)
        self.middle = np.nan_to_num(
            np.array([np.median(one[~np.isnan(one)]) if (~np.isnan(one)).any() else 0.0 for one in values.T])
        )
        filled = np.where(np.isnan(values), self.middle, values)
        self.mean, self.spread = filled.mean(axis=0), np.where(filled.std(axis=0) > 0, filled.std(axis=0), 1.0)
        design, penalty = self._design(table), np.full(len(self.names) + 1, PENALTY)
        penalty[0] = 1e-6
        self.weight = np.zeros(design.shape[1])
        rate = outcome.mean()
        self.weight[0] = np.log(rate / (1 - rate))
        for _ in range(50):
            told = 1 / (1 + np.exp(-np.clip(design @ self.weight, -30, 30)))
            hessian = (design * (told * (1 - told))[:, None]).T @ design + np.diag(penalty)
            step = np.linalg.solve(hessian, design.T @ (outcome - told) - penalty * self.weight)
            self.weight = self.weight + step
            if np.abs(step).max() < 1e-10:
                break
        self.covariance = np.linalg.inv(hessian)

    @property
    def weights(self) -> dict:
        order = sorted(range(len(self.names)), key=lambda at: (-abs(self.weight[at + 1]), at))
        return {self.names[at]: float(self.weight[at + 1]) for at in order}

    def probability(self, table, drift: float = 0.0, shift: float = 0.0):
        """Return the probability of each row with its 90 % interval; ``drift`` widens it, ``shift`` moves the log odds."""
        import numpy as np

        design = self._design(table)
        odds = design @ self.weight + shift
        error = np.sqrt(np.einsum("ij,jk,ik->i", design, self.covariance, design) + drift**2)
        ends = (odds, odds - Z * error, odds + Z * error)
        return tuple(1 / (1 + np.exp(-np.clip(end, -30, 30))) for end in ends)

    def _design(self, table):
        import numpy as np

        values = table.to_numpy(dtype=float)
        scaled = (np.where(np.isnan(values), self.middle, values) - self.mean) / self.spread
        return np.column_stack([np.ones(len(scaled)), np.clip(scaled, -4, 4)])
