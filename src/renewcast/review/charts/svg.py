"""Elements of a picture, escaped; how wide a text is; texts that are cut, visibly, where there is no room."""

from markupsafe import Markup, escape


def element(name: str, *children, **attributes) -> Markup:
    """Write an element: attributes and texts are escaped, children that are elements stand as they are.

    Parameters
    ----------
    name : str
    *children : Markup or str
    **attributes : str, int, float or None
        Named in Python (class_, text_anchor); None leaves one out. Numbers are written with at most two decimals.

    Examples
    --------
    >>> str(element("text", "R&D", x=1.5, class_="axis"))
    '<text x="1.5" class="axis">R&amp;D</text>'
    """
    said = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), number(value) if isinstance(value, float | int) else value)
        for key, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), said, inside)


def number(value: float) -> str:
    """Write a coordinate.

    Examples
    --------
    >>> number(12.0), number(0.125), number(-0.001)
    ('12', '0.12', '0')
    """
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def width_of(text: str, size: float) -> float:
    """Guess how wide a text stands, in the units of its size; Chinese letters are as wide as high.

    Examples
    --------
    >>> width_of("ab", 10.0), width_of("流失", 10.0)
    (11.6, 20.0)
    """
    return sum(size if letter > "\u2e7f" else 0.58 * size for letter in text)


def cut(text: str, width: float, size: float) -> str:
    """Shorten a text to a width, with an ellipsis where something is gone.

    Examples
    --------
    >>> cut("Manufacturing", 50.0, 10.0), cut("Retail", 50.0, 10.0)
    ('Manufa…', 'Retail')
    """
    if width_of(text, size) <= width + 1e-6:  # room that was measured by this very text has room for it
        return text
    room, kept = width - size, ""
    for letter in text:
        room -= width_of(letter, size)
        if room < 0:
            break
        kept += letter
    return kept + "…"


def tooltip(text: str) -> Markup:
    """Return what is read when the pointer rests on a mark."""
    return element("title", text)
