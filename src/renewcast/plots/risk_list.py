"""The weekly list for those who act on it: totals, the head of the list, owners, renewal dates."""

import datetime as dt

from renewcast.plots._picture import (
    BLUE,
    INK,
    ORANGE,
    PALE_GREY,
    as_counts,
    as_dates,
    as_money,
    as_shares,
    legend,
    name_axes,
    picture,
)
from renewcast.plots._table import Table


def totals(risk_list, currency: str) -> Table:
    """Add the list up.

    Parameters
    ----------
    risk_list : pandas.DataFrame
        From ``Project.published_list``.
    currency : str

    Returns
    -------
    Table

    Examples
    --------
    >>> totals(_example(), "USD").frame["ARR at risk"].tolist()
    [500.0]
    """
    import pandas as pd

    scored = risk_list[risk_list["status"] == "scored"]
    row = {
        "accounts in scope": len(risk_list),
        "scored": len(scored),
        "not scored": len(risk_list) - len(scored),
        "ARR": float(risk_list["arr"].sum()),
        "ARR at risk": float(scored["arr_at_risk"].sum()),
        "expected to leave": round(float(scored["churn_probability"].sum()), 1),
    }
    units = {name: "count" for name in ("accounts in scope", "scored", "not scored")} | {"ARR": currency, "ARR at risk": currency}
    return Table(pd.DataFrame([row]), units)


def top(risk_list, currency: str, rows: int = 15) -> Table:
    """Show the head of the list, accounts by id.

    Parameters
    ----------
    risk_list : pandas.DataFrame
        From ``Project.published_list``.
    currency : str
    rows : int

    Returns
    -------
    Table

    Examples
    --------
    >>> top(_example(), "USD", rows=1).frame["account"].tolist()
    ['A1']
    """
    import pandas as pd

    head = risk_list.head(rows)
    frame = pd.DataFrame(
        {
            "rank": head["rank"],
            "account": head["account_id"],
            "renewal": head["renewal_date"],
            "days left": head["days_to_renewal"],
            "ARR": head["arr"],
            "probability": head["churn_probability"],
            "ARR at risk": head["arr_at_risk"],
            "first reason": head["driver_1"],
            "its points": head["driver_1_points"],
        }
    )
    units = {
        "rank": "count",
        "days left": "count",
        "ARR": currency,
        "probability": "share",
        "ARR at risk": currency,
        "its points": "points",
    }
    return Table(frame, units)


def concentration(risk_list, currency: str):
    """Draw how much of the ARR at risk is reached by calling on the accounts where most is at stake.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    currency : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> concentration(_example(), "USD")
    Figure: 1 of 2 accounts hold half of the ARR at risk (USD 700 in all)
    """
    import numpy as np

    values = np.sort(risk_list["arr_at_risk"].fillna(0).to_numpy())[::-1]
    reached = np.cumsum(values) / max(values.sum(), 1e-9)
    half = int(np.searchsorted(reached, 0.5 - 1e-9) + 1)
    figure, axes = picture(
        f"{half:,} of {len(values):,} accounts hold half of the ARR at risk ({currency} {values.sum():,.0f} in all)", height=3.2
    )
    axes.plot(np.arange(len(values) + 1), np.r_[0, reached], color=BLUE, linewidth=1.9)
    axes.fill_between(np.arange(half + 1), np.r_[0, reached[:half]], color=ORANGE, alpha=0.35, linewidth=0)
    axes.plot([half, half, 0], [0, reached[half - 1], reached[half - 1]], color=INK, linewidth=0.9, linestyle=":")
    # What follows holds next to nothing, and would only press the curve to the left.
    axes.set(xlim=(0, min(len(values), 1.1 * np.searchsorted(reached, 0.999) + 1)), ylim=(0, 1.02))
    as_counts(axes.xaxis)
    as_shares(axes.yaxis)
    name_axes(axes, x="accounts, largest ARR at risk first", y="share of the ARR at risk")
    return figure


