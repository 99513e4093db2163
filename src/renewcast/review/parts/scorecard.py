"""The scorecard: star metrics by team, cover of key accounts, load, renewals, and the three pits."""

import numpy as np

from renewcast.plays.known import known_plays
from renewcast.review import scorecard_tables as tables
from renewcast.review.inputs import Inputs
from renewcast.review.part import Chart, Figure, Part
from renewcast.scorecard.ahead import ahead
from renewcast.scorecard.key_accounts import cover, cover_by_owner, key_accounts
from renewcast.scorecard.load import effort, load, new_customers
from renewcast.scorecard.months import Months
from renewcast.scorecard.owners import left_by_owner
from renewcast.scorecard.pits import between_owners, play_worth, reactive
from renewcast.scorecard.readiness import readiness
from renewcast.scorecard.renewals import BENCHMARK, at_risk, lost_at_rates, own_loss, renewal_share
from renewcast.scorecard.stars import star_series, stars

TITLE = {"en": "Scorecard", "zh": "记分卡"}
SEED = 0


def scorecard(inputs: Inputs) -> Part:
    """Show the star metrics of each team and what stands behind them.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Part
        Only ``missing`` where no metric at all can be told.
    """
    months = Months(inputs.everyone, inputs.ledger)
    series = star_series(months)
    if not series:
        missing = {"en": "No month can be told: too little is recorded.", "zh": "记录太少，没有可统计的月份。"}
        return Part("scorecard", TITLE, missing=missing)
    found = _Found()
    _stars(inputs, months, series, found)
    _key_accounts(inputs, found)
    _benchmark(inputs, found)
    _load(inputs, months, found)
    if inputs.ledger is not None:
        _renewals(inputs, found)
    _pits(inputs, found)
    return Part("scorecard", TITLE, tuple(found.says), tuple(found.figures), tuple(found.tables), tuple(found.charts))


class _Found:
    """What a part is made of, as it comes in."""

    def __init__(self):
        self.says, self.figures, self.tables, self.charts = [], [], [], []

    def say(self, en: str, zh: str):
        self.says.append({"en": en, "zh": zh})

    def figure(self, en: str, zh: str, value, kind: str, note_en: str = "", note_zh: str = ""):
        note = {"en": note_en, "zh": note_zh} if note_en else None
        self.figures.append(Figure({"en": en, "zh": zh}, value, kind, note))


def _owner(inputs):
    return inputs.accounts["owner"] if "owner" in inputs.view.mapped_columns.get("accounts", ()) else None


def _stars(inputs, months, series, found):
    table = stars(months, series)
    found.tables += tables.star_tables(months, series, table, inputs.params.project.language)
    drawn, charts = tables.star_charts(months, series)
    found.tables += drawn
    found.charts += charts
    measured, count = int(table["is_measured"].sum()), len(table)
    found.say(
        f"{measured} of {count} star metrics can be told from the tables; the others stand there with the reason.",
        f"{count}项星级指标中{measured}项可由数据得出；其余列明原因。",
    )
    told = ahead(series, seed=SEED)
    if len(told):
        found.tables.append(tables.ahead_table(told))
        judged, leads = int((told["verdict"] != "too_short").sum()), int((told["verdict"] == "leads").sum())
        found.say(
            f"Of {judged} pairs with months enough, {leads} show a five-star metric running ahead of one with fewer stars.",
            f"月份足够的{judged}对中，{leads}对显示五星指标领先。",
        )


def _key_accounts(inputs, found):
    listed = key_accounts(inputs.known, _owner(inputs))
    if listed is None or not len(listed):
        return
    told, days = cover(listed), inputs.params.actions.key_account_every_days
    made = tables.key_account_tables(listed, cover_by_owner(listed))
    found.tables += [one for one in made if len(one.frame)]
    found.figure("Key accounts met", "重点客户覆盖率", told["share"], "share", f"within {days} days", f"{days}天内")
    found.say(
        f"{told['met']} of {told['key_accounts']} key accounts were met within {days} days; {told['overdue']} are overdue.",
        f"{told['key_accounts']}个重点客户中{told['met']}个在{days}天内触达；{told['overdue']}个逾期。",
    )


def _benchmark(inputs, found):
    scores = None if inputs.scores is None else inputs.scores.frame.set_index("account_id")["churn_probability"]
    ready = readiness(inputs.known, inputs.features, scores)
    if ready is None:
        return
    found.tables += tables.readiness_tables(ready)
    count, case = (int((ready["step"] == step).sum()) for step in ("campaign", "case"))
    found.say(
        f"{count} accounts are ready for a campaign together and {case} more for a case, by the declared rules.",
        f"按既定规则，{count}个客户可联合推广，另有{case}个可打造案例。",
    )


