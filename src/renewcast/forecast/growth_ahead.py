"""How fast revenue grows if the coming quarters are like the forecast one, beside the simulated rates of growth (C78)."""

from renewcast.forecast.forecast import DAYS_A_MONTH
from renewcast.revenue.growth import RATES, growth


def new_business(ledger, months: int = 12) -> float:
    """Return what new and returning customers add a month, as a share of the revenue at its beginning, over the last months.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    months : int

    Returns
    -------
    float
        0 where the ledger is empty.
    """
    from renewcast.revenue.movements import roll_forward

    table = roll_forward(ledger).tail(months)
    opening = table["opening_cents"].sum()
    return float((table["new_cents"] + table["reactivation_cents"]).sum() / opening) if opening > 0 else 0.0


def growth_rates(found, added: float = 0.0) -> dict[str, float]:
    """Return rates a month: of today's customers as forecast, with its interval, and with new business at last year's pace.

    Parameters
    ----------
    found : renewcast.forecast.forecast.Forecast
    added : float
        See :func:`new_business`.

    Returns
    -------
    dict of str to float
        base, base_low, base_high, with_new. A rate of -1 (nothing is left) is told as just above it.
    """
    told = found.retention().set_index("measure").loc["net_dollar_retention"]
    power = DAYS_A_MONTH / found.days
    rates = {name: max(told[key], 1e-9) ** power - 1.0 for name, key in (("base_low", "low"), ("base_high", "high"))}
    return {"base": found.monthly_growth, **rates, "with_new": found.monthly_growth + added}


def growth_ahead(rates: dict[str, float], months: int = 24):
    """Let revenue grow at the forecast's rates and at those of the simulation.

    Parameters
    ----------
    rates : dict of str to float
        See :func:`growth_rates`.
    months : int

    Returns
    -------
    pandas.DataFrame
        month (0 to ``months``) and, as multiples of today's revenue, a column for each of ``rates``, then flat, up_3, down_3
        and down_5: see :func:`renewcast.revenue.growth.growth`.

    Examples
    --------
    >>> growth_ahead({"base": 0.01}, 12).iloc[12].round(3).tolist()
    [12.0, 1.127, 1.0, 1.426, 0.694, 0.54]
    """
    simulated = growth(monthly_rates=RATES, months=months).set_axis(["flat", "up_3", "down_3", "down_5"], axis=1)
    for place, (name, rate) in enumerate(rates.items()):
        simulated.insert(place, name, growth(monthly_rates=(rate,), months=months).iloc[:, 0])
    return simulated.reset_index()
