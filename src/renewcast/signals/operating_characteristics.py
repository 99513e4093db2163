"""What the alarms of each signal were worth so far: precision, lift, lead time, false alarms; and whether it may speak.

An account alarms once an episode: on the look (every fourth week) at which the signal fires and had not fired at the look before.
The outcome is whether the account leaves (or stays, or pays more) within half a year of the alarm; only outcomes that were
finished and known before the day of the cards count, so a card never looks at the weeks that it speaks about.

Lift compares the alarmed accounts with others *in the same situation*: as many days, roughly, from the end of the known cover.
Without that, whatever fires shortly before renewals would seem to foresee churn, and whatever fires early in a term would not.
"""

import datetime as dt

from renewcast.datasets.training_set import labelled_rows, wait_days
from renewcast.days import midnight
from renewcast.labels.churn import churned_on
from renewcast.labels.window import finished_days
from renewcast.signals.catalogue import SIGNALS
from renewcast.signals.history import EVERY_WEEKS, looks, past_firing
from renewcast.signals.seasonal import discoveries

CHURN_DAYS = 182
"""Signals warn early: half a year is the longest that a play takes, and short enough for the alarm to have to do with the end."""
EXPANSION_DAYS = 364
"""Growth is mostly agreed when a term ends, and a term is a year."""
MIN_ACCOUNTS = 20
MIN_OUTCOMES = 5
LEVEL = 0.9
SEED = 0
COVER_BANDS = (-1, 45, 91, 182, 100_000)


def signal_cards(view, as_of: dt.date, kept=None, *, progress=None) -> list[dict]:
    """Return the card of every signal, as measured on what was known before a day.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
    kept : pathlib.Path, optional
        See :func:`renewcast.signals.history.past_firing`.
    progress : callable, optional

    Returns
    -------
    list of dict
        In the order of the catalogue: name, title, kind, outcome, speaks (bool), why_silent (None where it speaks),
        measured_from, measured_to, account_weeks, alarms, accounts, outcomes (accounts that had it), precision, precision_low,
        precision_high, base_rate (what accounts in the same situation had), lift, lift_low, lift_high (90 %), p_value (of a lift
        of 1 or less), lead_days (median from the alarm to the end of cover), notice_lead_days (to the last day for notice),
        false_alarms_per_100_account_weeks; None where not measured.

    Notes
    -----
    A signal speaks when at least 20 accounts were alarmed, at least five of them had the outcome, the lower end of the 90 %
    interval of the lift (whole accounts drawn) lies above 1, and its test survives Benjamini and Hochberg over all signals
    at ``signals.false_discovery_rate``. Alarms that come and go between two looks are not seen, and not counted.

    References
    ----------
    The lift is a standardised ratio, observed over expected by strata: Breslow, Day, Statistical Methods in Cancer Research II,
    1987, section 2.3.
    """
    churn = _outcome_rows(view, view.params.scoring.target, CHURN_DAYS, as_of)
    grown = _outcome_rows(view, "expansion", EXPANSION_DAYS, as_of, beside=churn)
    outcomes = {"churn": churn, "stay": churn, "expansion": grown}
    days = sorted({day for rows in outcomes.values() if rows is not None for day in rows["as_of"].dt.date.unique()})
    fired = past_firing(view, days, kept, progress=progress) if days else None
    cards = []
    for one in SIGNALS:
        cards.append({**_head(view, one), **_measure(one, outcomes[one.outcome], fired)})
    _judge(view, cards)
    return cards


def _outcome_rows(view, target: str, within_days: int, as_of: dt.date, *, beside=None):
    """Return the past snapshots with finished outcomes: account_id, as_of, label, group, band, expected, ends_on, notice_days.

    ``beside`` are those of churn, on whose days and in whose bands the others are measured too; None where nothing is finished.
    """
    label = getattr(view.params.labels, target)
    if label is None or (target == "expansion" and beside is None):
        return None
    if target != "inactivity":
        label = label.model_copy(update={"lead_days": 0, "horizon_days": max(within_days, label.horizon_days)})
    known_until = min(midnight(as_of), view.outcomes_known_until(target))
    days = view.calendar.days(as_of - dt.timedelta(days=1)) if beside is None else list(beside["as_of"].dt.date.unique())
    days = finished_days(sorted(days), known_until, wait_days(label))
    days = looks(view, days[-1]) if days and beside is None else days
    if len(days) < 2:
        return None
    rows, _ = labelled_rows(view, target, label, days, as_of, {})
    rows["label"] = rows["label"].astype("float64")
    if beside is not None:
        # Most growth is agreed at renewals too, so it is held against the same bands.
        rows = rows.merge(beside[["account_id", "as_of", "band"]], on=["account_id", "as_of"], how="left").fillna({"band": -1})
    return _with_expected(_with_ends(view, rows, label, as_of) if target == "churn" else rows)


