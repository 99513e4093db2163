"""The forecast of a quarter: from the terms of every account to net and gross dollar retention, each with its interval (M5)."""

import dataclasses
import datetime as dt

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.forecast.coherent import CENTS, by_term, level
from renewcast.forecast.draws import DRAWS, draw_quarters, interval
from renewcast.forecast.outcomes import outcomes
from renewcast.forecast.rates import WORDS

DAYS_A_MONTH = 365.25 / 12


class NobodyPays(RenewcastError):
    """There is nobody whose revenue could be forecast."""


@dataclasses.dataclass(frozen=True, eq=False)
class Forecast:
    """What becomes of the revenue of today's customers until the end of the horizon; new customers are no part of it.

    Parameters
    ----------
    as_of : datetime.date
    days : int
        Length of the horizon.
    terms : pandas.DataFrame
        See :func:`renewcast.forecast.coherent.by_term`.
    accounts : pandas.DataFrame
        See :func:`renewcast.forecast.outcomes.outcomes`.
    rates : renewcast.forecast.rates.Rates
    draws : pandas.DataFrame
        See :func:`renewcast.forecast.draws.draw_quarters`.
    rivals : dict of str to float
        What others would say of net dollar retention: last_year, sbg (see :mod:`renewcast.forecast.rivals`); for comparison.
    """

    as_of: dt.date
    days: int
    terms: object
    accounts: object
    rates: object
    draws: object
    rivals: dict = dataclasses.field(default_factory=dict)

    def level(self, name: str):
        """Return the amounts of a level, see :func:`renewcast.forecast.coherent.level`; every level has the same sums."""
        return level(self.terms, self.accounts, self.rates, name)

    @property
    def total(self) -> dict:
        """opening_cents, churn_cents, contraction_cents, expansion_cents and closing_cents of all accounts."""
        return {name: int(self.terms[name].sum()) for name in CENTS}

    def retention(self, bar: float | None = None):
        """Return net and gross dollar retention and the closing, each with the middle 90 % of the drawn quarters.

        Parameters
        ----------
        bar : float, optional
            Net dollar retention is held against it.

        Returns
        -------
        pandas.DataFrame
            measure (net_dollar_retention, gross_dollar_retention, churn, contraction, expansion: shares of the opening), value
            (expected: from the whole cents), low, high, chance (that net dollar retention lies above the bar; NaN elsewhere).
        """
        import pandas as pd

        opening = self.total["opening_cents"]
        drawn = {word: self.draws[word].to_numpy() / opening for word in WORDS}
        value = {word: self.total[f"{word}_cents"] / opening for word in WORDS}
        for shares in (drawn, value):
            shares["gross_dollar_retention"] = 1.0 - shares["churn"] - shares["contraction"]
            shares["net_dollar_retention"] = shares["gross_dollar_retention"] + shares["expansion"]
        rows = []
        for measure in ("net_dollar_retention", "gross_dollar_retention", *WORDS):
            low, high = interval(drawn[measure])
            chance = float((drawn[measure] > bar).mean()) if measure == "net_dollar_retention" and bar is not None else np.nan
            rows.append({"measure": measure, "value": value[measure], "low": low, "high": high, "chance": chance})
        return pd.DataFrame(rows)

    @property
    def monthly_growth(self) -> float:
        """The constant rate a month that leads from the opening to the closing in the days of the horizon."""
        total = self.total
        return (total["closing_cents"] / total["opening_cents"]) ** (DAYS_A_MONTH / self.days) - 1.0


def forecast(
    terms, rates, *, as_of: dt.date, days: int, probabilities=None, groups=None, outlook=None, changes=None, seed, draws=DRAWS
):
    """Forecast what becomes of the revenue of the accounts that pay at a snapshot.

    Parameters
    ----------
    terms : pandas.DataFrame
        See :func:`renewcast.forecast.standing.cover_ahead`; rows in any order.
    rates : renewcast.forecast.rates.Rates
        Of past quarters of the same length.
    as_of : datetime.date
    days : int
    probabilities, outlook, changes : pandas.DataFrame, optional
        See :func:`renewcast.forecast.outcomes.outcomes`.
    groups : dict of str to str, optional
        The group of companies of each account; by default every account is its own.
    seed : int
    draws : int

    Returns
    -------
    Forecast

    Raises
    ------
    NobodyPays
        "nobody pays ...".

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.forecast.rates import Rates
    >>> none = np.zeros(4)
    >>> rates = Rates(none, {"contraction": none, "expansion": none + 0.5}, {"contraction": none, "expansion": none + 0.1},
    ...     {"contraction": 0.0, "expansion": 0.0}, {"churn": 0.0, "contraction": 0.0, "expansion": 0.0}, 8, 100)
    >>> terms = pd.DataFrame({"account_id": ["A", "B"], "product": "", "contract_id": ["a", "b"], "opening": [10000, 30000],
    ...     "signed": [10000, 30000], "is_due": [True, False], "ends": 20000})
    >>> churn = pd.DataFrame({"account_id": ["A", "B"], "churn_probability": [0.5, 0.0]})
    >>> found = forecast(terms, rates, as_of=dt.date(2026, 1, 5), days=90, probabilities=churn, seed=0)
    >>> list(found.total.values())
    [40000, 5000, 0, 1750, 36750]
    """
    if not len(terms):
        raise NobodyPays(f"nobody pays anything on {as_of}, as far as the contracts tell; take another day.")
    terms = terms.sort_values(["account_id", "product", "contract_id"], ignore_index=True)
    accounts = outcomes(terms, rates, probabilities, outlook=outlook, changes=changes)
    named = groups if groups is not None else {}
    heads = [named.get(account, account) for account in accounts["account_id"]]
    rows = by_term(terms, accounts, rates, heads, outlook)
    return Forecast(as_of, days, rows, accounts, rates, draw_quarters(accounts, rates, seed=seed, draws=draws))
