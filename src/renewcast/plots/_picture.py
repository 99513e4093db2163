"""One look for every figure: three colours, a title on the left that says what is seen, labelled axes, a quiet grid."""

import io

from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#1f5f8b", "#d08770", "#8a8a8a"
PALE_BLUE, PALE_GREY, INK, QUIET = "#a9c5d8", "#d9d9d9", "#2b2b2b", "#5c5c5c"
_DPI = 100


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself, the same bytes for the same data."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
        return content.getvalue()

    def __repr__(self) -> str:
        return f"Figure: {' '.join(self.get_suptitle().split())}"


def picture(title: str, rows: int = 1, columns: int = 1, *, width: float = 7.6, height: float = 3.6, **subplots):
    """Open a figure.

    Parameters
    ----------
    title : str
        What is seen, one sentence without a full stop.
    rows, columns : int
    width, height : float
        Inches.
    **subplots
        Passed on to ``Figure.subplots``.

    Returns
    -------
    tuple
        The figure and its axes, as ``Figure.subplots`` gives them.

    Examples
    --------
    >>> figure, axes = picture("Nothing to see")
    >>> figure
    Figure: Nothing to see
    """
    figure = Picture(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06, wspace=0.03, hspace=0.04)
    figure.suptitle(_wrapped(title, int(width * 12.5)), x=0.012, ha="left", fontsize=11, fontweight="semibold", color=INK)
    axes = figure.subplots(rows, columns, **subplots)
    for one in figure.axes:
        _tidy(one)
    return figure, axes


def name_axes(axes, x: str = "", y: str = "", title: str = "") -> None:
    """Label the axes, units included, and the panel."""
    axes.set_xlabel(x, fontsize=9, color=QUIET)
    axes.set_ylabel(y, fontsize=9, color=QUIET)
    if title:
        axes.set_title(title, fontsize=9.5, color=INK, loc="left")


def as_shares(axis, decimals: int = 0) -> None:
    """Write an axis of shares as percentages."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1, decimals=decimals))


def as_dates(axes) -> None:
    """Write an axis of days by month, with as few words as possible."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def as_money(axis, currency: str, largest: float) -> str:
    """Write an axis of money in thousands or millions; return the unit for the label.

    Examples
    --------
    >>> figure, axes = picture("Money")
    >>> as_money(axes.xaxis, "USD", 2_400_000)
    'million USD'
    """
    from matplotlib.ticker import FuncFormatter

    power, word = next(((p, w) for p, w in ((1e6, "million"), (1e3, "thousand")) if largest >= 2 * p), (1.0, ""))
    axis.set_major_formatter(FuncFormatter(lambda value, place: f"{value / power:,.4g}"))
    return f"{word} {currency}".strip()


def spread_small_shares(axes, limit: float) -> None:
    """Give small probabilities room: a square-root scale on both axes, with round marks."""
    import numpy as np

    for axis, scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        scale("function", functions=(lambda v: np.sqrt(np.clip(v, 0, None)), np.square))
        marks = [mark for mark in (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0) if mark <= limit]
        axis.set_ticks(marks)
        as_shares(axis)
    axes.set(xlim=(0, limit), ylim=(0, limit))
    axes.tick_params(colors=QUIET)


def legend(axes, **options) -> None:
    """Add a legend without a frame."""
    axes.legend(frameon=False, fontsize=8.5, labelcolor=QUIET, **options)


def _tidy(axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#b5b5b5")
    axes.tick_params(labelsize=8.5, colors=QUIET, length=3, color="#b5b5b5")
    axes.grid(color="#ececec", linewidth=0.8)
    axes.set_axisbelow(True)


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))
