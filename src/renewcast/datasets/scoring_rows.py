"""The rows that a target's model scores at a day, made as scoring makes them: the population, then its features."""

import datetime as dt

from renewcast.datasets.term_features import TERM_SPECS, term_features
from renewcast.labels.window import holds_day

ACCOUNT_TARGETS = ("churn", "inactivity")


def scoring_rows(view, target: str, day: dt.date):
    """Make the feature rows of everything that can be scored for a target at a day.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    target : str
    day : datetime.date
        A snapshot day.

    Returns
    -------
    pandas.DataFrame or None
        account_id, unit (the term's contract_id for renewal, else the account), as_of, gated and every feature; None for a
        target whose rows are neither accounts nor terms, and where nothing is in scope.
    """
    if target == "renewal":
        label, frame = view.params.labels.renewal, view.open_terms([day])
        frame = frame[holds_day(frame["ends_on"], frame["as_of"], label.lead_days, label.horizon_days)].reset_index(drop=True)
        frame = term_features(frame).assign(unit=frame["contract_id"], gated=False)
        own = [spec.name for spec in TERM_SPECS]
    elif target in ACCOUNT_TARGETS:
        frame, own = view.population([day], target=target), []
        frame = frame[frame["is_eligible"]].reset_index(drop=True)
        frame["unit"] = frame["account_id"]
    else:
        return None
    if frame.empty:
        return None
    features = view.features(frame)
    for name in own:
        features[name] = frame[name].astype("float64").to_numpy()
    for place, name in enumerate(("account_id", "unit", "as_of", "gated")):
        features.insert(place, name, frame[name].to_numpy())
    return features