def owners(risk_list, currency: str, most: int = 12):
    """Draw ARR at risk by owner, with the number of accounts.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    currency : str
    most : int
        At most so many owners, the largest.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> owners(_example(), "USD")
    Figure: ARR at risk by owner: Ann carries 71 % of USD 700
    """
    sums = _by_owner(risk_list)
    whole = sums["at_risk"].sum()
    part = 100 * sums["at_risk"].iloc[0] / max(whole, 1e-9)
    title = f"ARR at risk by owner: {sums.index[0]} carries {part:.0f} % of {currency} {whole:,.0f}"
    shown = sums.head(most)
    figure, axes = picture(title, height=1.2 + 0.3 * len(shown))
    places = range(len(shown))
    axes.barh(places, shown["at_risk"], height=0.62, color=BLUE)
    for place, (_, row) in zip(places, shown.iterrows(), strict=True):
        axes.text(row["at_risk"], place, f"  {row['accounts']:,.0f} accounts", va="center", fontsize=8.5, color=INK)
    axes.set_yticks(places, shown.index)
    axes.invert_yaxis()
    axes.margins(x=0.16)
    axes.grid(visible=False, axis="y")
    name_axes(axes, x=f"ARR at risk, {as_money(axes.xaxis, currency, shown['at_risk'].max())}")
    return figure


def owner_table(risk_list, currency: str) -> Table:
    """Add the list up by owner.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    currency : str

    Returns
    -------
    Table

    Examples
    --------
    >>> owner_table(_example(), "USD").frame["owner"].tolist()
    ['Ann', '(nobody)']
    """
    sums = _by_owner(risk_list).reset_index()
    sums.columns = ["owner", "accounts", "scored", "ARR", "ARR at risk", "mean probability", "expected to leave"]
    sums["expected to leave"] = sums["expected to leave"].round(1)
    units = {"accounts": "count", "scored": "count", "ARR": currency, "ARR at risk": currency, "mean probability": "share"}
    return Table(sums, units)


def renewal_calendar(risk_list, as_of: dt.date, currency: str, weeks: int = 13):
    """Draw the ARR that comes up for renewal by week, and how much of it is at risk.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    as_of : datetime.date
        The list's day.
    currency : str
    weeks : int
        How far to look ahead.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> renewal_calendar(_example(), dt.date(2026, 6, 29), "USD")
    Figure: USD 2,000 of ARR comes up for renewal within 13 weeks, and USD 500 of it is at risk
    """
    import pandas as pd

    days = (pd.to_datetime(risk_list["renewal_date"]) - pd.Timestamp(as_of)).dt.days
    near = risk_list[(days >= 0) & (days < 7 * weeks)]
    week = pd.Timestamp(as_of) + pd.to_timedelta(7 * (days[near.index] // 7), unit="D")
    sums = near[["arr", "arr_at_risk"]].fillna(0.0).groupby(week).sum()
    sums = sums.reindex([pd.Timestamp(as_of) + pd.Timedelta(days=7 * place) for place in range(weeks)], fill_value=0.0)
    title = (
        f"{currency} {sums['arr'].sum():,.0f} of ARR comes up for renewal within {weeks} weeks, "
        f"and {currency} {sums['arr_at_risk'].sum():,.0f} of it is at risk"
    )
    figure, axes = picture(title, height=3.2)
    middle = sums.index + pd.Timedelta(days=3.5)
    width = dt.timedelta(days=5.6)
    axes.bar(middle, sums["arr"], width=width, color=PALE_GREY, label="ARR up for renewal")
    axes.bar(middle, sums["arr_at_risk"], width=width, color=ORANGE, label="of it at risk")
    axes.set_ylim(0, sums["arr"].max() * 1.25 or 1)
    as_dates(axes)
    name_axes(axes, x="week of the renewal date", y=as_money(axes.yaxis, currency, sums["arr"].max()))
    legend(axes, loc="upper left", ncols=2)
    return figure


def _by_owner(risk_list):
    frame = risk_list.assign(owner=risk_list["owner"].fillna("(nobody)"))
    sums = frame.groupby("owner").agg(
        accounts=("account_id", "size"),
        scored=("churn_probability", "count"),
        arr=("arr", "sum"),
        at_risk=("arr_at_risk", "sum"),
        probability=("churn_probability", "mean"),
        expected=("churn_probability", "sum"),
    )
    return sums.sort_values("at_risk", ascending=False)


def _example():
    import pandas as pd

    return pd.DataFrame(
        {
            "rank": [1, 2],
            "account_id": ["A1", "A2"],
            "owner": ["Ann", None],
            "renewal_date": [dt.date(2026, 7, 13), None],
            "days_to_renewal": [14, None],
            "arr": [2000.0, 1000.0],
            "churn_probability": [0.25, None],
            "churn_probability_last_list": [0.1, None],
            "arr_at_risk": [500.0, 200.0],
            "driver_1": ["Usage fell", None],
            "driver_1_points": [0.1, None],
            "status": ["scored", "not_scored"],
            "reason_not_scored": [None, "the last term ended on 2026-06-01"],
        }
    )
