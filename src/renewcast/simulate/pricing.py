"""Prices: the list price rises in some years, and those who mind it get a concession or think of leaving."""

import numpy as np

# By year, in turn: most of a cycle is calm, one year in three is not.
_RISES = {0: 0.11, 1: 0.0, 2: 0.03}
_CONCESSIONS = 0.4
_CONCESSION_LEAVES = 0.4


def list_price_rise(year: np.ndarray) -> np.ndarray:
    """Return by how much the list price rises for terms that are renewed in a calendar year, as a share.

    Examples
    --------
    >>> list_price_rise(np.array([2024, 2025, 2026])).tolist()
    [0.03, 0.11, 0.0]
    """
    return np.select([np.asarray(year) % 3 == turn for turn in _RISES], list(_RISES.values()))


def announced_rise(rng: np.random.Generator, ended_in: np.ndarray, began_in: np.ndarray, sensitivity: np.ndarray) -> tuple:
    """Return the rise that each account is told before its term ends, and who was granted a concession.

    A term that begins and ends in one calendar year (a monthly one, mostly) has had this year's rise already.

    Parameters
    ----------
    rng : numpy.random.Generator
    ended_in, began_in : array of int, shape (n,)
        Calendar years.
    sensitivity : array of float in [0, 1], shape (n,)

    Returns
    -------
    tuple of (array of float, array of bool), shape (n,) each
    """
    rise = np.where(ended_in > began_in, list_price_rise(ended_in), 0.0)
    granted = (rise > 0.05) & (rng.random(len(rise)) < _CONCESSIONS * sensitivity)
    return np.where(granted, _CONCESSION_LEAVES * rise, rise), granted
