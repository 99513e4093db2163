"""A shelf of what was published: folders named by week or day, revisions in them, a pointer to the one in force.

Lists and business reviews lie on shelves of the same kind; all of them are read here and written by `revisions`.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing.manifest import MANIFEST, check_digest, parse_manifest, sha256

POINTER = "current.json"


@dataclass(frozen=True)
class Revision:
    """One revision of what was published under one name.

    Parameters
    ----------
    name : str
        The week or day that names the folder.
    revision : int
        1 for the first, 2 after its inputs changed, and so on; none is ever rewritten.
    folder : pathlib.Path
    status : {"published", "unchanged"}
        "unchanged": this very content was already there, and nothing was written.
    """

    name: str
    revision: int
    folder: Path
    status: str


@dataclass(frozen=True)
class Shelf:
    """What lies on a shelf, and how it is named.

    Parameters
    ----------
    kind : str
        list or review, as sentences call it.
    key : str
        What names a folder, in manifests and in the pointer: week or as_of.
    period : str
        The same in sentences.
    pattern : str
        Regular expression of the names; a name becomes a folder, so nothing else may pass.
    files : tuple of str
        Files without which it is none.
    example : str
        A folder, for sentences.
    """

    kind: str
    key: str
    period: str
    pattern: str
    files: tuple[str, ...]
    example: str

    def content_of(self, folder: Path, name: str) -> bytes:
        """Read a file of a revision, or say in one sentence that it is not there."""
        try:
            return filesystem.read_file(folder / name)
        except (FileNotFoundError, NotADirectoryError):
            raise RenewcastError(
                f"{folder} is not a published {self.kind}, {name} is missing; give a folder such as {self.example}."
            ) from None

    def read_manifest(self, folder: Path) -> dict:
        """Read the manifest of a revision, which must stand in the folder that it names.

        Raises
        ------
        RenewcastError
            "... is not a published ...", "... is not a manifest" or "... belongs to".
        """
        where = folder / MANIFEST
        manifest = parse_manifest(self.content_of(folder, MANIFEST), where, files=self.files, period=self.period)
        name, revision = manifest.get(self.key), f"r{manifest.get('revision')}"
        if (name, revision) != (folder.parent.name, folder.name):
            raise RenewcastError(f"{where} belongs to {name}/{revision}; move the folder back to its place.")
        return manifest

    def verify(self, folder: Path) -> dict:
        """Check every file of a revision against its manifest and return the manifest.

        Raises
        ------
        RenewcastError
            As :meth:`read_manifest`, or "... was changed after it was published".
        """
        manifest = self.read_manifest(folder)
        for name in manifest["files"]:
            check_digest(self.content_of(folder, name), manifest, name, folder / name, period=self.period)
        return manifest

    def revisions(self, directory: Path) -> list[Revision]:
        """List every published revision, by name and revision, oldest first."""
        if not directory.is_dir():
            return []
        found = [
            Revision(one.name, int(folder.name[1:]), folder, "published")
            for one in self.folders(directory)
            for folder in one.iterdir()
            if re.fullmatch(r"r[1-9][0-9]{0,8}", folder.name) and (folder / MANIFEST).is_file()
        ]
        return sorted(found, key=lambda one: (one.name, one.revision))

    def folders(self, directory: Path) -> list[Path]:
        """Return the folders of the weeks or days, oldest first; other things in the directory are left alone."""
        return sorted(path for path in directory.iterdir() if self.is_name(path.name) and path.is_dir())

    def is_name(self, name) -> bool:
        """Tell whether something names a folder of this shelf."""
        return isinstance(name, str) and re.fullmatch(self.pattern, name) is not None

    def current(self, directory: Path) -> Path | None:
        """Return the folder of the revision in force, or None before the first one.

        Raises
        ------
        RenewcastError
            "... is damaged" or "... is not the one that was published", with what to do.
        """
        pointer = directory / POINTER
        try:
            content = filesystem.read_file(pointer)
        except FileNotFoundError:
            return None
        try:
            said = json.loads(content)
            name, revision, digest = said[self.key], said["revision"], said["manifest_sha256"]
            if not self.is_name(name):
                raise ValueError(name)
            folder = directory / name / f"r{int(revision)}"
        except (ValueError, KeyError, TypeError):
            raise RenewcastError(f"{pointer} is damaged; publish any {self.period} again, and it will be mended.") from None
        if sha256(self.content_of(folder, MANIFEST)) != digest:
            raise RenewcastError(f"{folder / MANIFEST} is not the one that was published; restore it or publish {name} again.")
        return folder
