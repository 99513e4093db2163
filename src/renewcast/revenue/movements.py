"""What became of a month's revenue: nothing, new, expansion, contraction, churn or reactivation (C76), and the totals (C77)."""

import numpy as np

WORDS = ("none", "new", "expansion", "contraction", "churn", "reactivation")
NONE, NEW, EXPANSION, CONTRACTION, CHURN, REACTIVATION = range(6)


def movements(cents, is_customer, has_paid):
    """Name the change from each month's beginning to its end; there is one a unit and month.

    Whoever was a customer and is none any more has churned, whatever he paid last; whoever becomes one is new when he pays for
    the first time, and reactivated when he was one before. A customer who stays and pays more or less expands or contracts, also
    from and to nothing (a pause).

    Parameters
    ----------
    cents, is_customer, has_paid : arrays of shape (n_units, n_months + 1)
        Paid at the end of each month, whether a customer then, and whether anything was paid by then.

    Returns
    -------
    array of int8, shape (n_units, n_months)
        Numbers of the words in :data:`WORDS`.

    Examples
    --------
    >>> cents = np.array([[0, 100, 120, 0, 0, 50]])
    >>> here = np.array([[False, True, True, False, False, True]])
    >>> [WORDS[code] for code in movements(cents, here, np.logical_or.accumulate(cents > 0, axis=1))[0]]
    ['new', 'expansion', 'churn', 'none', 'reactivation']
    """
    was, stays = is_customer[:, :-1], is_customer[:, 1:]
    change = np.sign(np.diff(cents, axis=1)).astype(np.int8)
    found = np.zeros(was.shape, dtype=np.int8)
    found[was & stays & (change > 0)] = EXPANSION
    found[was & stays & (change < 0)] = CONTRACTION
    found[was & ~stays] = CHURN
    arrives = ~was & stays
    found[arrives] = np.where(has_paid[:, :-1][arrives], REACTIVATION, NEW)
    return found


def roll_forward(ledger, period_months: int = 1):
    """Add the ledger up: opening, the five movements and closing of every month, or of every period of several months.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    period_months : int
        Months between the two ends that are compared; whoever leaves and comes back between them has not moved.

    Returns
    -------
    pandas.DataFrame
        month (first day of the last month of the period), opening_cents, new_cents, expansion_cents, contraction_cents (at most
        0), churn_cents (at most 0), reactivation_cents, closing_cents; customers (at the opening), new, reactivated, churned,
        expanded, contracted (counts of units), customers_at_end; one row for each month in which a period ends. The opening and
        the five movements make the closing, to the cent.
    """
    import pandas as pd

    rows = []
    for end in range(period_months, ledger.cents.shape[1]):
        moved = period_movements(ledger, end - period_months, end)
        change = ledger.cents[:, end] - ledger.cents[:, end - period_months]
        amounts = {f"{word}_cents": int(change[moved == code].sum()) for code, word in enumerate(WORDS) if code}
        count = np.bincount(moved, minlength=len(WORDS))
        rows.append(
            {
                "month": ledger.months[end - 1].astype("datetime64[us]"),
                "opening_cents": int(ledger.cents[:, end - period_months].sum()),
                **amounts,
                "closing_cents": int(ledger.cents[:, end].sum()),
                "customers": int(ledger.is_customer[:, end - period_months].sum()),
                "new": int(count[NEW]),
                "reactivated": int(count[REACTIVATION]),
                "churned": int(count[CHURN]),
                "expanded": int(count[EXPANSION]),
                "contracted": int(count[CONTRACTION]),
                "customers_at_end": int(ledger.is_customer[:, end].sum()),
            }
        )
    return pd.DataFrame(rows)


def period_movements(ledger, start: int, end: int):
    """Name what became of each unit from one column of the ledger to a later one; see :func:`movements`."""
    if end == start + 1:
        return ledger.movement[:, start]
    columns = [start, end]
    paid_before = (ledger.cents[:, : start + 1] > 0).any(axis=1)
    has_paid = np.column_stack([paid_before, np.ones_like(paid_before)])
    return movements(ledger.cents[:, columns], ledger.is_customer[:, columns], has_paid)[:, 0]
