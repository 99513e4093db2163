"""Lines over days, ages or months, with a band where there is an interval."""

from markupsafe import Markup

from renewcast.review.charts.axes import HEIGHT, SIZE, names_below, upright
from renewcast.review.charts.drawing import Drawing
from renewcast.review.charts.scale import Scale
from renewcast.review.charts.svg import cut, element, number, tooltip, width_of
from renewcast.review.shown import short, shown

COLOURS = 6
_MOST_MARKED, _MOST_NAMED = 14, 4


def line(drawing: Drawing):
    """Draw lines; of more than six, all but the last are thin and grey.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    tuple of (float, float, list of Markup)
        Width, height and marks.
    """
    named = len(drawing.series) <= _MOST_NAMED
    ends = [_end(points, drawing) for _, points in drawing.series if points] if named else []
    right = max((width_of(text, SIZE) for text in ends), default=0.0) + 16
    frame = upright(drawing, drawing.values(), from_zero=False, right=right)
    places, told = drawing.x_places, sorted({point.at for _, points in drawing.series for point in points})
    low, high = places[told[0]], places[told[-1]]
    x = Scale(low, high, frame.left + 6, frame.right - 6) if high > low else lambda _: (frame.left + frame.right) / 2
    across = [x(place) for place in places]
    marks = list(frame.marks)
    for order, (_, points) in enumerate(drawing.series):
        marks.append(_band(points, across, frame, order))
    labels = []
    for order, (name, points) in enumerate(drawing.series):
        style = style_of(order, len(drawing.series))
        marks.append(_line(name, points, across, frame, drawing, style))
        if named and points:
            labels.append([frame.y(points[-1].value), _end(points, drawing), style])
    marks += _labels(labels, frame)
    within = slice(told[0], told[-1] + 1)
    room = (frame.right - frame.left) / max(len(across[within]), 1)
    return (
        drawing.width,
        HEIGHT,
        [*marks, names_below(drawing.x_texts[within], across[within], frame, room, drawing.heading_below)],
    )


def style_of(order: int, series: int) -> str:
    """Return the class of a series: its own colour and dashes among six, grey among more, but for the last."""
    if series <= COLOURS:
        return f"s{order + 1}"
    return "s1" if order == series - 1 else "rest"


def _end(points, drawing):
    return short(points[-1].value, drawing.kind, drawing.language, 0.001)


def _band(points, across, frame, order):
    upper = [(across[point.at], frame.y(point.high)) for point in points if point.low is not None and point.high is not None]
    lower = [(across[point.at], frame.y(point.low)) for point in points if point.low is not None and point.high is not None]
    if len(upper) < 2:
        return Markup("").join(
            element("line", class_=f"whisker s{order + 1}", x1=x, x2=x, y1=top, y2=bottom)
            for (x, top), (_, bottom) in zip(upper, lower, strict=True)
        )
    outline = " ".join(f"{number(x)},{number(y)}" for x, y in upper + lower[::-1])
    return element("polygon", class_=f"band s{order % COLOURS + 1}", points=outline)


def _line(name, points, across, frame, drawing, style):
    path = " ".join(f"{number(across[point.at])},{number(frame.y(point.value))}" for point in points)
    marks = [element("polyline", class_=f"line {style}", points=path)] if len(points) > 1 else []
    is_marked = len(points) == 1 or (len(points) <= _MOST_MARKED and style != "rest")
    for point in points:
        said = f"{name} · {drawing.x_texts[point.at]}: {shown(point.value, drawing.kind, drawing.language)}"
        if point.low is not None and point.high is not None:
            said += f" ({shown(point.low, drawing.kind, drawing.language)} – {shown(point.high, drawing.kind, drawing.language)})"
        place = {"cx": across[point.at], "cy": frame.y(point.value)}
        dot = [element("circle", class_=f"dot {style}", r=3.2, **place)] if is_marked else []
        marks.append(element("g", tooltip(said), *dot, element("circle", class_="hit", r=7, **place)))
    return Markup("").join(marks)


def _labels(labels, frame):
    """Write the last value of each line at its end, apart from each other."""
    labels.sort(key=lambda one: one[0])
    for above, below in zip(labels, labels[1:], strict=False):
        below[0] = max(below[0], above[0] + 13)
    over = max((one[0] for one in labels), default=0.0) - frame.bottom
    return [
        element("text", cut(text, 90, SIZE), class_=f"end {style}", x=frame.right + 2, y=at + 4 - max(over, 0.0))
        for at, text, style in labels
    ]
