"""The review as one self-contained page: figures, sentences, charts and tables, part after part, without any script.

The page loads nothing and runs nothing. Its policy allows its own style only, by digest.
"""

from renewcast.publishing.page import packaged, policy_digest
from renewcast.publishing.text import visible
from renewcast.review.charts.draw import draw
from renewcast.review.facts import ReviewFacts
from renewcast.review.shown import large, shown
from renewcast.review.wording import WORDING

_MOST_OPEN = 8
"""Rows of a table that stands open; longer ones, and those that a chart shows, open on demand."""
_NUMBERS = ("integer", "money", "share", "points", "number", "day")


def to_html(parts, about: ReviewFacts) -> bytes:
    """Write the page; the same parts and facts give the same bytes.

    Parameters
    ----------
    parts : list of Part
    about : ReviewFacts

    Returns
    -------
    bytes
        UTF-8 HTML.
    """
    import jinja2
    from markupsafe import Markup

    told = [_part(part, about.language) for part in parts]
    style = packaged("tokens.css") + _packaged("review.css")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("renewcast.review", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = environment.get_template("review.html.j2").render(
        about=about,
        words=WORDING[about.language],
        project=visible(about.project),
        notes=[visible(note) for note in about.notes],
        models=[
            (visible(str(target)), visible(str(found.get("version", "–"))))
            for target, found in about.made_from.get("models", {}).items()
        ],
        parts=[one for one in told if one["missing"] is None],
        absent=[one for one in told if one["missing"] is not None],
        style=Markup(style),
        style_digest=policy_digest(style),
    )
    return page.encode("utf-8", errors="backslashreplace")


def expected_texts(parts, about: ReviewFacts) -> list[str]:
    """Return what a reader of the page finds in its figures and tables, in order; see `renewcast.review.readback`."""
    found = []
    for part in parts:
        found += [_figure(figure, about.language)["value"] for figure in part.figures]
        tables = [_table(table, False, about.language) for table in part.tables]
        found += [cell["text"] for table in tables for row in table["rows"] for cell in row]
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in found]


def _part(part, language):
    tables = {table.name: table for table in part.tables}
    pictures = [
        draw(chart, tables[chart.table], f"{part.name}-{number}", language) for number, chart in enumerate(part.charts, start=1)
    ]
    pictures.sort(key=lambda one: one.is_wide)  # the broad ones last, so that no half of a row stays empty
    drawn = {chart.table for chart in part.charts}
    return {
        "name": part.name,
        "title": visible(part.title[language]),
        "missing": None if part.missing is None else visible(part.missing[language]),
        "says": [visible(said[language]) for said in part.says],
        "figures": [_figure(figure, language) for figure in part.figures],
        "pictures": pictures,
        "tables": [_table(table, table.name in drawn, language) for table in part.tables],
    }


def _figure(figure, language):
    note = None if figure.note is None else visible(figure.note[language])
    return {"label": visible(figure.label[language]), "value": large(figure.value, figure.kind, language), "note": note}


def _table(table, is_drawn, language):
    rows, words = table.frame.head(table.shown), table.words or {}
    columns = [
        [shown(value, column.kind, language, words.get(column.name)) for value in rows[column.name].astype(object).tolist()]
        for column in table.columns
    ]
    headings = [
        {
            "text": visible(column.heading[language]),
            "meaning": visible(column.meaning[language]),
            "number": column.kind in _NUMBERS,
        }
        for column in table.columns
    ]
    count, file = len(table.frame), f"{table.name}.parquet"
    said = WORDING[language]["first_rows" if table.shown else "all_in_file"]
    return {
        "name": table.name,
        "file": file,
        "title": visible(table.title[language]),
        "note": None if table.note is None else visible(table.note[language]),
        "headings": headings,
        "rows": [
            [{"text": text, "number": heading["number"]} for text, heading in zip(row, headings, strict=True)]
            for row in zip(*columns, strict=True)
        ],
        "count": f"{count:,}",
        "cut": said.format(n=f"{min(count, table.shown) if table.shown else count:,}", m=f"{count:,}", file=file)
        if count > table.shown
        else None,
        "folded": is_drawn or min(count, table.shown) > _MOST_OPEN,
    }


def _packaged(name):
    from importlib import resources

    return (resources.files("renewcast.review") / "templates" / name).read_text(encoding="utf-8")
