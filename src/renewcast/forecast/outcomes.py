"""What may become of each account inside the horizon: it leaves, or it stays and pays less, what was signed, or more."""

import numpy as np

from renewcast.forecast.past_quarters import by_account

MOST_TILT = 4.0
"""An account is held to contract or expand by at most so many times as much as its like, and at least that much less."""
MOST_CHANGES = 0.98


def outcomes(terms, rates, probabilities, *, outlook=None, changes=None):
    """Give each account that pays its probabilities and amounts.

    Churn is the list's where the account is scored, the rate of its like elsewhere. Contraction and expansion are conditional on
    staying: where champions were trained for them theirs; else as often, and by as much, as in the company's own past quarters,
    and where a renewal champion tells what renewed terms become, the amounts are tilted by what it says of an account's due
    terms; their sum stays that of the past.

    Parameters
    ----------
    terms : pandas.DataFrame
        See :func:`renewcast.forecast.standing.cover_ahead`.
    rates : renewcast.forecast.rates.Rates
    probabilities : pandas.DataFrame or None
        account_id, churn_probability (NaN: not scored).
    outlook : pandas.DataFrame, optional
        Of terms, see :func:`renewcast.scoring.outlook.term_outlook`.
    changes : pandas.DataFrame, optional
        Of accounts, see :func:`renewcast.scoring.outlook.account_outlook`.

    Returns
    -------
    pandas.DataFrame, sorted by account_id
        account_id, opening, signed (cents at the end for who stays, if nothing else happens), is_due, size, is_scored, churn,
        contraction and expansion (probabilities given staying), less and more (by what share of the opening).
    """
    accounts = by_account(terms)
    cell = 2 * accounts["is_due"].to_numpy().astype(int) + accounts["size"].to_numpy()
    said = np.full(len(accounts), np.nan)
    if probabilities is not None:
        said = _of(accounts, probabilities, "churn_probability")
    accounts["is_scored"] = ~np.isnan(said)
    accounts["churn"] = np.clip(np.where(accounts["is_scored"], said, rates.churn[cell]), 0.0, 1.0)
    for word, share, name in (("contraction", "less", "contracted"), ("expansion", "more", "expanded")):
        often = rates.often[word][cell]
        if changes is not None:
            given = _of(accounts, changes, f"{word}_probability")
            stays = 1.0 - np.minimum(_of(accounts, changes, "churn_probability"), 1.0 - 1e-9)
            often = np.where(np.isnan(given), often, given / stays)
        # The amount is tilted, not the probability: nearly every renewal brings some expansion, and none can be surer than sure.
        accounts[word], accounts[share] = np.clip(often, 0.0, 1.0), rates.much[word][cell] * _tilt(accounts, outlook, name)
    accounts["less"] = np.minimum(accounts["less"], 1.0)
    crowded = np.maximum((accounts["contraction"] + accounts["expansion"]) / MOST_CHANGES, 1.0)
    return accounts.assign(contraction=accounts["contraction"] / crowded, expansion=accounts["expansion"] / crowded)


def amounts(accounts):
    """Return, for who stays, the change in cents of three cases (nothing else, less, more) and their probabilities.

    Returns
    -------
    tuple of two arrays of float, shape (n, 3)
        Changes against the opening, and probabilities given staying (rows add up to 1). Nobody pays less than nothing.
    """
    opening, signed = accounts["opening"].to_numpy(dtype=float), accounts["signed"].to_numpy(dtype=float)
    decided = signed - opening
    less, more = accounts["less"].to_numpy() * opening, accounts["more"].to_numpy() * opening
    change = np.column_stack([decided, np.maximum(decided - less, -opening), decided + more])
    contraction, expansion = accounts["contraction"].to_numpy(), accounts["expansion"].to_numpy()
    return change, np.column_stack([1.0 - contraction - expansion, contraction, expansion])


def expected(accounts):
    """Return the expected cents of each account that are lost by churn and contraction, and gained by expansion.

    Returns
    -------
    dict of str to array of float >= 0, shape (n,)
        "churn", "contraction", "expansion".

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"opening": [1000], "signed": [1000], "churn": [0.1], "contraction": [0.2], "expansion": [0.3],
    ...     "less": [0.5], "more": [0.1]})
    >>> {word: round(float(cents[0]), 6) for word, cents in expected(one).items()}
    {'churn': 100.0, 'contraction': 90.0, 'expansion': 27.0}
    """
    change, probability = amounts(accounts)
    churn = accounts["churn"].to_numpy()
    return {
        "churn": churn * accounts["opening"].to_numpy(dtype=float),
        "contraction": (1.0 - churn) * (probability * np.maximum(-change, 0.0)).sum(axis=1),
        "expansion": (1.0 - churn) * (probability * np.maximum(change, 0.0)).sum(axis=1),
    }


def variance(accounts, spread: dict) -> np.ndarray:
    """Return the variance of each account's revenue at the end, cents squared, given that the quarter is a usual one."""
    change, probability = amounts(accounts)
    opening, churn = accounts["opening"].to_numpy(dtype=float), accounts["churn"].to_numpy()
    closing = opening[:, None] + change
    noise = np.column_stack([np.zeros(len(opening)), spread["contraction"] * opening, spread["expansion"] * opening])
    stays = (1.0 - churn) * (probability * (closing**2 + noise**2)).sum(axis=1)
    mean = (1.0 - churn) * (probability * closing).sum(axis=1)
    return np.maximum(stays - mean**2, 0.0)


def _of(accounts, frame, column):
    return frame.set_index("account_id")[column].reindex(accounts["account_id"]).to_numpy(dtype=float, copy=True)


def _tilt(accounts, outlook, name):
    """Return how much likelier than its like an account's due terms are said to contract or expand; 1 where nothing is said."""
    column = f"{name}_probability"
    if outlook is None or not len(outlook) or outlook[column].isna().all():
        return np.ones(len(accounts))
    given = outlook[column] / outlook["renewal_probability"].clip(lower=1e-9)
    rows = outlook.assign(weighed=given * outlook["mrr"])
    sums = rows.groupby("account_id")[["weighed", "mrr"]].sum()
    said = _of(accounts, (sums["weighed"] / sums["mrr"]).rename("said").reset_index(), "said")
    said[~accounts["is_due"].to_numpy()] = np.nan
    opening, known = accounts["opening"].to_numpy(dtype=float), np.isfinite(said)
    if not known.any() or not (said[known] * opening[known]).sum() > 0:
        return np.ones(len(accounts))
    tilt = np.clip(said / np.average(said[known], weights=opening[known]), 1 / MOST_TILT, MOST_TILT)
    tilt[known] /= np.average(tilt[known], weights=opening[known])
    return np.where(known, tilt, 1.0)
