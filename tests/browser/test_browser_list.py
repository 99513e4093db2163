"""The list of the page, driven in a real Chromium: order, sorting, search, filters, folding, keys, light and dark."""

import pandas as pd
import pytest
from made_up_list import made_up_facts, made_up_rows, made_up_supplement
from page_waits import until


def ids(page):
    return page.eval_on_selector_all("#live tbody tr", "rows => rows.map(row => row.dataset.accountId)")


def heading(page, title):
    return page.locator("#live thead th").filter(has=page.locator("button", has_text=title)).first


def test_the_page_opens_in_the_order_of_the_list_a_hundred_rows_at_a_time(open_page):
    page = open_page(made_up_rows(250), made_up_facts())
    assert ids(page) == [f"{rank:05d}" for rank in range(1, 101)]
    assert page.inner_text("#count") == "250 of 250 accounts, the first 100 shown"
    page.click("#more")
    assert len(ids(page)) == 200
    assert page.evaluate("document.activeElement.closest('tr').dataset.accountId") == "00101"
    page.click("#more")
    assert len(ids(page)) == 250 and page.inner_text("#count") == "250 of 250 accounts"
    assert not page.is_visible("#further")
    page.click("#reset")
    until(page, "() => document.querySelectorAll('#live tbody tr').length === 100")
    page.click("#all")
    assert len(ids(page)) == 250


@pytest.mark.parametrize(
    ("title", "column", "direction"),
    [
        ("Rank", "rank", -1),  # it is sorted by rank already
        ("Account", "account_name", 1),
        ("Owner", "owner", 1),
        ("Renewal", "renewal_date", 1),
        ("ARR", "arr", -1),
        ("At risk", "arr_at_risk", -1),
        ("Churn probability", "churn_probability", -1),
        ("What to do", "due_on", 1),
    ],
)
def test_every_heading_sorts_both_ways_says_so_and_keeps_missing_values_last(open_page, title, column, direction):
    rows = made_up_rows(40)
    page = open_page(rows, made_up_facts())
    values = rows.set_index("account_id")[column]
    head = heading(page, title)
    for way in (direction, -direction):
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == ("ascending" if way > 0 else "descending")
        assert page.locator("#live th[aria-sort]").count() == 1
        shown = [values[one] for one in ids(page)]
        known = [one for one in shown if not pd.isna(one)]
        assert all(pd.isna(one) for one in shown[len(known) :])
        if column == "owner":
            assert known[0] != known[-1]
        elif column in ("arr", "arr_at_risk"):
            assert list(map(round, known)) == sorted(map(round, known), reverse=way < 0)
        elif column == "churn_probability":
            assert [round(one, 4) for one in known] == sorted((round(one, 4) for one in known), reverse=way < 0)
        elif column == "account_name":
            assert known == sorted(known, key=lambda name: int(name.split()[1]), reverse=way < 0)
        else:
            assert known == sorted(known, reverse=way < 0)


def test_the_change_sorts_by_its_size(open_page):
    rows = made_up_rows(60).set_index("account_id")
    page = open_page(rows.reset_index()[made_up_rows(1).columns], made_up_facts())
    heading(page, "Change").locator("button").click()
    change = (rows["churn_probability"].astype(float) - rows["churn_probability_last_list"].astype(float)).round(3)
    shown = [change[one] for one in ids(page)]
    known = [one for one in shown if not pd.isna(one)]
    assert known == sorted(known, reverse=True) and len(known) < len(shown)


@pytest.mark.parametrize(
    ("column", "shown", "code"),
    [
        ("owner", "Ana Lopez", "Ana Lopez"),
        ("segment", "Report readers", "Report readers"),
        ("tier", "ordinary", "ordinary"),
        ("lifecycle_stage", "renewal", "renewal"),
        ("movement", "up", "up"),
    ],
)
def test_every_choice_filters(open_page, column, shown, code):
    rows = made_up_rows(80)
    page = open_page(rows, made_up_facts())
    page.select_option(f"select[data-column='{column}']", label=shown)
    wanted = rows[rows[column] == code]["account_id"].tolist()
    assert ids(page) == wanted and wanted
    assert page.inner_text("#count") == f"{len(wanted)} of 80 accounts"


