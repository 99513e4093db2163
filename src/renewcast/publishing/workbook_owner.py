"""One owner's sheet: who, why, what changed, what to do by when, and room for an answer."""

from renewcast.publishing._wording import label
from renewcast.publishing._wording_workbook import VERDICT_REASONS, VERDICTS, labels
from renewcast.publishing.owners import OwnersList
from renewcast.publishing.sheet_writer import SheetWriter

HEADING_ROW = 3
# Word of the heading, kind, width. The answers come last.
_SHOWN = (
    ("place", "integer", 6),
    ("account_id", "text", 12),
    ("account", "text", 22),
    ("tier", "text", 10),
    ("renewal", "day", 11),
    ("arr", "money", 13),
    ("probability", "share", 11),
    ("within_180", "share", 10),
    ("movement", "text", 9),
    ("change", "points", 8),
    ("reasons", "text", 42),
    ("changed", "text", 26),
    ("signals", "text", 26),
    ("goal", "text", 12),
    ("play", "text", 22),
    ("due", "day", 11),
    ("check", "text", 24),
)
ANSWERS = ("verdict", "verdict_reason", "verdict_play", "next_on", "note")
_ANSWER_WIDTHS = (14, 18, 22, 11, 30)


def owner_sheet(writer: SheetWriter, name: str, one: OwnersList, plays_range: str | None) -> None:
    """Write an owner's sheet.

    Parameters
    ----------
    writer : SheetWriter
    name : str
        Of the sheet.
    one : OwnersList
    plays_range : str or None
        Where the workbook lists the plays to choose from; None where it has none.
    """
    about, words = writer.about, writer.words
    sheet = writer.sheet(name, [width for *_, width in _SHOWN] + list(_ANSWER_WIDTHS))
    owner = words["nobody"] if one.owner is None else one.owner
    writer.text(sheet, 0, 0, words["sheet_owner"].format(week=about.week, owner=owner), writer.title)
    writer.text(sheet, 1, 0, f"{about.project} · {words['as_of']} {about.as_of} · {about.currency}", writer.label)
    writer.text(sheet, 2, 0, words["how_to_fill"], writer.label)
    titles = [words[f"probability_{about.target}" if word == "probability" else word] for word, _, _ in _SHOWN]
    writer.headings(sheet, HEADING_ROW, titles)
    for place, word in enumerate(ANSWERS, start=len(_SHOWN)):
        writer.text(sheet, HEADING_ROW, place, words[word], writer.asked)
    first, last = HEADING_ROW + 1, HEADING_ROW + one.rows.num_rows
    for row, values in enumerate(one.rows.to_pylist(), start=first):
        shown = _shown(values, words, about.language)
        writer.high_enough(sheet, row, zip(shown, [width for *_, width in _SHOWN], strict=True))
        for column, ((word, kind, _), value) in enumerate(zip(_SHOWN, shown, strict=True)):
            style = writer.marks.get(values["movement"]) if word == "movement" else writer.wrapped if kind == "text" else None
            writer.value(sheet, row, column, value, kind, style)
        for column, word in enumerate(ANSWERS, start=len(_SHOWN)):
            sheet.write_blank(row, column, None, writer.answers["day" if word == "next_on" else "text"])
    writer.bars(sheet, first, last, [word for word, _, _ in _SHOWN].index("probability"), most=1.0)
    _choices(writer, sheet, first, last, plays_range)
    sheet.freeze_panes(first, 3)
    sheet.autofilter(HEADING_ROW, 0, last, len(_SHOWN) + len(ANSWERS) - 1)
    sheet.repeat_columns(0, 2)
    writer.printed(sheet, repeat=HEADING_ROW, pages=2)


def _shown(row, words, language):
    """Return the cells of one account, in the order of `_SHOWN`."""
    now, before = row["churn_probability"], row["churn_probability_last_list"]
    reasons = [row[f"driver_{n}"] for n in (1, 2, 3) if row[f"driver_{n}"] is not None and row[f"driver_{n}"].strip()]
    return (
        row["owner_place"],
        row["account_id"],
        row["account_name"],
        label(row["tier"], language),
        row["renewal_date"],
        row["arr"],
        now,
        row["churn_probability_180d"],
        words.get(row["movement"], row["movement"]) if row["movement"] in ("up", "down", "new", "steady") else row["movement"],
        None if now is None or before is None else now - before,
        "\n".join(reasons) or row["reason_not_scored"] or _why_none(row, words),
        row["change_reason"],
        row["signals"],
        words["goals"].get(row["goal"], row["goal"]),
        row["play"],
        row["due_on"],
        row["check"],
    )


def _why_none(row, words):
    """Say why an account without a reason stands here all the same: it is what comes later that a play may still save."""
    later = row["churn_probability_180d"]
    return words["outlasts"] if later is not None and later > row["churn_probability"] else None


def _choices(writer, sheet, first, last, plays_range):
    words, language = writer.words, writer.about.language
    offered = {"verdict": labels(VERDICTS, language), "verdict_reason": labels(VERDICT_REASONS, language)}
    if plays_range is not None:
        offered["verdict_play"] = plays_range
    for word, source in offered.items():
        column = len(_SHOWN) + ANSWERS.index(word)
        rule = {"validate": "list", "source": source, "error_title": words[word][:32], "error_message": words["choose"]}
        sheet.data_validation(first, column, last, column, rule)
    day = writer.about.as_of
    rule = {
        "validate": "date",
        "criteria": ">=",
        "value": day,
        "error_title": words["next_on"][:32],
        "error_message": words["choose_day"].format(day=day),
    }
    column = len(_SHOWN) + ANSWERS.index("next_on")
    sheet.data_validation(first, column, last, column, rule)
