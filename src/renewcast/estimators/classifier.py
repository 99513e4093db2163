"""The default recipe on any table, as a scikit-learn classifier: tune on slices, then refit the blend on everything."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, check_is_fitted, column_or_1d

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.any_table import Columns, UnfitTable, as_table
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.fitting import tune
from renewcast.estimators.splits import slices_by_group, slices_by_time

# Whole-number weights are numbers of rows as long as there are no more rows than this many times those given.
MOST_COPIES = 10


class ChurnClassifier(ClassifierMixin, BaseEstimator):
    """Predict one of two classes on any table, by the recipe that renewcast uses for churn.

    Numeric, boolean, date and text columns are found by their dtypes; missing values, constant columns and categories that
    were never seen are welcome. Rounds of boosting and calibration are found on folds of groups, or with ``times`` on later
    slices an embargo apart; then everything is refitted on all rows.

    Parameters
    ----------
    fits : int
        Bagged fits of the trees.
    num_leaves, min_rows_per_leaf : int
    learning_rate : float in (0, 1]
    max_rounds : int
        Most rounds of boosting; how many are used is found on the slices.
    embargo : int or None
        Days between rows that are fitted and rows that are looked at: the horizon of the label. Needed with ``times``.
    random_state : int
        0 is a seed like any other. The same rows in any order give the same model.

    Attributes
    ----------
    classes_ : array, shape (2,)
        ``predict_proba`` has a column for each; the second is the one that is predicted (churn).
    feature_names_in_ : array of str
        Only where the table had names.
    n_features_in_ : int
    blend_ : Blend
    tuning_ : Tuning

    Examples
    --------
    >>> table = pd.DataFrame({"plan": ["pro", "free"] * 60, "logins": list(range(60)) * 2})
    >>> model = ChurnClassifier(random_state=0).fit(table, table["logins"] < 20)
    >>> model.predict(pd.DataFrame({"logins": [1, 55], "plan": ["pro", "never seen"]})).tolist()
    [True, False]
    """

    def __init__(
        self,
        *,
        fits=8,
        num_leaves=15,
        min_rows_per_leaf=40,
        learning_rate=0.05,
        max_rounds=1000,
        embargo=None,
        random_state=0,
    ):
        self.fits = fits
        self.num_leaves = num_leaves
        self.min_rows_per_leaf = min_rows_per_leaf
        self.learning_rate = learning_rate
        self.max_rounds = max_rounds
        self.embargo = embargo
        self.random_state = random_state

    def __sklearn_tags__(self):
        """Say what may be given: missing values and text, and two classes."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags

    def fit(self, X, y, sample_weight=None, groups=None, times=None):
        """Tune on slices, then fit the blend on all rows.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        y : array, shape (n,)
            Two classes of any kind.
        sample_weight : array of float >= 0, shape (n,), optional
            Whole numbers are numbers of rows: 2 is the same as the row standing twice, 0 as its absence. Other weights
            say how much a row counts beside the others; only their ratios matter.
        groups : array, shape (n,), optional
            Whose row it is. Folds and bags draw whole groups; each row is a group of its own by default.
        times : array of datetime64, shape (n,), optional
            When each row stood; slices are then cut by time.

        Returns
        -------
        ChurnClassifier

        Raises
        ------
        ValueError
            One class only, more than two, rows that do not match, an infinite number, or ``times`` without ``embargo``;
            each in one sentence that says what to do.
        """
        if y is None:
            raise UnfitTable("requires y to be passed, but the target y is None; give the class of each row.")
        table = as_table(X)
        label = self._learn_classes(y)
        check_consistent_length(table, label)
        self._remember_columns(X, table)
        self.columns_ = Columns.learn(table)
        rows = self._rows(self.columns_.read(table), label, X, sample_weight, groups, times)
        if rows.label.all() or not rows.label.any():
            raise UnfitTable("Only rows of one class have a weight; ChurnClassifier needs rows of both classes.")
        slices = slices_by_group(rows, self.random_state) if times is None else slices_by_time(rows, self.embargo)
        trees = Trees(self.random_state, self.fits, self.num_leaves, self.min_rows_per_leaf, self.learning_rate)
        self.tuning_ = found = tune(rows, slices, self.columns_.specs, trees, self.max_rounds)
        self.blend_ = Blend(self.columns_.specs, trees, found.rounds, found.shape, found.strength, found.shares).fit(rows)
        return self

    def predict_proba(self, X) -> np.ndarray:
        """Return the probability of each class, shape (n, 2), in the order of ``classes_``."""
        check_is_fitted(self)
        table = self._known_columns(X, as_table(X))
        churn = self.blend_.predict(self.columns_.read(table), np.zeros(len(table), dtype=bool))
        return np.column_stack([1 - churn, churn])

    def predict(self, X) -> np.ndarray:
        """Return the likelier class of each row, shape (n,)."""
        churns = self.predict_proba(X)[:, 1] > 0.5
        return self.classes_[churns.astype(int)]

    def _learn_classes(self, y) -> np.ndarray:
        """Keep the two classes, and return where the second one stands."""
        y = column_or_1d(y, warn=True)
        if pd.isna(y).any() or (y.dtype.kind == "f" and np.isinf(y).any()):
            raise UnfitTable("Input y contains NaN or infinity; give each row a class, or drop the rows without one.")
        check_classification_targets(y)
        self.classes_, place = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise UnfitTable(
                f"All rows are of one class, {self.classes_.tolist()[0]!r}; ChurnClassifier needs rows of two to tell them apart."
            )
        if len(self.classes_) > 2:
            raise UnfitTable(
                f"Only binary classification is supported. The type of the target is {type_of_target(y)}; "
                "give two classes, or wrap the classifier in OneVsRestClassifier."
            )
        return place == 1

    def _remember_columns(self, X, table: pd.DataFrame) -> None:
        self.n_features_in_ = table.shape[1]
        if _has_names(X):
            self.feature_names_in_ = table.columns.to_numpy(dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _known_columns(self, X, table: pd.DataFrame) -> pd.DataFrame:
        """Take the columns by name, or of an array by place."""
        if _has_names(X) and hasattr(self, "feature_names_in_"):
            missing = [name for name in self.feature_names_in_ if name not in table.columns]
            if missing:
                raise UnfitTable(f"X lacks column {missing[0]}, on which the model was fitted; add it, or fit again without it.")
            return table[list(self.feature_names_in_)]
        if table.shape[1] != self.n_features_in_:
            raise UnfitTable(
                f"X has {table.shape[1]} features, but ChurnClassifier is expecting {self.n_features_in_} features as input; "
                "give the columns on which the model was fitted."
            )
        return table.set_axis([*getattr(self, "feature_names_in_", table.columns)], axis=1)

    def _rows(self, features: pd.DataFrame, label, X, sample_weight, groups, times) -> TrainingRows:
        """Put the rows in an order of their own, named by their content, so that the order in which they came never matters."""
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        as_of = self._as_of(times, len(features))
        keys = pd.DataFrame({"content": pd.util.hash_pandas_object(features, index=False), "as_of": as_of})
        keys["group"] = "" if groups is None else column_or_1d(groups).astype(str)
        keys["label"], keys["weight"] = label, weight
        order = np.repeat(*_counted(keys, weight))
        keys, features = keys.iloc[order].reset_index(drop=True), features.iloc[order].reset_index(drop=True)
        copy = keys.groupby(["content", "as_of", "group"]).cumcount()
        names = np.array([f"{content:016x}-{at:06d}" for content, at in zip(keys["content"], copy, strict=True)])
        weight = np.ones(len(keys)) if _is_counted(weight) else (keys["weight"] / keys["weight"].mean()).to_numpy()
        group = names if groups is None else keys["group"].to_numpy()
        never = np.zeros(len(keys), dtype=bool)
        unit = np.char.add(np.char.add(names, "/"), keys["group"].to_numpy().astype(str))
        return TrainingRows(features, keys["label"], names, group, keys["as_of"], never, unit=unit, weight=weight).in_order()

    def _as_of(self, times, n: int) -> np.ndarray:
        if times is None:
            return np.full(n, np.datetime64("1970-01-01", "s"))
        if self.embargo is None:
            raise UnfitTable("times are given without an embargo; set embargo to the days that the label looks ahead.")
        times = pd.to_datetime(pd.Series(column_or_1d(times)), utc=True).dt.tz_localize(None)
        if len(times) != n or times.isna().any():
            raise UnfitTable(f"times must hold a moment for each of the {n} rows of X; drop the rows without one.")
        return times.to_numpy(dtype="datetime64[s]")


def _has_names(X) -> bool:
    """Tell whether a table names its columns by text."""
    return hasattr(X, "columns") and all(isinstance(name, str) for name in X.columns)


def _is_counted(weight: np.ndarray) -> bool:
    """Tell whether weights are numbers of rows."""
    return bool((weight == np.round(weight)).all()) and weight.sum() <= MOST_COPIES * len(weight)


def _counted(keys: pd.DataFrame, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows by content, and how often each is taken: as often as it counts, or once where it weighs anything."""
    order = keys.sort_values(["content", "as_of", "group", "label", "weight"]).index.to_numpy()
    times = weight if _is_counted(weight) else weight > 0
    return order, times[order].astype(int)
