"""Market segments by the four niche indicators: ranks with their intervals, and the Pareto front."""

from renewcast.plots._picture import BLUE, GREY, INK, ORANGE, PALE_BLUE, PALE_GREY, legend, name_axes, nothing, picture
from renewcast.plots._table import Table

_FEW = "Fewer than two market segments have enough accounts to be compared"
_AXES = {
    "settle_days": "mean settle cycle in days (less is better)",
    "willingness": "willingness to pay (of 10)",
    "stickiness": "days in use, share",
    "potential": "accounts known",
}


def _example():
    """Make up three segments, of which the first is better than the others at everything."""
    import numpy as np
    import pandas as pd

    from renewcast.markets.niches import find_niches

    place, number = np.repeat(range(3), 40), np.arange(120)
    rows = pd.DataFrame(
        {"account_id": [f"A{one:03d}" for one in number], "segment": np.array(["retail", "health", "media"])[place]}
    )
    rows = rows.assign(stratum="all", is_customer=True, has_bought=True, settle_days=20 + 30 * place + number % 5)
    return find_niches(
        rows.assign(willingness=8.0 - 2 * place + number % 3, use=np.nan, acquisition_cost=10.0, arr=100.0), seed=0
    )


def ranks(found):
    """Draw the place of each segment with its 90 % interval, the best first.

    Parameters
    ----------
    found : renewcast.markets.niches.Niches or None
        From ``Project.niches``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> ranks(_example())
    Figure: 1 of 3 market segments is a niche beyond chance; first stands retail
    >>> ranks(None)
    Figure: Fewer than two market segments have enough accounts to be compared
    """
    if found is None:
        return nothing(_FEW)
    table = found.segments
    many = int(table["is_niche"].sum())
    verb = "are niches" if many > 1 else "is a niche"
    title = f"{many or 'None'} of {len(table)} market segments {verb} beyond chance; first stands {table['segment'].iloc[0]}"
    figure, axes = picture(title, height=1.4 + 0.2 * len(table))
    places = range(len(table))
    kinds = (
        (table["is_niche"], ORANGE, "niche"),
        (table["is_on_front"] & ~table["is_niche"], BLUE, "on the Pareto front"),
        (~table["is_on_front"] & ~table["is_niche"], GREY, "beaten in everything by another"),
    )
    for is_kind, colour, word in kinds:
        here = [place for place, one in zip(places, is_kind, strict=True) if one]
        if here:
            rows = table.iloc[here]
            axes.hlines(here, rows["rank_low"], rows["rank_high"], color=colour, alpha=0.5, linewidth=3)
            axes.plot(rows["rank"], here, "o", color=colour, markersize=5, label=word)
    axes.set_yticks(places, list(table["segment"]))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0.5, len(table) + 0.5)
    legend(axes, loc="lower left")
    name_axes(axes, x="place by the composite, with its 90 % interval (1 is best)")
    return figure


def front(found, x: str = "settle_days", y: str = "willingness"):
    """Draw two indicators against each other; named is what no other segment beats in both of them.

    Parameters
    ----------
    found : renewcast.markets.niches.Niches or None
        From ``Project.niches``.
    x, y : {"settle_days", "willingness", "stickiness", "potential"}

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> front(_example())
    Figure: 1 of 3 market segments is beaten by no other in everything: the Pareto front
    """
    from renewcast.markets.standing import front as pareto

    if found is None:
        return nothing(_FEW)
    table = found.segments
    if not table[[x, y]].notna().all(axis=1).any():
        return nothing(f"Nothing is known of {' or '.join(_AXES[one] for one in (x, y) if not table[one].notna().any())}")
    many = int(table["is_on_front"].sum())
    verb = "is" if many == 1 else "are"
    title = f"{many} of {len(table)} market segments {verb} beaten by no other in everything: the Pareto front"
    figure, axes = picture(title, height=4.2)
    area = 20 + 180 * table["potential"] / table["potential"].max()
    kinds = (
        (table["is_on_front"], PALE_BLUE, BLUE, "on the front of all four"),
        (~table["is_on_front"], PALE_GREY, GREY, "beaten in everything by another"),
    )
    for is_kind, colour, edge, word in kinds:
        if is_kind.any():
            rows = table[is_kind]
            axes.scatter(rows[x], rows[y], area[is_kind], color=colour, edgecolors=edge, linewidths=0.8, label=word)
    best = table[pareto({name: table[name].to_numpy(dtype=float) for name in (x, y)}, [x, y])]
    apart, last = 0.03 * (table[y].max() - table[y].min()), None
    for row in best.sort_values([y, "segment"], ascending=[False, True]).itertuples():
        spot = (getattr(row, x), getattr(row, y))
        # Names of neighbours would lie upon each other.
        if last is None or last - spot[1] > apart:
            axes.annotate(row.segment, spot, (-7, 5), textcoords="offset points", ha="right", fontsize=7.5, color=INK)
            last = spot[1]
    axes.margins(x=0.25, y=0.12)
    legend(axes, loc="lower right", markerscale=0.6)
    name_axes(axes, x=f"{_AXES[x]}; the larger the dot, the more accounts are known", y=_AXES[y])
    return figure


def standing(found, most: int = 8) -> Table:
    """List the first segments with their four indicators.

    Parameters
    ----------
    found : renewcast.markets.niches.Niches or None
        From ``Project.niches``.
    most : int

    Returns
    -------
    Table

    Examples
    --------
    >>> standing(_example(), 1).written.iloc[0].tolist()[:4]
    ['retail', '1 to 1', 'yes', 'yes']
    """
    import pandas as pd

    if found is None:
        return Table(pd.DataFrame({"market segments": [_FEW]}))
    table = found.segments.head(most)
    shown = pd.DataFrame(
        {
            "segment": table["segment"],
            "rank (90 %)": [f"{row.rank_low} to {row.rank_high}" for row in table.itertuples()],
            "niche": table["is_niche"].map({True: "yes", False: "no"}),
            "on the front": table["is_on_front"].map({True: "yes", False: "no"}),
            "front in samples": table["front_share"],
            "settle days": table["settle_days"].round(1),
            "willingness (of 10)": table["willingness"].round(1),
            "days in use": table["stickiness"],
            "accounts": table["potential"],
            "cost of acquisition": table["acquisition_cost"],
        }
    )
    units = {"front in samples": "share", "days in use": "share", "accounts": "count", "cost of acquisition": "count"}
    return Table(shown.dropna(axis=1, how="all"), units)
