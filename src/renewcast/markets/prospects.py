"""What the four niche indicators rest on, account by account: everyone who is known, customer or not (C49, C50)."""

import numpy as np

PRICE_WEIGHT, DISCOUNT_WEIGHT = 0.7, 0.3
USE_DAYS = 28
LEAST_PEERS = 20
JOINED = " · "
UNKNOWN = "-"


def prospects(accounts, terms, first_touch, active_days, today, segment_by, *, motion=None, grown=None):
    """Put together one row an account.

    Parameters
    ----------
    accounts : pandas.DataFrame
        Indexed by account_id: signed_up_at, and whatever it has of the columns of ``segment_by``, company_size and
        acquisition_cost (currency units).
    terms : pandas.DataFrame or None
        account_id, product, starts_on, ends_on (NaT: open-ended), mrr (currency units), seats, discount: what was known.
    first_touch : pandas.Series or None
        The instant of the first touchpoint, by account_id.
    active_days : pandas.Series or None
        Days of use in the last 28, by account_id; who is not named did nothing.
    today : pandas.Timestamp
    segment_by : list of str
    motion : pandas.Series of str, optional
        By account_id: how the account is won. Use is then compared within a motion only (C40).
    grown : pandas.Series of float, optional
        By account_id: see :func:`expansion`. Stands for use where ``active_days`` is None.

    Returns
    -------
    pandas.DataFrame, sorted by account_id
        account_id, segment ("software · 51-200"), stratum (its motion, and whether it belongs to another account), settle_days
        (whole days from the first contact, which is the sign-up or the first touchpoint, to the first paid term, or to today),
        age_days (from the first contact to today), has_bought, is_customer (a paid term covers today), arr (of customers),
        willingness (1 to 10, NaN without a price), use (active days in 28, in [0, 1], of customers; where motions are given
        relative to the mean of its motion times the mean of all; without usage the expansion), acquisition_cost (of buyers).

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.to_datetime
    >>> accounts = pd.DataFrame({"signed_up_at": day(["2026-01-01", "2026-01-11"]), "trade": ["a", None]}, index=["A", "B"])
    >>> terms = pd.DataFrame({"account_id": ["A"], "starts_on": day(["2026-01-21"]), "ends_on": day([None]), "mrr": [100.0]})
    >>> found = prospects(accounts, terms, None, None, pd.Timestamp("2026-02-01"), ["trade"])
    >>> found[["segment", "settle_days", "has_bought", "willingness"]].values.tolist()
    [['a', 20, True, 5.5], ['-', 21, False, nan]]
    """
    import pandas as pd

    accounts = accounts.sort_index()
    ids = accounts.index
    given = [column for column in segment_by if column in accounts]
    parts = [accounts[column].astype(object).where(accounts[column].notna(), UNKNOWN).astype(str) for column in given]
    segment = parts[0].str.cat(parts[1:], sep=JOINED) if parts else pd.Series(UNKNOWN, index=ids)
    contact = _instants(accounts["signed_up_at"])
    if first_touch is not None:
        touched = _instants(first_touch.reindex(ids))
        contact = contact.where(touched.isna() | (contact <= touched), touched)
    paid = None if terms is None else terms[(terms["mrr"] > 0) & (terms["starts_on"] <= today)]
    bought_on = pd.Series(pd.NaT, index=ids) if paid is None else paid.groupby("account_id")["starts_on"].min().reindex(ids)
    until = _instants(bought_on).fillna(today)
    frame = pd.DataFrame({"account_id": ids.astype(str), "segment": segment.to_numpy()})
    belongs = (
        accounts["parent_account_id"].notna().to_numpy() if "parent_account_id" in accounts else np.zeros(len(ids), dtype=bool)
    )
    won_by = UNKNOWN if motion is None else motion.reindex(ids).fillna(UNKNOWN).to_numpy()
    frame["stratum"] = pd.Series(won_by, index=frame.index).str.cat(np.where(belongs, "person", "account"), sep=JOINED)
    frame["settle_days"] = np.maximum((until - contact).dt.days.fillna(0).to_numpy(), 0).astype(np.int64)
    frame["age_days"] = np.maximum((today - contact).dt.days.fillna(0).to_numpy(), 0).astype(np.int64)
    frame["has_bought"] = bought_on.notna().to_numpy()
    frame["is_customer"], frame["arr"], frame["willingness"] = False, np.nan, np.nan
    if paid is not None:
        live = paid[paid["ends_on"].isna() | (paid["ends_on"] > today)]
        arr = (12 * live.groupby("account_id")["mrr"].sum()).reindex(ids)
        frame["arr"], frame["is_customer"] = arr.to_numpy(), arr.notna().to_numpy()
        size = accounts.get("company_size")
        frame["willingness"] = willingness(paid, size).reindex(ids).to_numpy()
    if active_days is None and grown is not None:
        frame["use"] = np.where(frame["is_customer"], grown.reindex(ids).to_numpy(dtype=np.float64), np.nan)
    else:
        frame["use"] = _use(active_days, ids, frame["is_customer"].to_numpy() if paid is not None else None, motion)
    cost = accounts["acquisition_cost"].astype(float).to_numpy() if "acquisition_cost" in accounts else np.full(len(ids), np.nan)
    frame["acquisition_cost"] = np.where(frame["has_bought"], cost, np.nan)
    return frame


