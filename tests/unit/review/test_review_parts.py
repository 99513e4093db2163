"""The parts of the revenue room: their numbers are those of the ledger, and a business without contracts is told why."""

import pytest

from renewcast.review.inputs import Inputs
from renewcast.review.publish import PAGE, publish_review
from renewcast.review.review import PARTS, make_parts

REVENUE = ("headline", "movements", "retention", "cohorts", "depth")


@pytest.fixture(scope="module")
def inputs(company):
    return Inputs(company, company.day(None))


@pytest.fixture(scope="module")
def parts(inputs):
    return {part.name: part for part in make_parts(inputs, names=REVENUE)}


def frame(part, name):
    return next(table.frame for table in part.tables if table.name == name)


def test_the_registry_names_modules_in_reading_order():
    assert [name for name in PARTS if name in REVENUE] == list(REVENUE)


def test_every_part_is_made_and_published_in_both_languages(parts, tmp_path):
    from made_up_review import made_up_facts

    assert all(part.missing is None and part.says and part.figures for part in parts.values())
    for language in ("en", "zh"):
        told = publish_review(tmp_path / language, list(parts.values()), made_up_facts(language=language))
        page = (told.folder / PAGE).read_text(encoding="utf-8")
        assert all(part.title[language] in page for part in parts.values())


def test_opening_and_movements_make_the_closing_in_every_month_and_over_the_year(parts):
    months = frame(parts["movements"], "movements")
    moved = months[["opening", "new", "expansion", "reactivation", "contraction", "churn"]].sum(axis=1)
    assert (moved - months["closing"]).abs().max() < 0.005
    year = frame(parts["movements"], "movements_year")["amount"]
    assert year.iloc[:-1].sum() == pytest.approx(year.iloc[-1], abs=0.01)


def test_products_add_up_to_all_revenue(parts):
    products = frame(parts["movements"], "movements_products")
    assert products["now"].sum() == pytest.approx(frame(parts["movements"], "movements")["closing"].iloc[0], abs=0.01)
    assert products["share"].sum() == pytest.approx(1.0)


def test_the_headline_is_the_ledger_and_growth_is_that_of_the_simulation(parts, inputs):
    months = frame(parts["headline"], "headline_months")
    assert months["mrr"].iloc[0] == pytest.approx(inputs.ledger.cents[:, -1].sum() / 100)
    assert (months["arr"] == 12 * months["mrr"]).all()
    grown = frame(parts["headline"], "growth_simulation").set_index("month").loc[12]
    assert grown[["flat", "up_3", "down_3", "down_5"]].round(3).tolist() == [1.0, 1.426, 0.694, 0.54]


def test_the_gap_between_customers_and_dollars_adds_up_and_intervals_enclose(parts):
    gap = frame(parts["retention"], "retention_gap")["share"]
    assert gap.iloc[:-1].sum() == pytest.approx(gap.iloc[-1], abs=1e-9)
    latest = frame(parts["retention"], "retention_latest")
    assert (latest["low"] <= latest["value"]).all() and (latest["value"] <= latest["high"]).all()


def test_a_business_without_contracts_has_cohorts_of_use_and_says_what_is_missing(company):
    class WithoutContracts(Inputs):
        ledger = None

    found = {part.name: part for part in make_parts(WithoutContracts(company, company.day(None)), names=REVENUE)}
    assert {name for name, part in found.items() if part.missing} == {"headline", "movements", "retention"}
    assert found["cohorts"].tables and "silent" in found["cohorts"].says[-1]["en"]


def test_a_day_before_the_first_month_of_revenue_is_a_business_without_revenue(company):
    from renewcast.revenue.ledger import NoMonths

    class Early:
        view, params = company.view, company.params

        def ledger(self, as_of):
            raise NoMonths("no month of revenue was over")

    assert Inputs(Early(), company.day(None)).ledger is None
