"""The first days of an account: what was done to it and what it did, and whether it activated afterwards.

Cut at the account's own clock: steps are those of the first 14 days that were known by their end, activation is what comes after.
"""

import numpy as np

FIRST_DAYS, ACTIVATION_DAYS = 14, 60
MOST_TIMES = 3
"""A step that comes more often than this counts as often as this."""


def at_risk(dates, today):
    """List the accounts that had not activated in their first 14 days, and whether they did in the 60 days after.

    Parameters
    ----------
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    today : pandas.Timestamp

    Returns
    -------
    pandas.DataFrame, indexed by account_id
        signed_up, activated (a value action, or a paid term), is_over (the 60 days are over, so that everyone is judged alike).
        Accounts that signed up before the first use on record were active where nobody looked, and are left out.
    """
    import pandas as pd

    begins = dates["signed_up"] + pd.Timedelta(days=FIRST_DAYS)
    ends = begins + pd.Timedelta(days=ACTIVATION_DAYS)
    on = dates[["first_value", "bought_on"]].min(axis=1)
    on = on.where(on.isna() | (on >= dates["signed_up"]), dates["signed_up"])
    recorded = dates["signed_up"] >= dates["first_use"].min().floor("D") if dates["first_use"].notna().any() else True
    kept = (begins <= today) & recorded & (on.isna() | (on >= begins))
    frame = pd.DataFrame({"signed_up": dates["signed_up"], "activated": on.notna() & (on < ends), "is_over": ends <= today})
    return frame[kept]


def counted_steps(steps, index):
    """Lay the steps out as a table of counts, one row an account and one column a kind of step.

    Parameters
    ----------
    steps : list of pandas.DataFrame
        account_id, step, times.
    index : pandas.Index
        The accounts wanted.

    Examples
    --------
    >>> import pandas as pd
    >>> steps = pd.DataFrame({"account_id": ["A", "A"], "step": ["use error", "use view"], "times": [7, 1]})
    >>> counted_steps([steps], pd.Index(["A", "B"])).values.tolist()
    [[3, 1], [0, 0]]
    """
    import pandas as pd

    rows = pd.concat([one for one in steps if len(one)], ignore_index=True) if any(len(one) for one in steps) else None
    if rows is None:
        return pd.DataFrame(index=index)
    place, name = index.get_indexer(rows["account_id"]), pd.Index(sorted(rows["step"].unique()))
    kept = place >= 0
    table = np.zeros((len(index), len(name)), dtype=np.int64)
    np.add.at(table, (place[kept], name.get_indexer(rows["step"])[kept]), rows["times"].to_numpy(dtype=np.int64)[kept])
    return pd.DataFrame(np.minimum(table, MOST_TIMES), index=index, columns=name)


def early_uses(used, signed_up):
    """Return the kinds of action of each account's first days, each once: account_id, step ("use error"), times.

    Parameters
    ----------
    used : pandas.DataFrame
        See :func:`renewcast.markets.reading.uses`.
    signed_up : pandas.Series of datetime64
        By account_id.
    """
    import pandas as pd

    ends = used["account_id"].map(signed_up) + pd.Timedelta(days=FIRST_DAYS)
    early = used[(used["first_at"] < ends) & (used["told_at"] < ends)]
    return pd.DataFrame({"account_id": early["account_id"], "step": "use " + early["action"].astype(str), "times": 1})


def early_rows(known, table: str, kind: str, name: str):
    """Count the rows of an event table in each account's first days by kind: account_id, step ("touchpoint call"), times.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
    table, kind : str
        A table of events and the column that tells their kind.
    name : str
        The first word of the step.
    """
    import ibis

    rows = known.rows(table)
    accounts = known.rows("accounts").select("account_id", "signed_up_at")
    at = known.view.store.contracts[table].event_time
    joined = rows.inner_join(accounts, "account_id")
    ends = joined.signed_up_at + ibis.interval(days=FIRST_DAYS)
    early = joined.filter((joined[at] < ends) & (joined.known_at < ends))
    frame = early.group_by(["account_id", kind]).aggregate(times=early.count()).to_pandas()
    frame["step"] = name + " " + frame[kind].astype(object).fillna("-").astype(str)
    return frame.sort_values(["account_id", "step"], ignore_index=True)[["account_id", "step", "times"]]


def early_moods(known):
    """Return how often an account seemed willing, and unwilling, in its first days: steps "mood willing" and "mood unwilling"."""
    frame = early_rows(known, "touchpoints", "willingness", "mood")
    value = np.sign(frame["step"].str.removeprefix("mood ").replace("-", "0").astype(float))
    frame = frame.assign(step=value.map({1.0: "mood willing", -1.0: "mood unwilling"})).dropna(subset="step")
    return frame.groupby(["account_id", "step"])["times"].sum().reset_index()


def steps_of(known, dates):
    """Return every early step of a project, as :func:`counted_steps` takes them."""
    from renewcast.markets.reading import has, uses

    found = []
    if has(known, "touchpoints"):
        found.append(early_rows(known, "touchpoints", "kind", "touchpoint"))
        if known.has("touchpoints.willingness"):
            found.append(early_moods(known))
    if has(known, "tickets"):
        found.append(early_rows(known, "tickets", "severity", "ticket"))
    if has(known, "usage"):
        found.append(early_uses(known.once(uses), dates["signed_up"]))
    return found
