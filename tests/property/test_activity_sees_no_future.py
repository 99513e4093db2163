"""What is told only later, and the order in which rows lie, change neither activity nor the scorecard."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spec.signals_example import T, company, table

from renewcast.activity.company import company as at_company_level
from renewcast.activity.modules import module_use
from renewcast.activity.persons import people
from renewcast.datasets.known import Known
from renewcast.params import Params
from renewcast.revenue.of_project import ledger_of
from renewcast.scorecard.key_accounts import key_accounts
from renewcast.scorecard.load import effort
from renewcast.scorecard.months import Months
from renewcast.scorecard.pits import reactive
from renewcast.scorecard.stars import star_series, stars

WEEKS = [3, 0, 5, 2] * 12
LATER = "2026-07-02"
TERMS = [
    ("A", "2024-01-01", "2027-01-01", 2000), ("B", "2024-06-01", "2025-06-01", 100), ("B", "2025-06-01", "2026-06-01", 150),
    ("C", "2025-03-15", "2026-09-15", 90), ("D", "2024-02-01", "2026-02-01", 80),
]  # fmt: skip
FACTS = {
    "tickets": ("account | opened_at | resolved_at | csat", [
        ("A", "2026-05-01", "2026-05-03", 4), ("B", "2026-06-02", "2026-06-20", 2), ("B", "2025-11-02", "2025-11-20", 5)]),
    "touchpoints": ("account | occurred_at | kind", [
        ("A", "2026-05-02", "training"), ("C", "2026-06-11", "call"), ("B", "2026-01-11", "business_review")]),
    "feedback": ("account | occurred_at | kind | score", [("A", "2026-04-02", "nps", 9), ("B", "2025-12-11", "nps", 3)]),
    "milestones": ("account | milestone | kind | due_on | achieved_at", [
        ("A", "first", "customer", "2026-03-01", "2026-02-01"), ("C", "first", "customer", "2026-04-01", "2026-06-01")]),
    "users": ("account | user_id | role | joined_at", [
        ("A", "ann", "key_user", "2024-01-02"), ("A", "bo", "member", "2024-01-02"), ("B", "cy", "executive", "2024-07-02")]),
}  # fmt: skip
FUTURE = {
    "tickets": [("A", LATER, "2026-07-03", 1)],
    "touchpoints": [("A", LATER, "training"), ("C", LATER, "training")],
    "feedback": [("C", LATER, "nps", 10)],
    "milestones": [],
    "users": [("C", "new", "key_user", LATER)],
}


def opened(*, later: bool):
    """Open the company as it was at T; or as it was known later, its rows the other way round."""
    tables = {}
    for name, (head, rows) in FACTS.items():
        rows = [*rows, *(FUTURE[name] if later else [])]
        if name == "users":
            head, rows = f"{head} | known_at", [(*row, row[-1]) for row in rows]
        tables[name] = table(head, rows[::-1] if later else rows)
    weeks = " ".join(map(str, WEEKS + ([9] * 4 if later else [])))
    used = [
        ("A", "ann", weeks, "core", 2),
        ("A", "bo", weeks, "plus", 1),
        ("B", "cy", weeks, "core", 1),
        ("C", "", weeks, "core", 0),
    ]
    terms = [*TERMS, *([("C", "2026-09-15", "2027-09-15", 500)] if later else [])]
    written = table(
        "account | starts_on | ends_on | mrr | known_at", [(*row, LATER if row[3] == 500 else row[1]) for row in terms]
    )
    until = T + dt.timedelta(days=28) if later else T
    view = company(
        contracts=written,
        usage=table("account | user | weeks | module | value", used[::-1] if later else used),
        as_of=until,
        **tables,
    )
    params = view.params.model_dump(mode="json")
    params["features"] = {"families": ["usage", "adoption", "people", "relationship"], "windows_days": [7, 28, 91]}
    view.params = Params.model_validate(params)
    return view


def told(view):
    """Everything that both rooms tell at T, as frames."""
    scope = view.population([T])
    known = Known(view, T, scope)
    features = view.features(scope).set_axis(scope["account_id"].to_numpy(), axis=0)
    everyone = Known(view, T, view.attributes(T).reset_index()[["account_id"]].sort_values("account_id"))
    months = Months(everyone, ledger_of(view, T))
    cells, expected = effort(known, months)
    return {
        "company": at_company_level(known, features),
        "modules": module_use(known),
        "people": people(known),
        "stars": stars(months, star_series(months)),
        "tiers": pd.DataFrame(months.tiers),
        "key_accounts": key_accounts(known),
        "effort": cells,
        "expected": expected.to_frame(),
        "reactive": pd.DataFrame([reactive(known)]),
    }


@pytest.fixture(scope="module")
def before():
    return told(opened(later=False))


def test_neither_the_future_nor_the_order_of_rows_changes_what_is_told(before):
    after = told(opened(later=True))
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[name], check_exact=True, obj=name)


def test_the_example_tells_something_of_everything(before):
    assert before["stars"]["is_measured"].sum() >= 15
    assert before["people"]["events_91"].gt(0).sum() == 4 and before["reactive"]["contacts"][0] == 3
    assert np.isfinite(before["company"]["usual"]).any() and len(before["effort"]) > 1
