"""Cohorts: how many that began together stay, for how long, and how far new accounts go."""

from renewcast.plots._picture import BLUE, GREY, INK, ORANGE, PALE_BLUE, as_shares, legend, name_axes, picture
from renewcast.plots._table import Table

_STEPS = {"active_1": "active once", "active_5": "active on five days", "paid": "paid"}


def _example():
    """Make up two cohorts of two accounts, over three months."""
    import numpy as np

    from renewcast.revenue.cohorts import Cohorts

    active = np.array([[1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 0, 0]], dtype=bool)
    names = np.array(["2026-01", "2026-01", "2026-02", "2026-02"], dtype=object)
    began, seen = np.array([0, 0, 1, 1]), np.array([2, 2, 1, 1])
    lost = np.array([False, True, False, True])
    return Cohorts("month", np.array(list("ABCD"), dtype=object), names, began, seen, active, None, np.array([2, 2, 1, 1]), lost)


def triangle(cohorts):
    """Draw the share of each cohort that is active at each age; a cell is empty until the age is over for the whole cohort.

    Parameters
    ----------
    cohorts : renewcast.revenue.cohorts.Cohorts
        From ``Project.cohorts``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> triangle(_example())
    Figure: After one month 75 % are still active, in the worst cohort 50 %
    """
    shares = cohorts.triangle()
    known = shares[1].dropna() if 1 in shares else shares[0].dropna()
    table = cohorts.table()
    first = table[(table["age"] == known.name) & table["is_mature"]]
    title = (
        f"After one {cohorts.period} {first['active'].sum() / first['size'].sum():.0%} are still active, "
        f"in the worst cohort {known.min():.0%}"
    )
    figure, axes = picture(title.replace("%", " %"), height=1.4 + 0.26 * len(shares))
    axes.imshow(shares.to_numpy(), aspect="auto", cmap=_blues(), vmin=0, vmax=1)
    if shares.shape[1] <= 24:
        for row, values in enumerate(shares.to_numpy()):
            for column, value in enumerate(values):
                if value == value:
                    colour = "white" if value > 0.75 else INK
                    axes.text(column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=7.5, color=colour)
    axes.set_yticks(range(len(shares)), list(shares.index))
    axes.grid(visible=False)
    name_axes(axes, x=f"age in {cohorts.period}s; share still active in %", y="cohort")
    return figure


def curve(cohorts):
    """Draw how many are still here after so long, those still here counted for as long as they were seen.

    Parameters
    ----------
    cohorts : renewcast.revenue.cohorts.Cohorts

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> curve(_example())
    Figure: 38 % of accounts are still here after 2 months
    """
    table = cohorts.curve()
    last = table.iloc[-1]
    title = f"{100 * last['survival']:.0f} % of accounts are still here after {int(last['age'])} {cohorts.period}s"
    figure, axes = picture(title)
    axes.fill_between(
        table["age"], table["band_low"], table["band_high"], color=PALE_BLUE, alpha=0.5, linewidth=0, label="90 % band"
    )
    axes.plot(table["age"], table["survival"], color=BLUE, linewidth=1.8, label="still here")
    axes.set_ylim(0, 1.02)
    as_shares(axes.yaxis)
    legend(axes, loc="lower left")
    name_axes(axes, x=f"{cohorts.period}s since they began", y="share still here")
    return figure


def first_value(found, cohort=None):
    """Draw how many had their first value after so many days, those who still wait counted for as long as they were seen.

    Parameters
    ----------
    found : renewcast.lifecycle.first_value.FirstValue
        From ``Project.first_value``.
    cohort : array of str, optional
        Of each of its rows: at most the last four are drawn.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from renewcast.lifecycle.first_value import FirstValue
    >>> rows = pd.DataFrame({"age": np.repeat([30, 60, 400], [5, 4, 3]), "is_reached": np.repeat([True, True, False], [5, 4, 3])})
    >>> first_value(FirstValue("milestone", rows, 0))
    Figure: 75 % had their first value within 90 days (low 54 %, high 92 %, nine times in ten)
    """
    from renewcast.lifecycle.first_value import curve

    at = curve(found).set_index("day")
    title = "Nobody was seen for 90 days since the first term"
    if 90 in at.index:
        share, low, high = (100 * at.loc[90, name] for name in ("share", "low", "high"))
        title = f"{share:.0f} % had their first value within 90 days (low {low:.0f} %, high {high:.0f} %, nine times in ten)"
    figure, axes = picture(title)
    drawn = curve(found, cohort)
    names = sorted(set(drawn["cohort"]))[-4:]
    for name, colour in zip(names[::-1], (BLUE, ORANGE, GREY, PALE_BLUE), strict=False):
        rows = drawn[drawn["cohort"] == name]
        axes.fill_between(rows["day"], rows["low"], rows["high"], color=colour, alpha=0.15, linewidth=0)
        axes.plot(rows["day"], rows["share"], color=colour, linewidth=1.8, label="all accounts" if cohort is None else name)
    axes.set_ylim(0, 1.02)
    as_shares(axes.yaxis)
    legend(axes, loc="lower right")
    name_axes(axes, x="days since the first term began", y="had their first value")
    return figure


