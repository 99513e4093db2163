"""Which signals fire at a snapshot day, for whom, and what is said of it."""

import datetime as dt

from renewcast.datasets.known import Known
from renewcast.signals.catalogue import SIGNALS

COLUMNS = ("account_id", "signal", "kind", "evidence")


def scope(view, as_of: dt.date):
    """Return the accounts that are scored on a day, sorted: account_id, mrr, cover_ends_on, next_renewal_on.

    Of those whose cover is over nothing is left to notice: that they use nothing is no news.
    """
    frame = view.population([as_of])
    return frame.loc[frame["is_eligible"], ["account_id", "mrr", "cover_ends_on", "next_renewal_on"]]


def known_at(view, as_of: dt.date) -> Known:
    """Return what was known at a day, for the accounts in scope on it."""
    return Known(view, as_of, scope(view, as_of))


def firing(known: Known, *, signals=SIGNALS):
    """Say of every account in scope which signals fire, whether or not they have earned their place.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
    signals : sequence of renewcast.signals._definition.Signal

    Returns
    -------
    pandas.DataFrame
        account_id, signal, kind ("risk" or "opportunity"), evidence (a sentence in the project's language); a row an account and
        signal, sorted by both. Signals whose columns are not there say nothing.

    Notes
    -----
    Rests on rows known before the day alone. The cost is four passes over usage: a quarter, 28 days twice, and the longest term
    with a quota.
    """
    import pandas as pd

    language = known.params.project.language
    frames = [pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})]
    for one in signals:
        if len(known.accounts) and known.has(*one.needs):
            fired = one.fires(known)
            fired = fired[known.position(fired["account_id"]) >= 0]
            said = {"account_id": fired["account_id"].astype(str), "signal": one.name, "kind": one.kind}
            frames.append(pd.DataFrame({**said, "evidence": one.sentences(fired, language)}))
    frame = pd.concat([part.astype(object) for part in frames], ignore_index=True)
    return frame.sort_values(["account_id", "signal"], ignore_index=True)
