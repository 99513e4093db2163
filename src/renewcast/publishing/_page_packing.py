"""Data inside the page: JSON, compressed, as letters that mean nothing to an HTML parser.

Base64 has no ``<``, no quote and no ampersand: no text from a customer's data can end the element that it lies in, whatever
it says. The browser inflates it (``DecompressionStream("deflate")``) and reads it with ``JSON.parse``, which runs nothing.
"""

import base64
import json
import zlib


def packed(value) -> str:
    """Write a JSON value as base64 of its deflated text; the same value gives the same letters.

    Parameters
    ----------
    value : JSON value
        Finite numbers only.

    Returns
    -------
    str

    Examples
    --------
    >>> unpacked(packed({"name": "</script>"}))
    {'name': '</script>'}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 6)).decode("ascii")


def unpacked(letters: str):
    """Read what `packed` wrote."""
    return json.loads(zlib.decompress(base64.b64decode(letters)))
