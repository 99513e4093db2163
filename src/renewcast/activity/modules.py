"""The module's level: which modules and core actions are used, how broadly, and what was bought and lies idle (C18, C20)."""

import datetime as dt

import numpy as np

from renewcast.datasets.known import Known
from renewcast.snapshots.terms import is_live

UNNAMED = ""
"""Events that name no module (or action)."""


def windows_of(known: Known) -> list[int]:
    """Return the windows of the features, shortest first."""
    return sorted(known.params.features.windows_days)


def has_modules(known: Known) -> bool:
    """Tell whether events name the module that was used."""
    return known.has("usage.module")


def module_use(known: Known):
    """Count what each account did in each module, and how many people; see :func:`counts`."""
    return counts(known, ("account_id", "module"), ("users",))


def action_use(known: Known):
    """Count each core action of each module, over all accounts of ``known``; see :func:`counts`."""
    return counts(known, ("module", "action"), ("users", "accounts"))


def counts(known: Known, by: tuple[str, ...], also: tuple[str, ...] = ("active_days", "users", "accounts")):
    """Count events over the features' windows, grouped by some columns of the usage.

    Parameters
    ----------
    known : Known
    by : tuple of str
        Of account_id, user_id, module, action; a column that the project lacks is ``UNNAMED`` throughout.
    also : tuple of str
        What is counted besides events and value actions; different ones cost more than all else.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, window_days, events, value_actions and ``also`` (different days, people who are named, accounts);
        sorted; only groups with an event in the window. Events of an account over all of its groups add up to the feature
        `usage_events`, those that did something of value to `value_actions`.
    """
    import ibis
    import pandas as pd

    windows = windows_of(known)
    rows = known.rows("usage", days=windows[-1])
    mapped = known.view.store.mapped["usage"]
    keys = [name for name in by if name != "account_id"]
    keys = {name: rows[name].fill_null(UNNAMED) if name in mapped else ibis.literal(UNNAMED) for name in keys}
    rows = rows.mutate(**keys)
    value = rows.is_value_action.fill_null(False) if "is_value_action" in mapped else ibis.literal(False)
    made = {}
    for days in windows:
        inside = rows.occurred_at >= ibis.literal(known.instant - dt.timedelta(days=days))
        made |= {f"events_{days}": inside.sum(), f"value_actions_{days}": (inside & value).sum()}
        different = {"active_days": rows.occurred_at.date(), "users": rows.user_id, "accounts": rows.account_id}
        made |= {f"{name}_{days}": different[name].nunique(where=inside) for name in also}
    wide = rows.group_by(*by).aggregate(**made).to_pandas()
    counted = ("events", "value_actions", *also)
    frames = []
    for days in windows:
        part = wide[list(by)].assign(window_days=days)
        for name in counted:
            part[name] = wide[f"{name}_{days}"].fillna(0).astype("int64")
        frames.append(part[part["events"] > 0])
    return pd.concat(frames).sort_values([*by, "window_days"], ignore_index=True)


def held(known: Known):
    """List the modules that each account has bought: account_id, module; sorted. A product is a module once anybody used it."""
    import pandas as pd

    if "module_terms" not in known.view.store.tables:
        return pd.DataFrame({"account_id": pd.Series(dtype=object), "module": pd.Series(dtype=object)})
    rows = known.rows("module_terms")
    frame = rows.filter(is_live(rows)).select("account_id", module=rows.product).distinct().to_pandas()
    return frame.sort_values(["account_id", "module"], ignore_index=True)


def unused(known: Known):
    """List the bought modules without a single event, as `bought_modules_unused` counts them: account_id, module, window_days."""
    import pandas as pd

    bought = known.once(held)
    used = known.once(module_use)[["account_id", "module", "window_days"]]
    frames = []
    for days in windows_of(known):
        mine = bought.merge(used[used["window_days"] == days], on=["account_id", "module"], how="left")
        frames.append(mine[mine["window_days"].isna()].assign(window_days=days))
    frame = pd.concat(frames) if frames else bought.assign(window_days=0)
    return frame.sort_values(["account_id", "module", "window_days"], ignore_index=True)


def shares(use):
    """Add each module's share of the account's events: the account's share vector.

    Parameters
    ----------
    use : pandas.DataFrame
        account_id, module, events; one window.

    Returns
    -------
    pandas.DataFrame
        ``use`` with ``share``, which adds up to 1 for each account; events that name no module are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> use = pd.DataFrame({"account_id": ["A", "A", "A"], "module": ["monitoring", "analysis", ""], "events": [3, 1, 5]})
    >>> shares(use)["share"].tolist()
    [0.75, 0.25]
    """
    named = use[use["module"] != UNNAMED]
    return named.assign(share=named["events"] / named.groupby("account_id")["events"].transform("sum"))


def breadth(shared):
    """Say how evenly each account's use is spread over modules.

    Parameters
    ----------
    shared : pandas.DataFrame
        Of :func:`shares`.

    Returns
    -------
    pandas.DataFrame, indexed by account_id
        modules (used), entropy (nats), effective_modules (its exponential: so many modules, used alike, would be as broad).

    References
    ----------
    Shannon, A mathematical theory of communication (1948), section 6; Hill, Diversity and evenness, Ecology 54 (1973), order 1.

    Examples
    --------
    >>> import pandas as pd
    >>> breadth(pd.DataFrame({"account_id": ["A", "A", "B"], "share": [0.5, 0.5, 1.0]}))["effective_modules"].round(6).tolist()
    [2.0, 1.0]
    """
    parts = shared.assign(entropy=-shared["share"] * np.log(shared["share"]))
    found = parts.groupby("account_id").agg(modules=("share", "size"), entropy=("entropy", "sum"))
    return found.assign(entropy=found["entropy"].clip(lower=0), effective_modules=np.exp(found["entropy"].clip(lower=0)))
