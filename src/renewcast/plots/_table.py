"""Tables to be read: a DataFrame with each column written in its unit, nothing cut off, text left, numbers right."""

import html

from renewcast.plots._picture import signed

_EMPTY = ""


class Table:
    """A table that a notebook shows by itself.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its columns are the headings.
    units : dict of str to str, optional
        By heading: "share" (0.05 is 5.0 %), "points" (0.05 is +5.0), "count", "number", or a currency such as "USD".
        Other columns are text as it stands.

    Examples
    --------
    >>> import pandas as pd
    >>> Table(pd.DataFrame({"owner": ["Ann", None], "ARR at risk": [1234.5, 0.0]}), {"ARR at risk": "USD"})
    owner ARR at risk
      Ann   USD 1,234
                USD 0
    """

    def __init__(self, frame, units: dict | None = None):
        self.units = units or {}
        self.frame = frame.reset_index(drop=True)

    @property
    def written(self):
        """The cells as text, pandas.DataFrame."""
        import pandas as pd

        columns = {name: [_write(value, self.units.get(name)) for value in self.frame[name]] for name in self.frame.columns}
        return pd.DataFrame(columns, columns=list(self.frame.columns), dtype=object)

    def __repr__(self) -> str:
        return self.written.to_string(index=False)

    def _repr_html_(self) -> str:
        written = self.written
        right = [name in self.units for name in written.columns]
        rows = [_row("th", written.columns, right)]
        rows += [_row("td", cells, right) for cells in written.itertuples(index=False, name=None)]
        return "<table>\n" + "\n".join(rows) + "\n</table>"


def _row(tag: str, cells, right) -> str:
    sides = ("right" if one else "left" for one in right)
    inside = "".join(
        f'<{tag} style="text-align: {side}">{html.escape(str(cell))}</{tag}>' for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{inside}</tr>"


def _write(value, unit: str | None) -> str:
    import pandas as pd

    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return _EMPTY
    if unit is None:
        return str(value)
    if unit == "share":
        return "< 0.1 %" if 0 < value < 0.0005 else f"{100 * value:.1f} %"
    if unit == "points":
        return signed(100 * value)
    if unit == "count":
        return f"{round(value):,}"
    if unit == "number":
        return f"{value:,.3f}"
    return f"{unit} {value:,.0f}"
