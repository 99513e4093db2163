"""The person's level: who uses the product, in which role, how much hangs on one of them, which key users are silent (C21)."""

import datetime as dt

import numpy as np

from renewcast.activity.modules import windows_of
from renewcast.datasets.known import Known

ROLES = ("key_user", "executive", "administrator", "member")
"""The roles of the contract of the table users, who matters most first."""
NO_ROLE, UNNAMED = "not_known", ""
KEY = "key_user"


def has_people(known: Known) -> bool:
    """Tell whether events name the person."""
    return known.has("usage.user_id")


def people(known: Known):
    """List every person who used the product in the longest window or stands on the roster.

    Parameters
    ----------
    known : Known

    Returns
    -------
    pandas.DataFrame
        account_id, user_id ("" gathers the events that name nobody), role and department (as known now; "not_known" and "" where
        nothing is), is_on_roster (joined and not left), last_used (NaT: not in the longest window), days_silent, and for each
        window of the features events_<n>, active_days_<n>; sorted. Events add up to `usage_events`, persons with events to
        `active_users`.
    """
    import ibis

    windows = windows_of(known)
    rows = known.rows("usage", days=windows[-1])
    rows = rows.mutate(user_id=rows.user_id.fill_null(UNNAMED))
    made = {"last_used": rows.occurred_at.max()}
    for days in windows:
        inside = rows.occurred_at >= ibis.literal(known.instant - dt.timedelta(days=days))
        made |= {f"events_{days}": inside.sum(), f"active_days_{days}": rows.occurred_at.date().nunique(where=inside)}
    used = rows.group_by("account_id", "user_id").aggregate(**made).to_pandas()
    frame = _together(used, _roster(known))
    for name in made:
        if name != "last_used":
            frame[name] = frame[name].fillna(0).astype("int64")
    frame["last_used"] = frame["last_used"].astype("datetime64[us]")
    frame["days_silent"] = np.floor((known.as_of - frame["last_used"]).dt.total_seconds() / 86_400)
    frame["is_on_roster"] = frame["is_on_roster"].eq(True)
    frame["role"] = frame["role"].astype(object).where(frame["role"].notna(), NO_ROLE)
    frame["department"] = frame["department"].astype(object).where(frame["department"].notna(), "")
    names = ["account_id", "user_id", "role", "department", "is_on_roster", "last_used", "days_silent"]
    counted = [name for name in made if name != "last_used"]
    return frame[names + counted]


def _together(used, roster):
    """Join persons by account and user, whoever stands in either, in order; two texts are joined as one number."""
    import pandas as pd

    keys = ["account_id", "user_id"]
    both = pd.concat([used[keys], roster[keys]], ignore_index=True)
    account, user = (pd.factorize(both[name], sort=True)[0] for name in keys)
    key = account.astype(np.int64) * (user.max(initial=-1) + 1) + user
    persons, first, number = np.unique(key, return_index=True, return_inverse=True)
    found = both.iloc[first].reset_index(drop=True)
    for frame, mine in ((used, number[: len(used)]), (roster, number[len(used) :])):
        place = np.full(len(persons), -1)
        place[mine] = np.arange(len(frame))
        found = found.join(frame.drop(columns=keys).reset_index(drop=True).reindex(place).reset_index(drop=True))
    return found


def _roster(known: Known):
    """Return the persons of the table users, each once: account_id, user_id, role, department, is_on_roster."""
    import pandas as pd

    names = ("role", "department", "joined_at", "left_at")
    if "users" not in known.view.store.tables:
        empty = ("account_id", "user_id", "role", "department", "is_on_roster")
        return pd.DataFrame({name: pd.Series(dtype=object) for name in empty})
    rows = known.rows("users").select("account_id", "user_id", *names).to_pandas()
    if rows.duplicated(["account_id", "user_id"]).any():
        rows = rows.sort_values(["account_id", "user_id", "joined_at"]).drop_duplicates(["account_id", "user_id"], keep="last")
    joined, left = (pd.to_datetime(rows[name]).astype("datetime64[us]") for name in ("joined_at", "left_at"))
    there = (joined < known.as_of) & (left.isna() | (left >= known.as_of))
    return rows[["account_id", "user_id", "role", "department"]].assign(is_on_roster=there)


