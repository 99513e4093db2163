"""Segments, tiers and stages: how they differ, and what the list says of each."""

from renewcast.plots._picture import BLUE, INK, ORANGE, PALE_BLUE, as_money, as_shares, name_axes, picture, signed
from renewcast.plots._table import Table


def names(clusters, language: str, assigned) -> Table:
    """List the segments by number with their names and sizes.

    Parameters
    ----------
    clusters : segments.clusters.Clusters
    language : {"en", "zh"}
    assigned : array of int, shape (n_accounts,)
        The segment of each account, from ``Clusters.assign``.

    Returns
    -------
    Table

    Examples
    --------
    >>> from renewcast.segments.clusters import Clusters
    >>> two = Clusters(("tenure_days",), (0.0,), (1.0,), ((0.0,), (2.0,)), {"en": ("Young", "Old")}, "2026-06-29", 0.4)
    >>> names(two, "en", [0, 1, 1]).frame["accounts"].tolist()
    [1, 2]
    """
    import numpy as np
    import pandas as pd

    if not clusters.exist:
        frame = pd.DataFrame({"segment": ["none"], "name": ["behaviour varies without gaps"], "accounts": [len(assigned)]})
        return Table(frame.assign(share=1.0), {"accounts": "count", "share": "share"})
    counts = np.bincount(np.asarray(assigned), minlength=len(clusters.means))
    frame = pd.DataFrame({"segment": clusters.ids, "name": clusters.names[language], "accounts": counts})
    frame["share"] = frame["accounts"] / max(int(counts.sum()), 1)
    if clusters.rules:
        frame["rule agrees"] = clusters.fidelity[:-1]
    return Table(frame, {"accounts": "count", "share": "share", "rule agrees": "share"})


