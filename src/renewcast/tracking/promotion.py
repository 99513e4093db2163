"""Promotion and rollback: which model is in force, changed in one step, reviewable in a diff, and back within seconds."""

import contextlib
import os
import re
import shutil
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.filesystem import locked, make_folder, remove_folder
from renewcast.tracking import listed
from renewcast.tracking import papers as kept
from renewcast.tracking.papers import Papers

ARTEFACT = "artefact"
FORMER_ARTEFACTS = 3
"""Artefacts of so many former champions stay here, and all that a list used; older ones are fetched from the registry."""
WITHDRAWN = "withdrawn"
"""What `--accept` calls the bringing back of a model that was rolled back."""


def artefact_folder(directory: Path, target: str, digest: str) -> Path:
    """Return where an artefact lies, by its SHA-256: models/<target>/artefact/<first 16 digits>."""
    return directory / "models" / target / ARTEFACT / digest[:16]


def settle(staged: Path, folder: Path) -> Path:
    """Give a saved artefact the folder of its digest; the same content may be there already, or a damaged copy of it."""
    from renewcast.estimators import artefact

    if folder.exists() and artefact.sha256(folder) == artefact.sha256(staged):
        shutil.rmtree(staged)
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(staged, folder)
    return folder


@contextlib.contextmanager
def _alone(directory: Path, target: str):
    """Hold the right to change what is in force for a target."""
    make_folder(kept.folder_of(directory, target))
    with locked(kept.folder_of(directory, target) / ".lock"):
        yield


def staging_folder(directory: Path, target: str) -> Path:
    """Return where this process may save an artefact before it has a name: models/<target>/artefact/new-<process>."""
    return directory / "models" / target / ARTEFACT / f"new-{os.getpid()}"


def challenge(directory: Path, target: str, papers: Papers, staged: Path) -> None:
    """Make a new model the challenger, in the place of the one before; its artefact moves to the folder of its digest."""
    with _alone(directory, target):
        settle(staged, artefact_folder(directory, target, papers.record["sha256"]))
        kept.write_challenger(directory, target, papers)
        _sweep(directory, target)


def keep_listed(directory: Path, target: str, record: dict) -> str:
    """Keep the record of a model that a list is about to use, and with it its artefact; return the record's SHA-256."""
    with _alone(directory, target):
        return listed.keep_record(directory, target, record)


def promote(
    directory: Path, target: str, *, accepted: dict[str, str] | None = None, only: str | None = None, aliases=None
) -> dict:
    """Make the challenger the champion, and keep the papers of the champion before.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    target : str
    accepted : dict of str to str, optional
        Failing checks that are accepted nevertheless, by id, each with the reason; kept in the record.
    only : str, optional
        The SHA-256 of the model that is meant: another challenger, put there in the meantime, is left alone.
    aliases : callable, optional
        Told the new record, moves the registry's aliases and returns what it did; the files are what counts.

    Returns
    -------
    dict
        target, promoted, model_version, sha256, replaced (the version before, or None), accepted, registry.

    Raises
    ------
    RenewcastError
        "there is no challenger ...", "version ... is not promoted: ...", "... was rolled back", "another training ...", "the
        artefact ...".
    """
    accepted = accepted or {}
    with _alone(directory, target):
        _mend(directory, target)
        papers = kept.read_challenger(directory, target)
        if papers is None:
            raise RenewcastError(
                f"there is no challenger for {target} in {kept.folder_of(directory, target)}; "
                f"run `renewcast run train --target {target}` first."
            )
        if only is not None and papers.record["sha256"] != only:
            raise RenewcastError(
                f"another training has put its model for {target} in the place of this one; run `renewcast promote "
                f"--target {target}` for that one, or train again."
            )
        _may_be_promoted(papers, accepted)
        _verify(directory, papers.record)
        record = {name: value for name, value in papers.record.items() if name != WITHDRAWN}
        if accepted:
            record["accepted"] = accepted
        before, told = kept.read_champion(directory, target), {}
        # The same model trained again takes the place of its own record: a rollback to itself would help nobody.
        if before is not None and before.record["sha256"] != record["sha256"]:
            kept.keep_former(directory, target, before)
        promoted = Papers(record, papers.card, papers.signature, papers.checks)
        kept.write_champion(
            directory, target, promoted, before_record=lambda: told.update(registry=aliases(record) if aliases else None)
        )
        kept.remove_challenger(directory, target)
        _sweep(directory, target)
    return {
        "target": target,
        "promoted": True,
        "model_version": record["model_version"],
        "sha256": record["sha256"],
        "replaced": None if before is None else before.record["model_version"],
        "accepted": accepted,
        **told,
    }


