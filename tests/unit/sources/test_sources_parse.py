"""What one raw value becomes: one line a value, the reference worked out by hand."""

import datetime as dt
import math
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from renewcast.errors import RenewcastError
from renewcast.sources._contract import Column
from renewcast.sources._parse import parse

UNREADABLE = "unreadable"
TEXT = pa.string()


@pytest.fixture(scope="module")
def backend():
    opened = ibis.duckdb.connect(threads=1)
    yield opened
    opened.disconnect()


def read(backend, values, kind, *, raw_type=TEXT, formats=(), zone="UTC", **column):
    """Parse a column of raw values and return the canonical ones, or UNREADABLE."""
    raw = backend.create_table("raw", pa.table({"n": range(len(values)), "raw": pa.array(values, raw_type)}), overwrite=True)
    parsed = parse(raw.raw, Column(kind, "test", **column), formats, zone, "test")
    bad = ibis.literal(False) if parsed.is_unreadable is None else parsed.is_unreadable
    rows = backend.to_pyarrow(raw.select("n", value=parsed.value, bad=bad).order_by("n")).to_pylist()
    return [UNREADABLE if row["bad"] else row["value"] for row in rows]


def at(text):
    return dt.datetime.fromisoformat(text)


TEXTS = {
    "timestamp": [
        ("2024-02-29", at("2024-02-29")),
        ("2024-02-29 13:45", at("2024-02-29 13:45")),
        (" 2024-02-29T13:45:59.123456 ", at("2024-02-29 13:45:59.123456")),
        ("2024-02-29T13:45:00Z", at("2024-02-29 13:45")),
        ("2024-02-29 13:45:00+05:45", at("2024-02-29 08:00")),
        ("2024-02-29 13:45:00-08", at("2024-02-29 21:45")),
        ("", None), ("NULL", None), ("nan", None), ("NaT", None), ("\\N", None), ("   ", None), (None, None),
        ("2023-02-29", UNREADABLE), ("29-02-2024", UNREADABLE), ("2024-2-29", UNREADABLE), ("infinity", UNREADABLE),
        ("epoch", UNREADABLE), ("45321", UNREADABLE), ("N/A", UNREADABLE), ("#REF!", UNREADABLE),
        ("2024-02-29 25:00", UNREADABLE),
    ],
    "date": [
        ("2024-02-29", dt.date(2024, 2, 29)), ("2024-02-29 23:59:59", dt.date(2024, 2, 29)), ("", None),
        ("2024-02-30", UNREADABLE), ("02/29/2024", UNREADABLE), ("-", UNREADABLE),
    ],
    "money": [
        ("12", Decimal("12.00")), ("-0.5", Decimal("-0.50")), ("1.005", Decimal("1.01")),
        ("325.0", Decimal("325.00")), ("", None),
        ("nan", None), ("1,5", UNREADABLE), ("1.234,56", UNREADABLE), ("1,234.56", UNREADABLE), ("12 EUR", UNREADABLE),
        ("€12", UNREADABLE), ("-", UNREADABLE), ("99999999999999999999", UNREADABLE),
    ],
    "number": [
        ("1e5", 1e5), ("-0.25", -0.25), (".", UNREADABLE), ("-0.0", 0.0), ("NaN", None), ("inf", UNREADABLE),
        ("1e999", UNREADABLE),
        ("0x10", UNREADABLE), ("1_000", UNREADABLE), ("١٢", UNREADABLE),
    ],
    "integer": [("12", 12), ("+7", 7), ("12.0", 12), ("12.5", UNREADABLE), ("1e3", UNREADABLE),
    ("9223372036854775808", UNREADABLE)],
    "boolean": [
        ("TRUE", True), ("f", False), ("Yes", True), ("n", False), ("1", True), ("0", False), ("", None), ("2", UNREADABLE),
        ("Ja", UNREADABLE),
    ],
    "text": [(" a b ", "a b"), ("", None), ("  ", None), ("NULL", "NULL"), ("é\U0001f600", "é\U0001f600"), ("001", "001")],
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_text_is_read_as_its_type_or_called_unreadable(backend, kind):
    raw, expected = zip(*TEXTS[kind], strict=True)
    got = read(backend, list(raw), kind)
    assert dict(zip(raw, got, strict=True)) == dict(zip(raw, expected, strict=True))
    assert not any(isinstance(value, float) and math.copysign(1, value) < 0 and value == 0 for value in got)


def test_ids_stay_text_and_words_for_missing_are_missing(backend):
    raw = ["001", "1", "1.0", " A-1 ", "a-1", "9007199254740993", "null", "NaN", "None", "<NA>", "", "é", "é", "N/A1"]
    assert read(backend, raw, "text", is_id=True) == [
        "001", "1", "1.0", "A-1", "a-1", "9007199254740993", None, None, None, None, None, "é", "é", "N/A1",
    ]  # fmt: skip


def test_an_id_that_passed_through_a_floating_type_is_its_whole_number(backend):
    assert read(backend, [13085.0, None, math.nan], "text", raw_type=pa.float64(), is_id=True) == ["13085", None, None]
    assert read(backend, [1.5, 2.0**60], "text", raw_type=pa.float64(), is_id=True) == [UNREADABLE, UNREADABLE]
    assert read(backend, [2**60 + 1], "text", raw_type=pa.int64(), is_id=True) == [str(2**60 + 1)]


@pytest.mark.parametrize(
    ("formats", "raw", "expected"),
    [
        (("%d-%m-%Y",), "27-07-2023", at("2023-07-27")),
        (("%d-%m-%Y", "%d-%m-%Y %H:%M"), "27-07-2023 03:00", at("2023-07-27 03:00")),
        (("%m/%d/%Y %I:%M %p",), "07/27/2023 01:05 PM", at("2023-07-27 13:05")),
        (("%Y-%m-%d %H:%M:%S %z",), "2023-07-27 12:00:00 +0200", at("2023-07-27 10:00")),
        (("unix_seconds",), "1700000000", at("2023-11-14 22:13:20")),
        (("unix_milliseconds",), "1700000000123", at("2023-11-14 22:13:20.123")),
        (("%d-%m-%Y",), "2023-07-27", UNREADABLE),
        (("%d-%m-%Y",), "epoch", UNREADABLE),
        (("%d-%m-%Y",), "27-07-2023 03:00", UNREADABLE),
        (("unix_seconds",), "soon", UNREADABLE),
    ],
)
def test_a_declared_format_is_the_only_one(backend, formats, raw, expected):
    assert read(backend, [raw], "timestamp", formats=formats) == [expected]


@pytest.mark.parametrize(
    ("shape", "raw", "expected"),
    [
        ("1.234,56", "1.234,56", Decimal("1234.56")),
        ("1.234,56", "1234,5", Decimal("1234.50")),
        ("1.234,56", "12.34", UNREADABLE),
        ("1,234.56", "1,234,567.8", Decimal("1234567.80")),
        ("1,234.56", "1,23", UNREADABLE),
        ("1 234,56", "1 234,56", Decimal("1234.56")),
        ("1234,56", "-7,1", Decimal("-7.10")),
    ],
)
def test_a_declared_number_format_reads_foreign_numbers(backend, shape, raw, expected):
    assert read(backend, [raw], "money", formats=(shape,)) == [expected]


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2024-01-15 12:00", "2024-01-15 11:00"),
        ("Europe/Berlin", "2024-07-15 12:00", "2024-07-15 10:00"),
        ("Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31 00:59:59"),
        ("Europe/Berlin", "2024-03-31 02:30", "2024-03-31 01:30"),  # does not exist: moves forward to 03:30 summer time
        ("Europe/Berlin", "2024-03-31 03:00", "2024-03-31 01:00"),
        ("Europe/Berlin", "2024-10-27 01:59", "2024-10-26 23:59"),
        ("Europe/Berlin", "2024-10-27 02:30", "2024-10-27 01:30"),  # happens twice: the later
        ("Europe/Berlin", "2024-10-27 03:00", "2024-10-27 02:00"),
        ("Asia/Kathmandu", "2024-01-01 00:00", "2023-12-31 18:15"),
        ("America/St_Johns", "2024-07-01 00:00", "2024-07-01 02:30"),
        ("Pacific/Apia", "2012-01-01 00:00", "2011-12-31 10:00"),
        ("UTC", "2024-03-31 02:30", "2024-03-31 02:30"),
    ],
)
def test_a_local_time_becomes_the_same_instant_from_text_and_from_a_timestamp(backend, zone, local, utc):
    assert read(backend, [local], "timestamp", zone=zone) == [at(utc)]
    assert read(backend, [at(local)], "timestamp", raw_type=pa.timestamp("us"), zone=zone) == [at(utc)]
    assert read(backend, [at(local)], "timestamp", raw_type=pa.timestamp("ns"), zone=zone) == [at(utc)]


