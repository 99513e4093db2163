"""Which contacts lead to a sale: Markov attribution over the paths of those who bought and of those who did not (C65)."""

from dataclasses import dataclass

import numpy as np

from renewcast.lifecycle.acquisition import not_yet_sold

WITHIN_DAYS, PAST_DAYS = 90, 364
LEAST_PATHS, LEAST_BOUGHT = 50, 10
DRAWS = 200
_LOW_HIGH = (5, 95)


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each kind of contact had to do with the sales.

    Parameters
    ----------
    kinds : pandas.DataFrame
        The most credit first: kind, accounts (that had one), bought (of these), removal_effect (share of the sales that the chain
        loses without this kind), credit (accounts: the sales, shared by removal effect), credit_share with low and high (90 %),
        by_first and by_last (shares of the sales, by the first and the last contact).
    accounts : pandas.DataFrame
        By account_id, sorted: contacts, first_kind, last_kind, strongest_kind (its own one with the most credit), is_bought.
    """

    kinds: object
    accounts: object


def contact_paths(known):
    """Return the contacts of accounts from their first one to the first term, or to the end of 90 days where they did not buy.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of every account, customer or not.

    Returns
    -------
    pandas.DataFrame or None
        account_id, kind, is_bought (the first term began within 90 days of the first contact); sorted by account and in order of
        time. Accounts whose first contact came before the sale, in the year up to 90 days before the snapshot, so that
        everybody was seen for as long. None where no contacts are kept.
    """
    import pandas as pd

    if not known.has("touchpoints.occurred_at", "touchpoints.kind"):
        return None
    within = pd.Timedelta(days=WITHIN_DAYS)
    since = known.as_of - within - pd.Timedelta(days=PAST_DAYS)
    met = known.once(not_yet_sold)
    first = met.groupby("account_id")["occurred_at"].transform("min")
    here = (first >= since) & (first + within < known.as_of) & (met["occurred_at"] <= first + within)
    met = met.assign(is_bought=met["started_on"] <= first + within)[here]
    return met[["account_id", "kind", "is_bought"]].reset_index(drop=True)


def markov_attribution(paths, *, seed: int, draws: int = DRAWS) -> Attribution | None:
    """Share the sales among the kinds of contact by what the chain of contacts would lose without each.

    Parameters
    ----------
    paths : pandas.DataFrame
        See :func:`contact_paths`.
    seed : int
    draws : int
        Bootstrap samples of accounts.

    Returns
    -------
    Attribution or None
        None with fewer than 50 accounts, or 10 that bought.

    Notes
    -----
    A first-order chain over the kinds, from the start to bought or lost, with the transitions as they were seen. The removal
    effect of a kind is 1 - P(bought, where every step into it is lost) / P(bought); credits are these in proportion. It describes
    who was met on the way; whether meeting them made them buy is another question.

    References
    ----------
    Anderl, Becker, von Wangenheim and Schumann, Mapping the customer journey: lessons learned from graph-based online attribution
    modeling, International Journal of Research in Marketing 33 (2016).
    """
    import pandas as pd

    account, ids = pd.factorize(paths["account_id"], sort=True)
    kind, names = pd.factorize(paths["kind"], sort=True)
    is_first = np.diff(account, prepend=-1) != 0
    is_last = np.append(is_first[1:], True)[: len(account)]
    bought = paths["is_bought"].to_numpy(dtype=bool)[is_first]
    if len(ids) < LEAST_PATHS or bought.sum() < LEAST_BOUGHT:
        return None
    chain = _Chain(account, kind, is_first, is_last, bought, len(names))
    effect = removal_effects(chain.counts(np.ones(len(ids))))
    share = _shared(effect)
    rng = np.random.default_rng(seed)
    samples = (np.bincount(rng.integers(0, len(ids), len(ids)), minlength=len(ids)) for _ in range(draws))
    drawn = np.array([_shared(removal_effects(chain.counts(sample.astype(np.float64)))) for sample in samples])
    low, high = np.nanpercentile(drawn, _LOW_HIGH, axis=0)
    had = np.zeros((len(ids), len(names)), dtype=bool)
    had[account, kind] = True
    first, last = kind[is_first], kind[is_last]
    kinds = pd.DataFrame(
        {"kind": names, "accounts": had.sum(axis=0), "bought": had[bought].sum(axis=0), "removal_effect": effect}
    )
    kinds["credit"], kinds["credit_share"], kinds["low"], kinds["high"] = share * bought.sum(), share, low, high
    for name, one in (("by_first", first), ("by_last", last)):
        kinds[name] = np.bincount(one[bought], minlength=len(names)) / bought.sum()
    names, strongest = np.asarray(names, dtype=object), np.where(had, share, -1.0).argmax(axis=1)
    told = {"contacts": np.bincount(account), "first_kind": names[first], "last_kind": names[last]}
    accounts = pd.DataFrame({"account_id": ids, **told, "strongest_kind": names[strongest], "is_bought": bought})
    kinds = kinds.sort_values(["credit_share", "kind"], ascending=[False, True], ignore_index=True)
    return Attribution(kinds, accounts.set_index("account_id"))


def removal_effects(counts):
    """Return the removal effect of each kind.

    Parameters
    ----------
    counts : array of float, shape (n_kinds + 1, n_kinds + 2)
        Transitions seen: from each kind, last from the start; to each kind, then to bought, then to lost.

    Returns
    -------
    array of float, shape (n_kinds,)
        0 to 1; NaN where nobody bought.

    Examples
    --------
    Three paths: one, two, three, bought; one, lost; two, three, lost.

    >>> counts = np.array([[0, 1, 0, 0, 1], [0, 0, 2, 0, 0], [0, 0, 0, 1, 1], [2, 1, 0, 0, 0.0]])
    >>> removal_effects(counts).round(3).tolist()
    [0.5, 1.0, 1.0]
    """
    many = counts.shape[1] - 2
    total = counts.sum(axis=1, keepdims=True)
    step = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    whole = _bought(step, many)
    if not whole > 0:
        return np.full(many, np.nan)
    effects = np.empty(many)
    for kind in range(many):
        without = step.copy()
        without[:, kind] = 0.0  # who would step here is lost
        effects[kind] = 1.0 - _bought(without, many) / whole
    return np.clip(effects, 0.0, 1.0)


def _bought(step, many: int) -> float:
    """Return the probability of coming from the start to bought."""
    from_kinds = np.linalg.solve(np.eye(many) - step[:many, :many], step[:many, many])
    return float(step[many, :many] @ from_kinds + step[many, many])


def _shared(effect):
    total = effect.sum()
    return effect / total if total > 0 else np.full(len(effect), np.nan)


class _Chain:
    """The transitions of all accounts, counted under any weight of the accounts."""

    def __init__(self, account, kind, is_first, is_last, bought, many: int):
        ends = np.where(bought, many, many + 1)
        to = np.where(is_last, ends[account], np.append(kind[1:], 0))
        self._owner = np.concatenate([account[is_first], account])
        self._place = np.concatenate([np.full(int(is_first.sum()), many), kind]) * (many + 2) + np.concatenate(
            [kind[is_first], to]
        )
        self._shape = (many + 1, many + 2)

    def counts(self, weight):
        size = self._shape[0] * self._shape[1]
        return np.bincount(self._place, weights=weight[self._owner], minlength=size).reshape(self._shape)
