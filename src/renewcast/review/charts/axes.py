"""The frame of a chart: a value axis with round ticks, names below or beside it, lines to compare with."""

from dataclasses import dataclass

from markupsafe import Markup

from renewcast.review.charts.drawing import Drawing
from renewcast.review.charts.scale import Scale, ticks
from renewcast.review.charts.svg import cut, element, width_of
from renewcast.review.shown import short

HEIGHT, WIDE = 272, 1080
SIZE = 11.5
"""Of the letters, in the picture's units; see review.css."""


@dataclass(frozen=True)
class Frame:
    """Where the marks of a chart lie.

    Parameters
    ----------
    left, right, top, bottom : float
        Of the field of marks.
    y : Scale
        From a value to its height (or, of horizontal charts, its place across).
    marks : list of Markup
        What the frame itself draws, behind the marks.
    """

    left: float
    right: float
    top: float
    bottom: float
    y: Scale
    marks: list


def value_ticks(drawing: Drawing, values, *, from_zero: bool, most: int = 5) -> list[float]:
    """Choose the ticks: bars stand on zero; lines do where that does not flatten them."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if from_zero or (0 < low < 0.5 * high):
        low = min(low, 0.0)
    if from_zero:
        high = max(high, 0.0)
    if drawing.kind == "share" and 1 >= high > 0.9:
        high = 1.0
    if drawing.kind == "integer" and high - low < most:
        return [float(one) for one in range(int(low // 1), int(-(-high // 1)) + 1)] if high > low else ticks(low, high, most)
    return ticks(low, high, most)


def upright(drawing: Drawing, values, *, from_zero: bool, right: float = 12.0, top: float = 16.0) -> Frame:
    """Frame a chart whose values rise: grid, ticks at the left, references across, the names of x below."""
    found, width = value_ticks(drawing, values, from_zero=from_zero), drawing.width
    step = found[1] - found[0]
    texts = [short(value, drawing.kind, drawing.language, step) for value in found]
    left = max(width_of(text, SIZE) for text in texts) + 12
    bottom = HEIGHT - 40.0
    scale = Scale(found[0], found[-1], bottom, top)
    marks = []
    for value, text in zip(found, texts, strict=True):
        at = scale(value)
        marks.append(element("line", class_="zero" if value == 0 else "grid", x1=left, x2=width - right, y1=at, y2=at))
        marks.append(element("text", text, class_="axis", x=left - 7, y=at + 4, text_anchor="end"))
    for value, text in drawing.references:
        at = scale(value)
        marks.append(element("line", class_="reference", x1=left, x2=width - right, y1=at, y2=at))
        marks.append(element("text", text, class_="reference-word", x=width - right, y=at - 5, text_anchor="end"))
    return Frame(left, width - right, top, bottom, scale, marks)


def across(drawing: Drawing, values, *, left: float, bottom: float, from_zero: bool, right: float) -> Frame:
    """Frame a chart whose values run to the right: grid, ticks below, references down."""
    found = value_ticks(drawing, values, from_zero=from_zero, most=4)
    step, top = found[1] - found[0], 20.0 if drawing.references else 6.0
    scale = Scale(found[0], found[-1], left, drawing.width - right)
    marks, free_from = [], -1.0
    for value in found:
        at, text = scale(value), short(value, drawing.kind, drawing.language, step)
        marks.append(element("line", class_="zero" if value == 0 else "grid", x1=at, x2=at, y1=top, y2=bottom))
        half = width_of(text, SIZE) / 2
        if at - half > free_from:
            marks.append(element("text", text, class_="axis", x=at, y=bottom + 16, text_anchor="middle"))
            free_from = at + half + 6
    for value, text in drawing.references:
        at = scale(value)
        anchor = "start" if at < (left + drawing.width - right) / 2 else "end"
        marks.append(element("line", class_="reference", x1=at, x2=at, y1=top - 4, y2=bottom))
        marks.append(
            element("text", text, class_="reference-word", x=at + (5 if anchor == "start" else -5), y=12, text_anchor=anchor)
        )
    return Frame(left, drawing.width - right, top, bottom, scale, marks)


def names_below(texts, places, frame: Frame, room: float, heading: str | None) -> Markup:
    """Write x below the field, as many as have room, and what they are at the end; names, without a heading, in two rows."""
    widest = max((width_of(text, SIZE) for text in texts), default=0.0)
    every = 1
    if len(texts) > 1:
        apart = min(abs(b - a) for a, b in zip(places, places[1:], strict=False)) or 1.0
        every = max(1, int(-(-(widest + 8) // apart))) if widest + 8 > apart else 1
    is_staggered = heading is None and every > 1 and len(texts) <= 12
    if is_staggered:
        every, room = 1, 2 * room  # names are few: rather two rows of them than leave one out
    marks, free_from = [], -1.0
    for number in range(0, len(texts), every):
        text = cut(texts[number], max(room - 4, 24), SIZE) if heading is None else texts[number]
        half = width_of(text, SIZE) / 2
        at = min(max(places[number], half + 2), max(frame.right + 10 - half, half + 2))
        if not is_staggered and at < places[number] and at - half < free_from:
            continue  # pushed back from the edge, it would lie upon the one before
        free_from = at + half
        below = 31 if is_staggered and number % 2 else 17
        marks.append(element("text", text, class_="axis", x=at, y=frame.bottom + below, text_anchor="middle"))
    if heading is not None:
        marks.append(element("text", heading, class_="axis heading", x=frame.right, y=frame.bottom + 34, text_anchor="end"))
    return Markup("").join(marks)


def picture(identity: str, title: str, says: str, width: float, height: float, marks, size: str = "chart") -> Markup:
    """Put the marks of a chart together: a picture with a title and a description."""
    return element(
        "svg",
        element("title", title, id=f"{identity}-title"),
        element("desc", says, id=f"{identity}-desc"),
        *marks,
        class_=size,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
    )