def expansion(ledger):
    """Return by how much each customer of a year ago has expanded since, as a share of what it paid then, 1 at most.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger

    Returns
    -------
    pandas.Series of float in [0, 1]
        By account_id; contraction takes nothing away, and who was no customer is left out. Empty where the ledger is too young.
    """
    import pandas as pd

    from renewcast.revenue.movements import WORDS

    if ledger.cents.shape[1] <= 12:
        return pd.Series(dtype=np.float64)
    change = np.diff(ledger.cents[:, -13:], axis=1)
    more = np.where(ledger.movement[:, -12:] == WORDS.index("expansion"), change, 0).sum(axis=1)
    table = pd.DataFrame({"more": more, "paid": ledger.cents[:, -13]}).groupby(ledger.units["account_id"].to_numpy()).sum()
    table = table[table["paid"] > 0]
    return np.minimum(table["more"] / table["paid"], 1.0)


def willingness(paid, size=None):
    """Score from 1 to 10 how much an account is willing to pay, against its peers.

    The price is what is paid a month for a seat (for the term, where seats are not told), net of discount. Its percentile among
    the terms of the same product and company size counts 0.7, that of the discount not granted 0.3 (left out where discounts
    are not told): ``1 + 9 x`` their mean. A price and a discount in the middle of the peers score 5.5.

    Parameters
    ----------
    paid : pandas.DataFrame
        Paid terms: account_id, mrr, and where known product, seats, discount.
    size : pandas.Series of str, optional
        Company size, by account_id.

    Returns
    -------
    pandas.Series of float in [1, 10]
        By account_id: the mean over its terms.

    Examples
    --------
    >>> import pandas as pd
    >>> willingness(pd.DataFrame({"account_id": list("ABC"), "mrr": [10.0, 40.0, 90.0], "seats": [1, 2, 3]})).round(2).tolist()
    [2.5, 5.5, 8.5]
    """
    import pandas as pd

    frame = paid.reset_index(drop=True)
    peers = np.zeros(len(frame), dtype=np.int64)
    if size is not None:
        named, _ = pd.factorize(pd.Series([UNKNOWN, *size.astype(object).fillna(UNKNOWN).astype(str)]))
        peers = named[size.index.get_indexer(frame["account_id"]) + 1]
    if "product" in frame:
        product, products = pd.factorize(frame["product"].astype(object).fillna(UNKNOWN).astype(str))
        finer = peers * len(products) + product
        # Among few peers a percentile says little, so they are put beside all of their size.
        peers = np.where(np.bincount(finer)[finer] >= LEAST_PEERS, finer, -1 - peers)
    price = frame["mrr"].astype(float)
    if "seats" in frame and frame["seats"].notna().any():
        seats = frame["seats"].astype(float)
        price = price / seats.where(seats > 0)
    score = _percentile(price, peers)
    if "discount" in frame and frame["discount"].notna().any():
        granted = _percentile(1 - frame["discount"].astype(float).fillna(0.0), peers)
        score = PRICE_WEIGHT * score + DISCOUNT_WEIGHT * granted
    return (1 + 9 * score).groupby(frame["account_id"]).mean()


def _percentile(values, peers):
    """Return the mid-rank among peers, in (0, 1)."""
    grouped = values.groupby(peers)
    return (grouped.rank() - 0.5) / grouped.transform("count")


def _use(active_days, ids, is_customer, motion):
    if active_days is None:
        return np.full(len(ids), np.nan)
    use = active_days.reindex(ids).fillna(0.0).to_numpy(dtype=np.float64) / USE_DAYS
    use = use if is_customer is None else np.where(is_customer, use, np.nan)
    if motion is not None and np.isfinite(use).any():
        import pandas as pd

        values = pd.Series(use)
        usual = values.groupby(motion.reindex(ids).fillna(UNKNOWN).to_numpy()).transform("mean")
        use = (values / usual.where(usual > 0) * np.nanmean(use)).to_numpy()
    return use


def _instants(values):
    import pandas as pd

    return pd.to_datetime(values).astype("datetime64[us]")
