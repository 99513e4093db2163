"""The page as bytes: what it holds, what it may do, how large it is; how it behaves is tried in a browser."""

import base64
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser

import hostile_texts
import pandas as pd
import pytest
from hostile_list import hostile_list
from made_up_list import AS_OF, made_up_facts, made_up_rows, made_up_supplement

from renewcast.publishing import _page_accounts, _page_rows
from renewcast.publishing._page_packing import packed, unpacked
from renewcast.publishing._page_rows import expected_rows, rows_of_page
from renewcast.publishing._page_wording import PAGE_WORDING
from renewcast.publishing._wording import WORDING
from renewcast.publishing.page import to_html
from renewcast.publishing.renewals_due import quarter_end, renewals_due
from renewcast.publishing.rows import as_table
from renewcast.publishing.supplement import EVENT_COLUMNS, Supplement
from renewcast.publishing.text import storable, visible

PARTS = re.compile(r'<script type="text/plain" (?:id="rows"|class="pack")>(.*?)</script>', re.DOTALL)


class Tags(HTMLParser):
    """Every tag of a page, and the text outside scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.accounts = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "style", "srcdoc")], attrs
        assert re.match(r"#|risk_list\.", attrs.get("href", "#")), attrs
        self.tags.append(tag)
        self.accounts += [attrs["data-account-id"]] if "data-account-id" in attrs else []

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def hostile():
    rows, facts, supplement = hostile_list()
    return rows, to_html(as_table(rows), facts, supplement).decode("utf-8")


def test_no_text_of_a_customer_becomes_an_element_or_an_attribute(hostile):
    rows, page = hostile
    read = Tags(page)
    assert not {"iframe", "img", "base", "link", "object", "embed", "noscript"} & set(read.tags)
    assert read.tags.count("script") == 1 + len(PARTS.findall(page))
    assert page.count("</script") == page.count("<script")
    assert read.accounts == [visible(storable(one)) for one in rows["account_id"][:100]]


def test_the_data_are_letters_without_a_meaning_in_html(hostile):
    _, page = hostile
    parts = PARTS.findall(page)
    assert len(parts) >= 2
    for part in parts:
        assert re.fullmatch(r"[A-Za-z0-9+/=]+", part)


def test_every_text_is_in_the_data_as_it_is_shown(hostile):
    rows, page = hostile
    data = unpacked(PARTS.findall(page)[0])["rows"]
    names = data["columns"]["account_name"]
    assert names == [visible(storable(one)) if one.strip() else None for one in hostile_texts.ALL]
    owners = [None if place is None else data["choices"]["owner"][place] for place in data["columns"]["owner"]]
    assert owners == names


def test_the_policy_allows_the_script_and_the_style_that_are_there_and_nothing_else(hostile):
    _, page = hostile
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    digests = []
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digests.append("'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'")
    assert policy == (
        f"default-src 'none'; script-src {digests[0]}; style-src {digests[1]}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_the_same_byte_for_byte_and_reads_back_as_the_rows(language):
    table, facts = as_table(made_up_rows(60)), made_up_facts(language=language)
    page = to_html(table, facts, made_up_supplement(made_up_rows(60)))
    assert page == to_html(table, facts, made_up_supplement(made_up_rows(60)))
    assert rows_of_page(page) == expected_rows(table)
    assert len(expected_rows(table)) == 60


def test_2000_accounts_with_half_a_year_of_weeks_and_events_stay_under_2_megabytes():
    rows = made_up_rows(2_000)
    page = to_html(as_table(rows), made_up_facts(), made_up_supplement(rows, events=40))
    assert len(page) < 2_000_000
    (first, *packs) = PARTS.findall(page.decode())
    told = sum(len(unpacked(pack)["accounts"]) for pack in packs)
    assert told == sum(place is not None for place in unpacked(first)["bundle"]) > 1_000


def test_no_account_is_missing_from_a_page_of_12000_and_it_stays_under_5_megabytes():
    rows = made_up_rows(12_000)
    page = to_html(as_table(rows), made_up_facts())
    assert len(page) < 5_000_000
    assert [account for account, _ in rows_of_page(page)] == list(rows["account_id"])


def test_beyond_what_a_page_holds_the_urgent_stay_and_the_page_says_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(_page_rows, "MOST_ROWS", 20)
    monkeypatch.setattr(_page_accounts, "BUNDLE", 5)
    monkeypatch.setattr(_page_accounts, "MOST_LETTERS", 4_000)
    rows = made_up_rows(60)
    page = to_html(as_table(rows), made_up_facts(), made_up_supplement(rows))
    kept = [account for account, _ in rows_of_page(page)]
    assert len(kept) == 20 and kept == sorted(kept)
    assert set(kept) <= set(rows.loc[rows["owner_place"].notna(), "account_id"])
    text = " ".join(Tags(page.decode()).text)
    assert "The page lists 20 of 60 accounts" in text
    assert re.search(r"told for the \d+ most urgent accounts, drivers for \d+\.", text)
    assert sum(map(len, PARTS.findall(page.decode())[1:])) <= 4_000


def test_an_account_has_its_latest_events_and_days_count_from_the_list():
    events = [("A", AS_OF - dt.timedelta(day), "ticket", f"Ticket {day}") for day in range(90)]
    supplement = Supplement(events=pd.DataFrame(events, columns=EVENT_COLUMNS))
    (pack,), place = _page_accounts.bundles(["A", "B"], supplement, AS_OF)
    told = unpacked(pack)
    assert place == {"A": 0}
    found = told["accounts"]["A"]["events"]
    assert [one[0] for one in found] == list(range(1 - _page_accounts.MOST_EVENTS, 1))
    assert told["texts"][found[-1][2]] == "Ticket 0"


def test_packing_gives_back_every_text():
    for text in hostile_texts.ALL:
        assert unpacked(packed([storable(text)])) == [storable(text)]


@pytest.mark.parametrize(
    ("renewal_date", "renewal", "churn", "counts", "forecast", "unknown"),
    [
        (dt.date(2026, 6, 29), 0.8, 0.9, 1, 80.0, 0.0),
        (dt.date(2026, 6, 30), 0.25, 0.9, 1, 25.0, 0.0),
        (dt.date(2026, 6, 30), None, 0.9, 1, 10.0, 0.0),
        (dt.date(2026, 6, 30), None, None, 1, 0.0, 100.0),
        (dt.date(2026, 7, 1), 0.8, 0.9, 0, 0.0, 0.0),
        (dt.date(2026, 6, 28), 0.8, 0.9, 0, 0.0, 0.0),
        (None, 0.8, 0.9, 0, 0.0, 0.0),
    ],
)
def test_what_falls_due_in_the_quarter(renewal_date, renewal, churn, counts, forecast, unknown):
    rows = made_up_rows(2)
    rows["renewal_date"] = [renewal_date, None]
    rows["arr"] = [100.0, 7.0]
    rows["renewal_probability"] = [renewal, None]
    rows["churn_probability"] = [churn, None]
    due = renewals_due(as_table(rows), AS_OF, quarter_end(AS_OF))
    assert (due.accounts, due.arr, due.forecast, due.not_forecast) == (counts, 100.0 * counts, forecast, unknown)


def test_the_page_says_the_same_things_in_both_languages():
    english, chinese = PAGE_WORDING["en"], PAGE_WORDING["zh"]
    assert english.keys() == chinese.keys() and not english.keys() & WORDING["en"].keys()
    for key in english:
        assert set(re.findall(r"\{\w+\}", english[key])) == set(re.findall(r"\{\w+\}", chinese[key])), key
