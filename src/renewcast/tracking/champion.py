"""The champion of a target: the record in models/<target>/champion.yaml and the artefact that it vouches for.

Scoring needs neither MLflow nor a network: the record is under version control, the artefact beside it is verified against the
record's SHA-256 before anything in it is parsed, and fetched from the registry where it is absent.
"""

import dataclasses
import re
from pathlib import Path

import yaml

from renewcast.errors import RenewcastError
from renewcast.tracking.promotion import artefact_folder


@dataclasses.dataclass(frozen=True)
class Champion:
    """A promoted model, loaded and verified.

    Attributes
    ----------
    target, version : str
    record : dict
        What champion.yaml says: model_name, model_version, run_id, sha256, trained_as_of, fingerprint, ranked_by, has_skill,
        base_rate, metrics, baselines, skill.
    scorer : estimators.artefact.Scorer
    """

    target: str
    version: str
    record: dict
    scorer: object


def has_champion(directory: Path, target: str) -> bool:
    """Tell whether a target has a champion record."""
    return _record_path(directory, target).exists()


def load_champion(directory: Path, target: str, label=None) -> Champion:
    """Load the champion of a target.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    target : str
    label : params.TermLabel or params.InactivityLabel, optional
        What is to be predicted now; a champion for another lead, horizon or grace is refused.

    Returns
    -------
    Champion

    Raises
    ------
    RenewcastError
        "no champion", "the artefact ... is not the one ...", "the artefact of ... is absent", or "labels.... is not the one ...".
    """
    from renewcast.estimators import artefact

    path = _record_path(directory, target)
    if not path.exists():
        raise RenewcastError(f"no champion for {target} in {path.parent}; run `renewcast run train --target {target}` first.")
    record = _read(path)
    folder = artefact_folder(directory, target, record["sha256"])
    if not folder.exists():
        from renewcast.tracking.runs import fetch_artefact

        fetch_artefact(directory, record, folder)
    found = artefact.sha256(folder)
    if found != record["sha256"]:
        raise RenewcastError(
            f"the artefact in {folder} is not the one that {path.name} vouches for (SHA-256 {found[:12]}, expected "
            f"{record['sha256'][:12]}); remove the folder to fetch it from the registry again, or train anew."
        )
    if label is not None and record["label"] != label.model_dump(mode="json"):
        raise RenewcastError(
            f"labels.{target} in params.yaml is not the one that the champion was trained for ({record['label']}); "
            f"run `renewcast run train --target {target}`, or set it back."
        )
    return Champion(target, str(record["model_version"]), record, artefact.load(folder, expected_sha256=record["sha256"]))


def _read(path: Path) -> dict:
    """Read a record, whose digest names a folder and must be one."""
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError):
        record = None
    known = isinstance(record, dict) and {"model_name", "model_version", "sha256", "label", "target"} <= record.keys()
    if not known or not isinstance(record["sha256"], str) or not re.fullmatch(r"[0-9a-f]{64}", record["sha256"]):
        raise RenewcastError(f"{path} is not a champion's record; restore it from version control, or train again.")
    return record


def _record_path(directory: Path, target: str) -> Path:
    return directory / "models" / target / "champion.yaml"
