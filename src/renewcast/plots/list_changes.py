"""What is different about the weekly list: what moved, who came and went, who carries no probability and why."""

from renewcast.plots._picture import BLUE, GREY, ORANGE, as_shares, name_axes, picture, signed
from renewcast.plots._table import Table
from renewcast.plots.risk_list import _example  # noqa: F401  the list that the examples are about

NOTHING = 0.001
"""Below it the account's term outlasts the horizon: it cannot leave within it."""


def moved(risk_list, rows: int = 8):
    """Draw the accounts whose probability moved most since the last list, among those that could leave on both lists.

    Those whose term has come within the horizon, or been renewed beyond it, moved by the calendar;
    :func:`came_and_went` counts them.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    rows : int
        At most so many in each direction.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> moved(_example())
    Figure: Since the last list 1 account rose by five points or more and 0 fell by as much, their term in reach all along
    """
    import pandas as pd

    both = risk_list.dropna(subset=["churn_probability", "churn_probability_last_list"])
    both = both[(both["churn_probability"] >= NOTHING) & (both["churn_probability_last_list"] >= NOTHING)]
    change = both["churn_probability"] - both["churn_probability_last_list"]
    up, down = int((change >= 0.05).sum()), int((change <= -0.05).sum())
    title = (
        f"Since the last list {up} account{'s' if up != 1 else ''} rose by five points or more and {down} fell by as much, "
        "their term in reach all along"
    )
    order = change.sort_values(ascending=False)
    picked = pd.concat([order[order > 0].head(rows), order[order < 0].tail(rows)])
    figure, axes = picture(title, height=1.4 + 0.24 * max(len(picked), 2))
    for place, index in enumerate(picked.index):
        now, before = both.loc[index, "churn_probability"], both.loc[index, "churn_probability_last_list"]
        colour, sign = (ORANGE, 1) if now > before else (BLUE, -1)
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (now, place), (before, place), arrowprops=arrow)
        axes.plot([before, now], [place, place], marker="o", color=GREY, markersize=4.5, markevery=[0], linewidth=0)
        axes.annotate(
            signed(100 * (now - before), 0), (now, place), (7 * sign, 0), textcoords="offset points",
            ha="left" if sign > 0 else "right", va="center", fontsize=8.5, color=colour,
        )  # fmt: skip
    axes.set_yticks(range(len(picked)), both.loc[picked.index, "account_id"])
    axes.invert_yaxis()
    axes.margins(x=0.1, y=0.05)
    as_shares(axes.xaxis)
    axes.grid(visible=False, axis="y")
    name_axes(axes, x="churn probability: dot on the last list, arrow to this one; change in percentage points", y="account")
    return figure


def came_and_went(risk_list, last_list, currency: str) -> Table:
    """Count who came, went, or moved by the calendar since the last list; ARR is that of the list that still had it.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    last_list : pandas.DataFrame or None
        From ``Project.previous_list``.
    currency : str

    Returns
    -------
    Table

    Examples
    --------
    >>> came_and_went(_example(), _example().head(1), "USD").frame["accounts"].tolist()
    [1, 0, 0, 0, 1, 0]
    """
    import pandas as pd

    last = risk_list.head(0) if last_list is None else last_list
    before, now = last.set_index("account_id"), risk_list.set_index("account_id")
    stayed = now.index.intersection(before.index)
    p, q = before.loc[stayed, "churn_probability"], now.loc[stayed, "churn_probability"]
    parts = [
        ("on both lists", stayed, now),
        ("of them: their term now ends inside the horizon", stayed[(p < NOTHING) & (q >= NOTHING)], now),
        ("of them: renewed, so that their term outlasts the horizon", stayed[(p >= NOTHING) & (q < NOTHING)], now),
        ("of them: scored last time, not now; their term is over", stayed[p.notna() & q.isna()], before),
        ("new on this list", now.index.difference(before.index), now),
        ("no longer in scope", before.index.difference(now.index), before),
    ]
    rows = [
        {"since the last list": words, "accounts": len(ids), "ARR": float(frame.loc[ids, "arr"].sum())}
        for words, ids, frame in parts
    ]
    return Table(pd.DataFrame(rows), {"accounts": "count", "ARR": currency})


def not_scored(risk_list, currency: str) -> Table:
    """Say which accounts carry no probability, and why; one row a reason, dates left out.

    Parameters
    ----------
    risk_list : pandas.DataFrame
    currency : str

    Returns
    -------
    Table

    Examples
    --------
    >>> not_scored(_example(), "USD").frame["why"].tolist()
    ['the last term ended on (date)']
    """
    rows = risk_list[risk_list["status"] != "scored"]
    why = rows["reason_not_scored"].astype(object).str.replace(r"\d{4}-\d\d-\d\d", "(date)", regex=True)
    found = (
        rows.assign(why=why)
        .groupby("why", as_index=False)
        .agg(accounts=("account_id", "size"), arr=("arr", "sum"), examples=("account_id", _few))
    )
    found = found.sort_values("accounts", ascending=False).rename(columns={"arr": "ARR", "examples": "for example"})
    return Table(found, {"accounts": "count", "ARR": currency})


def _few(ids) -> str:
    return ", ".join(sorted(ids)[:4])
