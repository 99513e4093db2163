"""What the product is worth to an account in hours and in money: efficiency in numbers, value in money (C39)."""

import dataclasses

from renewcast.datasets.known import Known
from renewcast.errors import RenewcastError

DAYS = 364
_DAYS_A_MONTH = 365.25 / 12


@dataclasses.dataclass(frozen=True, eq=False)
class HoursSaved:
    """The hours that actions in the product saved, under what was assumed of doing them by hand.

    Parameters
    ----------
    actions : pandas.DataFrame, sorted by account_id and action
        account_id, action, times, automated (of these, done by the customer's machines: no person is named; 0 where the usage
        names none at all), hours_by_hand (what they would have taken), hours_spent (by people in the product, as far as it is
        recorded), hours_saved (by hand less spent; below 0 where the product takes longer), value (hours saved times the rate).
    accounts : pandas.DataFrame, sorted by account_id, of all accounts in scope
        account_id, times, automated, hours_saved, value, paid (for as many days, at what it pays now; NaN where nothing tells),
        value_for_money (value over paid; NaN where nothing is paid).
    days : int
    rate : float
        Currency units an hour.
    """

    actions: object
    accounts: object
    days: int
    rate: float

    def statement(self, account_id: str, currency: str) -> dict:
        """Say it in a sentence, by language ("en", "zh").

        Raises
        ------
        RenewcastError
            "... is not in scope".

        Examples
        --------
        >>> import pandas as pd
        >>> row = {"account_id": "A", "times": 90, "automated": 60, "hours_saved": 30.0, "value": 1500.0, "paid": 1000.0}
        >>> found = HoursSaved(None, pd.DataFrame([row | {"value_for_money": 1.5}]), 364, 50.0)
        >>> found.statement("A", "USD")["en"]
        'In 364 days 90 actions, 60 of them automated, saved 30 hours: at USD 50 an hour USD 1,500, 1.5 times what is paid.'
        """
        mine = self.accounts[self.accounts["account_id"] == account_id]
        if not len(mine):
            raise RenewcastError(f"account {account_id} is not in scope on this day.")
        row = mine.iloc[0]
        hours, value = f"{row['hours_saved']:,.0f}", f"{row['value']:,.0f}"
        times = None if row["value_for_money"] != row["value_for_money"] else f"{row['value_for_money']:.1f}"
        en = f"In {self.days} days {row['times']:,} actions, {row['automated']:,} of them automated, saved {hours} hours: "
        en += f"at {currency} {self.rate:,.0f} an hour {currency} {value}"
        zh = f"{self.days} 天内 {row['times']:,} 次操作（其中 {row['automated']:,} 次自动完成）节省 {hours} 小时，"
        zh += f"按每小时 {currency} {self.rate:,.0f} 计为 {currency} {value}"
        if times is not None:
            en, zh = f"{en}, {times} times what is paid", f"{zh}，是所付费用的 {times} 倍"
        return {"en": f"{en}.", "zh": f"{zh}。"}


def hours_saved(known: Known, minutes_by_hand: dict[str, float], *, rate: float, days: int = DAYS) -> HoursSaved:
    """Add up what actions in the product saved the accounts in scope.

    Parameters
    ----------
    known : Known
    minutes_by_hand : dict of str to float
        By action: the minutes that one of them would take by hand. It is the vendor's own assumption and stands in no table; ask
        customers, and take the lower end.
    rate : float
        What an hour is worth, in the project's currency.
    days : int
        So many days before the snapshot.

    Returns
    -------
    HoursSaved

    Raises
    ------
    RenewcastError
        "usage names no actions ...", "no usage has the action ...", "... must be above 0".
    """
    import ibis
    import pandas as pd

    if not known.has("usage.action"):
        raise RenewcastError("usage names no actions, so nothing tells what was done; map sources.usage.action in params.yaml.")
    wrong = [name for name, minutes in {"rate": rate, **minutes_by_hand}.items() if not 0 < minutes < float("inf")]
    if wrong or not minutes_by_hand:
        raise RenewcastError(f"{', '.join(wrong) or 'minutes_by_hand'} must be above 0, in minutes and currency units an hour.")
    every = known.rows("usage", days=days)
    names = sorted(minutes_by_hand)
    absent = sorted(set(names) - set(known.rows("usage").select("action").distinct().to_pandas()["action"].dropna()))
    if absent:
        raise RenewcastError(f"no usage has the action {', '.join(absent)}; actions are written as the usage table has them.")
    rows = every.filter(every.action.isin(names))
    # Whoever did it spent the time that was recorded; a machine spends nobody's.
    is_person = rows.user_id.notnull() if known.has("usage.user_id") else ibis.literal(True)
    seconds = rows.duration_s.cast("float64").fill_null(0.0)
    counted = rows.group_by("account_id", "action").aggregate(
        times=rows.count(), automated=(~is_person).sum(), hours_spent=seconds.sum(where=is_person) / 3600
    )
    frame = counted.to_pandas().sort_values(["account_id", "action"], ignore_index=True)
    frame = frame.astype({"times": "int64", "automated": "int64"})
    frame["hours_spent"] = frame["hours_spent"].astype("float64").fillna(0.0)
    frame["hours_by_hand"] = frame["times"] * frame["action"].map(minutes_by_hand).astype("float64") / 60
    frame["hours_saved"] = frame["hours_by_hand"] - frame["hours_spent"]
    frame["value"] = frame["hours_saved"] * rate
    summed = frame.groupby("account_id")[["times", "automated", "hours_saved", "value"]].sum()
    accounts = summed.reindex(known.accounts["account_id"]).fillna(0.0).astype({"times": "int64", "automated": "int64"})
    accounts = accounts.rename_axis("account_id").reset_index()
    paid = known.accounts["mrr"].astype("float64") * days / _DAYS_A_MONTH if "mrr" in known.accounts else float("nan")
    accounts["paid"] = paid
    accounts["value_for_money"] = (accounts["value"] / accounts["paid"]).where(accounts["paid"] > 0)
    columns = ["account_id", "action", "times", "automated", "hours_by_hand", "hours_spent", "hours_saved", "value"]
    return HoursSaved(pd.DataFrame(frame[columns]), accounts, days, float(rate))
