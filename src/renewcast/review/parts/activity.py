"""How much and how well the product is used: by company, module and person."""

import numpy as np

from renewcast.activity.company import company
from renewcast.activity.fact_sheet import middle
from renewcast.activity.healthy import healthy
from renewcast.activity.lagged import lagged
from renewcast.activity.looks import short_window
from renewcast.activity.modules import has_modules, module_use, windows_of
from renewcast.activity.over_time import over_time, panel
from renewcast.activity.persons import has_people
from renewcast.review import activity_tables as tables
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part

TITLE = {"en": "Activity", "zh": "活跃情况"}


def activity(inputs: Inputs) -> Part:
    """Show activity at three levels, in the numbers of the model's features.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Part
        Only ``missing`` where the project keeps no usage, builds no usage features, or has nobody in scope.
    """
    known, features = inputs.known, inputs.features
    windows = windows_of(known)
    days = middle(windows)
    if f"usage_events_{days}d" not in features or not len(features):
        missing = {"en": "No usage is recorded, or nobody is in scope.", "zh": "没有使用记录，或没有在册客户。"}
        return Part("activity", TITLE, missing=missing)
    cube = company(known, features)
    group = features["company_size"] if "company_size" in features else features.iloc[:, 0].map(lambda _: "")
    year = over_time(known.once(panel), short_window(known))
    figures, says, shown, charts = _company(cube, features, year, days)
    shown += [tables.over_time_table(year), tables.level_table(cube), tables.group_table(cube, group, days)]
    shown.append(tables.low_table(cube, known, days))
    if has_modules(known):
        _modules(known, features, group, days, figures, says, shown, charts)
    if has_people(known):
        _people(known, days, figures, says, shown, charts)
    found = lagged(known)
    if found["correlation"].notna().any():
        shown.append(tables.lag_table(found))
        says.append(_of_lags(found))
    shown.append(tables.tag_table(inputs.view.catalogue.specs))
    return Part("activity", TITLE, tuple(says), tuple(figures), tuple(shown), tuple(charts))


def _company(cube, features, year, days):
    last, first = year.iloc[-1], year.iloc[0]
    events = features[f"usage_events_{days}d"]
    mine = cube[(cube["metric"] == "usage_events") & (cube["window_days"] == days)]
    low = int(((mine["own_rank"] < tables.LOW) & (mine["peer_rank"] < tables.LOW)).sum())
    within = {"en": f"in {days} days", "zh": f"{days}天内"}
    figures = [
        Figure({"en": "Accounts with use", "zh": "有使用的客户"}, float((events > 0).mean()), "share", within),
        Figure({"en": "Events", "zh": "使用事件"}, int(events.sum()), "integer", within),
    ]
    if np.isfinite(last["daily_active_share"]):
        label = {"en": "Active on a day", "zh": "日均活跃占比"}
        figures.append(Figure(label, float(last["daily_active_share"]), "share", {"en": "of the accounts", "zh": "占客户"}))
    used = int((events > 0).sum())
    says = [
        {
            "en": f"{used:,} of {len(events):,} accounts used the product in the last {days} days; {low:,} accounts are low both "
            "for themselves and among their peers.",
            "zh": f"最近{days}天{len(events):,}个客户中{used:,}个有使用；{low:,}个客户既低于自身常态又低于同类。",
        }
    ]
    if len(year) > 1 and np.isfinite(last["events_per_account"]) and first["events_per_account"] > 0:
        was, now = first["events_per_account"], last["events_per_account"]
        says.append(
            {
                "en": f"Events an account went from {was:,.1f} to {now:,.1f} within the year ({now / was - 1:+.1%}); who is in "
                "scope changed, too.",
                "zh": f"一年内户均事件由{was:,.1f}变为{now:,.1f}（{now / was - 1:+.1%}）；在册客户也有变化。",
            }
        )
    charts = [
        Chart("line", "activity_over_time", {"en": "Accounts with use", "zh": "有使用的客户占比"}, "as_of",
              ("active_share", "daily_active_share")),
        Chart("line", "activity_over_time", {"en": "Use an account", "zh": "户均使用"}, "as_of",
              ("events_per_account",)),
        Chart("line", "activity_over_time", {"en": "Quality: share of value actions", "zh": "质量：价值动作占比"}, "as_of",
              ("value_action_share",)),
    ]  # fmt: skip
    charts = [chart for chart in charts if year[list(chart.y)].notna().any().all()]
    return figures, says, [], charts