def kept_after(cohorts, age: int):
    """Draw how many of each cohort are still here at an age, with the 90 % interval; for cohorts by an attribute.

    Parameters
    ----------
    cohorts : renewcast.revenue.cohorts.Cohorts
    age : int
        From 1; cohorts that were not seen so long are left out.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> kept_after(_example(), 1)
    Figure: After 1 month 2026-01 keeps most (100 %), 2026-02 least (50 %)
    """
    rows = []
    for name in cohorts.names:
        curve = cohorts.curve(name)
        rows += [(name, *one) for one in curve.loc[curve["age"] == age, ["survival", "low", "high"]].itertuples(index=False)]
    rows.sort(key=lambda one: (-one[1], one[0]))
    length = f"{age} {cohorts.period}{'s' if age > 1 else ''}"
    title = f"No cohort was seen for {length}"
    if rows:
        best, worst = rows[0], rows[-1]
        title = f"After {length} {best[0]} keeps most ({100 * best[1]:.0f} %), {worst[0]} least ({100 * worst[1]:.0f} %)"
    figure, axes = picture(title, height=1.2 + 0.26 * max(len(rows), 1))
    for place, (_, survival, low, high) in enumerate(rows):
        axes.plot([low, high], [place, place], color=PALE_BLUE, linewidth=4, solid_capstyle="butt")
        axes.plot([survival], [place], color=BLUE, marker="o", markersize=6)
    axes.set_yticks(range(len(rows)), [one[0] for one in rows])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    as_shares(axes.xaxis)
    name_axes(axes, x=f"share still here after {length}, with its 90 % interval")
    return figure


def compared(cohorts) -> Table:
    """List each cohort against the one before it.

    Parameters
    ----------
    cohorts : renewcast.revenue.cohorts.Cohorts

    Returns
    -------
    Table

    Examples
    --------
    >>> compared(_example()).frame["stays"].tolist()
    ['no difference beyond chance']
    """
    found = cohorts.comparisons()
    told = [
        "no difference beyond chance" if not p < 0.05 else "longer" if statistic < 0 else "less long"
        for p, statistic in zip(found["adjusted_p_value"], found["statistic"], strict=True)
    ]
    shown = found[["cohort", "before", "age", "survival", "survival_before", "adjusted_p_value"]].assign(stays=told)
    shown.columns = ["cohort", "before", "seen to age", "still here", "before: still here", "p (corrected)", "stays"]
    units = {"seen to age": "count", "still here": "share", "before: still here": "share", "p (corrected)": "number"}
    return Table(shown, units)


def funnel(found):
    """Draw how far each cohort of new accounts got in its first days.

    Parameters
    ----------
    found : pandas.DataFrame
        From ``Project.funnel``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"cohort": ["2026-Q1", "2026-Q2"], "step": ["paid", "paid"], "size": [10, 10], "reached": [4, 6]})
    >>> funnel(table.assign(share=[0.4, 0.6], low=[0.2, 0.4], high=[0.6, 0.8]))
    Figure: In the last cohort 60 % paid
    """
    steps = list(dict.fromkeys(found["step"]))
    said = [f"{100 * found[found['step'] == step]['share'].iloc[-1]:.0f} % {_step(step)}" for step in steps]
    figure, axes = picture("In the last cohort " + ", ".join(said))
    for step, colour, mark in zip(steps, (GREY, BLUE, ORANGE), "os^", strict=False):
        part = found[found["step"] == step]
        places = range(len(part))
        axes.fill_between(places, part["low"], part["high"], color=colour, alpha=0.14, linewidth=0)
        axes.plot(places, part["share"], color=colour, marker=mark, markersize=4, linewidth=1.5, label=_step(step))
    names = list(found[found["step"] == steps[0]]["cohort"])
    every = max(1, len(names) // 9)
    axes.set_xticks(range(0, len(names), every), names[::every])
    axes.set_ylim(0, 1.03)
    as_shares(axes.yaxis)
    legend(axes, loc="best")
    name_axes(axes, x="signed up in", y="share that got so far, with its 90 % interval")
    return figure


def _step(step: str) -> str:
    return _STEPS.get(step, step)


def _blues():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("kept", ["#ffffff", PALE_BLUE, BLUE])
