"""Money in whole cents of the project's currency; foreign money at one stated rate."""

from fractions import Fraction

from renewcast.errors import RenewcastError


def in_home_cents(cents, currency, home: str, rates):
    """Turn cents of several currencies into cents of the project's.

    Parameters
    ----------
    cents : array of int64, shape (n,)
        In the currency of each row.
    currency : array of object, shape (n,)
        ISO code, or None: the project's own.
    home : str
        The project's currency.
    rates : params.revenue.RatesSection
        What one unit of a foreign currency is worth, on one stated day.

    Returns
    -------
    array of int64, shape (n,)
        Rounded half up; the product is exact before that, since a rate is taken as the decimal number that was written.

    Raises
    ------
    RenewcastError
        "revenue.rates: no rate for ...".

    Examples
    --------
    >>> import numpy as np
    >>> from renewcast.params.revenue import RatesSection
    >>> rates = RatesSection(stated_on="2026-06-30", per_unit={"EUR": 1.085})
    >>> in_home_cents(np.array([1000, 1001, 7]), np.array(["EUR", "EUR", None], dtype=object), "USD", rates).tolist()
    [1085, 1086, 7]
    """
    import numpy as np
    import pandas as pd

    cents = np.asarray(cents, dtype=np.int64).copy()
    code, names = pd.factorize(np.asarray(currency, dtype=object), sort=True)
    missing = [name for name in names if name != home and name not in rates.per_unit]
    if missing:
        raise RenewcastError(
            f"revenue.rates: no rate for {missing[0]}, in which some terms are paid; say under revenue.rates.per_unit what one "
            f"{missing[0]} is worth in {home}."
        )
    for number, name in enumerate(names):
        if name != home:
            rate = Fraction(str(rates.per_unit[name]))
            rows = np.flatnonzero(code == number)
            twice = 2 * rate.denominator
            found = [(2 * cent * rate.numerator + rate.denominator) // twice for cent in cents[rows].tolist()]
            cents[rows] = np.array(found, dtype=np.int64)
    return cents
