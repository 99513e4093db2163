"""The true cause of a change ranks first in the ledger: one is planted an account, into a week in which nothing else happens.

A case is an account whose change the plant made: it moved the probability by a percentage point or more, and is half of the
change or more. What the model does not react to moves no probability, so no ledger can find it there.
"""

import datetime as dt
import os

import numpy as np
import pandas as pd
import pytest
from planted_changes import IN_FACTS, IN_MODELS, ledger, quiet_change, quiet_company
from trained_company import AS_OF, WEEK_BEFORE

from renewcast.project import Project

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
ACCOUNTS, TURNS, CASES = (250, 4, 500) if DEEP else (56, 1, 40)
TRUE_CAUSE = IN_FACTS | IN_MODELS


@pytest.fixture(scope="module")
def champion(trained_company):
    return Project.load(trained_company).champion()


@pytest.fixture(scope="module")
def quiet(trained_company):
    project = Project.load(trained_company)
    return quiet_company(project, *(dt.date.fromisoformat(day) for day in (WEEK_BEFORE, AS_OF)), ACCOUNTS)


@pytest.fixture(scope="module")
def unplanted(quiet, champion):
    """What the quiet week changes by itself."""
    return quiet_change(quiet, champion)


@pytest.fixture(scope="module")
def cases(quiet, champion, unplanted):
    """A row an account and planted cause, whether or not the plant moved anything."""
    kinds, found = list(TRUE_CAUSE), []
    for turn in range(TURNS):
        cause_of = {account: kinds[(place + turn) % len(kinds)] for place, account in enumerate(quiet.accounts)}
        found.append(ledger(quiet, champion, cause_of, turn, unplanted["change"]))
    return pd.concat(found, ignore_index=True)


def test_the_true_cause_ranks_first(cases):
    made = cases[(cases["effect"].abs() >= 0.01) & (cases["effect"] * np.sign(cases["change"]) >= cases["change"].abs() / 2)]
    right = made["cause"] == made["planted"].map(TRUE_CAUSE)
    by_kind = right.groupby(made["planted"]).agg(["size", "mean"])
    assert len(made) >= CASES
    assert set(by_kind.index) == set(TRUE_CAUSE)
    assert right.mean() >= 0.9, by_kind.to_string()


def test_in_a_week_in_which_nothing_happens_hardly_anybody_moves(unplanted):
    assert (unplanted["movement"] != "steady").mean() <= 0.05


def test_the_parts_of_every_planted_change_add_up(cases):
    assert cases["off"].max() < 1e-9
