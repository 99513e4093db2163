"""Why a list that is made again is not the one that was published: other code, other tables, history that was rewritten."""

import json


def causes(project, past, manifest: dict) -> list[dict]:
    """Look for everything that differs from when a list was made.

    Parameters
    ----------
    project : renewcast.Project
        As it is.
    past : renewcast.replay.past_project.PastProject
    manifest : dict

    Returns
    -------
    list of dict
        cause ("code", "library", "mapping", "rewritten"), table (None but for the last two), said. Empty where nothing that is
        written down differs.
    """
    from renewcast.days import parse_day
    from renewcast.made_from import code_of, what_is_known
    from renewcast.tracking.listed import read_document

    made_from = manifest["made_from"]
    found = _code(made_from["code"], code_of(project))
    then = json.loads(read_document(project.directory, "params", made_from["params_sha256"]))["sources"]
    now = project.params.model_dump(mode="json")["sources"]
    for name in sorted(set(then) | set(now)):
        if then.get(name) != now.get(name):
            found.append({"cause": "mapping", "table": name, "said": f"sources.{name} in params.yaml was another one then"})
    was = json.loads(read_document(project.directory, "known", made_from["known_sha256"]))
    if made_from["code"]["duckdb"] == code_of(project)["duckdb"]:
        found += rewritten(was, what_is_known(past, parse_day(manifest["as_of"], what="as_of")))
    return found


def rewritten(was: dict, now: dict) -> list[dict]:
    """Say of which tables history was rewritten: what was known at the day of the list differs from what was known then.

    Parameters
    ----------
    was, now : dict
        See :func:`renewcast.datasets.known_state.known_state`.

    Returns
    -------
    list of dict
        cause, table, said; a row a table.

    Examples
    --------
    >>> was = {"tickets": {"2026-01": "7-aa", "2026-02": "5-bb"}, "usage": {"2026-01": "9-cc"}}
    >>> now = {"tickets": {"2026-01": "7-aa", "2026-02": "4-dd"}, "usage": {"2026-01": "9-cc"}}
    >>> rewritten(was, now)[0]["said"]
    'tickets: what was known then has been rewritten, of rows that became known in 2026-02 (5 rows then, 4 now)'
    """
    found = []
    for table in sorted(set(was) | set(now)):
        before, after = was.get(table), now.get(table)
        if before == after:
            continue
        if before is None or after is None:
            said = f"{table}: the table " + ("was not there then" if before is None else "is no longer there")
        else:
            months = [month for month in sorted(set(before) | set(after)) if before.get(month) != after.get(month)]
            rows = [sum(int(one.get(month, "0-").split("-")[0]) for month in months) for one in (before, after)]
            when = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
            said = (
                f"{table}: what was known then has been rewritten, of rows that became known in {when} "
                f"({rows[0]:,} rows then, {rows[1]:,} now)"
            )
        found.append({"cause": "rewritten", "table": table, "said": said})
    return found


def _code(was: dict, now: dict) -> list[dict]:
    found = []
    if was["code_sha256"] != now["code_sha256"]:
        said = f"made by {_name(was)}, now it is {_name(now)}"
        found.append({"cause": "code", "table": None, "said": said})
    for name, what in (("lock_sha256", "the locked libraries"), ("duckdb", "DuckDB")):
        if was[name] != now[name]:
            said = f"{what} differ: {str(was[name])[:12]} then, {str(now[name])[:12]} now"
            found.append({"cause": "library", "table": None, "said": said})
    return found


def _name(code: dict) -> str:
    commit = f", commit {code['git_commit'][:12]}" if code["git_commit"] else ""
    return f"renewcast {code['renewcast']} (source files {code['code_sha256'][:12]}{commit})"
