"""The weekly job: score a snapshot, put the list together, publish it."""

import dataclasses
import datetime as dt

from renewcast.days import iso_week
from renewcast.errors import RenewcastError

_BANNERS = {
    "en": {
        "no_history": "Not enough history: accounts that had the rarer outcome (churn, as a rule) so far: {accounts}, too few to "
        "learn from. Every account carries the base rate of {base_rate:.1%}, which may lie anywhere from {base_rate_low:.1%} to "
        "{base_rate_high:.1%}; the list is ranked by ARR.",
        "few": "Little history: accounts that had the rarer outcome (churn, as a rule) so far: {accounts}, so all accounts of "
        "one kind carry one rate.",
        "no_skill": "The model has no skill on this data: nothing tried predicts better than the base rate of {base_rate:.1%}. "
        "Every account carries the base rate, and the list is ranked by ARR.",
        "baseline": "The model is not better than {winner} on past outcomes (log loss {loss:.4f} against {best:.4f}), "
        "so the list is ranked by {winner}.",
        "segments": "Segments are not shown: {why}",
    },
    "zh": {
        "no_history": "历史不足：至今仅有{accounts}家客户出现较少见的结果（通常为流失），不足以训练模型。"
        "所有客户均显示基准率{base_rate:.1%}，其真值可能在{base_rate_low:.1%}至{base_rate_high:.1%}之间；"
        "名单按年度经常性收入排序。",
        "few": "历史较少：至今仅有{accounts}家客户出现较少见的结果（通常为流失），因此同类客户显示同一比率。",
        "no_skill": "模型在这份数据上没有预测能力：所有方法都不优于基准率{base_rate:.1%}。"
        "所有客户均显示基准率，名单按年度经常性收入排序。",
        "baseline": "在历史结果上，模型并不优于{winner}（对数损失{loss:.4f}对{best:.4f}），因此名单按{winner}排序。",
        "segments": "未显示分群：{why}",
    },
}
_WINNERS = {
    "en": {
        "logistic": "logistic regression",
        "health_score": "the rule-based health score",
        "base_rate": "the base rate",
        "blend": "the model",
    },
    "zh": {"logistic": "逻辑回归", "health_score": "规则健康分", "base_rate": "基准率", "blend": "模型"},
}


@dataclasses.dataclass(frozen=True, eq=False)
class Draft:
    """A list that is put together and not published.

    Attributes
    ----------
    rows : pandas.DataFrame
    supplement : publishing.supplement.Supplement
    banners, notes : list of str
    champions : dict of str to tracking.champion.Champion
        By target.
    clusters : segments.clusters.Clusters or None
    last : publishing.Published or None
        The list before it.
    """

    rows: object
    supplement: object
    banners: list
    notes: list
    champions: dict
    clusters: object
    last: object


def draft_list(project, as_of: dt.date) -> Draft:
    """Score a snapshot and put its list together.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date

    Returns
    -------
    Draft
    """
    from renewcast.comparison import since_last_list
    from renewcast.publishing import read_list
    from renewcast.publishing.columns import COLUMN_NAMES
    from renewcast.publishing.supplement import OPPORTUNITY_COLUMNS, Supplement
    from renewcast.scoring.actions import Plan
    from renewcast.scoring.risk_list import risk_list

    champions, scores = project.score_snapshot(as_of)
    champion = champions[project.params.scoring.target]
    language = project.params.project.language
    banners = _banners(champion.record, language)
    clusters = project.segments()
    if clusters is None:
        try:
            clusters = project.fit_segments(as_of)
        except RenewcastError as why:
            banners.append(_BANNERS[language]["segments"].format(why=why))
    last = project.list_before(as_of)
    before = None if last is None else read_list(last.list_dir)
    plan, noticed = Plan(project.plays_library(), project.play_effects(as_of)), project.noticed(as_of)
    rows, found = risk_list(project.view, champion, scores, clusters, before, plan, noticed)
    rows, gone, notes = since_last_list(project, rows, champion, scores, last, before)
    rows = rows.reindex(columns=list(COLUMN_NAMES))
    supplement = Supplement(
        opportunities=found.reindex(columns=list(OPPORTUNITY_COLUMNS)),
        explanations=project.explanations(as_of),
        gone=gone,
        signals=noticed.cards,
        plays=plan.library.told(language, plan.effects),
    )
    return Draft(rows, supplement, banners, notes, champions, clusters, last)


