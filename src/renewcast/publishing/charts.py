"""The two charts of the page, as SVG that holds shapes and text and nothing that could act.

Vega numbers its clip paths through the life of a process and names fonts of the machine that draws; neither may reach a
file that has to be the same byte for byte. So the drawing is rebuilt from a short list of elements and attributes.
"""

import math
from xml.etree import ElementTree

from renewcast.publishing._wording import WORDING
from renewcast.publishing.numbers_as_text import short_money
from renewcast.publishing.summary import Totals
from renewcast.publishing.text import visible

MOST_OWNERS = 12
_BIN = 0.05
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {"svg", "g", "path", "rect", "line", "text", "tspan", "circle"}
_ATTRIBUTES = {
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "width",
    "height",
    "viewBox",
    "transform",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "text-anchor",
    "font-size",
    "font-weight",
    "display",
}
_WIDTH, _HEIGHT = 420, 240
_INK, _MUTED, _GRID, _BAR = "#1f2937", "#667085", "#e6e8ee", "#4663d6"


def owner_chart(sums: Totals, language: str) -> str:
    """Draw ARR at risk by owner, the `MOST_OWNERS` largest.

    Parameters
    ----------
    sums : Totals
    language : {"en", "zh"}

    Returns
    -------
    str
        An ``<svg>`` element; empty where no ARR is at risk.

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> from renewcast.publishing.summary import totals
    >>> owner_chart(totals(SCHEMA.empty_table()), "en")
    ''
    """
    import altair as alt

    owners = [one for one in sums.owners if one.arr_at_risk > 0][:MOST_OWNERS]
    if not owners:
        return ""
    nobody = WORDING[language]["nobody"]
    values = [
        {
            "place": place,
            "owner": nobody if one.owner is None else _label(one.owner),
            "sum": one.arr_at_risk,
            "label": short_money(one.arr_at_risk, language),
        }
        for place, one in enumerate(owners)
    ]
    # Bars stand by place, since two owners may look alike once shortened; the names are a text mark of their own.
    widest = max(one.arr_at_risk for one in owners)
    y = alt.Y("place:O", axis=None, scale=alt.Scale(paddingInner=0.32, paddingOuter=0.16))
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    bars = base.mark_bar(color=_BAR, cornerRadiusEnd=3).encode(
        x=alt.X("sum:Q", axis=None, scale=alt.Scale(domain=[0, widest * 1.22]))
    )
    sums_shown = base.mark_text(align="left", baseline="middle", dx=6, color=_INK, fontSize=11, fontWeight=600).encode(
        x="sum:Q", text="label:N"
    )
    # Names are shortened by this machine's fonts and shown in the reader's: a fifth of the room is left for wider ones.
    names = base.mark_text(align="right", baseline="middle", dx=-8, color=_INK, fontSize=11, limit=94).encode(
        x=alt.XDatum(0), text="owner:N"
    )
    height = max(_HEIGHT // 2, 20 * len(values))
    chart = (bars + sums_shown + names).properties(
        width=_WIDTH - 124, height=height, padding={"left": 120, "right": 4, "top": 4, "bottom": 4}
    )
    return _drawn(chart, WORDING[language]["chart_owner"], height + 8)


def distribution_chart(sums: Totals, language: str) -> str:
    """Draw how many scored accounts have which probability, in steps of five percentage points.

    Returns
    -------
    str
        An ``<svg>`` element; empty where no account is scored.
    """
    import altair as alt

    if not sums.probabilities:
        return ""
    bins = max(4, math.floor(max(sums.probabilities) / _BIN + 1e-9) + 1)
    bins = min(bins, round(1 / _BIN))
    counts = [0] * bins
    for probability in sums.probabilities:
        counts[min(int(probability / _BIN + 1e-9), bins - 1)] += 1
    values = [
        {
            "low": place * _BIN,
            "high": (place + 1) * _BIN,
            "middle": (place + 0.5) * _BIN,
            "count": count,
            "label": f"{count:,}" if count else "",
            "color": _heat((place + 0.5) * _BIN),
        }
        for place, count in enumerate(counts)
    ]
    every = 0.1 if bins > 6 else 0.05
    ticks = [step * every for step in range(round(bins * _BIN / every + 0.01) + 1)]
    axis = alt.Axis(
        values=ticks,
        format=".0%",
        title=None,
        grid=False,
        domainColor=_GRID,
        tickColor=_GRID,
        labelColor=_MUTED,
        labelFontSize=11,
        labelPadding=5,
        labelFlush=False,
    )
    x = alt.X("low:Q", axis=axis, scale=alt.Scale(domain=[0, bins * _BIN], nice=False))
    base = alt.Chart(alt.Data(values=values))
    tallest = alt.Scale(domain=[0, max(counts) * 1.12])
    bars = base.mark_bar(orient="vertical", cornerRadiusEnd=2, xOffset=1, x2Offset=-1).encode(
        x=x, x2="high:Q", y=alt.Y("count:Q", axis=None, scale=tallest), y2=alt.Y2Datum(0), color=alt.Color("color:N", scale=None)
    )
    labels = base.mark_text(dy=-7, color=_INK, fontSize=10.5).encode(
        x="middle:Q", y=alt.Y("count:Q", axis=None, scale=tallest), text="label:N"
    )
    chart = (bars + labels).properties(
        width=_WIDTH - 36, height=_HEIGHT - 24, padding={"left": 18, "right": 18, "top": 6, "bottom": 26}
    )
    return _drawn(chart, WORDING[language]["chart_distribution"], _HEIGHT + 8)


def _heat(share):
    """Amber to red; the page's bars take the same colours."""
    return f"hsl({round(42 - 42 * min(1.0, share * 1.3))}, 82%, 55%)"


def _label(text):
    return " ".join(visible(text).split())[:60]


def _drawn(chart, title, height):
    """Draw a chart and rebuild it from what is allowed."""
    import vl_convert

    specification = chart.configure_view(stroke=None).configure(font="sans-serif").to_dict()
    specification["autosize"] = "none"  # the padding is ours, so that no label is cut on a machine with other fonts
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(specification))
    clean = _cleaned(root)
    clean.attrib = {"viewBox": f"0 0 {_WIDTH} {height}", "role": "img", "aria-label": title}
    clean.tail = None
    return ElementTree.tostring(clean, encoding="unicode")


def _cleaned(element):
    copy = ElementTree.Element(element.tag.removeprefix(_SVG), {k: v for k, v in element.attrib.items() if k in _ATTRIBUTES})
    copy.text = element.text
    for child in element:
        # Not drawn: empty group frames, and whatever is not a plain shape.
        hidden = child.get("display") == "none" or child.get("class") == "background"
        if child.tag.removeprefix(_SVG) in _ELEMENTS and not hidden:
            copy.append(_cleaned(child))
    return copy
