"""Expressions that mean the same on DuckDB, PostgreSQL and Spark.

The roll-up is compiled to the SQL of three engines, and its rows are to be identical. The engines agree on whole numbers, on
the four operations with doubles, on comparing instants, days and text for equality, on
``CASE``, ``coalesce``, ``greatest`` and ``least`` (all three pass NULLs over), and on ``sum``, ``min`` and ``max`` of whole
numbers. A measure keeps to these and to the functions below, because the engines disagree on the following.

=======================================  ====================  ================  ===================  ========================
written in Ibis                          DuckDB                PostgreSQL        Spark                write instead
=======================================  ====================  ================  ===================  ========================
``t.epoch_seconds()`` of 1970, 1.5 s in  1.5                   1.5               1                    ``seconds(t)``
the same, half a second before 1970      -0.5                  -0.5              0                    ``seconds(t)``
``x.round()`` of 2.5                     3                     2                 3                    ``nearest(x)``
``x.cast("int64")`` of -1.5              -2                    -2                -1                   ``nearest(x)``
``flag.cast("int64")``                   1                     an error          1                    ``one_if(flag)``
``x / 0``                                inf                   an error          an error             ``x / y.nullif(0)``
``ibis.literal(1) << n`` of 35           2**35, or an error    8                 8                    ``n`` of at most 30
the same, n a column of 64 bits          2**35                 an error          8                    ``n.cast("int32")``
``day + interval``                       a day                 an instant        a day                ``day_number(day) + n``
``text.lower()`` of ``HİGH``             ``high``              ``hİgh`` (in C)   ``hi̇gh``             lower it when staging
``amount * 100`` from 10**14 on          an error              exact             exact                ``cents(amount)``
``text < other``                         bytes                 the collation     bytes                compare for equality only
``hash``, ``first``, asof joins          its own               its own, or none  its own, or none     nothing
=======================================  ====================  ================  ===================  ========================

Instants are naive and UTC; the readers of each engine set its session to UTC, so a cast between its two kinds of instant shifts
nothing. Text is compared by its bytes: PostgreSQL compares for equality in that way, too,
under every collation that is deterministic.
"""

import ibis

DAY_SECONDS = 86_400


def seconds(instant):
    """Return whole seconds since 1970, rounded down.

    Parameters
    ----------
    instant : ibis timestamp or date expression
        A day stands at its own midnight.

    Returns
    -------
    ibis int64 expression
        NULL where the instant is.

    Notes
    -----
    The fraction is cut off first, downwards. Taken afterwards, it would be rounded by a double that has no room for it, and cut
    off towards zero by Spark: one microsecond before midnight would lie in the next week, and before 1970 in the next second.

    Examples
    --------
    >>> import datetime as dt, ibis
    >>> ibis.duckdb.connect().execute(seconds(ibis.literal(dt.datetime(1969, 12, 31, 23, 59, 59, 999_999))))
    -1
    """
    return instant.cast("timestamp").truncate("s").epoch_seconds().cast("int64")


def floor_division(number, divisor: int):
    """Divide a whole number by a positive one, rounding down; negative numbers too.

    Parameters
    ----------
    number : ibis integer expression
        Below 2**53 in size.
    divisor : int

    Returns
    -------
    ibis int64 expression

    Examples
    --------
    >>> import ibis
    >>> ibis.duckdb.connect().execute(floor_division(ibis.literal(-1), 7))
    -1
    """
    # Below 2**53 the quotient of two doubles never rounds up to the next whole number.
    return (number.cast("float64") / float(divisor)).floor().cast("int64")


def day_number(instant):
    """Return whole days since 1970 of an instant or a day, rounded down.

    Parameters
    ----------
    instant : ibis timestamp or date expression

    Returns
    -------
    ibis int64 expression

    Examples
    --------
    >>> import datetime as dt, ibis
    >>> ibis.duckdb.connect().execute(day_number(ibis.literal(dt.date(1970, 1, 31))))
    30
    """
    return floor_division(seconds(instant), DAY_SECONDS)


def nearest(number):
    """Round a double to the nearest whole number, halves away from zero.

    Parameters
    ----------
    number : ibis floating expression
        Below 2**63 in size, neither NaN nor infinite.

    Returns
    -------
    ibis int64 expression

    Examples
    --------
    >>> import ibis
    >>> [ibis.duckdb.connect().execute(nearest(ibis.literal(x))) for x in (2.5, -2.5, 0.49999999999999994)]
    [3, -3, 0]
    """
    number = number.cast("float64")
    size = number.abs()
    whole = size.floor()
    # The difference is exact, which adding a half and rounding down would not be.
    rounded = whole.cast("int64") + ibis.ifelse(size - whole >= 0.5, 1, 0)
    return ibis.ifelse(number < 0, -rounded, rounded)


def cents(amount):
    """Return an amount of money in hundredths, exactly.

    Parameters
    ----------
    amount : ibis decimal expression with two decimals

    Returns
    -------
    ibis int64 expression

    Examples
    --------
    >>> import decimal, ibis
    >>> ibis.duckdb.connect().execute(cents(ibis.literal(decimal.Decimal("-12.34"), "decimal(18, 2)")))
    -1234
    """
    # DuckDB keeps the width of the wider factor, and the largest amounts fill it.
    return (amount.cast("decimal(22, 2)") * 100).cast("int64")


def one_if(flag):
    """Return 1 where a condition holds and 0 where it does not, or where it is not known.

    Parameters
    ----------
    flag : ibis boolean expression

    Returns
    -------
    ibis int64 expression

    Examples
    --------
    >>> import ibis
    >>> ibis.duckdb.connect().execute(one_if(ibis.null("boolean")))
    0
    """
    return ibis.ifelse(flag, 1, 0).cast("int64")


@ibis.udf.agg.builtin(name="bit_or")
def bit_or(bits: int) -> int:
    """Return the bits that are set in any of a group's whole numbers; NULLs are passed over.

    Ibis compiles its own ``bit_or`` for two of the three engines only, though all three have the function.
    """
