"""Numbers as readers expect them: thousands marks, percent, points, and short money for charts."""


def money(amount: float | None) -> str:
    """Write an amount in whole units with thousands marks; a dash where there is none.

    Examples
    --------
    >>> money(1234567.5), money(None)
    ('1,234,568', '–')
    """
    return "–" if amount is None else f"{amount:,.0f}"


def short_money(amount: float, language: str) -> str:
    """Write an amount in three digits or so, for a chart.

    Examples
    --------
    >>> short_money(1234567, "en"), short_money(1234567, "zh"), short_money(980, "en")
    ('1.23M', '123万', '980')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if language == "zh" else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for unit, mark in steps:
        if abs(amount) >= unit:
            size = amount / unit
            return (f"{size:.2f}" if abs(size) < 10 else f"{size:.1f}" if abs(size) < 100 else f"{size:,.0f}") + mark
    return f"{amount:,.0f}"


def percent(share: float | None) -> str:
    """Write a share as percent with one decimal; a dash where there is none.

    Examples
    --------
    >>> percent(0.3456), percent(None)
    ('34.6%', '–')
    """
    return "–" if share is None else f"{share * 100:.1f}%"


def points(share: float) -> str:
    """Write a share as signed percentage points.

    Examples
    --------
    >>> points(0.053), points(-0.01)
    ('+5.3', '−1.0')
    """
    return f"{share * 100:+.1f}".replace("-", "−")


def fact(name: str, value) -> str:
    """Write a fact about the model: rates in percent, other fractions with three decimals, the rest as it is.

    Examples
    --------
    >>> fact("base_rate", 0.0625), fact("auc", 0.81234), fact("trained_as_of", "2026-03-30")
    ('6.2%', '0.812', '2026-03-30')
    """
    if value is None:
        return "–"
    if isinstance(value, float):
        return percent(value) if name.endswith("_rate") else f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
