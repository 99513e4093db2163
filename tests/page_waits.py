"""Waiting for a page whose policy forbids `eval`, which Playwright's own waiting for a function needs."""


def until(page, question, arg=None, *, tries=400):
    """Ask again and again, 25 ms apart, until the answer is yes."""
    for _ in range(tries):
        if page.evaluate(question, arg):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never true: {question} {arg!r}")


def until_account(page, name):
    """Wait until an account's view is open."""
    until(page, "name => document.querySelector('#account-view .facts') && document.title.startsWith(name + ' · ')", name)
