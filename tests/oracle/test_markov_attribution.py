"""Markov attribution against chains walked in plain Python, path by path."""

import random
from collections import Counter, defaultdict

import pandas as pd
import pytest

from renewcast.lifecycle.markov import markov_attribution

KINDS = ("call", "email", "meeting", "training")


def made_up(seed: int, accounts: int = 300):
    """Paths of random contacts; a meeting makes a purchase likelier."""
    draw = random.Random(seed)
    paths = {}
    for number in range(accounts):
        kinds = [draw.choice(KINDS) for _ in range(draw.randint(1, 6))]
        paths[f"A{number:04d}"] = (kinds, draw.random() < (0.6 if "meeting" in kinds else 0.1))
    return paths


def rows_of(paths):
    rows = [(account, kind, bought) for account, (kinds, bought) in paths.items() for kind in kinds]
    return pd.DataFrame(rows, columns=["account_id", "kind", "is_bought"])


def chance(steps, removed=None, rounds=400):
    """The chance of coming from the start to bought, by going around often enough."""
    reached = defaultdict(float, {"(bought)": 1.0})
    for _ in range(rounds):
        for place, onward in steps.items():
            if place != removed:
                whole = sum(onward.values())
                reached[place] = sum(many / whole * reached[to] for to, many in onward.items() if to != removed)
    return reached["(start)"]


def by_hand(paths):
    steps = defaultdict(Counter)
    for kinds, bought in paths.values():
        way = ["(start)", *kinds, "(bought)" if bought else "(lost)"]
        for one, other in zip(way[:-1], way[1:], strict=True):
            steps[one][other] += 1
    whole = chance(steps)
    effects = {kind: 1 - chance(steps, kind) / whole for kind in KINDS}
    return effects, {kind: effect / sum(effects.values()) for kind, effect in effects.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_credits_are_those_of_a_chain_walked_by_hand(seed):
    paths = made_up(seed)
    found = markov_attribution(rows_of(paths), seed=0, draws=20)
    effects, shares = by_hand(paths)
    kinds = found.kinds.set_index("kind")
    assert all(abs(kinds.loc[kind, "removal_effect"] - effects[kind]) < 1e-9 for kind in KINDS)
    assert all(abs(kinds.loc[kind, "credit_share"] - shares[kind]) < 1e-9 for kind in KINDS)
    bought = sum(one for _, one in paths.values())
    assert kinds["credit"].sum() == pytest.approx(bought) and found.kinds["kind"].iloc[0] == "meeting"
    for name, place in (("by_first", 0), ("by_last", -1)):
        counted = Counter(kinds_of[place] for kinds_of, one in paths.values() if one)
        assert kinds[name].to_dict() == {kind: counted[kind] / bought for kind in KINDS}
    account = found.accounts.loc["A0007"]
    assert (account["first_kind"], account["last_kind"], account["contacts"]) == (
        paths["A0007"][0][0],
        paths["A0007"][0][-1],
        len(paths["A0007"][0]),
    )
    assert account["strongest_kind"] == max(set(paths["A0007"][0]), key=shares.get)


def test_the_order_of_the_accounts_changes_nothing_and_the_truth_lies_inside():
    paths = made_up(3)
    names = {account: f"Z{9999 - place}" for place, account in enumerate(paths)}
    one = markov_attribution(rows_of(paths), seed=0, draws=40).kinds
    other = rows_of({names[account]: path for account, path in reversed(list(paths.items()))})
    pd.testing.assert_frame_equal(
        one.drop(columns=["low", "high"]), markov_attribution(other, seed=0, draws=40).kinds.drop(columns=["low", "high"])
    )
    assert ((one["low"] <= one["credit_share"]) & (one["credit_share"] <= one["high"])).all()
    assert markov_attribution(rows_of(made_up(4, accounts=20)), seed=0) is None
