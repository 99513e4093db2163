"""Markets: in which verticals the revenue lies."""

from renewcast.plots._picture import BLUE, PALE_BLUE, as_shares, name_axes, picture


def concentration(ledger, accounts, by: str):
    """Draw the share of revenue of each vertical, largest first, with the share of all up to it.

    Parameters
    ----------
    ledger : pandas.DataFrame
        From ``Project.mrr_ledger``; the last month counts.
    accounts : pandas.DataFrame
        Indexed by account_id, for example ``Project.view.attributes``.
    by : str
        The column that names the vertical.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> ledger = pd.DataFrame({"account_id": ["A", "B", "C"], "closing_cents": [6, 3, 1]})
    >>> ledger["month"] = pd.Timestamp("2026-05-01")
    >>> accounts = pd.DataFrame({"industry": ["retail", "health", "retail"]}, index=["A", "B", "C"])
    >>> concentration(ledger, accounts, "industry")
    Figure: 2 of 2 verticals bring 80 % of revenue
    """
    last = ledger[ledger["month"] == ledger["month"].max()]
    names = last["account_id"].map(accounts[by]).fillna("not known").astype(str)
    cents = last["closing_cents"].groupby(names.to_numpy()).sum()
    order = cents.reset_index().sort_values(["closing_cents", "index"], ascending=[False, True])
    shares = order["closing_cents"].to_numpy() / max(cents.sum(), 1)
    up_to = shares.cumsum()
    enough = int((up_to < 0.8 - 1e-12).sum()) + 1
    figure, axes = picture(f"{enough} of {len(shares)} verticals bring 80 % of revenue", height=1.3 + 0.28 * len(shares))
    colours = [BLUE if place < enough else PALE_BLUE for place in range(len(shares))]
    axes.barh(range(len(shares)), shares, color=colours, height=0.7)
    for place, (share, total) in enumerate(zip(shares, up_to, strict=True)):
        axes.annotate(
            f"{100 * share:.0f} %, with those above {100 * total:.0f} %",
            (share, place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(shares)), list(order["index"]))
    axes.invert_yaxis()
    axes.margins(x=0.32)
    axes.grid(visible=False, axis="y")
    as_shares(axes.xaxis)
    name_axes(axes, x="share of monthly recurring revenue", y=by)
    return figure