def _with_ends(view, rows, label, as_of: dt.date):
    """Add the band of days until the known cover ends, the day of churn and the days of notice of the term that ended then."""
    import numpy as np

    cover = (rows["cover_ends_on"] - rows["as_of"]).dt.days.fillna(99_999)
    rows = rows.assign(band=np.searchsorted(COVER_BANDS, cover.to_numpy()))
    rows["ends_on"] = churned_on(rows, view.known_contracts(as_of), label)
    ends = view.known_deadlines(as_of).groupby(["account_id", "ends_on"], as_index=False)["notice_days"].max()
    return rows.merge(ends, on=["account_id", "ends_on"], how="left")


def _with_expected(rows):
    """Add what accounts in the same situation had: the rate of their band; and empty days where there are none."""
    import numpy as np
    import pandas as pd

    for name, empty in (("band", 0), ("ends_on", pd.NaT), ("notice_days", np.nan)):
        if name not in rows:
            rows[name] = pd.Series(empty, index=rows.index, dtype="datetime64[us]" if name == "ends_on" else "float64")
    return rows.assign(expected=rows.groupby("band")["label"].transform("mean"))


def _head(view, one) -> dict:
    language = view.params.project.language
    absent = [need for need in one.needs if need.split(".")[1] not in view.store.mapped.get(need.split(".")[0], ())]
    return {"name": one.name, "title": one.title(language), "kind": one.kind, "outcome": one.outcome, "absent": absent}


def onsets(fired, rows):
    """Return the first row of each episode: the signal fires at a look, and did not at the look before.

    Parameters
    ----------
    fired : pandas.DataFrame
        account_id and as_of, of one signal.
    rows : pandas.DataFrame
        account_id and as_of of all accounts in scope; what stood at the first look is no onset, since it may be older.

    Returns
    -------
    pandas.Series of bool, indexed as ``rows``

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.to_datetime(["2026-01-05", "2026-02-02", "2026-03-02", "2026-03-30"])
    >>> rows = pd.DataFrame({"account_id": "A", "as_of": day})
    >>> [onsets(rows.iloc[stands], rows).to_numpy().nonzero()[0].tolist() for stands in ([1, 2], [0, 1], [1, 3])]
    [[1], [], [1, 3]]
    """
    import pandas as pd

    stands = pd.MultiIndex.from_frame(fired[["account_id", "as_of"]])
    step = pd.Timedelta(days=7 * EVERY_WEEKS)
    now = pd.MultiIndex.from_frame(rows[["account_id", "as_of"]]).isin(stands)
    before = pd.MultiIndex.from_arrays([rows["account_id"], rows["as_of"] - step]).isin(stands)
    return pd.Series(now & ~before & (rows["as_of"] > rows["as_of"].min()).to_numpy(), index=rows.index)


_MEASURES = (
    "measured_from", "measured_to", "account_weeks", "alarms", "accounts", "outcomes", "precision", "precision_low",
    "precision_high", "base_rate", "lift", "lift_low", "lift_high", "p_value", "lead_days", "notice_lead_days",
    "false_alarms_per_100_account_weeks",
)  # fmt: skip