def rollback(directory: Path, target: str, *, aliases=None) -> dict:
    """Bring the last champion back: record, card, signature, checks, artefact and alias. Nothing is trained.

    The model that was in force becomes the challenger, marked as withdrawn, unless another one waits already.

    Parameters
    ----------
    directory, target, aliases
        As for :func:`promote`.

    Returns
    -------
    dict
        target, model_version, sha256, trained_as_of, withdrawn (the version that was in force), former_left, registry.

    Raises
    ------
    RenewcastError
        "there is no former champion ...", or the artefact is neither here nor in the registry. Nothing was changed then.
    """
    with _alone(directory, target):
        _mend(directory, target)
        now, history = kept.read_champion(directory, target), kept.former(directory, target)
        if now is None or not history:
            raise RenewcastError(
                f"there is no former champion for {target} in {kept.folder_of(directory, target) / kept.HISTORY}; "
                "what is in force stays in force."
            )
        papers, told = kept.read_former(history[-1]), {}
        _verify(directory, papers.record)
        if kept.read_challenger(directory, target) is None:
            kept.write_challenger(directory, target, Papers(now.record | {WITHDRAWN: True}, now.card, now.signature, now.checks))
        kept.write_champion(
            directory, target, papers, before_record=lambda: told.update(registry=aliases(papers.record) if aliases else None)
        )
        remove_folder(history.pop())
        _sweep(directory, target)
    return {
        "target": target,
        "model_version": papers.record["model_version"],
        "sha256": papers.record["sha256"],
        "trained_as_of": papers.record["trained_as_of"],
        "withdrawn": now.record["model_version"],
        "former_left": len(history),
        **told,
    }


def _mend(directory: Path, target: str) -> None:
    """Put right what a promotion or a rollback that died has left: the champion's record is the one that counts.

    Its papers may be half those of another model; they stand whole among the former champions (a promotion died) or with the
    challenger (a rollback died).
    """
    record, history = kept.read_record(directory, target), kept.former(directory, target)
    if record is None:
        return
    if history and kept.read_former(history[-1]).record == record:
        kept.write_champion(directory, target, kept.read_former(history[-1]))
        remove_folder(history[-1])
        return
    waiting = kept.read_record(directory, target, kept.CHALLENGER)
    if waiting is not None and waiting == {name: value for name, value in record.items() if name != "accepted"}:
        kept.remove_challenger(directory, target)  # it was promoted, and the process died before its papers were removed
    if waiting is not None and waiting == record | {WITHDRAWN: True}:
        papers = kept.read_challenger(directory, target)
        kept.write_champion(directory, target, Papers(record, papers.card, papers.signature, papers.checks))


def _may_be_promoted(papers: Papers, accepted: dict[str, str]) -> None:
    record = papers.record
    stops = [one for one in papers.checks if one["outcome"] == "failed" and one["severity"] == "stop"]
    unknown = set(accepted) - {one["id"] for one in stops} - ({WITHDRAWN} if record.get(WITHDRAWN) else set())
    if unknown:
        there = ", ".join([one["id"] for one in stops] + [WITHDRAWN] * bool(record.get(WITHDRAWN)))
        raise RenewcastError(
            f"--accept {sorted(unknown)[0]}: no such check stops version {record['model_version']} for {record['target']}; "
            + (f"those that do are {there}." if there else "none does, leave it out.")
        )
    left = [one for one in stops if one["id"] not in accepted]
    if left:
        raise RenewcastError(f"version {record['model_version']} for {record['target']} is not promoted: {why_not(left)}")
    if record.get(WITHDRAWN) and WITHDRAWN not in accepted:
        raise RenewcastError(
            f"version {record['model_version']} for {record['target']} was rolled back; train a new one, or bring it back with "
            f"`renewcast promote --target {record['target']} --accept {WITHDRAWN} --because TEXT`."
        )


def why_not(stops: list[dict]) -> str:
    """Say which checks stop a model, why, and what to do.

    Examples
    --------
    >>> why_not([{"id": "RC105", "title": "stale", "said": "200 days old", "remedy": "Train again."}])
    'RC105 stale (200 days old). Train again.'
    """
    return " ".join(f"{one['id']} {one['title']} ({one['said']}). {one['remedy']}" for one in stops)


def _verify(directory: Path, record: dict) -> None:
    """Make sure that a record's artefact is here and is the one that it vouches for."""
    from renewcast.tracking.champion import verified_artefact

    verified_artefact(directory, record)


def _sweep(directory: Path, target: str) -> None:
    """Drop the artefacts, and what models said of their tests, that no champion, challenger, late champion or list needs."""
    records = [kept.read_record(directory, target), kept.read_record(directory, target, kept.CHALLENGER)]
    records += [kept.read_former(path).record for path in kept.former(directory, target)[-FORMER_ARTEFACTS:]]
    records += listed.listed_records(directory, target)
    needed = {record["sha256"][:16] for record in records if record is not None}
    place = kept.folder_of(directory, target) / ARTEFACT
    for path in place.iterdir() if place.is_dir() else ():
        if re.fullmatch("[0-9a-f]{16}", path.name) and path.name not in needed or _was_never_finished(path):
            shutil.rmtree(path)
    told = directory / "data" / "work" / "test_predictions"
    for path in told.glob(f"{target}-*.parquet") if told.is_dir() else ():
        if path.stem.rpartition("-")[2] not in needed:
            path.unlink()


def _was_never_finished(folder: Path) -> bool:
    """Tell whether a training began to save an artefact there and has died since; the folder's name ends with its process."""
    process = folder.name.rpartition("-")[2]
    if not folder.name.lstrip(".").startswith("new-") or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
