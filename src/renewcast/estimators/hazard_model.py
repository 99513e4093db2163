"""The discrete-time hazard on any table, as a scikit-learn estimator: survival curves from durations, censored or not."""

import json

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, check_is_fitted, column_or_1d, validate_data

from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.any_table import Columns, UnfitTable, as_table
from renewcast.estimators.boosted import Trees
from renewcast.estimators.hazard import Hazard
from renewcast.estimators.person_period import Periods

# Person-periods are predicted in parts of so many, so that a long table with many periods fits into memory.
ROWS_AT_ONCE = 200_000
# Whole-number weights are numbers of rows as long as there are no more rows than this many times those given.
MOST_COPIES = 10


class HazardModel(BaseEstimator):
    """Predict how long something lasts: a survival curve, a risk and an expected lifetime for each row of any table.

    Time is cut into periods: every time at which something ended or, where these are many, quantiles of them. In each
    period the chance of ending, for those who reach it, is half bagged trees and half logistic regressions. Rows whose end was
    not seen count in every period for which they were. Without features the curve is that of Kaplan and Meier.

    Parameters
    ----------
    fits : int
        Bagged fits of the trees.
    num_leaves, min_rows_per_leaf : int
    learning_rate : float in (0, 1]
    max_rounds : int
        Most rounds of boosting; how many are used is found on folds of groups.
    max_periods : int
    random_state : int
        0 is a seed like any other. The same rows in any order give the same model.

    Attributes
    ----------
    periods_ : Periods
    feature_names_in_ : array of str
        Only where the table had names.
    n_features_in_ : int

    Examples
    --------
    >>> table = pd.DataFrame({"plan": ["pro", "free"] * 60})
    >>> months = np.where(table["plan"] == "pro", 6, 2) + np.arange(120) % 3
    >>> model = HazardModel(fits=2).fit(table, duration=months, event=np.arange(120) % 5 > 0)
    >>> pro, free = model.predict_survival(table[:2], [4])[:, 0]
    >>> bool(pro > 0.9), bool(free < 0.3)
    (True, True)
    """

    def __init__(
        self,
        *,
        fits=5,
        num_leaves=15,
        min_rows_per_leaf=20,
        learning_rate=0.1,
        max_rounds=300,
        max_periods=40,
        random_state=0,
    ):
        self.fits = fits
        self.num_leaves = num_leaves
        self.min_rows_per_leaf = min_rows_per_leaf
        self.learning_rate = learning_rate
        self.max_rounds = max_rounds
        self.max_periods = max_periods
        self.random_state = random_state

    def __sklearn_tags__(self):
        """Say what may be given: missing values and text, and durations, which are never negative."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        tags.target_tags.required = True
        tags.target_tags.positive_only = True
        return tags

    def fit(self, X, y=None, *, duration=None, event=None, sample_weight=None, groups=None):
        """Cut time into periods and learn the hazard of each.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        y : array, optional
            As in scikit-survival: a structured array of a boolean field (the end was seen) and a number (the duration), or two
            columns in that order. One column is durations that all ended. Leave it out where ``duration`` is given.
        duration : array of float >= 0, shape (n,)
        event : array of bool, shape (n,), optional
            False where the end was not seen yet; by default all were.
        sample_weight : array of float >= 0, shape (n,), optional
            Whole numbers are numbers of rows: 2 is the same as the row standing twice, 0 as its absence.
        groups : array, shape (n,), optional
            Whose row it is. Folds and bags draw whole groups; each row is a group of its own by default.

        Returns
        -------
        HazardModel

        Raises
        ------
        ValueError
            No duration, negative or missing ones, no end at all, or rows that do not match; in one sentence that says what to do.
        """
        table = self._table(X, reset=True)
        duration, event = _durations(y, duration, event)
        check_consistent_length(table, duration, event)
        weight = _check_sample_weight(sample_weight, table, dtype=np.float64, ensure_non_negative=True)
        if not event[weight > 0].any():
            raise UnfitTable("No row of any weight ended, so there is no hazard to learn; bring rows whose end was seen.")
        self.columns_ = Columns.learn(table)
        self.time_name_ = "time"
        while self.time_name_ in table.columns:
            self.time_name_ += "_"
        at = _people(self.columns_.read(table), duration, event, weight, groups)
        self.periods_ = Periods.learn(at["duration"], at["event"], self.max_periods)
        row, period, died, exposure = self.periods_.expand(at["duration"], at["event"])
        rows = TrainingRows(
            features=self._person_periods(at["features"], row, period),
            label=died,
            account_id=at["name"][row],
            group=at["group"][row],
            as_of=period.astype("datetime64[s]"),
            gated=np.zeros(len(row), dtype=bool),
            weight=at["weight"][row] * exposure,
        )
        trees = Trees(self.random_state, self.fits, self.num_leaves, self.min_rows_per_leaf, self.learning_rate)
        specs = (*self.columns_.specs, InputSpec(self.time_name_, self.time_name_, False))
        self.hazard_ = Hazard(specs, trees, self.max_rounds).fit(rows, period, len(self.periods_.ends))
        return self

    def predict_hazard(self, X) -> np.ndarray:
        """Return the chance of ending in each period for those who reach it, shape (n, n_periods)."""
        check_is_fitted(self)
        features = self.columns_.read(self._table(X, reset=False))
        n_periods = len(self.periods_.ends)
        at_once = max(ROWS_AT_ONCE // n_periods, 1)
        found = np.empty((len(features), n_periods))
        for start in range(0, len(features), at_once):
            n = min(at_once, len(features) - start)
            row, period = np.repeat(np.arange(n), n_periods), np.tile(np.arange(n_periods), n)
            part = self._person_periods(features.iloc[start : start + n], row, period)
            found[start : start + n] = self.hazard_.predict(part, period).reshape(n, n_periods)
        return found

    def predict_survival(self, X, times) -> np.ndarray:
        """Return the chance of lasting longer than each time.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        times : array of float >= 0, shape (n_times,)
            After the last time at which anything ended, the curve stays where it is.

        Returns
        -------
        array of float in [0, 1], shape (n, n_times)
            Never rising where ``times`` ascend.
        """
        times = np.atleast_1d(np.asarray(times, dtype=float))
        if np.isnan(times).any() or (times < 0).any():
            raise UnfitTable("times must be numbers of at least 0; remove the others.")
        return self.periods_.survival(self.predict_hazard(X), times)

    def risk(self, X) -> np.ndarray:
        """Return a score that is higher the sooner a row ends: its cumulative hazard, summed over the periods, shape (n,).

        References
        ----------
        Ishwaran et al., Random survival forests, Annals of Applied Statistics 2, 2008: ensemble mortality.
        """
        return self.predict_hazard(X).cumsum(axis=1).sum(axis=1)

    def predict(self, X) -> np.ndarray:
        """Return ``risk(X)``, as estimators of scikit-survival do."""
        return self.risk(X)

    def expected_lifetime(self, X, limit: float | None = None) -> np.ndarray:
        """Return the expected duration up to a limit: the area under the survival curve.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        limit : float, optional
            By default the last time at which anything ended, beyond which nothing is known.

        Returns
        -------
        array of float, shape (n,)
        """
        hazard = self.predict_hazard(X)
        return self.periods_.mean_lifetime(hazard, float(self.periods_.ends[-1] if limit is None else limit))

    def to_state(self) -> dict[str, bytes]:
        """Return ``hazard_model.json`` and the hazard's files: JSON and Booster text, no pickle."""
        check_is_fitted(self)
        names = self.feature_names_in_.tolist() if hasattr(self, "feature_names_in_") else None
        content = {
            "params": self.get_params(),
            "columns": {"numeric": self.columns_.numeric, "categorical": self.columns_.categorical},
            "ends": self.periods_.ends.tolist(),
            "exact": self.periods_.exact,
            "time_name": self.time_name_,
            "n_features_in": self.n_features_in_,
            "feature_names_in": names,
        }
        return {"hazard_model.json": json.dumps(content).encode()} | self.hazard_.to_state()

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "HazardModel":
        """Rebuild from its files. LightGBM's reader trusts its input: check where they come from first."""
        content = json.loads(state["hazard_model.json"])
        model = cls(**content["params"])
        model.columns_ = Columns(*(tuple(content["columns"][kind]) for kind in ("numeric", "categorical")))
        model.periods_ = Periods(np.array(content["ends"]), content["exact"])
        model.time_name_, model.n_features_in_ = content["time_name"], content["n_features_in"]
        if content["feature_names_in"] is not None:
            model.feature_names_in_ = np.array(content["feature_names_in"], dtype=object)
        model.hazard_ = Hazard.from_state(state)
        return model

    def _table(self, X, *, reset: bool) -> pd.DataFrame:
        """Read a table; columns of a frame are found by name and may stand in another order."""
        if not reset and hasattr(self, "feature_names_in_") and set(self.feature_names_in_) <= set(getattr(X, "columns", ())):
            X = X[list(self.feature_names_in_)]
        table = as_table(X)
        validate_data(self, X, reset=reset, skip_check_array=True)
        return table.set_axis([*getattr(self, "feature_names_in_", table.columns)], axis=1)

    def _person_periods(self, features: pd.DataFrame, row: np.ndarray, period: np.ndarray) -> pd.DataFrame:
        return features.iloc[row].reset_index(drop=True).assign(**{self.time_name_: self.periods_.ends[period]})


