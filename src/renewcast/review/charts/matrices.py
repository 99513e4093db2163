"""A matrix of x against a group, coloured by a value."""

from renewcast.review.charts.axes import SIZE, WIDE
from renewcast.review.charts.bars import MOST_ROWS, name_beside
from renewcast.review.charts.drawing import Drawing
from renewcast.review.charts.svg import cut, element, tooltip, width_of
from renewcast.review.shown import short, shown

_STRONGEST = 0.62
"""More than this would hide the figures in a cell."""
_MANY = 12


def heat(drawing: Drawing):
    """Draw a matrix: a row a series, a column an x; the stronger the colour, the larger the value.

    What is below zero has another colour and a rule beneath it, so that the sign can be told without colours. With many columns
    the picture is twice as wide.
    """
    columns, rows = drawing.x_texts, drawing.series[:MOST_ROWS]
    width = WIDE if len(columns) > _MANY else drawing.width
    left = min(max((width_of(name, SIZE) for name, _ in rows), default=0.0) + 14, drawing.room_for_names(190.0))
    across, high, top = (width - left - 4) / max(len(columns), 1), 24.0, 22.0
    values = [point.value for _, points in rows for point in points]
    low, most = min(values, default=0.0), max(values, default=0.0)
    is_signed = low < 0
    least = 0.0 if is_signed or low < 0.4 * most else low
    strongest = max(abs(low), abs(most)) if is_signed else most
    marks = [
        element("text", cut(text, across - 2, SIZE), class_="axis", x=left + across * (number + 0.5), y=15, text_anchor="middle")
        for number, text in enumerate(columns)
        if across >= width_of(text, SIZE) or number % max(1, round(width_of(text, SIZE) / across + 1)) == 0
    ]
    for number, (name, points) in enumerate(rows):
        y = top + high * number
        marks.append(name_beside(name, left, y + high / 2))
        for point in points:
            share = (abs(point.value) - least) / (strongest - least) if strongest > least else 1.0
            box = {"x": left + across * point.at + 0.75, "y": y + 0.75, "width": across - 1.5, "height": high - 1.5, "rx": 2}
            said = f"{name} · {columns[point.at]}: {shown(point.value, drawing.kind, drawing.language)}"
            cell = [
                element("rect", class_="heat below" if point.value < 0 else "heat", fill_opacity=0.05 + share * _STRONGEST, **box)
            ]
            text = _told(point.value, drawing)
            if width_of(text, SIZE) <= across - 2:
                x, at = left + across * (point.at + 0.5), y + high / 2 + 4
                cell.append(element("text", text, class_="cell", x=x, y=at, text_anchor="middle"))
            marks.append(element("g", tooltip(said), *cell))
    return width, top + high * len(rows) + 6, marks


def _told(value, drawing):
    if drawing.kind == "share":
        return f"{value * 100:.0f}"
    return short(value, drawing.kind, drawing.language, 0.01)
