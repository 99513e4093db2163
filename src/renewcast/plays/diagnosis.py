"""From what raises an account's risk to the goal and to the play that answers it."""

ROLE_WEIGHTS = {"lever": 1.0, "context": 0.5, "proxy": 0.0}
SIGNAL_WEIGHT_FLOOR = 0.01
LEAVING_FROM = 0.5
"""From this probability on, an account of which a signal or a note says that it is leaving is parted from well."""
RESTS_DAYS = 90
"""A play that ended so recently is not run again: it is given time to be seen."""
LEAST_WORTH = 0.02
"""A play that was measured to do nothing counts for this much, so that it is still proposed where nothing else answers."""


def driver_weights(points, specs):
    """Add up, by driver, the points that raise each probability, each by what can be done about it.

    A lever can be moved; a context is a circumstance, so it tells where to act only half as well; on a proxy nobody can act.

    Parameters
    ----------
    points : pandas.DataFrame, shape (n, n_features)
        Probability points of each feature.
    specs : iterable of objects with ``name``, ``driver`` and ``role``
        Role is lever, context or proxy.

    Returns
    -------
    dict of str to array of float >= 0, shape (n,)

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace as Spec
    >>> points = pd.DataFrame({"logins_28d": [0.2, -0.1], "open_tickets": [0.05, 0.1]})
    >>> specs = [Spec(name="logins_28d", driver="usage", role="lever"), Spec(name="open_tickets", driver="support", role="proxy")]
    >>> driver_weights(points, specs)["usage"].tolist()
    [0.2, 0.0]
    """
    import numpy as np

    totals: dict = {}
    for spec in specs:
        weight = ROLE_WEIGHTS[getattr(spec, "role", "context")]
        if spec.name in points and weight:
            totals[spec.driver] = totals.get(spec.driver, 0.0) + weight * points[spec.name].to_numpy()
    return {driver: np.maximum(total, 0.0) for driver, total in totals.items()}


def play_weights(library, effects: dict, drivers: dict, fired: dict, n: int):
    """Weigh each play for each account: how much of the trouble it answers, times the share of the odds that it takes away.

    Parameters
    ----------
    library : Library
    effects : dict of str to dict
        Of :func:`renewcast.plays.effects.in_force`.
    drivers : dict of str to array of float, shape (n,)
        Of `driver_weights`.
    fired : dict of str to array of bool, shape (n,)
        Which signals speak. One that speaks counts as much as the account's strongest driver: it names a fact, not a tendency.
    n : int
        Accounts.

    Returns
    -------
    array of float >= 0, shape (n, n_plays)
    """
    import numpy as np

    strongest = np.max([np.zeros(n), *drivers.values()], axis=0)
    of_signal = np.maximum(strongest, SIGNAL_WEIGHT_FLOOR)
    weights = np.zeros((n, len(library.plays)))
    for at, play in enumerate(library.plays):
        for driver in play.answers_to.drivers:
            weights[:, at] += drivers.get(driver, 0.0)
        for signal in play.answers_to.signals:
            if signal in fired:
                weights[:, at] += np.where(fired[signal], of_signal, 0.0)
        if play.goal == "prevent_churn":
            weights[:, at] *= max(-np.expm1(effects[play.id]["effect"]), LEAST_WORTH)
    return weights


def goals(library, probability, fired: dict, noted, opportunity):
    """Name each account's goal (C83).

    Part well, where the account is as likely to leave as not and a signal or a note says that it goes to another product or
    builds its own; expand or cross-sell, where an opportunity is not held back; else prevent churn.

    Parameters
    ----------
    library : Library
    probability : array of float in [0, 1], shape (n,)
        Of churn up to the horizon that the account needs; NaN where it is not scored.
    fired : dict of str to array of bool, shape (n,)
    noted : array of bool, shape (n,)
        A note names another product.
    opportunity : array of str or None, shape (n,)
        "expand", "cross_sell" or None.

    Returns
    -------
    array of str, shape (n,)
    """
    import numpy as np

    leaving = np.array(noted, dtype=bool)
    for play in library.plays:
        if play.goal == "part_well":
            for signal in play.answers_to.signals:
                leaving = leaving | fired.get(signal, False)
    parts = leaving & (np.nan_to_num(probability) >= LEAVING_FROM)
    has_part = any(play.goal == "part_well" for play in library.plays)
    found = np.array(["prevent_churn"] * len(probability), dtype=object)
    given = np.array([one is not None for one in opportunity], dtype=bool)
    found[given] = np.asarray(opportunity, dtype=object)[given]
    if has_part:
        found[parts] = "part_well"
    return found


def at_rest(library, plays, account_id, as_of):
    """Tell which plays an account may not get: those that run, and those that ended in the last `RESTS_DAYS`.

    A play that was never closed counts as running for as long as it is felt.

    Parameters
    ----------
    library : Library
    plays : pandas.DataFrame
        Of :func:`renewcast.plays.known.known_plays`.
    account_id : pandas.Series of str, shape (n,)
    as_of : datetime.date

    Returns
    -------
    array of bool, shape (n, n_plays)
    """
    import numpy as np
    import pandas as pd

    ids = {play.id: at for at, play in enumerate(library.plays)}
    lasts = pd.Series({play.id: play.lasts_days for play in library.plays})
    place = pd.Series(np.arange(len(account_id)), index=account_id.to_numpy())
    rows = plays[plays["play"].isin(ids) & plays["account_id"].isin(place.index)]
    day = pd.Timestamp(as_of)
    runs = rows["finished_at"].isna() & ((day - rows["started_at"]).dt.days < rows["play"].map(lasts).astype(float))
    recent = rows["finished_at"].notna() & ((day - rows["finished_at"]).dt.days < RESTS_DAYS)
    rows = rows[runs | recent]
    found = np.zeros((len(account_id), len(ids)), dtype=bool)
    found[place[rows["account_id"]].to_numpy(dtype=int), rows["play"].map(ids).to_numpy(dtype=int)] = True
    return found
