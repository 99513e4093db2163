"""The list as one self-contained page: totals, movers, the list, and a view of every account.

The page loads nothing. Its policy allows its own script and style only, by digest, and no connection at all, so that a name
from somebody's CRM cannot run or fetch anything even if the escaping had a hole. What the script shows lies in the page as
compressed data; without the script, the totals and the first rows can be read.
"""

import base64
import hashlib
from importlib import resources

import pyarrow as pa

from renewcast.publishing import _page_summary as summary
from renewcast.publishing._page_accounts import bundles
from renewcast.publishing._page_packing import packed
from renewcast.publishing._page_rows import by_urgency, encoded_rows, listed
from renewcast.publishing._page_wording import PAGE_WORDING
from renewcast.publishing._wording import WORDING, label
from renewcast.publishing.columns import LIST_COLUMNS, heading, named_fact
from renewcast.publishing.facts import ListFacts, facts_as_json
from renewcast.publishing.numbers_as_text import money, percent, points
from renewcast.publishing.summary import totals
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible

FIRST_ROWS = 100
"""So many rows can be read where no script runs."""
_SCRIPTS = ("page_charts.js", "page_account.js", "page.js")
_STYLES = ("tokens.css", "page.css")


def to_html(table: pa.Table, about: ListFacts, supplement: Supplement | None = None) -> bytes:
    """Write the page; the same rows, facts and supplement give the same bytes.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    supplement : Supplement, optional

    Returns
    -------
    bytes
        UTF-8 HTML: under 2 MB for 2,000 accounts with half a year of weeks and events, under 10 MB for any number. Of more than
        15,000 accounts the most urgent are listed; weeks, events and drivers are told as far as there is room, the most urgent
        accounts first. The page says what it leaves out.
    """
    import jinja2
    from markupsafe import Markup

    words = _words(about)
    script, style = "\n".join(map(packaged, _SCRIPTS)), "".join(map(packaged, _STYLES))
    sums, shown = totals(table), table.take(listed(table))
    ids = [visible(one) for one in shown["account_id"].to_pylist()]
    packs, place = bundles([ids[row] for row in by_urgency(shown)], supplement, about.as_of)
    linked = set(ids)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("renewcast.publishing", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = environment.get_template("page.html.j2").render(
        about=about,
        words=words,
        banners=[visible(one) for one in about.banners],
        notes=[*(visible(one) for one in about.notes), *_left_out(table, shown, place, supplement, words)],
        project=visible(about.project),
        figures=summary.figures(table, sums, supplement, words, about),
        owners=summary.owners(sums, words),
        owner_count=sum(1 for one in sums.owners if one.arr_at_risk > 0),
        bands=summary.bands(table, words),
        movers=summary.movers(table, supplement, linked, words),
        opportunities=summary.opportunities(supplement, linked, words),
        opportunity_count=0 if supplement is None or supplement.opportunities is None else len(supplement.opportunities),
        plain_rows=list(_plain_rows(shown.slice(0, FIRST_ROWS), words, about.language)),
        accounts=table.num_rows,
        signals=_signal_cards(supplement, words, about.language),
        model=_model_facts(about, words),
        meanings=[(heading(one, about.language, about.target), one.name, one.meaning[about.language]) for one in LIST_COLUMNS],
        script=Markup(script),
        style=Markup(style),
        script_digest=policy_digest(script),
        style_digest=policy_digest(style),
        rows=Markup(packed(_data(shown, place, supplement, words, about))),
        packs=[Markup(one) for one in packs],
    )
    return page.encode("utf-8")


def _words(about):
    words = WORDING[about.language] | PAGE_WORDING[about.language]
    words["page_probability"] = words[f"page_probability_{about.target}"]
    words["about_probability"] = words[f"about_probability_{about.target}"]
    return words


def _data(shown, place, supplement, words, about):
    """Everything that the script needs before an account is opened."""
    rows = encoded_rows(shown)
    choices = rows["choices"]
    for name in ("tier", "lifecycle_stage"):
        choices[name] = [label(code, about.language) for code in choices[name]]
    choices["goal"] = [words.get(f"goal_{code}", code) for code in choices["goal"]]
    return {
        "words": words,
        "as_of": about.as_of.isoformat(),
        "currency": visible(about.currency),
        "rows": rows,
        "bundle": [place.get(account) for account in rows["columns"]["account_id"]],
        "drivers": _driver_titles(about.language),
        "plays": [] if supplement is None else [_play(one, about.language) for one in supplement.plays],
    }


def _driver_titles(language):
    from renewcast.features.catalogue import families

    return {name: family.zh if language == "zh" else family.en for name, family in families().items()}


def _play(play, language):
    """Return a play of the library in the page's language: a value may be a text, or one text a language."""

    def told(name):
        value = play.get(name, play.get(f"{name}_{language}", ""))
        value = value.get(language, "") if isinstance(value, dict) else value
        return [visible(str(one)) for one in value] if isinstance(value, (list, tuple)) else visible(str(value))

    steps = told("steps") or []
    names = ("play", "title", "version", "days", "check")
    return {name: told(name) for name in names} | {"steps": steps if isinstance(steps, list) else [steps]}


def _left_out(table, shown, place, supplement, words):
    """Say in words what there was no room for."""
    if shown.num_rows < table.num_rows:
        yield words["rows_cut"].format(n=f"{shown.num_rows:,}", m=f"{table.num_rows:,}")
    scored = sum(one is not None for one in shown["churn_probability"].to_pylist())
    parts = () if supplement is None else (supplement.weeks, supplement.explanations)
    told = [0 if part is None else len(place.keys() & {visible(one) for one in part["account_id"].unique()}) for part in parts]
    if place and min(told) < scored:
        yield words["details_cut"].format(n=f"{told[0]:,}", m=f"{told[1]:,}")


def _plain_rows(table, words, language):
    """One tuple of finished texts a row, for readers without the script."""
    for row in table.to_pylist():
        reasons = [(row[f"driver_{n}_points"], row[f"driver_{n}"]) for n in (1, 2, 3)]
        play = _dash(row["play"])
        if row["due_on"] is not None:
            play += ", " + words["by_day"].format(day=row["due_on"].isoformat())
        yield (
            row["rank"],
            _dash(row["account_name"]),
            visible(row["account_id"]),
            _dash(row["owner"]),
            " · ".join(filter(None, (label(row["tier"], language), label(row["lifecycle_stage"], language)))),
            "–" if row["renewal_date"] is None else row["renewal_date"].isoformat(),
            money(row["arr"]),
            percent(row["churn_probability"]),
            money(row["arr_at_risk"]),
            [("" if size is None else points(size), visible(text)) for size, text in reasons if text and text.strip()],
            None if row["reason_not_scored"] is None else visible(row["reason_not_scored"]),
            play,
        )


def _dash(text):
    return "–" if text is None or not text.strip() else visible(text)


def _signal_cards(supplement, words, language):
    """Return name, precision, lift, days ahead, false alarms and whether it speaks, for each signal; a dash where not told."""

    def number(card, *names, shown="{:.1f}"):
        found = next((card[name] for name in names if isinstance(card.get(name), (int, float))), None)
        return "–" if found is None or found != found else shown.format(found)

    cards = [] if supplement is None else supplement.signals
    return [
        (
            visible(str(card.get("title", card.get(f"title_{language}", card.get("name", "–"))))),
            number(card, "precision", shown="{:.0%}"),
            number(card, "lift"),
            number(card, "lead_days", "lead_time_days", "lead", shown="{:.0f}"),
            number(card, "false_alarms_per_100_weeks", "false_alarms_per_100_account_weeks", "false_alarms"),
            words["yes"] if card.get("speaks") else words["no"],
        )
        for card in cards
    ]


def _model_facts(about, words):
    facts = facts_as_json(about)["model"]
    return [(words.get(name, name.replace("_", " ")), visible(named_fact(name, value, about))) for name, value in facts.items()]


def packaged(name: str) -> str:
    """Return a template, style or script of this room."""
    return (resources.files("renewcast.publishing") / "templates" / name).read_text(encoding="utf-8")


def policy_digest(text: str) -> str:
    """Return the digest by which a content policy allows a style or script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
