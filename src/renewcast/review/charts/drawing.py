"""What a chart draws: the points of its table by series, with the words of its reader."""

import datetime as dt
from dataclasses import dataclass

from renewcast.errors import RenewcastError
from renewcast.publishing.text import visible
from renewcast.review.shown import day_of, is_missing, shown

WIDTH, NARROW = 520, 336
"""Of a picture, in pixels where it is not scaled; and of the one for phones."""


@dataclass(frozen=True)
class Point:
    """One value of one series.

    Parameters
    ----------
    at : int
        Number of its x.
    value : float
    low, high : float or None
        Its interval.
    name : str
        The first name in its row, which tells it from others in a scatter.
    """

    at: int
    value: float
    low: float | None
    high: float | None
    name: str


@dataclass(frozen=True)
class Drawing:
    """A chart's table, taken apart.

    Parameters
    ----------
    language : {"en", "zh"}
    x_heading, y_heading : str
    x_kind, kind : str
        Of the columns.
    x_texts : list of str
        Every x, in order of rows.
    x_places : list of float
        Days and whole numbers as numbers; names by their order.
    is_ordered : bool
        True where x are days or numbers.
    series : list of tuple of (str, list of Point)
    references : list of tuple of (float, str)
    width : float
        Of the picture; where it is narrow, names are cut earlier and less is written beside the marks.
    """

    language: str
    x_heading: str
    y_heading: str
    x_kind: str
    kind: str
    x_texts: list
    x_places: list
    is_ordered: bool
    series: list
    references: list
    width: float = WIDTH

    @property
    def is_narrow(self) -> bool:
        """True where less than usual has room."""
        return self.width < WIDTH

    def room_for_names(self, most: float) -> float:
        """Return how wide names at the left may be: at most so much, and half of the picture."""
        return min(most, self.width / 2)

    def values(self) -> list[float]:
        """Return every value that must lie on the axis, ends of intervals and references included."""
        points = [point for _, line in self.series for point in line]
        ends = [end for point in points for end in (point.low, point.high) if end is not None]
        return [point.value for point in points] + ends + [value for value, _ in self.references]

    @property
    def heading_below(self) -> str | None:
        """What stands below numbers and days; names speak for themselves."""
        return self.x_heading if self.is_ordered else None

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to draw."""
        return not any(line for _, line in self.series)


def drawing(chart, table, language: str) -> Drawing:
    """Take a chart's table apart.

    Parameters
    ----------
    chart : renewcast.review.part.Chart
    table : renewcast.review.part.Table
    language : {"en", "zh"}

    Returns
    -------
    Drawing
        Points whose value is not a finite number are left out; of the others order is that of the rows.

    Raises
    ------
    RenewcastError
        "chart ... asks for the column ...".
    """
    columns, words = {column.name: column for column in table.columns}, table.words or {}
    asked = [chart.x, *chart.y, *filter(None, (chart.group, chart.low, chart.high))]
    for name in asked:
        if name not in columns or name not in table.frame.columns:
            raise RenewcastError(
                f"chart {chart.title['en']!r} asks for the column {name}, which table {chart.table} does not have."
            )
    cells = {name: table.frame[name].astype(object).tolist() for name in dict.fromkeys(asked)}
    x_kind = columns[chart.x].kind

    def text(name, value):
        return (
            _short_day(value, cells[chart.x])
            if columns[name].kind == "day"
            else shown(value, columns[name].kind, language, words.get(name))
        )

    firsts = {}
    for value in cells[chart.x]:
        firsts.setdefault(_key(value), value)
    distinct = list(firsts.values())
    is_ordered = x_kind != "text" and not any(is_missing(value) for value in distinct)
    if is_ordered:  # a table may tell the newest month first, a chart never does
        distinct.sort(key=lambda value: _place(value, x_kind))
    numbers = {_key(value): number for number, value in enumerate(distinct)}
    places = [_place(value, x_kind) for value in distinct] if is_ordered else list(range(len(distinct)))
    named = next((column.name for column in table.columns if column.kind == "text"), chart.x)
    names = [text(named, value) for value in table.frame[named].astype(object).tolist()] if named in columns else []
    series = {}
    for y in chart.y:
        for row, value in enumerate(cells[y]):
            name = visible(columns[y].heading[language]) if chart.group is None else text(chart.group, cells[chart.group][row])
            line = series.setdefault(name, [])
            if not _is_finite(value):
                continue
            low, high = (
                float(cells[end][row]) if end is not None and _is_finite(cells[end][row]) else None
                for end in (chart.low, chart.high)
            )
            line.append(Point(numbers[_key(cells[chart.x][row])], float(value), low, high, names[row]))
    for line in series.values():
        if is_ordered:
            line.sort(key=lambda point: point.at)
    return Drawing(
        language,
        visible(columns[chart.x].heading[language]),
        visible(columns[chart.y[0]].heading[language]),
        x_kind,
        columns[chart.y[0]].kind,
        [text(chart.x, value) for value in distinct],
        places,
        is_ordered,
        list(series.items()),
        [(float(value), visible(said[language])) for value, said in chart.reference if _is_finite(value)],
    )


def _key(value):
    return None if is_missing(value) else value


def _is_finite(value):
    return not is_missing(value) and abs(float(value)) != float("inf")


def _place(value, kind):
    return float(day_of(value).toordinal()) if kind == "day" else float(value)


def _short_day(value, days):
    """Name a day; where all are first days of months, their months."""
    if is_missing(value):
        return "–"
    day: dt.date = day_of(value)
    is_monthly = all(is_missing(one) or day_of(one).day == 1 for one in days)
    return f"{day:%Y-%m}" if is_monthly else day.isoformat()
