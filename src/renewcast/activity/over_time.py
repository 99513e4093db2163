"""Activity over the past year, every fourth week, as it was known then."""

import numpy as np

from renewcast.activity.looks import STEMS, looks, on_days, short_window, year_days
from renewcast.datasets.known import Known


def panel(known: Known):
    """Compute the usage features of the accounts that were in scope every fourth week of the past year.

    Parameters
    ----------
    known : Known

    Returns
    -------
    pandas.DataFrame
        account_id, as_of, is_eligible, mrr, cover_ends_on and those of ``STEMS`` that the tables can fill, each over the window
        that :func:`renewcast.activity.looks.short_window` names; the rows of the model, of the accounts in scope on each day.
        Sorted by both. Of more than 5,000 accounts every k-th by id; what is told of each account is right, counts are those of
        the accounts drawn.
    """
    found = on_days(known.once(looks), year_days(known))
    names = {f"{stem}_{short_window(known)}d": stem for stem in STEMS}
    kept = [name for name in names if name in found]
    return found[["account_id", "as_of", "is_eligible", "mrr", "cover_ends_on", *kept]].rename(columns=names)


def over_time(panel_, window: int):
    """Add the panel up by day.

    Parameters
    ----------
    panel_ : pandas.DataFrame
        Of :func:`panel`.
    window : int
        Of :func:`renewcast.activity.looks.short_window`.

    Returns
    -------
    pandas.DataFrame
        as_of, accounts, active (accounts with an event), active_share, daily_active (accounts active on a day, on average over
        the window), daily_active_share, events_per_account, users_per_account (means over the accounts in scope),
        events_per_active_day, value_action_share (of all events), minutes_per_active_day; NaN for what the tables cannot fill.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"as_of": pd.to_datetime(["2026-06-01"] * 2), "usage_events": [10.0, 0.0], "active_days": [4.0, 0.0]})
    >>> over_time(rows, 28)[["accounts", "active", "events_per_account", "events_per_active_day"]].values.tolist()
    [[2.0, 1.0, 5.0, 2.5]]
    """
    grouped = panel_.groupby("as_of")
    found = grouped.size().rename("accounts").to_frame()

    def total(stem):
        return grouped[stem].sum() if stem in panel_ else found["accounts"] * np.nan

    events, days = total("usage_events"), total("active_days")
    count = found["accounts"]
    found["active"] = (panel_["usage_events"] > 0).groupby(panel_["as_of"]).sum() if "usage_events" in panel_ else np.nan
    found["active_share"] = found["active"] / count
    found["daily_active"] = days / window
    found["daily_active_share"] = found["daily_active"] / count
    found["events_per_account"] = events / count
    found["users_per_account"] = total("active_users") / count
    found["events_per_active_day"] = (events / days).where(days > 0)
    found["value_action_share"] = (total("value_actions") / events).where(events > 0)
    found["minutes_per_active_day"] = (total("usage_minutes") / days).where(days > 0)
    return found.reset_index()
