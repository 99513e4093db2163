"""What happened in an account, week by week and event by event, as far as it was known: the page's account view is drawn from it.

Only what was known before the list's day is told. Usage is told as it is known now, a late fact in the week in which it
happened; the probability of an earlier week is the one that was published then, never one computed afterwards.
"""

import datetime as dt

from renewcast.scoring.account_events import account_events, known_rows

WEEKS = 26


def account_history(view, account_ids: list[str], as_of: dt.date, published):
    """Tell the weeks and the events of some accounts.

    Parameters
    ----------
    view : datasets.view.View
    account_ids : list of str
    as_of : datetime.date
        A snapshot day.
    published : pandas.DataFrame
        account_id, as_of, churn_probability, churn_low, churn_high: what lists said, this one's among them.

    Returns
    -------
    tuple of pandas.DataFrame
        The weeks (account_id, as_of, churn_probability, events, active_users, open_tickets, churn_low, churn_high; oldest
        first, up to 26 an account, none before it became a customer) and the events; see
        :func:`renewcast.scoring.account_events.account_events`. Measures that the project's tables or features do not
        hold are missing.

    Notes
    -----
    Usage comes from the roll-up, so its cost goes with the accounts asked for and not with all of their events.
    """
    return account_weeks(view, account_ids, as_of, published), account_events(view, account_ids, as_of)


def account_weeks(view, account_ids: list[str], as_of: dt.date, published, weeks: int = WEEKS):
    """Tell the weeks of some accounts; see :func:`account_history`."""
    import numpy as np
    import pandas as pd

    accounts = sorted(set(account_ids))
    ends = [as_of - dt.timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]
    frame = pd.DataFrame({"account_id": np.repeat(np.array(accounts, dtype=object), weeks), "as_of": ends * len(accounts)})
    said = published[published["as_of"].isin(ends)].drop_duplicates(["account_id", "as_of"], keep="last")
    frame = frame.merge(said, on=["account_id", "as_of"], how="left")
    for name, values in _usage(view, accounts, as_of, weeks).items():
        frame[name] = values
    frame["open_tickets"] = _open_tickets(view, accounts, as_of, ends)
    days = view.days_since_start(pd.Series(accounts, dtype=object), as_of)
    back = np.tile(np.arange(7 * (weeks - 1), -1, -7), len(accounts))
    # NaN, an unknown start, keeps every week.
    frame = frame[~(back > np.repeat(days, weeks))]
    columns = ["account_id", "as_of", "churn_probability", "events", "active_users", "open_tickets", "churn_low", "churn_high"]
    return frame[columns].reset_index(drop=True)


def _usage(view, accounts, as_of, weeks):
    """Return events and active users a week, account by account and oldest first; None where no feature counts them."""
    import numpy as np

    from renewcast.engine.grid import Grid
    from renewcast.features.people import active_users
    from renewcast.features.usage import events

    grid, found, measures = None, {}, view.measures
    for name, measure in (("events", events), ("active_users", active_users)):
        if measure not in measures or not accounts:
            found[name] = None
            continue
        grid = grid or Grid(view.rollup, accounts, np.full(len(accounts), view.calendar.number(as_of)))
        # The window ends so many days before the list's day; what it sees is what is known on that day.
        read = [grid.read(measure, 7, 7 * back) for back in range(weeks - 1, -1, -1)]
        found[name] = np.stack(read, axis=1).ravel()
    return found


def _open_tickets(view, accounts, as_of, ends):
    """Count the tickets that were open at the end of each week, account by account and oldest first."""
    import numpy as np
    import pandas as pd

    rows = known_rows(view, "tickets", accounts, as_of, ("account_id", "opened_at", "resolved_at"))
    if rows is None:
        return None
    place = pd.Index(accounts).get_indexer(rows["account_id"])
    opened = rows["opened_at"].to_numpy(dtype="datetime64[us]")
    resolved = rows["resolved_at"].to_numpy(dtype="datetime64[us]")
    counts = np.zeros((len(accounts), len(ends)))
    for week, end in enumerate(np.array(ends, dtype="datetime64[us]")):
        is_open = (opened < end) & (np.isnat(resolved) | (resolved >= end))
        counts[:, week] = np.bincount(place[is_open], minlength=len(accounts))
    return counts.ravel()
