"""Terms that are paid in a foreign currency, turned into the project's at the one rate that params.yaml states."""

from decimal import Decimal

import ibis

_MONEY, _RATE = "decimal(18, 2)", "decimal(18, 9)"


def in_own_currency(rows: ibis.Table, params) -> ibis.Table:
    """Turn ``mrr`` of foreign currencies into the project's, where ``revenue.rates`` has a rate; other rows stay as they are.

    Parameters
    ----------
    rows : ibis.Table
        Parsed rows of contracts.
    params : renewcast.params.Params

    Returns
    -------
    ibis.Table
        The product is exact (nine decimals of the rate count) and rounded to cents, half away from zero; ``currency`` is the
        project's from then on.
    """
    rates = params.revenue.rates.per_unit if params.revenue is not None else {}
    if not rates or "currency" not in rows.columns or "mrr" not in rows.columns:
        return rows
    code, own = rows.currency.upper(), params.project.currency
    stated = {name: Decimal(str(rate)).quantize(Decimal("1e-9")) for name, rate in sorted(rates.items()) if name != own}
    cases = [(code == name, (rows.mrr.cast(_MONEY) * ibis.literal(rate, _RATE)).cast(_MONEY)) for name, rate in stated.items()]
    if not cases:
        return rows
    is_foreign = code.isin(list(stated)).fill_null(False)
    return rows.mutate(
        mrr=ibis.cases(*cases, else_=rows.mrr.cast(_MONEY)), currency=ibis.ifelse(is_foreign, ibis.literal(own), rows.currency)
    )
