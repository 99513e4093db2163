"""Why a probability is what it is: drivers in points, one account's steps from the base, the sentences."""

from renewcast.plots._picture import BLUE, GREY, INK, ORANGE, PALE_BLUE, legend, name_axes, picture, signed
from renewcast.plots._table import Table

_SUFFIX = "_points"


def balance(explanations) -> Table:
    """Check that base plus points is the probability, for every account.

    Parameters
    ----------
    explanations : pandas.DataFrame
        From ``Project.explanations``.

    Returns
    -------
    Table
        accounts, drivers, the largest difference.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"base_probability": [0.1], "churn_probability": [0.3], "usage_points": [0.2]})
    >>> balance(one).frame["accounts"].tolist()
    [1]
    """
    import pandas as pd

    points = _points(explanations)
    gap = (explanations["base_probability"] + points.sum(axis=1) - explanations["churn_probability"]).abs().max()
    row = {
        "accounts": len(points),
        "drivers": points.shape[1],
        "largest difference": "none above 0.000000001" if gap < 1e-9 else f"{gap:.1e}",
    }
    return Table(pd.DataFrame([row]), {"accounts": "count", "drivers": "count"})


def driver_sizes(explanations):
    """Draw by how many points each driver moves a probability, up and down, on average over accounts.

    Parameters
    ----------
    explanations : pandas.DataFrame
        From ``Project.explanations``, of the accounts to speak of.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> driver_sizes(pd.DataFrame({"usage_points": [0.2, -0.1], "support_points": [0.0, 0.05]}))
    Figure: Over 2 accounts usage moves the probability most: 15.0 points on average, support next with 2.5
    """
    points = 100 * _points(explanations)
    size = points.abs().mean().sort_values(ascending=False)
    title = f"Over {len(points):,} accounts {size.index[0]} moves the probability most: {size.iloc[0]:.1f} points on average"
    if len(size) > 1:
        title += f", {size.index[1]} next with {size.iloc[1]:.1f}"
    figure, axes = picture(title, height=1.3 + 0.3 * len(size))
    up = points.clip(lower=0).mean()[size.index]
    places = range(len(size))
    axes.barh(places, up, height=0.62, color=ORANGE, label="where it raises the probability")
    axes.barh(places, size - up, left=up, height=0.62, color=BLUE, label="where it lowers it")
    for place, value in zip(places, size, strict=True):
        axes.text(value, place, f"  {value:.1f}", va="center", fontsize=8.5, color=INK)
    axes.set_yticks(places, size.index)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.09)
    name_axes(axes, x="mean absolute points over accounts, percentage points")
    legend(axes, loc="lower right")
    return figure


def waterfall(explanations, account_id: str):
    """Draw how one account gets from the base to its probability, driver by driver.

    Parameters
    ----------
    explanations : pandas.DataFrame
        From ``Project.explanations``.
    account_id : str
        A scored account.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> waterfall(pd.DataFrame({"account_id": ["A1"], "base_probability": [0.1], "churn_probability": [0.25],
    ...     "usage_points": [0.2], "support_points": [-0.05]}), "A1")
    Figure: Account A1: from a base of 10.0 % to 25.0 %, usage adding most (+20.0 points)
    """
    row = explanations.set_index("account_id").loc[[account_id]]
    steps = [(name, 100 * float(value)) for name, value in _points(row).iloc[0].items()]
    steps.sort(key=lambda step: -abs(step[1]))
    base, end = (100 * float(row[name].iloc[0]) for name in ("base_probability", "churn_probability"))
    title = f"Account {account_id}: from a base of {base:.1f} % to {end:.1f} %"
    top = max(steps, key=lambda step: step[1], default=("", 0.0))
    if top[1] > 0:
        title += f", {top[0]} adding most ({signed(top[1])} points)"
    figure, axes = picture(title, height=1.5 + 0.3 * len(steps))
    names = ["base", *(name for name, _ in steps), "probability"]
    axes.barh(0, base, height=0.62, color=GREY)
    level, reach = base, [base, end]
    for place, (_, change) in enumerate(steps, start=1):
        axes.barh(place, change, left=level, height=0.62, color=ORANGE if change > 0 else BLUE)
        axes.plot([level, level], [place - 1, place], color="#b5b5b5", linewidth=0.8, zorder=0)
        axes.text(max(level, level + change), place, f"  {signed(change)}", va="center", fontsize=8.5, color=INK)
        level += change
        reach.append(level)
    last = len(steps) + 1
    axes.plot([level, level], [last - 1, last], color="#b5b5b5", linewidth=0.8, zorder=0)
    axes.barh(last, end, height=0.62, color=INK)
    axes.text(base, 0, f"  {base:.1f} %", va="center", fontsize=8.5, color=INK)
    axes.text(end, last, f"  {end:.1f} %", va="center", fontsize=8.5, color=INK, fontweight="bold")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(min(0, *reach) * 1.1, max(reach) * 1.12)
    axes.grid(visible=False, axis="y")
    name_axes(axes, x="churn probability, %; steps in percentage points")
    return figure


