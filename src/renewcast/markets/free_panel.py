"""Accounts that do not pay yet, four weeks by four weeks: how much each used the product, and whether it bought afterwards."""

from dataclasses import dataclass

import numpy as np

BLOCK_DAYS, HORIZON_BLOCKS, PAST_BLOCKS = 28, 3, 13
HORIZON_DAYS = BLOCK_DAYS * HORIZON_BLOCKS


@dataclass(frozen=True, eq=False)
class FreePanel:
    """Who was active in which four weeks; block 0 ends today, block 1 four weeks earlier, and so on.

    Parameters
    ----------
    account_id : array of str, shape (n,)
    company : array of int, shape (n,)
        Number of the group of companies, from 0; accounts without one are alone in theirs.
    company_names : array of str
    active_days : array of float, shape (n, n_blocks)
    signed_up, bought, company_bought, first_value : array of float, shape (n,)
        Days before today (negative: still to come); NaN: never.
    """

    account_id: np.ndarray
    company: np.ndarray
    company_names: np.ndarray
    active_days: np.ndarray
    signed_up: np.ndarray
    bought: np.ndarray
    company_bought: np.ndarray
    first_value: np.ndarray

    @property
    def blocks(self) -> range:
        """The blocks from which one can look ahead, the latest first."""
        return range(HORIZON_BLOCKS, self.active_days.shape[1] - 1)

    def is_free(self, block: int):
        """Tell which accounts were there at the end of a block, and had not bought by then, nor had their company."""
        end = BLOCK_DAYS * block
        return (self.signed_up > end) & ~(self.bought >= end) & ~(self.company_bought >= end)


def free_panel(dates, motion, company, days, today) -> FreePanel:
    """Lay out the accounts that try for free.

    Parameters
    ----------
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    motion, company : pandas.Series of str
        By account_id; the company is the group it belongs to.
    days : pandas.DataFrame
        account_id, block (four weeks, counted back from today), days (of use in it).
    today : pandas.Timestamp

    Returns
    -------
    FreePanel
        Of the accounts that are product-led; ``company_bought`` is the first paid term of anyone in the group.
    """
    import pandas as pd

    from renewcast.markets.motion import PRODUCT_LED

    group = company.reindex(dates.index)
    first = dates["bought_on"].groupby(group).min()
    rows = dates[(motion.reindex(dates.index) == PRODUCT_LED)].sort_index()
    code, names = pd.factorize(group.reindex(rows.index).to_numpy(), sort=True)
    table = np.zeros((len(rows), PAST_BLOCKS + HORIZON_BLOCKS + 1))
    place = rows.index.get_indexer(days["account_id"])
    kept = (place >= 0) & days["block"].between(0, table.shape[1] - 1).to_numpy()
    table[place[kept], days["block"].to_numpy()[kept].astype(int)] = days["days"].to_numpy()[kept]

    def ago(values):
        return ((today - values) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)

    company_bought = pd.Series(names[code], index=rows.index).map(first) if len(rows) else rows["bought_on"]
    columns = (rows["signed_up"], rows["bought_on"], company_bought, rows["first_value"])
    return FreePanel(rows.index.to_numpy(), code, names, table, *(ago(pd.to_datetime(one)) for one in columns))


def days_by_block(known, account_id):
    """Return the days of use of some accounts in each four weeks before the snapshot: account_id, block, days.

    What became known after its four weeks counts for nothing, as it would have then.
    """
    import datetime as dt

    import ibis
    import pandas as pd

    wanted = ibis.memtable(pd.DataFrame({"wanted_id": pd.Series(account_id, dtype=object).astype(str)}))
    rows = known.rows("usage", days=BLOCK_DAYS * (PAST_BLOCKS + HORIZON_BLOCKS + 1))
    rows = rows.inner_join(wanted, rows.account_id == wanted.wanted_id)
    today = (known.instant - dt.datetime(1970, 1, 1)).days
    block = ((today - 1 - rows.occurred_at.cast("date").epoch_days()) / BLOCK_DAYS).floor().cast("int64")
    told = ((today - 1 - rows.known_at.cast("date").epoch_days()) / BLOCK_DAYS).floor().cast("int64")
    rows = rows.mutate(block=block, told=told, day=rows.occurred_at.cast("date"))
    rows = rows.filter(rows.block == rows.told)
    frame = rows.group_by(["account_id", "block"]).aggregate(days=rows.day.nunique()).to_pandas()
    return frame.sort_values(["account_id", "block"], ignore_index=True)
