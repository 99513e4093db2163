"""Load by effort: what an account of a stage and tier takes a month, what that makes for each owner, and how long a list may be.

Fifty customers that are looked after are more work than five hundred that are not (C80), so accounts are not counted but weighed:
by the contacts and tickets a month that accounts of their stage and tier took in the past year (C11).
"""

import numpy as np

from renewcast.activity.looks import EVERY_WEEKS, LOOKS
from renewcast.activity.over_time import panel
from renewcast.lifecycle.stages import lifecycle_stage
from renewcast.scorecard.months import TIERS

PERIOD_DAYS = 7 * EVERY_WEEKS
MONTH_DAYS = 365.25 / 12
PRIOR_MONTHS = 60.0
"""A cell of stage and tier counts as much as all accounts together once it has been seen for so many account months."""
Z90 = 1.6448536269514722
NEW_CUSTOMERS_A_CSM = 20
"""So many new customers a month are one CSM's, which is what four or five sales people bring (C11)."""


def effort(known, months):
    """Measure contacts and tickets a month by stage and tier, and expect them of each account now.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of the accounts in scope.
    months : renewcast.scorecard.months.Months
        Tells the tiers.

    Returns
    -------
    pandas.DataFrame
        stage, tier, months (of accounts, in the past year), contacts, tickets, effort (a month, raw), expected (drawn to the mean
        of all), low, high (90 %); sorted. Empty without touchpoints and tickets.
    pandas.Series
        ``expected`` of each account, indexed by account_id.

    Notes
    -----
    The past year is cut into twelve periods of 28 days, each after a look at who was in scope. An account stands in the stage of
    the middle of the period, by its cover as known at the look, and in the tier of the last month that was over. What was known
    late counts where it happened.

    References
    ----------
    Robbins, An empirical Bayes approach to statistics (1956), in the form of Poisson counts with a gamma prior whose weight is
    fixed (``PRIOR_MONTHS``): Gelman et al., Bayesian Data Analysis, 3rd edition 2013, section 2.6.
    """
    import pandas as pd

    tables = [name for name in ("touchpoints", "tickets") if name in known.view.store.tables]
    looks = known.once(panel) if tables and len(known.accounts) else None
    if looks is None or not len(looks):
        return pd.DataFrame(columns=COLUMNS), pd.Series(0.0, index=known.accounts["account_id"])
    age = ((known.as_of - looks["as_of"]).dt.days // PERIOD_DAYS).to_numpy()
    cells = pd.DataFrame({"stage": _stages(known, looks, PERIOD_DAYS / 2), "tier": _tiers(months, looks)}, index=looks.index)
    for name, table in (("contacts", "touchpoints"), ("tickets", "tickets")):
        cells[name] = _counts(months, table, looks, age) if table in tables else 0.0
    past = cells[age > 0]
    if not len(past):
        return pd.DataFrame(columns=COLUMNS), pd.Series(0.0, index=known.accounts["account_id"])
    grouped = past.groupby(["stage", "tier"])
    found = grouped[["contacts", "tickets"]].sum()
    count = found.sum(axis=1)
    found["months"] = grouped.size() * PERIOD_DAYS / MONTH_DAYS
    found = found.assign(effort=count / found["months"], **shrunk_rates(count.to_numpy(), found["months"].to_numpy()))
    found["contacts"], found["tickets"] = found["contacts"] / found["months"], found["tickets"] / found["months"]
    now = known.accounts.assign(as_of=known.as_of)
    keys = pd.MultiIndex.from_arrays([_stages(known, now, 0.0), _tiers(months, now)])
    mean = float(count.sum() / found["months"].sum())
    expected = pd.Series(found["expected"].reindex(keys).fillna(mean).to_numpy(), index=now["account_id"].to_numpy())
    return found.reset_index()[COLUMNS], expected


COLUMNS = ["stage", "tier", "months", "contacts", "tickets", "effort", "expected", "low", "high"]


def shrunk_rates(counts, months) -> dict:
    """Draw Poisson rates to the rate of all, the more the less was seen.

    Parameters
    ----------
    counts, months : arrays of float, shape (n_cells,)

    Returns
    -------
    dict of str to array
        expected, low, high (90 % of the posterior).

    Examples
    --------
    >>> found = shrunk_rates(np.array([600.0, 0.0]), np.array([600.0, 1.0]))
    >>> found["expected"].round(2).tolist()
    [1.0, 0.98]
    """
    from scipy.stats import gamma

    counts, months = np.asarray(counts, dtype="float64"), np.asarray(months, dtype="float64")
    mean = counts.sum() / months.sum()
    shape, weight = counts + mean * PRIOR_MONTHS, months + PRIOR_MONTHS
    low, high = (gamma.ppf(q, np.maximum(shape, 1e-9)) / weight for q in (0.05, 0.95))
    return {"expected": shape / weight, "low": low, "high": high}


def load(expected, owner, arr, capacity: int):
    """Add the expected effort up for each owner, and say how long a list he may have.

    Parameters
    ----------
    expected : pandas.Series
        Effort a month, by account_id.
    owner, arr : pandas.Series
        By account_id.
    capacity : int
        Places on a list of accounts of average effort (`actions.capacity_per_owner`).

    Returns
    -------
    pandas.DataFrame
        owner, accounts, arr, effort (a month), effort_each, against_median (effort of the owner over the median owner's), places:
        so many of his accounts take as much effort as ``capacity`` average ones, at most all of them; most effort first.

    Examples
    --------
    >>> import pandas as pd
    >>> ids = ["A", "B", "C"]
    >>> expected = pd.Series([1.0, 1.0, 4.0], index=ids)
    >>> table = load(expected, pd.Series(["x", "x", "y"], index=ids), pd.Series(1e3, index=ids), 1)
    >>> table[["owner", "accounts", "effort", "places"]].values.tolist()
    [['y', 1, 4.0, 1], ['x', 2, 2.0, 2]]
    """
    import pandas as pd

    ids = expected.index
    frame = pd.DataFrame({"owner": owner.reindex(ids).fillna("").astype(str), "arr": arr.reindex(ids), "effort": expected})
    found = frame.groupby("owner").agg(accounts=("effort", "size"), arr=("arr", "sum"), effort=("effort", "sum")).reset_index()
    found["effort_each"] = found["effort"] / found["accounts"]
    median = found["effort"].median()
    found["against_median"] = found["effort"] / median if median > 0 else np.nan
    mean = expected.mean()
    places = capacity * mean / found["effort_each"].where(found["effort_each"] > 0)
    found["places"] = places.fillna(capacity).clip(lower=1, upper=found["accounts"]).round().astype("int64")
    return found.sort_values(["effort", "owner"], ascending=[False, True], ignore_index=True)


def new_customers(ledger, owner):
    """Count each owner's new customers a month over the past year, against the twenty that make a CSM's work (C11).

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    owner : pandas.Series
        By account_id.

    Returns
    -------
    pandas.DataFrame
        owner, new_a_month, low, high (90 %, Poisson), share_of_a_csm (of twenty a month); sorted. Sales people are in no table.

    References
    ----------
    Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936).
    """
    import pandas as pd
    from scipy.stats import chi2

    from renewcast.revenue.movements import NEW

    months = min(12, ledger.movement.shape[1])
    count = (ledger.movement[:, -months:] == NEW).sum(axis=1)
    names = ledger.units["account_id"].map(owner).fillna("").astype(str)
    found = pd.DataFrame({"owner": names.to_numpy(), "new": count}).groupby("owner", as_index=False)["new"].sum()
    new = found.pop("new").to_numpy(dtype="float64")
    found["new_a_month"] = new / months
    found["low"] = np.where(new > 0, chi2.ppf(0.05, np.maximum(2 * new, 1e-9)) / 2, 0.0) / months
    found["high"] = chi2.ppf(0.95, 2 * new + 2) / 2 / months
    found["share_of_a_csm"] = found["new_a_month"] / NEW_CUSTOMERS_A_CSM
    return found.sort_values(["new_a_month", "owner"], ascending=[False, True], ignore_index=True)


def _tiers(months, looks):
    """Return the tier of each account and look, of the last month that was over: array of str; ordinary where none is told."""
    place = _place(months, looks)
    month = np.searchsorted(months.ends, looks["as_of"].to_numpy(dtype="datetime64[us]"), side="right") - 1
    if months.ledger is None or not len(months):
        return np.full(len(looks), TIERS[0], dtype=object)
    return np.array(TIERS, dtype=object)[np.maximum(months.tier_at(place, month), 0)]


def _counts(months, table: str, looks, age):
    """Count the facts of each account in the 28 days after each look."""
    frame = months.rows(table)
    since = (months.known.as_of - frame[months.known.view.store.contracts[table].event_time]).dt.total_seconds().to_numpy()
    period = np.ceil(since / (PERIOD_DAYS * 86_400))
    inside = (period >= 0) & (since <= PERIOD_DAYS * LOOKS * 86_400)
    key = frame["place"].to_numpy()[inside] * (LOOKS + 1) + period[inside].astype(np.int64)
    count = np.bincount(key, minlength=len(months.account_id) * (LOOKS + 1)).reshape(-1, LOOKS + 1).astype("float64")
    return count[_place(months, looks), age]


def _place(months, looks):
    import pandas as pd

    return pd.Index(months.account_id).get_indexer(looks["account_id"])


def _stages(known, looks, after_days: float):
    """Name each account's stage so many days after each look, by the cover known at it; array of str."""
    import pandas as pd

    ids = pd.Series(looks["account_id"].unique())
    started = pd.Series(known.view.days_since_start(ids, known.as_of.date()), index=ids)
    since = looks["account_id"].map(started).to_numpy() - (known.as_of - looks["as_of"]).dt.days.to_numpy() + after_days
    left = (looks["cover_ends_on"] - looks["as_of"]).dt.days.to_numpy(dtype="float64") - after_days
    return lifecycle_stage(since, left).astype(object)
