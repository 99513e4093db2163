"""Where two lists differ first: file, row and column."""

from renewcast.publishing.manifest import LIST_FILES, sha256


def compare_files(manifest: dict, again: dict) -> dict[str, str]:
    """Compare the files of a list that was made again with what the manifest says of them.

    Parameters
    ----------
    manifest : dict
    again : dict of str to bytes
        Content by name.

    Returns
    -------
    dict of str to str
        By name: "equal", "differs", "not made again" or "not published".

    Examples
    --------
    >>> manifest = {"files": {"a": {"sha256": sha256(b"a")}, "b": {"sha256": sha256(b"b")}}}
    >>> compare_files(manifest, {"a": b"a", "b": b"B", "c": b""})
    {'a': 'equal', 'b': 'differs', 'c': 'not published'}
    """
    found = {}
    for name in sorted(set(manifest["files"]) | set(again)):
        if name not in again:
            found[name] = "not made again"
        elif name not in manifest["files"]:
            found[name] = "not published"
        else:
            found[name] = "equal" if sha256(again[name]) == manifest["files"][name]["sha256"] else "differs"
    return found


def first_difference(published, again) -> dict | None:
    """Find the first row, and in it the first column, in which two lists differ.

    Parameters
    ----------
    published, again : pandas.DataFrame
        As `renewcast.publishing.read_list` returns them.

    Returns
    -------
    dict or None
        row (counted from 1), account_id, column, published, again: text, empty cells are None.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"account_id": ["A", "B"], "arr": [1.0, 2.0]})
    >>> first_difference(one, one.assign(arr=[1.0, 2.5]))
    {'row': 2, 'account_id': 'B', 'column': 'arr', 'published': '2.0', 'again': '2.5'}
    >>> first_difference(one, one) is None
    True
    """
    rows = max(len(published), len(again))
    names = list(dict.fromkeys([*published.columns, *again.columns]))
    left, right = _cells(published, names, rows), _cells(again, names, rows)
    apart = left != right
    if not apart.any():
        return None
    row = int(apart.any(axis=1).argmax())
    column = int(apart[row].argmax())
    account = names.index("account_id")
    return {
        "row": row + 1,
        "account_id": left[row, account] or right[row, account],
        "column": names[column],
        "published": left[row, column],
        "again": right[row, column],
    }


def rows_of(files: dict):
    """Read the rows of a list from its Parquet file's content."""
    from renewcast.publishing.parquet import as_frame, from_parquet

    return as_frame(from_parquet(files[LIST_FILES[0]]))


def _cells(frame, names: list[str], rows: int):
    """Return the cells as text, array of object, shape (rows, n_names); None where there is nothing."""
    import numpy as np

    cells = np.full((rows, len(names)), None, dtype=object)
    for place, name in enumerate(names):
        if name in frame.columns:
            values = frame[name]
            cells[: len(frame), place] = values.astype(object).map(str, na_action="ignore").where(values.notna(), None)
    return cells
