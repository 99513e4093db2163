"""Kinds of use, planted on request: accounts that differ in how often, by how many, how widely and how well a product is used."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.tables import picked, table, texts
from renewcast.simulate.users import MEMBER, People

KINDS = ("builders", "readers", "visitors", "specialists")
_SHARE = np.array([0.3, 0.3, 0.2, 0.2])
# How often each person uses the product, the share of members who do, of add-ons' rows, and of value actions among all rows.
_OFTEN = np.array([2.2, 1.4, 0.08, 6.0])
_WORKING = np.array([1.0, 1.0, 1.0, 0.0])
_WIDELY = np.array([1.6, 1.0, 0.02, 0.02])
_VALUE = np.array([0.7, 0.03, 0.02, 0.28])


@dataclass(frozen=True)
class Behaviours:
    """The kind of use of each account.

    Attributes
    ----------
    kind : array of int, shape (accounts,)
        Place in ``KINDS``.
    """

    kind: np.ndarray

    @property
    def widely(self) -> np.ndarray:
        """Return how much more than usual each account's rows go to add-ons."""
        return _WIDELY[self.kind]

    @property
    def value(self) -> np.ndarray:
        """Return the share of each account's rows that are value actions."""
        return _VALUE[self.kind]

    def of(self, people: People, rng: np.random.Generator) -> People:
        """Return the people with the rates that their accounts' kinds of use give them."""
        kind = self.kind[people.account]
        works = (people.role != MEMBER) | (rng.random(people.count) < _WORKING[kind])
        return dataclasses.replace(people, rate=people.rate * _OFTEN[kind] * works)

    def table(self, accounts: Accounts) -> pa.Table:
        """Write the truth: account_id and behaviour."""
        every = np.arange(accounts.count)
        return table("truth_behaviours", {"account_id": picked(accounts.ids, every), "behaviour": texts(KINDS, self.kind)})


def draw_behaviours(rng: np.random.Generator, accounts: Accounts) -> Behaviours:
    """Draw the kind of use of every account.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> from renewcast.simulate.calendar import Calendar
    >>> accounts = draw_accounts(np.random.default_rng(0), Calendar(dt.date(2024, 1, 1), 26), 1000)
    >>> np.bincount(draw_behaviours(np.random.default_rng(1), accounts).kind).tolist()
    [303, 293, 188, 216]
    """
    return Behaviours(np.searchsorted(np.cumsum(_SHARE)[:-1], rng.random(accounts.count), side="right"))


def with_value_share(rng: np.random.Generator, action: np.ndarray, is_value: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Draw actions again until the wanted share of the rows are value actions.

    Parameters
    ----------
    rng : numpy.random.Generator
    action : array of int, shape (rows,)
        As drawn by module.
    is_value : array of bool, shape (actions,)
    wanted : array of float in [0, 1], shape (rows,)

    Returns
    -------
    array of int, shape (rows,)
        Rows that are on the right side keep their action; the others take one of the other side as often as it occurs.
    """
    want = rng.random(len(action)) < wanted
    found = action.copy()
    for side in (False, True):
        pool = np.flatnonzero(is_value == side)
        counts = np.bincount(action, minlength=len(is_value))[pool] + 1.0
        wrong = np.flatnonzero((want == side) & (is_value[action] != side))
        found[wrong] = pool[np.searchsorted(np.cumsum(counts)[:-1] / counts.sum(), rng.random(len(wrong)), side="right")]
    return found
