"""The lifecycle stage of an account by date and contract (C64)."""

ONBOARDING_DAYS = 90
GROWTH_DAYS = 270
RENEWAL_DAYS = 90


def lifecycle_stage(days_since_start, days_to_cover_end):
    """Name each account's stage.

    Renewal is the last 90 days before the known cover ends, onboarding the first 90 days after the first term began (or after
    sign-up, without contracts), growth the days from 90 up to 270; what lies between is steady. Where stages overlap, renewal
    comes before onboarding and growth.

    Parameters
    ----------
    days_since_start : array of float, shape (n_accounts,)
        Days since the first term began; NaN where unknown.
    days_to_cover_end : array of float, shape (n_accounts,)
        NaN for open-ended cover.

    Returns
    -------
    array of str, shape (n_accounts,)

    Examples
    --------
    >>> import numpy as np
    >>> lifecycle_stage(np.array([0, 89, 90, 269, 270, 300]), np.array([400, 400, 400, 400, 91, 90])).tolist()
    ['onboarding', 'onboarding', 'growth', 'growth', 'steady', 'renewal']
    """
    import numpy as np

    since, left = np.asarray(days_since_start, dtype="float64"), np.asarray(days_to_cover_end, dtype="float64")
    return np.select(
        [left <= RENEWAL_DAYS, since < ONBOARDING_DAYS, since < GROWTH_DAYS], ["renewal", "onboarding", "growth"], "steady"
    )
