"""The model behind a published list: looked for by what the list's manifest says of it."""

from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.tracking.champion import Champion, load_listed, verified_artefact
from renewcast.tracking.papers import CHALLENGER, former, read_former, read_record


def model_of_list(directory: Path, manifest: dict) -> Champion:
    """Load the model that a published list was ranked by.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    manifest : dict
        Of the list: ``target``, and the model's SHA-256 under ``model`` or, in older manifests, its name, version and run.

    Returns
    -------
    Champion
        Verified, whether it is the champion still, waits as a challenger, or was one.

    Raises
    ------
    RenewcastError
        "the model of ... is not kept", where no record of it is left; or its artefact is neither here nor in the registry.
    """
    from renewcast.estimators import artefact

    target, said = manifest["target"], manifest["model"]
    kept = (manifest.get("made_from") or {}).get("models", {}).get(target)
    if kept is not None:
        return load_listed(directory, target, kept["record_sha256"])
    records = [read_record(directory, target), read_record(directory, target, CHALLENGER)]
    records += [read_former(path).record for path in reversed(former(directory, target))]
    for record in records:
        if record is not None and _is_meant(record, said):
            folder = verified_artefact(directory, record, "its record")
            scorer = artefact.load(folder, expected_sha256=record["sha256"])
            return Champion(target, str(record["model_version"]), record, scorer)
    raise RenewcastError(
        f"the model of {manifest['week']} (version {said.get('model_version')}) is not kept any more; restore its record and "
        f"artefact under models/{target} to tell what that model would say."
    )


def _is_meant(record: dict, said: dict) -> bool:
    if said.get("sha256") is not None:
        return record["sha256"] == said["sha256"]
    return all(str(record.get(name)) == str(said.get(name)) for name in ("model_name", "model_version", "run_id"))
