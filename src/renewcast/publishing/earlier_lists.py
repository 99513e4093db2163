"""Which list came before: the last one, all that stand behind it, and one that a manifest names."""

from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.publishing.facts import Published, check_week
from renewcast.publishing.lists import content_of, published_lists, read_list, read_manifest
from renewcast.publishing.manifest import MANIFEST, sha256


def previous_list(directory: Path, week: str):
    """Read the latest revision of the latest week before a week: what "last list" means.

    Parameters
    ----------
    directory : pathlib.Path
    week : str
        For example "2026-W27".

    Returns
    -------
    pandas.DataFrame or None
        As `read_list`; None if there is no earlier list.

    Raises
    ------
    RenewcastError
        "week ... is not an ISO week", or as `read_list`.

    Examples
    --------
    >>> previous_list(Path("nowhere"), "2026-W27") is None
    True
    """
    found = last_before(directory, week)
    return None if found is None else read_list(found.list_dir)


def last_before(directory: Path, week: str) -> Published | None:
    """Find the latest revision of the latest week before a week, or None.

    Examples
    --------
    >>> last_before(Path("nowhere"), "2026-W27") is None
    True
    """
    check_week(week)
    earlier = [one for one in published_lists(directory) if one.week < week]
    return earlier[-1] if earlier else None


def latest_of(directory: Path, week: str) -> Published:
    """Find the latest revision of a week.

    Raises
    ------
    RenewcastError
        "no list was published for ...", or "week ... is not an ISO week".

    Examples
    --------
    >>> latest_of(Path("nowhere"), "2026-W27")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: no list was published for 2026-W27; nowhere holds none.
    """
    check_week(week)
    found = published_lists(directory)
    mine = [one for one in found if one.week == week]
    if mine:
        return mine[-1]
    weeks = sorted({one.week for one in found})
    held = f"holds {', '.join(weeks[-5:])}" if weeks else "holds none"
    raise RenewcastError(f"no list was published for {week}; {directory} {held}.")


def lists_behind(directory: Path, last: Published | None, most: int | None = None) -> list:
    """Return a list and all lists behind it, newest first: each names the one before it, as it was when it was published.

    So what is read here stays the same, whatever is published for earlier weeks afterwards; whoever shows the past of an
    account on a list starts from the list before it.

    Parameters
    ----------
    directory : pathlib.Path
    last : Published or None
        Where to start.
    most : int, optional
        Lists to return, at most.

    Returns
    -------
    list of Published
        A list from before lists named the one before them is followed by the latest of an earlier week. Behind a damaged
        manifest there is nothing: what came before it is not known for sure.
    """
    found = []
    while last is not None and (most is None or len(found) < most):
        try:
            made_from = read_manifest(last.list_dir).get("made_from") or {}
            named_one = published_at(directory, made_from["last_list"]) if "last_list" in made_from else None
        except RenewcastError:
            return [*found, last]
        found.append(last)
        last = named_one if "last_list" in made_from else last_before(directory, last.week)
    return found


def named(one: Published | None) -> dict | None:
    """Name a published list so that nothing else can be meant: week, revision and the SHA-256 of its manifest."""
    if one is None:
        return None
    return {"week": one.week, "revision": one.revision, "manifest_sha256": sha256(content_of(one.list_dir, MANIFEST))}


def published_at(directory: Path, name: dict | None) -> Published | None:
    """Return the list that `named` named.

    Raises
    ------
    RenewcastError
        "... is not a published list" or "... is not the one that was published".
    """
    if name is None:
        return None
    check_week(name["week"])
    list_dir = directory / name["week"] / f"r{int(name['revision'])}"
    if sha256(content_of(list_dir, MANIFEST)) != name["manifest_sha256"]:
        raise RenewcastError(f"{list_dir / MANIFEST} is not the one that was published; restore it from a backup.")
    return Published(name["week"], int(name["revision"]), list_dir, "published")