def _durations(y, duration, event) -> tuple[np.ndarray, np.ndarray]:
    """Read durations and whether their end was seen, from either form."""
    if (y is None) == (duration is None):
        raise UnfitTable("requires y to be passed, but the target y is None; give either y or duration, and not both.")
    if y is not None:
        fields = getattr(getattr(y, "dtype", None), "names", None)
        y = np.column_stack([y[name].astype(float) for name in fields]) if fields else np.asarray(y)
        event, duration = (y[:, 0], y[:, 1]) if y.ndim == 2 and y.shape[1] == 2 else (event, column_or_1d(y, warn=True))
    try:
        duration = column_or_1d(duration).astype(float)
        event = np.ones(len(duration)) if event is None else column_or_1d(event).astype(float)
    except (TypeError, ValueError):
        raise UnfitTable("Unknown label type: durations must be numbers, and events true or false; convert them.") from None
    if not np.isfinite(duration).all():
        raise UnfitTable("Input y contains NaN or infinity: a duration is missing or infinite; leave such rows out.")
    if (duration < 0).any():
        raise UnfitTable("Negative values in data passed as durations; a duration is 0 or more.")
    if not np.isin(event, (0, 1)).all():
        raise UnfitTable("event must be true or false in every row; in y it comes before the duration.")
    return duration, event == 1


