"""A champion on its test: figures beside the baselines, the cut in time, calibration, gain."""

import datetime as dt

from renewcast.plots._picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREY,
    as_counts,
    as_dates,
    as_shares,
    legend,
    name_axes,
    picture,
    spread_small_shares,
)
from renewcast.plots._table import Table

NAMES = {
    "blend": "the model (blend)",
    "logistic": "logistic regression",
    "health_score": "health score by rules",
    "base_rate": "base rate",
}
"""The estimators, best informed first, in words."""
_LOOKS = {"blend": (BLUE, "-"), "logistic": (ORANGE, "-"), "health_score": (GREY, "-"), "base_rate": (GREY, ":")}


def metrics(record: dict) -> Table:
    """Lay out the metrics of the model and its baselines on the test.

    Parameters
    ----------
    record : dict
        A champion's record.

    Returns
    -------
    Table

    Examples
    --------
    >>> found = {"auc": 0.9, "average_precision": 0.5, "log_loss": 0.1, "brier": 0.04, "ece": 0.01, "lift_at_10": 6.0}
    >>> metrics({"metrics": found, "baselines": {"base_rate": found}, "ranked_by": "blend"}).frame["ranks the list"].tolist()
    ['yes', '']
    """
    import pandas as pd

    headings = {
        "log_loss": "log loss",
        "auc": "AUC",
        "average_precision": "average precision",
        "lift_at_10": "lift in the top tenth",
        "brier": "Brier score",
        "ece": "calibration error",
    }
    rows = []
    for name, found in _all_metrics(record).items():
        ranks = "yes" if name == record["ranked_by"] else ""
        rows.append({"on the test": NAMES[name], "ranks the list": ranks, **{headings[key]: found[key] for key in headings}})
    return Table(pd.DataFrame(rows), dict.fromkeys(headings.values(), "number"))


def losses(record: dict):
    """Draw the log loss of the model and its baselines on the test; the one that ranks the list is blue.

    Parameters
    ----------
    record : dict
        A champion's record.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> base = {"base_rate": {"log_loss": 0.24}}
    >>> losses({"metrics": {"log_loss": 0.12}, "baselines": base, "ranked_by": "blend", "has_skill": True})
    Figure: The model (blend) has the lowest log loss on the test, 50 % below the base rate
    """
    found = {name: one["log_loss"] for name, one in _all_metrics(record).items()}
    best = min(found, key=found.get)
    name = NAMES[best][0].upper() + NAMES[best][1:]
    gain = 1 - found[best] / found["base_rate"]
    title = f"{name} has the lowest log loss on the test, {100 * gain:.0f} % below the base rate"
    if not record["has_skill"]:
        title = "Nothing beats the base rate by more than noise, so every account carries it"
    figure, axes = picture(title, height=2.5)
    colours = [BLUE if name == record["ranked_by"] else PALE_GREY for name in found]
    places = range(len(found))
    axes.barh(places, list(found.values()), height=0.62, color=colours)
    for place, value in zip(places, found.values(), strict=True):
        axes.text(value, place, f"  {value:.4f}", va="center", fontsize=9, color=INK)
    axes.set_yticks(places, [NAMES[name] for name in found])
    axes.invert_yaxis()
    axes.set_xlim(0, max(found.values()) * 1.13)
    axes.grid(visible=False, axis="y")
    name_axes(axes, x="log loss on the test, nats (lower is better)")
    return figure


def cut_in_time(outcomes, predictions, embargo_days: int):
    """Draw which snapshots train, which are left out as embargo and which test.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        A training set's frame: as_of and label.
    predictions : pandas.DataFrame
        From ``Project.predictions_on_test``.
    embargo_days : int

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2025-01-06", "2025-04-07", "2025-06-30"])
    >>> cut_in_time(pd.DataFrame({"as_of": days, "label": True}), pd.DataFrame({"as_of": days[2:]}), 120)
    Figure: 1 snapshots train, 1 later ones test; 1 in between are left out, because their outcomes reach into the test
    """
    first_test = predictions["as_of"].min()
    counted = outcomes.groupby("as_of").size()
    is_test = counted.index >= first_test
    is_development = counted.index + dt.timedelta(days=embargo_days) <= first_test
    parts = {
        "development": (is_development, BLUE),
        f"embargo ({embargo_days} days)": (~is_development & ~is_test, PALE_GREY),
        "test": (is_test, ORANGE),
    }
    sizes = [int(counted[mask].sum()) for mask, _ in parts.values()]
    title = f"{sizes[0]:,} snapshots train, {sizes[2]:,} later ones test"
    if sizes[1]:
        title += f"; {sizes[1]:,} in between are left out, because their outcomes reach into the test"
    figure, axes = picture(title, height=2.8)
    for name, (mask, colour) in parts.items():
        axes.bar(counted.index[mask], counted[mask], width=dt.timedelta(days=20), color=colour, label=name)
    axes.set_ylim(0, counted.max() * 1.28)
    as_dates(axes)
    as_counts(axes.yaxis)
    name_axes(axes, x="snapshot day", y="labelled snapshots")
    legend(axes, loc="upper left", ncols=3)
    return figure


