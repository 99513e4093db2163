"""What a part of the business review is made of: figures, sentences, tables, charts.

A part holds values and words, never markup; the page, the workbook and Parquet are all written from it. Words are dicts by
language, "en" and "zh".
"""

from dataclasses import dataclass

from renewcast.publishing.column import Column


@dataclass(frozen=True)
class Figure:
    """One number that stands large at the head of a part.

    Parameters
    ----------
    label : dict
    value : float, int, str, datetime.date or None
        None is shown as a dash.
    kind : str
        As in `renewcast.publishing.column.Column`, or "number" (a plain number with two decimals).
    note : dict, optional
        What it means, or its interval, in a few words.
    """

    label: dict
    value: object
    kind: str
    note: dict | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """One table: a Parquet file, a sheet, and on the page its first rows.

    Parameters
    ----------
    name : str
        Snake case, unique in the review; names the file.
    title : dict
    columns : tuple of Column
        All columns of the frame, in order; kinds as in `Figure`.
    frame : pandas.DataFrame
        Sorted as it is to be read; the index says nothing. Codes stay codes; `words` tells what to show for them.
    note : dict, optional
        How to read it, in a sentence or two.
    shown : int
        Rows that the page shows; 0 leaves the table to its charts, the workbook and Parquet.
    words : dict, optional
        By column name, then by value, what people read instead: {"stage": {"growth": {"en": "growth", "zh": "成长期"}}}.
    """

    name: str
    title: dict
    columns: tuple[Column, ...]
    frame: object
    note: dict | None = None
    shown: int = 12
    words: dict | None = None


@dataclass(frozen=True)
class Chart:
    """One chart of a table of the same part.

    Parameters
    ----------
    kind : {"line", "bar", "stacked", "waterfall", "heat", "interval", "scatter"}
        A line over ordered x; bars side by side; bars upon each other; bars that carry on; a matrix of x against `group`,
        coloured by the only `y`; a dot with its interval for each x (horizontal, for names); points of y against x.
    table : str
        The name of the table.
    title : dict
    x : str
        A column: days, whole numbers or names, in the order of the rows.
    y : tuple of str
        Columns of numbers, drawn in this order; their headings name them.
    group : str, optional
        A column that parts the rows of one `y` into several lines (or the rows of a heat map).
    low, high : str, optional
        Columns with the interval of the only `y`.
    reference : tuple of (float, dict), optional
        Lines to compare with: a value and what it is.
    note : dict, optional
    """

    kind: str
    table: str
    title: dict
    x: str
    y: tuple[str, ...]
    group: str | None = None
    low: str | None = None
    high: str | None = None
    reference: tuple = ()
    note: dict | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """One theme of the review.

    Parameters
    ----------
    name : str
        Snake case, unique in the review.
    title : dict
    says : tuple of dict
        What a leader should know of it, most important first, in sentences whose numbers are those of the tables.
    figures : tuple of Figure
    tables : tuple of Table
    charts : tuple of Chart
    missing : dict, optional
        Why there is nothing to show (a table that the project does not have, for example); then all else may be empty.
    """

    name: str
    title: dict
    says: tuple = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    missing: dict | None = None
