"""Take owners' answers back: every row is held to the list that it answers, and kept as a fact with the time it was known."""

import datetime as dt
from pathlib import Path

from renewcast.days import midnight, parse_day
from renewcast.errors import RenewcastError
from renewcast.publishing._wording_workbook import VERDICT_REASONS, VERDICTS
from renewcast.publishing.lists import published_lists, read_beside, read_list, read_manifest
from renewcast.publishing.sheet_text import from_xml
from renewcast.publishing.text import visible
from renewcast.publishing.verdict_file import Answer, alike, day_of, plain_text, read_answers
from renewcast.publishing.verdict_store import add_verdicts
from renewcast.publishing.workbook_pages import play_title


def import_verdicts(lists: Path, store: Path, path: Path, known_at: str | dt.date | None = None) -> dict:
    """Read a workbook back and keep what owners filled in; all of it or nothing.

    Parameters
    ----------
    lists : pathlib.Path
        Where lists are published.
    store : pathlib.Path
        Where verdicts are kept; see `renewcast.publishing.verdict_store`.
    path : pathlib.Path
        The workbook of a list, or an owner's file, filled in.
    known_at : str or datetime.date, optional
        The day on which the answers were known; by default the time at which the file was last modified, and never before the
        day of its list.

    Returns
    -------
    dict
        file, weeks, answers (rows that were filled in), added (those not known before) and known_at (of the latest week).

    Raises
    ------
    RenewcastError
        As `renewcast.publishing.verdict_file.read_answers`, or one sentence that names the sheet, the cell and what to do: the
        account is not on that list, a value is not among those offered, a date lies before the list, an account is answered
        twice, differently.

    Notes
    -----
    An answer that is cleared later takes nothing back: facts are only added. Say "Cannot tell" instead.

    Examples
    --------
    >>> import_verdicts(Path("lists"), Path("verdicts"), Path("nowhere.xlsx"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere.xlsx does not exist; give the file that was filled in.
    """
    path = Path(path)
    answers = read_answers(path)
    if not answers:
        return {"file": str(path), "weeks": [], "answers": 0, "added": 0, "known_at": None}
    offers = {week: _Offer(lists, week, path) for week in sorted({one.week for one in answers})}
    rows = {}
    for one in answers:
        row = offers[one.week].checked(one) | {"known_at": _known_at(path, offers[one.week].as_of, known_at)}
        key = (row["week"], row["account_id"])
        if rows.setdefault(key, row) != row:
            raise RenewcastError(
                f"{one.account.where} answers account {row['account_id']} a second time, differently; keep one row."
            )
    ordered = [rows[key] for key in sorted(rows)]
    added = add_verdicts(store, ordered)
    known = max(row["known_at"] for row in ordered)
    return {"file": str(path), "weeks": list(offers), "answers": len(ordered), "added": added, "known_at": known.isoformat()}


class _Offer:
    """A week's latest list: who is on it, and what could be chosen."""

    def __init__(self, lists, week, path):
        revisions = [one for one in published_lists(lists) if one.week == week]
        if not revisions:
            raise RenewcastError(
                f"{path} answers the list of {week}, which was not published here; give the project it came from."
            )
        list_dir = revisions[-1].list_dir
        rows = read_list(list_dir)
        manifest = read_manifest(list_dir)
        self.week, self.as_of = week, dt.date.fromisoformat(manifest["as_of"])
        owners = rows["owner"].where(rows["owner"].notna(), None)
        self.exact, self.stripped = {}, {}
        for account, owner in zip(rows["account_id"], owners, strict=True):
            self.exact.setdefault(visible(account), []).append((account, owner))
            self.stripped.setdefault(visible(account).strip(), []).append((account, owner))
        library = read_beside(list_dir).plays
        self.plays = {alike(visible(play_title(one, language))): one["play"] for one in library for language in ("en", "zh")}
        self.plays |= {alike(str(one["play"])): one["play"] for one in library}
        if not library:
            self.plays = {alike(visible(play)): play for play in rows["play"].dropna()}

    def checked(self, answer: Answer) -> dict:
        """Hold a row to the list."""
        where, given = answer.account.where, answer.given
        exact = from_xml(answer.account.value) if isinstance(answer.account.value, str) else answer.account.text
        found = self.exact.get(exact) or self.stripped.get(answer.account.text, [])
        if len(found) != 1:  # ids that differ by blanks alone are told apart by the blanks or not at all
            raise RenewcastError(f"{where}: {answer.account.text!r} is not on the list of {self.week}; put the account id back.")
        account, owner = found[0]
        return {
            "account_id": account,
            "week": self.week,
            "verdict": _chosen(given.get("verdict"), _CODES["verdict"]),
            "reason": _chosen(given.get("verdict_reason"), _CODES["reason"]),
            "play": _chosen(given.get("verdict_play"), self.plays),
            "next_on": self._day(given.get("next_on")),
            "note": _note(given.get("note")),
            "owner": owner,
        }

    def _day(self, cell):
        if cell is None or not cell.text:
            return None
        day = day_of(cell)
        if day is None:
            raise RenewcastError(f"{cell.where}: {cell.text!r} is not a day; write it as YYYY-MM-DD.")
        if day < self.as_of:
            raise RenewcastError(f"{cell.where}: {day} lies before the list of {self.as_of}; give a later day.")
        return day


def _chosen(cell, codes):
    if cell is None or not cell.text:
        return None
    code = codes.get(alike(cell.text))
    if code is None:
        raise RenewcastError(f"{cell.where}: {cell.text!r} is not among the values offered; choose one from the cell's list.")
    return code


def _note(cell):
    """Return a free text as it was typed, blanks and all."""
    if cell is None or not cell.text:
        return None
    return from_xml(cell.value) if isinstance(cell.value, str) else plain_text(cell.value)


def _known_at(path, as_of, given):
    if given is not None:
        day = parse_day(given, what="--known-at")
        if day < as_of:
            raise RenewcastError(f"--known-at {day} lies before the list of {as_of}, which nobody had seen; give a later day.")
        return midnight(day)
    modified = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=path.stat().st_mtime_ns // 1000)
    return max(modified, midnight(as_of))


_CODES = {
    "verdict": {alike(text): code for code, words in VERDICTS.items() for text in (code, *words.values())},
    "reason": {alike(text): code for code, words in VERDICT_REASONS.items() for text in (code, *words.values())},
}
