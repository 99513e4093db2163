"""Nothing from the data acts, everybody can read: hostile texts in every slot, axe-core, no JavaScript, broken data."""

import json
from pathlib import Path

import axe_playwright_python
import hostile_texts
import pytest
from hostile_list import hostile_list
from made_up_list import made_up_facts, made_up_rows, made_up_supplement
from page_waits import until

from renewcast.publishing import publish_list

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def test_hostile_texts_are_shown_and_do_nothing(open_page):
    rows, facts, supplement = hostile_list()
    page = open_page(rows, facts, supplement)
    if page.is_visible("#further"):
        page.click("#all")
    assert page.locator("#live tbody tr").count() == len(rows)
    for select in page.locator("select[data-column]").all():
        if select.is_visible():
            select.select_option(index=3)
            page.click("#reset")
    page.locator("#live th button").nth(1).click()
    addresses = page.eval_on_selector_all("#live tbody a", "links => links.map(link => link.getAttribute('href'))")
    assert len(set(addresses)) == len(rows)
    # Every account is opened: its bundle, its charts and its time line hold the text too.
    shows = "address => document.querySelector('#account-view').dataset.accountId === decodeURIComponent(address)"
    for address in addresses:
        page.evaluate("address => { location.hash = address; }", address)
        until(page, shows, address.removeprefix("#account="))
    assert page.evaluate("window.hacked") is None
    # The elements are ours: nothing was made from a text.
    assert page.locator("img, iframe, object, embed, link, base, audio, video").count() == 0
    assert page.locator("script:not([type])").count() == 1


def test_a_hostile_text_is_read_as_it_was_written(open_page):
    rows, facts, supplement = hostile_list()
    page = open_page(rows, facts, supplement)
    for place, text in enumerate(hostile_texts.MARKUP):
        row = len(hostile_texts.FORMULAS) + place
        page.evaluate("id => { location.hash = '#account=' + encodeURIComponent(id); }", rows.loc[row, "account_id"])
        until(page, "text => document.querySelector('#account-view h1')?.textContent === text", text)


@pytest.mark.parametrize("view", ["", "#account=00002", "#account=00012"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_serious(open_page, language, theme, view):
    rows = made_up_rows(12)
    page = open_page(rows, made_up_facts(language=language), made_up_supplement(rows), at=view, color_scheme=theme, width=1440)
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
    assert _findings(page) == []


@pytest.mark.parametrize("view", ["", "#account=00002"])
def test_axe_finds_nothing_serious_on_a_phone(open_page, view):
    rows = made_up_rows(12)
    page = open_page(rows, made_up_facts(), made_up_supplement(rows), at=view, width=390, height=844)
    assert _findings(page) == []


def _findings(page):
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [json.dumps([one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]]]) for one in grave]


def test_landmarks_and_headings_are_in_order(open_page):
    rows = made_up_rows(12)
    page = open_page(rows, made_up_facts(), made_up_supplement(rows), at="#account=00002")
    assert page.locator("main").count() == 1 and page.locator("header.top").count() == 1
    assert page.locator("h1:visible").count() == 1
    levels = page.eval_on_selector_all("#account-view :is(h1, h2, h3)", "all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1 and all(later - earlier <= 1 for earlier, later in zip(levels[:-1], levels[1:], strict=True))
    assert page.evaluate("document.documentElement.lang") == "en"


def test_without_javascript_totals_movers_and_the_first_rows_can_be_read(chromium, tmp_path):
    rows = made_up_rows(250)
    published = publish_list(tmp_path, rows, made_up_facts(), made_up_supplement(rows, weeks=2, events=1))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((published.list_dir / "risk_list.html").as_uri())
    assert page.locator("#plain tbody tr:visible").count() == 100
    assert "The first 100 of 250 accounts" in page.inner_text("#plain")
    assert page.is_visible(".movers") and page.is_visible(".figures")
    assert not page.is_visible("#controls") and not page.is_visible("#theme") and not page.is_visible("#live")
    context.close()


def test_a_browser_that_cannot_inflate_says_so_and_keeps_the_first_rows(chromium, tmp_path):
    published = publish_list(tmp_path, made_up_rows(8), made_up_facts())
    context = chromium.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto((published.list_dir / "risk_list.html").as_uri())
    page.wait_for_selector("html.failed", state="attached")
    assert page.is_visible("#plain-failed") and page.locator("#plain tbody tr:visible").count() == 8
    context.close()
