"""Charts: larger is higher, bars stand on zero, what is stacked adds up, a waterfall ends where it closes."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from made_up_review import both, col, made_up_parts

from renewcast.errors import RenewcastError
from renewcast.review.charts.draw import KINDS, draw
from renewcast.review.charts.scale import Scale, ticks
from renewcast.review.part import Chart, Table

SVG = "{http://www.w3.org/2000/svg}"


def drawn(kind, frame, y=("value",), x="name", kinds=None, language="en", **more):
    """Draw a small frame and parse the picture."""
    kinds = kinds or {}
    columns = tuple(col(name, kinds.get(name, "text" if name in ("name", "group") else "number")) for name in frame)
    chart = Chart(kind, "t", both("Title"), x, y, **more)
    picture = draw(chart, Table("t", both("T"), columns, frame), "c-1", language)
    return picture, None if picture.svg is None else ET.fromstring(str(picture.svg))


def rects(root, style):
    return [one for one in root.iter("rect") if re.search(rf"\b{style}\b", one.get("class", ""))]


@pytest.mark.parametrize("seed", range(5))
def test_ticks_enclose_the_values_at_equal_round_steps(seed):
    rng = np.random.default_rng(seed)
    for _ in range(200):
        low, high = sorted(rng.normal(0, 10.0 ** rng.integers(-3, 8), 2))
        found = ticks(low, high)
        steps = np.diff(found)
        assert found[0] <= low + 1e-9 * abs(low) and found[-1] >= high - 1e-9 * abs(high) and 2 <= len(found) <= 9
        assert np.allclose(steps, steps[0]) and f"{steps[0]:.6e}"[0] in "125"


def test_a_scale_is_monotone_and_hits_its_ends():
    scale = Scale(-2.0, 6.0, 200.0, 0.0)
    assert (scale(-2), scale(6), scale(2)) == (200.0, 0.0, 100.0)
    places = [scale(value) for value in np.linspace(-2, 6, 50)]
    assert all(a > b for a, b in zip(places, places[1:], strict=False))


@pytest.mark.parametrize("values", [[3.0, 8.0, 5.0], [-3.0, 8.0, 0.0], [-3.0, -8.0, -5.0]])
def test_bars_stand_on_zero_and_their_length_is_their_value(values):
    _, root = drawn("bar", pd.DataFrame({"name": ["a", "b", "c"], "value": values}))
    (zero,) = {float(one.get("y1")) for one in root.iter("line") if one.get("class") == "zero"}
    boxes = rects(root, "fill")
    assert len(boxes) == 3
    per_unit = [float(box.get("height")) / abs(value) for box, value in zip(boxes, values, strict=True) if value]
    assert np.allclose(per_unit, per_unit[0], rtol=0.01)
    for box, value in zip(boxes, values, strict=True):
        edge = float(box.get("y")) + (float(box.get("height")) if value > 0 else 0.0)
        assert value == 0 or edge == pytest.approx(zero, abs=0.02)


def test_stacked_bars_touch_and_add_up():
    frame = pd.DataFrame({"name": ["a"], "one": [2.0], "two": [3.0], "three": [-4.0]})
    _, root = drawn("stacked", frame, y=("one", "two", "three"))
    one, two, three = rects(root, "fill")
    top, foot = (lambda box: float(box.get("y"))), (lambda box: float(box.get("y")) + float(box.get("height")))
    assert foot(two) == pytest.approx(top(one), abs=0.02) and top(three) == pytest.approx(foot(one), abs=0.02)
    high = [foot(box) - top(box) for box in (one, two, three)]
    assert high[1] / high[0] == pytest.approx(1.5, rel=0.01) and high[2] / high[0] == pytest.approx(2.0, rel=0.01)


def test_a_waterfall_ends_at_its_closing_and_the_closing_stands_on_zero():
    steps = pd.DataFrame({"name": ["opening", "new", "churn", "closing"], "value": [100.0, 50.0, -80.0, 70.0]})
    _, root = drawn("waterfall", steps)
    boxes = rects(root, "fall")
    assert [one.get("class") for one in boxes] == ["fall total", "fall gain", "fall loss", "fall total"]
    bottom = [float(one.get("y")) + float(one.get("height")) for one in boxes]
    assert bottom[0] == pytest.approx(bottom[3], abs=0.02)
    assert bottom[2] == pytest.approx(float(boxes[3].get("y")), abs=0.02)  # the loss ends where the closing stands


def test_a_waterfall_whose_last_bar_is_no_total_carries_on():
    _, root = drawn("waterfall", pd.DataFrame({"name": ["a", "b", "c"], "value": [10.0, 5.0, 2.0]}))
    assert [one.get("class") for one in rects(root, "fall")] == ["fall total", "fall gain", "fall gain"]


def test_larger_is_higher_and_the_band_encloses_the_line():
    frame = pd.DataFrame({"age": range(6), "value": [1.0, 4.0, 2.0, 8.0, 5.0, 7.0]})
    frame["low"], frame["high"] = frame["value"] - 0.5, frame["value"] + 0.5
    _, root = drawn("line", frame, x="age", low="low", high="high", kinds={"age": "integer"})
    (line,) = [one for one in root.iter("polyline")]
    heights = [float(pair.split(",")[1]) for pair in line.get("points").split()]
    assert np.argsort(heights).tolist() == np.argsort(-frame["value"].to_numpy()).tolist()
    (band,) = [one for one in root.iter("polygon")]
    edge = [float(pair.split(",")[1]) for pair in band.get("points").split()]
    assert all(up < at < down for up, at, down in zip(edge[:6], heights, edge[:5:-1], strict=True))


def test_days_run_forward_whatever_the_order_of_the_rows():
    frame = pd.DataFrame({"month": pd.date_range("2026-01-01", periods=5, freq="MS"), "value": [1.0, 2.0, 3.0, 4.0, 5.0]})
    forward, _ = drawn("line", frame, x="month", kinds={"month": "day"})
    backward, _ = drawn("line", frame[::-1], x="month", kinds={"month": "day"})
    assert forward.svg == backward.svg


def test_the_stronger_the_colour_the_larger_the_value_and_signs_differ_in_class():
    frame = pd.DataFrame({"name": ["a", "a", "b"], "age": [0, 1, 0], "value": [1.0, 3.0, -2.0]})
    _, root = drawn("heat", frame, x="age", group="name", kinds={"age": "integer"})
    cells = rects(root, "heat")
    strength = [float(one.get("fill-opacity")) for one in cells]
    assert strength[0] < strength[2] < strength[1]
    assert [one.get("class") for one in cells] == ["heat", "heat", "heat below"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_picture_has_a_title_a_description_and_no_place_that_is_no_number(language):
    for part in made_up_parts():
        tables = {table.name: table for table in part.tables}
        for number, chart in enumerate(part.charts):
            picture = draw(chart, tables[chart.table], f"x-{number}", language)
            root = ET.fromstring(str(picture.svg))
            assert root.get("role") == "img" and root[0].tag == "title" and root[1].tag == "desc" and root[1].text
            assert root.get("aria-labelledby").split() == [root[0].get("id"), root[1].get("id")]
            assert not re.search(r"nan|inf|None", re.sub(r"<(title|desc|text).*?</\1>", "", str(picture.svg)))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_charts_of_nothing_one_and_equal_values_are_drawn(kind, rows):
    frame = pd.DataFrame({"name": ["a", "b"][:rows], "value": [5.0] * rows})
    picture, root = drawn(kind, frame, group="name" if kind == "heat" else None)
    assert (root is None) == (rows == 0)


@pytest.mark.parametrize("values", [[np.nan, np.inf], [None, None]])
def test_what_is_no_number_is_not_drawn(values):
    picture, root = drawn("bar", pd.DataFrame({"name": ["a", "b"], "value": pd.Series(values, dtype=object)}))
    assert root is None


def test_a_chart_that_asks_for_what_is_not_there_is_refused():
    frame = pd.DataFrame({"name": ["a"], "value": [1.0]})
    with pytest.raises(RenewcastError, match="asks for the column missing"):
        drawn("bar", frame, y=("missing",))
    with pytest.raises(RenewcastError, match="no kind of chart"):
        drawn("pie", frame)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_gets_a_drawing_of_its_own_that_says_the_same_unless_it_must_be_wide(language):
    for part in made_up_parts():
        tables = {table.name: table for table in part.tables}
        for number, chart in enumerate(part.charts):
            picture = draw(chart, tables[chart.table], f"y-{number}", language)
            if picture.svg is None or picture.is_wide:
                assert picture.small is None
                continue
            large, small = ET.fromstring(str(picture.svg)), ET.fromstring(str(picture.small))
            assert float(small.get("viewBox").split()[2]) < 345 < float(large.get("viewBox").split()[2])
            assert [one.text for one in list(small)[:2]] == [one.text for one in list(large)[:2]]
            assert len(list(small.iter("title"))) == 1 and small.get("aria-labelledby") != large.get("aria-labelledby")
