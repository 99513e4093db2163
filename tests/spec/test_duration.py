"""How many days the cover of a snapshot's account lasts on, and what counts as not yet known."""

import datetime as dt

import pandas as pd
from spec.worked_example import LATER, T, churned, contracts, scored

from renewcast.labels import churn, duration
from renewcast.snapshots.terms import cover_days


def lasted(view, *, looked_up: dt.date = LATER) -> dict[str, tuple[int, bool]]:
    """Say of each scored account that has an outcome how many days it lasted from the window on, and whether it ended."""
    frame, label, known = scored(view), view.params.labels.churn, view.known_contracts(looked_up)
    frame = frame[churn(frame, known, label).notna()].reset_index(drop=True)
    found = duration(frame, known, label, pd.Timestamp(looked_up))
    assert (found["ended"] | (found["days"] == found["known_days"])).all()
    return dict(zip(frame["account_id"], zip(found["days"].tolist(), found["ended"].tolist(), strict=True), strict=True))


def test_days_are_counted_from_the_start_of_the_window_so_that_churn_lasts_at_most_the_horizon():
    view = contracts("""
        account     | starts_on  | ends_on
        at T        | 2025-06-29 | 2026-06-29
        day 89      | 2025-09-26 | 2026-09-26
        day 90      | 2025-09-27 | 2026-09-27
        renewed     | 2025-06-29 | 2026-07-31
        renewed     | 2026-08-20 | 2027-01-31
        open-ended  | 2025-07-01 |
    """)
    found = lasted(view)
    known = (LATER - T).days - 30
    assert found == {
        "at T": (1, True), "day 89": (90, True), "day 90": (91, True), "renewed": (217, True), "open-ended": (known, False),
    }  # fmt: skip
    assert churned(view) == {name: ended and days <= 90 for name, (days, ended) in found.items()}


def test_the_window_moves_with_the_lead():
    view = contracts(
        """
        account | starts_on  | ends_on
        day 14  | 2025-07-13 | 2026-07-13
        day 103 | 2025-10-10 | 2026-10-10
        """,
        lead_days=14,
    )
    assert lasted(view) == {"day 14": (1, True), "day 103": (90, True)}


def test_an_end_is_known_once_the_grace_after_it_is_over():
    view = contracts("""
        account | starts_on  | ends_on
        A       | 2025-08-09 | 2026-08-09
    """)
    # The last day of cover is the window's 42nd; a successor could begin until the 30th day after it.
    assert lasted(view, looked_up=dt.date(2026, 9, 9)) == {"A": (42, True)}
    assert lasted(view, looked_up=dt.date(2026, 9, 8)) == {"A": (41, False)}
    assert lasted(view, looked_up=dt.date(2026, 7, 1)) == {"A": (0, False)}


def test_the_days_of_known_cover_agree_with_the_duration_of_who_leaves_at_its_end():
    view = contracts(
        """
        account | starts_on  | ends_on
        A       | 2025-08-09 | 2026-08-09
        """,
        lead_days=7,
    )
    frame = scored(view)
    assert cover_days(frame["cover_ends_on"], frame["as_of"], 7).tolist() == [lasted(view)["A"][0]] == [35]
