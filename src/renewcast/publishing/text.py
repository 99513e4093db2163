r"""Texts from customers' data, made harmless where they are shown: no invisible controls, no live formulas.

Parquet keeps every character as it came. CSV, spreadsheet and page show what cannot be printed as an escape such as ``\u0000``.
"""

import re

# Tab and line feed are legal in all three formats. A carriage return is not kept by XML and HTML parsers, hence an escape.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# A spreadsheet that splits on semicolons or tabs, or at a line feed, sees a new cell there: the same rule holds.
_BLANK = "[\\s'\"\ufeff\u200b]*"
_DANGER = "[=+\\-@＝＋－＠]"
_CELL_START = re.compile(f"((?:^|[;\t\n\r]){_BLANK})({_DANGER})")
_DISARMED = re.compile(f"((?:^|[;\t\n\r]){_BLANK})'({_DANGER})")
_LEADING_CONTROL = re.compile("'*[\t\r\n\x00]")


def visible(text: str) -> str:
    r"""Replace characters that no reader could see by an escape.

    Examples
    --------
    >>> visible("Acme\x00 Ltd\x1b[31m")
    'Acme\\u0000 Ltd\\u001b[31m'
    """
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def storable(text: str) -> str:
    r"""Replace lone surrogates, the only characters that UTF-8 cannot hold, by an escape.

    Examples
    --------
    >>> storable("a\ud800b\x00")
    'a\\ud800b\x00'
    """
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def disarm(text: str) -> str:
    r"""Put an apostrophe before whatever a spreadsheet would take for a formula.

    Where a cell could begin (at the start, after a semicolon, a tab or a line feed), an apostrophe goes before ``= + - @``
    and their full-width forms; and before a text that begins with a tab, a line feed, a carriage return or NUL.

    Examples
    --------
    >>> disarm("=1+1"), disarm("Acme; -5%"), disarm("Acme - Berlin")
    ("'=1+1", "Acme; '-5%", 'Acme - Berlin')
    """
    text = _CELL_START.sub(r"\1'\2", text)
    return "'" + text if _LEADING_CONTROL.match(text) else text


def rearm(text: str) -> str:
    r"""Take away the apostrophes that `disarm` put in: the text as it was.

    Examples
    --------
    >>> rearm(disarm("=1+1")), rearm("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    if re.match("'+[\t\r\n\x00]", text):
        text = text[1:]
    return _DISARMED.sub(r"\1\2", text)
