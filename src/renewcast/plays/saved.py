"""What a play may still save: the churn that lies ahead of it, how much of that it can reach, and by how much it lowers it.

The question decides how far to look. A play that is to begin this week, takes ``L`` days and must be over before notice, ``N``
days before the end of a term, acts on ends up to ``L + N`` days away, and a week more, since the next list comes in a week. A
probability of churn in 90 days does not see these ends. So each account is read on its survival curve at the horizon that it
needs, in whole steps of the curve.
"""

STEP_DAYS, STEPS = 30, 12
CURVE_DAYS = tuple(STEP_DAYS * (step + 1) for step in range(STEPS))
"""Where the curve must be read: every 30 days up to 360."""
DAYS_A_WEEK = 7
AFTER_NOTICE = 0.5
"""Once notice may no longer be given the account has as good as decided: half of the effect is lost, by assumption."""


def horizon_needed(notice_days, longest_play_days: int):
    """Return how many days ahead churn must be read so that no end is missed that a play of this week could still turn.

    Parameters
    ----------
    notice_days : array of float, shape (n,)
        NaN: no notice.
    longest_play_days : int

    Returns
    -------
    array of int, shape (n,)
        Whole steps of 30 days, at most 360.

    Examples
    --------
    >>> import numpy as np
    >>> horizon_needed(np.array([np.nan, 3.0, 90.0]), 120).tolist()
    [150, 150, 240]
    """
    import numpy as np

    days = longest_play_days + DAYS_A_WEEK + np.nan_to_num(np.asarray(notice_days, dtype=float))
    return (np.clip(np.ceil(days / STEP_DAYS), 1, STEPS) * STEP_DAYS).astype(int)


def read(curve, days):
    """Read each account's curve at so many days, between its knots along straight lines.

    Parameters
    ----------
    curve : array of float in [0, 1], shape (n, 12)
        Probability of churn within 30, 60, ..., 360 days.
    days : array of int or float, shape (n,)
        Cut to 0 and 360.

    Returns
    -------
    array of float in [0, 1], shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> read(np.linspace(0.1, 1.2, 12)[None] / 2, np.array([45])).round(3).tolist()
    [0.075]
    """
    import numpy as np

    whole = np.hstack([np.zeros((len(curve), 1)), curve])
    days = np.clip(np.asarray(days, dtype=float), 0, STEP_DAYS * STEPS)
    step = np.minimum((days // STEP_DAYS).astype(int), STEPS - 1)
    row, share = np.arange(len(whole)), (days - STEP_DAYS * step) / STEP_DAYS
    return whole[row, step] * (1 - share) + whole[row, step + 1] * share


def lowered(probability, effect_log_odds):
    """Return by how much a probability falls when its log odds change: p - p', with logit p' = logit p + effect.

    Parameters
    ----------
    probability : array of float in [0, 1]
    effect_log_odds : float or array
        Negative helps.

    Returns
    -------
    array of float
        Negative where the effect raises the probability; 0 where nothing can change, at 0 and at 1.

    Examples
    --------
    >>> import numpy as np
    >>> lowered(np.array([0.0, 0.5, 1.0]), np.log(0.5)).round(4).tolist()
    [0.0, 0.1667, 0.0]
    """
    import numpy as np

    odds = np.exp(effect_log_odds)
    return probability - odds * probability / (1 - probability + odds * probability)


def share_that_can_act(days_to_renewal, notice_days, play_days):
    """Return how much of a play's effect comes before the next end of a term is decided.

    A play is felt in proportion to the part of it that is done by the last day of notice; what is done by the end of the term
    counts for half (`AFTER_NOTICE`), where that is more.

    Parameters
    ----------
    days_to_renewal : array of float, shape (n,)
        NaN where no end is known: the whole effect comes in time.
    notice_days : array of float, shape (n,)
        NaN: none.
    play_days : float or array of float > 0, shape (n,)

    Returns
    -------
    array of float in [0, 1], shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> share_that_can_act(np.array([90.0, 40.0, 20.0, np.nan]), np.array([30.0, 30.0, 30.0, 30.0]), 20).tolist()
    [1.0, 0.5, 0.5, 1.0]
    """
    import numpy as np

    left = np.asarray(days_to_renewal, dtype=float)
    until_notice = left - np.nan_to_num(np.asarray(notice_days, dtype=float))
    share = np.maximum(np.clip(until_notice / play_days, 0, 1), AFTER_NOTICE * np.clip(left / play_days, 0, 1))
    return np.where(np.isnan(left), 1.0, share)


def expected_saving(curve, days_to_renewal, notice_days, *, effect, play_days, longest_play_days: int):
    """Return which share of an account's revenue a play is expected to save, if it begins now.

    Churn at the next end of a term is lowered by the effect as far as it can still act; churn at later ends, up to the horizon
    that is needed, by the whole of it.

    Parameters
    ----------
    curve : array of float in [0, 1], shape (n, 12)
    days_to_renewal, notice_days : array of float, shape (n,)
    effect : float or array of float, shape (n,)
        On the log odds of leaving; negative helps.
    play_days : float or array of float > 0, shape (n,)
    longest_play_days : int

    Returns
    -------
    array of float in [0, 1], shape (n,)
        0 where a play would do harm.

    Examples
    --------
    Where notice is due in ten days, a play of 30 is worth half of what it is worth with time enough:

    >>> import numpy as np
    >>> curve = np.array([[0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]] * 2)
    >>> given = dict(effect=np.log(0.5), play_days=30, longest_play_days=120)
    >>> expected_saving(curve, np.array([100.0, 100.0]), np.array([30.0, 90.0]), **given).round(4).tolist()
    [0.1667, 0.0833]
    """
    import numpy as np

    horizon = horizon_needed(notice_days, longest_play_days)
    left = np.where(np.isnan(days_to_renewal), horizon, days_to_renewal)
    # The whole step in which the term ends: the curve falls evenly inside a step, the decision does not.
    next_end = np.minimum((np.floor(np.clip(left, 0, None) / STEP_DAYS) + 1) * STEP_DAYS, horizon)
    at_next = lowered(read(curve, next_end), effect)
    later = np.maximum(lowered(read(curve, horizon), effect) - at_next, 0)
    share = share_that_can_act(days_to_renewal, notice_days, play_days)
    return np.maximum(at_next * share + later, 0.0)
