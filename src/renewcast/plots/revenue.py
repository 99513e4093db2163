"""Recurring revenue: what came and went, how much is kept, and what a rate of growth becomes."""

from renewcast.plots._picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREY,
    as_dates,
    as_money,
    as_shares,
    legend,
    name_axes,
    picture,
)
from renewcast.plots._table import Table

_MOVES = (
    ("new_cents", BLUE, "new"),
    ("expansion_cents", PALE_BLUE, "expansion"),
    ("reactivation_cents", PALE_GREY, "returned"),
    ("churn_cents", ORANGE, "churn"),
    ("contraction_cents", "#ecc9bb", "contraction"),
)


def _example():
    """Make up three months of retention, as ``Project.retention`` tells it."""
    import pandas as pd

    columns = {"new_cents": [5, 4, 3], "expansion_cents": [1, 1, 2], "reactivation_cents": [0, 0, 1]}
    columns |= {
        "churn_cents": [-2, -1, -3],
        "contraction_cents": [0, -1, 0],
        "opening_cents": [0, 4, 7],
        "closing_cents": [4, 7, 10],
    }
    columns |= {
        "net_dollar_retention": [0.9, 0.95, 1.1],
        "gross_dollar_retention": [0.8, 0.85, 0.9],
        "logo_retention": [0.7, 0.8, 0.9],
    }
    frame = pd.DataFrame(
        {name: [100 * one if name.endswith("cents") else one for one in values] for name, values in columns.items()}
    )
    return frame.assign(month=pd.date_range("2026-01-01", periods=3, freq="MS"), period_months=1)


def movements(retention, currency: str):
    """Draw what came and what went in each month.

    Parameters
    ----------
    retention : pandas.DataFrame
        From ``Project.retention``.
    currency : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> movements(_example(), "USD")
    Figure: Over the last 3 months revenue came 2.4 times as fast as it went
    """
    import numpy as np

    months = retention[retention["period_months"] == 1]
    year = months.tail(12)
    gained = year[["new_cents", "expansion_cents", "reactivation_cents"]].to_numpy().sum()
    lost = -year[["churn_cents", "contraction_cents"]].to_numpy().sum()
    pace = f"revenue came {gained / lost:.1f} times as fast as it went" if lost > 0 else "no revenue was lost"
    figure, axes = picture(f"Over the last {len(year)} months {pace}")
    up, down = np.zeros(len(months)), np.zeros(len(months))
    for name, colour, word in _MOVES:
        amount = months[name].to_numpy() / 100
        side = np.where(amount >= 0, up, down)
        axes.bar(months["month"], amount, bottom=side, width=25, color=colour, label=word)
        up, down = up + np.maximum(amount, 0), down + np.minimum(amount, 0)
    axes.axhline(0, color=INK, linewidth=0.8)
    unit = as_money(axes.yaxis, currency, float(max(up.max(initial=0), -down.min(initial=0))))
    as_dates(axes)
    legend(axes, loc="best", ncols=2)
    name_axes(axes, y=f"{unit} a month")
    return figure


def kept(retention, bar: float):
    """Draw how much of the customers and of their money is kept over the longest period that is told.

    Parameters
    ----------
    retention : pandas.DataFrame
        From ``Project.retention``.
    bar : float
        Net dollar retention that a good company passes, for example 1.2.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> kept(_example(), 1.2)
    Figure: Over 1 month 90 % of customers and 110 % of their money are kept; the bar is 120 %
    """
    longest = int(retention["period_months"].max())
    part = retention[retention["period_months"] == longest]
    last = part.iloc[-1]
    length = f"{longest} month{'s' if longest > 1 else ''}"
    logos, dollars = 100 * last["logo_retention"], 100 * last["net_dollar_retention"]
    title = f"Over {length} {logos:.0f} % of customers and {dollars:.0f} % of their money are kept; the bar is {100 * bar:.0f} %"
    figure, axes = picture(title)
    lines = (("net_dollar_retention", BLUE, "-"), ("gross_dollar_retention", ORANGE, "--"), ("logo_retention", GREY, ":"))
    for (name, colour, style), word in zip(lines, ("net dollars", "gross dollars", "customers"), strict=True):
        axes.plot(part["month"], part[name], color=colour, linestyle=style, linewidth=1.8, label=word)
    axes.axhline(bar, color=INK, linewidth=0.9, linestyle=(0, (6, 4)))
    as_shares(axes.yaxis)
    as_dates(axes)
    legend(axes, loc="best")
    name_axes(axes, y=f"kept of what was there {length} before")
    return figure


