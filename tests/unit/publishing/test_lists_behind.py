"""The lists behind a list: each names the one before it, and goes on naming it whatever is published afterwards."""

import datetime as dt
import shutil

import pytest
from made_up_list import made_up_facts, made_up_rows

from renewcast.errors import RenewcastError
from renewcast.publishing import last_before, lists_behind, publish_list
from renewcast.publishing.earlier_lists import named, published_at

DAYS = [dt.date(2026, 6, 1) + dt.timedelta(weeks=number) for number in range(4)]


def publish(place, day, *, seed=7, names=True):
    last = last_before(place, f"2026-W{day.isocalendar().week:02d}")
    made_from = {"last_list": named(last)} if names else {}
    facts = made_up_facts(week=f"2026-W{day.isocalendar().week:02d}", as_of=day, run_key=f"{day} {seed}", made_from=made_from)
    return publish_list(place, made_up_rows(as_of=day, seed=seed), facts)


def shown(lists):
    return [f"{one.week} r{one.revision}" for one in lists]


def test_a_later_revision_of_an_earlier_week_changes_nothing_behind(tmp_path):
    first, second, third = [publish(tmp_path, day) for day in DAYS[:3]]
    assert shown(lists_behind(tmp_path, third)) == ["2026-W25 r1", "2026-W24 r1", "2026-W23 r1"]
    publish(tmp_path, DAYS[1], seed=8)
    assert shown(lists_behind(tmp_path, third)) == ["2026-W25 r1", "2026-W24 r1", "2026-W23 r1"]
    fourth = publish(tmp_path, DAYS[3])
    assert shown(lists_behind(tmp_path, fourth, most=3)) == ["2026-W26 r1", "2026-W25 r1", "2026-W24 r1"]
    assert lists_behind(tmp_path, None) == []


def test_lists_that_name_nobody_are_followed_by_the_latest_of_an_earlier_week(tmp_path):
    publish(tmp_path, DAYS[0], names=False)
    publish(tmp_path, DAYS[0], seed=8, names=False)
    assert shown(lists_behind(tmp_path, publish(tmp_path, DAYS[1], names=False))) == ["2026-W24 r1", "2026-W23 r2"]


@pytest.mark.parametrize("spoil", ["damage", "remove"])
def test_behind_a_damaged_list_there_is_nothing_and_nobody_fails(tmp_path, spoil):
    first, second, third = [publish(tmp_path, day) for day in DAYS[:3]]
    if spoil == "damage":
        (second.list_dir / "manifest.json").write_text("{}")
    else:
        shutil.rmtree(second.list_dir)
    assert shown(lists_behind(tmp_path, third)) == ["2026-W25 r1"]


def test_a_list_is_named_so_that_nothing_else_can_be_meant(tmp_path):
    one = publish(tmp_path, DAYS[0])
    name = named(one)
    assert published_at(tmp_path, name).list_dir == one.list_dir
    assert named(None) is None and published_at(tmp_path, None) is None
    path = one.list_dir / "manifest.json"
    path.write_text(path.read_text() + " ")
    with pytest.raises(RenewcastError, match="is not the one that was published"):
        published_at(tmp_path, name)
