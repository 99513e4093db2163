"""The probabilities that were published in earlier weeks, as they were published: they are never computed anew."""

import io

from renewcast.errors import RenewcastError
from renewcast.filesystem import read_file
from renewcast.publishing.lists import read_manifest
from renewcast.publishing.manifest import LIST_FILES, check_digest

MOST_ACCOUNTS = 2_500
"""The page has room for the history of about so many."""
MOST_WEEKS = 26
COLUMNS = ("account_id", "as_of", "churn_probability", "churn_low", "churn_high")


def with_past_probabilities(behind: list, rows, target: str):
    """Return the probabilities of a list that is about to be published, and those that earlier lists said of its accounts.

    Parameters
    ----------
    behind : list of Published
        From `lists_behind`.
    rows : pandas.DataFrame
        The list. Of more than 2,500 accounts those on an owner's list of the week count first, and then the rank.
    target : {"churn", "inactivity"}

    Returns
    -------
    pandas.DataFrame
        As `past_probabilities`, with the rows of this list.
    """
    import pandas as pd

    order = rows.assign(_later=rows["owner_place"].isna()).sort_values(["_later", "rank"], kind="stable")
    shown = order.head(MOST_ACCOUNTS)[list(COLUMNS)]
    past = past_probabilities(behind, target, shown["account_id"])
    now = shown.astype({name: "float64" for name in COLUMNS[2:]})
    return now if past.empty else pd.concat([past, now], ignore_index=True)


def past_probabilities(behind: list, target: str, account_ids, weeks: int = MOST_WEEKS):
    """Read what earlier lists said of some accounts.

    Parameters
    ----------
    behind : list of Published
        Newest first, from `lists_behind`; up to ``weeks`` of them are read.
    target : {"churn", "inactivity"}
        Lists of another target said something else, and are left out.
    account_ids : iterable of str
    weeks : int

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``, oldest week first; NaN where a list had no interval. A damaged list is left out: whoever asks for it by
        itself is told (`read_list`), and a line over the weeks can do without a point.

    Notes
    -----
    Only the needed columns are read; a list of 100,000 accounts takes about 20 ms.

    Examples
    --------
    >>> past_probabilities([], "churn", ["A"]).empty
    True
    """
    import pandas as pd

    wanted, found = sorted(set(account_ids)), []
    for earlier in reversed(behind[:weeks]):
        try:
            manifest = read_manifest(earlier.list_dir)
            if manifest.get("target") == target:
                found.append(_read(earlier.list_dir, manifest, wanted))
        except RenewcastError:
            continue
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(found, ignore_index=True)


def _read(list_dir, manifest, wanted):
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = list_dir / LIST_FILES[0]
    try:
        content = read_file(path)
    except FileNotFoundError:
        raise RenewcastError(f"{path} is missing; restore it from a backup.") from None
    check_digest(content, manifest, LIST_FILES[0], path)
    file = pq.ParquetFile(io.BytesIO(content))
    # A list of an earlier version may lack a column.
    table = file.read(columns=[name for name in COLUMNS if name in file.schema_arrow.names], use_threads=False)
    table = table.filter(pc.is_in(table["account_id"], value_set=pa.array(wanted, type=pa.string())))
    return table.to_pandas(date_as_object=True).reindex(columns=list(COLUMNS))
