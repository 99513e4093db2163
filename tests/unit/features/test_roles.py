"""What may be made of a feature: lever, context or proxy."""

import pytest

from renewcast.features.catalogue import everything, families

ROLE = {one.name: one.role for one in everything((7, 28, 91))}


def test_every_feature_has_a_role_and_each_role_is_used():
    assert set(ROLE.values()) == {"lever", "context", "proxy"}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("usage_events_28d", "proxy"),  # volume mirrors the size of the account
        ("usage_events_trend_28d", "lever"),
        ("bought_modules_unused_91d", "lever"),
        ("key_users_left_91d", "lever"),
        ("milestones_overdue", "lever"),
        ("overdue_amount", "lever"),
        ("open_severe_tickets", "lever"),
        ("tickets_opened_28d", "proxy"),
        ("touchpoints_91d", "proxy"),  # we meet those in trouble more often
        ("willingness_last", "context"),
        ("nps_last", "context"),
        ("days_to_term_end", "context"),
        ("tenure_days", "context"),
        ("industry", "context"),
    ],
)
def test_a_role_is_what_the_trade_says(name, role):
    assert ROLE[name] == role


def test_every_mark_is_of_a_feature_that_exists():
    for family in families().values():
        names = {one.name for one in everything((7, 28, 91)) if one.driver == family.name}
        for stem in family._marked | family._sense | family._agreed:
            assert any(name == stem or name.startswith(f"{stem}_") for name in names), stem


def test_what_was_agreed_is_also_how_it_reads():
    for one in everything((7, 28, 91)):
        assert one.direction in (0, one.sense), one.name


def test_no_reader_takes_more_use_for_bad_news():
    sense = {one.name: one.sense for one in everything((7, 28, 91))}
    assert sense["usage_events_28d"] == sense["active_users_91d"] == -1
    assert sense["open_tickets"] == 1 and sense["tenure_days"] == 0
