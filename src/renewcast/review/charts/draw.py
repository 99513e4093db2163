"""From a chart of a part to its picture."""

import re
from dataclasses import dataclass, replace

from markupsafe import Markup

from renewcast.errors import RenewcastError
from renewcast.publishing.text import visible
from renewcast.review.charts import bars, dots, lines, matrices
from renewcast.review.charts.axes import WIDE, picture
from renewcast.review.charts.drawing import NARROW, Drawing, drawing
from renewcast.review.charts.lines import COLOURS, style_of
from renewcast.review.shown import short
from renewcast.review.wording import WORDING

KINDS = {
    "line": lines.line,
    "bar": bars.bar,
    "stacked": bars.stacked,
    "waterfall": bars.waterfall,
    "heat": matrices.heat,
    "interval": dots.interval,
    "scatter": dots.scatter,
}


@dataclass(frozen=True)
class Picture:
    """A chart as the page shows it.

    Parameters
    ----------
    title : str
    note : str or None
    svg : Markup or None
        None where the table has nothing to draw.
    small : Markup or None
        The same for a phone, narrower; None where the picture needs its width.
    legend : list of tuple of (str, str)
        Class and name of each series; empty where there is but one, or more than six.
    kind : str
    is_wide : bool
        True where it needs the whole width of the page.
    """

    title: str
    note: str | None
    svg: Markup | None
    small: Markup | None
    legend: list
    kind: str
    is_wide: bool


def draw(chart, table, identity: str, language: str) -> Picture:
    """Draw a chart.

    Parameters
    ----------
    chart : renewcast.review.part.Chart
    table : renewcast.review.part.Table
        The one that the chart names.
    identity : str
        Unique on the page.
    language : {"en", "zh"}

    Returns
    -------
    Picture

    Raises
    ------
    RenewcastError
        "... is no kind of chart"; "chart ... asks for the column ...".
    """
    if chart.kind not in KINDS:
        raise RenewcastError(f"{chart.kind!r} is no kind of chart; take one of {', '.join(KINDS)}.")
    found, title = drawing(chart, table, language), visible(chart.title[language])
    note = None if chart.note is None else visible(chart.note[language])
    if found.is_empty:
        return Picture(title, note, None, None, [], chart.kind, False)
    width, height, marks = KINDS[chart.kind](found)
    says, is_wide = _says(found, language), width == WIDE
    svg, small = picture(identity, title, says, width, height, marks), None
    if not is_wide:
        width, height, marks = KINDS[chart.kind](replace(found, width=NARROW))
        small = picture(f"{identity}-small", title, says, width, height, _untold(marks), size="chart small")
    names, legend = [name for name, _ in found.series], []
    if 1 < len(names) <= COLOURS and chart.kind in ("line", "bar", "stacked", "scatter"):
        legend = [(style_of(order, len(names)), name) for order, name in enumerate(names)]
    return Picture(title, note, svg, small, legend, chart.kind, is_wide)


def _untold(marks) -> list:
    """Leave out what is read when a pointer rests on a mark: on a phone there is none, and it is half of the picture."""
    return [Markup(re.sub("<title>[^<]*</title>", "", mark)) for mark in marks]


def _says(found: Drawing, language: str) -> str:
    """Say in words what a picture shows, for those who cannot see it: each series from its first value to its last."""
    words, said = WORDING[language], []
    for name, points in found.series[:COLOURS]:
        if points:
            first, last = points[0], points[-1]
            texts = [short(one.value, found.kind, language, 0.001) for one in (first, last)]
            ends = {"first": found.x_texts[first.at], "last": found.x_texts[last.at], "from": texts[0], "to": texts[1]}
            said.append(words["chart_series"].format(name=name, n=len(points), **ends))
    if len(found.series) > COLOURS:
        said.append(words["chart_more"].format(n=len(found.series) - COLOURS))
    return words["between"].join(said)
