"""What was known at one snapshot day, table by table: all that signals and reviews see. The engine cuts time, they never do."""

import datetime as dt

from renewcast.days import midnight
from renewcast.engine import visibility
from renewcast.snapshots.terms import is_live


class Known:
    """The rows that the snapshot of one day sees, of the accounts that are in scope on it.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
    accounts : pandas.DataFrame
        The population of the day: account_id (sorted, each once), mrr (currency units a month), next_renewal_on.
    """

    def __init__(self, view, as_of: dt.date, accounts):
        import ibis
        import pandas as pd

        self.view, self.params = view, view.params
        self.as_of, self.instant = pd.Timestamp(as_of), midnight(as_of)
        self.accounts = accounts.reset_index(drop=True)
        panel = pd.DataFrame({"account_id": self.accounts["account_id"].astype(str)}).assign(
            as_of=pd.Series([self.instant] * len(self.accounts), dtype="datetime64[us]")
        )
        self._panel = ibis.memtable(panel)
        self._kept: dict = {}

    def has(self, *needs: str) -> bool:
        """Tell whether all columns, given as "table.column", are there and hold anything."""
        mapped = self.view.store.mapped
        return all(column in mapped.get(table, ()) for table, column in (need.split(".") for need in needs))

    def rows(self, name: str, *, days: int | None = None, until_days: int = 0):
        """Return the visible rows of a table, later columns masked, as an Ibis table.

        Parameters
        ----------
        name : str
            A staged table.
        days : int, optional
            Of an event table: only what happened in so many days before the snapshot.
        until_days : int
            What happened in the last so many days before the snapshot is left out.
        """
        import ibis

        table, contract = self.view.store.tables[name], self.view.store.contracts[name]
        if days is not None:
            at = table[contract.event_time].cast("timestamp")
            table = table.filter(at >= ibis.literal(self.instant - dt.timedelta(days=days)))
            if until_days:
                table = table.filter(at < ibis.literal(self.instant - dt.timedelta(days=until_days)))
        return visibility.visible_rows(table, self._panel, contract)

    def frame(self, name: str, *columns: str, days: int | None = None, where=None):
        """Return some columns of the visible rows as a pandas.DataFrame: days as datetime64, money as float, rows in order.

        ``where`` takes the Ibis table and tells which rows are wanted; few rows travel and sort faster than many.
        """
        import pandas as pd

        rows = self.rows(name, days=days)
        rows = rows if where is None else rows.filter(where(rows))
        declared = self.view.store.contracts[name].columns
        # Decimals would travel as Python objects, one a cell.
        money = {column: rows[column].cast("float64") for column in columns if declared[column].type == "money"}
        frame = rows.mutate(**money).select("account_id", *columns).to_pandas()
        for column in columns:
            if declared[column].type in ("date", "timestamp"):
                frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
            elif declared[column].type in ("money", "number", "integer"):
                frame[column] = frame[column].astype("float64")
        return frame.sort_values(["account_id", *columns], ignore_index=True)

    def first_told(self, name: str, column: str):
        """Return what the first version of each row that said anything in a column said: the columns of the key, and this one."""
        import ibis

        table, contract = self.view.store.tables[name], self.view.store.contracts[name]
        known = table.filter((table.known_at < ibis.literal(self.instant)) & table[column].notnull())
        known = known.semi_join(self._panel, "account_id")
        frame = known.group_by(*contract.key).aggregate(**{column: known[column].argmin(known.known_at)}).to_pandas()
        return frame.sort_values(list(contract.key), ignore_index=True)

    def once(self, make):
        """Return what a function makes of this, made once for all signals that ask for it."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return self._kept[make]

    def position(self, account_id):
        """Return the place of each account among ``accounts``, -1 where it is not in scope."""
        import pandas as pd

        return pd.Index(self.accounts["account_id"]).get_indexer(account_id)

    def of(self, account_id, column: str):
        """Return a column of ``accounts`` for some account ids, as an array."""
        return self.accounts.set_index("account_id")[column].reindex(account_id).to_numpy()


def live_terms(known: Known):
    """Return the terms that cover the snapshot: account_id, product, starts_on, ends_on, seats, quota, mrr (floats)."""
    import pandas as pd

    rows = known.rows("contracts")
    names = ("account_id", "contract_id", "product", "starts_on", "ends_on", "seats", "quota", "mrr")
    frame = rows.filter(is_live(rows)).select(*names).to_pandas()
    for name in ("starts_on", "ends_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame = frame.astype({"seats": "float64", "quota": "float64", "mrr": "float64"})
    return frame.sort_values(["account_id", "starts_on", "contract_id"], ignore_index=True)


def customer_days(known: Known):
    """Return for each account in scope the days since it became a customer: its first term, without contracts its sign-up."""
    return known.view.days_since_start(known.accounts["account_id"], known.as_of.date())


def countries(known: Known):
    """Return the country of each account in scope, in order; "" where it is not known."""
    if not known.has("accounts.country"):
        return known.accounts["account_id"].map(lambda _: "").to_numpy(dtype=object)
    rows = known.rows("accounts").select("account_id", "country").to_pandas().drop_duplicates("account_id")
    return known.accounts["account_id"].map(rows.set_index("account_id")["country"]).fillna("").to_numpy(dtype=object)