def _measure(one, rows, fired) -> dict:
    card = dict.fromkeys(_MEASURES)
    if rows is None:
        return card
    if one.outcome == "stay":
        never = rows["as_of"].where(rows["as_of"].isna())
        rows = rows.assign(label=1 - rows["label"], expected=1 - rows["expected"], ends_on=never)
    first = rows["as_of"].min()
    account_weeks = int((rows["as_of"] > first).sum()) * EVERY_WEEKS
    mine = fired[fired["signal"] == one.name]
    alarmed = rows[onsets(mine, rows)]
    card |= {
        "measured_from": f"{first:%Y-%m-%d}",
        "measured_to": f"{rows['as_of'].max():%Y-%m-%d}",
        "account_weeks": account_weeks,
        "alarms": len(alarmed),
        "accounts": int(alarmed["account_id"].nunique()),
        "outcomes": int(alarmed.loc[alarmed["label"] > 0, "account_id"].nunique()),
    }
    if alarmed.empty:
        return card
    card["false_alarms_per_100_account_weeks"] = 100 * float((alarmed["label"] == 0).sum()) / account_weeks
    lead = (alarmed["ends_on"] - alarmed["as_of"]).dt.days
    card["lead_days"] = _median(lead)
    card["notice_lead_days"] = _median(lead - alarmed["notice_days"].fillna(0))
    return card | _ratios(alarmed)


def _median(days):
    return None if days.isna().all() else float(days.median())


def _ratios(alarmed) -> dict:
    """Return precision and lift with their intervals; whole accounts (groups) are drawn."""
    import numpy as np
    from scipy.stats import norm

    from renewcast.evaluation.intervals import account_bootstraps

    label, expected = alarmed["label"].to_numpy(), alarmed["expected"].to_numpy()

    def ratios(weight):
        total, awaited = weight.sum(), (weight * expected).sum()
        return {"precision": (weight * label).sum() / total, "lift": (weight * label).sum() / awaited if awaited else np.nan}

    found = account_bootstraps(alarmed["group"].to_numpy(), ratios, seed=SEED, level=LEVEL)
    precision, lift = found["precision"], found["lift"]
    p_value = 1.0
    # Where all draws say the same, but for rounding, so few accounts show nothing.
    if lift.low > 0 and not np.isclose(lift.low, lift.high, rtol=1e-9):
        error = (np.log(lift.high) - np.log(lift.low)) / (2 * norm.ppf((1 + LEVEL) / 2))
        p_value = float(norm.sf(np.log(lift.estimate) / error))
    numbers = {
        "precision": precision.estimate, "precision_low": precision.low, "precision_high": precision.high,
        "base_rate": float(expected.mean()),
        "lift": lift.estimate, "lift_low": lift.low, "lift_high": lift.high, "p_value": p_value,
    }  # fmt: skip
    return {name: float(value) if np.isfinite(value) else None for name, value in numbers.items()}


_WHY = {
    "en": {
        "absent": "the columns {absent} are not there",
        "unmeasured": "no past outcome of this kind is finished yet",
        "few": "too few accounts so far: {accounts} alarmed, {outcomes} with the outcome (20 and 5 are needed)",
        "no_lift": "not shown to be better than chance: lift {lift:.2f}, at least {lift_low:.2f}",
        "chance": "may be luck: one of many signals tried (p = {p_value:.3f})",
    },
    "zh": {
        "absent": "缺少列{absent}",
        "unmeasured": "尚无已完结的此类结果",
        "few": "客户太少：{accounts}家触发，{outcomes}家出现结果（至少需20家和5家）",
        "no_lift": "未证明优于随机：提升度{lift:.2f}，下限{lift_low:.2f}",
        "chance": "可能是运气：众多信号之一（p = {p_value:.3f}）",
    },
}


def _judge(view, cards: list[dict]) -> None:
    """Decide which signals speak, and say of the others why not."""
    words = _WHY[view.params.project.language]
    tested = [card for card in cards if card["lift"] is not None and card["p_value"] is not None]
    survives = discoveries([card["p_value"] for card in tested], view.params.signals.false_discovery_rate)
    lucky = {card["name"] for card, is_found in zip(tested, survives, strict=True) if not is_found}
    for card in cards:
        absent, why = card.pop("absent"), None
        if absent:
            why = words["absent"].format(absent=", ".join(absent))
        elif card["alarms"] is None:
            why = words["unmeasured"]
        elif card["accounts"] < MIN_ACCOUNTS or card["outcomes"] < MIN_OUTCOMES:
            why = words["few"].format(**card)
        elif not (card["lift_low"] or 0) > 1:
            why = words["no_lift"].format(lift=card["lift"] or 0, lift_low=card["lift_low"] or 0)
        elif card["name"] in lucky:
            why = words["chance"].format(**card)
        card["speaks"], card["why_silent"] = why is None, why