def test_text_and_choices_filter_together_and_reset_brings_all_back(open_page):
    rows = made_up_rows(90)
    page = open_page(rows, made_up_facts())
    page.select_option("select[data-column='owner']", label="Ana Lopez")
    page.select_option("select[data-column='tier']", label="ordinary")
    wanted = rows[(rows["owner"] == "Ana Lopez") & (rows["tier"] == "ordinary")]["account_id"].tolist()
    assert ids(page) == wanted
    page.fill("#search", "account " + wanted[0].lstrip("0"))
    assert wanted[0] in ids(page)
    page.fill("#search", "no such account")
    assert ids(page) == [] and page.is_visible("#nothing") and page.inner_text("#count") == "0 of 90 accounts"
    page.click("#reset")
    until(page, "() => document.querySelectorAll('#live tbody tr').length === 90")
    page.select_option("#status", "not_scored")
    assert ids(page) == ["00090"] and "Signed up under 28 days ago." in page.inner_text("#live tbody")
    page.select_option("#status", "to_do")
    assert ids(page) == rows[rows["owner_place"].notna()]["account_id"].tolist()
    page.select_option("#status", "scored")
    assert len(ids(page)) == 89
    page.select_option("#status", "")
    page.select_option("select[data-column='owner']", label="(none)")
    assert ids(page) == rows[rows["owner"].isna()]["account_id"].tolist()


def test_a_row_tells_reasons_change_signal_play_and_due_date(open_page):
    rows = made_up_rows(12)
    page = open_page(rows, made_up_facts())
    row = rows.iloc[2]
    shown = page.inner_text("#live tr[data-account-id='00003']")
    assert row["signals"] and row["play"] and row["change_reason"]
    for text in (*row[["driver_1", "driver_2", "driver_3", "change_reason", "signals", "play"]], f"by {row['due_on']}"):
        assert text in shown


def test_the_list_is_worked_by_keys_alone(open_page):
    page = open_page(made_up_rows(30), made_up_facts())
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("00002")
    assert ids(page) == ["00002"]
    page.keyboard.press("Escape")
    assert len(ids(page)) == 30 and page.input_value("#search") == ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').dataset.accountId") == "00002"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#account-name")
    assert page.inner_text("#account-name") == "Account 1"


def test_movers_opportunities_and_totals_stand_above(open_page):
    rows = made_up_rows(80)
    page = open_page(rows, made_up_facts(), made_up_supplement(rows, weeks=2, events=1))
    movers = page.locator(".movers .card")
    assert movers.count() == 4
    for kind, place in (("up", 0), ("down", 1), ("new", 2)):
        assert movers.nth(place).locator(".count").inner_text() == str((rows["movement"] == kind).sum())
    assert "Gone and churned Ltd" in movers.nth(3).inner_text() and movers.nth(3).locator("a").count() == 0
    table = page.locator("table[data-fold]")
    assert table.locator("tbody tr:visible").count() == 8
    page.click("table[data-fold] + .unfold")
    assert table.locator("tbody tr:visible").count() == 15
    assert "Waits: the churn probability" in table.inner_text()
    figures = page.inner_text(".figures")
    assert "ARR at risk" in figures and "forecast to renew" in figures and "2 gone" in figures


def test_the_switch_goes_from_the_system_to_light_to_dark_and_is_remembered(open_page):
    page = open_page(made_up_rows(3), made_up_facts(), color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    assert "as the system" in page.inner_text("#theme")
    page.click("#theme")
    light = page.evaluate(ground)
    assert light != dark and "light" in page.inner_text("#theme-now")
    page.emulate_media(color_scheme="light")
    page.click("#theme")
    assert page.evaluate(ground) == dark
    page.click("#theme")
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("width", [390, 768, 1100, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_fits_its_window(open_page, width, language):
    rows = made_up_rows(12)
    rows.loc[1, "account_name"] = "W" * 90
    page = open_page(rows, made_up_facts(language=language), made_up_supplement(rows, weeks=3, events=2), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("#live tbody tr")


def test_12000_rows_sort_and_filter_without_a_wait(open_page):
    rows = made_up_rows(12_000)
    rows.loc[11_000, "account_name"] = "Zebra Crossing Ltd"
    page = open_page(rows, made_up_facts())
    milliseconds = page.evaluate("""() => {
        const start = performance.now();
        document.querySelectorAll('#live th button')[6].click();
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
    page.emulate_media(media="print")
    assert not page.is_visible("#controls") and not page.is_visible("#theme") and page.is_visible("#live tbody tr:nth-child(130)")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(ids(page)) == 100
