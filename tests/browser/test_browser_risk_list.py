"""The page in a real Chromium, from a file and without a network: sorting, filters, charts, and hostile names inert."""

import os
import shutil
import warnings

import hostile_texts
import pandas as pd
import pytest
from made_up_list import made_up_facts, made_up_rows

from renewcast.publishing import publish_list

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium():
    executable = shutil.which("chromium")
    if executable is None:
        message = "no chromium on the PATH: the page was NOT tried in a browser"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, tmp_path):
    """Publish a list, open its page, and afterwards require silence: no error, no dialog, no request beyond the file."""
    said, asked = [], []
    context = chromium.new_context(viewport={"width": 1366, "height": 900})

    def opened(rows, facts):
        published = publish_list(tmp_path, rows, facts)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((published.list_dir / "risk_list.html").as_uri())
        return page

    yield opened
    context.close()
    assert said == []
    assert len(asked) == 1 and asked[0].startswith("file://")


def column(page, place):
    return page.eval_on_selector_all(f"tbody td:nth-child({place})", "cells => cells.map(cell => cell.firstChild.nodeValue)")


def ids(page):
    return page.eval_on_selector_all("tbody tr", "rows => rows.map(row => row.dataset.accountId)")


def test_the_page_opens_in_the_order_of_the_list_a_hundred_rows_at_a_time(open_page):
    page = open_page(made_up_rows(250), made_up_facts())
    assert ids(page) == [f"{rank:05d}" for rank in range(1, 101)]
    assert page.inner_text("#count") == "250 of 250 accounts, the first 100 shown"
    page.click("#more")
    assert len(ids(page)) == 200
    page.click("#more")
    assert len(ids(page)) == 250 and page.inner_text("#count") == "250 of 250 accounts"
    assert not page.is_visible("#further")


def test_a_heading_sorts_all_rows_and_says_so_and_missing_values_stay_last(open_page):
    rows = made_up_rows(150)
    page = open_page(rows, made_up_facts())
    heading = page.locator("th", has_text="Churn probability")
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    page.click("#all")
    shown = [rows.set_index("account_id").loc[one, "churn_probability"] for one in ids(page)]
    assert pd.isna(shown[-1])
    assert [round(one, 3) for one in shown[:-1]] == sorted((round(one, 3) for one in shown[:-1]), reverse=True)
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert page.locator("th[aria-sort]").count() == 1
    page.click("#all")
    assert ids(page)[-1] == rows["account_id"].iloc[-1]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Account", 2),
        ("Owner", 3),
        ("Renewal", 7),
        ("ARR", 8),
        ("Change", 10),
        ("At risk", 11),
    ],
)
def test_every_heading_sorts(open_page, title, place):
    page = open_page(made_up_rows(40), made_up_facts())
    page.locator("th", has_text=title).first.locator("button").click()
    values = column(page, place)

    def number(text):
        return float(text.replace(",", "").replace("▲ ", "").replace("▼ ", "-"))

    known = [value for value in values if value != "–"]
    assert values[: len(known)] == known
    if place >= 8:
        assert [number(one) for one in known] == sorted(map(number, known), reverse=True)
    elif place == 7:
        assert known == sorted(known)
    else:
        assert known[0] != known[-1]


def test_text_and_choices_filter_together_and_reset_brings_all_back(open_page):
    rows = made_up_rows(120)
    page = open_page(rows, made_up_facts())
    page.select_option("select[data-cell='2']", label="Ana Lopez")
    page.select_option("select[data-cell='3']", label="ordinary")
    wanted = rows[(rows["owner"] == "Ana Lopez") & (rows["tier"] == "ordinary")]["account_id"].tolist()
    assert ids(page) == wanted
    assert page.inner_text("#count") == f"{len(wanted)} of 120 accounts"
    page.fill("#search", "account " + wanted[0].lstrip("0"))
    assert wanted[0] in ids(page)
    page.fill("#search", "no such account")
    assert ids(page) == [] and page.inner_text("#count") == "0 of 120 accounts"
    page.click("#reset")
    assert page.inner_text("#count").startswith("120 of 120")
    page.select_option("#status", "not_scored")
    assert ids(page) == ["00120"]
    assert "Signed up under 28 days ago." in page.inner_text("tbody")
    page.click("#reset")
    page.select_option("select[data-cell='2']", label="(none)")
    assert ids(page) == rows[rows["owner"].isna()]["account_id"].tolist()


def test_the_charts_are_drawn_and_no_label_leaves_the_picture(open_page):
    rows = made_up_rows(60)
    rows["owner"] = ["Maximiliana Featherstonehaugh-Cholmondeley" if i % 2 else "万小明" for i in range(60)]
    page = open_page(rows, made_up_facts())
    assert page.locator("figure svg").count() == 2
    outside = page.evaluate("""() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 ||
                box.bottom > frame.bottom + 1 || box.top < frame.top - 1);
        }).map(text => text.textContent);
    })""")
    assert outside == []
    assert page.evaluate("document.querySelector('figure svg').getBoundingClientRect().height") > 60


@pytest.mark.parametrize("width", [390, 768, 1366])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_its_window(open_page, width, language):
    page = open_page(made_up_rows(30), made_up_facts(language=language))
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("tbody tr")


def test_hostile_texts_are_shown_and_do_nothing(open_page):
    rows = made_up_rows(len(hostile_texts.ALL))
    for name in ("account_name", "owner", "segment", "tier", "lifecycle_stage", "driver_1"):
        rows[name] = pd.Series(hostile_texts.ALL, dtype=object)
    rows.loc[len(rows) - 1, "driver_1"] = None
    page = open_page(rows, made_up_facts(banners=list(hostile_texts.ALL), notes=list(hostile_texts.ALL), project="<img src=x>"))
    if page.is_visible("#further"):
        page.click("#all")
    for select in page.locator("select[data-cell]").all():
        select.select_option(index=3)
        page.click("#reset")
    page.locator("th button").nth(1).click()
    assert page.evaluate("window.hacked") is None
    assert len(ids(page)) == len(rows)
    assert page.locator("script").count() == 1 and page.locator("img, iframe, tbody a").count() == 0


def test_without_javascript_every_row_is_there(chromium, tmp_path):
    published = publish_list(tmp_path, made_up_rows(250), made_up_facts())
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((published.list_dir / "risk_list.html").as_uri())
    assert page.locator("tbody tr:visible").count() == 250
    assert not page.is_visible("#controls")
    context.close()


def test_12000_rows_sort_and_filter_without_a_wait(open_page):
    rows = made_up_rows(12_000)
    rows.loc[11_000, "account_name"] = "Zebra Crossing Ltd"
    page = open_page(rows, made_up_facts())
    milliseconds = page.evaluate("""() => {
        const start = performance.now();
        document.querySelectorAll('th button')[8].click();
        const search = document.querySelector('#search');
        search.value = 'ltd ZEBRA';
        search.dispatchEvent(new Event('input'));
        return performance.now() - start;
    }""")
    assert page.inner_text("#count").startswith("1 of 12,000 accounts")
    # A guard against quadratic work, wide enough for a busy machine; it takes about a tenth of a second.
    assert milliseconds < 5_000


def test_paper_gets_every_row_that_the_filters_let_through(open_page):
    page = open_page(made_up_rows(130), made_up_facts())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(ids(page)) == 130
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(ids(page)) == 100
