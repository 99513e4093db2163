"""What there was to see of accounts that nobody was warned of: drivers that rose, and facts that came too late.

Both ask the model of the last list in time, at the weeks before, with the contract's gate left open: how would the account have
looked if its term were due? The published probabilities stay what they are.
"""

import datetime as dt

from renewcast.regret.classes import KEYS, MOVED, RAISED, SPAN_DAYS

CALENDAR = ("contract", "tenure")
"""Drivers that move with the calendar for everybody; they are no sign of anything."""
LEAST_WEEKS = 4
"""Weeks before the span, at least, of which the median is taken."""
EVIDENCE_COLUMNS = [*KEYS, "as_of", "kind", "what"]


def rising_drivers(points, base_rate: float, span_start):
    """Find the weeks in which a driver of an account lay well above where it used to lie.

    Parameters
    ----------
    points : pandas.DataFrame
        Of one account: as_of and a column of probability points a driver.
    base_rate : float
    span_start : pandas.Timestamp
        Weeks after it are asked; those up to it say where the drivers used to lie.

    Returns
    -------
    list of tuple
        as_of and the name of the driver that rose most, for each week in which one lies `MOVED` times the base rate or more
        above its median of the weeks before the span. None with fewer than `LEAST_WEEKS` of them.

    Examples
    --------
    >>> import pandas as pd
    >>> weeks = pd.date_range("2026-01-05", periods=6, freq="7D")
    >>> points = pd.DataFrame({"as_of": weeks, "usage": [0.0, 0.0, 0.01, 0.0, 0.01, 0.08], "support": 0.0})
    >>> [(day.strftime("%m-%d"), driver) for day, driver in rising_drivers(points, 0.1, weeks[3])]
    [('02-09', 'usage')]
    """
    drivers = [name for name in points.columns if name != "as_of" and name not in CALENDAR]
    before = points[points["as_of"] <= span_start]
    if len(before) < LEAST_WEEKS or not drivers:
        return []
    rise = points.loc[points["as_of"] > span_start, ["as_of"]].join(points[drivers] - before[drivers].median())
    top, which = rise[drivers].max(axis=1), rise[drivers].idxmax(axis=1)
    seen = top >= MOVED * base_rate
    return list(zip(rise.loc[seen, "as_of"], which[seen], strict=True))


def weeks_to_ask(unwarned, calendar, lead_days: int, as_of: dt.date):
    """List the weeks of each churn's span and as many before it: account_id, churned_on, as_of, span_start."""
    import pandas as pd

    days = pd.DataFrame({"as_of": pd.to_datetime(calendar.days(as_of)).astype("datetime64[us]")})
    rows = unwarned[[*KEYS, "deadline"]].merge(days[days["as_of"] < pd.Timestamp(as_of)], how="cross")
    last = rows["deadline"] - pd.Timedelta(days=lead_days)
    rows["span_start"] = last - pd.Timedelta(days=SPAN_DAYS)
    inside = (rows["as_of"] <= last) & (rows["as_of"] > last - pd.Timedelta(days=2 * SPAN_DAYS))
    return rows[inside].reset_index(drop=True)


def of_the_model(view, champion, churns, asked):
    """Return the weeks in which a driver of an unwarned account rose, by the model of its last list in time.

    Parameters
    ----------
    view : datasets.view.View
        The accounts' facts as they were known.
    champion : tracking.champion.Champion
    churns : pandas.DataFrame
        account_id and churned_on of those that this model is asked about.
    asked : pandas.DataFrame
        Of `weeks_to_ask`.

    Returns
    -------
    pandas.DataFrame
        ``EVIDENCE_COLUMNS``, kind "driver".
    """
    import pandas as pd

    from renewcast.explanation.attribution import driver_points

    rows = asked.merge(churns[KEYS], on=KEYS).reset_index(drop=True)
    attribution = _attributed(view, champion, rows)
    if attribution is None:
        return pd.DataFrame(columns=EVIDENCE_COLUMNS)
    points = driver_points(attribution, champion.scorer.specs).reset_index(drop=True)
    found = []
    for key, places in rows.groupby(KEYS).indices.items():
        part = points.iloc[places].assign(as_of=rows["as_of"].iloc[places].to_numpy())
        part = part.sort_values("as_of", ignore_index=True)
        start = rows["span_start"].iloc[places[0]]
        found += [(*key, day, "driver", name) for day, name in rising_drivers(part, champion.record["base_rate"], start)]
    return pd.DataFrame(found, columns=EVIDENCE_COLUMNS)


def of_late_facts(late_view, champion, standing, late):
    """Return the lists in time on which an account would have been seen, had what had happened been known.

    Parameters
    ----------
    late_view : datasets.view.View
        Of :func:`renewcast.regret.late.known_at_once`.
    champion : tracking.champion.Champion
    standing : pandas.DataFrame
        The lists in time of the churns that this model is asked about: account_id, churned_on, as_of, is_scored, gated (of the
        list's day), base_rate, entry (the lowest probability among the owner's first K).
    late : pandas.DataFrame
        account_id, as_of and what: the tables in which facts had happened then and were not known.

    Returns
    -------
    pandas.DataFrame
        ``EVIDENCE_COLUMNS``, kind "late".
    """
    import pandas as pd

    rows = standing[standing["is_scored"].astype(bool)].merge(late, on=["account_id", "as_of"]).reset_index(drop=True)
    if not len(rows):
        return pd.DataFrame(columns=EVIDENCE_COLUMNS)
    features = late_view.features(rows[["account_id", "as_of"]])
    told = champion.scorer.predict(features, rows["gated"].to_numpy(dtype=bool))
    enough = rows["entry"].where(rows["entry"] > rows["base_rate"], float("inf"))
    seen = (told >= RAISED * rows["base_rate"]) | (told >= enough)
    return rows.loc[seen].assign(kind="late")[EVIDENCE_COLUMNS]


def _attributed(view, champion, rows):
    import numpy as np

    from renewcast.explanation.attribution import attribute

    if not len(rows) or champion.record["ranked_by"] == "base_rate":
        return None
    features = view.features(rows[["account_id", "as_of"]])
    return attribute(champion.scorer, features, np.zeros(len(rows), dtype=bool))