def test_an_offset_wins_over_the_declared_zone(backend):
    assert read(backend, ["2024-07-15 12:00:00Z"], "timestamp", zone="Europe/Berlin") == [at("2024-07-15 12:00")]
    aware = [dt.datetime(2024, 7, 15, 12, tzinfo=dt.UTC)]
    assert read(backend, aware, "timestamp", raw_type=pa.timestamp("us", "Asia/Tokyo"), zone="Europe/Berlin") == [
        at("2024-07-15 12:00")
    ]


def test_a_day_is_the_local_day(backend):
    late = [dt.datetime(2024, 7, 14, 23, tzinfo=dt.UTC)]
    assert read(backend, late, "date", raw_type=pa.timestamp("us", "UTC"), zone="Europe/Berlin") == [dt.date(2024, 7, 15)]
    assert read(backend, ["2024-07-14 23:00:00Z"], "date", zone="Europe/Berlin") == [dt.date(2024, 7, 15)]
    assert read(backend, ["2024-07-14"], "date", zone="Europe/Berlin") == [dt.date(2024, 7, 14)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Europe/Berlin", "UTC"])
def test_a_bare_day_begins_at_midnight_of_that_day_in_no_zone(backend, zone):
    day = at("2025-12-01")
    assert read(backend, ["2025-12-01"], "timestamp", zone=zone) == [day]
    assert read(backend, ["01.12.2025"], "timestamp", formats=("%d.%m.%Y",), zone=zone) == [day]
    assert read(backend, [day.date()], "timestamp", raw_type=pa.date32(), zone=zone) == [day]


@pytest.mark.parametrize(("zone", "utc"), [("Asia/Shanghai", "2025-11-30 16:00"), ("America/Los_Angeles", "2025-12-01 08:00")])
def test_midnight_as_a_time_of_day_is_an_instant_of_its_zone(backend, zone, utc):
    both = ["2025-12-01", "2025-12-01 00:00"]
    assert read(backend, both, "timestamp", zone=zone) == [at("2025-12-01"), at(utc)]
    assert read(backend, both, "timestamp", formats=("%Y-%m-%d", "%Y-%m-%d %H:%M"), zone=zone) == [at("2025-12-01"), at(utc)]
    assert read(backend, [at("2025-12-01")], "timestamp", raw_type=pa.timestamp("us"), zone=zone) == [at(utc)]


def test_typed_numbers_lose_nothing_but_what_no_number_is(backend):
    assert read(backend, [1.5, math.nan, math.inf, -0.0, None], "number", raw_type=pa.float64()) == [
        1.5,
        None,
        UNREADABLE,
        0.0,
        None,
    ]
    assert read(backend, [1.005, 2.5, 1e300], "money", raw_type=pa.float64()) == [Decimal("1.01"), Decimal("2.50"), UNREADABLE]
    assert read(backend, [Decimal("1.005")], "money", raw_type=pa.decimal128(10, 3)) == [Decimal("1.01")]
    assert read(backend, [3.0, 3.5], "integer", raw_type=pa.float64()) == [3, UNREADABLE]
    assert read(backend, [1, 0, 2], "boolean", raw_type=pa.int64()) == [True, False, UNREADABLE]


@pytest.mark.parametrize(
    ("kind", "raw_type", "value"),
    [
        ("timestamp", pa.int64(), 45321),
        ("date", pa.float64(), 45321.0),
        ("money", pa.bool_(), True),
        ("number", pa.timestamp("us"), at("2024-01-01")),
        ("boolean", pa.float64(), 1.0),
        ("text", pa.list_(pa.string()), ["a"]),
        ("text", pa.binary(), b"a"),
    ],
)
def test_a_raw_type_that_can_never_be_read_stops_the_run(backend, kind, raw_type, value):
    with pytest.raises(RenewcastError, match=f"cannot be read as {kind}"):
        read(backend, [value], kind, raw_type=raw_type)


def test_a_column_of_the_null_type_is_empty():
    parsed = parse(ibis.null(), Column("money", "test"), (), "UTC", "test")
    assert parsed.is_unreadable is None and parsed.value.type().is_decimal()
