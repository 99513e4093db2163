"""Every portable expression is what plain Python says, on each of the three engines, for values at every edge."""

import datetime as dt
import math
import random
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.generated_tables import EDGES, FAR
from renewcast.engine.portable import bit_or, cents, day_number, floor_division, nearest, one_if, seconds
from renewcast.engine.postgres import open_postgres
from renewcast.engine.spark import open_spark

EPOCH = dt.datetime(1970, 1, 1)
WEEK = 7 * 86_400


def _instants(rng):
    drawn = [EPOCH + dt.timedelta(microseconds=rng.randint(-(10**15), 4 * 10**15)) for _ in range(200)]
    weeks = [dt.datetime(2025, 3, 3) + dt.timedelta(days=7 * week) for week in (-3000, -1, 0, 1, 52)]
    return [*FAR, dt.datetime(1583, 1, 1), dt.datetime(9998, 12, 31), *drawn, *(week + edge for week in weeks for edge in EDGES)]


def _reals(rng):
    halves = [sign * (number + 0.5) for number in (0, 1, 2, 3, 10**6, 2**51) for sign in (1, -1)]
    just = [math.nextafter(half, toward) for half in halves for toward in (-math.inf, math.inf)]
    return [0.0, 1e17, -1e17, 2.0**53, 1.005 * 100, *halves, *just, *(rng.uniform(-1e6, 1e6) for _ in range(100))]


def _wholes(rng):
    near = [WEEK * times + more for times in (-3000, -1, 0, 1, 10**6) for more in (-1, 0, 1)]
    return [*near, 2**53 - 1, 1 - 2**53, *(rng.randint(-(2**53), 2**53) for _ in range(100))]


def _amounts(rng):
    most = Decimal("1000000000000000.00")
    return [
        Decimal(0),
        Decimal("0.01"),
        Decimal("-0.01"),
        most,
        -most,
        *(Decimal(rng.randint(-(10**9), 10**9)).scaleb(-2) for _ in range(50)),
    ]


@pytest.fixture(scope="module")
def values():
    """Rows of nasty values; the last row is NULL throughout, and so is the end of the shorter columns."""
    rng = random.Random(0)
    columns = {
        "instant": (_instants(rng), pa.timestamp("us")),
        "real": (_reals(rng), pa.float64()),
        "whole": (_wholes(rng), pa.int64()),
        "amount": (_amounts(rng), pa.decimal128(18, 2)),
        "flag": ([True, False], pa.bool_()),
    }
    columns["day"] = [one.date() for one in columns["instant"][0]], pa.date32()
    rows = max(len(drawn) for drawn, _ in columns.values()) + 1
    table = {name: pa.array([*drawn, *[None] * (rows - len(drawn))], kind) for name, (drawn, kind) in columns.items()}
    return pa.table({"row": pa.array(range(rows)), "account_id": pa.array(["a"] * rows), **table})


EXPRESSIONS = {
    "seconds": (lambda t: seconds(t.instant), lambda row: _seconds(row["instant"])),
    "seconds_of_day": (lambda t: seconds(t.day), lambda row: _seconds(_midnight(row["day"]))),
    "day_number": (lambda t: day_number(t.instant), lambda row: _if(row["instant"], lambda one: (one - EPOCH).days)),
    "day_number_of_day": (lambda t: day_number(t.day), lambda row: row["day"] and (row["day"] - EPOCH.date()).days),
    "week": (lambda t: floor_division(t.whole, WEEK), lambda row: _if(row["whole"], lambda whole: whole // WEEK)),
    "third": (lambda t: floor_division(t.whole, 3), lambda row: _if(row["whole"], lambda whole: whole // 3)),
    "nearest": (lambda t: nearest(t.real), lambda row: _if(row["real"], _rounded)),
    "nearest_of_product": (lambda t: nearest(t.real * 0.1), lambda row: _if(row["real"], lambda real: _rounded(real * 0.1))),
    "cents": (lambda t: cents(t.amount), lambda row: _if(row["amount"], lambda amount: int(amount * 100))),
    "one_if": (lambda t: one_if(t.flag), lambda row: int(bool(row["flag"]))),
    "one_if_later": (lambda t: one_if(t.instant > ibis.literal(EPOCH)), lambda row: int((row["instant"] or EPOCH) > EPOCH)),
}  # fmt: skip


def _if(value, function):
    return None if value is None else function(value)


def _seconds(instant):
    return _if(instant, lambda one: (one - EPOCH) // dt.timedelta(seconds=1))


def _midnight(day):
    return _if(day, lambda one: dt.datetime(one.year, one.month, one.day))


def _rounded(real: float) -> int:
    return int(Decimal(real).to_integral_value(ROUND_HALF_UP))


@pytest.fixture(scope="module")
def staged(values, tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "values.parquet"
    pq.write_table(values, path)
    return {"values": path}


@pytest.fixture(scope="module", params=["duckdb", "postgres", "spark"])
def engine(request, staged):
    """The table of values on one engine, and what computes an expression over it as Arrow."""
    if request.param == "duckdb":
        backend = ibis.duckdb.connect()
        yield backend.read_parquet(str(staged["values"])), backend.to_pyarrow
        backend.disconnect()
    elif request.param == "postgres":
        with open_postgres(staged, request.getfixturevalue("postgres_address")) as opened:
            yield opened.tables["values"], opened.to_arrow
    else:
        opened = open_spark(staged, request.getfixturevalue("spark"))
        yield opened.tables["values"], opened.to_arrow


def test_every_expression_is_what_plain_python_says(engine, values):
    table, compute = engine
    found = compute(table.select("row", **{name: write(table) for name, (write, _) in EXPRESSIONS.items()})).sort_by("row")
    rows = values.to_pylist()
    for name, (_, say) in EXPRESSIONS.items():
        assert found[name].type == pa.int64(), name
        wrong = [(row, one) for row, one in zip(rows, found[name].to_pylist(), strict=True) if say(row) != one]
        assert not wrong, (name, wrong[:3])


def test_bits_are_united_by_group(engine, values):
    table, compute = engine
    bits = ibis.ifelse(table.row % 3 == 0, ibis.null("int64"), floor_division(table.row, 8) % 64)
    grouped = table.select(odd=table.row % 2, bits=bits).group_by("odd").aggregate(bits=lambda t: bit_or(t.bits))
    found = {row["odd"]: row["bits"] for row in compute(grouped).to_pylist()}
    for odd in (0, 1):
        rows = [row for row in range(odd, values.num_rows, 2) if row % 3]
        assert found[odd] == reduce(lambda one, other: one | other, (row // 8 % 64 for row in rows))


def test_greatest_and_least_pass_nulls_over(engine, values):
    table, compute = engine
    some = ibis.ifelse(table.row % 2 == 0, ibis.null("int64"), table.row)
    found = compute(table.select("row", most=ibis.greatest(some, 5), least=ibis.least(some, 5))).sort_by("row").to_pylist()
    for row in found:
        assert (row["most"], row["least"]) == ((max(row["row"], 5), min(row["row"], 5)) if row["row"] % 2 else (5, 5))
