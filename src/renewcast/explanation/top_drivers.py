"""The drivers that raise each probability most, as plain columns: for whoever asks the model without the project."""

import numpy as np
import pandas as pd

from renewcast.explanation.attribution import Attribution
from renewcast.explanation.ties import SMALLEST_POINTS, driver_totals, rank_drivers


def top_drivers(attribution: Attribution, specs, number: int = 3) -> pd.DataFrame:
    """List for each row the drivers that raise the probability most, strongest first.

    Parameters
    ----------
    attribution : Attribution
    specs : iterable of objects with ``name`` and ``driver``
    number : int
        At most so many a row.

    Returns
    -------
    pandas.DataFrame
        For k from 1 to ``number``: ``driver_k`` (text), ``driver_k_feature`` (its feature that raises the probability most)
        and ``driver_k_points`` (probability points of the whole driver); None and NaN where fewer drivers raise it. Ties (see
        :mod:`renewcast.explanation.ties`) go to the driver that stands first by name.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> points = pd.DataFrame({"logins_7d": [0.1], "logins_28d": [0.2], "open_tickets": [-0.1]})
    >>> specs = [InputSpec("logins_7d", "usage", False), InputSpec("logins_28d", "usage", False)]
    >>> specs += [InputSpec("open_tickets", "support", False)]
    >>> top_drivers(Attribution(np.array([0.1]), np.array([0.3]), points), specs, 2).round(2).values.tolist()
    [['usage', 'logins_28d', 0.3, None, None, nan]]
    """
    points = attribution.points
    names = {}
    for spec in sorted(specs, key=lambda spec: spec.driver):
        if spec.name in points:
            names.setdefault(spec.driver, []).append(spec.name)
    by_name, totals = driver_totals(points, {spec.name: spec.driver for spec in specs})
    drivers, rows = np.array([*by_name, None], dtype=object), np.arange(len(points))
    strongest = np.empty((len(points), len(by_name)), dtype=object)
    for at, driver in enumerate(by_name):
        of_driver = points[names[driver]].to_numpy()
        strongest[:, at] = np.array(names[driver], dtype=object)[of_driver.argmax(axis=1)] if len(points) else None
    order = rank_drivers(attribution, by_name, totals).order
    columns = {}
    for place in range(number):
        at = order[:, place] if place < len(names) else np.zeros(len(points), dtype=int)
        found = totals[rows, at] > SMALLEST_POINTS if place < len(names) else np.zeros(len(points), dtype=bool)
        texts = {"": drivers[at], "_feature": strongest[rows, at] if len(names) else None}
        for name, text in texts.items():
            # Objects, so that None stays None: MLflow would write a NaN into its JSON.
            columns[f"driver_{place + 1}{name}"] = pd.Series(np.where(found, text, None), index=points.index, dtype=object)
        columns[f"driver_{place + 1}_points"] = np.where(found, totals[rows, at] if len(names) else np.nan, np.nan)
    return pd.DataFrame(columns, index=points.index)
