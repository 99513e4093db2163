"""Scores of one snapshot: who is in scope, who is scored, with which probability."""

import dataclasses
import datetime as dt

from renewcast.errors import RenewcastError
from renewcast.scoring.not_scored import set_aside_the_unknown
from renewcast.scoring.outlook import term_outlook


@dataclasses.dataclass(frozen=True)
class Scores:
    """Everything that was computed for one snapshot.

    Attributes
    ----------
    as_of : datetime.date
    frame : pandas.DataFrame
        The population (see snapshots.population) with churn_probability, churn_low and churn_high (its 90 % interval, see
        estimators.doubt) and renewal_probability (NaN: not scored).
    features : pandas.DataFrame
        One row per account in scope, in the order of ``frame``.
    attribution : explanation.attribution.Attribution
        Of the scored rows, in their order.
    terms : pandas.DataFrame or None
        What becomes of the undecided terms, see :func:`renewcast.scoring.outlook.term_outlook`; None without a champion for
        renewal.
    """

    as_of: dt.date
    frame: object
    features: object
    attribution: object
    terms: object = None

    @property
    def scored(self):
        """Mask of the scored rows, array of bool, shape (n_accounts,)."""
        return self.frame["is_eligible"].to_numpy(dtype=bool)


def score(view, champion, renewal_champion, as_of: dt.date, *, progress=None) -> Scores:
    """Score every account in scope at a snapshot.

    Parameters
    ----------
    view : datasets.view.View
    champion : tracking.champion.Champion
        For churn or inactivity.
    renewal_champion : tracking.champion.Champion or None
        Without it no renewal probability is given.
    as_of : datetime.date
        A snapshot day.
    progress : callable, optional

    Returns
    -------
    Scores

    Raises
    ------
    RenewcastError
        "The points of ... accounts do not add up ..." and "The contributions of the trees are not LightGBM's own ...": every
        account's parts are added up, and some rows compared with LightGBM, in every run.
    """
    import numpy as np

    from renewcast.explanation.attribution import attribute, check_sums
    from renewcast.explanation.typical import typical_row

    view.calendar.number(as_of)
    frame = view.population([as_of], target=champion.target)
    if frame.empty:
        raise RenewcastError(f"no account is in scope at {as_of}, so nothing can be scored; see `renewcast check` for the dates.")
    features = view.features(frame, progress=progress)
    frame = set_aside_the_unknown(frame, features, champion.scorer)
    eligible = frame["is_eligible"].to_numpy(dtype=bool)
    gated = frame["gated"].to_numpy(dtype=bool)
    frame["churn_probability"] = np.nan
    scored = features[eligible]
    attribution = attribute(champion.scorer, scored, gated[eligible], typical_row(scored))
    frame.loc[eligible, "churn_probability"] = attribution.probability
    predicted, low, high = champion.scorer.judge(scored, gated[eligible])
    check_sums(attribution, predicted)
    # The probability shown is the sum of what it is made of, which may differ from the predicted one in the last bits.
    frame["churn_low"], frame["churn_high"] = np.nan, np.nan
    frame.loc[eligible, "churn_low"] = np.minimum(low, attribution.probability)
    frame.loc[eligible, "churn_high"] = np.maximum(high, attribution.probability)
    frame["renewal_probability"] = np.nan
    scores = Scores(as_of, frame, features, attribution)
    if renewal_champion is not None and eligible.any():
        terms = term_outlook(view, scores, renewal_champion)
        probability = terms.set_index("contract_id")["renewal_probability"]
        frame["renewal_probability"] = frame["next_contract_id"].map(probability)
        scores = dataclasses.replace(scores, terms=terms)
    return scores
