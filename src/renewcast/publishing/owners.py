"""Who gets a list of his own: the owners in order, the names of their sheets and of their files."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

FOLDER = "owners"
_MOST_NAME, _MOST_SHEET = 55, 31
_NOT_IN_SHEETS = re.compile(
    r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True, eq=False)
class OwnersList:
    """One owner's list of the week.

    Parameters
    ----------
    owner : str or None
        None for accounts that have no owner.
    rows : pyarrow.Table
        The owner's rows that have a place, in the order of their places.
    file : str
        Where the owner's workbook lies inside the list's folder.
    """

    owner: str | None
    rows: pa.Table
    file: str


def owners_lists(table: pa.Table) -> list:
    """Part the rows that have a place among their owners.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.

    Returns
    -------
    list of OwnersList
        By ARR at risk on the owner's list, largest first; then by name; whoever has no owner is last among equals.

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> owners_lists(SCHEMA.empty_table())
    []
    """
    placed = table.filter(pc.is_valid(table["owner_place"])).sort_by([("owner_place", "ascending"), ("rank", "ascending")])
    positions = {}
    for position, owner in enumerate(placed["owner"].to_pylist()):
        positions.setdefault(owner, []).append(position)
    sums = {owner: sum(round(100 * (one or 0)) for one in placed["arr_at_risk"].take(rows).to_pylist())
            for owner, rows in positions.items()}  # fmt: skip
    order = sorted(positions, key=lambda owner: (-sums[owner], owner is None, owner or ""))
    names = file_names(order)
    return [OwnersList(owner, placed.take(positions[owner]), f"{FOLDER}/{names[owner]}.xlsx") for owner in order]


def file_names(owners) -> dict:
    """Give every owner a file name that any system takes: letters, digits, dots and dashes; two never share one.

    A name that had to be changed by more than its blanks, or that looks like another's, ends in eight digits of its own digest.

    Parameters
    ----------
    owners : iterable of str or None

    Returns
    -------
    dict of str or None to str
        Without an ending.

    Examples
    --------
    >>> file_names(["Ana Lopez", "王芳", None])
    {'Ana Lopez': 'Ana-Lopez', '王芳': '王芳', None: 'no-owner'}
    >>> sorted(file_names(["../../etc/passwd", "CON"]).values())
    ['etc-passwd-3754d6cb', 'owner-CON-a3dbc4b6']
    """
    plain = {owner: _plain(owner) for owner in owners}
    looks = [unicodedata.normalize("NFKC", stem).casefold() for stem, _ in plain.values()]
    named = {}
    for owner, (stem, changed) in plain.items():
        look = unicodedata.normalize("NFKC", stem).casefold()
        if look.split(".")[0] in _RESERVED:  # Windows takes aux.txt for a device as well
            stem, changed = f"owner-{stem}", True
        named[owner] = f"{stem}-{_digest(owner)}" if changed or looks.count(look) > 1 else stem
    return named


def sheet_names(owners, nobody: str, taken) -> dict:
    r"""Give every owner a sheet name that Excel takes: 31 characters, none of ``[]:*?/\``, no two alike.

    Parameters
    ----------
    owners : iterable of str or None
    nobody : str
        What the sheet of accounts without an owner is called.
    taken : iterable of str
        Names of the other sheets.

    Returns
    -------
    dict of str or None to str

    Examples
    --------
    >>> sheet_names(["Ana: Lopez", "ANA LOPEZ", "Summary"], "no owner", ["Summary"])
    {'Ana: Lopez': 'Ana Lopez', 'ANA LOPEZ': 'ANA LOPEZ (2)', 'Summary': 'Summary (2)'}
    """
    used, named = {name.casefold() for name in taken} | {"history"}, {}
    for owner in owners:
        wanted = " ".join(_NOT_IN_SHEETS.sub(" ", nobody if owner is None else owner).split()).strip("'") or "-"
        name, count = _shortened(wanted, _MOST_SHEET), 1
        while name.casefold() in used:
            count += 1
            name = f"{_shortened(wanted, _MOST_SHEET - len(str(count)) - 3)} ({count})"
        used.add(name.casefold())
        named[owner] = name
    return named


def _plain(owner):
    """Return the letters of a name, and whether it lost anything but its blanks."""
    if owner is None:
        return "no-owner", False
    text = unicodedata.normalize("NFC", owner)
    stem = "-".join(re.sub(r"[^\w.]+", "-", text).strip("-._").split())[:_MOST_NAME].strip("-._") or "owner"
    return stem, "-".join(text.split()) != stem


def _digest(owner):
    return hashlib.sha256(("" if owner is None else owner).encode("utf-8", errors="backslashreplace")).hexdigest()[:8]


def _shortened(text, units):
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore").rstrip().strip("'")