def _load(inputs, months, found):
    cells, expected = effort(inputs.known, months)
    owner = _owner(inputs)
    if not len(cells):
        return
    accounts = inputs.known.accounts.set_index("account_id")
    capacity = inputs.params.actions.capacity_per_owner
    if owner is None:
        found.tables.append(tables.load_tables(cells, None)[0])
        return
    loads = load(expected, owner, 12 * accounts["mrr"], capacity)
    made = tables.load_tables(cells, loads)
    found.tables += made
    found.charts.append(Chart("bar", made[1].name, made[1].title, "owner", ("effort",)))
    most, accounts_each = loads.iloc[0], loads["accounts"].median()
    found.figure("Accounts an owner", "人均客户数", float(accounts_each), "number", "the middle owner", "中位负责人")
    if np.isfinite(most["against_median"]) and len(loads) > 1:
        found.say(
            f"The heaviest load is {most['against_median']:.2f} times that of the middle owner, by effort, not by accounts.",
            f"按工作量，最重负荷为中位负责人的{most['against_median']:.2f}倍。",
        )
    if inputs.ledger is not None:
        found.tables.append(tables.new_customer_table(new_customers(inputs.ledger, owner)))


def _renewals(inputs, found):
    shares, loss = renewal_share(inputs.ledger), own_loss(inputs.ledger)
    if not len(shares) or not np.isfinite(loss["rate"]) or np.isnan(shares["renewed_share"].iloc[-1]):
        return
    first, second, chart = tables.renewal_tables(shares, lost_at_rates(loss["arr"], loss["rate"]))
    found.tables += [first, second]
    found.charts.append(chart)
    last, lost = float(shares["renewed_share"].iloc[-1]), loss["rate"]
    found.figure(
        "Revenue from renewals",
        "续约收入占比",
        last,
        "share",
        f"a mature company has {BENCHMARK:.0%}",
        f"成熟公司约{BENCHMARK:.0%}",
    )
    found.say(
        f"{last:.1%} of the revenue comes from customers of a year before; the year lost {lost:.1%} of its opening revenue.",
        f"{last:.1%}的收入来自一年前的客户；一年内损失期初收入的{lost:.1%}。",
    )
    if inputs.scores is None:
        return
    target = inputs.params.scoring.target
    risk = at_risk(inputs.scores.frame, getattr(inputs.params.labels, target).horizon_days)
    if risk is not None:
        low, high, share, sold = (risk[name] for name in ("low", "high", "share", "new_a_month"))
        note_en, note_zh = f"{low:,.0f} to {high:,.0f}", f"{low:,.0f}至{high:,.0f}"
        found.figure("ARR expected to leave", "预期流失ARR", risk["expected"], "money", note_en, note_zh)
        found.say(
            f"{share:.1%} of ARR is expected to leave within the horizon ({note_en}); {sold:,.0f} of new ARR a month makes "
            "up for it.",
            f"预计期内流失{share:.1%}的ARR（{note_zh}）；每月新增{sold:,.0f}可弥补。",
        )


def _pits(inputs, found):
    asked = reactive(inputs.known)
    if asked is not None:
        note_en = f"{asked['low']:.1%} to {asked['high']:.1%}; chance alone {asked['chance']:.1%}"
        note_zh = f"{asked['low']:.1%}至{asked['high']:.1%}；随机为{asked['chance']:.1%}"
        found.figure("Contacts that follow a ticket", "被动接触占比", asked["share"], "share", note_en, note_zh)
    frame = left_by_owner(inputs.view, inputs.as_of, inputs.population)
    if frame is not None and frame["owner"].nunique() > 2:
        table, told = between_owners(frame, seed=SEED)
        if np.isfinite(told["spread"]):
            found.tables.append(tables.owner_table(table))
            drawn = {"x": "owner", "low": "low", "high": "high"}
            mark = ((1.0, {"en": "as expected", "zh": "与预期相同"}),)
            found.charts.append(
                Chart("interval", "churn_by_owner", tables.owner_table(table).title, y=("ratio",), reference=mark, **drawn)
            )
            sure_en = "differ beyond chance" if told["p_value"] < 0.05 else "do not differ beyond chance"
            sure_zh = "差异超出随机" if told["p_value"] < 0.05 else "差异未超出随机"
            found.say(
                f"Owners {sure_en} in churn (p {told['p_value']:.3f}); spread on the log odds {told['spread']:.2f}, "
                f"{told['low']:.2f} to {told['high']:.2f}.",
                f"各负责人流失{sure_zh}（p={told['p_value']:.3f}）；对数几率标准差{told['spread']:.2f}，"
                f"{told['low']:.2f}至{told['high']:.2f}。",
            )
    if inputs.scores is not None and "plays" in inputs.view.store.tables and inputs.known.accounts["mrr"].notna().any():
        library = inputs.project.plays_library()
        probability = inputs.scores.frame.set_index("account_id")["churn_probability"]
        plays = known_plays(inputs.view, inputs.as_of)
        worth = play_worth(plays, library, inputs.project.play_effects(inputs.as_of), inputs.known, probability)
        worth = worth[worth["begun"] > 0]
        if len(worth):
            found.tables.append(tables.play_table(worth, library))
