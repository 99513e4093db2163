"""Dots: estimates with their intervals, one below the other; points of one number against another."""

from renewcast.review.charts.axes import HEIGHT, SIZE, across, names_below, upright
from renewcast.review.charts.bars import MOST_ROWS, name_beside
from renewcast.review.charts.drawing import Drawing
from renewcast.review.charts.lines import style_of
from renewcast.review.charts.scale import Scale, ticks
from renewcast.review.charts.svg import cut, element, tooltip, width_of
from renewcast.review.shown import short, shown

_MOST_NAMED = 16


def interval(drawing: Drawing):
    """Draw a dot with its interval for each name, one below the other."""
    rows = drawing.x_texts[:MOST_ROWS]
    points = [point for _, line in drawing.series for point in line if point.at < len(rows)]
    row, top = 24.0, 20.0 if drawing.references else 6.0
    left = min(max((width_of(text, SIZE) for text in rows), default=0.0) + 14, drawing.room_for_names(200.0))
    told = [_told(point, drawing) for point in points]
    right = max((width_of(text, SIZE) for text in told), default=0.0) + 16
    bottom = top + row * len(rows)
    frame = across(drawing, drawing.values(), left=left + 6, bottom=bottom, from_zero=False, right=right)
    marks = list(frame.marks)
    for number, text in enumerate(rows):
        marks.append(name_beside(text, left, top + row * (number + 0.5)))
    for point, text in zip(points, told, strict=True):
        y = top + row * (point.at + 0.5)
        inside = [tooltip(f"{drawing.x_texts[point.at]}: {text}")]
        if point.low is not None and point.high is not None:
            low, high = frame.y(point.low), frame.y(point.high)
            inside.append(element("line", class_="whisker s1", x1=low, x2=high, y1=y, y2=y))
            inside += [element("line", class_="whisker s1", x1=end, x2=end, y1=y - 4, y2=y + 4) for end in (low, high)]
        inside.append(element("circle", class_="dot s1", cx=frame.y(point.value), cy=y, r=4.5))
        marks.append(element("g", *inside))
        marks.append(element("text", text, class_="told beside", x=drawing.width - 4, y=y + 4, text_anchor="end"))
    return drawing.width, bottom + 24, marks


def _told(point, drawing):
    value = short(point.value, drawing.kind, drawing.language, 0.001)
    if point.low is None or point.high is None or drawing.is_narrow:
        return value
    low, high = (short(end, drawing.kind, drawing.language, 0.001) for end in (point.low, point.high))
    return f"{value} ({low} – {high})"


def scatter(drawing: Drawing):
    """Draw points of y against x, each group with a mark of its own; few enough are named."""
    frame = upright(drawing, drawing.values(), from_zero=False, top=22.0)
    places = drawing.x_places
    ends = ticks(min(places), max(places), 5) if drawing.is_ordered else [min(places) - 0.5, max(places) + 0.5]
    x = Scale(ends[0], ends[-1], frame.left + 8, frame.right - 8)
    count = sum(len(points) for _, points in drawing.series)
    marks, taken = list(frame.marks), []
    for order, (_, points) in enumerate(drawing.series):
        style = style_of(order, len(drawing.series))
        for point in points:
            at, y = x(places[point.at]), frame.y(point.value)
            said = f"{point.name} · {drawing.x_texts[point.at]} · {shown(point.value, drawing.kind, drawing.language)}"
            marks.append(element("g", tooltip(said), _mark(at, y, order, style)))
            if count <= _MOST_NAMED:
                marks += _name(point.name, at, y, frame, taken)
    if drawing.is_ordered and drawing.x_kind != "day":
        texts = [short(end, drawing.x_kind, drawing.language, ends[1] - ends[0]) for end in ends]
        below = names_below(texts, [x(end) for end in ends], frame, (frame.right - frame.left) / len(ends), drawing.heading_below)
    else:
        room = (frame.right - frame.left) / max(len(places), 1)
        below = names_below(drawing.x_texts, [x(place) for place in places], frame, room, drawing.heading_below)
    heading = element("text", cut(drawing.y_heading, 260, SIZE), class_="axis heading", x=4, y=9)
    return drawing.width, HEIGHT, [heading, *marks, below]


def _mark(x, y, order, style):
    if order % 3 == 1:
        return element("rect", class_=f"dot {style}", x=x - 4, y=y - 4, width=8, height=8)
    if order % 3 == 2:
        return element("path", class_=f"dot {style}", d=f"M{x:.2f} {y - 5:.2f}l5 9h-10z")
    return element("circle", class_=f"dot {style}", cx=x, cy=y, r=4.2)


def _name(text, x, y, frame, taken):
    """Write a name beside its point where no other stands: to the right, to the left, above or below."""
    said = cut(text, 110, SIZE)
    wide = width_of(said, SIZE)
    for at, height in ((x + 8, y + 4), (x - 8 - wide, y + 4), (x - wide / 2, y - 9), (x - wide / 2, y + 17)):
        box = (at, height - 11, at + wide, height + 2)
        if at < frame.left or at + wide > frame.right + 10 or height < frame.top - 4:
            continue
        if all(box[2] < one[0] or one[2] < box[0] or box[3] < one[1] or one[3] < box[1] for one in taken):
            taken.append(box)
            return [element("text", said, class_="told", x=at, y=height)]
    return []
