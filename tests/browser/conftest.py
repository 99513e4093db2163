"""A real Chromium that opens published pages from files, without a network, and must stay silent."""

import os
import shutil
import warnings

import pytest

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


@pytest.fixture(scope="session")
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
    """Publish a list, open its page, and afterwards require silence.

    No error, no message, no dialog, no breach of the policy, no request beyond the file.
    """
    said, asked, contexts = [], [], []

    def opened(rows, facts, supplement=None, *, at="", width=1366, height=900, **context):
        context = chromium.new_context(viewport={"width": width, "height": height}, **context)
        contexts.append(context)
        context.add_init_script(
            "window.breaches = []; addEventListener('securitypolicyviolation', (event) => breaches.push(event.violatedDirective))"
        )
        published = publish_list(tmp_path / str(len(contexts)), rows, facts, supplement)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((published.list_dir / "risk_list.html").as_uri() + at)
        page.wait_for_selector("html.ready", state="attached")
        pages.append(page)
        return page

    pages = []
    yield opened
    breaches = [breach for page in pages for breach in page.evaluate("window.breaches")]
    for context in contexts:
        context.close()
    assert said == [] and breaches == []
    assert len(asked) == len(pages) and all(one.startswith("file://") for one in asked)
