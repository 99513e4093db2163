"""Bars side by side, upon each other, and bars that carry on; every one stands on zero."""

from markupsafe import Markup

from renewcast.review.charts.axes import HEIGHT, SIZE, across, names_below, upright
from renewcast.review.charts.drawing import Drawing
from renewcast.review.charts.lines import COLOURS
from renewcast.review.charts.svg import cut, element, tooltip, width_of
from renewcast.review.shown import short, shown

MOST_ROWS = 30
"""So many names a horizontal chart shows; the table holds the others."""


def bar(drawing: Drawing):
    """Draw bars side by side: upright, or across where names are long or many."""
    if not drawing.is_ordered:
        names = [width_of(text, SIZE) for text in drawing.x_texts]
        room = (drawing.width - 60) / max(len(names), 1)
        if max(names, default=0.0) > max(room - 4, 24):
            return _across(drawing)
    return _upright(drawing)


def _upright(drawing):
    frame = upright(drawing, drawing.values(), from_zero=True)
    middles, room = _middles(frame, len(drawing.x_texts))
    series = drawing.series
    thick = min(46.0, room * 0.78 / max(len(series), 1))
    marks, is_told = list(frame.marks), thick >= 26
    for order, (name, points) in enumerate(series):
        for point in points:
            left = middles[point.at] + (order - len(series) / 2) * thick
            top, foot = frame.y(max(point.value, 0.0)), frame.y(min(point.value, 0.0))
            box = {"x": left + 0.5, "y": top, "width": max(thick - 1, 0.6), "height": max(foot - top, 0.6)}
            marks.append(element("g", tooltip(_said(name, point, drawing)), *_filled(box, order)))
            end = top
            if point.low is not None and point.high is not None:
                middle, end = left + thick / 2, min(top, frame.y(point.high))
                marks.append(
                    element("line", class_="whisker ink", x1=middle, x2=middle, y1=frame.y(point.low), y2=frame.y(point.high))
                )
            if is_told:
                text = short(point.value, drawing.kind, drawing.language, 0.001)
                at = end - 5 if point.value >= 0 else foot + 13
                marks.append(element("text", text, class_="told", x=left + thick / 2, y=at, text_anchor="middle"))
    return drawing.width, HEIGHT, [*marks, names_below(drawing.x_texts, middles, frame, room, drawing.heading_below)]


def _across(drawing):
    rows = drawing.x_texts[:MOST_ROWS]
    series = drawing.series
    row = max(22.0, 15.0 * len(series) + 6)
    left = min(max((width_of(text, SIZE) for text in rows), default=0.0) + 14, drawing.room_for_names(200.0))
    top = 20.0 if drawing.references else 6.0
    bottom = top + row * len(rows)
    frame = across(drawing, drawing.values(), left=left, bottom=bottom, from_zero=True, right=64)
    marks, thick = list(frame.marks), (row - 6) / max(len(series), 1)
    for number, text in enumerate(rows):
        marks.append(name_beside(text, left, top + row * (number + 0.5)))
    for order, (name, points) in enumerate(series):
        for point in (one for one in points if one.at < len(rows)):
            y = top + row * point.at + 3 + order * thick
            start, end = sorted((frame.y(0.0), frame.y(point.value)))
            box = {"x": start, "y": y + 0.5, "width": max(end - start, 0.6), "height": max(thick - 1, 0.6)}
            marks.append(element("g", tooltip(_said(name, point, drawing)), *_filled(box, order)))
            if point.low is not None and point.high is not None:
                middle, end = y + thick / 2, max(end, frame.y(point.high))
                marks.append(
                    element("line", class_="whisker ink", x1=frame.y(point.low), x2=frame.y(point.high), y1=middle, y2=middle)
                )
            text = short(point.value, drawing.kind, drawing.language, 0.001)
            marks.append(element("text", text, class_="told", x=end + 5, y=y + thick / 2 + 4))
    return drawing.width, bottom + 24, marks


