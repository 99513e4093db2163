"""The digest: the week in thirty lines, in both languages, and nothing that a chat or mail program could act on."""

import json
import re

import hostile_texts
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_list import AS_OF, made_up_facts, made_up_rows, made_up_supplement

from renewcast.publishing import publish_list
from renewcast.publishing.digest import MOST_LINES, digest, plain, to_json, to_markdown
from renewcast.publishing.rows import as_table
from renewcast.publishing.supplement import Supplement

# What the programs that turn text into links look for: a scheme, a domain, an address, a mention.
LINKS = re.compile(r"[A-Za-z][A-Za-z+.-]*:[^\s\u200b]|[^\W_]\.[^\W_]|@[^\s\u200b]")


def made(count=200, **facts):
    rows = made_up_rows(count)
    return digest(as_table(rows), made_up_facts(**facts), made_up_supplement(rows)), rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_the_totals_the_movers_and_what_is_due(language):
    said, rows = made(language=language)
    text = to_markdown(said).decode()
    assert said["totals"]["arr"] == pytest.approx(sum(rows["arr"]), abs=0.005)
    assert said["totals"]["arr_at_risk"] == pytest.approx(sum(rows["arr_at_risk"].dropna()), abs=0.005)
    for kind in ("up", "down", "new"):
        assert said["moved"][kind]["count"] == (rows["movement"] == kind).sum()
    assert said["moved"]["gone"]["count"] == 2
    due = [day for day in rows["due_on"].dropna() if (day - AS_OF).days < 7]
    assert said["due"]["count"] == len(due)
    for shown in ("2026-W27", "Gone and churned Ltd", f"{said['totals']['arr_at_risk']:,.0f}", "Account"):
        assert shown in text
    assert len(text.splitlines()) <= MOST_LINES


def test_movers_stand_by_the_money_that_moved():
    said, rows = made()
    by_account = rows.set_index("account_id")
    for kind in ("up", "down"):
        moved = by_account[by_account["movement"] == kind]
        weight = ((moved["churn_probability"] - moved["churn_probability_last_list"]).abs() * moved["arr"]).astype(float)
        shown = [one["account_id"] for one in said["moved"][kind]["accounts"]]
        assert shown == list(weight.sort_values(ascending=False, kind="stable").index[: len(shown)])


def test_a_quiet_week_is_said_in_a_few_lines():
    rows = made_up_rows(3)
    rows[["movement", "due_on", "churn_probability_last_list"]] = None
    text = to_markdown(digest(as_table(rows), made_up_facts(banners=[]), Supplement())).decode()
    assert len(text.splitlines()) == 4 and "0 up, 0 down, 0 new, 0 gone." in text


def test_the_published_json_is_the_digest(tmp_path):
    rows = made_up_rows(20)
    list_dir = publish_list(tmp_path, rows, made_up_facts(), made_up_supplement(rows)).list_dir
    said = digest(as_table(rows), made_up_facts(), made_up_supplement(rows))
    assert json.loads((list_dir / "digest.json").read_bytes()) == json.loads(to_json(said)) == said
    assert (list_dir / "digest.md").read_bytes() == to_markdown(said)


@pytest.mark.parametrize("text", hostile_texts.ALL)
def test_no_hostile_name_becomes_a_link_a_mention_a_format_or_another_line(text):
    rows = made_up_rows(30)
    for name in ("account_name", "change_reason", "play"):
        rows[name] = pd.Series([text] * 30, dtype=object)
    rows["movement"], rows["due_on"] = "up", AS_OF
    shown = to_markdown(digest(as_table(rows), made_up_facts(project=text, banners=[text]), Supplement())).decode()
    assert len(shown.splitlines()) <= MOST_LINES
    _holds_nothing_live(plain(text, 60))
    for line in shown.splitlines():
        assert not re.search(r"(?<!\\)[<>`]|(?<!\\)\]\(", line), line


@given(st.text(max_size=80))
def test_any_text_is_one_line_that_does_nothing(text):
    _holds_nothing_live(plain(text, 60))


@pytest.mark.parametrize(
    "text",
    ["see http://a.example/x", "www.example.com", "a@b.example", "@channel", "mailto:x", "javascript:alert(1)", "EVIL.COM"],
)
def test_what_would_be_a_link_is_broken_where_nobody_sees_it(text):
    shown = plain(text, 60)
    assert not LINKS.search(shown)
    assert re.sub(r"\\(.)", r"\1", shown.replace("\u200b", "")) == text


def _holds_nothing_live(shown):
    assert "\n" not in shown and "\r" not in shown
    assert not LINKS.search(shown), shown
    assert not re.search(r"[`*_\[\]<>()#|~!]", re.sub(r"\\.", "", shown)), shown
