"""The company at a glance: its tables, what was set aside, activity and recurring revenue over time."""

from renewcast.plots._picture import BLUE, GREY, PALE_BLUE, as_counts, as_dates, as_money, legend, name_axes, picture
from renewcast.plots._table import Table


def overview(report) -> Table:
    """Lay the data check out, one row a table.

    Parameters
    ----------
    report : sources.CheckReport
        From ``Project.check``.

    Returns
    -------
    Table

    Examples
    --------
    >>> from renewcast.sources._report import CheckReport, TableReport
    >>> usage = TableReport("usage", 12, 10, "2026-01-05T08:00", "2026-02-01T09:00")
    >>> overview(CheckReport([usage], [], None)).frame["kept"].tolist()
    [10]
    """
    import pandas as pd

    rows = [
        {
            "table": one.name,
            "rows read": one.rows_read,
            "kept": one.rows_kept,
            "set aside": one.rows_quarantined,
            "first": (one.first_event or "")[:10],
            "last": (one.last_event or "")[:10],
            "known at": one.known_at,
        }
        for one in report.tables
    ]
    return Table(pd.DataFrame(rows), {"rows read": "count", "kept": "count", "set aside": "count"})


def findings(report) -> Table:
    """List what was set aside, what asks for a look and what was settled by rule.

    Parameters
    ----------
    report : sources.CheckReport

    Returns
    -------
    Table
        table, kind ("stop", "set aside", "warning" or "note"), share of the table's rows, what.

    Examples
    --------
    >>> from renewcast.sources._report import CheckReport, TableReport, SetAside
    >>> usage = TableReport("usage", 100, 97, quarantined=[SetAside("out_of_range", "quantity", 3, ["-1"])])
    >>> findings(CheckReport([usage], [], None)).frame["what"].tolist()
    ['3 rows: quantity lies outside its range (-1)']
    """
    import pandas as pd

    from renewcast.sources._report import describe

    rows = [("", "stop", None, sentence) for sentence in report.stops]
    for one in report.tables:
        rows += [(one.name, "set aside", group.rows / max(one.rows_read, 1), describe(group)) for group in one.quarantined]
        rows += [(one.name, "warning", found.share, found.sentence) for found in one.warnings]
        rows += [(one.name, "note", found.share, found.sentence) for found in one.notes]
    return Table(pd.DataFrame(rows, columns=["table", "kind", "share of rows", "what"]), {"share of rows": "share"})


def families(catalogue) -> Table:
    """Count the features that the tables can fill, by driver.

    Parameters
    ----------
    catalogue : pandas.DataFrame
        From ``Project.catalogue``.

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> families(pd.DataFrame({"driver": ["usage", "usage", "people"], "source": ["usage", "usage", "users"],
    ...     "built": [True, False, True]})).frame["built"].tolist()
    [1, 1]
    """
    grouped = catalogue.groupby("driver", sort=False)
    frame = grouped.agg(
        built=("built", "sum"),
        absent=("built", lambda built: int((~built).sum())),
        rests_on=("source", lambda names: ", ".join(dict.fromkeys(names))),
    ).reset_index()
    frame.columns = ["driver", "built", "not built", "rests on"]
    return Table(frame, {"built": "count", "not built": "count"})


def activity(weekly):
    """Draw the rows of each event table by week.

    Parameters
    ----------
    weekly : pandas.DataFrame
        From ``overview.weekly_activity``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> weeks = pd.to_datetime(["2026-01-05", "2026-01-12"])
    >>> activity(pd.DataFrame({"table": "usage", "week": weeks, "rows": [5, 8], "accounts": [2, 3]}))
    Figure: Rows by week: 1 kind of event over 2 weeks, every week has rows of every kind
    """
    names = list(dict.fromkeys(weekly.sort_values("rows", ascending=False)["table"]))
    names.sort(key=lambda name: -weekly.loc[weekly["table"] == name, "rows"].sum())
    weeks = weekly["week"].nunique()
    empty = len(names) * weeks - len(weekly)
    kinds = f"{len(names)} kind{'s' if len(names) != 1 else ''} of event"
    gaps = "every week has rows of every kind" if not empty else f"{empty} weeks of a kind have no rows"
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    figure, axes = picture(
        f"Rows by week: {kinds} over {weeks} weeks, {gaps}", rows, columns, height=0.7 + 1.45 * rows, sharex=True, squeeze=False
    )
    for place, one in zip(names, axes.flat, strict=False):
        part = weekly[weekly["table"] == place]
        one.fill_between(part["week"], part["rows"], color=PALE_BLUE, alpha=0.45, linewidth=0)
        one.plot(part["week"], part["rows"], color=BLUE, linewidth=1.3)
        one.set_ylim(0, part["rows"].max() * 1.15)
        as_counts(one.yaxis)
        name_axes(one, y="rows a week", title=place)
        as_dates(one, most=5)
    for one in axes.flat[len(names) :]:
        one.set_visible(False)
    return figure


def scope_and_revenue(history, currency: str):
    """Draw the accounts in scope and their recurring revenue, as known on each snapshot day.

    Parameters
    ----------
    history : pandas.DataFrame
        From ``overview.history``.
    currency : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2026-01-05", "2026-02-02"])
    >>> scope_and_revenue(pd.DataFrame({"as_of": days, "in_scope": [50, 60], "scored": [48, 59], "gated": [30, 30],
    ...     "arr": [4e6, 5e6]}), "USD")
    Figure: From 50 to 60 accounts in scope, and from USD 4.0 m to USD 5.0 m of ARR
    """
    first, last = history.iloc[0], history.iloc[-1]
    has_revenue = history["arr"].max() > 0
    title = f"From {first['in_scope']:,} to {last['in_scope']:,} accounts in scope"
    if has_revenue:
        title += f", and from {currency} {first['arr'] / 1e6:.1f} m to {currency} {last['arr'] / 1e6:.1f} m of ARR"
    figure, axes = picture(title, 1, 2 if has_revenue else 1, height=3.1, squeeze=False)
    left = axes[0, 0]
    left.plot(history["as_of"], history["in_scope"], color=BLUE, linewidth=1.8, label="in scope")
    if history["gated"].max() > 0:
        left.plot(
            history["as_of"],
            history["scored"] - history["gated"],
            color=GREY,
            linewidth=1.5,
            label="could leave within the horizon",
        )
        legend(left, loc="center right")
    left.set_ylim(0, history["in_scope"].max() * 1.12)
    as_counts(left.yaxis)
    name_axes(left, x="snapshot", y="accounts", title="Accounts")
    as_dates(left, most=4)
    if has_revenue:
        right = axes[0, 1]
        right.plot(history["as_of"], history["arr"], color=BLUE, linewidth=1.8)
        right.fill_between(history["as_of"], history["arr"], color=PALE_BLUE, alpha=0.45, linewidth=0)
        right.set_ylim(0, history["arr"].max() * 1.12)
        unit = as_money(right.yaxis, currency, history["arr"].max())
        name_axes(right, x="snapshot", y=unit, title="Annual recurring revenue (ARR)")
        as_dates(right, most=4)
    return figure
