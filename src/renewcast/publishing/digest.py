r"""The list in a few lines, for a chat message: Markdown to be posted as it is, JSON for whoever writes the message.

A chat program turns text into links, mentions and formats by itself. In the Markdown whatever came from data is escaped, and
where a program would make a link or call somebody it gets an invisible break (U+200B); the JSON has every text as it is.
"""

import re

from renewcast.publishing._wording import WORDING
from renewcast.publishing._wording_workbook import WORKBOOK_WORDING
from renewcast.publishing.facts import ListFacts
from renewcast.publishing.manifest import json_bytes
from renewcast.publishing.numbers_as_text import money, percent
from renewcast.publishing.summary import totals
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible
from renewcast.publishing.week_figures import week_figures

MOST_LINES = 30
_SHOWN = {"up": 5, "down": 3, "new": 3, "gone": 3}
_DUE_SHOWN = 3
_LONGEST = {"name": 60, "why": 140, "banner": 240}
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&^-])")
# Before or behind these a link or a mention would begin.
_LINK = re.compile(r"(?<=[^\W_])\.(?=[^\W_])|[@＠](?=\S)|(?<=[A-Za-z]):(?=\S)")


def digest(table, about: ListFacts, supplement: Supplement) -> dict:
    """Put the digest together.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    supplement : Supplement

    Returns
    -------
    dict
        JSON values: project, week, as_of, language, currency, banners, totals, quarter, moved (up, down, new and gone, each with
        its count and the first few accounts), due (count and the first few). Money in ``currency``, shares in [0, 1].

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.publishing.rows import SCHEMA
    >>> about = ListFacts(project="demo", week="2026-W27", as_of=dt.date(2026, 6, 29), language="en", currency="USD",
    ...                   target="churn", run_key="k")
    >>> digest(SCHEMA.empty_table(), about, Supplement())["totals"]["in_scope"]
    0
    """
    sums, figures = totals(table), week_figures(table, supplement, about.as_of)
    quarter = figures.quarter
    moved = {}
    for kind, most in _SHOWN.items():
        found = getattr(figures, kind)
        moved[kind] = {"count": len(found), "accounts": [_account(one) for one in found[:most]]}
    due = [{name: _shown(value) for name, value in one.items()} for one in figures.due[:_DUE_SHOWN]]
    return {
        "project": visible(about.project),
        "week": about.week,
        "as_of": about.as_of.isoformat(),
        "language": about.language,
        "currency": about.currency,
        "banners": [visible(one) for one in about.banners],
        "totals": {
            "in_scope": sums.in_scope,
            "scored": sums.scored,
            "arr": sums.arr,
            "arr_at_risk": sums.arr_at_risk,
        },
        "quarter": {
            "until": quarter.until.isoformat(),
            "accounts": quarter.accounts,
            "arr": quarter.arr,
            "forecast": quarter.forecast,
            "without_forecast": quarter.not_forecast,
        },
        "moved": moved,
        "due": {"count": figures.due_count, "accounts": due},
    }


def to_json(said: dict) -> bytes:
    """Write the digest as JSON."""
    return json_bytes(said)


def to_markdown(said: dict) -> bytes:
    """Write the digest as Markdown of at most `MOST_LINES` lines, safe to post.

    Parameters
    ----------
    said : dict
        From `digest`.

    Returns
    -------
    bytes
        UTF-8.
    """
    words = WORDING[said["language"]] | WORKBOOK_WORDING[said["language"]]
    sums, quarter, moved = said["totals"], said["quarter"], said["moved"]
    title = words["digest_title"].format(week=said["week"], project=plain(said["project"], 60), day=said["as_of"])
    lines = [f"**{title}**"]
    lines += [f"**{words['digest_warning']}:** {plain(one, _LONGEST['banner'])}" for one in said["banners"][:3]]
    share = percent(sums["arr_at_risk"] / sums["arr"] if sums["arr"] > 0 else None)
    scope, arr, risk = f"{sums['in_scope']:,}", money(sums["arr"]), money(sums["arr_at_risk"])
    lines.append(words["digest_totals"].format(scope=scope, arr=arr, currency=said["currency"], risk=risk, share=share))
    due = {"day": quarter["until"], "accounts": f"{quarter['accounts']:,}", "arr": money(quarter["arr"])}
    lines.append(words["digest_quarter"].format(**due, forecast=money(quarter["forecast"])))
    lines.append(words["digest_moved"].format(**{kind: f"{one['count']:,}" for kind, one in moved.items()}))
    for kind, one in moved.items():
        if one["count"]:
            lines.append(_heading(words[f"digest_{kind}"], one, words))
            lines += [f"- {_mover(account, words)}" for account in one["accounts"]]
    if said["due"]["count"]:
        lines.append(f"**{words['digest_due'].format(n=said['due']['count'])}**")
        lines += [f"- {_due(account, words)}" for account in said["due"]["accounts"]]
    assert len(lines) <= MOST_LINES
    return ("\n".join(lines) + "\n").encode("utf-8")


def plain(text: str, most: int) -> str:
    r"""Return a text from data as one line of Markdown that shows it and does nothing else.

    Examples
    --------
    >>> plain("*Acme*\n[x](y)", 60)
    '\\*Acme\\* \\[x\\]\\(y\\)'
    >>> plain("see http://example.invalid", 60).replace("\u200b", "|")
    'see http:|//|example.|invalid'
    """
    text = " ".join(visible(text).split())
    text = text if len(text) <= most else text[: most - 1] + "…"
    text = _LINK.sub(lambda found: f"{found.group()}\u200b", text).replace("//", "//\u200b")
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    return _MARKS.sub(r"\\\1", text)


def _heading(word, one, words):
    rest = one["count"] - len(one["accounts"])
    return f"**{word}**" + (f" ({words['digest_more'].format(n=rest)})" if rest else "")


def _mover(one, words):
    name = plain(one["account_name"] or one["account_id"] or words["no_name"], _LONGEST["name"])
    before, now = one["churn_probability_last_list"], one["churn_probability"]
    if before is not None and now is not None:
        name += " " + words["from_to"].format(before=percent(before), now=percent(now))
    elif before is not None or now is not None:
        name += f" {percent(now if before is None else before)}"
    name += f", {money(one['arr'])}" if one["arr"] is not None else ""
    return name + (f": {plain(one['why'], _LONGEST['why'])}" if one["why"] else "")


def _due(one, words):
    name = plain(one["account_name"] or one["account_id"] or words["no_name"], _LONGEST["name"])
    play = f": {plain(one['play'], _LONGEST['why'])}" if one["play"] else ""
    return f"{one['due_on']} {name}{play}"


def _account(one):
    return {
        "account_id": visible(one.account_id),
        "account_name": _shown(one.account_name),
        "owner": _shown(one.owner),
        "arr": one.arr,
        "churn_probability": one.now,
        "churn_probability_last_list": one.before,
        "why": _shown(one.why),
    }


def _shown(value):
    return visible(value) if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else value
