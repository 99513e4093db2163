"""Two lists compared: what the new one says of the last, and what changed between any two weeks."""

import dataclasses

from renewcast.errors import RenewcastError
from renewcast.scoring.changes import PARTS

_NOTES = {
    "en": {
        "no_model": "Changes of the model and of its calibration are told as one, and first: {why}",
        "other_target": "The last list predicted {then}, this one {now}: why a probability changed cannot be told.",
        "off_calendar": "Why a probability changed cannot be told: {why}",
        "no_later_model": "The later list's model is judged by its numbers alone: {why}",
    },
    "zh": {
        "no_model": "模型变化与校准变化合并列示，并排在最前：{why}",
        "other_target": "上期预测的是{then}，本期是{now}：无法说明概率变化的原因。",
        "off_calendar": "无法说明概率变化的原因：{why}",
        "no_later_model": "后一份名单的模型只能由其数值判断：{why}",
    },
}


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """What changed from one published list to a later one.

    Attributes
    ----------
    earlier, later : dict
        week, revision, as_of and model_version of each.
    accounts : pandas.DataFrame
        The accounts of the later list in its order: account_id, account_name, owner, arr, arr_last_list,
        churn_probability_last_list, churn_probability, movement, change_reason, ``change_`` each of behaviour, time, data, model
        and calibration, and behaviour by driver as ``behaviour_<driver>``; probability points.
    gone : pandas.DataFrame
        Accounts of the earlier list that are not on the later one, with the probability that was last published, and why.
    notes : list of str
    """

    earlier: dict
    later: dict
    accounts: object
    gone: object
    notes: list

    def movers(self):
        """Return the accounts that moved up or down, the farthest first; equal ones by account_id."""
        moved = self.accounts[self.accounts["movement"].isin(["up", "down"])]
        change = moved["churn_probability"] - moved["churn_probability_last_list"]
        order = moved.assign(change=change, distance=change.abs())
        order = order.sort_values(["distance", "account_id"], ascending=[False, True], ignore_index=True)
        return order.drop(columns="distance")

    def arr_at_risk(self) -> dict:
        """Split the change of the ARR at risk: expected losses of both lists, and what lies between them.

        Returns
        -------
        dict
            before and now (sums of probability times ARR), and between them what adds up to their difference, to rounding: each
            part of the changed probabilities, at the ARR of now; ``arr`` (other ARR at the old probability); ``came`` and
            ``went`` (on, or scored on, one list only).
        """
        both = self.accounts.dropna(subset=["churn_probability", "churn_probability_last_list"])
        came = self.accounts[self.accounts["churn_probability"].notna() & self.accounts["churn_probability_last_list"].isna()]
        went = self.accounts[self.accounts["churn_probability"].isna() & self.accounts["churn_probability_last_list"].notna()]
        gone = self.gone.dropna(subset=["churn_probability_last_list"])
        old = (both["arr_last_list"] * both["churn_probability_last_list"]).sum()
        left = (went["arr_last_list"] * went["churn_probability_last_list"]).sum()
        left += (gone["arr"] * gone["churn_probability_last_list"]).sum()
        arrived = (came["arr"] * came["churn_probability"]).sum()
        told = {"before": old + left}
        told |= {name: (both["arr"] * both[f"change_{name}"]).sum() for name in PARTS}
        told["arr"] = ((both["arr"] - both["arr_last_list"]) * both["churn_probability_last_list"]).sum()
        told |= {"came": arrived, "went": -left, "now": (both["arr"] * both["churn_probability"]).sum() + arrived}
        return {name: float(value) for name, value in told.items()}

    def to_dict(self, movers: int | None = None) -> dict:
        """Return everything as plain values: both lists, counts, the ARR at risk, movers, new accounts, those gone, notes.

        Parameters
        ----------
        movers : int, optional
            At most so many movers; all by default.
        """
        counts = self.accounts["movement"].value_counts()
        new = self.accounts[self.accounts["movement"] == "new"]
        shown = ["account_id", "account_name", "owner", "arr", "churn_probability"]
        farthest = self.movers() if movers is None else self.movers().head(movers)
        return {
            "earlier": self.earlier,
            "later": self.later,
            "accounts": {
                **{name: int(counts.get(name, 0)) for name in ("up", "down", "steady", "new")},
                "gone": len(self.gone),
                "scored_on_one_list_only": int(self.accounts["movement"].isna().sum()),
            },
            "arr_at_risk": self.arr_at_risk(),
            "movers": _records(farthest),
            "new": _records(new[shown]),
            "gone": _records(self.gone),
            "notes": self.notes,
        }


def since_last_list(project, rows, champion, scores, last, before) -> tuple:
    """Put on a list what changed since the last one.

    Parameters
    ----------
    project : renewcast.Project
    rows : pandas.DataFrame
        The list, without the columns of the change.
    champion : tracking.champion.Champion
        Which ranks it.
    scores : scoring.scores.Scores
    last : publishing.Published or None
        The list before it.
    before : pandas.DataFrame or None
        Its rows.

    Returns
    -------
    rows : pandas.DataFrame
    gone : pandas.DataFrame or None
    notes : list of str
        What could not be told, and why.
    """
    if last is None:
        return rows, None, []
    from renewcast.publishing import read_manifest
    from renewcast.scoring.since_last_list import gone, with_changes

    found, notes = _split(project, read_manifest(last.list_dir), before, champion, scores)
    told = with_changes(rows, before, found, _words(project, rows))
    language = project.params.project.language
    return told, gone(project.view, before, rows["account_id"], scores.as_of, language), notes


