"""Company, module and person show the numbers of the model's features, for every account."""

import numpy as np
import pandas as pd
import pytest

from renewcast.activity.company import METRICS, company, levels
from renewcast.activity.fact_sheet import fact_sheet
from renewcast.activity.modules import UNNAMED, action_use, breadth, counts, module_use, shares, unused
from renewcast.activity.persons import by_role, people, reliance, silent_key_users
from renewcast.activity.readings import features_of
from renewcast.datasets.known import Known
from renewcast.errors import RenewcastError

WINDOWS = (7, 28, 91)


@pytest.fixture(scope="module")
def day(company):
    """A snapshot day a little before the data end, so that there is a future to ignore."""
    return company.snapshot_days(4)[-3]


@pytest.fixture(scope="module")
def known(company, day):
    return Known(company.view, day, company.view.population([day]))


@pytest.fixture(scope="module")
def features(company, day):
    return company.features(day).set_index("account_id")


def same(found, features, name):
    expected = features[name]
    found = found.reindex(expected.index).fillna(0).astype("float64")
    pd.testing.assert_series_equal(found, expected, check_names=False)


@pytest.mark.parametrize("days", WINDOWS)
def test_modules_add_up_to_the_features_of_every_account(known, features, days):
    use = known.once(module_use)
    use = use[use["window_days"] == days]
    by_account = use.groupby("account_id")
    same(by_account["events"].sum(), features, f"usage_events_{days}d")
    same(by_account["value_actions"].sum(), features, f"value_actions_{days}d")
    same(use[use["module"] != UNNAMED].groupby("account_id").size(), features, f"active_modules_{days}d")


@pytest.mark.parametrize("days", WINDOWS)
def test_persons_add_up_to_the_features_of_every_account(known, features, days):
    listed = known.once(people)
    same(listed.groupby("account_id")[f"events_{days}"].sum(), features, f"usage_events_{days}d")
    acting = listed[(listed["user_id"] != "") & (listed[f"events_{days}"] > 0)]
    same(acting.groupby("account_id").size(), features, f"active_users_{days}d")
    key = listed[listed["role"] == "key_user"]
    same(key.groupby("account_id")[f"events_{days}"].sum(), features, f"key_user_events_{days}d")


@pytest.mark.parametrize("days", WINDOWS)
def test_active_days_and_actions_are_the_features_of_every_account(known, features, days):
    whole = counts(known, ("account_id",))
    whole = whole[whole["window_days"] == days].set_index("account_id")
    same(whole["active_days"], features, f"active_days_{days}d")
    same(whole["users"], features, f"active_users_{days}d")
    actions = counts(known, ("account_id", "action"))
    actions = actions[(actions["window_days"] == days) & (actions["action"] != UNNAMED)]
    same(actions.groupby("account_id").size(), features, f"active_actions_{days}d")


def test_the_roster_and_the_idle_modules_are_the_features(known, features):
    listed = known.once(people)
    same(listed[listed["is_on_roster"]].groupby("account_id").size(), features, "users_on_roster")
    key = reliance(listed, 28)
    same(key["key_users"], features, "key_users_on_roster")
    idle = known.once(unused)
    for days in (28, 91):
        same(idle[idle["window_days"] == days].groupby("account_id").size(), features, f"bought_modules_unused_{days}d")


def test_the_portfolio_of_actions_adds_up(known, features):
    use = action_use(known)
    for days in WINDOWS:
        assert use.loc[use["window_days"] == days, "events"].sum() == features[f"usage_events_{days}d"].sum()


def test_every_fact_sheet_equals_its_row(known, features):
    for account in features.index[::50]:
        sheet = fact_sheet(known, features, account)
        for name, value in sheet.sums().items():
            assert value == features.loc[account, name], (account, name)
        assert len(sheet.sums()) in (0, 3 * 5)
        for metric, days, level in sheet.company.itertuples(index=False):
            if f"{metric}_{days}d" in features:
                np.testing.assert_equal(level, features.loc[account, f"{metric}_{days}d"])


def test_an_account_out_of_scope_has_no_fact_sheet(known, features):
    with pytest.raises(RenewcastError, match="not in scope"):
        fact_sheet(known, features, "nobody")


