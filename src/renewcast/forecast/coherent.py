"""The forecast's amounts in whole cents, from term to product, account, group of companies and total: every level adds up."""

import numpy as np

from renewcast.forecast.cents import whole_cents
from renewcast.forecast.outcomes import expected, variance
from renewcast.forecast.rates import WORDS

LEVELS = {
    "term": ("group", "account_id", "product", "contract_id"),
    "product_of_account": ("group", "account_id", "product"),
    "account": ("group", "account_id"),
    "group": ("group",),
    "product": ("product",),
    "total": (),
}
CENTS = ("opening_cents", *(f"{word}_cents" for word in WORDS), "closing_cents")


def by_term(terms, accounts, rates, groups, outlook=None):
    """Share each account's expected movements out to its terms, in whole cents.

    What churn takes follows what each term pays. What was signed stands at its term; the rest of contraction and expansion
    goes to the terms that are due (all terms, where none is) by what the renewal model says of them, or by what they pay.

    Parameters
    ----------
    terms : pandas.DataFrame
        See :func:`renewcast.forecast.standing.cover_ahead`.
    accounts : pandas.DataFrame
        See :func:`renewcast.forecast.outcomes.outcomes`, of the same accounts.
    rates : renewcast.forecast.rates.Rates
    groups : array of str, shape (n_accounts,)
        The group of companies of each account.
    outlook : pandas.DataFrame, optional
        See :func:`renewcast.scoring.outlook.term_outlook`.

    Returns
    -------
    pandas.DataFrame, sorted by group, account_id, product, contract_id
        These four, opening_cents, churn_cents, contraction_cents, expansion_cents (all at least 0), closing_cents (opening less
        the two losses plus expansion; int64), variance (cents squared), is_due, ends (number of a day).
    """
    place = np.searchsorted(accounts["account_id"].to_numpy(dtype=object), terms["account_id"].to_numpy(dtype=object))
    rows = terms.assign(group=np.asarray(groups, dtype=object)[place], place=place)
    rows = rows.sort_values(["group", "account_id", "product", "contract_id"], ignore_index=True)
    place, opening = rows["place"].to_numpy(), rows["opening"].to_numpy(dtype=float)
    weights = {"churn": opening, **_weights(rows, opening, place, outlook)}
    share = {word: _shares(weight, opening, place) for word, weight in weights.items()}
    levels = [_numbers(rows, LEVELS[level]) for level in ("group", "account", "product_of_account")]
    found = rows[["group", "account_id", "product", "contract_id"]].assign(opening_cents=rows["opening"])
    for word, cents in expected(accounts).items():
        found[f"{word}_cents"] = whole_cents(cents[place] * share[word], levels)
    lost = found["churn_cents"] + found["contraction_cents"]
    found["closing_cents"] = found["opening_cents"] - lost + found["expansion_cents"]
    found["variance"] = variance(accounts, rates.spread)[place] * share["churn"] ** 2
    return found.assign(is_due=rows["is_due"], ends=rows["ends"])


def level(by_term, accounts, rates, name: str):
    """Add the terms up to a level.

    Parameters
    ----------
    by_term : pandas.DataFrame
        See :func:`by_term`.
    accounts : pandas.DataFrame
        See :func:`renewcast.forecast.outcomes.outcomes`.
    rates : renewcast.forecast.rates.Rates
    name : str
        Of :data:`LEVELS`. "product" adds each product up over all accounts.

    Returns
    -------
    pandas.DataFrame, sorted by the level's keys
        The keys, the five amounts in cents, accounts (that pay), due_cents (of the opening, up for renewal), deviation (standard
        deviation of the closing, cents: chance of single accounts and the weather of quarters that all share).
    """
    import pandas as pd

    keys, paying = list(LEVELS[name]), by_term["opening_cents"] > 0
    rows = by_term.assign(
        due_cents=by_term["opening_cents"].where(by_term["is_due"], 0), paying=by_term["account_id"].where(paying), all=0
    )
    if "account_id" not in keys:  # an account's own terms move together
        of_account = rows.assign(root=np.sqrt(rows["variance"])).groupby(["account_id", *(key for key in keys if key != "group")])
        first = ~rows.duplicated(["account_id", *(key for key in keys if key != "group")])
        whole = of_account["root"].transform("sum") ** 2
        rows["variance"] = whole.where(first, 0.0)
    elif name != "term":
        first = ~rows.duplicated(keys)
        rows["variance"] = (np.sqrt(rows["variance"]).groupby([rows[key] for key in keys]).transform("sum") ** 2).where(
            first, 0.0
        )
    by = rows.groupby(keys or ["all"], as_index=False, sort=True)
    sums = {column: (column, "sum") for column in (*CENTS, "due_cents", "variance")}
    found = by.agg(**sums, accounts=("paying", "nunique"))
    shared = sum((rates.unlike[word] * found[f"{word}_cents"].astype(float)) ** 2 for word in WORDS)
    found["deviation"] = np.sqrt(found["variance"] + shared)
    columns = [*keys, *CENTS, "accounts", "due_cents", "deviation"]
    return pd.DataFrame(found[columns])


def _weights(rows, opening, place, outlook):
    """Return by what each term's part of its account's contraction and expansion is measured."""
    is_due, decided = rows["is_due"].to_numpy(), rows["signed"].to_numpy(dtype=float) - opening
    has_due = np.bincount(place, is_due, minlength=place.max(initial=-1) + 1) > 0
    base = np.where(is_due | ~has_due[place], opening, 0.0)
    told = {"contraction": base, "expansion": base}
    if outlook is not None and len(outlook) and outlook["expected_mrr"].notna().any():
        keys = ["account_id", "product"]
        given = outlook.assign(
            product=outlook["product"].astype(object).where(outlook["product"].notna(), ""),
            contraction=outlook["contracted_probability"] * outlook["mrr"],
            expansion=outlook["expanded_probability"] * outlook["mrr"],
        )
        sums = given.groupby(keys)[["contraction", "expansion"]].sum()
        said = rows[keys].merge(sums.reset_index(), on=keys, how="left")
        told = {word: np.where(is_due & said[word].notna(), said[word].fillna(0.0), base) for word in told}
    return {
        "contraction": told["contraction"] + np.maximum(-decided, 0.0),
        "expansion": told["expansion"] + np.maximum(decided, 0.0),
    }


def _shares(weight, opening, place):
    """Return each row's part of its account: by weight or, where an account has none, by what is paid."""
    size = place.max(initial=-1) + 1
    whole = np.bincount(place, weight, minlength=size)[place]
    paid = np.bincount(place, opening, minlength=size)[place]
    by_weight = np.divide(weight, whole, out=np.zeros(len(weight)), where=whole > 0)
    return np.where(whole > 0, by_weight, np.divide(opening, paid, out=np.zeros(len(weight)), where=paid > 0))


def _numbers(rows, keys):
    """Return a number for each group of rows, which are sorted by their keys."""
    fresh = np.zeros(len(rows), dtype=bool)
    for key in keys:
        values = rows[key].to_numpy(dtype=object)
        fresh[1:] |= values[1:] != values[:-1]
    return np.cumsum(fresh)
