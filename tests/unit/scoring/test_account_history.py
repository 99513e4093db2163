"""What is told of an account over time: each line from known facts, nothing from after the list's day, nothing recomputed."""

import datetime as dt
import re

import pandas as pd
from made_up_list import AS_OF, made_up_facts, made_up_rows

from renewcast.publishing import last_before, lists_behind, publish_list
from renewcast.publishing.past_probabilities import past_probabilities, with_past_probabilities
from renewcast.publishing.supplement import EVENT_COLUMNS, WEEK_COLUMNS
from renewcast.scoring.account_events import _WORDS, _terms, account_events
from renewcast.scoring.account_history import WEEKS, account_history


def _told(rows, language="en"):
    found = []
    _terms(rows, lambda account, day, kind, text: found.append((day, text)), _WORDS[language], "USD")
    return sorted(found)


def test_terms_begin_renew_and_end_and_unchanged_months_are_no_event():
    day = dt.date
    yearly = [
        ("A", "C1", "platform", day(2024, 1, 1), day(2025, 1, 1), 100.0),
        ("A", "C2", "platform", day(2025, 1, 1), day(2026, 1, 1), 120.0),
    ]
    assert _told(yearly) == [
        (day(2024, 1, 1), "Term begins: platform, 1,200 USD a year, until 2025-01-01"),
        (day(2025, 1, 1), "Renewed: platform, 1,440 USD a year, until 2026-01-01 (+20 %)"),
        (day(2026, 1, 1), "Term ends: platform"),
    ]
    months = [("A", f"C{m}", None, day(2026, m, 1), day(2026, m + 1, 1), 10.0 if m < 4 else 15.0) for m in range(1, 6)]
    assert _told(months) == [
        (day(2026, 1, 1), "Term begins: subscription, 120 USD a year, until 2026-02-01"),
        (day(2026, 4, 1), "Renewed: subscription, 180 USD a year, until 2026-05-01 (+50 %)"),
        (day(2026, 6, 1), "Term ends: subscription"),
    ]
    open_ended = [("A", "C1", "p", day(2025, 1, 1), None, 1.0), ("A", "C2", "p", day(2026, 1, 1), day(2026, 3, 1), 1.0)]
    assert [text for _, text in _told(open_ended)] == ["Term begins: p, 12 USD a year", "Term ends: p"]
    assert _told([("A", "C", "p", day(2026, 1, 1), None, 1.0)], "zh") == [(day(2026, 1, 1), "合同开始：p，每年 12 USD")]


def test_both_languages_have_the_same_words_with_the_same_places():
    assert _WORDS["en"].keys() == _WORDS["zh"].keys()
    for key in _WORDS["en"]:
        english, chinese = (set(re.findall(r"\{(\w+)", _WORDS[language][key])) for language in ("en", "zh"))
        assert english == chinese, key


def test_an_earlier_week_keeps_the_probability_that_was_published_then(tmp_path):
    for weeks in (2, 1):
        day = AS_OF - dt.timedelta(7 * weeks)
        facts = made_up_facts(week=f"2026-W{27 - weeks}", as_of=day, run_key=f"key-{weeks}")
        publish_list(tmp_path, made_up_rows(5, seed=weeks, as_of=day), facts)
    other = AS_OF - dt.timedelta(21)
    facts = made_up_facts(week="2026-W24", as_of=other, target="inactivity", run_key="k")
    publish_list(tmp_path, made_up_rows(5, as_of=other), facts)
    behind = lists_behind(tmp_path, last_before(tmp_path, "2026-W27"))
    found = past_probabilities(behind, "churn", ["00002", "00005", "unheard of"])
    assert found["as_of"].unique().tolist() == [AS_OF - dt.timedelta(14), AS_OF - dt.timedelta(7)]
    for weeks in (2, 1):
        rows = made_up_rows(5, seed=weeks).set_index("account_id")
        said = found[found["as_of"] == AS_OF - dt.timedelta(7 * weeks)].set_index("account_id")
        assert said.loc["00002", "churn_probability"] == rows.loc["00002", "churn_probability"]
        assert pd.isna(said.loc["00005", "churn_probability"])
    (tmp_path / "2026-W26" / "r1" / "risk_list.parquet").write_bytes(b"damaged")
    assert past_probabilities(behind, "churn", ["00002"])["as_of"].tolist() == [AS_OF - dt.timedelta(14)]
    with_now = with_past_probabilities(behind, made_up_rows(5), "churn")
    assert with_now["as_of"].max() == AS_OF and len(with_now) == 10


def test_weeks_and_events_come_from_what_was_known(company):
    day = company.day(None)
    ids = company.view.population([day]).loc[lambda frame: frame["is_eligible"], "account_id"].tolist()[:40]
    published = pd.DataFrame(
        {"account_id": ids[0], "as_of": [day], "churn_probability": [0.5], "churn_low": [0.25], "churn_high": [0.75]}
    )
    weeks, events = account_history(company.view, ids, day, published)
    assert list(weeks.columns) == list(WEEK_COLUMNS) and list(events.columns) == list(EVENT_COLUMNS)
    assert set(weeks["account_id"]) == set(ids) and weeks.groupby("account_id").size().max() <= WEEKS
    assert weeks.loc[weeks["churn_probability"].notna(), ["account_id", "as_of"]].values.tolist() == [[ids[0], day]]
    # The same sums by a plain loop over the raw facts.
    usage = company.view._as_known("usage", day).select("account_id", "user_id", "occurred_at").to_pandas()
    tickets = company.view._as_known("tickets", day).to_pandas()
    for row in weeks[weeks["account_id"].isin(ids[:5])].itertuples():
        end = pd.Timestamp(row.as_of)
        mine = usage[(usage["account_id"] == row.account_id) & (usage["occurred_at"] < end)]
        mine = mine[mine["occurred_at"] >= end - pd.Timedelta(days=7)]
        assert (row.events, row.active_users) == (len(mine), mine["user_id"].nunique())
        now = pd.Timestamp(day)
        known = tickets[(tickets["account_id"] == row.account_id) & (tickets["opened_at"] < end)]
        closed = (known["resolved_at"] < end) & (known["resolved_at"] < now)
        assert row.open_tickets == len(known) - closed.sum()
    assert events["kind"].isin(["term", "milestone", "ticket", "touchpoint", "play", "person"]).all()
    happened = events[events["kind"].isin(["ticket", "touchpoint", "play"])]
    assert (happened["day"] < day).all() and (events["day"] >= day - dt.timedelta(364)).all()


def test_an_earlier_day_is_told_the_same_whatever_came_later(company):
    """A list that is made again for an earlier day must not know what became of it."""
    days = company.view.calendar.days(company.day(None))
    day = days[-8]
    ids = company.view.population([day]).loc[lambda frame: frame["is_eligible"], "account_id"].tolist()[:40]
    told = account_events(company.view, ids, day)
    open_then = told[(told["kind"] == "ticket") & told["text"].str.contains("open")]
    tickets = company.view._as_known("tickets", day).to_pandas()
    now = pd.Timestamp(day)
    known = tickets[tickets["account_id"].isin(ids) & (tickets["opened_at"] < now)]
    still = known[~(known["resolved_at"] < now) & (known["opened_at"] >= now - pd.Timedelta(days=364))]
    assert len(open_then) == len(still) > 0