def reliability(predictions, name: str):
    """Draw predicted against seen, tenth by tenth of the list; on the diagonal, 20 % means 20 %.

    Parameters
    ----------
    predictions : pandas.DataFrame
        label, group and the probabilities of estimators, from ``Project.predictions_on_test``.
    name : str
        The estimator.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = {"label": [False, True] * 20, "group": [str(row) for row in range(40)], "blend": [0.1, 0.9] * 20}
    >>> reliability(pd.DataFrame(frame), "blend")
    Figure: In the riskiest tenth the model (blend) said 90.0 % on average, and 100.0 % was seen
    """
    from renewcast.evaluation.reliability import reliability as points_of

    points = points_of(predictions["label"].to_numpy(), predictions[name].to_numpy(), group=predictions["group"].to_numpy())
    top = points.iloc[-1]
    said, seen = 100 * top["predicted"], 100 * top["seen"]
    title = f"In the riskiest tenth {NAMES[name]} said {said:.1f} % on average, and {seen:.1f} % was seen"
    figure, axes = picture(title, width=6.2, height=4.6)
    limit = min(1.0, 1.15 * max(points["predicted"].max(), points["seen_high"].max()))
    axes.plot([0, limit], [0, limit], color=GREY, linewidth=1, linestyle="--", label="perfect calibration")
    error = [points["seen"] - points["seen_low"], points["seen_high"] - points["seen"]]
    axes.errorbar(
        points["predicted"], points["seen"], yerr=error, fmt="o", color=BLUE, ecolor=PALE_BLUE, elinewidth=2, markersize=6,
        label=f"a tenth of them (about {points['rows'].median():,.0f} snapshots), 95 % interval over accounts",
    )  # fmt: skip
    spread_small_shares(axes, limit)
    name_axes(axes, x="predicted probability, mean of the tenth (square-root scale)", y="share seen in the outcome window")
    legend(axes, loc="upper left")
    return figure


def gain(predictions, names: list[str], share: float = 0.1):
    """Draw how many of those who leave are found by calling on the riskiest share first.

    Parameters
    ----------
    predictions : pandas.DataFrame
        label and the probabilities of estimators, from ``Project.predictions_on_test``.
    names : list of str
        Estimators to draw, the one to speak of first.
    share : float in (0, 1]
        The share that the title speaks of.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> gain(pd.DataFrame({"label": [True] + [False] * 9, "blend": [0.9] + [0.1] * 9}), ["blend"])
    Figure: The riskiest 10 % by the model (blend) hold 100 % of the churn
    """
    import numpy as np

    label = predictions["label"].to_numpy(dtype=float)
    drawn = np.arange(1, len(label) + 1) / len(label)
    curves = {}
    for name in names:
        # Equal probabilities share their finds: their order among themselves says nothing.
        by_level = predictions.groupby(name)["label"].agg(["sum", "size"]).sort_index(ascending=False).cumsum()
        edges = np.r_[0, by_level["size"] / len(label)], np.r_[0, by_level["sum"] / label.sum()]
        curves[name] = np.interp(drawn, *edges)
    found = float(np.interp(share, drawn, curves[names[0]]))
    figure, axes = picture(
        f"The riskiest {share:.0%} by {NAMES[names[0]]} hold {found:.0%} of the churn".replace("%", " %"), width=6.6, height=4.2
    )
    axes.plot(np.r_[0, label.mean(), 1], [0, 1, 1], color=PALE_GREY, linewidth=1.4, label="perfect foresight")
    for name in names:
        colour, style = _LOOKS[name]
        axes.plot(np.r_[0, drawn], np.r_[0, curves[name]], color=colour, linestyle=style, linewidth=1.9, label=NAMES[name])
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="by chance")
    axes.plot([share, share, 0], [0, found, found], color=INK, linewidth=0.9, linestyle=":")
    axes.plot(share, found, marker="o", color=BLUE, markersize=6)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    as_shares(axes.xaxis)
    as_shares(axes.yaxis)
    name_axes(axes, x="share of snapshots called on, riskiest first", y="share of churn found")
    legend(axes, loc="lower right")
    return figure


def _all_metrics(record: dict) -> dict:
    found = {"blend": record["metrics"], **record["baselines"]}
    return {name: found[name] for name in NAMES if name in found}
