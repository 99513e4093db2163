"""What is different about the weekly list: what moved, who came and went, who carries no probability and why."""

from renewcast.plots._picture import BLUE, GREY, ORANGE, as_shares, name_axes, picture
from renewcast.plots._table import Table
from renewcast.plots.risk_list import _example  # noqa: F401  the list that the examples are about


def moved(risk_list, rows: int = 8):
    """Draw the accounts whose probability moved most since the last list.

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
    Figure: Since the last list 1 account rose by five points or more and 0 fell by as much
    """
    import pandas as pd

    both = risk_list.dropna(subset=["churn_probability", "churn_probability_last_list"])
    change = both["churn_probability"] - both["churn_probability_last_list"]
    up, down = int((change >= 0.05).sum()), int((change <= -0.05).sum())
    title = f"Since the last list {up} account{'s' if up != 1 else ''} rose by five points or more and {down} fell by as much"
    order = change.sort_values(ascending=False)
    picked = pd.concat([order[order > 0].head(rows), order[order < 0].tail(rows)])
    figure, axes = picture(title, height=1.4 + 0.24 * max(len(picked), 2))
    for place, index in enumerate(picked.index):
        now, before = both.loc[index, "churn_probability"], both.loc[index, "churn_probability_last_list"]
        colour = ORANGE if now > before else BLUE
        axes.annotate(
            "",
            (now, place),
            (before, place),
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0},
        )
        axes.plot(before, place, marker="o", color=GREY, markersize=4.5)
        axes.plot(now, place, marker="o", color=colour, markersize=4.5, alpha=0)
        is_left = now < before
        axes.text(
            now, place, f"{100 * (now - before):+.0f}  " if is_left else f"  {100 * (now - before):+.0f}",
            ha="right" if is_left else "left", va="center", fontsize=8.5, color=colour,
        )  # fmt: skip
    axes.set_yticks(range(len(picked)), [both.loc[index, "account_id"] for index in picked.index])
    axes.invert_yaxis()
    axes.margins(x=0.1, y=0.05)
    as_shares(axes.xaxis)
    axes.grid(visible=False, axis="y")
    name_axes(axes, x="churn probability: dot on the last list, arrow to this one; change in percentage points", y="account")
    return figure


def came_and_went(risk_list, last_list, currency: str) -> Table:
    """Count the accounts that are new on the list and those that left it since the last one.

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
    [1, 0, 1, 0]
    """
    import pandas as pd

    last = risk_list.head(0) if last_list is None else last_list
    before, now = last.set_index("account_id"), risk_list.set_index("account_id")
    stayed = now.index.intersection(before.index)
    is_scored, was_scored = now["status"] == "scored", before["status"] == "scored"
    lapsed = [name for name in stayed if was_scored[name] and not is_scored[name]]
    parts = {
        "on both lists": stayed,
        "of them scored last time, not now (their term is over)": lapsed,
        "new on this list": now.index.difference(before.index),
        "no longer in scope": before.index.difference(now.index),
    }
    rows = [
        {
            "since the last list": words,
            "accounts": len(ids),
            "ARR": float((before if "longer" in words else now).loc[ids, "arr"].sum()),
        }
        for words, ids in parts.items()
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
