"""Which play an account gets, by when, and what the check says: worked examples and what must hold for any account."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spec.text_tables import rows
from trained_company import ROOT

from renewcast.plays.assignment import Trouble, assign
from renewcast.plays.effects import in_force
from renewcast.plays.library import load_library

AS_OF = dt.date(2026, 6, 29)
LIBRARY = load_library(ROOT / "plays.yaml")
EFFECTS = in_force(LIBRARY, None)
NO_PLAYS = pd.DataFrame(
    {
        "account_id": pd.Series(dtype=str),
        "play": pd.Series(dtype=str),
        "started_at": pd.to_datetime([]),
        "finished_at": pd.to_datetime([]),
    }
)


def trouble(table: str, plays: pd.DataFrame = NO_PLAYS) -> Trouble:
    """Accounts: p (flat from the first month on), days to the end of the term, notice, points by driver, signals that speak."""
    frame = pd.DataFrame(rows(table))
    n = len(frame)

    def numbers(name):
        given = frame[name] if name in frame else pd.Series([""] * n)
        return pd.to_numeric(given.replace(["", "-"], np.nan), errors="coerce").to_numpy(dtype=float)

    left = numbers("days")
    ends = np.array([np.datetime64("NaT") if np.isnan(one) else np.datetime64(AS_OF) + int(one) for one in left], "datetime64[D]")
    signals = frame["signals"].fillna("") if "signals" in frame else pd.Series([""] * n)
    names = {one for text in signals for one in str(text).split() if one != "-"}
    opportunity = frame["opportunity"].replace(["", "-"], None) if "opportunity" in frame else pd.Series([None] * n, dtype=object)
    return Trouble(
        account_id=frame["account"],
        arr=np.full(n, 1000.0),
        curve=np.repeat(numbers("p")[:, None], 12, axis=1),
        drivers={name: np.nan_to_num(numbers(name)) for name in ("usage", "people", "support", "billing", "contract")},
        fired={name: signals.str.split().map(lambda found, name=name: name in found).to_numpy(dtype=bool) for name in names},
        opportunity=opportunity.where(opportunity.notna(), None).to_numpy(dtype=object),
        noted=np.nan_to_num(numbers("noted")).astype(bool),
        ends_on=ends,
        notice_days=numbers("notice"),
        plays=plays,
    )


def assigned(table: str, plays=NO_PLAYS, language="en") -> pd.DataFrame:
    found = assign(LIBRARY, EFFECTS, trouble(table, plays), AS_OF, language=language, longest_play_days=120)
    return found.assign(account=[row["account"] for row in rows(table)]).set_index("account")


WORKED = """
    account | p    | days | notice | usage | people | support | billing | signals                | noted | opportunity
    A       | 0.4  | 100  | 30     | 0.05  | 0.20   | -       | -       | -                      | -     | -
    B       | 0.4  | 100  | 30     | 0.20  | 0.05   | -       | -       | -                      | -     | -
    C       | 0.4  | 100  | 30     | 0.20  | 0.05   | -       | -       | key_user_left          | -     | -
    D       | 0.4  | 40   | 30     | 0.20  | 0.05   | -       | 0.01    | -                      | -     | -
    E       | 0.4  | 5    | -      | 0.20  | 0.05   | -       | -       | -                      | -     | -
    F       | 0.4  | 25   | 30     | 0.20  | 0.05   | -       | -       | -                      | -     | -
    G       | 0.6  | 100  | 30     | 0.20  | 0.05   | -       | -       | shrinking_departments  | -     | -
    H       | 0.6  | 100  | 30     | 0.20  | 0.05   | -       | -       | -                      | 1     | -
    I       | 0.1  | 100  | 30     | 0.20  | -      | -       | -       | quota_burn             | -     | expand
    J       | 0.4  | -    | -      | 0.20  | -      | -       | -       | -                      | -     | -
    K       | -    | 100  | 30     | -     | -      | -       | -       | -                      | -     | -
    L       | 0.01 | 100  | 30     | -     | -      | -       | -       | -                      | -     | -
