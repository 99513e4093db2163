"""Rows of snapshots side by side: one account at two of them, and what was trained on beside what is scored."""

from renewcast.plots._table import Table


def two_snapshots(early, late, account_id: str, catalogue, names: tuple[str, str]) -> Table:
    """Set one account's row at one snapshot beside its row at another, for the features of each driver that moved most.

    Parameters
    ----------
    early, late : pandas.DataFrame
        From ``Project.features``.
    account_id : str
    catalogue : pandas.DataFrame
        From ``Project.catalogue``.
    names : tuple of str
        Headings of the two value columns.

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> early, late = (pd.DataFrame({"account_id": ["A"], "open_tickets": [value]}) for value in (0.0, 3.0))
    >>> specs = pd.DataFrame({"name": ["open_tickets"], "driver": ["support"], "meaning": ["open tickets"],
    ...     "window_days": [None], "unit": ["count"], "form": ["level"], "built": [True]})
    >>> two_snapshots(early, late, "A", specs, ("before", "after")).frame["after"].tolist()
    ['3']
    """
    import pandas as pd

    before, after = (frame.set_index("account_id").loc[account_id] for frame in (early, late))
    chosen = []
    shown = catalogue[catalogue["built"] & catalogue["form"].isin(["window", "level", "recency", "share", "rows"])]
    for _, family in shown.groupby("driver", sort=False):
        pairs = [(spec, before.get(spec["name"]), after.get(spec["name"])) for _, spec in family.iterrows()]
        pairs = [pair for pair in pairs if not isinstance(pair[1], str) and pd.notna(pair[1]) and pd.notna(pair[2])]
        # Relative to its own size, so that no unit wins by being small.
        pairs.sort(key=lambda pair: -abs(pair[2] - pair[1]) / (abs(pair[1]) + abs(pair[2]) + 1))
        chosen += pairs[:1] + [pair for pair in pairs[1:2] if pair[1] != pair[2]]
    frame = pd.DataFrame(
        {
            "driver": [spec["driver"] for spec, _, _ in chosen],
            "feature": [spec["name"] for spec, _, _ in chosen],
            "unit": [spec["unit"] for spec, _, _ in chosen],
            names[0]: [f"{value:,.4g}" for _, value, _ in chosen],
            names[1]: [f"{value:,.4g}" for _, _, value in chosen],
        }
    )
    return Table(frame)


def most_changed(early, late, share: float = 0.01) -> str:
    """Name an account, in scope at both snapshots, whose row changed much: the one at the edge of the most changed share.

    Parameters
    ----------
    early, late : pandas.DataFrame
        From ``Project.features``.
    share : float in [0, 1]
        0 names the most changed account of all, which is often an oddity.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> early, late = (pd.DataFrame({"account_id": ["A", "B"], "open_tickets": values}) for values in ([0.0, 1.0], [3.0, 1.0]))
    >>> most_changed(early, late)
    'A'
    """
    before, after = (frame.set_index("account_id").select_dtypes("number") for frame in (early, late))
    both = before.index.intersection(after.index)
    before, after = before.loc[both], after.loc[both]
    change = ((after - before).abs() / (before.abs() + after.abs() + 1)).mean(axis=1).sort_values(ascending=False, kind="stable")
    return str(change.index[int(share * (len(change) - 1))])


def difference(trained_on, scored_on) -> Table:
    """Count the cells in which training rows differ from scoring rows of the same accounts; empty equals empty.

    Parameters
    ----------
    trained_on, scored_on : pandas.DataFrame
        account_id and the same features; the accounts of the first are among those of the second.

    Returns
    -------
    Table
        rows, features, cells compared, cells that differ.

    Examples
    --------
    >>> import pandas as pd
    >>> row = pd.DataFrame({"account_id": ["A"], "open_tickets": [2.0], "csat_mean_91d": [float("nan")]})
    >>> difference(row, row).frame["cells that differ"].tolist()
    [0]
    """
    import pandas as pd

    names = [name for name in trained_on.columns if name in scored_on.columns and name != "account_id"]
    left = trained_on.set_index("account_id")[names]
    right = scored_on.set_index("account_id").reindex(left.index)[names]
    same = (left == right) | (left.isna() & right.isna())
    counts = {
        "rows": len(left),
        "features": len(names),
        "cells compared": left.size,
        "cells that differ": int((~same).to_numpy().sum()),
    }
    return Table(pd.DataFrame([counts]), dict.fromkeys(counts, "count"))
