"""Which signals fired in the past, every fourth week, as it was known then; kept until anything that it rests on changes."""

import contextlib
import datetime as dt
import hashlib
import io
import json
from pathlib import Path

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
        Folder (data/work/signals) in which each day is kept, under a digest of the tables, the parameters and the rules.
    progress : callable, optional

    Returns
    -------
    pandas.DataFrame
        account_id, as_of (datetime64), signal; sorted.
    """
    import pandas as pd

    folder = None
    if kept is not None:
        folder = kept / _digest(view)
        _sweep(kept, folder)
        make_folder(folder)
    frames = []
    for number, day in enumerate(days):
        if progress is not None:
            progress(number, len(days), f"signals of {day}")
        frames.append(_of_day(view, day, folder).assign(as_of=pd.Timestamp(day)))
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["account_id", "signal", "as_of"])
    frame["as_of"] = frame["as_of"].astype("datetime64[us]")
    return frame[["account_id", "as_of", "signal"]].sort_values(["account_id", "as_of", "signal"], ignore_index=True)


def _of_day(view, day: dt.date, folder: Path | None):
    import pandas as pd

    path = None if folder is None else folder / f"{day}.parquet"
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


def _digest(view) -> str:
    """Digest what the past rests on: the staged tables, the parameters and the rules themselves."""
    digest = hashlib.sha256(view.fingerprint.encode())
    digest.update(json.dumps(view.params.model_dump(mode="json"), sort_keys=True).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(read_file(path))
    return digest.hexdigest()[:24]


def _sweep(kept: Path, but: Path) -> None:
    """Remove what rests on other tables or rules."""
    for folder in sorted(kept.glob("*")) if kept.is_dir() else []:
        if folder != but and folder.is_dir():
            with contextlib.suppress(OSError):  # another run may be sweeping too
                remove_folder(folder)