def _modules(known, features, group, days, figures, says, shown, charts):
    table, heat = tables.module_tables(known, group, days)
    shown += [table, heat]
    if known.has("usage.action"):
        shown.append(tables.action_table(known, days))
    if len(heat.frame) and heat.frame["peers"].nunique() > 1:
        charts.append(Chart("heat", heat.name, heat.title, "module", ("share_using",), group="peers"))
    breadth = tables.broad(known, days)
    label = {"en": "Modules in use", "zh": "有效模块数"}
    if len(breadth):
        note = {"en": "median; as many, used alike, would be as broad", "zh": "中位数；按均匀使用折算"}
        figures.append(Figure(label, float(breadth["effective_modules"].median()), "number", note))
    name = f"bought_modules_unused_{days}d"
    if name in features and features["modules_bought"].sum():
        having, idle = int((features[name] > 0).sum()), int(features[name].sum())
        says.append(
            {
                "en": f"{having:,} accounts have bought {idle:,} modules that nobody used in {days} days.",
                "zh": f"{having:,}个客户已购的{idle:,}个模块在{days}天内未使用。",
            }
        )
    use = known.once(module_use)
    use = use[use["window_days"] == days].groupby("account_id")["events"].sum().reindex(features.index).fillna(0)
    off = int((use != features[f"usage_events_{days}d"]).sum())
    label = {"en": "Accounts whose modules do not add up", "zh": "模块合计不等于特征的客户"}
    figures.append(Figure(label, off, "integer", {"en": "to the model's own number", "zh": "与模型特征相比"}))
    health = healthy(known)
    if health is not None:
        shown.append(tables.off_profile_table(health, known))
        mean = health.then.groupby("stayed")["distance"].mean()
        if len(mean) == 2:
            gone, here = mean[False], mean[True]
            says.append(
                {
                    "en": f"Half a year ago the modules of those who left since lay {gone:.1%} from those of healthy peers, of "
                    f"those who stayed {here:.1%}.",
                    "zh": f"半年前，流失客户与健康同类的模块结构平均偏离{gone:.1%}，留存客户为{here:.1%}。",
                }
            )


def _people(known, days, figures, says, shown, charts):
    roles, silent, leaning = tables.people_tables(known, days)
    shown += [roles, silent] if len(silent.frame) else [roles]
    if leaning["hhi"].notna().any():
        label = {"en": "Use by the busiest person", "zh": "最活跃者占比"}
        note = {"en": "median share of an account's events", "zh": "占客户事件的中位数"}
        figures.append(Figure(label, float(leaning["top_share"].median()), "share", note))
    if leaning["key_users"].sum():
        label = {"en": "Silent key users", "zh": "沉默的关键用户"}
        count = int(leaning["key_users"].sum())
        note = {"en": f"of {count:,}, in {days} days", "zh": f"共{count:,}人，{days}天"}
        figures.append(Figure(label, int(leaning["key_users_inactive"].sum()), "integer", note))
    covered = leaning["role_coverage"].dropna()
    if len(covered):
        charts.append(Chart("bar", roles.name, {"en": "Active share by role", "zh": "各角色活跃率"}, "role", ("active_share",)))
        every, few = float((covered == 1).mean()), float((leaning["hhi"] > 0.5).mean())
        says.append(
            {
                "en": f"In {every:.0%} of accounts every role on the roster is active; in {few:.0%} use hangs on one or two.",
                "zh": f"{every:.0%}的客户在册角色均活跃；{few:.0%}的客户使用集中于一两人。",
            }
        )


def _of_lags(found):
    sure = found[found["verdict"] != "not_shown"]
    if not len(sure):
        return {
            "en": f"No change in what we did is shown to run ahead of what customers do ({len(found)} pairs, corrected).",
            "zh": f"未显示任何过程指标的变化领先于客户行为（{len(found)}对，已校正）。",
        }
    one = sure.iloc[0]
    process, predictive = tables.words.PROCESS[one["process"]], tables.words.PREDICTIVE[one["predictive"]]
    r, low, high = one["correlation"], one["low"], one["high"]
    return {
        "en": f"{len(sure)} of {len(found)} pairs run ahead: first of all {process['en']} before {predictive['en']} (correlation "
        f"{r:.2f}, {low:.2f} to {high:.2f}).",
        "zh": f"{len(found)}对中{len(sure)}对显示领先：首先是{process['zh']}领先于{predictive['zh']}"
        f"（相关{r:.2f}，{low:.2f}至{high:.2f}）。",
    }