def test_the_levels_and_trends_of_the_company_are_the_features(known, features):
    cube = company_of(known, features)
    for metric in METRICS:
        for days in WINDOWS:
            mine = cube[(cube["metric"] == metric) & (cube["window_days"] == days)].set_index("account_id")
            assert list(mine.index) == list(features.index)
            if f"{metric}_{days}d" in features:
                np.testing.assert_array_equal(mine["level"], features[f"{metric}_{days}d"])
            if f"{metric}_trend_{days}d" in features:
                np.testing.assert_array_equal(mine["trend"], features[f"{metric}_trend_{days}d"])
    per_day = cube[(cube["metric"] == "events_per_active_day") & (cube["window_days"] == 28)].set_index("account_id")["level"]
    np.testing.assert_allclose(per_day * features["active_days_28d"], features["usage_events_28d"].where(per_day.notna()))


def company_of(known, features):
    return known.once(lambda given: company(given, features)) if features is None else company(known, features)


def test_what_is_usual_is_the_mean_of_earlier_windows(company, known, features, day):
    """Against the features of past snapshots, which do not know what was told late; so a little may differ."""
    cube = company_of(known, features)
    mine = cube[(cube["metric"] == "usage_events") & (cube["window_days"] == 91)].set_index("account_id")["usual"]
    days = pd.Timestamp(day) - pd.to_timedelta(91 * np.arange(1, 5), unit="D")
    then = pd.DataFrame({"account_id": np.repeat(features.index, 4), "as_of": np.tile(days, len(features))})
    earlier = features_of(company.view, then, ["usage_events_91d"])["usage_events_91d"].to_numpy().reshape(-1, 4)
    old = (earlier > 0).all(axis=1)
    assert old.sum() > 30
    np.testing.assert_allclose(mine[old], earlier[old].mean(axis=1), rtol=0.02)
    young = np.array([(row > 0).nonzero()[0].max(initial=-1) + 1 for row in earlier]) < 3
    assert mine[young].isna().all()


def test_peer_ranks_are_spread_evenly_within_each_size(known, features):
    cube = company_of(known, features)
    mine = cube[(cube["metric"] == "usage_events") & (cube["window_days"] == 28)].set_index("account_id")["peer_rank"]
    size = features["company_size"]
    large = size[size.map(size.value_counts()) >= 20]
    for _, ranks in mine[large.index].groupby(large):
        assert ranks.mean() == pytest.approx(0.5) and ranks.between(0, 1).all()


def test_accounts_that_are_added_or_left_out_change_no_other_account(company, known, features, day):
    half = features.iloc[::2]
    few = Known(company.view, day, known.accounts[known.accounts["account_id"].isin(half.index)])
    whole, part = known.once(people), people(few)
    pd.testing.assert_frame_equal(whole[whole["account_id"].isin(half.index)].reset_index(drop=True), part)
    own = ["account_id", "metric", "window_days", "level", "trend", "usual", "against_usual", "own_rank"]
    both = company_of(known, features)
    pd.testing.assert_frame_equal(
        both[both["account_id"].isin(half.index)][own].reset_index(drop=True), company_of(few, half)[own].reset_index(drop=True)
    )


def test_shares_add_up_and_breadth_is_bounded_by_the_modules(known):
    use = known.once(module_use)
    shared = shares(use[use["window_days"] == 91])
    np.testing.assert_allclose(shared.groupby("account_id")["share"].sum(), 1.0)
    found = breadth(shared)
    assert (found["effective_modules"] >= 1 - 1e-9).all() and (found["effective_modules"] <= found["modules"] + 1e-9).all()


def test_the_index_of_reliance_lies_between_even_and_one(known):
    found = reliance(known.once(people), 28)
    acting = found[found["people"] > 0]
    assert (acting["hhi"] >= 1 / acting["people"] - 1e-9).all() and (acting["hhi"] <= acting["top_share"] + 1e-9).all()
    assert found["role_coverage"].dropna().between(0, 1).all()


def test_silent_key_users_are_counted_where_they_are_listed(known):
    listed = known.once(people)
    silent = silent_key_users(known, listed, 28)
    assert len(silent) == reliance(listed, 28)["key_users_inactive"].sum()
    assert (silent["days_silent"].dropna() >= 28).all()
    assert by_role(listed, 28)["roster"].sum() == listed["is_on_roster"].sum()


def test_levels_leave_out_what_the_features_lack():
    assert levels(pd.DataFrame({"arr": [1.0]}), (7,)) == {}