def stacked(drawing: Drawing):
    """Draw bars upon each other: what is above zero upwards, what is below it downwards."""
    above, below = [0.0] * len(drawing.x_texts), [0.0] * len(drawing.x_texts)
    boxes = []
    for order, (name, points) in enumerate(drawing.series):
        for point in points:
            side = above if point.value >= 0 else below
            boxes.append((order, name, point, side[point.at], side[point.at] + point.value))
            side[point.at] += point.value
    frame = upright(drawing, above + below + [value for value, _ in drawing.references], from_zero=True)
    middles, room = _middles(frame, len(drawing.x_texts))
    thick, marks = min(46.0, room * 0.82), list(frame.marks)
    for order, name, point, start, end in boxes:
        top, foot = frame.y(max(start, end)), frame.y(min(start, end))
        box = {"x": middles[point.at] - thick / 2, "y": top, "width": thick, "height": foot - top}
        marks.append(element("g", tooltip(_said(name, point, drawing)), *_filled(box, order)))
    return drawing.width, HEIGHT, [*marks, names_below(drawing.x_texts, middles, frame, room, drawing.heading_below)]


def waterfall(drawing: Drawing):
    """Draw bars that carry on: the first stands on zero, each other one begins where the one before ended.

    A last bar that equals the sum of all before it is their total and stands on zero again.
    """
    points = drawing.series[0][1]
    levels, total = [], 0.0
    for number, point in enumerate(points):
        is_total = number == 0 or (number == len(points) - 1 and abs(point.value - total) <= 1e-9 * max(abs(total), 1.0))
        start = 0.0 if is_total else total
        levels.append((point, start, start + point.value, is_total))
        total = start + point.value
    ends = [value for _, start, end, _ in levels for value in (start, end)]
    frame = upright(drawing, ends, from_zero=True)
    middles, room = _middles(frame, len(drawing.x_texts))
    thick, marks = min(56.0, room * 0.74), list(frame.marks)
    for place, (point, start, end, is_total) in enumerate(levels):
        top, foot = frame.y(max(start, end)), frame.y(min(start, end))
        kind = "total" if is_total else "gain" if point.value >= 0 else "loss"
        box = {"x": middles[point.at] - thick / 2, "y": top, "width": thick, "height": max(foot - top, 1.0)}
        fills = [element("rect", class_=f"fall {kind}", **box)]
        if kind == "loss":
            fills.append(element("rect", class_="hatch", fill="url(#hatch-2)", **box))
        marks.append(element("g", tooltip(_said(drawing.series[0][0], point, drawing)), *fills))
        text = short(point.value, drawing.kind, drawing.language, 0.001)
        text = text if is_total or point.value < 0 or text.startswith(("+", "0")) else f"+{text}"
        marks.append(element("text", text, class_="told", x=middles[point.at], y=top - 5, text_anchor="middle"))
        if place + 1 < len(levels):
            at, following = frame.y(end), middles[levels[place + 1][0].at]
            marks.append(
                element("line", class_="carry", x1=middles[point.at] + thick / 2, x2=following - thick / 2, y1=at, y2=at)
            )
    return drawing.width, HEIGHT, [*marks, names_below(drawing.x_texts, middles, frame, room, drawing.heading_below)]


def name_beside(text: str, left: float, middle: float) -> Markup:
    """Write the name of a row at its left; the whole of it is read where it is cut."""
    said = cut(text, left - 14, SIZE)
    whole = [tooltip(text)] if said != text else []
    return element("text", *whole, said, class_="axis row", x=left - 8, y=middle + 4, text_anchor="end")


def _middles(frame, count):
    room = (frame.right - frame.left) / max(count, 1)
    return [frame.left + room * (number + 0.5) for number in range(count)], room


def _filled(box, order):
    """Fill a bar with its colour, and every other series with hatching as well: colour alone tells nothing to some."""
    yield element("rect", class_=f"fill s{order % COLOURS + 1}", **box)
    if order % COLOURS:
        yield element("rect", class_="hatch", fill=f"url(#hatch-{order % COLOURS + 1})", **box)


def _said(name, point, drawing):
    text = f"{name} · {drawing.x_texts[point.at]}: {shown(point.value, drawing.kind, drawing.language)}"
    if point.low is not None and point.high is not None:
        text += f" ({shown(point.low, drawing.kind, drawing.language)} – {shown(point.high, drawing.kind, drawing.language)})"
    return text