def forecast(found, currency: str):
    """Draw what becomes of today's monthly revenue until the end of the horizon; new customers are no part of it.

    Parameters
    ----------
    found : renewcast.forecast.forecast.Forecast
        From ``Project.forecast``.
    currency : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> total = {"opening_cents": 1000, "churn_cents": 80, "contraction_cents": 20, "expansion_cents": 50, "closing_cents": 950}
    >>> kept = pd.DataFrame({"measure": ["net_dollar_retention"], "value": [0.95], "low": [0.91], "high": [0.98]})
    >>> forecast(SimpleNamespace(total=total, days=90, retention=lambda: kept), "USD")
    Figure: In 90 days 95.0 % of today's revenue is expected to be there, 91.0 to 98.0 % nine times in ten
    """
    net = found.retention().set_index("measure").loc["net_dollar_retention"]
    value, low, high = (f"{100 * net[name]:.1f}" for name in ("value", "low", "high"))
    title = f"In {found.days} days {value} % of today's revenue is expected to be there, {low} to {high} % nine times in ten"
    figure, axes = picture(title, height=2.8)
    cents, level = found.total, 0.0
    steps = (("opening", GREY, 1), ("churn", ORANGE, -1), ("contraction", "#ecc9bb", -1), ("expansion", PALE_BLUE, 1))
    for place, (name, colour, sign) in enumerate((*steps, ("closing", GREY, 1))):
        amount = sign * cents[f"{name}_cents"] / 100
        bottom = 0.0 if name in ("opening", "closing") else level
        axes.bar(place, amount, bottom=bottom, color=colour, width=0.6)
        level = bottom + amount
        axes.annotate(f"{amount:,.0f}", (place, max(bottom, level)), (0, 3), textcoords="offset points", ha="center", fontsize=8)
    axes.set_xticks(range(5), ["now", "churn", "contraction", "expansion", "then"])
    axes.margins(y=0.12)
    axes.grid(visible=False, axis="x")
    unit = as_money(axes.yaxis, currency, cents["opening_cents"] / 100)
    name_axes(axes, y=f"{unit} a month")
    return figure


def bars(judged) -> Table:
    """List the bars of a good company with the chance of passing them.

    Parameters
    ----------
    judged : pandas.DataFrame
        From ``Project.bars``.

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"measure": "nps", "value": 20.0, "low": 15.0, "high": 25.0, "bar": 10, "chance": 0.99, "accounts": 50}
    >>> bars(pd.DataFrame([row])).frame["measure"].tolist()
    ['net promoter score']
    """
    names = {"net_dollar_retention": "net dollar retention", "nps": "net promoter score"}
    shown = judged.assign(measure=judged["measure"].map(names))
    shown = shown.rename(columns={"low": "low (90 %)", "high": "high (90 %)", "chance": "chance of passing"})
    units = dict.fromkeys(("value", "low (90 %)", "high (90 %)", "bar"), "number")
    return Table(shown, units | {"chance of passing": "share", "accounts": "count"})


def simulation(table, own: float):
    """Draw what constant rates of growth make of revenue, beside our own.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`renewcast.revenue.growth.growth`: a column a monthly rate.
    own : float
        Our own rate a month; NaN where there is none.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from renewcast.revenue.growth import growth
    >>> simulation(growth(), 0.01)
    Figure: At our own pace of +1.0 % a month revenue is 1.13 times today's in a year
    """
    has_own = own == own
    title = "What a constant rate a month becomes"
    if has_own:
        title = f"At our own pace of {100 * own:+.1f} % a month revenue is {(1 + own) ** 12:.2f} times today's in a year"
    figure, axes = picture(title)
    for rate in table.columns:
        axes.plot(table.index, table[rate], color=GREY, linewidth=1.2)
        axes.annotate(
            f"{100 * rate:+.0f} %" if rate else "0 %",
            (table.index[-1], table[rate].iloc[-1]),
            (4, -3),
            textcoords="offset points",
            fontsize=8,
        )
    if has_own:
        axes.plot(table.index, (1 + own) ** table.index.to_numpy(), color=BLUE, linewidth=2.2)
    axes.set_ylim(0)
    name_axes(axes, x="months from now", y="times today's revenue")
    return figure