def reliance(listed, days: int):
    """Say how far each account's use hangs on few people, and whether its key users and roles are there.

    Parameters
    ----------
    listed : pandas.DataFrame
        Of :func:`people`.
    days : int
        The window.

    Returns
    -------
    pandas.DataFrame, indexed by account_id
        people (active and named), top_share (of the named events, by the busiest person) and hhi (sum of the squared shares, from
        1/people to 1; both NaN without named events), roster, roles (that the roster holds), roles_active, role_coverage (their
        ratio; NaN without a roster), key_users, key_users_active, key_users_inactive (on the roster, no event in the window).

    References
    ----------
    Herfindahl and Hirschman's index: Hirschman, The paternity of an index, American Economic Review 54 (1964).

    Examples
    --------
    >>> import pandas as pd
    >>> listed = pd.DataFrame({"account_id": ["A"] * 3, "user_id": ["x", "y", "z"], "role": ["key_user", "member", "executive"],
    ...     "is_on_roster": True, "events_28": [6, 2, 0]})
    >>> reliance(listed, 28)[["people", "top_share", "hhi", "roles", "roles_active", "key_users_inactive"]].values.tolist()
    [[2.0, 0.75, 0.625, 3.0, 2.0, 0.0]]
    """
    import pandas as pd

    events = listed[f"events_{days}"].to_numpy()
    accounts = pd.Index(np.unique(listed["account_id"].to_numpy(dtype=object)), name="account_id")
    named = listed[(listed["user_id"] != UNNAMED) & (events > 0)]
    mine = named[f"events_{days}"] / named.groupby("account_id")[f"events_{days}"].transform("sum")
    use = pd.DataFrame({"account_id": named["account_id"], "share": mine, "square": mine**2}).groupby("account_id")
    found = pd.DataFrame(index=accounts)
    found["people"] = use.size().reindex(accounts).fillna(0).astype("int64")
    found["top_share"], found["hhi"] = use["share"].max().reindex(accounts), use["square"].sum(min_count=1).reindex(accounts)
    roster = listed[listed["is_on_roster"]].assign(is_active=lambda frame: frame[f"events_{days}"] > 0)
    found["roster"] = roster.groupby("account_id").size().reindex(accounts).fillna(0).astype("int64")
    by_role = roster[roster["role"] != NO_ROLE].groupby(["account_id", "role"])["is_active"].any().groupby("account_id")
    found["roles"] = by_role.size().reindex(accounts).fillna(0).astype("int64")
    found["roles_active"] = by_role.sum().reindex(accounts).fillna(0).astype("int64")
    found["role_coverage"] = (found["roles_active"] / found["roles"]).where(found["roles"] > 0)
    key = roster[roster["role"] == KEY].groupby("account_id")["is_active"]
    found["key_users"] = key.size().reindex(accounts).fillna(0).astype("int64")
    found["key_users_active"] = key.sum().reindex(accounts).fillna(0).astype("int64")
    found["key_users_inactive"] = found["key_users"] - found["key_users_active"]
    return found


def by_role(listed, days: int):
    """Add people up by role: role, roster, active (of the roster, with an event), active_share, events, events_each.

    ``events`` are those of everybody in the role, on the roster or not; ``events_each`` is for each active person of it.

    Examples
    --------
    >>> import pandas as pd
    >>> listed = pd.DataFrame({"user_id": ["x", "y"], "role": "member", "is_on_roster": [True, True], "events_28": [6, 0]})
    >>> by_role(listed, 28).values.tolist()
    [['member', 2, 1, 0.5, 6, 6.0]]
    """
    import pandas as pd

    events = listed[f"events_{days}"]
    frame = pd.DataFrame(
        {
            "role": listed["role"],
            "roster": listed["is_on_roster"].astype("int64"),
            "active": (listed["is_on_roster"] & (events > 0)).astype("int64"),
            "acting": ((listed["user_id"] != UNNAMED) & (events > 0)).astype("int64"),
            "events": events,
        }
    )
    order = {role: place for place, role in enumerate((*ROLES, NO_ROLE))}
    found = frame.groupby("role").sum().reset_index()
    found = found.iloc[found["role"].map(order).argsort(kind="stable")].reset_index(drop=True)
    share = (found["active"] / found["roster"]).where(found["roster"] > 0)
    each = (found["events"] / found["acting"]).where(found["acting"] > 0)
    found = found.assign(active_share=share, events_each=each)
    return found[["role", "roster", "active", "active_share", "events", "events_each"]]


def silent_key_users(known: Known, listed, days: int):
    """List the key users on the roster who did nothing in the window: account_id, user_id, department, days_silent (NaN: longer).

    The accounts with most revenue come first, then the longest silence.
    """
    mask = listed["is_on_roster"] & (listed["role"] == KEY) & (listed[f"events_{days}"] == 0)
    found = listed.loc[mask, ["account_id", "user_id", "department", "days_silent"]].copy()
    found["mrr"] = known.of(found["account_id"], "mrr") if "mrr" in known.accounts else np.nan
    found = found.assign(order=found["days_silent"].fillna(np.inf))
    found = found.sort_values(["mrr", "order", "account_id", "user_id"], ascending=[False, False, True, True])
    return found.drop(columns=["mrr", "order"]).reset_index(drop=True)
