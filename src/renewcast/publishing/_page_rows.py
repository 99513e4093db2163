"""The rows of the page: which accounts it lists, and their values by column, rounded to what is shown."""

import re

import pyarrow as pa

from renewcast.publishing._page_packing import unpacked
from renewcast.publishing.text import visible

MOST_ROWS = 15_000
"""More accounts are not listed on the page: nobody reads them there, and a browser would have to hold them all."""
_DATA = re.compile(r'<script type="text/plain" id="rows">([A-Za-z0-9+/=]*)</script>')

# Few different texts, many rows: the column holds numbers, and the texts stand once.
_CHOICES = (
    "owner",
    "segment",
    "tier",
    "lifecycle_stage",
    "movement",
    "goal",
    "play",
    "check",
    "driver_ties",
    "status",
    "reason_not_scored",
)
_TEXTS = ("account_id", "account_name", "driver_1", "driver_2", "driver_3", "change_reason", "signals")
_MONEY = ("arr", "arr_at_risk", "expected_arr_saved", "lifetime_value")
_WHOLE = ("rank", "owner_place", "days_to_renewal")
_DAYS = ("renewal_date", "due_on")
_SHARES = (
    "churn_probability",
    "churn_low",
    "churn_high",
    "churn_probability_180d",
    "renewal_probability",
    "churn_probability_last_list",
    "driver_1_points",
    "driver_2_points",
    "driver_3_points",
    "change_behaviour",
    "change_time",
    "change_data",
    "change_model",
    "change_calibration",
)


def listed(table: pa.Table) -> list[int]:
    """Tell which rows the page lists, in the order of the list.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.

    Returns
    -------
    list of int
        All rows; of more than `MOST_ROWS` those that an owner is to work on, and then the first by rank.
    """
    return sorted(by_urgency(table)[:MOST_ROWS])


def by_urgency(table: pa.Table) -> list[int]:
    """Order the rows: those on their owner's list of the week first, each kind by rank."""
    place = table["owner_place"].to_pylist()
    return sorted(range(len(place)), key=lambda row: (place[row] is None, row))


def encoded_rows(table: pa.Table) -> dict:
    """Bring rows into the form in which the page holds them.

    Parameters
    ----------
    table : pyarrow.Table
        The rows to be listed.

    Returns
    -------
    dict
        A list a column. Shares are whole hundredths of a point (12.34 % is 1234), money whole units, days texts; a column of
        ``choices`` holds places in the list of its texts. Missing values are None.
    """
    columns, choices = {}, {}
    for name in _CHOICES:
        texts = {}
        columns[name] = [None if text is None else texts.setdefault(text, len(texts)) for text in _texts(table, name)]
        choices[name] = list(texts)
    columns |= {name: _texts(table, name) for name in _TEXTS}
    columns |= {name: [None if one is None else round(one) for one in table[name].to_pylist()] for name in _MONEY}
    columns |= {name: table[name].to_pylist() for name in _WHOLE}
    columns |= {name: [None if one is None else one.isoformat() for one in table[name].to_pylist()] for name in _DAYS}
    columns |= {name: [hundredths(one) for one in table[name].to_pylist()] for name in _SHARES}
    # A column in which nothing stands takes no room.
    return {"choices": choices, "columns": {name: c for name, c in columns.items() if any(one is not None for one in c)}}


def hundredths(share: float | None) -> int | None:
    """Round a share to hundredths of a percentage point.

    Examples
    --------
    >>> hundredths(0.12345), hundredths(None)
    (1234, None)
    """
    return None if share is None else round(share * 10_000)


def rows_of_page(content: bytes) -> list[tuple]:
    """Read the accounts of a written page and their probabilities, in hundredths of a point, in their order.

    Parameters
    ----------
    content : bytes
        From `page.to_html`.

    Returns
    -------
    list of (str, int or None)

    Raises
    ------
    ValueError
        "holds no rows".
    """
    found = _DATA.findall(content.decode("utf-8"))
    if len(found) != 1:
        raise ValueError("the page holds no rows")
    columns = unpacked(found[0])["rows"]["columns"]
    ids = columns["account_id"]
    return list(zip(ids, columns.get("churn_probability", [None] * len(ids)), strict=True))


def expected_rows(table: pa.Table) -> list[tuple]:
    """Return what `rows_of_page` must find in the page of a list."""
    ids, shares = table["account_id"].to_pylist(), table["churn_probability"].to_pylist()
    return [(visible(ids[row]), hundredths(shares[row])) for row in listed(table)]


def _texts(table, name):
    return [None if text is None or not text.strip() else visible(text) for text in table[name].to_pylist()]
