"""Publish a revision, all or nothing: the one way in which lists and business reviews come into force.

All files are staged in a hidden folder beside their final place, read back, sealed by a manifest, and appear at once by one
rename; then one small file, current.json, is replaced to point at the newest week or day. A run may die between any two
of these steps: what was in force stays in force, and the next run clears up and goes on. The order is what makes it safe,
so it is all in this file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing.manifest import MANIFEST, json_bytes, sha256
from renewcast.publishing.shelf import POINTER, Revision, Shelf


@dataclass(frozen=True)
class Publication:
    """What is to be published under one name.

    Parameters
    ----------
    name : str
        The week or day.
    is_same : callable
        Takes the manifest of a whole revision and says whether it is this very content.
    render : callable
        Returns the content of every file by its path inside the folder.
    check : callable
        Takes the files as they lie on the disk and raises where one of them differs from what was to be written.
    manifest : callable
        Takes the number of the revision and the files as they lie on the disk and returns the manifest.
    """

    name: str
    is_same: Callable
    render: Callable
    check: Callable
    manifest: Callable


def publish_revision(shelf: Shelf, directory: Path, publication: Publication) -> Revision:
    """Publish, unless the latest revision of that name is whole and the same; all files or none.

    Parameters
    ----------
    shelf : Shelf
    directory : pathlib.Path
        Where the shelf stands; made if absent.
    publication : Publication

    Returns
    -------
    Revision

    Raises
    ------
    RenewcastError
        What the publication's check found; "... could not be published", if the disk refused; "Another run has been
        publishing". What was in force before still is.

    Notes
    -----
    current.json names the newest week or day, whatever was published last: a backfill does not take its place.
    """
    name = publication.name
    try:
        filesystem.make_folder(directory)
        with filesystem.locked(directory / ".lock"):
            _clear_staging(shelf, directory)
            latest = _latest(shelf, directory, name)
            if latest is not None and _is_same(shelf, latest.folder, publication):
                published = Revision(name, latest.revision, latest.folder, "unchanged")
            else:
                published = _publish(directory, publication)
            _point_to_newest(shelf, directory)
            return published
    except OSError as refused:
        raise RenewcastError(
            f"The {shelf.kind} of {name} could not be published to {directory}: {refused.strerror or refused}; "
            f"the {shelf.kind} in force is intact, make room or restore access and run again."
        ) from refused


def _publish(directory, publication):
    home = directory / publication.name
    revision = _next_revision(home)
    final, staged = home / f"r{revision}", home / f".staging-r{revision}"
    files = publication.render()
    filesystem.make_folder(home)
    filesystem.make_folder(staged)
    try:
        for name, file in files.items():
            filesystem.make_folder((staged / name).parent)
            filesystem.create_file(staged / name, file)
        on_disk = {name: filesystem.read_file(staged / name) for name in files}
        publication.check(on_disk)
        filesystem.create_file(staged / MANIFEST, publication.manifest(revision, on_disk))
        for folder in sorted({(staged / name).parent for name in files}):
            filesystem.settle_folder(folder)
        filesystem.move_folder(staged, final)  # from here on the revision exists
    except (OSError, RenewcastError):
        _try_to_remove(staged)
        raise
    return Revision(publication.name, revision, final, "published")


def _clear_staging(shelf, directory):
    """Remove what a run that died left behind. It was never renamed, so nobody was told of it; we hold the lock."""
    for home in shelf.folders(directory):
        for path in home.iterdir():
            if re.fullmatch(r"\.staging-r[0-9]+", path.name):
                filesystem.remove_folder(path)


def _try_to_remove(staged):
    try:
        if staged.is_dir():
            filesystem.remove_folder(staged)
    except OSError:
        pass  # the disk is in trouble; the next run clears it


def _latest(shelf, directory, name):
    revisions = [one for one in shelf.revisions(directory) if one.name == name]
    return revisions[-1] if revisions else None


def _next_revision(home):
    """One more than any revision that ever had a folder, whatever is left of it."""
    taken = [int(path.name[1:]) for path in home.iterdir() if re.fullmatch(r"r[0-9]{1,9}", path.name)] if home.is_dir() else []
    return max(taken, default=0) + 1


def _is_same(shelf, folder, publication):
    """Tell whether this very content is there and whole; a damaged revision is never "unchanged", there will be a new one."""
    try:
        return publication.is_same(shelf.verify(folder))
    except RenewcastError:
        return False


def _point_to_newest(shelf, directory):
    """Make current.json name the latest revision of the newest week or day, unless it does already."""
    newest = None
    for one in shelf.revisions(directory):
        try:
            shelf.read_manifest(one.folder)
        except RenewcastError:
            continue  # damaged; whoever reads it is told, but it must not come into force
        newest = one
    said = json_bytes(
        {
            shelf.key: newest.name,
            "revision": newest.revision,
            "path": f"{newest.name}/r{newest.revision}",
            "manifest_sha256": sha256(filesystem.read_file(newest.folder / MANIFEST)),
        }
    )
    pointer = directory / POINTER
    try:
        if filesystem.read_file(pointer) == said:
            return
    except FileNotFoundError:
        pass
    filesystem.replace_file(pointer, said)
