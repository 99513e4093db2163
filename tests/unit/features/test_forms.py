"""The forms in which features are declared, and the catalogue made of them."""

import dataclasses

import numpy as np
import pytest

from renewcast.features._definition import Family, divide
from renewcast.features.catalogue import catalogue, everything, families
from renewcast.params import FAMILIES

WINDOWS = (7, 28, 91)


@pytest.fixture
def family():
    return Family("demo", "Demo", "演示")


def test_a_trend_compares_the_recent_pace_with_the_accounts_own_past(family):
    clicks = family.count("clicks", "usage", en="clicks", zh="点击")
    family.trend("clicks", clicks, en="clicks", zh="点击")
    trend = {feature.spec.name: feature for feature in family.build((7, 28))}["clicks_trend_7d"]
    assert [window for _, window in trend.uses] == [7, 28] and trend.spec.window_days == 28
    # 10 in the last week and 40 in four: the three weeks before had 30, 10 a week, so nothing changed.
    assert trend.combine(np.array([10.0]), np.array([40.0])) == pytest.approx(0.0)
    assert trend.combine(np.array([0.0]), np.array([30.0])) == pytest.approx(np.log(1 / 11))
    assert trend.combine(np.array([21.0]), np.array([51.0])) == pytest.approx(np.log(22 / 11))


def test_a_share_is_missing_where_there_is_nothing_to_divide(family):
    part = family.count("severe", "tickets", en="severe", zh="严重")
    whole = family.count("opened", "tickets", en="opened", zh="新")
    family.share("severe_share", part, whole, en="share", zh="占比", windows=(28,))
    (share,) = [feature for feature in family.build(WINDOWS) if feature.spec.form == "share"]
    assert share.spec.name == "severe_share_28d" and share.spec.empty == "missing"
    assert np.array_equal(share.combine(np.array([1.0, 0.0]), np.array([4.0, 0.0])), [0.25, np.nan], equal_nan=True)
    assert np.isnan(divide(np.array([3.0]), np.array([np.nan]))).all()


def test_one_window_makes_no_trend(family):
    clicks = family.count("clicks", "usage", en="clicks", zh="点击")
    family.trend("clicks", clicks, en="clicks", zh="点击")
    assert [feature.spec.name for feature in family.build((28,))] == ["clicks_28d"]


def test_every_feature_has_a_name_of_its_own_and_words_in_both_languages():
    specs = everything(WINDOWS)
    names = [spec.name for spec in specs]
    assert len(specs) >= 80 and len(set(names)) == len(names)
    for spec in specs:
        assert spec.name.isidentifier() and spec.name == spec.name.lower()
        assert spec.meaning and spec.meaning_zh and any("\u4e00" <= letter <= "\u9fff" for letter in spec.meaning_zh), spec.name
        assert spec.empty in ("0", "missing") and spec.driver in FAMILIES


def test_every_family_has_a_module_and_a_name_for_the_list():
    for name, family in families().items():
        assert family.name == name and family.en and family.zh


def test_what_the_tables_cannot_fill_is_left_out_with_the_reason(company):
    store = company.view.store
    without = dataclasses.replace(store, tables={name: table for name, table in store.tables.items() if name != "tickets"})
    found = catalogue(list(FAMILIES), WINDOWS, without)
    assert {spec.driver for spec, _ in found.absent} == {"support"}
    assert {why for _, why in found.absent} == {"table tickets is absent"}
    mapped = {**store.mapped, "tickets": store.mapped["tickets"] - {"csat"}}
    found = catalogue(["support"], WINDOWS, dataclasses.replace(store, mapped=mapped))
    assert {(spec.name, why) for spec, why in found.absent} == {("csat_mean_91d", "tickets.csat is not mapped")}


def test_families_that_are_not_chosen_are_not_built(company):
    found = catalogue(["usage"], WINDOWS, company.view.store)
    assert {spec.driver for spec in found.specs} == {"usage"} and found.absent == []


def test_missing_and_zero_stand_where_the_catalogue_says(company):
    frame = company.features().drop(columns="account_id")
    for spec in company.view.catalogue.specs:
        column = frame[spec.name]
        if spec.is_categorical:
            assert column.dropna().map(type).eq(str).all()
        else:
            assert column.dtype == np.float64
        if spec.empty == "0":
            assert column.notna().all(), spec.name
