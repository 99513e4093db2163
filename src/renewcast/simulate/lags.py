"""How late a fact becomes known: mostly at once, for a share of the rows days later, each table in its own way."""

import numpy as np

#: No fact is known later than this many days after it happened.
LONGEST_DAYS = 40.0
# Table: the usual lag from and to (days), the share of late rows, and by how many days more than one these are late on average.
_PROFILES = {
    "usage": (0.0, 0.6, 0.052, 5.0),
    "tickets": (0.0005, 0.02, 0.012, 2.0),
    "invoices": (0.3, 0.95, 0.04, 7.0),
    "feedback": (0.001, 0.5, 0.06, 9.0),
    "touchpoints": (0.02, 0.9, 0.12, 4.0),
    "plays": (0.01, 0.9, 0.05, 3.0),
    "users": (0.01, 0.95, 0.06, 6.0),
    "accounts": (0.002, 0.1, 0.0, 0.0),
}


def known_after(rng: np.random.Generator, table: str, occurred: np.ndarray) -> np.ndarray:
    """Return when each fact became known, in days, between ``occurred`` and 40 days later.

    Examples
    --------
    >>> lag = known_after(np.random.default_rng(0), "usage", np.zeros(10_000))
    >>> 0.04 < float((lag > 1).mean()) < 0.06, float(lag.max()) <= LONGEST_DAYS
    (True, True)
    """
    low, high, share, mean = _PROFILES[table]
    lag = rng.random(len(occurred))
    lag *= high - low
    lag += low
    late = np.flatnonzero(rng.random(len(occurred)) < share)
    lag[late] = np.minimum(1 + rng.exponential(mean, len(late)), LONGEST_DAYS)
    return occurred + lag
