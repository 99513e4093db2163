"""How an account is won: by trying the product itself, or by being sold to (C40); rates side by side, never raw use."""

import numpy as np

TRIES_WITHIN_DAYS = 14
PRODUCT_LED, SALES_LED = "product_led", "sales_led"
MOTIONS = (PRODUCT_LED, SALES_LED)


def motions(signed_up, first_use, bought_on):
    """Tell the motion of each account from its first two weeks, so that what it became later has no say in it.

    Parameters
    ----------
    signed_up, first_use, bought_on : pandas.Series of datetime64
        With one index, account_id; NaT: never. ``bought_on`` is the first day of the first paid term.

    Returns
    -------
    pandas.Series of str
        "product_led" where it used the product within 14 days of its sign-up and before it paid, "sales_led" otherwise.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.to_datetime
    >>> signed_up, first_use = pd.Series(day(["2026-01-01"] * 3)), pd.Series(day(["2026-01-02", "2026-01-09", None]))
    >>> motions(signed_up, first_use, pd.Series(day(["2026-02-01", "2026-01-05", None]))).tolist()
    ['product_led', 'sales_led', 'sales_led']
    """
    tried = first_use.notna() & (first_use < signed_up + np.timedelta64(TRIES_WITHIN_DAYS, "D"))
    is_free = bought_on.isna() | (first_use < bought_on)
    return (tried & is_free).map({True: PRODUCT_LED, False: SALES_LED})
