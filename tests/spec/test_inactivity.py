"""The outcome of a business without contracts: nothing happens from the snapshot to the horizon."""

import datetime as dt

from spec.worked_example import became_inactive, usage


def test_the_window_opens_just_after_the_snapshot_and_closes_with_the_horizon():
    view = usage("""
        account           | occurred_at
        silent            | 2026-06-01 00:00:00
        at T              | 2026-06-01 00:00:00
        at T              | 2026-06-29 00:00:00
        a second after T  | 2026-06-01 00:00:00
        a second after T  | 2026-06-29 00:00:01
        at the horizon    | 2026-06-01 00:00:00
        at the horizon    | 2026-09-27 00:00:00
        after the horizon | 2026-06-01 00:00:00
        after the horizon | 2026-09-27 00:00:01
    """)
    assert became_inactive(view) == {
        "silent": True, "at T": True, "a second after T": False, "at the horizon": False, "after the horizon": True,
    }  # fmt: skip


def test_what_happens_within_the_lead_does_not_count():
    view = usage(
        """
        account        | occurred_at
        only in lead   | 2026-06-01 00:00:00
        only in lead   | 2026-07-13 00:00:00
        after the lead | 2026-06-01 00:00:00
        after the lead | 2026-07-13 00:00:01
        moved horizon  | 2026-06-01 00:00:00
        moved horizon  | 2026-10-11 00:00:00
        """,
        lead_days=14,
    )
    assert became_inactive(view) == {"only in lead": True, "after the lead": False, "moved horizon": False}


def test_use_that_was_told_late_counts_once_it_is_told():
    view = usage("""
        account   | occurred_at         | known_at
        told late | 2026-06-01 00:00:00 |
        told late | 2026-08-01 00:00:00 | 2026-12-01 00:00:00
    """)
    assert became_inactive(view, looked_up=dt.date(2026, 12, 1)) == {"told late": True}
    assert became_inactive(view, looked_up=dt.date(2026, 12, 2)) == {"told late": False}
