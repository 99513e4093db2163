"""The hazard of an account's cover, 30 days at a time: churn happens where terms end, so most steps need no model."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd

from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.boosted import Trees, hashed_share
from renewcast.estimators.calibration import Shape
from renewcast.estimators.fitting import Tuning
from renewcast.estimators.hazard import Hazard
from renewcast.estimators.person_period import Periods

STEP_DAYS, STEPS = 30, 36
# Open person-periods that are fitted at most, bagged fits at most, and person-periods that are predicted at once: the curve must
# not cost more than the champion.
MOST_FITTED, MOST_FITS, AT_ONCE = 30_000, 4, 100_000
# A step counts as seen where so many accounts churned in it; later ones are taken to be like the last of these.
FEWEST_ENDED = 20
MOST_COUNTED = 12
TERM_LENGTH = "term_length_days"
STEP_NAMES = ("step_end_days", "step_holds_term_end", "step_days_since_term_end", "step_term_ends_so_far")
STEP_SPECS = tuple(InputSpec(name, "contract", False) for name in STEP_NAMES)


class TermHazard:
    """Predict in which 30 days an account's cover ends, from what is known at the snapshot and the ends of its terms.

    The known cover ends on a known day; after it, terms of the same length are taken to follow each other. A step is open
    where one of these ends lies in it or within the grace before it. Steps that are not open carry the small rate
    that was seen in them (``TermGate``); the blend tells the open ones apart.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    trees : Trees
    tuning : Tuning
        Rounds and calibration of the champion, which carry over: the same rows, the same accounts, the same churn.
    grace_days : int

    References
    ----------
    Allison, Discrete-time methods for the analysis of event histories, Sociological Methodology 13, 1982.
    Fader and Hardie, How to project customer retention, Journal of Interactive Marketing 21, 2007: contractual and discrete.
    """

    def __init__(self, specs=(), trees: Trees | None = None, tuning: Tuning | None = None, grace_days: int = 0):
        self.specs, self.trees, self.tuning, self.grace_days = tuple(specs), trees, tuning, grace_days
        self.hazard, self.seen_steps = None, 0

    def fit(self, rows: TrainingRows, durations: pd.DataFrame, cover_days: np.ndarray) -> "TermHazard":
        """Learn from snapshots and what came of them.

        Parameters
        ----------
        rows : TrainingRows
            ``label`` and ``gated`` are not used.
        durations : pandas.DataFrame
            days, ended and known_days of ``labels.duration``, row by row.
        cover_days : array of float, shape (n_snapshots,)
            Days from the start of the outcome window until the known cover is over; NaN where it is open-ended.

        Returns
        -------
        TermHazard
        """
        keys = np.char.add(np.char.add(rows.account_id, "/"), rows.as_of.astype(str))
        # A step counts only where it is decided as a whole; else those who churned early in it would count, and the others not.
        whole = durations["known_days"].to_numpy() // STEP_DAYS
        step_of = -(-durations["days"].to_numpy() // STEP_DAYS)
        ended = durations["ended"].to_numpy() & (step_of <= whole)
        periods = Periods(np.arange(1.0, STEPS + 1), True)
        row, step, died, _ = periods.expand(np.where(ended, step_of, whole).astype(float), ended)
        enough = np.bincount(step[died], minlength=STEPS) >= FEWEST_ENDED
        self.seen_steps = max(STEPS if enough.all() else int(np.argmin(enough)), 1)
        cover, length = np.asarray(cover_days, dtype=float), _term_length(rows.features)
        is_open = self._is_open(_last_term_end(step, cover[row], length[row])[0])
        share = hashed_share(keys, f"{self.trees.seed}:snapshots")
        kept = share < MOST_FITTED / max(np.sum(is_open & (step < self.seen_steps)), 1)
        at = np.flatnonzero((step < self.seen_steps) & kept[row])
        row, step, died, is_open = row[at], step[at], died[at], is_open[at]
        fitted = TrainingRows(
            features=self._person_periods(rows.features, row, step, cover, length),
            label=died,
            account_id=rows.account_id[row],
            group=rows.group[row],
            as_of=rows.as_of[row],
            gated=~is_open,
            unit=np.char.add(rows.account_id[row], np.char.add("/", step.astype(str))),
        )
        trees = replace(self.trees, fits=min(self.trees.fits, MOST_FITS))
        # Floor, ceiling and bends were proved for the whole horizon; the rate of a step may lie below such a floor.
        tuning = replace(self.tuning, shape=Shape(slope=self.tuning.shape.slope))
        self.hazard = Hazard((*self.specs, *STEP_SPECS), trees, tuning=tuning).fit(fitted, step, self.seen_steps)
        return self

    def predict(self, features: pd.DataFrame, cover_days: np.ndarray) -> np.ndarray:
        """Return the hazard of each step, array of float in (0, 1), shape (n, 36).

        Parameters
        ----------
        features : pandas.DataFrame, shape (n, n_features)
        cover_days : array of float, shape (n,)
            As in ``fit``.
        """
        found, cover, length = np.empty((len(features), STEPS)), np.asarray(cover_days, dtype=float), _term_length(features)
        at_once = AT_ONCE // STEPS
        # Categories are repeated as numbers, 36 times each.
        texts = [spec.name for spec in self.specs if spec.is_categorical and spec.name in features]
        features = features.astype(dict.fromkeys(texts, "category"))
        for start in range(0, len(features), at_once):
            part = slice(start, start + at_once)
            n = len(features.iloc[part])
            row, step = np.repeat(np.arange(n), STEPS), np.tile(np.arange(STEPS), n)
            is_open = self._is_open(_last_term_end(step, cover[part][row], length[part][row])[0])
            seen = self.hazard.sees(~is_open)
            expanded = self._person_periods(features.iloc[part], row[seen], step[seen], cover[part], length[part])
            period = np.minimum(step, self.seen_steps - 1)
            found[part] = self.hazard.predict_seen(expanded, period, ~is_open).reshape(n, STEPS)
        return found

    def to_state(self) -> dict[str, bytes]:
        """Return ``term_hazard.json`` and the hazard's files: JSON and Booster text."""
        content = {"grace_days": self.grace_days, "seen_steps": self.seen_steps, "specs": self.specs}
        return {"term_hazard.json": json.dumps(content).encode()} | self.hazard.to_state()

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "TermHazard":
        """Rebuild from its files."""
        content = json.loads(state["term_hazard.json"])
        model = cls([InputSpec(*spec) for spec in content["specs"]], grace_days=content["grace_days"])
        model.seen_steps, model.hazard = content["seen_steps"], Hazard.from_state(state)
        return model

    def _is_open(self, since: np.ndarray) -> np.ndarray:
        """Tell where a term may end: in the step, or within the grace before it; anywhere where the cover is open-ended."""
        return np.isnan(since) | ((since >= 0) & (since < STEP_DAYS + self.grace_days))

    def _person_periods(self, features, row, step, cover, length) -> pd.DataFrame:
        """Put what is known of each step beside the features of its snapshot."""
        since, so_far = _last_term_end(step, cover[row], length[row])
        last = (np.minimum(step, self.seen_steps - 1) + 1.0) * STEP_DAYS
        holds = np.where(np.isnan(since), np.nan, (since >= 0) & (since < STEP_DAYS))
        known = dict(zip(STEP_NAMES, (last, holds, since, np.minimum(so_far, MOST_COUNTED)), strict=True))
        return pd.concat([features.iloc[row].reset_index(drop=True), pd.DataFrame(known)], axis=1)


def _last_term_end(step: np.ndarray, cover: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days from the last term end before a step is over to that moment (below 0: none yet), and how many there were.

    Examples
    --------
    >>> since, so_far = _last_term_end(np.array([0, 1, 2, 13]), np.full(4, 40.0), np.full(4, 365.0))
    >>> since.tolist(), so_far.tolist()
    ([-10.0, 20.0, 50.0, 15.0], [0.0, 1.0, 1.0, 2.0])
    """
    past = (step + 1.0) * STEP_DAYS - cover
    whole = np.where(past >= 0, np.floor(past / length), 0.0)
    return past - whole * length, np.where(past >= 0, whole + 1, 0.0)


def _term_length(features: pd.DataFrame) -> np.ndarray:
    """Read how long terms last, in days; where nobody knows, every step may be an end."""
    if TERM_LENGTH not in features:
        return np.full(len(features), float(STEP_DAYS))
    return np.fmax(features[TERM_LENGTH].to_numpy(dtype=float), float(STEP_DAYS))
