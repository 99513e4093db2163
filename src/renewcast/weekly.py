"""The weekly job: score a snapshot, put the list together, publish it."""

import datetime as dt
import hashlib
import json

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


def draft_list(project, as_of: dt.date):
    """Score a snapshot and put its list together.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date

    Returns
    -------
    tuple
        The list (pandas.DataFrame), the banners (list of str), the champions (dict by target), the clusters (or None).
    """
    from renewcast.publishing import previous_list
    from renewcast.publishing.columns import COLUMN_NAMES
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
    last = previous_list(project.lists_directory, iso_week(as_of))
    rows = risk_list(project.view, champion, scores, clusters, last).reindex(columns=list(COLUMN_NAMES))
    return rows, banners, champions, clusters


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
    from renewcast.publishing import ListFacts, publish_list

    rows, banners, champions, clusters = draft_list(project, as_of)
    if clusters is not None and project.segments() is None:
        project.keep_segments(clusters)
    params = project.params
    champion = champions[params.scoring.target]
    record = champion.record
    model = {
        name: record[name]
        for name in ("model_name", "model_version", "trained_as_of", "ranked_by", "has_skill", "base_rate", "run_id")
    }
    model |= {name: record["metrics"][name] for name in ("auc", "log_loss", "ece")}
    about = ListFacts(
        project=params.project.name,
        week=iso_week(as_of),
        as_of=as_of,
        language=params.project.language,
        currency=params.project.currency,
        target=params.scoring.target,
        banners=banners,
        model=model,
        run_key=_run_key(project, as_of, champions),
        notes=_notes(champions, as_of, params),
    )
    published = publish_list(project.lists_directory, rows, about)
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
        "model_version": champion.version,
        "ranked_by": record["ranked_by"],
        "banners": banners,
        **_shadow(project, as_of),
    }


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
    },
    "zh": {
        "backfilled": "补发：模型使用了截至{day}的信息训练，晚于本名单日期。",
        "renewal": "续约模型没有预测能力：所有续约概率均为基准率{base_rate:.1%}。",
    },
}


def _notes(champions: dict, as_of: dt.date, params) -> list[str]:
    """Say what a reader should know that is no warning."""
    words, notes = _NOTES[params.project.language], []
    record = champions[params.scoring.target].record
    if record["trained_as_of"] > as_of.isoformat():
        notes.append(words["backfilled"].format(day=record["trained_as_of"]))
    if "renewal" in champions and not champions["renewal"].record["has_skill"]:
        notes.append(words["renewal"].format(base_rate=champions["renewal"].record["base_rate"]))
    return notes


def _run_key(project, as_of: dt.date, champions: dict) -> str:
    """Digest every input of a list: the data, the parameters, the models, the clusters, the day."""
    clusters = project.segments()
    inputs = {
        "as_of": as_of.isoformat(),
        "fingerprint": project.staged.fingerprint,
        "params": project.params.model_dump(mode="json"),
        "models": {target: champion.record["sha256"] for target, champion in champions.items()},
        "segments": None if clusters is None else clusters.to_json(),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
