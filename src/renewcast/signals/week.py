"""What signals have to say in one week: who is named, by signals that have earned it, and in which words."""

import dataclasses
import datetime as dt

from renewcast.lifecycle.milestones import without_first_value
from renewcast.signals.catalogue import BY_NAME
from renewcast.signals.firing import firing, known_at
from renewcast.signals.operating_characteristics import signal_cards


@dataclasses.dataclass(frozen=True, eq=False)
class Noticed:
    """The signals of one snapshot day.

    Attributes
    ----------
    fired : pandas.DataFrame
        See :func:`renewcast.signals.firing.firing`; also of signals that are silent.
    cards : list of dict
        See :func:`renewcast.signals.operating_characteristics.signal_cards`.
    without_first_value : frozenset of str
        Accounts that have not reached a milestone of their own yet.
    language : str
    """

    fired: object
    cards: list[dict]
    without_first_value: frozenset
    language: str

    def speaking(self, kind: str):
        """Return account_id, signal, evidence of what is said of accounts, the strongest signal first.

        A signal that speaks and says the same as a stronger one of the same account is left out. Strength is the lower end of the
        lift's interval.
        """
        import numpy as np

        strength = {card["name"]: card["lift_low"] for card in self.cards if card["speaks"]}
        said = self.fired[(self.fired["kind"] == kind) & self.fired["signal"].isin(list(strength))]
        stronger = said["signal"].map({name: one.weaker_than for name, one in BY_NAME.items()})
        pairs = set(zip(said["account_id"], said["signal"], strict=True))
        is_repeated = [pair in pairs for pair in zip(said["account_id"], stronger, strict=True)]
        said = said[~np.array(is_repeated, dtype=bool)]
        said = said.assign(strength=-said["signal"].map(strength).astype("float64"))
        said = said.sort_values(["account_id", "strength", "signal"], ignore_index=True)
        return said[["account_id", "signal", "evidence"]]

    def sentences(self, account_id) -> list:
        """Return for each account what the risk signals say, joined by "; ", None where they say nothing."""
        said = self.speaking("risk")
        titles = said["signal"].map({name: one.title(self.language) for name, one in BY_NAME.items()})
        mark, between = ("：", "；") if self.language == "zh" else (": ", "; ")
        texts = (titles.astype(object) + mark + said["evidence"].astype(object)).groupby(said["account_id"]).agg(between.join)
        return [texts.get(account) for account in account_id]


def noticed(view, as_of: dt.date, kept=None, *, progress=None) -> Noticed:
    """Look at one day, and at the past for what the signals are worth.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
    kept : pathlib.Path, optional
        See :func:`renewcast.signals.history.past_firing`.
    progress : callable, optional

    Returns
    -------
    Noticed
    """
    cards = signal_cards(view, as_of, kept, progress=progress)
    known = known_at(view, as_of)
    return Noticed(firing(known), cards, without_first_value(known), view.params.project.language)
