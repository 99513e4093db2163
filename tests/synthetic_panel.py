"""Small panels of snapshots whose true churn probability is known, for the tests of estimators and training."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from renewcast.estimators._definition import InputSpec, TrainingRows

SPECS = (
    InputSpec("usage_events_trend_28d", "usage", False),
    InputSpec("open_severe_tickets", "support", False),
    InputSpec("nps_last", "feedback", False),
    InputSpec("tenure_days", "tenure", False),
    InputSpec("industry", "tenure", True),
)
MODEL = SimpleNamespace(
    name="blend", seed=7, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1, max_rounds=60, monotone=False
)
SPLITS = SimpleNamespace(test_weeks=16, calibration_weeks=16)
EMBARGO_DAYS = 56


def panel(*, accounts=250, dates=14, strength=1.0, gated_share=0.25, seed=0):
    """Return rows and their true probabilities; ``strength=0`` makes the label pure noise."""
    generator = np.random.default_rng(seed)
    n = accounts * dates
    names = np.repeat([f"A{number:04d}" for number in range(accounts)], dates)
    as_of = np.datetime64("2024-01-01", "s") + np.tile(np.arange(dates), accounts) * np.timedelta64(28, "D")
    trend, tickets = generator.normal(-0.2, 0.5, n), generator.poisson(0.4, n).astype(float)
    nps = np.where(generator.random(n) < 0.3, np.nan, generator.integers(0, 11, n).astype(float))
    industry = np.array(["retail", "health", "bank", None], dtype=object)[generator.integers(0, 4, n)]
    gated = generator.random(n) < gated_share
    z = -1.6 + strength * (-1.6 * trend + 0.8 * tickets - 0.15 * (np.nan_to_num(nps, nan=7) - 7) + 0.6 * (industry == "retail"))
    probability = np.where(gated, 0.0, 1 / (1 + np.exp(-z)))
    features = pd.DataFrame(
        {
            "usage_events_trend_28d": trend,
            "open_severe_tickets": tickets,
            "nps_last": nps,
            "tenure_days": generator.integers(30, 2000, n).astype(float),
            "industry": pd.Series(industry, dtype=object),
        }
    )
    label = generator.random(n) < probability
    return TrainingRows(features, label, names, names, as_of, gated), probability