"""


@pytest.mark.parametrize(
    ("account", "goal", "play", "due_on", "is_late"),
    [
        ("A", "Prevent churn", "key_user_handover", "2026-07-27", False),  # four weeks at most, however far the notice
        ("B", "Prevent churn", "usage_review", "2026-07-27", False),
        ("C", "Prevent churn", "key_user_handover", "2026-07-27", False),  # 0.05 + the weight of the signal beats 0.20
        ("D", "Prevent churn", "payment_call", "2026-06-29", False),  # ten days to notice: only the call fits
        ("E", "Prevent churn", "usage_review", "2026-06-29", True),  # nothing fits: the shorter one, at once
        ("F", "Prevent churn", "usage_review", "2026-07-03", False),  # notice is past: before the end of the term
        ("G", "Part well", "partial_cooperation", "2026-07-27", False),
        ("H", "Part well", "partial_cooperation", "2026-07-27", False),
        ("I", "Expand", "quota_expansion", "2026-07-27", False),
        ("J", "Prevent churn", "usage_review", "2026-07-27", False),
        ("K", None, None, None, False),  # not scored
        ("L", None, None, None, False),  # nothing is wrong
    ],
)
def test_worked_examples(account, goal, play, due_on, is_late):
    found = assigned(WORKED).loc[account]
    assert (found["goal"], found["play_id"], found["is_late"]) == (goal, play, is_late)
    assert (None if found["due_on"] is None else str(found["due_on"])) == due_on
    if play is None:
        assert found["check"] is None and np.isnan(found["expected_arr_saved"])


def test_the_check_names_its_day_and_says_when_it_is_late():
    found = assigned(WORKED)
    assert found.loc["B", "check"] == "By 2026-09-10: weekly use is back at nine tenths of its former level"
    assert found.loc["E", "check"].startswith("Too late for the whole play before renewal, begin at once. By 2026-08-13: ")
    chinese = assigned(WORKED, language="zh")
    assert chinese.loc["B", "check"].startswith("2026-09-10前：") and chinese.loc["B", "goal"] == "挽留"
    assert chinese.loc["E", "check"].startswith("续约前已来不及")


def test_only_a_likely_loss_is_parted_from():
    table = """
        account | p    | days | notice | usage | signals
        A       | 0.49 | 100  | 30     | 0.2   | shrinking_departments
    """
    assert assigned(table).loc["A", "goal"] == "Prevent churn"


@pytest.mark.parametrize(
    ("started", "finished", "is_free"),
    [
        ("2026-06-20", None, False),  # running
        ("2025-12-31", None, True),  # never closed, and no longer felt after 180 days
        ("2026-03-01", "2026-04-01", False),  # ended 89 days ago
        ("2026-03-01", "2026-03-31", True),  # ended 90 days ago
    ],
)
def test_a_play_that_runs_or_was_just_done_is_not_begun_again(started, finished, is_free):
    plays = pd.DataFrame({"account_id": ["A"], "play": ["usage_review"]})
    plays = plays.assign(started_at=pd.to_datetime([started]), finished_at=pd.to_datetime([finished]))
    table = """
        account | p   | days | notice | usage | people
        A       | 0.4 | 100  | 30     | 0.2   | 0.1
        B       | 0.4 | 100  | 30     | 0.2   | 0.1
    """
    found = assigned(table, plays)["play_id"]
    assert found["A"] == ("usage_review" if is_free else "key_user_handover") and found["B"] == "usage_review"


@pytest.mark.parametrize("seed", range(4))
def test_what_holds_for_any_account(seed):
    rng, n = np.random.default_rng(seed), 400
    left = np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 400, n))
    curve = 1 - np.cumprod(1 - rng.random((n, 12)) * 0.2, axis=1)
    curve[rng.random(n) < 0.1] = np.nan
    case = Trouble(
        account_id=pd.Series([f"A{one}" for one in range(n)]),
        arr=rng.random(n) * 1e5,
        curve=curve,
        drivers={"usage": np.maximum(rng.normal(0, 0.1, n), 0), "people": np.maximum(rng.normal(0, 0.1, n), 0)},
        fired={"support_pain": rng.random(n) < 0.1},
        opportunity=np.full(n, None, dtype=object),
        noted=rng.random(n) < 0.1,
        ends_on=np.array([np.datetime64("NaT") if np.isnan(one) else np.datetime64(AS_OF) + int(one) for one in left]),
        notice_days=rng.choice([np.nan, 3, 30, 60, 90], n),
        plays=NO_PLAYS,
    )
    found = assign(LIBRARY, EFFECTS, case, AS_OF, language="en", longest_play_days=120)
    has_play = found["play"].notna()
    assert not has_play[np.isnan(curve[:, 0])].any()
    days = {play.title.en: play.days for play in LIBRARY.plays}
    for at in np.flatnonzero(has_play):
        row = found.loc[at]
        notice = np.nan_to_num(case.notice_days[at])
        until = left[at] - notice if left[at] >= notice else left[at]
        assert AS_OF <= row["due_on"] <= AS_OF + dt.timedelta(days=28)
        assert 0 <= row["expected_arr_saved"] <= case.arr[at]
        if not row["is_late"] and not np.isnan(left[at]):
            assert (row["due_on"] - AS_OF).days + days[row["play"]] <= until
    mixed = rng.permutation(n)
    again = assign(
        LIBRARY,
        EFFECTS,
        Trouble(
            case.account_id.iloc[mixed].reset_index(drop=True),
            case.arr[mixed],
            curve[mixed],
            {name: value[mixed] for name, value in case.drivers.items()},
            {name: value[mixed] for name, value in case.fired.items()},
            case.opportunity[mixed],
            case.noted[mixed],
            case.ends_on[mixed],
            case.notice_days[mixed],
            NO_PLAYS,
        ),
        AS_OF,
        language="en",
        longest_play_days=120,
    )
    pd.testing.assert_frame_equal(again, found.iloc[mixed].reset_index(drop=True))
