"""How often accounts leave, pay less or more, and by how much, as past quarters tell; and how unlike quarters are."""

import dataclasses

import numpy as np

WORDS = ("churn", "contraction", "expansion")
LEAST_CHANGE = 0.001
"""A change of less than so much of the opening is none."""
PRIOR_ACCOUNTS = 50.0
"""Weight of all accounts of the same standing against those of one size: so many accounts of each."""
_GRID = 200


@dataclasses.dataclass(frozen=True)
class Rates:
    """What past quarters say, by cell: 2 * is_due + size.

    Parameters
    ----------
    churn : array of float in [0, 1], shape (4,)
        Share of accounts that leave.
    often : dict of str to array of float in [0, 1], shape (4,)
        "contraction" and "expansion": share of those that stay.
    much : dict of str to array of float >= 0, shape (4,)
        By what share of the opening the amount is then off what was signed.
    spread : dict of str to float
        Standard deviation of that share over accounts.
    unlike : dict of str to float
        By word of :data:`WORDS`: standard deviation, over quarters, of the whole amount against what is usual, beyond what
        the chance of single accounts explains.
    quarters, accounts : int
        What it rests on.
    """

    churn: np.ndarray
    often: dict
    much: dict
    spread: dict
    unlike: dict
    quarters: int
    accounts: int


def rates(past) -> Rates:
    """Learn the rates of past quarters.

    A cell's rate is shrunk towards that of all accounts of the same standing (due, or not), which weighs as much as
    :data:`PRIOR_ACCOUNTS` accounts. How unlike quarters are beyond the chance of single accounts is uncertain with few of them:
    every value up to twice their range counts by how likely it makes what was seen.

    Parameters
    ----------
    past : pandas.DataFrame
        See :func:`renewcast.forecast.past_quarters.past_quarters`.

    Returns
    -------
    Rates
        Zero where there is no past.

    References
    ----------
    Gelman et al., Bayesian Data Analysis (3rd ed., 2013): equation 2.5 for the shrunken rates, equation 5.21 for how unlike
    quarters are.
    """
    opening = past["opening"].to_numpy(dtype=float)
    closing, signed = past["closing"].to_numpy(dtype=float), past["signed"].to_numpy(dtype=float)
    due = past["is_due"].to_numpy(dtype=bool).astype(int)
    cell = 2 * due + past["size"].to_numpy(dtype=int)
    stays = closing > 0
    off = np.divide(closing - signed, opening, out=np.zeros(len(opening)), where=opening > 0)
    happened = {
        "contraction": stays & (off < -LEAST_CHANGE),
        "expansion": stays & (off > LEAST_CHANGE),
    }
    churn = _shrunken(~stays, np.ones(len(stays), dtype=bool), cell, due)
    often, much, spread = {}, {}, {}
    for word, which in happened.items():
        often[word] = _shrunken(which, stays, cell, due)
        amount = np.where(which, np.abs(off), 0.0)
        # So that over the accounts of a standing the expected cents are those that came.
        expected = np.bincount(due, (often[word][cell] * opening)[...] * stays, minlength=2)
        came = np.bincount(due, amount * opening, minlength=2)
        ratio = np.divide(came, expected, out=np.zeros(2), where=expected > 0)
        much[word] = np.repeat(ratio, 2)
        spread[word] = float(np.std(amount[which])) if which.any() else 0.0
    lost = {
        "churn": np.where(stays, 0.0, opening),
        "contraction": np.where(stays, np.maximum(opening - closing, 0.0), 0.0),
        "expansion": np.where(stays, np.maximum(closing - opening, 0.0), 0.0),
    }
    origin, number = np.unique(past["origin"].to_numpy(), return_inverse=True)
    unlike = {word: _unlike(amount, opening, number, len(origin)) for word, amount in lost.items()}
    return Rates(churn, often, much, spread, unlike, len(origin), len(np.unique(past["account_id"].to_numpy(dtype=object))))


def _shrunken(happened, among, cell, due):
    """Return the share of each of four cells, shrunken towards that of its standing."""
    count, base = np.bincount(cell, among, minlength=4), np.bincount(due, among, minlength=2)
    hits, base_hits = np.bincount(cell, happened & among, minlength=4), np.bincount(due, happened & among, minlength=2)
    prior = np.repeat((base_hits + 0.5) / (base + 1.0), 2) if among.any() else np.zeros(4)
    return (hits + PRIOR_ACCOUNTS * prior) / (count + PRIOR_ACCOUNTS)


def _unlike(amount, opening, quarter, quarters: int) -> float:
    """Return the relative standard deviation of quarters beyond chance; 0 with less than three of them."""
    if quarters < 3 or amount.sum() <= 0:
        return 0.0
    whole = np.bincount(quarter, opening, minlength=quarters)
    share = np.bincount(quarter, amount, minlength=quarters) / whole
    residual = amount - share[quarter] * opening
    chance = np.bincount(quarter, residual**2, minlength=quarters) / whole**2
    variance = np.maximum(chance, 1e-6 * share.mean() ** 2)
    beyond = (np.arange(_GRID) + 0.5) / _GRID * 2 * max(np.ptp(share), 1e-12)
    precision = 1.0 / (variance + beyond[:, None] ** 2)
    centre = (precision * share).sum(axis=1) / precision.sum(axis=1)
    logs = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(precision.sum(axis=1))
    logs -= 0.5 * (precision * (share - centre[:, None]) ** 2).sum(axis=1)
    weight = np.exp(logs - logs.max())
    return float(np.sqrt((weight * beyond**2).sum() / weight.sum()) / share.mean())
