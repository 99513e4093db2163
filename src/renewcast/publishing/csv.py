"""The list as CSV: RFC 4180, UTF-8 without a byte order mark, names of columns as in Parquet.

Numbers are bare numbers, days are YYYY-MM-DD, a missing value is an empty field. Text that a spreadsheet would run as a
formula has an apostrophe put in (`renewcast.publishing.text.disarm`); `renewcast.publishing.text.rearm` takes it out again.
When a spreadsheet imports the file, set account_id to "text", or it eats leading zeros; the .xlsx has none of this.
"""

import csv
import io

import pyarrow as pa
import pyarrow.compute as pc

from renewcast.publishing.text import disarm, visible

# Every text that `csv_text` would change, and a few more; the others need not be looked at one by one.
_SPECIAL = (
    "(?:^|[;\\t\\n\\r])[^\\pL\\pN]*[=+\\-@＝＋－＠]|^'*[\\t\\r\\n\\x{00}]"
    "|[\\x{00}-\\x{08}\\x{0b}-\\x{1f}\\x{7f}-\\x{9f}\\x{fdd0}-\\x{fdef}\\x{fffe}\\x{ffff}]"
)


def to_csv(table: pa.Table) -> bytes:
    r"""Write the rows; the same rows give the same bytes.

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> to_csv(SCHEMA.empty_table())[:24]
    b'rank,account_id,account_'
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*(_fields(column) for column in table.columns), strict=True))
    return target.getvalue().encode("utf-8")


def from_csv(content: bytes) -> list:
    """Read the file back as a spreadsheet's import would: one dict of strings a row."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def csv_text(text: str) -> str:
    """Return a text as it stands in the CSV."""
    return visible(disarm(text))


def _fields(column):
    """Return a column as Python values that the csv module writes as we want them."""
    if pa.types.is_string(column.type):
        return _texts(column)
    if pa.types.is_date(column.type):
        return column.cast(pa.string()).to_numpy(zero_copy_only=False).tolist()
    values = pc.fill_null(column, 0).to_numpy().astype(object)
    values[pc.is_null(column).to_numpy()] = None
    return values.tolist()


def _texts(column):
    special = pc.fill_null(pc.match_substring_regex(column, _SPECIAL), False)
    texts = column.to_numpy(zero_copy_only=False)
    for place in special.to_numpy().nonzero()[0]:
        texts[place] = csv_text(texts[place])
    return texts.tolist()
