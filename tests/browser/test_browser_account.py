"""The view of one account in a real Chromium: its address, keys, focus, charts and their tables, narrow windows, paper."""

import pytest
from made_up_list import made_up_facts, made_up_rows, made_up_supplement
from page_waits import until, until_account


def opened(open_page, account, *, count=12, language="en", **more):
    rows = made_up_rows(count)
    page = open_page(rows, made_up_facts(language=language), made_up_supplement(rows), at=f"#account={account}", **more)
    return rows.set_index("account_id"), page


def test_an_account_has_an_address_and_shows_all_that_is_known(open_page):
    rows, page = opened(open_page, "00003")
    row = rows.loc["00003"]
    assert page.inner_text("#account-name") == "Account 3"
    assert page.title().startswith("Account 3 · ")
    assert page.evaluate("document.activeElement.id") == "account-name"
    assert not page.is_visible("#list-view")
    text = page.inner_text("#account-view")
    for wanted in row[["driver_1", "change_reason", "signals", "check", "due_on", "renewal_date"]]:
        assert str(wanted) in text
    for step in ("Look at the usage together.", "Agree on one outcome."):
        assert step in text
    assert page.locator(".waterfall").count() == 2
    assert page.locator(".multiples svg").count() == 4 and page.locator(".timeline svg").count() == 1


def test_the_waterfalls_add_up(open_page):
    rows, page = opened(open_page, "00002")
    for place, first in ((0, 12.0), (1, 100 * rows.loc["00002", "churn_probability_last_list"])):
        cells = page.locator(".waterfall").nth(place).locator("tbody td.n").all_inner_texts()
        numbers = [float(one.replace("−", "-").replace("+", "").replace("%", "")) for one in cells]
        assert numbers[0] == pytest.approx(first, abs=0.06)
        # Each is rounded to a tenth.
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.05 * len(numbers) + 1e-9)
        assert numbers[-1] == pytest.approx(100 * rows.loc["00002", "churn_probability"], abs=0.06)


def test_every_chart_says_in_words_what_it_shows_and_has_a_table(open_page):
    _, page = opened(open_page, "00002")
    said = [one.get_attribute("aria-label") for one in page.locator("#account-view svg").all()]
    assert len(said) == 5 and all(said) and "in the week up to 2026-06-29" in said[0]
    page.click(".weeks summary")
    assert page.locator(".numbers tbody tr").count() == 26
    newest = page.locator(".numbers tbody tr").first.locator("td").first.inner_text()
    assert newest == page.locator("#account-view .figures .number").first.inner_text()
    events = page.locator(".events tbody tr")
    assert events.count() == 14 and page.locator(".events tbody tr:visible").count() == 12
    page.click(".events + .unfold")
    assert page.locator(".events tbody tr:visible").count() == 14
    assert page.locator(".timeline circle").count() == 14


def test_back_and_forward_and_escape_return_to_where_the_reader_was(open_page):
    rows = made_up_rows(60)
    page = open_page(rows, made_up_facts(), made_up_supplement(rows, weeks=3, events=2))
    link = page.locator("tr[data-account-id='00040'] a")
    link.scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    link.click()
    page.wait_for_selector("#account-name")
    assert page.evaluate("scrollY") == 0 and page.url.endswith("#account=00040")
    page.go_back()
    page.wait_for_selector("#list-view", state="visible")
    assert page.evaluate("scrollY") == pytest.approx(top, abs=2)
    assert page.evaluate("document.activeElement.closest('tr').dataset.accountId") == "00040"
    page.go_forward()
    page.wait_for_selector("#account-name")
    page.keyboard.press("ArrowRight")
    until_account(page, "Account 41")
    page.keyboard.press("ArrowLeft")
    until_account(page, "Account 40")
    page.click("#next")
    until_account(page, "Account 41")
    page.keyboard.press("Escape")
    page.wait_for_selector("#list-view", state="visible")
    assert page.evaluate("document.activeElement.closest('tr').dataset.accountId") == "00041"
    assert "#account" not in page.url


def test_the_way_back_from_a_deep_link_leads_to_the_list(open_page):
    _, page = opened(open_page, "00005")
    page.click("nav a")
    page.wait_for_selector("#list-view", state="visible")
    assert page.is_visible("#live tbody tr")
    page.click(".movers a")
    page.wait_for_selector("#account-name")


def test_next_follows_the_filtered_order(open_page):
    rows = made_up_rows(60)
    page = open_page(rows, made_up_facts())
    page.select_option("select[data-column='owner']", label="Chen Wei")
    mine = rows[rows["owner"] == "Chen Wei"]["account_name"].tolist()
    page.click("#live tbody a")
    page.wait_for_selector("#account-name")
    assert page.inner_text("#account-name") == mine[0] and page.locator("#previous").count() == 0
    page.click("#next")
    until_account(page, mine[1])


@pytest.mark.parametrize("odd", ["%", "%E0%A4%A", "nobody", "__proto__", "constructor"])
def test_an_address_of_no_account_says_so(open_page, odd):
    _, page = opened(open_page, odd)
    assert "There is no account" in page.inner_text("#account-name")
    page.keyboard.press("Escape")
    page.wait_for_selector("#list-view", state="visible")


def test_an_account_that_is_not_scored_or_not_told_of_says_so(open_page):
    rows, page = opened(open_page, "00012")
    assert "Signed up under 28 days ago." in page.inner_text(".notice")
    assert "No events are told" in page.inner_text("#account-view")
    bare = open_page(made_up_rows(3), made_up_facts(), at="#account=00001")
    assert "not among them" in bare.inner_text(".drivers") and bare.locator(".holder").count() == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_account_fits_its_window_and_no_label_leaves_its_picture(open_page, width, language):
    _, page = opened(open_page, "00002", language=language, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""() => [...document.querySelectorAll('#account-view svg')].flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 ||
                box.bottom > frame.bottom + 1 || box.top < frame.top - 1);
        }).map(text => text.textContent);
    })""")
    assert outside == []


def test_charts_are_drawn_anew_for_a_new_width(open_page):
    _, page = opened(open_page, "00002")
    page.set_viewport_size({"width": 390, "height": 800})
    until(page, "() => document.querySelector('.multiples svg').viewBox.baseVal.width < 390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_gets_the_account_alone(open_page):
    _, page = opened(open_page, "00002")
    page.emulate_media(media="print")
    assert not page.is_visible("nav") and not page.is_visible("#list-view")
    assert page.locator(".events tbody tr:visible").count() == 14
    assert page.is_visible(".multiples svg")