def _people(features: pd.DataFrame, duration, event, weight, groups) -> dict:
    """Bring the rows into an order of their own, named by their content, so that the order in which they came never matters."""
    keys = pd.DataFrame({"content": pd.util.hash_pandas_object(features, index=False), "duration": duration, "event": event})
    keys["weight"] = weight
    keys["group"] = "" if groups is None else column_or_1d(groups).astype(str)
    order = keys.sort_values(["content", "group", "duration", "event", "weight"]).index.to_numpy()
    counted = bool((weight == np.round(weight)).all()) and weight.sum() <= MOST_COPIES * len(weight)
    order = np.repeat(order, (weight if counted else weight > 0)[order].astype(int))
    keys = keys.iloc[order].reset_index(drop=True)
    copy = keys.groupby(["content", "group"]).cumcount()
    names = [f"{one:016x}-{at:06d}" for one, at in zip(keys["content"], copy, strict=True)]
    names = np.char.add(np.array(names), np.char.add("/", keys["group"].to_numpy().astype(str)))
    return {
        "features": features.iloc[order].reset_index(drop=True),
        "duration": keys["duration"].to_numpy(),
        "event": keys["event"].to_numpy(),
        "weight": np.ones(len(keys)) if counted else (keys["weight"] / keys["weight"].mean()).to_numpy(),
        "name": names,
        "group": names if groups is None else keys["group"].to_numpy().astype(str),
    }
