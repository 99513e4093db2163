"""How far an account's use lies from that of healthy peers: those who stayed, as they were then (C20)."""

import dataclasses

import numpy as np

from renewcast.activity.looks import earlier_day, looks, on_days
from renewcast.activity.modules import UNNAMED, has_modules, held, module_use, shares, windows_of
from renewcast.datasets.among import is_among
from renewcast.datasets.known import Known

MIN_PEERS = 20
ALL = ""


@dataclasses.dataclass(frozen=True, eq=False)
class Healthy:
    """The profile of those who stayed, and how far everybody lies from it.

    Attributes
    ----------
    profile : pandas.DataFrame
        peers (a size class, "" for all), module, share (mean share of the use of those who stayed and have the module), accounts.
    now : pandas.DataFrame
        account_id, peers, distance in [0, 1] (half the sum of the differences of shares: so much of the use would have to lie
        elsewhere); accounts with use in the longest window; sorted by account.
    then : pandas.DataFrame
        The same, half a year earlier, with ``stayed``: what the distance was worth. Whoever stayed is held against the
        others who did, himself left out.
    """

    profile: object
    now: object
    then: object


def healthy(known: Known) -> Healthy | None:
    """Compare each account's modules with those of peers of its size who stayed and have the same modules.

    Parameters
    ----------
    known : Known

    Returns
    -------
    Healthy or None
        None where events name no module, the calendar does not reach back, or fewer than 20 accounts stayed.

    Notes
    -----
    Both sides rest on what was known on their own day: the peers' use on the earlier day, that they stayed on the later one. An
    account stayed where it was scored on the earlier day and is in scope, with cover, on the later.

    References
    ----------
    Total variation distance: Levin, Peres, Wilmer, Markov Chains and Mixing Times (2009), proposition 4.2.
    """
    earlier = earlier_day(known)
    if not has_modules(known) or earlier < known.view.calendar.first:
        return None
    before = on_days(known.once(looks), [earlier])
    before = before[before["is_eligible"]]
    then = Known(known.view, earlier, before[["account_id", "is_eligible", "mrr"]])
    here = known.accounts
    here = here.loc[here["is_eligible"], "account_id"] if "is_eligible" in here else here["account_id"]
    new, old = (_shares(one) for one in (known, then)) if len(before) else (None, None)
    if old is None or old.loc[is_among(old["account_id"], here), "account_id"].nunique() < MIN_PEERS:
        return None
    old["stayed"] = is_among(old["account_id"], here)
    new["peers"], old["peers"] = _sizes(known, new["account_id"]), _sizes(then, old["account_id"])
    staying = old[old["stayed"]]
    count = staying.drop_duplicates("account_id")["peers"].value_counts()
    large = sorted(count.index[count >= MIN_PEERS])
    for frame in (new, old):
        frame["peers"] = frame["peers"].where(frame["peers"].isin(large), ALL)
    profile = profiles(staying)
    return Healthy(profile, distances(new, profile), distances(old, profile))


def profiles(staying):
    """Return the mean share of each module among those who have it, for each size class and for all.

    Parameters
    ----------
    staying : pandas.DataFrame
        account_id, peers, module, share (0 where it is held and not used).

    Returns
    -------
    pandas.DataFrame
        peers, module, share, accounts; classes below 20 accounts are left out, "" is all.
    """
    import pandas as pd

    def profile(rows, name):
        found = rows.groupby("module")["share"].agg(share="mean", accounts="size").reset_index()
        return found.assign(peers=name)[["peers", "module", "share", "accounts"]]

    count = staying.drop_duplicates("account_id")["peers"].value_counts()
    named = [name for name in sorted(count.index[count >= MIN_PEERS]) if name != ALL]
    parts = [profile(staying, ALL), *(profile(staying[staying["peers"] == name], name) for name in named)]
    return pd.concat(parts, ignore_index=True)


def distances(shared, profile):
    """Return the distance of each account from the profile of its peers, over the modules that it has.

    Parameters
    ----------
    shared : pandas.DataFrame
        account_id, peers, module, share; with ``stayed``, whoever did is taken out of the profile that he is held against.
    profile : pandas.DataFrame
        Of :func:`profiles`.

    Returns
    -------
    pandas.DataFrame
        account_id, peers, distance (NaN where no peer has any of its modules), and stayed; sorted.

    Examples
    --------
    The peers' use is spread alike over two modules; who has only one cannot spread it:

    >>> import pandas as pd
    >>> profile = pd.DataFrame({"peers": "", "module": ["a", "b"], "share": [0.4, 0.4], "accounts": 20})
    >>> shared = pd.DataFrame({"account_id": ["A", "A", "B"], "peers": "", "module": ["a", "b", "a"], "share": [0.9, 0.1, 1.0]})
    >>> distances(shared, profile)["distance"].round(6).tolist()
    [0.4, 0.0]
    """
    frame = shared.merge(profile.rename(columns={"share": "usual"}), on=["peers", "module"], how="left")
    frame["usual"] = frame["usual"].fillna(0.0)
    is_known = ["account_id", "peers"]
    if "stayed" in frame:
        is_known.append("stayed")
        others = np.maximum(frame["accounts"].fillna(0) - 1, 1)
        without = np.where(frame["accounts"] > 1, (frame["usual"] * frame["accounts"] - frame["share"]) / others, 0.0)
        frame["usual"] = np.where(frame["stayed"], np.maximum(without, 0.0), frame["usual"])
    whole = frame.groupby("account_id")["usual"].transform("sum")
    frame["gap"] = (frame["share"] - frame["usual"] / whole.where(whole > 0)).abs()
    found = frame.groupby(is_known, as_index=False)["gap"].sum(min_count=1)
    found["distance"] = (0.5 * found["gap"]).clip(0.0, 1.0)
    return found.drop(columns="gap").sort_values("account_id", ignore_index=True)


def _shares(known: Known):
    """Return the shares of the modules that each account uses or has, in the longest window: account_id, module, share."""
    use = known.once(module_use)
    use = use[(use["window_days"] == windows_of(known)[-1]) & (use["module"] != UNNAMED)]
    used = shares(use)[["account_id", "module", "share"]]
    bought = known.once(held)
    bought = bought[is_among(bought["account_id"], used["account_id"])]
    both = used.merge(bought, on=["account_id", "module"], how="outer").fillna({"share": 0.0})
    return both.sort_values(["account_id", "module"], ignore_index=True)


def _sizes(known: Known, account_id):
    """Return the size class of each account, "" where it is not known."""
    if not known.has("accounts.company_size"):
        return ALL
    rows = known.frame("accounts", "company_size").drop_duplicates("account_id").set_index("account_id")["company_size"]
    return account_id.map(rows).fillna(ALL).astype(str)
