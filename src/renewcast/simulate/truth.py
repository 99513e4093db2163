"""Read what only the simulator knows. Tests and notebooks may import this module; nothing that ships a score may.

``truth_terms.parquet``
    One row per decision on a base (platform) term that ended inside the data: ``contract_id`` of the term, ``account_id``,
    ``ends_on`` (the final one, where an end was amended), ``p_renew`` (the probability with which the renewal was drawn, from
    the hidden state on the day of the decision), ``renewed`` (the draw) and ``reason``: the cause that adds most to the risk,
    or "none" where no cause is worth naming or where the account left for a reason that shows nowhere. ``decided_on`` is 28
    days before the end (4 for monthly terms), the last day for notice where the term renews by itself and that comes first, and
    up to 103 days before the end where the renewal is negotiated early. ``p_renew_untreated`` is the probability had no play
    been run, everything else equal. A term that ended in the last days of the data may be renewed here before its late
    paperwork is in the contracts.

``truth.parquet``
    One row per account with cover and week: ``as_of`` (a midnight) and ``p_churn_90d``, the probability that a chain of
    base terms breaks at an end inside [as_of, as_of + 90 days]: 1 - the product of ``p_renew`` over the ends that lie there
    (one for a yearly term, three or four for a monthly one), 0 where the term outlasts the window. Each ``p_renew`` is the
    one at the time of its own decision, so it knows what happens between ``as_of`` and then: no model can reach it, and
    it is a ceiling. It does not look at paperwork: a renewal that is already signed does not bring it to 0.
    ``p_churn_90d_untreated`` is the same from ``p_renew_untreated``.

``truth_plays.parquet``
    One row per kind of play: ``effect_log_odds``, which a running play adds to the log-odds of leaving (of the part of the
    hazard that has causes: ``p_renew = (1 - unexplained) * sigmoid(-log_odds)``), 0 for some kinds, and ``lasts_days``: it is
    felt in decisions up to so long after its start. Two plays of one kind count once.

``truth_play_effects.parquet``
    One row per decision and kind of play felt in it: ``play_id`` (the latest of the kind), ``account_id``, ``play``,
    ``contract_id`` and ``ends_on`` of the term, ``p_renew`` and ``p_renew_without``: had no play of this kind been run,
    everything else equal.

``truth_behaviours.parquet``
    Only where kinds of use were planted: one row per account, ``behaviour``; see ``renewcast.simulate.behaviours``.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from renewcast.errors import RenewcastError


def load_truth(directory: Path) -> pa.Table:
    """Read the weekly risk of every live account.

    Parameters
    ----------
    directory : pathlib.Path
        Where ``simulate`` wrote.

    Returns
    -------
    pyarrow.Table
        account_id, as_of (timestamp, naive UTC), p_churn_90d and p_churn_90d_untreated (float in [0, 1], higher is riskier).

    Raises
    ------
    RenewcastError
        "... does not exist".

    Examples
    --------
    >>> load_truth(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/truth.parquet does not exist; write it with renewcast.simulate.simulate.
    """
    return _read(directory / "truth.parquet")


def load_truth_terms(directory: Path) -> pa.Table:
    """Read the decision on every base term that ended inside the data.

    Parameters
    ----------
    directory : pathlib.Path
        Where ``simulate`` wrote.

    Returns
    -------
    pyarrow.Table
        contract_id, account_id, ends_on, p_renew (float in (0, 1), lower is riskier), renewed, reason, decided_on,
        p_renew_untreated.

    Raises
    ------
    RenewcastError
        "... does not exist".

    Examples
    --------
    >>> load_truth_terms(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/truth_terms.parquet does not exist; write it with renewcast.simulate.simulate.
    """
    return _read(directory / "truth_terms.parquet")


def load_truth_plays(directory: Path) -> pa.Table:
    """Read what each kind of play does.

    Parameters
    ----------
    directory : pathlib.Path
        Where ``simulate`` wrote.

    Returns
    -------
    pyarrow.Table
        play, effect_log_odds (on leaving; negative helps), lasts_days.

    Raises
    ------
    RenewcastError
        "... does not exist".

    Examples
    --------
    >>> load_truth_plays(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/truth_plays.parquet does not exist; write it with renewcast.simulate.simulate.
    """
    return _read(directory / "truth_plays.parquet")


def load_truth_play_effects(directory: Path) -> pa.Table:
    """Read what the plays did in each decision in which they were felt.

    Parameters
    ----------
    directory : pathlib.Path
        Where ``simulate`` wrote.

    Returns
    -------
    pyarrow.Table
        play_id, account_id, play, contract_id, ends_on, p_renew, p_renew_without.

    Raises
    ------
    RenewcastError
        "... does not exist".

    Examples
    --------
    >>> load_truth_play_effects(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/truth_play_effects.parquet does not exist; write it with renewcast.simulate.simulate.
    """
    return _read(directory / "truth_play_effects.parquet")


def load_truth_behaviours(directory: Path) -> pa.Table:
    """Read the kind of use of every account, where kinds were planted.

    Parameters
    ----------
    directory : pathlib.Path
        Where ``simulate`` wrote, with ``behaviours=True``.

    Returns
    -------
    pyarrow.Table
        account_id, behaviour.

    Raises
    ------
    RenewcastError
        "... does not exist".

    Examples
    --------
    >>> load_truth_behaviours(Path("nowhere"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/truth_behaviours.parquet does not exist; write it with renewcast.simulate.simulate.
    """
    return _read(directory / "truth_behaviours.parquet")


def _read(path: Path) -> pa.Table:
    if not path.exists():
        raise RenewcastError(f"{path} does not exist; write it with renewcast.simulate.simulate.")
    return pq.read_table(path)
