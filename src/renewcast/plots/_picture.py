"""One look for every figure: three colours, a title on the left that says what is seen, labelled axes, a quiet grid."""

import io

from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#1f5f8b", "#d08770", "#8a8a8a"
PALE_BLUE, PALE_GREY, INK, QUIET = "#a9c5d8", "#d9d9d9", "#2b2b2b", "#5c5c5c"
# Finer than it is shown, for screens that can; few colours, because notebooks are kept under version control.
_SHOWN_DPI, _DRAWN_DPI, _COLOURS = 92, 150, 96


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself, the same bytes for the same data."""

    def _repr_png_(self):
        # Pillow comes with matplotlib.
        from PIL import Image

        drawn, small = io.BytesIO(), io.BytesIO()
        self.savefig(drawn, format="png", dpi=_DRAWN_DPI, facecolor="white")
        image = Image.open(drawn).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        image.save(small, format="png", optimize=True)
        width, height = self.get_size_inches()
        return small.getvalue(), {"width": round(width * _SHOWN_DPI), "height": round(height * _SHOWN_DPI)}

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
    figure.suptitle(_wrapped(title, int(width * 11.6)), x=0.012, ha="left", fontsize=10.5, fontweight="bold", color=INK)
    axes = figure.subplots(rows, columns, **subplots)
    for one in figure.axes:
        _tidy(one)
    return figure, axes


def nothing(why: str):
    """Return a figure that only says why there is nothing to draw.

    Examples
    --------
    >>> nothing("No account is known")
    Figure: No account is known
    """
    figure, axes = picture(why, height=0.7)
    axes.set_axis_off()
    return figure


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


def as_dates(axes, most: int = 7) -> None:
    """Write an axis of days by month and year, or by day and month below half a year; call it when all is drawn."""
    from matplotlib.dates import AutoDateLocator, DateFormatter, MonthLocator, YearLocator

    first, last = axes.get_xlim()
    if last - first < 180:
        axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=most + 3))
        axes.xaxis.set_major_formatter(DateFormatter("%-d %b"))
        return
    months = (last - first) / 30.4
    step = next((step for step in (1, 2, 3, 6) if months / step <= most), None)
    axes.xaxis.set_major_locator(YearLocator() if step is None else MonthLocator(bymonth=range(1, 13, step)))
    axes.xaxis.set_major_formatter(DateFormatter("%Y" if step is None else "%b %Y"))


def as_counts(axis) -> None:
    """Write an axis of counts with separators."""
    from matplotlib.ticker import StrMethodFormatter

    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def signed(value: float, decimals: int = 1) -> str:
    """Write a change with its sign, a true minus, and no sign at zero.

    Examples
    --------
    >>> signed(3.14159), signed(-0.5, 0), signed(-0.01)
    ('+3.1', '0', '0.0')
    """
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


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


def spread_small_shares(axes, limit: float, directions: str = "xy") -> None:
    """Give small probabilities room: a square-root scale with round marks, on the axes named."""
    import numpy as np

    for name in directions:
        axis = getattr(axes, f"{name}axis")
        getattr(axes, f"set_{name}scale")("function", functions=(lambda v: np.sqrt(np.clip(v, 0, None)), np.square))
        axis.set_ticks([mark for mark in (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0) if mark <= limit])
        as_shares(axis)
        getattr(axes, f"set_{name}lim")(0, limit)


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
    """Break a title into as few lines as fit, all of about the same length."""
    import textwrap

    lines = textwrap.wrap(text, width)
    narrow = next((w for w in range(10, width) if len(textwrap.wrap(text, w)) == len(lines)), width)
    return "\n".join(textwrap.wrap(text, narrow))
