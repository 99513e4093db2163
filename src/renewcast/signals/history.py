"""Which signals fired in the past, every fourth week, as it was known then; kept until anything that it rests on changes.

A past day rests on what was known then, which new data leave alone: of a new week only the days are looked at that nobody has
looked at yet, and those whose rows were rewritten.
"""

import contextlib
import datetime as dt
import hashlib
import io
import json
from pathlib import Path

from renewcast.datasets import known
from renewcast.datasets.known_state import known_digests
from renewcast.errors import RenewcastError
from renewcast.filesystem import make_folder, read_file, remove_folder, replace_file
from renewcast.signals.firing import firing, known_at

EVERY_WEEKS = 4


def looks(view, until: dt.date) -> list[dt.date]:
    """Return the days up to ``until`` on which the past is looked at, oldest first: every fourth week of the calendar.

    Counted from the calendar's first day, so that the looks of last week serve this week too.
    """
    days = view.calendar.days(until)
    return [day for day in days if view.calendar.number(day) % EVERY_WEEKS == 0][-view.params.signals.past_snapshots :]


def past_firing(view, days: list[dt.date], kept: Path | None = None, *, progress=None):
    """Return what fired on past days, without the sentences.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    days : list of datetime.date
    kept : pathlib.Path, optional
        Folder (data/work/signals) in which each day is kept, under digests of what was known then, the parameters and the rules.
    progress : callable, optional

    Returns
    -------
    pandas.DataFrame
        account_id, as_of (datetime64), signal; sorted.
    """
    import pandas as pd

    paths = [None] * len(days) if kept is None else _paths(view, days, kept)
    frames = []
    for number, (day, path) in enumerate(zip(days, paths, strict=True)):
        if progress is not None:
            progress(number, len(days), f"signals of {day}")
        frames.append(_of_day(view, day, path).assign(as_of=pd.Timestamp(day)))
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["account_id", "signal", "as_of"])
    frame["as_of"] = frame["as_of"].astype("datetime64[us]")
    return frame[["account_id", "as_of", "signal"]].sort_values(["account_id", "as_of", "signal"], ignore_index=True)


def _of_day(view, day: dt.date, path: Path | None):
    import pandas as pd

    if path is not None and path.exists():
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError) as why:
            raise RenewcastError(f"{path} cannot be read ({why}); delete it, it is made anew.") from None
    frame = firing(known_at(view, day))[["account_id", "signal"]]
    if path is not None:
        content = io.BytesIO()
        frame.to_parquet(content, index=False)
        replace_file(path, content.getvalue())
    return frame


def _paths(view, days: list[dt.date], kept: Path) -> list[Path]:
    """Name the file of each day: by the rules, and by what was known then. Files of other rules and states are swept away."""
    folder = kept / _digest_of_rules(view)
    make_folder(folder)
    paths = [folder / f"{day}-{digest[:24]}.parquet" for day, digest in zip(days, known_digests(view, days), strict=True)]
    for other in sorted(kept.glob("*")):
        if other != folder and other.is_dir():
            with contextlib.suppress(OSError):  # another run may be sweeping too
                remove_folder(other)
    for path in sorted(folder.glob("*.parquet")):
        if path not in paths and path.name[:10] in {f"{day}" for day in days}:
            with contextlib.suppress(OSError):
                path.unlink()
    return paths


def _digest_of_rules(view) -> str:
    """Digest what the past rests on besides rows: the parameters, which columns are filled, and the rules themselves."""
    digest = hashlib.sha256(json.dumps(view.params.model_dump(mode="json"), sort_keys=True).encode())
    digest.update(json.dumps({name: sorted(columns) for name, columns in sorted(view.mapped_columns.items())}).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(known.__file__)):
        digest.update(read_file(path))
    return digest.hexdigest()[:24]