def profile(clusters, features, catalogue, assigned):
    """Draw what is typical of each segment: colour says how far from the typical account, the number is the segment's median.

    Parameters
    ----------
    clusters : segments.clusters.Clusters
    features : pandas.DataFrame
        From ``Project.features``.
    catalogue : pandas.DataFrame
        From ``Project.catalogue``.
    assigned : array of int, shape (n_accounts,)
        The segment of each account, from ``Clusters.assign``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.segments.clusters import Clusters
    >>> two = Clusters(("tenure_days",), (0.0,), (1.0,), ((0.0,), (2.0,)), {"en": ("Young", "Old")}, "2026-06-29", 0.4)
    >>> specs = pd.DataFrame({"name": ["tenure_days"], "meaning": ["days since the first term"], "window_days": [None],
    ...     "unit": ["days"], "form": ["level"]})
    >>> profile(two, pd.DataFrame({"tenure_days": [10.0, 900.0]}), specs, [0, 1])
    Figure: S2 stands out most: days since the first term is where it differs from the typical account
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    means = np.array(clusters.means) if clusters.exist else np.zeros((1, len(clusters.features)))
    ids = clusters.ids if clusters.exist else ("everybody",)
    specs = catalogue.drop_duplicates("name").set_index("name").loc[list(clusters.features)]
    far, what = np.unravel_index(np.abs(means).argmax(), means.shape)
    words = [_words(spec) for _, spec in specs.iterrows()]
    title = "There are no segments: behaviour varies without gaps, and this is everybody"
    if clusters.exist:
        title = f"{ids[far]} stands out most: {words[what]} is where it differs from the typical account"
    figure, axes = picture(title, height=1.3 + 0.4 * len(words), width=7.6)
    shades = LinearSegmentedColormap.from_list("house", [BLUE, "#ffffff", ORANGE], N=13)
    drawn = axes.imshow(means.T, cmap=shades, vmin=-3, vmax=3, aspect="auto")
    medians = features[list(clusters.features)].groupby(np.maximum(assigned, 0)).median().reindex(range(len(means)))
    for column in range(len(means)):
        for row, (name, spec) in enumerate(specs.iterrows()):
            ink = "white" if abs(means[column, row]) > 1.8 else INK
            axes.text(column, row, _short(medians.loc[column, name], spec), ha="center", va="center", fontsize=8.5, color=ink)
    axes.set_xticks(range(len(means)), ids)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.85, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, length=0)
    bar.set_label("distance from the typical account, spreads", fontsize=8.5)
    return figure


def by_group(risk_list, group: str, currency: str, order: list[str] | None = None):
    """Draw accounts, mean churn probability and ARR at risk by segment, tier or stage.

    Parameters
    ----------
    risk_list : pandas.DataFrame
        From ``Project.risk_list`` or ``Project.published_list``.
    group : str
        "segment", "tier", "lifecycle_stage", "owner" or any other column of the list.
    currency : str
    order : list of str, optional
        Groups in the order to draw; by falling probability by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> by_group(pd.DataFrame({"tier": ["ordinary", "benchmark"], "account_id": ["A", "B"], "churn_probability": [0.2, 0.1],
    ...     "arr": [10.0, 20.0], "arr_at_risk": [2.0, 2.0]}), "tier", "USD")
    Figure: By tier: ordinary carries the highest churn probability, 20.0 % on average, benchmark the lowest, 10.0 %
    """
    import textwrap

    frame = risk_list.assign(**{group: risk_list[group].fillna("(none)")}).groupby(group)
    sums = frame.agg(accounts=("account_id", "size"), probability=("churn_probability", "mean"), at_risk=("arr_at_risk", "sum"))
    ranked = sums.sort_values("probability", ascending=False)
    sums = ranked if order is None else sums.reindex([name for name in order if name in sums.index])
    high, low = ranked.iloc[0], ranked.iloc[-1]
    title = f"By {group.replace('_', ' ')}: {_quoted(high.name)} carries the highest churn probability"
    title += f", {100 * high['probability']:.1f} % on average"
    if len(ranked) > 1:
        title += f", {_quoted(low.name)} the lowest, {100 * low['probability']:.1f} %"
    figure, axes = picture(title, 1, 3, height=1.5 + 0.36 * len(sums), sharey=True)
    places = range(len(sums))
    panels = (
        ("accounts", PALE_BLUE, "Accounts"),
        ("probability", ORANGE, "Mean churn probability"),
        ("at_risk", BLUE, "ARR at risk"),
    )
    for one, (column, colour, heading) in zip(axes, panels, strict=True):
        one.barh(places, sums[column], height=0.62, color=colour)
        one.grid(visible=False, axis="y")
        one.margins(x=0.12)
        name_axes(one, title=heading)
    name_axes(axes[0], x="accounts in scope", title=panels[0][2])
    as_shares(axes[1].xaxis)
    name_axes(axes[1], x="mean of the scored", title=panels[1][2])
    name_axes(axes[2], x=as_money(axes[2].xaxis, currency, sums["at_risk"].max()), title=panels[2][2])
    axes[0].set_yticks(places, ["\n".join(textwrap.wrap(_plain(name), 26)) for name in sums.index])
    axes[0].invert_yaxis()
    return figure


def by_two(risk_list, down: str, across: str, order: list[str] | None = None) -> Table:
    """Cross two groupings: the mean churn probability of the scored accounts in each cell, empty where there are none.

    Parameters
    ----------
    risk_list : pandas.DataFrame
        From ``Project.risk_list`` or ``Project.published_list``.
    down, across : str
        Columns of the list.
    order : list of str, optional
        The groups across, in the order to show.

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"segment": ["Quiet", "Busy"], "lifecycle_stage": ["renewal", "renewal"], "churn_probability": [0.4, 0.1]}
    >>> by_two(pd.DataFrame(rows), "segment", "lifecycle_stage").frame["renewal"].tolist()
    [0.1, 0.4]
    """
    cells = risk_list.fillna({down: "(none)"}).pivot_table(index=down, columns=across, values="churn_probability", aggfunc="mean")
    if order is not None:
        cells = cells.reindex(columns=[name for name in order if name in cells.columns])
    cells.columns.name = None
    return Table(cells.reset_index(), dict.fromkeys(cells.columns, "share"))


def rules(policy) -> Table:
    """Write the declared tiers out.

    Parameters
    ----------
    policy : params.TiersSection

    Returns
    -------
    Table

    Examples
    --------
    >>> from renewcast.params import TiersSection
    >>> policy = TiersSection(benchmark_min_arr=100_000, benchmark_min_advocacy=1, value_add_min_arr_growth=0.1, keep_margin=0.1)
    >>> rules(policy).frame["tier"].tolist()
    ['benchmark', 'value_add', 'ordinary']
    """
    import pandas as pd

    rows = [
        (
            "benchmark",
            f"ARR of at least {policy.benchmark_min_arr:,.0f}, and promoter answers (NPS 9 or 10) in a year: "
            f"at least {policy.benchmark_min_advocacy}",
        ),
        (
            "value_add",
            f"not benchmark, and ARR grew by at least {policy.value_add_min_arr_growth:.0%} in a year".replace("%", " %"),
        ),
        ("ordinary", "everyone else"),
    ]
    return Table(pd.DataFrame(rows, columns=["tier", "rule, as declared in params.yaml"]))


def _words(spec) -> str:
    """Name a feature in words, with its window."""
    words = {"trend": "trend of {}", "recency": "days since the last {}"}.get(spec["form"], "{}").format(spec["meaning"])
    window = spec["window_days"]
    return f"{words}, {int(window)} days" if window == window and window is not None else words


def _short(value: float, spec) -> str:
    import math

    if value != value:
        return "none"
    if spec["form"] == "trend":
        return f"{signed(100 * (math.exp(value) - 1), 0)} %"
    if spec["unit"] == "share":
        return f"{100 * value:.0f} %"
    return f"{value:,.0f}"


def _quoted(name) -> str:
    """Set a name of several words off from the sentence around it."""
    plain = _plain(name)
    return f'"{plain}"' if " " in plain else plain


def _plain(name) -> str:
    return str(name).replace("_", "-")
