"""Rows of many frames in one Spark DataFrame: which frame, which account, and the row's values in three arrays by kind.

One DataFrame means one shuffle for all frames. Side by side, their columns would be hundreds, each with its place in every row;
an array has places only for what the row has. Whole numbers, days, instants, money and booleans travel as 64-bit whole
numbers.
"""

import dataclasses

from renewcast.errors import RenewcastError

WHOLE, REAL, TEXT = "whole", "real", "text"


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where the columns of one frame stand in the arrays.

    Attributes
    ----------
    name : str
    columns : tuple of tuple (name, array, pyarrow.DataType)
        Without account_id, in the frame's order; the place in an array is the order among its columns.
    """

    name: str
    columns: tuple[tuple, ...]


def layout(name: str, frame) -> Layout:
    """Lay out a Spark DataFrame.

    Parameters
    ----------
    name : str
    frame : pyspark.sql.DataFrame

    Returns
    -------
    Layout

    Raises
    ------
    RenewcastError
        It has no account_id, or a column of a kind that cannot travel.
    """
    if "account_id" not in frame.columns:
        raise RenewcastError(f"engine: the frame {name} has no account_id; add it, since rows are brought together by account.")
    columns = [(field.name, *_travels(field, name)) for field in frame.schema.fields if field.name != "account_id"]
    return Layout(name, tuple(columns))


def _travels(field, name: str):
    import pyarrow as pa
    from pyspark.sql import types

    kind = field.dataType
    if isinstance(kind, types.StringType):
        return TEXT, pa.string()
    if isinstance(kind, (types.DoubleType, types.FloatType)):
        return REAL, pa.float64()
    if isinstance(kind, types.DecimalType) and kind.precision <= 18:
        return WHOLE, pa.decimal128(kind.precision, kind.scale)
    whole = {
        types.LongType: pa.int64(), types.IntegerType: pa.int32(), types.ShortType: pa.int16(), types.ByteType: pa.int8(),
        types.BooleanType: pa.bool_(), types.DateType: pa.date32(), types.TimestampType: pa.timestamp("us"),
        types.TimestampNTZType: pa.timestamp("us"), types.NullType: pa.int64(),
    }  # fmt: skip
    if type(kind) not in whole:
        raise RenewcastError(f"engine: {name}.{field.name} is {kind.simpleString()}, which cannot travel; cast it.")
    return WHOLE, whole[type(kind)]


def packed(frame, layout: Layout, number: int):
    """Pack a Spark DataFrame: frame, account_id, whole, real, text.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    layout : Layout
    number : int
        By which its rows are known again.

    Returns
    -------
    pyspark.sql.DataFrame
    """
    from pyspark.sql import functions as F

    types = {WHOLE: "bigint", REAL: "double", TEXT: "string"}
    arrays = []
    for array, type_name in types.items():
        values = [_value(frame, name, kind).cast(type_name) for name, one, kind in layout.columns if one == array]
        arrays.append((F.array(*values) if values else F.array()).cast(f"array<{type_name}>").alias(array))
    return frame.select(F.lit(number).alias("frame"), frame["account_id"], *arrays)


def _value(frame, name: str, kind):
    import pyarrow as pa
    from pyspark.sql import functions as F

    column = frame[f"`{name}`"]
    if pa.types.is_decimal(kind):
        return column * 10**kind.scale
    if pa.types.is_date(kind):
        return F.unix_date(column)
    if pa.types.is_timestamp(kind):
        return F.unix_micros(column.cast("timestamp"))
    return column.cast("int") if pa.types.is_boolean(kind) else column


def unpacked(rows, layouts: list[Layout]) -> dict:
    """Unpack the rows of one partition.

    Parameters
    ----------
    rows : pyarrow.Table
        Made by :func:`packed`, of several frames, in any order.
    layouts : list of Layout
        By number.

    Returns
    -------
    dict of str to pyarrow.Table
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    frames = {}
    for number, layout in enumerate(layouts):
        mine = rows.filter(pc.equal(rows["frame"], number))
        columns = {"account_id": mine["account_id"].cast(pa.string())}
        places = {WHOLE: 0, REAL: 0, TEXT: 0}
        for name, array, kind in layout.columns:
            columns[name] = _as(pc.list_element(mine[array], places[array]), kind)
            places[array] += 1
        frames[layout.name] = pa.table(columns)
    return frames


def _as(column, kind):
    import pyarrow as pa

    if pa.types.is_decimal(kind):
        # The number of hundredths becomes the decimal of the same digits.
        digits = column.cast(pa.decimal128(19, 0))
        return pa.chunked_array([chunk.view(kind) for chunk in digits.chunks], type=kind)
    if pa.types.is_date(kind):
        return column.cast(pa.int32()).cast(kind)
    return column.cast(kind)
