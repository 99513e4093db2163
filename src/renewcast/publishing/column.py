"""What a column of the weekly risk list is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of the list.

    Parameters
    ----------
    name : str
        The column in Parquet and CSV.
    kind : str
        text, integer, money (in the project's currency), share (in [0, 1]), points (a change of a share, in [-1, 1]) or day.
    required : bool
        True where every row has a value.
    heading, meaning : dict of str to str
        By language, "en" and "zh".
    """

    name: str
    kind: str
    required: bool
    heading: dict
    meaning: dict


def column(name: str, kind: str, required: bool, en: str, zh: str, meaning_en: str, meaning_zh: str) -> Column:
    """Declare a column: its name, kind and whether every row has it, then heading and meaning in English and Chinese."""
    return Column(name, kind, required, {"en": en, "zh": zh}, {"en": meaning_en, "zh": meaning_zh})
