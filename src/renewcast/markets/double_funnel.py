"""The double funnel: accounts that try for free, and accounts that pay, each from acquired to revenue (C37, C38)."""

import numpy as np

from renewcast.revenue.survival import life_table

FREE, PAYING = "free", "paying"
STAGES = ("acquired", "activated", "retained", "revenue")
RETAINED_AFTER_DAYS, RETAINED_AFTER_MONTHS = 28, 12
WITHIN_DAYS = {FREE: 180, PAYING: 400}
_MONTH = 365.25 / 12
_LONGEST = 3 * 365


def free_stages(dates, motion, today):
    """Return when each account that tries for free came to each stage.

    Acquired is the sign-up; activated the first value action (where the project does not tell which these are, the first use);
    retained: used 28 days or more after that; revenue: the first paid term. A stage counts only after the one before it.

    Parameters
    ----------
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    motion : pandas.Series of str
        By account_id: those that are product_led are followed.
    today : pandas.Timestamp

    Returns
    -------
    pandas.DataFrame of datetime64, indexed by account_id
        One column a stage; NaT: not reached.
    """
    import pandas as pd

    from renewcast.markets.motion import PRODUCT_LED

    rows = dates[(motion.reindex(dates.index) == PRODUCT_LED) & (dates["signed_up"] >= dates["first_use"].min().floor("D"))]
    activated = rows["first_value"] if rows["first_value"].notna().any() else rows["first_use"]
    kept = activated + pd.Timedelta(days=RETAINED_AFTER_DAYS)
    retained = kept.where(rows["last_use"] >= kept)
    return _in_order([rows["signed_up"], activated, retained, rows["bought_on"]])


def paying_stages(dates, ledger):
    """Return when each paying account came to each stage.

    Acquired is the first month of revenue; activated the first value action (the first use, where these are not told), from then
    on or before; retained: a customer twelve months later; revenue: the first month in which it pays more than in its first.

    Parameters
    ----------
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    ledger : renewcast.revenue.ledger.Ledger
        Of accounts.

    Returns
    -------
    pandas.DataFrame of datetime64, indexed by account_id
        As :func:`free_stages`; without usage nobody is asked to activate, and the column is left out; with it, only customers
        that began after the first use on record are followed.
    """
    import pandas as pd

    paid = ledger.is_customer[:, 1:] & (ledger.cents[:, 1:] > 0)
    ever = paid.any(axis=1)
    first = paid[ever].argmax(axis=1)
    ids = pd.Index(ledger.units["account_id"].to_numpy()[ever])
    cents, here, months = ledger.cents[ever, 1:], ledger.is_customer[ever, 1:], len(ledger.months)
    rows = np.arange(len(ids))
    later = np.minimum(first + RETAINED_AFTER_MONTHS, months - 1)
    stays = here[rows, later] & (first + RETAINED_AFTER_MONTHS < months)
    more = (cents > cents[rows, first][:, None]) & (np.arange(months) > first[:, None])
    # A month of revenue is read on its last day.
    ends = (ledger.months + 1).astype("datetime64[D]").astype("datetime64[us]")
    acquired = pd.Series(ends[first], index=ids)
    retained = pd.Series(np.where(stays, ends[later], np.datetime64("NaT", "us")), index=ids)
    grown = pd.Series(np.where(more.any(axis=1), ends[more.argmax(axis=1)], np.datetime64("NaT", "us")), index=ids)
    used = dates["first_value"] if dates["first_value"].notna().any() else dates["first_use"]
    if not used.notna().any():
        return _in_order([acquired, None, retained, grown])
    # Whoever was a customer before the first use on record was active where nobody looked.
    kept = acquired >= dates["first_use"].min()
    return _in_order([one[kept] for one in (acquired, used.reindex(ids), retained, grown)])


def _in_order(columns):
    """Keep a stage only where the one before was reached, and never before it."""
    import pandas as pd

    frame, before = {}, None
    for stage, reached in zip(STAGES, columns, strict=True):
        if reached is None:
            continue
        if before is not None:
            reached = reached.where(reached.isna() | (reached >= before), before).where(before.notna())
        frame[stage] = before = reached
    return pd.DataFrame(frame)


def double_funnel(dates, motion, ledger, today):
    """Count both funnels, the free one first.

    Parameters
    ----------
    dates, motion, today : see :func:`free_stages`
    ledger : renewcast.revenue.ledger.Ledger
        Paying accounts are followed where it tells single accounts.

    Returns
    -------
    pandas.DataFrame or None
        The rows of :func:`funnel`; None where nobody is in either.
    """
    import pandas as pd

    parts, free = [], free_stages(dates, motion, today)
    if len(free):
        parts.append(funnel(free, FREE, today))
    if ledger.definition.level == "account" and (ledger.cents > 0).any():
        paying = paying_stages(dates, ledger)
        parts += [funnel(paying, PAYING, today)] if len(paying) else []
    return pd.concat(parts, ignore_index=True) if parts else None


def funnel(stages, name: str, today):
    """Count who passes from each stage to the next, and how long it takes, those counted who are still on their way.

    Parameters
    ----------
    stages : pandas.DataFrame
        See :func:`free_stages`.
    name : {"free", "paying"}
    today : pandas.Timestamp

    Returns
    -------
    pandas.DataFrame
        funnel, stage, accounts (that reached it), share_of_all, passed (from the stage before, so far, as a share), in_time (the
        share that passes within by_days), low, high (90 %), by_days (180 for free, 400 for paying accounts, which are retained
        after a year at the earliest), median_days (NaN: less than half pass); from passed on empty for the first stage.

    References
    ----------
    Kaplan and Meier (1958), see :func:`renewcast.revenue.survival.life_table`.
    """
    import pandas as pd

    rows, before = [], None
    for stage in stages:
        reached = stages[stage]
        row = {"funnel": name, "stage": stage, "accounts": int(reached.notna().sum())}
        row["share_of_all"] = row["accounts"] / max(len(stages), 1)
        row |= dict.fromkeys(("passed", "in_time", "low", "high"), np.nan) | {"by_days": WITHIN_DAYS[name], "median_days": np.nan}
        if before is not None and before.notna().any():
            here = before.notna()
            row["passed"] = float(reached[here].notna().mean())
            days = (reached[here].fillna(today) - before[here]).dt.days.to_numpy()
            table = life_table(np.clip(days, 0, _LONGEST) + 1, reached[here].notna().to_numpy())
            at = table[table["age"] <= WITHIN_DAYS[name] + 1].iloc[-1]
            row |= {"in_time": 1 - at["survival"], "low": 1 - at["high"], "high": 1 - at["low"]}
            half = table.loc[table["survival"] <= 0.5, "age"]
            row["median_days"] = float(half.iloc[0] - 1) if len(half) else np.nan
        rows.append(row)
        before = reached
    return pd.DataFrame(rows)
