"""A backtest: the model at past dates, what the list found in time, how it ages, where it is off."""

from renewcast.plots._picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREY,
    as_dates,
    as_shares,
    legend,
    name_axes,
    picture,
    signed,
)
from renewcast.plots.model import NAMES

RANKING_NAMES = {
    "list": "the list",
    "expected_saving": "expected saving",
    "expected_loss": "probability x ARR",
    "largest_arr": "largest ARR first",
    "health_score": "health score by rules",
    "random": "at random",
}
_RANKING_LOOKS = {
    "list": (BLUE, "-", "o"),
    "expected_saving": (ORANGE, "--", "D"),
    "expected_loss": (BLUE, "--", "s"),
    "largest_arr": (ORANGE, "-", "^"),
    "health_score": (GREY, "-", "v"),
    "random": (GREY, ":", "."),
}
_ESTIMATOR_LOOKS = {"blend": BLUE, "logistic": ORANGE, "health_score": GREY}


def auc_over_dates(metrics):
    """Draw the AUC of the model and its baselines at each past date, with the model's interval.

    Parameters
    ----------
    metrics : pandas.DataFrame
        From :func:`renewcast.evaluation.over_dates.metrics_over_dates`.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"estimator": "blend", "metric": "auc", "estimate": 0.9, "low": 0.8, "high": 0.95}
    >>> auc_over_dates(pd.DataFrame([{"date": "2026-01-05", **row}, {"date": "all dates", **row}]))
    Figure: At 1 past date the model ranks with an AUC of 0.900, over all dates together (0.800 to 0.950)
    """
    import pandas as pd

    auc = metrics[metrics["metric"] == "auc"]
    whole = auc[(auc["date"] == "all dates") & (auc["estimator"] == "blend")].iloc[0]
    by_date = auc[auc["date"] != "all dates"]
    count = by_date["date"].nunique()
    dates = f"{count} past dates" if count > 1 else "1 past date"
    title = f"At {dates} the model ranks with an AUC of {whole.estimate:.3f}, over all dates together"
    figure, axes = picture(f"{title} ({whole.low:.3f} to {whole.high:.3f})")
    for name, colour in _ESTIMATOR_LOOKS.items():
        rows = by_date[by_date["estimator"] == name]
        days = pd.to_datetime(rows["date"])
        axes.plot(days, rows["estimate"], color=colour, marker="o", markersize=3.5, label=NAMES[name])
        if name == "blend":
            axes.fill_between(days, rows["low"], rows["high"], color=PALE_BLUE, alpha=0.5, linewidth=0)
    axes.axhline(0.5, color=PALE_GREY, linewidth=1)
    as_dates(axes)
    name_axes(axes, x="trained and scored as of", y="AUC, judged by what came")
    legend(axes, loc="lower right")
    return figure


def recall_by_lead(recall, capacity: int):
    """Draw the share of lost ARR that stood within capacity so many days before the deadline, by ranking.

    Parameters
    ----------
    recall : pandas.DataFrame
        From :func:`renewcast.evaluation.actionable_recall.actionable_recall`.
    capacity : int
        Accounts an owner.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"lead_days": 30, "ranking": "list", "recall": 0.8, "low": 0.7, "high": 0.9, "lost_accounts": 12}
    >>> recall_by_lead(pd.DataFrame([row]), 50)
    Figure: 30 days before the deadline, 80 % of the ARR of 12 lost accounts stood in the top 50 of its owner
    """
    first = recall[recall["ranking"] == "list"].sort_values("lead_days").iloc[0]
    share, lost = f"{100 * first.recall:.0f} %", first.lost_accounts
    title = f"{first.lead_days} days before the deadline, {share} of the ARR of {lost} lost accounts "
    title += f"stood in the top {capacity} of its owner"
    figure, axes = picture(title)
    for at, (name, (colour, line, marker)) in enumerate(_RANKING_LOOKS.items()):
        rows = recall[recall["ranking"] == name].sort_values("lead_days")
        spread = [(rows["recall"] - rows["low"]).clip(lower=0), (rows["high"] - rows["recall"]).clip(lower=0)]
        axes.errorbar(
            rows["lead_days"] + 1.2 * (at - 2), rows["recall"], yerr=spread, color=colour, linestyle=line, marker=marker,
            markersize=4.5, elinewidth=0.8, label=RANKING_NAMES[name],
        )  # fmt: skip
    axes.set_xticks(sorted(recall["lead_days"].unique()))
    axes.set_ylim(0, 1.02)
    as_shares(axes.yaxis)
    name_axes(axes, x="days before the deadline (notice, else the end of the term)", y="share of lost ARR found in time")
    legend(axes, loc="best")
    return figure


