"""The activation-friction index: what the first days add up to, on the scale from -25 to 25 (C31, M20).

``F = motivation + sum of steps``; a step is 5 (annoyed or pleased), 10 (dislike or like) or 20 (angry or delighted), up or down,
or 0. Above 0 an account can activate, below 0 activation has failed, exactly 0 is undecided. Two delights make 40: the sum is
kept as it is (raw) and beside it held within -25 and 25.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.markets.ridge_logistic import fit

LOWEST, HIGHEST = -25, 25
STEPS = (5, 10, 20)
POINTS_PER_UNIT = 10
"""Points of the index in one unit of log odds: a like, or a dislike, multiplies the odds by e."""
_FROM = (2.5, 7.5, 15.0)
LEAST_SEEN = 20
_Z = 1.6448536269514722
CAN, FAILED, UNDECIDED = "can_activate", "failed", "undecided"
VERDICTS = (FAILED, UNDECIDED, CAN)


@dataclass(frozen=True, eq=False)
class Friction:
    """What was learned.

    Parameters
    ----------
    steps : pandas.DataFrame
        One row a kind of early step: step (its name), accounts (that had it), points, low, high (90 %, on the scale of the
        index), size (one of 0, 5, 10, 20 with its sign: what counts); the most pleasing first.
    motivation : int
        Where an account stands before the first step.
    scale : float
        Units of log odds a point of the index is worth: ``P(activate) = sigmoid(scale x F)``.
    learned_on : int
        Accounts.
    """

    steps: object
    motivation: int
    scale: float
    learned_on: int

    def index(self, counted):
        """Return the index of accounts.

        Parameters
        ----------
        counted : pandas.DataFrame of int
            One row an account, one column a kind of step: how often. Kinds that were never learned count nothing.

        Returns
        -------
        pandas.DataFrame
            raw, clipped (within -25 and 25), verdict, probability (of activating).
        """
        import pandas as pd

        sizes = self.steps.set_index("step")["size"]
        shared = [name for name in sizes.index if name in counted]
        raw = self.motivation + counted[shared].to_numpy(dtype=np.int64) @ sizes[shared].to_numpy(dtype=np.int64)
        return pd.DataFrame(
            {
                "raw": raw,
                "clipped": np.clip(raw, LOWEST, HIGHEST),
                "verdict": verdict(raw),
                "probability": 1 / (1 + np.exp(-self.scale * raw)),
            },
            index=counted.index,
        )


def index_of(motivation: int, steps) -> tuple[int, int, str]:
    """Add an index up by hand: raw, clipped, verdict.

    Examples
    --------
    >>> index_of(0, [20, 20]), index_of(5, [-5]), index_of(0, [5, -10])
    ((40, 25, 'can_activate'), (0, 0, 'undecided'), (-5, -5, 'failed'))
    """
    raw = int(motivation + sum(steps))
    return raw, int(np.clip(raw, LOWEST, HIGHEST)), str(verdict(np.array([raw]))[0])


def verdict(raw):
    """Say what an index means: above 0, below 0, exactly 0."""
    return np.array([FAILED, UNDECIDED, CAN], dtype=object)[np.sign(np.asarray(raw)).astype(int) + 1]


def size_of(points, low, high):
    """Round learned points to the nearest step; 0 where they are smaller than half a step or their sign is not sure.

    Examples
    --------
    >>> points = np.array([2.0, 6.0, -9.0, 31.0, 9.0])
    >>> size_of(points, points - np.array([1, 3, 3, 9, 10]), points + np.array([1, 3, 3, 9, 10])).tolist()
    [0, 5, -10, 20, 0]
    """
    size = np.array([0, *STEPS])[np.searchsorted(_FROM, np.abs(points), side="right")]
    is_sure = (low > 0) | (high < 0)
    return np.where(is_sure, np.sign(points) * size, 0).astype(np.int64)


def learn(counted, activated) -> Friction:
    """Learn what each early step is worth from who activated afterwards.

    Parameters
    ----------
    counted : pandas.DataFrame of int
        See :meth:`Friction.index`; kinds that fewer than 20 accounts had, or lacked, are left out.
    activated : array of bool, shape (n,)

    Returns
    -------
    Friction

    Notes
    -----
    A logistic regression with a normal prior gives each kind its points, which are rounded to steps; the motivation and the scale
    are fitted once more to the sum of the rounded steps, so that the index is 0 where half of the accounts activate.
    """
    import pandas as pd

    activated = np.asarray(activated, dtype=bool)
    had = (counted > 0).sum()
    names = [name for name in sorted(counted) if LEAST_SEEN <= had[name] <= len(counted) - LEAST_SEEN]
    inputs = counted[names].to_numpy(dtype=np.float64)
    fitted = fit(inputs, activated)
    points = POINTS_PER_UNIT * fitted.coefficients[1:]
    half = POINTS_PER_UNIT * _Z * np.sqrt(np.diag(fitted.covariance)[1:])
    steps = pd.DataFrame({"step": names, "accounts": had[names].to_numpy(), "points": points, "low": points - half})
    steps["high"] = points + half
    steps["size"] = size_of(points, points - half, points + half)
    total = inputs @ steps["size"].to_numpy(dtype=np.float64)
    scale = 1 / POINTS_PER_UNIT
    if np.ptp(total) > 0:
        again = fit(total[:, None] / POINTS_PER_UNIT, activated)
        # Rounded steps cannot point the other way; where they seem to, chance did it.
        scale = max(again.coefficients[1] / POINTS_PER_UNIT, 0.01)
        base = again.coefficients[0]
    else:
        base = fit(np.zeros((len(activated), 0)), activated).coefficients[0]
    steps = steps.sort_values(["size", "points", "step"], ascending=[False, False, True], ignore_index=True)
    return Friction(steps, int(np.round(base / scale)), float(scale), len(activated))