def prepare_week(project, as_of: dt.date, made_from: dict | None = None):
    """Make everything that is published of a week.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
    made_from : dict, optional
        Given where a list is made again: what it was made from. Otherwise that is kept and named here.

    Returns
    -------
    tuple
        The draft (:class:`Draft`) with everything that stands beside its rows, and the facts (publishing.ListFacts).
    """
    from renewcast.made_from import keep_what_it_is_made_from, run_key
    from renewcast.publishing import ListFacts

    draft, params = draft_list(project, as_of), project.params
    if made_from is None:
        if draft.clusters is not None and project.segments() is None:
            project.keep_segments(draft.clusters)
        made_from = keep_what_it_is_made_from(project, as_of, draft.champions, draft.last)
    record = draft.champions[params.scoring.target].record
    model = {
        name: record[name]
        for name in ("model_name", "model_version", "trained_as_of", "ranked_by", "has_skill", "base_rate", "run_id", "sha256")
    }
    model |= {name: record["metrics"][name] for name in ("auc", "log_loss", "ece")}
    about = ListFacts(
        project=params.project.name,
        week=iso_week(as_of),
        as_of=as_of,
        language=params.project.language,
        currency=params.project.currency,
        target=params.scoring.target,
        banners=draft.banners,
        model=model,
        run_key=run_key(as_of, made_from),
        notes=_notes(draft.champions, draft.clusters, as_of, params) + draft.notes,
        made_from=made_from,
    )
    return dataclasses.replace(draft, supplement=_with_history(project, draft, about)), about


def publish_week(project, as_of: dt.date) -> dict:
    """Publish the list of a snapshot; the same inputs again change nothing.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date

    Returns
    -------
    dict
        week, as_of, revision, list_dir, page, in_scope, scored, not_scored, status, model_version, banners; and shadow, where a
        challenger waits: see :func:`renewcast.scoring.shadow.summary`.
    """
    from renewcast.publishing import publish_list

    draft, about = prepare_week(project, as_of)
    rows = draft.rows
    published = publish_list(project.lists_directory, rows, about, draft.supplement)
    scored = int((rows["status"] == "scored").sum())
    return {
        "week": published.week,
        "as_of": as_of.isoformat(),
        "revision": published.revision,
        "list_dir": str(published.list_dir),
        "page": str(published.list_dir / "risk_list.html"),
        "in_scope": len(rows),
        "scored": scored,
        "not_scored": len(rows) - scored,
        "status": published.status,
        "model_version": str(about.model["model_version"]),
        "ranked_by": about.model["ranked_by"],
        "banners": about.banners,
        **_shadow(project, as_of),
    }


def _with_history(project, draft: Draft, about):
    """Add the weeks and events of the accounts that the page shows, with the probabilities as they were published."""
    from renewcast.publishing import lists_behind
    from renewcast.publishing.past_probabilities import MOST_WEEKS, with_past_probabilities
    from renewcast.scoring.account_history import account_history

    told = with_past_probabilities(lists_behind(project.lists_directory, draft.last, MOST_WEEKS), draft.rows, about.target)
    weeks, events = account_history(project.view, told["account_id"].unique().tolist(), about.as_of, told)
    return dataclasses.replace(draft.supplement, weeks=weeks, events=events)


def _shadow(project, as_of: dt.date) -> dict:
    """Score the week in the shadow of the list just published; nothing that a challenger does may spoil the list."""
    from renewcast.scoring.shadow import summary
    from renewcast.tracking.champion import has_challenger

    if not has_challenger(project.directory, project.params.scoring.target):
        return {}
    try:
        found = project.shadow(as_of)
    except RenewcastError as why:
        return {"shadow": {"not_scored": str(why)}}
    return {"shadow": found.attrs | summary(found)}


def _banners(record: dict, language: str) -> list[str]:
    words, winners, history = _BANNERS[language], _WINNERS[language], record["history"]
    if not history["enough"]:
        if record["ranked_by"] == "base_rate":
            return [words["no_history"].format(accounts=history["rarer_accounts"], **history)]
        return [words["few"].format(accounts=history["rarer_accounts"])]
    if not record["has_skill"]:
        return [words["no_skill"].format(base_rate=record["base_rate"])]
    if record["ranked_by"] != "blend":
        best = record["baselines"][record["ranked_by"]]["log_loss"]
        return [words["baseline"].format(winner=winners[record["ranked_by"]], loss=record["metrics"]["log_loss"], best=best)]
    return []


_NOTES = {
    "en": {
        "backfilled": "Backfilled: the model was trained on what was known by {day}, after the day of this list.",
        "renewal": "The renewal model has no skill: every renewal probability is the base rate of {base_rate:.1%}.",
        "no_segments": "No segments: behaviour varied without gaps on {day}, so that any line between kinds of account would be "
        "arbitrary; `renewcast run segment` looks again.",
    },
    "zh": {
        "backfilled": "补发：模型使用了截至{day}的信息训练，晚于本名单日期。",
        "renewal": "续约模型没有预测能力：所有续约概率均为基准率{base_rate:.1%}。",
        "no_segments": "没有客户群：截至{day}，客户行为连续变化、没有明显间隔，任何划分都是任意的；"
        "可用`renewcast run segment`重新分析。",
    },
}


def _notes(champions: dict, clusters, as_of: dt.date, params) -> list[str]:
    """Say what a reader should know that is no warning."""
    words, notes = _NOTES[params.project.language], []
    record = champions[params.scoring.target].record
    if record["trained_as_of"] > as_of.isoformat():
        notes.append(words["backfilled"].format(day=record["trained_as_of"]))
    if "renewal" in champions and not champions["renewal"].record["has_skill"]:
        notes.append(words["renewal"].format(base_rate=champions["renewal"].record["base_rate"]))
    if clusters is not None and not clusters.exist:
        notes.append(words["no_segments"].format(day=clusters.fitted_as_of))
    return notes
