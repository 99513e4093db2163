"""A model's papers under models/<target>/: its record, card, signature and checks; for the champion, the challenger, former ones.

The record is written last: it vouches for the rest.
"""

import dataclasses
import json
import re
from pathlib import Path

import yaml

from renewcast.errors import RenewcastError
from renewcast.filesystem import create_file, make_folder, move_folder, read_file, remove_folder, replace_file, settle_folder

CARD, SIGNATURE, CHECKS = "CARD.md", "signature.json", "checks.json"
CHAMPION, CHALLENGER, HISTORY = "champion.yaml", "challenger.yaml", "history"


@dataclasses.dataclass(frozen=True)
class Papers:
    """What is kept of a model beside its artefact.

    Attributes
    ----------
    record : dict
        See :class:`renewcast.tracking.champion.Champion`.
    card : str
        Markdown.
    signature : dict
        The features that the model must be given.
    checks : list of dict
        What the gate found, as :meth:`renewcast.evaluation.checks.Verdict.to_list` says it.
    """

    record: dict
    card: str
    signature: dict
    checks: list

    def files(self) -> dict[str, bytes]:
        """Return the content of every file but the record."""
        return {
            SIGNATURE: _json(self.signature),
            CHECKS: _json(self.checks),
            CARD: self.card.encode(),
        }

    @property
    def record_bytes(self) -> bytes:
        """The record as it is written."""
        return yaml.safe_dump(self.record, sort_keys=False, allow_unicode=True).encode()


def folder_of(directory: Path, target: str) -> Path:
    """Return models/<target>."""
    return directory / "models" / target


def read_record(directory: Path, target: str, name: str = CHAMPION) -> dict | None:
    """Return the champion's or the challenger's record, or None.

    Raises
    ------
    RenewcastError
        "... is not a model's record": the digest in it names a folder and must be one.
    """
    path = folder_of(directory, target) / name
    if not path.exists():
        return None
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError):
        record = None
    known = isinstance(record, dict) and {"model_name", "model_version", "sha256", "label", "target"} <= record.keys()
    if not known or not isinstance(record["sha256"], str) or not re.fullmatch(r"[0-9a-f]{64}", record["sha256"]):
        raise RenewcastError(f"{path} is not a model's record; restore it from version control, or train again.")
    return record


def write_champion(directory: Path, target: str, papers: Papers, before_record=lambda: None) -> None:
    """Write the champion's papers; ``before_record`` is called once everything but the record is written."""
    folder = folder_of(directory, target)
    for name, content in papers.files().items():
        replace_file(folder / name, content)
    before_record()
    replace_file(folder / CHAMPION, papers.record_bytes)


def read_champion(directory: Path, target: str) -> Papers | None:
    """Return the papers of the champion, or None."""
    folder = folder_of(directory, target)
    return _read(folder, folder / CHAMPION)


def write_challenger(directory: Path, target: str, papers: Papers) -> None:
    """Write the challenger's papers, the record last."""
    folder = folder_of(directory, target)
    for name, content in papers.files().items():
        replace_file(folder / "challenger" / name, content)
    replace_file(folder / CHALLENGER, papers.record_bytes)


def read_challenger(directory: Path, target: str) -> Papers | None:
    """Return the papers of the challenger, or None."""
    folder = folder_of(directory, target)
    return _read(folder / "challenger", folder / CHALLENGER)


def remove_challenger(directory: Path, target: str) -> None:
    """Remove the challenger's papers, the record first."""
    folder = folder_of(directory, target)
    (folder / CHALLENGER).unlink(missing_ok=True)
    if (folder / "challenger").is_dir():
        remove_folder(folder / "challenger")


def former(directory: Path, target: str) -> list[Path]:
    """Return the folders of former champions, the last one last."""
    place = folder_of(directory, target) / HISTORY
    return sorted(path for path in place.iterdir() if path.name.isdigit()) if place.is_dir() else []


def read_former(folder: Path) -> Papers:
    """Return the papers of a former champion."""
    return _read(folder, folder / CHAMPION)


def keep_former(directory: Path, target: str, papers: Papers) -> None:
    """Add a former champion, all of its papers in one step."""
    place, kept = folder_of(directory, target) / HISTORY, former(directory, target)
    number = int(kept[-1].name) + 1 if kept else 1
    staged = place / f".{number:04d}.staged"
    if staged.is_dir():
        remove_folder(staged)
    make_folder(staged)
    for name, content in {**papers.files(), CHAMPION: papers.record_bytes}.items():
        create_file(staged / name, content)
    settle_folder(staged)
    move_folder(staged, place / f"{number:04d}")


def _read(folder: Path, record: Path) -> Papers | None:
    if not record.exists():
        return None
    told = yaml.safe_load(read_file(record))
    try:
        card = read_file(folder / CARD).decode()
        signature, checks = json.loads(read_file(folder / SIGNATURE)), json.loads(read_file(folder / CHECKS))
    except (OSError, ValueError):
        raise RenewcastError(
            f"{folder} lacks the card, the signature or the checks that belong to {record.name}; restore them from version "
            f"control, or run `renewcast run train --target {told['target']}`."
        ) from None
    if told["sha256"] not in card:
        raise RenewcastError(
            f"{folder / CARD} is not the card of the model in {record.name}; restore both from version control, or run "
            f"`renewcast run train --target {told['target']}`."
        )
    return Papers(told, card, signature, checks)


def _json(content) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
