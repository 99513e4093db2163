"""What a rate of growth a month becomes within a year or two (C78), and what one point of retention is worth (C8)."""

RATES = (0.0, 0.03, -0.03, -0.05)


def growth(opening: float = 1.0, monthly_rates: tuple[float, ...] = RATES, months: int = 24):
    """Let revenue grow at a constant rate a month.

    Parameters
    ----------
    opening : float
        Revenue at the beginning; with 1 the table tells multiples.
    monthly_rates : tuple of float above -1
        0.03 is 3 % a month.
    months : int

    Returns
    -------
    pandas.DataFrame, indexed by month, 0 to ``months``
        A column a rate, in the order given: ``opening * (1 + rate) ** month``.

    Raises
    ------
    ValueError
        "a rate of ..." where a rate is -1 or below.

    Examples
    --------
    >>> growth().loc[12].round(3).tolist()
    [1.0, 1.426, 0.694, 0.54]
    """
    import pandas as pd

    for rate in monthly_rates:
        if not rate > -1:
            raise ValueError(f"a rate of {rate} leaves nothing; it must lie above -1")
    index = pd.RangeIndex(months + 1, name="month")
    columns = {rate: [opening * (1 + rate) ** month for month in range(months + 1)] for rate in monthly_rates}
    return pd.DataFrame(columns, index=index).rename_axis(columns="monthly_rate")


def monthly_growth(ledger, months: int = 12) -> float:
    """Return the constant rate a month that leads from the revenue so many months ago to the last month's.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    months : int

    Returns
    -------
    float
        NaN where there was no revenue at either end, or the ledger is shorter.
    """
    if ledger.cents.shape[1] <= months:
        return float("nan")
    first, last = int(ledger.cents[:, -1 - months].sum()), int(ledger.cents[:, -1].sum())
    return (last / first) ** (1 / months) - 1 if first > 0 and last > 0 else float("nan")


def arr_of_a_point(ledger) -> float:
    """Return the yearly revenue, in currency units, that one more point of yearly gross retention keeps.

    It is a hundredth of the revenue at the end of the ledger, twelve times a month's: what would otherwise be gone a year on.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger

    Returns
    -------
    float
    """
    return 12 * int(ledger.cents[:, -1].sum()) / 100 / 100