def sentences(explanation: dict) -> Table:
    """List what lies behind the drivers of one account, strongest first.

    Parameters
    ----------
    explanation : dict
        From ``Project.explain``, of a scored account.

    Returns
    -------
    Table

    Examples
    --------
    >>> feature = {"feature": "open_tickets", "value": 4.0, "points": 0.05, "sentence": "Open tickets: 4"}
    >>> sentences({"drivers": [{"driver": "support", "points": 0.05, "features": [feature]}]}).frame["what was seen"].tolist()
    ['Open tickets: 4']
    """
    import pandas as pd

    entries = sorted(explanation["drivers"], key=lambda entry: -abs(entry["points"]))
    rows = [
        {
            "driver": entry["driver"],
            "points of the driver": entry["points"],
            "what was seen": one["sentence"],
            "its points": one["points"],
        }
        for entry in entries
        for one in entry["features"][:2]
    ]
    return Table(pd.DataFrame(rows), {"points of the driver": "points", "its points": "points"})


def spread(explanations):
    """Draw the points of each driver, one dot an account: how far a driver goes for those whom it concerns.

    Parameters
    ----------
    explanations : pandas.DataFrame
        From ``Project.explanations``, of the accounts to speak of.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> spread(pd.DataFrame({"usage_points": [0.2, -0.1], "support_points": [0.0, 0.05]}))
    Figure: The largest single step up is 20.0 points, by usage; the largest step down is 10.0 points, by usage
    """
    import numpy as np

    points = 100 * _points(explanations)
    order = points.abs().mean().sort_values(ascending=False).index
    high, low = points.max(), points.min()
    title = (
        f"The largest single step up is {high.max():.1f} points, by {high.idxmax()}; "
        f"the largest step down is {-low.min():.1f} points, by {low.idxmin()}"
    )
    figure, axes = picture(title, height=1.4 + 0.32 * len(order))
    for place, name in enumerate(order):
        values = np.sort(points[name].to_numpy())
        # Dots of a driver lie on three lines in turn, so that neighbours do not hide each other.
        lift = 0.16 * (np.arange(len(values)) % 3 - 1)
        axes.scatter(values, place + lift, s=9, alpha=0.5, linewidth=0, color=np.where(values > 0, ORANGE, BLUE))
        middle = np.percentile(values, [10, 90])
        axes.plot(
            middle, [place + 0.36] * 2, color=PALE_BLUE, linewidth=3, label="middle 80 % of accounts" if place == 0 else None
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(order)), order)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    name_axes(axes, x="points that the driver adds to an account's probability, percentage points")
    legend(axes, loc="lower right")
    return figure


def _points(explanations):
    points = explanations[[name for name in explanations.columns if name.endswith(_SUFFIX)]]
    return points.rename(columns=lambda name: name.removesuffix(_SUFFIX))
