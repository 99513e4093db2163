"""What could be known when: late rows, the outcome window, snapshots with and without an outcome."""

import datetime as dt

from renewcast.overview import LATE_STEPS_HOURS
from renewcast.plots._picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREY,
    QUIET,
    as_counts,
    as_dates,
    as_shares,
    legend,
    name_axes,
    picture,
    spread_small_shares,
)
from renewcast.plots._table import Table


def lateness(delays) -> Table:
    """Lay out how late the rows of each table become known.

    Parameters
    ----------
    delays : pandas.DataFrame
        From ``overview.delays``.

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> late = {f"unknown_after_{step}h": [0.1] for step in LATE_STEPS_HOURS}
    >>> lateness(pd.DataFrame({"table": ["usage"], "rows": [10], "replaced": [0], "median_hours": [5.0],
    ...     "longest_hours": [480.0], **late})).frame["longest delay, days"].tolist()
    [20.0]
    """
    import pandas as pd

    frame = pd.DataFrame(
        {
            "table": delays["table"],
            "rows": delays["rows"],
            "median delay, hours": delays["median_hours"].round(1),
            "longest delay, days": (delays["longest_hours"] / 24).round(1),
            "unknown after a day": delays["unknown_after_24h"],
            "unknown after a week": delays["unknown_after_168h"],
            "replaced by a later version": delays["replaced"],
        }
    )
    units = {
        "rows": "count",
        "unknown after a day": "share",
        "unknown after a week": "share",
        "replaced by a later version": "count",
    }
    return Table(frame, units)


def still_unknown(delays):
    """Draw, for each table, the share of rows that nobody knew of so long after they had happened.

    Parameters
    ----------
    delays : pandas.DataFrame
        From ``overview.delays``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> late = {f"unknown_after_{step}h": [0.1] for step in LATE_STEPS_HOURS}
    >>> still_unknown(pd.DataFrame({"table": ["usage"], **late}))
    Figure: A week after it happened, 10.0 % of usage was not yet known
    """
    worst = delays.loc[delays["unknown_after_168h"].idxmax()]
    title = (
        f"A week after it happened, {worst['unknown_after_168h']:.1%} of {worst['table']} was not yet known"
        if worst["unknown_after_168h"] > 0
        else "A week after it happened, every row was known"
    ).replace("%", " %")
    figure, axes = picture(title, height=3.4)
    steps = list(LATE_STEPS_HOURS)
    ordered = delays.sort_values("unknown_after_168h", ascending=False)
    looks = [(ORANGE, "-"), (BLUE, "-"), (BLUE, "--"), (GREY, "-"), (GREY, "--"), (GREY, ":"), (INK, ":")]
    for (_, row), (colour, style) in zip(ordered.iterrows(), looks, strict=False):
        shares = [row[f"unknown_after_{step}h"] for step in steps]
        axes.plot(steps, shares, color=colour, linestyle=style, linewidth=1.8, marker="o", markersize=3, label=row["table"])
    axes.set_xscale("log")
    axes.set_xticks(steps, ["1 h", "3 h", "6 h", "12 h", "1 day", "2", "3", "7 days", "14", "28"])
    axes.minorticks_off()
    spread_small_shares(axes, 1.0, "y")
    name_axes(axes, x="time since it happened", y="rows not yet known (square-root scale)")
    legend(axes, loc="upper right", ncols=2)
    return figure


def outcome_windows(days: list[dt.date], label, data_end: dt.datetime):
    """Draw when the outcomes of snapshots are finished.

    Parameters
    ----------
    days : list of datetime.date
        Snapshot days, for example the last one with a finished outcome and the newest.
    label : params.TermLabel or params.InactivityLabel
    data_end : datetime.datetime

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from renewcast.params import TermLabel
    >>> outcome_windows([dt.date(2026, 2, 16), dt.date(2026, 6, 29)], TermLabel(lead_days=0, horizon_days=90, grace_days=30),
    ...     dt.datetime(2026, 6, 28))
    Figure: A snapshot teaches only 120 days later: lead 0, horizon 90, grace 30
    """
    grace = getattr(label, "grace_days", 0)
    wait = label.lead_days + label.horizon_days + grace
    title = f"A snapshot teaches only {wait} days later: lead {label.lead_days}, horizon {label.horizon_days}, grace {grace}"
    figure, axes = picture(title, height=1.5 + 0.55 * len(days))
    day = dt.timedelta(days=1)
    for place, as_of in enumerate(days):
        parts = [(as_of - 91 * day, 91, PALE_GREY, "looked back"), (as_of, label.lead_days, GREY, "lead")]
        parts.append((as_of + label.lead_days * day, label.horizon_days, BLUE, "horizon"))
        parts.append((as_of + (wait - grace) * day, grace, PALE_BLUE, "grace"))
        for start, length, colour, name in parts:
            if length:
                axes.barh(place, length, left=start, height=0.5, color=colour, label=name if place == 0 else None)
        axes.plot(as_of, place, marker="D", color=INK, markersize=6, linestyle="", label="snapshot" if place == 0 else None)
    axes.axvline(data_end, color=ORANGE, linewidth=1.8, label="data end")
    axes.set_yticks(range(len(days)), [as_of.isoformat() for as_of in days])
    axes.set_ylim(len(days) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    as_dates(axes)
    name_axes(axes, y="snapshot")
    figure.legend(loc="outside lower left", ncols=7, frameon=False, fontsize=8.5, labelcolor=QUIET)
    return figure


def finished(history, outcomes, target: str):
    """Draw the snapshot days with a finished outcome, the share of that outcome, and those that teach nothing yet.

    Parameters
    ----------
    history : pandas.DataFrame
        From ``overview.history``.
    outcomes : pandas.DataFrame
        A training set's frame: as_of and label.
    target : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2026-01-05", "2026-02-02"])
    >>> finished(pd.DataFrame({"as_of": days, "scored": [4, 4]}), pd.DataFrame({"as_of": days[:1].repeat(4),
    ...     "label": [True, False, False, False]}), "churn")
    Figure: 1 of 2 snapshot days have a finished outcome (25.0 % churn); 1 do not and are not trained on
    """
    seen = outcomes.groupby("as_of")["label"].agg(["mean", "size"])
    is_finished = history["as_of"] <= outcomes["as_of"].max()
    title = (
        f"{int(is_finished.sum())} of {len(history)} snapshot days have a finished outcome "
        f"({100 * outcomes['label'].mean():.1f} % {target}); {int((~is_finished).sum())} do not and are not trained on"
    )
    figure, (top, bottom) = picture(title, 2, 1, height=4.2, sharex=True)
    step = history["as_of"].diff().median() if len(history) > 1 else dt.timedelta(days=7)
    for mask, colour, name in ((is_finished, BLUE, "outcome finished"), (~is_finished, PALE_GREY, "outcome open")):
        top.bar(history.loc[mask, "as_of"], history.loc[mask, "scored"], width=step * 0.8, color=colour, label=name)
    top.set_ylim(0, history["scored"].max() * 1.3)
    as_counts(top.yaxis)
    name_axes(top, y="accounts scored")
    legend(top, loc="upper left", ncols=2)
    bottom.plot(seen.index, seen["mean"], color=ORANGE, marker="o", markersize=3.5, linewidth=1.6)
    bottom.set_ylim(0, seen["mean"].max() * 1.25 or 1)
    as_shares(bottom.yaxis)
    name_axes(bottom, x="snapshot", y=f"{target} in the window")
    as_dates(bottom)
    return figure
