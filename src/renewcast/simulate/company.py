"""The company: its blocks of accounts are drawn side by side and written one after the other."""

import datetime as dt
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.simulate.block import Block, Drawn, draw_block, split
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.files import TableFiles

# Another size draws another company from the same seed.
_BLOCK = 1000
_MOST_WORKERS = 8


def simulate(
    directory: Path,
    *,
    accounts: int = 2000,
    weeks: int = 130,
    start: dt.date = dt.date(2024, 1, 1),
    seed: int = 7,
    workers: int | None = None,
    behaviours: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict:
    """Make up a company and write its ten canonical tables, and the truth behind them, as Parquet.

    Two thirds of the accounts are there from the start, having signed up in the two years before; the others arrive later.
    Their state tables (accounts, contracts, users, milestones) go back to their sign-up, facts begin on ``start``. A key (an
    account, a term, a person, an event, ...) may have several versions with different ``known_at``; the latest is right.

    Parameters
    ----------
    directory : pathlib.Path
        Receives ``<table>.parquet`` and the ``truth*.parquet`` files, all of them whole or, where something breaks off, none.
    accounts : int, at least 1
        Accounts that ever exist.
    weeks : int, at least 1
        Weeks of data. Nothing happens, and nothing becomes known, on ``start + 7 * weeks`` days or later; only days that
        are agreed beforehand (the end of a term, the day on which a bill is due) lie there.
    start : datetime.date
    seed : int, 0 or more
        The same seed writes the same bytes, with any number of workers. 0 is a seed like any other.
    workers : int, at least 1, optional
        Blocks of 1,000 accounts that are drawn at once, in threads; by default one a processor, at most 8. Memory grows by about
        half a gigabyte a worker, not with the number of accounts.
    behaviours : bool
        Plant four kinds of use (how often, by how many, how widely, with what share of value actions) and write
        ``truth_behaviours.parquet``; otherwise accounts differ by degrees only. The company is another one.
    progress : callable, optional
        Called as ``progress(done, total, text)`` after each table of each block.

    Returns
    -------
    dict
        ``rows`` (dict of table to rows, the truth included), ``accounts`` (ever), ``churned_accounts`` (whose cover broke inside
        the data at least once), ``returned_accounts``, ``end`` (datetime.date, the first day without data).

    Raises
    ------
    RenewcastError
        "simulate: accounts is ...", and the like, for a number out of range; "... cannot be written".

    Notes
    -----
    About 1,400 usage rows per account over 130 weeks. Groups of companies lie within a block, and names are unique in one only.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     summary = simulate(Path(folder), accounts=20, weeks=26, seed=0)
    ...     written = sorted(path.stem for path in Path(folder).glob("*.parquet"))
    >>> summary["rows"]["accounts"] >= 20, summary["end"], len(written)
    (True, datetime.date(2024, 7, 1), 14)
    """
    _check(accounts, weeks, seed, workers)
    calendar = Calendar(start, weeks)
    blocks = split(accounts, seed, _BLOCK)
    workers = min(os.cpu_count() or 1, _MOST_WORKERS) if workers is None else workers
    churned = returned = written = done = 0
    with TableFiles(Path(directory)) as files:
        for block, drawn in zip(blocks, _drawn(calendar, blocks, workers, behaviours), strict=True):
            churned, returned, written = churned + drawn.churned, returned + drawn.returned, written + block.accounts
            total = done + len(drawn.tables) + (len(blocks) - 1 - block.number) * (len(drawn.tables) - (block.number == 0))
            for name, table in drawn.tables.items():
                rows, done = files.append(name, table), done + 1
                if progress is not None:
                    so_far = f"{written:,} of {accounts:,} accounts, " if len(blocks) > 1 else ""
                    progress(done, total, f"{so_far}{name}: {rows:,} rows")
        files.finish()
        if not behaviours:  # what an earlier company left here would be no truth about this one
            (Path(directory) / "truth_behaviours.parquet").unlink(missing_ok=True)
        rows = dict(files.rows)
    return {
        "rows": rows,
        "accounts": accounts,
        "churned_accounts": churned,
        "returned_accounts": returned,
        "end": start + dt.timedelta(days=calendar.days),
    }


def _drawn(calendar: Calendar, blocks: list[Block], workers: int, behaviours: bool) -> Iterator[Drawn]:
    """Yield the blocks in their order; at most one more than there are workers is held at once."""
    if workers == 1 or len(blocks) == 1:
        yield from (draw_block(calendar, block, behaviours=behaviours) for block in blocks)
        return
    # Threads, not processes: NumPy and Arrow work outside the interpreter's lock, and nothing has to be sent or imported again.
    with ThreadPoolExecutor(workers, thread_name_prefix="simulate") as pool:
        waiting, left = deque(), deque(blocks)
        try:
            while waiting or left:
                while left and len(waiting) < workers + 1:
                    waiting.append(pool.submit(draw_block, calendar, left.popleft(), behaviours=behaviours))
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _check(accounts: int, weeks: int, seed: int, workers: int | None) -> None:
    numbers = [("accounts", accounts, 1), ("weeks", weeks, 1), ("seed", seed, 0)]
    for name, value, least in numbers if workers is None else [*numbers, ("workers", workers, 1)]:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise RenewcastError(f"simulate: {name} is {value!r}; give a whole number from {least} up.")
