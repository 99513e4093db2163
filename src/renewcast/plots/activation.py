"""How the product sells itself: the index of activation and friction, and the double funnel."""

from renewcast.plots._picture import BLUE, GREY, INK, ORANGE, as_shares, legend, name_axes, nothing, picture
from renewcast.plots._table import Table

_MOTIONS = {"product_led": "product-led", "sales_led": "sales-led", "all": "all accounts"}
_FEW = "Too few accounts activate after their first two weeks for an index to be learned"


def _example():
    """Make up 400 accounts; who had a pleasing call activates more often."""
    import numpy as np
    import pandas as pd

    from renewcast.markets.activation import ActivationOf
    from renewcast.markets.friction_check import learn_and_check

    number = np.arange(400)
    had = number % 2 == 0
    activated = np.where(had, number % 10 != 0, number % 10 == 1)
    checked = learn_and_check(pd.DataFrame({"call": had.astype(int)}), activated, number)
    return [ActivationOf("product_led", checked, pd.DataFrame(), pd.DataFrame())]


def by_index(found):
    """Draw how many activate by their index, with 90 % intervals, on sign-ups later than those it was learned from.

    Parameters
    ----------
    found : list of renewcast.markets.activation.ActivationOf
        From ``Project.activation``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> by_index(_example())
    Figure: Above 0 80 % activate, below 0 20 %
    >>> by_index([])
    Figure: Too few accounts activate after their first two weeks for an index to be learned
    """
    if not found:
        return nothing(_FEW)
    told = found[0].checked.verdicts.set_index("verdict")["rate"]
    sides = [("above 0", "can_activate"), ("below 0", "failed")]
    title = ", ".join(f"{word} {100 * told[name]:.0f} %" for word, name in sides if name in told)
    title = title.replace(" %", " % activate", 1) if title else "every index is exactly 0, which is undecided"
    title = f"{_MOTIONS[found[0].motion]}: {title}" if len(found) > 1 else title
    figure, axes = picture(title[0].upper() + title[1:], 1, len(found), squeeze=False, sharey=True)
    for one, panel in zip(found, axes[0], strict=True):
        bands = one.checked.bands
        places = range(len(bands))
        panel.vlines(places, bands["low"], bands["high"], color=BLUE, alpha=0.5, linewidth=3)
        panel.plot(places, bands["rate"], "o", color=BLUE, markersize=6, label="activated")
        panel.plot(places, bands["expected"], "x", color=ORANGE, markersize=6, label="foretold")
        panel.axhline(0.5, color=INK, linewidth=0.9, linestyle=(0, (6, 4)))
        panel.set_xticks(places, [name.replace(" to ", "\nto ") for name in bands["band"]])
        panel.set_ylim(0, 1)
        panel.set_xlim(-0.6, len(bands) - 0.4)
        as_shares(panel.yaxis)
        name_axes(panel, x="index, from -25 to 25", y="activated in the 60 days after", title=_MOTIONS[one.motion])
    legend(axes[0][0], loc="upper left")
    return figure


def steps(found, most: int = 12) -> Table:
    """List what each early step counts: 5, 10 or 20 up or down, 0 where its sign is not sure.

    Parameters
    ----------
    found : list of renewcast.markets.activation.ActivationOf
        From ``Project.activation``.
    most : int
        Steps shown, those that count most, up or down.

    Returns
    -------
    Table

    Examples
    --------
    >>> steps(_example())
         motion early step counts accounts points (90 %)
    product-led       call    +20      200      23 to 31
    """
    import pandas as pd

    if not found:
        return Table(pd.DataFrame({"activation": [_FEW]}))
    every = pd.concat([one.checked.friction.steps.assign(motion=_MOTIONS[one.motion]) for one in found], ignore_index=True)
    weight = every["size"].abs().mul(1000) + every["points"].abs()
    every = every.loc[weight.sort_values(ascending=False, kind="stable").index[:most]].sort_index()
    shown = {
        "motion": every["motion"],
        "early step": every["step"],
        "counts": [f"{size:+d}" if size else "0" for size in every["size"]],
        "accounts": every["accounts"],
        "points (90 %)": [f"{row.low:.0f} to {row.high:.0f}" for row in every.itertuples()],
    }
    return Table(pd.DataFrame(shown), {"accounts": "count"})


def double_funnel(table):
    """Draw how many free and how many paying accounts come to each stage, and how many pass in time.

    Parameters
    ----------
    table : pandas.DataFrame or None
        From ``Project.double_funnel``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> free = pd.DataFrame({"funnel": "free", "stage": ["acquired", "activated"], "accounts": [100, 40],
    ...                      "share_of_all": [1.0, 0.4], "in_time": [float("nan"), 0.5], "low": float("nan"),
    ...                      "high": float("nan"), "by_days": 180})
    >>> double_funnel(free)
    Figure: Of 100 free accounts 40 % come to the stage "activated"
    >>> double_funnel(None)
    Figure: Without usage and contracts there is no funnel to be told
    """
    if table is None:
        return nothing("Without usage and contracts there is no funnel to be told")
    names = [name for name in ("free", "paying") if (table["funnel"] == name).any()]
    parts = []
    for name in names:
        rows = table[table["funnel"] == name]
        last = rows.iloc[-1]
        parts.append(
            f'{rows["accounts"].iloc[0]:,} {name} accounts {100 * last["share_of_all"]:.0f} % come to the stage "{last["stage"]}"'
        )
    figure, axes = picture("Of " + "; of ".join(parts), 1, len(names), squeeze=False, height=2.6)
    for name, panel in zip(names, axes[0], strict=True):
        rows = table[table["funnel"] == name].reset_index(drop=True)
        panel.barh(range(len(rows)), rows["share_of_all"], color=BLUE if name == "free" else ORANGE, height=0.6)
        for place, row in enumerate(rows.itertuples()):
            in_time = "" if row.in_time != row.in_time else f"; {100 * row.in_time:.0f} % in {row.by_days} days"
            panel.annotate(
                f"{row.accounts:,}{in_time}",
                (row.share_of_all, place),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
            )
        panel.set_yticks(range(len(rows)), list(rows["stage"]))
        panel.invert_yaxis()
        panel.set_xlim(0, 1.6)
        panel.set_xticks([0, 0.25, 0.5, 0.75, 1])
        panel.grid(visible=False, axis="y")
        as_shares(panel.xaxis)
        name_axes(panel, x="of all that began; in time: of the stage before", title=f"{name} accounts")
        panel.tick_params(axis="x", colors=GREY)
    return figure
