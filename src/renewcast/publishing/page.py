"""The list as one self-contained page: every account is a row of HTML, and a small script sorts, filters and pages.

The page loads nothing. Its policy allows its own script only, by digest, and no connection at all, so that a name from
somebody's CRM cannot run or fetch anything even if the escaping had a hole.
"""

import base64
import hashlib
from importlib import resources

import pyarrow as pa

from renewcast.publishing._wording import WORDING, label
from renewcast.publishing.charts import MOST_OWNERS, distribution_chart, owner_chart
from renewcast.publishing.columns import LIST_COLUMNS, heading, named_fact
from renewcast.publishing.facts import ListFacts, facts_as_json
from renewcast.publishing.numbers_as_text import money, percent, points
from renewcast.publishing.summary import totals
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible

FIRST_ROWS = 100

# The table's columns: word of the heading, class, how the script sorts it (t text, n number, - not), and in which
# direction it starts.
_TABLE = (
    ("page_rank", "k", "n", 1),
    ("page_account", "a", "t", 1),
    ("page_owner", "o", "t", 1),
    ("page_tier", "t", "t", 1),
    ("page_segment", "s", "t", 1),
    ("page_stage", "g", "t", 1),
    ("page_renewal", "r", "t", 1),
    ("page_arr", "m", "n", -1),
    ("page_probability", "p", "n", -1),
    ("page_change", "c", "n", -1),
    ("page_at_risk", "m", "n", -1),
    ("page_reasons", "w", "-", 1),
)
PROBABILITY_CELL = 8


def to_html(table: pa.Table, about: ListFacts, supplement: Supplement | None = None) -> bytes:
    """Write the page; the same rows and facts give the same bytes.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    supplement : Supplement, optional

    Returns
    -------
    bytes
        UTF-8 HTML, about 0.4 MB per 1,000 accounts.
    """
    import jinja2
    from markupsafe import Markup

    words = dict(WORDING[about.language])
    words["page_probability"] = words[f"page_probability_{about.target}"]
    words["about_probability"] = words[f"about_probability_{about.target}"]
    script = _packaged("page.js")
    sums = totals(table)
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
        notes=[visible(one) for one in about.notes],
        project=visible(about.project),
        figures=_figures(sums, words, about),
        columns=_TABLE,
        first_rows=FIRST_ROWS,
        script=Markup(script),
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=Markup(_packaged("page.css") + _style_of_this_list(words)),
        charts=[
            (_owner_title(sums, words), Markup(owner_chart(sums, about.language))),
            (words["chart_distribution"], Markup(distribution_chart(sums, about.language))),
        ],
        model=_model_facts(about, words),
        meanings=[(heading(one, about.language, about.target), one.name, one.meaning[about.language]) for one in LIST_COLUMNS],
        rows=_rows(table, words, about.language),
    )
    return page.encode("utf-8")


def _rows(table, words, language):
    """One tuple of finished texts a row, in the order of the template."""

    def dash(text):
        return "–" if text is None or not text.strip() else visible(text)

    for row in table.to_pylist():
        probability = row["churn_probability"]
        yield (
            row["rank"],
            visible(row["account_id"]),
            dash(row["account_name"]),
            dash(row["owner"]),
            dash(label(row["tier"], language)),
            dash(row["segment"]),
            dash(label(row["lifecycle_stage"], language)),
            "–" if row["renewal_date"] is None else row["renewal_date"],
            _days(row["days_to_renewal"], words),
            money(row["arr"]),
            None if probability is None else round(probability * 100),
            percent(probability),
            _change(probability, row["churn_probability_last_list"]),
            money(row["arr_at_risk"]),
            _reasons(row),
            None if row["reason_not_scored"] is None else visible(row["reason_not_scored"]),
        )


def _days(days, words):
    if days is None:
        return ""
    return words["days"].format(n=f"{days:,}") if days >= 0 else words["overdue"].format(n=f"{-days:,}")


def _change(now, before):
    """Class and text of the change in percentage points; the arrow carries the sign."""
    if now is None or before is None:
        return "", "–"
    moved = round((now - before) * 100, 1)
    return ("u", f"▲ {moved:.1f}") if moved > 0 else ("d", f"▼ {-moved:.1f}") if moved < 0 else ("", "0.0")


def _reasons(row):
    given = [(row[f"driver_{n}_points"], row[f"driver_{n}"]) for n in (1, 2, 3)]
    return [("" if size is None else points(size), visible(text)) for size, text in given if text is not None and text.strip()]


def _figures(sums, words, about):
    """Return the four figures on top: label, number, remark."""
    share = percent(sums.arr_at_risk / sums.arr) if sums.arr > 0 else None
    return [
        (words["in_scope"], f"{sums.in_scope:,}", words["not_scored_count"].format(n=f"{sums.in_scope - sums.scored:,}")),
        (
            words["scored"],
            f"{sums.scored:,}",
            "" if sums.mean_probability is None else words["mean_probability"].format(share=percent(sums.mean_probability)),
        ),
        (words["arr"], money(sums.arr), about.currency),
        (words["arr_at_risk"], money(sums.arr_at_risk), words["of_arr"].format(share=share) if share else about.currency),
    ]


def _owner_title(sums, words):
    owners = sum(1 for one in sums.owners if one.arr_at_risk > 0)
    return words["chart_owner_top"].format(n=MOST_OWNERS, m=owners) if owners > MOST_OWNERS else words["chart_owner"]


def _model_facts(about, words):
    facts = facts_as_json(about)["model"]
    return [(words.get(name, name.replace("_", " ")), visible(named_fact(name, value, about))) for name, value in facts.items()]


def _packaged(name):
    return (resources.files("renewcast.publishing") / "templates" / name).read_text(encoding="utf-8")


def _style_of_this_list(words):
    """On a phone each cell names itself; the words come from us, and are still written as escapes only."""
    rules = [
        f"  tbody td:nth-child({place})::before {{ content: '{_css_text(words[word])}' }}"
        for place, (word, *_) in enumerate(_TABLE, start=1)
    ]
    # Where the script runs, the rows that it is about to take away are never laid out.
    later = f"@media (scripting: enabled) {{ tbody tr:nth-child(n+{FIRST_ROWS + 1}) {{ display: none }} }}"
    return "\n".join(["@media (max-width: 760px) {", *rules, "}", later, ""])


def _css_text(text):
    return "".join(letter if letter.isalnum() and letter.isascii() else f"\\{ord(letter):06x}" for letter in text)
