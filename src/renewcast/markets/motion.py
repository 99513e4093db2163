"""How an account is won: by trying the product itself, or by being sold to (C40); rates side by side, never raw use."""

import numpy as np

TRIES_WITHIN_DAYS = 14
PRODUCT_LED, SALES_LED = "product_led", "sales_led"
MOTIONS = (PRODUCT_LED, SALES_LED)
_MONTHS = 12
_Z = 1.6448536269514722


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


def motion_rates(motion, outcomes, ledger=None):
    """Put the rates of the motions side by side.

    Parameters
    ----------
    motion : pandas.Series of str
        By account_id.
    outcomes : pandas.DataFrame
        See :func:`renewcast.markets.lift.outcomes`.
    ledger : renewcast.revenue.ledger.Ledger, optional
        Of accounts.

    Returns
    -------
    pandas.DataFrame
        motion, measure ("conversion": bought within 90 days, "renewal": a customer of a year ago still is one, "churn_a_month":
        customers lost in a month of the last twelve), seen (accounts, or customers times months), reached, rate, low, high (90
        %).

    References
    ----------
    Wilson (1927).
    """
    import pandas as pd

    from renewcast.revenue.cohorts import wilson

    rows = []
    for name in MOTIONS:
        here = outcomes[motion.reindex(outcomes.index) == name]
        for measure in ("conversion", "renewal"):
            told = here[measure].dropna()
            rows.append((name, measure, len(told), int(told.sum())))
        if ledger is not None:
            units = (motion.reindex(ledger.units["account_id"]) == name).to_numpy()
            was, still = ledger.is_customer[units, :-1][:, -_MONTHS:], ledger.is_customer[units, 1:][:, -_MONTHS:]
            rows.append((name, "churn_a_month", int(was.sum()), int((was & ~still).sum())))
    table = pd.DataFrame(rows, columns=["motion", "measure", "seen", "reached"])
    table = table[table["seen"] > 0].reset_index(drop=True)
    table["rate"] = table["reached"] / table["seen"]
    table["low"], table["high"] = wilson(table["reached"], table["seen"], _Z)
    return table
