"""Make a published list again, from today's tables and what it was made from, and say whether it is the same to the byte."""

import contextlib

from renewcast.errors import RenewcastError
from renewcast.publishing import published_lists, read_list, read_manifest
from renewcast.publishing.facts import check_week
from renewcast.replay.causes import causes
from renewcast.replay.compare import compare_files, first_difference, rows_of
from renewcast.replay.past_project import PastProject


def replay(project, week: str, revision: int | None = None) -> dict:
    """Make a list again and compare it with its manifest. Nothing is written to where the lists lie.

    Parameters
    ----------
    project : renewcast.Project
    week : str
        For example "2026-W27".
    revision : int, optional
        The latest by default.

    Returns
    -------
    dict
        week, revision, as_of, equal (bool), files (by name: "equal", "differs", ...), first_difference (see
        :func:`renewcast.replay.compare.first_difference`; None where the rows are equal, or the published ones are damaged),
        causes (list of str: what is not as it was then; told only where something differs), damaged (names of published files
        that are no longer what was published).

    Raises
    ------
    RenewcastError
        "no list of ... was published", "... was published before lists said what they are made from", or what is not kept.
    """
    from renewcast.days import parse_day

    one = _find(project, week, revision)
    manifest = read_manifest(one.list_dir)
    if not manifest.get("made_from"):
        raise RenewcastError(
            f"{one.week} r{one.revision} was published before lists said what they are made from, so it cannot be made again."
        )
    past = PastProject(project, manifest["made_from"])
    again = make_again(past, manifest, parse_day(manifest["as_of"], what="as_of"))
    files, damaged = compare_files(manifest, again), _damaged(one.list_dir, manifest)
    equal = all(outcome == "equal" for outcome in files.values())
    apart, why = None, []
    if not equal:
        with contextlib.suppress(RenewcastError):  # damaged rows are told beside
            apart = first_difference(read_list(one.list_dir), rows_of(again))
        why = [cause["said"] for cause in causes(project, past, manifest)]
    return {
        "week": one.week,
        "revision": one.revision,
        "as_of": manifest["as_of"],
        "equal": equal,
        "files": files,
        "first_difference": apart,
        "causes": why,
        "damaged": damaged,
    }


def make_again(past, manifest: dict, as_of) -> dict:
    """Return every file of a list made again, by name."""
    import dataclasses

    from renewcast.publishing.publish import render
    from renewcast.publishing.rows import as_table
    from renewcast.weekly import prepare_week

    draft, about = prepare_week(past, as_of, manifest["made_from"])
    # The key of a run is written down, not made again: it may have been made of more, or less, by the code of the day.
    return render(as_table(draft.rows), dataclasses.replace(about, run_key=manifest["run_key"]), draft.supplement)


def _find(project, week: str, revision: int | None):
    check_week(week)
    there = [one for one in published_lists(project.lists_directory) if one.week == week]
    chosen = [one for one in there if revision in (None, one.revision)]
    if not chosen:
        known = ", ".join(f"r{one.revision}" for one in there)
        raise RenewcastError(
            f"no list of {week} was published"
            + (f" as r{revision}; there are {known}." if there else f" in {project.lists_directory}.")
        )
    return chosen[-1]


def _damaged(list_dir, manifest: dict) -> list[str]:
    from renewcast.publishing.manifest import sha256

    found = []
    for name, said in sorted(manifest["files"].items()):
        path = list_dir / name
        if not path.is_file() or sha256(path.read_bytes()) != said["sha256"]:
            found.append(name)
    return found
