"""What a list is made from, named by digest in its manifest and kept, so that the list can be made again: see `replay`.

models           by target: version, SHA-256 of the artefact and of the record
params_sha256    models/params/listed/: the parameters as they were
segments_sha256  models/segments/listed/: the clusters, None where there were none
known_sha256     models/known/listed/: a digest of what every table said then, by month, to find out later who rewrote history
plays_sha256     models/plays/listed/: the library of plays, and the effects that counted
last_list        the list before: week, revision, SHA-256 of its manifest; None for the first
fingerprint      of the staged tables
code             renewcast (version), git_commit, lock_sha256, code_sha256 (of the package), duckdb
"""

import datetime as dt
import functools
import hashlib
import importlib.metadata
import json
from importlib import resources

ON_THE_LIST = ("models", "params_sha256", "segments_sha256", "plays_sha256", "last_list", "fingerprint")
"""What the rows of a list depend on; other code may give the same ones, and what was known is in the fingerprint."""


def keep_what_it_is_made_from(project, as_of: dt.date, champions: dict, last) -> dict:
    """Keep everything that a list rests on, and name it.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
    champions : dict of str to tracking.champion.Champion
        Those that the list used, by target.
    last : publishing.Published or None
        The list before.

    Returns
    -------
    dict
        For :class:`renewcast.publishing.ListFacts`; plain JSON values.

    Notes
    -----
    Called before the list is published: whoever dies in between has kept something that no list names, which harms nobody.
    """
    from renewcast.publishing.earlier_lists import named
    from renewcast.tracking.listed import keep_document
    from renewcast.tracking.promotion import keep_listed

    clusters = project.segments()
    return {
        "models": {
            target: {
                "version": champion.version,
                "sha256": champion.record["sha256"],
                "record_sha256": keep_listed(project.directory, target, champion.record),
            }
            for target, champion in champions.items()
        },
        "params_sha256": keep_document(project.directory, "params", _json(project.params.model_dump(mode="json"))),
        "segments_sha256": None
        if clusters is None
        else keep_document(project.directory, "segments", clusters.to_json().encode()),
        "plays_sha256": keep_document(
            project.directory,
            "plays",
            _json({"library": project.plays_library().model_dump(mode="json"), "effects": project.play_effects(as_of)}),
        ),
        "known_sha256": keep_document(project.directory, "known", _json(what_is_known(project, as_of))),
        "last_list": named(last),
        "fingerprint": project.staged.fingerprint,
        "code": code_of(project),
    }


def run_key(as_of: dt.date, made_from: dict) -> str:
    """Digest every input of a list: the data, the parameters, the models, the clusters, the plays, the list before, the day."""
    inputs = {"as_of": as_of.isoformat(), **{name: made_from[name] for name in ON_THE_LIST}}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def what_is_known(project, as_of: dt.date) -> dict:
    """Digest what every table says at a day; see :func:`renewcast.datasets.known_state.known_state`."""
    from renewcast.datasets.known_state import known_state

    return known_state(project.view, as_of)


def code_of(project) -> dict:
    """Name the code that is running."""
    from renewcast.tracking.provenance import provenance

    whence = provenance(project.directory, project.params)
    names = ("renewcast", "git_commit", "lock_sha256")
    return {name: whence[name] for name in names} | {
        "code_sha256": code_sha256(),
        "duckdb": importlib.metadata.version("duckdb"),
    }


@functools.cache
def code_sha256() -> str:
    """Digest the source files of the package, and so of what makes a list."""
    digest = hashlib.sha256()
    for name, file in sorted(_python_files(resources.files("renewcast"), "")):
        digest.update(f"{name}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _python_files(folder, prefix: str):
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in ("reference", "__pycache__"):
            yield from _python_files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{prefix}{entry.name}", entry


def _json(content) -> bytes:
    return json.dumps(content, sort_keys=True).encode()
