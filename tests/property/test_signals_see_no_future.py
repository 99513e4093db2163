"""Facts known at or after a day never change which signals fire on it, what they say, or what their cards say."""

import datetime as dt

import ibis
import pytest
from as_it_stood import without_what_came_later

from renewcast import Project
from renewcast.datasets.known_state import known_digests
from renewcast.datasets.view import View
from renewcast.features.derived import with_derived
from renewcast.signals.firing import firing, known_at
from renewcast.signals.operating_characteristics import signal_cards

DAYS = (dt.date(2024, 9, 30), dt.date(2025, 6, 2))


@pytest.fixture(scope="module")
def project(company):
    return Project.load(company.directory)


@pytest.mark.parametrize("day", DAYS)
def test_what_becomes_known_later_changes_no_signal(project, day):
    then = firing(known_at(without_what_came_later(project, day), day))
    now = firing(known_at(project.view, day))
    assert len(now) > 50
    assert now.equals(then)


def test_what_becomes_known_later_changes_no_card(project):
    day = DAYS[1]
    then, now = signal_cards(without_what_came_later(project, day), day), signal_cards(project.view, day)
    assert any(card["alarms"] for card in now)
    assert now == then


def test_what_becomes_known_later_changes_no_digest_under_which_a_past_day_is_kept(project):
    then, now = (known_digests(view, [DAYS[0], DAYS[1]]) for view in (without_what_came_later(project, DAYS[1]), project.view))
    assert now == then
    assert known_digests(without_what_came_later(project, DAYS[0]), list(DAYS))[1] != then[1]


def test_the_order_of_rows_changes_no_signal(project):
    day, view = DAYS[1], View(project.params, project.staged, project.directory / "data" / "work" / "spill")
    tables = {name: view.store.tables[name] for name in view.files}
    turned = {name: table.order_by(ibis.desc(table.known_at)).cache() for name, table in tables.items()}
    view.store = with_derived(turned, {name: view.store.contracts[name] for name in turned}, view.mapped_columns, view.grace_days)
    assert firing(known_at(view, day)).equals(firing(known_at(project.view, day)))