def staleness(curve):
    """Draw what a model loses by age: log loss and AUC against a fresh model on the same rows.

    Parameters
    ----------
    curve : pandas.DataFrame
        From :func:`renewcast.evaluation.staleness.staleness_curve`.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [{"age_weeks": age, "metric": name, "difference": 0.001 * age, "low": 0.0, "high": 0.1, "pairs": 1}
    ...     for age in (0, 26) for name in ("auc", "log_loss")]
    >>> staleness(pd.DataFrame(rows))
    Figure: After 26 weeks the log loss is 0.0260 higher than a fresh model's
    """
    losses = curve[curve["metric"] == "log_loss"].sort_values("age_weeks")
    last = losses.iloc[-1]
    side = "higher" if last.difference >= 0 else "lower"
    title = f"After {last.age_weeks} weeks the log loss is {abs(last.difference):.4f} {side} than a fresh model's"
    figure, panels = picture(title, 1, 2, width=8.6)
    headings = {"log_loss": "log loss (higher is worse)", "auc": "AUC (lower is worse)"}
    for axes, (name, heading) in zip(panels, headings.items(), strict=True):
        rows = curve[curve["metric"] == name].sort_values("age_weeks")
        axes.axhline(0, color=PALE_GREY, linewidth=1)
        axes.fill_between(rows["age_weeks"], rows["low"], rows["high"], color=PALE_BLUE, alpha=0.5, linewidth=0)
        axes.plot(rows["age_weeks"], rows["difference"], color=BLUE, marker="o", markersize=4)
        axes.set_xticks(rows["age_weeks"])
        name_axes(axes, x="weeks since training", y="old minus fresh", title=heading)
    return figure


def slices(table, most: int = 24):
    """Draw for each slice how far the mean probability lies from what was seen, with its interval.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`renewcast.evaluation.slices.slice_table`.
    most : int
        Those that are off are shown, and then the largest, so many in all.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"column": "region", "slice": "EMEA", "rows": 200, "calibration": 0.03, "calibration_low": 0.01}
    >>> slices(pd.DataFrame([{**row, "calibration_high": 0.05, "verdict": "too high"}]))
    Figure: In 1 of 1 slice the mean probability is off by more than noise
    """
    said = table[table["calibration"].notna()]
    off = said["verdict"].isin(("too high", "too low"))
    noun = "slices" if len(said) != 1 else "slice"
    first = said.assign(off=off).sort_values(["off", "rows"], ascending=False, kind="stable").head(most)
    shown = first.sort_values(["column", "rows"], ascending=[False, True])
    title = f"In {int(off.sum())} of {len(said)} {noun} the mean probability is off by more than noise"
    figure, axes = picture(title, height=1.2 + 0.21 * len(shown))
    for at, row in enumerate(shown.itertuples()):
        colour = ORANGE if row.verdict in ("too high", "too low") else BLUE
        axes.plot([100 * row.calibration_low, 100 * row.calibration_high], [at, at], color=colour, linewidth=1.4)
        axes.plot([100 * row.calibration], [at], color=colour, marker="o", markersize=4)
    axes.axvline(0, color=GREY, linewidth=1)
    names = [f"{row.column}: {row.slice if len(row.slice) <= 34 else row.slice[:33] + '…'}" for row in shown.itertuples()]
    axes.set_yticks(range(len(shown)), names)
    axes.tick_params(axis="y", labelsize=8, colors=INK)
    name_axes(axes, x="mean probability minus share seen, points (right of 0: too high)")
    return figure


def difference_text(difference: float, low: float, high: float, decimals: int = 4) -> str:
    """Write a difference with its interval.

    Examples
    --------
    >>> difference_text(0.01, -0.002, 0.022, 3)
    '+0.010 (−0.002 to +0.022)'
    """
    return f"{signed(difference, decimals)} ({signed(low, decimals)} to {signed(high, decimals)})"
