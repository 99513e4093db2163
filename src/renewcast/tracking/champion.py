"""The champion of a target: the record in models/<target>/champion.yaml and the artefact that it vouches for.

Scoring needs neither MLflow nor a network: the record is under version control, the artefact beside it is verified against the
record's SHA-256 before anything in it is parsed, and fetched from the registry where it is absent. A challenger is loaded in the
same way.
"""

import dataclasses
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.tracking.listed import LISTED, listed_records, read_listed
from renewcast.tracking.papers import CHALLENGER, CHAMPION, folder_of, former, read_former, read_record
from renewcast.tracking.promotion import artefact_folder


@dataclasses.dataclass(frozen=True)
class Champion:
    """A promoted model, loaded and verified.

    Attributes
    ----------
    target, version : str
    record : dict
        What champion.yaml says: model_name, model_version, run_id, sha256, trained_as_of, fingerprint, ranked_by, has_skill,
        base_rate, metrics, baselines, skill, checks (in brief), and whence it comes: renewcast, git_commit, lock_sha256,
        params_sha256.
    scorer : estimators.artefact.Scorer
    """

    target: str
    version: str
    record: dict
    scorer: object


def has_champion(directory: Path, target: str) -> bool:
    """Tell whether a target has a champion record."""
    return (folder_of(directory, target) / CHAMPION).exists()


def has_challenger(directory: Path, target: str) -> bool:
    """Tell whether a challenger waits."""
    return (folder_of(directory, target) / CHALLENGER).exists()


def load_champion(directory: Path, target: str, label=None, scorers: dict | None = None) -> Champion:
    """Load the champion of a target.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    target : str
    label : params.TermLabel or params.InactivityLabel, optional
        What is to be predicted now; a champion for another lead, horizon or grace is refused.
    scorers : dict, optional
        Scorers loaded before, by the SHA-256 of their artefact; the one that is loaded now is put there. The artefact's bytes are
        verified every time, but rebuilt and tried on its probe rows only once.

    Returns
    -------
    Champion

    Raises
    ------
    RenewcastError
        "no champion", "the artefact ... is not the one ...", "the artefact of ... is absent", or "labels.... is not the one ...".
    """
    return _load(directory, target, label, CHAMPION, scorers)


def load_challenger(directory: Path, target: str, label=None) -> Champion:
    """Load the challenger of a target, as :func:`load_champion` does the champion."""
    return _load(directory, target, label, CHALLENGER)


def load_by_digest(directory: Path, target: str, sha256: str) -> Champion:
    """Load a model by the SHA-256 of its artefact: the champion, the challenger, one that a list used, or a former champion.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    target : str
    sha256 : str
        64 hexadecimal digits, as a record or a list's manifest names the model.

    Returns
    -------
    Champion
        Where several records name the artefact, the first of: champion's, challenger's, those of lists, former champions'.

    Raises
    ------
    RenewcastError
        "no record of a model for ...", or as :func:`load_champion` does of the artefact.
    """
    records = [read_record(directory, target), read_record(directory, target, CHALLENGER), *listed_records(directory, target)]
    records += [read_former(path).record for path in former(directory, target)]
    for record in records:
        if record is not None and record["sha256"] == sha256:
            return _verified(directory, record, "its record")
    raise RenewcastError(
        f"no record of a model for {target} with SHA-256 {sha256[:12]} is kept in {folder_of(directory, target)}; "
        "restore the folder from version control."
    )


def load_listed(directory: Path, target: str, record_sha256: str) -> Champion:
    """Load a model that a list used, by the SHA-256 of its record as the list's manifest names it.

    Raises
    ------
    RenewcastError
        "... is not kept", or as :func:`load_champion` does of the artefact.
    """
    return _verified(directory, read_listed(directory, target, record_sha256), f"{LISTED}/{record_sha256[:16]}.yaml")


def verified_artefact(directory: Path, record: dict, name: str = CHAMPION) -> Path:
    """Return the folder of a record's artefact, fetched from the registry where it is absent, its SHA-256 verified.

    Raises
    ------
    RenewcastError
        "the artefact ... is not the one ..." or "the artefact of ... is absent".
    """
    from renewcast.estimators import artefact

    folder = artefact_folder(directory, record["target"], record["sha256"])
    if not folder.exists():
        from renewcast.tracking.runs import fetch_artefact

        fetch_artefact(directory, record, folder)
    found = artefact.sha256(folder)
    if found != record["sha256"]:
        raise RenewcastError(
            f"the artefact in {folder} is not the one that {name} vouches for (SHA-256 {found[:12]}, expected "
            f"{record['sha256'][:12]}); remove the folder to fetch it from the registry again, or train anew."
        )
    return folder


def _load(directory: Path, target: str, label, name: str, scorers: dict | None = None) -> Champion:
    record, kind = read_record(directory, target, name), name.partition(".")[0]
    if record is None:
        raise RenewcastError(
            f"no {kind} for {target} in {folder_of(directory, target)}; run `renewcast run train --target {target}` first."
        )
    if label is not None and record["label"] != label.model_dump(mode="json"):
        raise RenewcastError(
            f"labels.{target} in params.yaml is not the one that the {kind} was trained for ({record['label']}); "
            f"run `renewcast run train --target {target}`, or set it back."
        )
    return _verified(directory, record, name, scorers)


def _verified(directory: Path, record: dict, name: str, scorers: dict | None = None) -> Champion:
    from renewcast.estimators import artefact

    folder = verified_artefact(directory, record, name)
    scorers = {} if scorers is None else scorers
    if record["sha256"] not in scorers:
        scorers[record["sha256"]] = artefact.load(folder, expected_sha256=record["sha256"])
    return Champion(record["target"], str(record["model_version"]), record, scorers[record["sha256"]])
