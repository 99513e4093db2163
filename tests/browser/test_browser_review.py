"""The review in a real browser: both languages and themes, phone width, hostile names, and nothing but silence."""

import hostile_texts
import pytest
from made_up_review import made_up_facts, made_up_parts
from test_browser_safety import AXE, _findings

from renewcast.review.publish import PAGE, publish_review

assert AXE


@pytest.fixture
def open_review(chromium, tmp_path):
    """Publish a review, open its page, and afterwards require silence: no message, no breach of the policy, no request."""
    said, asked, contexts, pages = [], [], [], []

    def opened(parts, facts, *, width=1440, height=900, **context):
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **context))
        contexts[-1].add_init_script(
            "window.breaches = []; addEventListener('securitypolicyviolation', (event) => breaches.push(event.violatedDirective))"
        )
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((publish_review(tmp_path / str(len(contexts)), parts, facts).folder / PAGE).as_uri())
        pages.append(page)
        return page

    yield opened
    breaches = [breach for page in pages for breach in page.evaluate("window.breaches")]
    for context in contexts:
        context.close()
    assert said == [] and breaches == []
    assert len(asked) == len(pages) and all(one.startswith("file://") for one in asked)


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1440), ("en", "dark", 390)])
def test_axe_finds_nothing_serious_and_nothing_runs_over_the_edge(open_review, language, theme, width):
    page = open_review(made_up_parts(), made_up_facts(language=language), color_scheme=theme, width=width)
    for summary in page.locator("summary").all():
        summary.click()
    assert _findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == ("en" if language == "en" else "zh-CN")
    assert page.locator("h1").count() == 1 and page.locator("svg[role=img]:visible").count() == 9
    paper = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (theme == "light")


def test_hostile_names_do_nothing_and_charts_stay_in_their_boxes(open_review):
    page = open_review(made_up_parts(names=[text[:200] for text in hostile_texts.ALL]), made_up_facts())
    assert page.evaluate("window.hacked") is None
    assert page.locator("script, img, iframe, object, embed, link, base, audio, video, a[href^=http]").count() == 0
    over = """() => [...document.querySelectorAll('svg.chart')].flatMap((svg) => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('rect, circle, text, polyline')].filter((mark) => {
            const one = mark.getBoundingClientRect();
            return one.width && (one.left < box.left - 2 || one.right > box.right + 2 || one.bottom > box.bottom + 2);
        }).map((mark) => mark.outerHTML.slice(0, 120));
    })"""
    assert page.evaluate(over) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(over) == []
