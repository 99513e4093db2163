"""The other sheets: opportunities, the plays with their steps, and what it all means."""

from renewcast.publishing._wording import label
from renewcast.publishing.columns import LIST_COLUMNS, heading
from renewcast.publishing.sheet_writer import SheetWriter
from renewcast.publishing.workbook_summary import facts_rows

_OPPORTUNITY = (
    ("account_id", "account_id", "text", 13),
    ("account", "account_name", "text", 28),
    ("owner", "owner", "text", 18),
    ("tier", "tier", "text", 12),
    ("arr", "arr", "money", 15),
    ("renewal", "renewal_date", "day", 12),
    ("kind", "kind", "text", 14),
    ("signal", "signal", "text", 20),
    ("evidence", "evidence", "text", 50),
    ("play", "play", "text", 30),
    ("due", "due_on", "day", 12),
    ("held_back", "held_back", "text", 44),
)
_PLAY = (("play", 34), ("goal", 16), ("steps", 70), ("days", 8), ("check", 50), ("version", 9), ("play_id", 24))


def opportunities_sheet(writer: SheetWriter, table) -> None:
    """Write the opportunities, a row each, in their order.

    Parameters
    ----------
    writer : SheetWriter
    table : pyarrow.Table
        From `renewcast.publishing.beside.beside_tables`.
    """
    words, language = writer.words, writer.about.language
    sheet = writer.sheet(words["sheet_opportunities"], [width for *_, width in _OPPORTUNITY])
    writer.headings(sheet, 0, [words[word] for word, *_ in _OPPORTUNITY])
    widths = [width for *_, width in _OPPORTUNITY]
    for row, values in enumerate(table.to_pylist(), start=1):
        writer.high_enough(sheet, row, zip([values[name] for _, name, *_ in _OPPORTUNITY], widths, strict=True))
        values |= {"tier": label(values["tier"], language), "kind": words["kinds"].get(values["kind"], values["kind"])}
        for column, (_, name, kind, _) in enumerate(_OPPORTUNITY):
            writer.value(sheet, row, column, values[name], kind, writer.wrapped if kind == "text" else None)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(table.num_rows, 1), len(_OPPORTUNITY) - 1)
    writer.printed(sheet, repeat=0)


def plays_sheet(writer: SheetWriter, plays: list) -> None:
    """Write the plays with their steps; their titles stand in column A, from row 2 on.

    Parameters
    ----------
    writer : SheetWriter
    plays : list of dict
        play, version, title, goal, steps, days and check; texts may be given by language.
    """
    words = writer.words
    sheet = writer.sheet(words["sheet_plays"], [width for _, width in _PLAY])
    writer.headings(sheet, 0, [words[word] for word, _ in _PLAY])
    for row, one in enumerate(plays, start=1):
        steps = in_language(one.get("steps"), writer.about.language) or []
        told = [in_language(step, writer.about.language) for step in ([steps] if isinstance(steps, str) else steps)]
        goal = one.get("goal")
        writer.value(sheet, row, 0, play_title(one, writer.about.language), "text", writer.wrapped)
        writer.value(sheet, row, 1, None if goal is None else str(words["goals"].get(goal, goal)), "text", writer.wrapped)
        numbered = "\n".join(f"{n}. {step}" for n, step in enumerate(told, start=1)) or None
        writer.value(sheet, row, 2, numbered, "text", writer.wrapped)
        texts = (play_title(one, writer.about.language), None, numbered, None, None, None, None)
        writer.high_enough(sheet, row, zip(texts, [width for _, width in _PLAY], strict=True))
        days, version = one.get("days"), one.get("version")
        writer.value(sheet, row, 3, days if isinstance(days, int | float) else None, "integer")
        check = in_language(one.get("check"), writer.about.language)
        writer.value(sheet, row, 4, None if check is None else str(check), "text", writer.wrapped)
        writer.value(sheet, row, 5, None if version is None else str(version), "text")
        writer.value(sheet, row, 6, str(one.get("play", "")), "text")
    sheet.freeze_panes(1, 1)
    writer.printed(sheet, repeat=0)


def about_sheet(writer: SheetWriter) -> None:
    """Say how to read the list, what each column means, and what the list rests on."""
    about, words = writer.about, writer.words
    sheet = writer.sheet(words["sheet_about"], (30, 32, 90))
    sheet.hide_gridlines(2)
    writer.text(sheet, 0, 0, words["about"], writer.title)
    row = 2
    for word in (f"about_probability_{about.target}", "about_at_risk", "about_reasons", "how_to_fill"):
        writer.text(sheet, row, 0, words[word])
        row += 1
    for text in about.notes or ():
        writer.text(sheet, row, 0, text)
        row += 1
    row += 1
    writer.headings(sheet, row, [words[word] for word in ("column", "name", "meaning")])
    for column in LIST_COLUMNS:
        row += 1
        writer.high_enough(sheet, row, [(column.meaning[about.language], 90)])
        writer.text(sheet, row, 0, heading(column, about.language, about.target), writer.wrapped)
        writer.text(sheet, row, 1, column.name, writer.wrapped)
        writer.text(sheet, row, 2, column.meaning[about.language], writer.wrapped)
    row += 2
    writer.headings(sheet, row, [words[word] for word in ("fact", "value")])
    row += 1
    for name in ("project", "week", "as_of", "currency"):
        writer.text(sheet, row, 0, words[name], writer.label)
        writer.text(sheet, row, 1, str(getattr(about, name)), writer.kinds["text"])
        row += 1
    facts_rows(writer, sheet, row)
    writer.printed(sheet)


def play_title(one: dict, language: str) -> str:
    """Return what a play is called, or its id.

    Examples
    --------
    >>> play_title({"play": "usage_review", "title": {"en": "Review what is used", "zh": "使用回顾"}}, "zh")
    '使用回顾'
    """
    return str(in_language(one.get("title"), language) or one.get("play", ""))


def in_language(value, language: str):
    """Return a text of a language where it is given by language, else the text itself."""
    return value.get(language) if isinstance(value, dict) else value
