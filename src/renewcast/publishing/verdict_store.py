"""What owners said, as facts that are never changed: each import adds one Parquet file, whole or not at all."""

import re
from pathlib import Path

import pyarrow as pa

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing.parquet import any_from_parquet, to_parquet

SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("week", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("play", pa.string()),
        ("next_on", pa.date32()),
        ("note", pa.string()),
        ("owner", pa.string()),
        ("known_at", pa.timestamp("us")),
    ]
)
ANSWERS = ("verdict", "reason", "play", "next_on", "note")
_FILE = re.compile(r"[0-9]{6}\.parquet")


def read_verdicts(directory: Path):
    """Read every verdict that was ever taken in, in the order in which it was.

    Parameters
    ----------
    directory : pathlib.Path

    Returns
    -------
    pandas.DataFrame
        account_id, week (of the list, for example 2026-W27), verdict (will_renew, at_risk, will_leave or unsure),
        reason, play, next_on (datetime.date), note, owner (as on that list) and known_at (naive UTC); what was not said is None.
        Of several rows of one account and week the one known last counts.

    Raises
    ------
    RenewcastError
        "... cannot be read", naming the file.

    Examples
    --------
    >>> len(read_verdicts(Path("nowhere")))
    0
    """
    return _stored(directory).to_pandas(date_as_object=True)


def add_verdicts(directory: Path, rows: list) -> int:
    """Add what is not known yet; return how many rows that were.

    A row adds nothing where the same was said already: word for word at the same time, or as the last word on the account and
    week up to its own time. So the same file taken in again adds nothing, and a change of mind is kept with both its times.

    Parameters
    ----------
    directory : pathlib.Path
    rows : list of dict
        Keys as in `SCHEMA`.

    Raises
    ------
    RenewcastError
        "... could not be written", if the disk refused, and then nothing was added; "Another run has been".
    """
    try:
        filesystem.make_folder(directory)
        with filesystem.locked(directory / ".lock"):
            fresh = _fresh(_stored(directory).to_pylist(), rows)
            if fresh:
                taken = [int(path.stem) for path in _files(directory)]
                path = directory / f"{max(taken, default=0) + 1:06d}.parquet"
                filesystem.replace_file(path, to_parquet(pa.Table.from_pylist(fresh, schema=SCHEMA)))
            return len(fresh)
    except OSError as refused:
        raise RenewcastError(f"The verdicts could not be written to {directory}: {refused.strerror or refused}.") from refused


def _fresh(known, rows):
    said = {}
    for one in known:
        said.setdefault((one["account_id"], one["week"]), []).append(one)
    fresh = []
    for row in rows:
        before = said.setdefault((row["account_id"], row["week"]), [])
        words = [row[name] for name in ANSWERS]
        again = any(one["known_at"] == row["known_at"] and [one[name] for name in ANSWERS] == words for one in before)
        # Of two that were known at one time the later import is the last word; max takes the first of equals, so count back.
        earlier = [one for one in reversed(before) if one["known_at"] <= row["known_at"]]
        last = max(earlier, key=lambda one: one["known_at"], default=None)
        if not again and (last is None or [last[name] for name in ANSWERS] != words):
            fresh.append(row)
            before.append(row)
    return fresh


def _stored(directory):
    tables = [SCHEMA.empty_table()]
    for path in _files(directory):
        try:
            tables.append(any_from_parquet(filesystem.read_file(path)).select(SCHEMA.names).cast(SCHEMA))
        except (OSError, pa.ArrowException, KeyError) as broken:
            raise RenewcastError(f"{path} cannot be read ({broken}); restore it from a backup.") from broken
    return pa.concat_tables(tables)


def _files(directory):
    return sorted(path for path in directory.iterdir() if _FILE.fullmatch(path.name)) if directory.is_dir() else []