def compare_weeks(project, earlier: str, later: str) -> Comparison:
    """Compare the lists that were published for two weeks, the latest revision of each.

    Both ends are the probabilities that were published; the facts between them are read again from the tables. Where those were
    rewritten since, so that a probability comes out otherwise than it was published, the difference counts as data.

    Parameters
    ----------
    project : renewcast.Project
    earlier, later : str
        ISO weeks, for example "2026-W26" and "2026-W27".

    Returns
    -------
    Comparison

    Raises
    ------
    RenewcastError
        "no list was published for ...", "... does not come before ...", or what `read_list` refuses.
    """
    import datetime as dt

    import pandas as pd

    from renewcast.publishing import latest_of, read_list, read_manifest
    from renewcast.scoring.since_last_list import gone, with_changes
    from renewcast.tracking.of_list import model_of_list

    if not earlier < later:
        raise RenewcastError(f"{earlier} does not come before {later}; give the earlier week first.")
    ends = [latest_of(project.lists_directory, week) for week in (earlier, later)]
    before, now = (read_list(one.list_dir) for one in ends)
    manifests = [read_manifest(one.list_dir) for one in ends]
    as_of, language, notes = dt.date.fromisoformat(manifests[1]["as_of"]), project.params.project.language, []
    try:
        champion, has_model = model_of_list(project.directory, manifests[1]), True
    except RenewcastError as why:
        champion, has_model = _stand_in(project, manifests), False
        notes.append(_NOTES[language]["no_later_model"].format(why=why))
    scores = project.scored_by(champion, as_of)
    shown = now.set_index("account_id")["churn_probability"].astype("float64")
    found, more = _split(project, manifests[0], before, champion, scores, shown=shown, other="data" if has_model else "model")
    last = before.set_index("account_id")
    now["churn_probability_last_list"] = now["account_id"].map(last["churn_probability"]).astype("float64")
    told = with_changes(now, before, found, _words(project, now))
    told["arr_last_list"] = told["account_id"].map(last["arr"])
    if found is None:
        told = told.assign(**{f"change_{name}": float("nan") for name in PARTS})
    else:
        drivers = found.drivers.add_prefix("behaviour_").set_axis(found.parts["account_id"], axis=0)
        told = told.join(drivers, on="account_id")
    kept = ["account_id", "account_name", "owner", "arr", "arr_last_list", "churn_probability_last_list", "churn_probability"]
    kept += ["movement", "change_reason", *(f"change_{name}" for name in PARTS)]
    kept += [name for name in told if name.startswith("behaviour_")]
    accounts = pd.DataFrame({name: told[name] for name in kept}).reset_index(drop=True)
    heads = [_head(one, manifest) for one, manifest in zip(ends, manifests, strict=True)]
    left = gone(project.view, before, now["account_id"], as_of, language)
    return Comparison(*heads, accounts, left, notes + more)


def _split(project, manifest: dict, before, champion, scores, *, shown=None, other: str = "data") -> tuple:
    """Split the changes since a published list; None, and a note, where that cannot be done."""
    import datetime as dt

    from renewcast.datasets.two_snapshots import TwoSnapshots
    from renewcast.scoring.changes import changes
    from renewcast.tracking.of_list import model_of_list

    words = _NOTES[project.params.project.language]
    if manifest["target"] != champion.target:
        return None, [words["other_target"].format(then=manifest["target"], now=champion.target)]
    notes = []
    try:
        two = TwoSnapshots(project.view, champion.target, dt.date.fromisoformat(manifest["as_of"]), scores.as_of)
    except RenewcastError as why:
        return None, [words["off_calendar"].format(why=why)]
    try:
        former = model_of_list(project.directory, manifest)
        then = champion.scorer if former.record["sha256"] == champion.record["sha256"] else former.scorer
    except RenewcastError as why:
        then = None
        notes.append(words["no_model"].format(why=why))
    specs = project.view.catalogue.specs
    found = changes(two, before, scores, then, champion.scorer, specs, shown=shown, other=other)
    if then is not None and not found.judged_by_the_model_of_then:
        notes.append(words["no_model"].format(why="features"))
    return found, notes


def _stand_in(project, manifests: list):
    """Judge a list whose model is lost by the model of the list before it, or else by the champion."""
    from renewcast.tracking.of_list import model_of_list

    try:
        return model_of_list(project.directory, manifests[0])
    except RenewcastError:
        return project.champion(manifests[1]["target"])


def _words(project, rows):
    from renewcast.features.catalogue import families
    from renewcast.scoring.since_last_list import Words

    language, currency = project.params.project.language, project.params.project.currency
    titles = {name: family.en if language == "en" else family.zh for name, family in families().items()}
    known = rows.dropna(subset=["days_to_renewal"])
    days = {account: int(left) for account, left in zip(known["account_id"], known["days_to_renewal"], strict=True)}
    return Words(project.view.catalogue.specs, titles, days, language, currency)


def _head(published, manifest: dict) -> dict:
    head = {"week": published.week, "revision": published.revision, "as_of": manifest["as_of"]}
    return head | {"model_version": manifest["model"].get("model_version")}


def _records(frame) -> list:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
