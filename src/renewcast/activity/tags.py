"""Outcome, predictive or process (C17): what a number is for, so that nobody steers by what can only be waited for.

An outcome is what the business is judged by (renewal, expansion, churn); a predictive number says what customers do, and runs
ahead of it; a process number says what we do, and is the only kind that can be decided upon. Outcomes are labels, never inputs.
"""

import re

OUTCOME, PREDICTIVE, PROCESS = "outcome", "predictive", "process"
TAGS = (PROCESS, PREDICTIVE, OUTCOME)
OUTCOMES = ("churn", "renewal", "contraction", "expansion", "inactivity")
"""The labels: what comes of an account or a term after the snapshot."""
_OF_FAMILY = {
    "usage": PREDICTIVE,
    "adoption": PREDICTIVE,
    "people": PREDICTIVE,
    "tenure": PREDICTIVE,
    "contract": PREDICTIVE,
    "support": PREDICTIVE,
    "billing": PREDICTIVE,
    "feedback": PREDICTIVE,
    "relationship": PROCESS,
    "milestones": PREDICTIVE,
}
_OF_STEM = {
    # How we answer is ours; that they ask, and how they rate it, is theirs.
    **dict.fromkeys(("tickets_resolved", "hours_to_resolve", "hours_to_answer"), PROCESS),
    **dict.fromkeys(("pick_up_rate", "first_contact_resolution"), PROCESS),
    # Their will is theirs, though it stands in our notes.
    **dict.fromkeys(("willingness_mean", "willingness_last", "unwilling_notes"), PREDICTIVE),
    # A function is set up by us, an outcome reached by the customer.
    "functional_milestones_reached": PROCESS,
    # What we grant and ask for in a contract.
    **dict.fromkeys(("discount_mean", "is_auto_renewing", "billing_months", "term_length_days"), PROCESS),
    **dict.fromkeys(("invoices_issued", "invoiced_amount"), PROCESS),
}


def tag(name: str, driver: str) -> str:
    """Say what a feature is for.

    Parameters
    ----------
    name : str
        Of the feature, with or without its window; a trend goes with what it is a trend of.
    driver : str
        Its family.

    Returns
    -------
    {"outcome", "predictive", "process"}
        "outcome" for the name of a label, whatever the family.

    Raises
    ------
    KeyError
        For a family that has no tag.

    Examples
    --------
    >>> tag("usage_events_28d", "usage"), tag("touchpoints_trend_28d", "relationship"), tag("hours_to_answer_91d", "support")
    ('predictive', 'process', 'process')
    """
    stem = re.sub(r"_\d+d$", "", name)
    if stem in OUTCOMES:
        return OUTCOME
    return _OF_STEM.get(stem, _OF_STEM.get(stem.removesuffix("_trend"), _OF_FAMILY[driver]))


def tagged(specs):
    """List features with their tags.

    Parameters
    ----------
    specs : iterable of FeatureSpec

    Returns
    -------
    pandas.DataFrame
        feature, driver, tag, unit, window_days, meaning, meaning_zh; process first, then predictive, in the order of the specs.

    Examples
    --------
    >>> from renewcast.features.catalogue import everything
    >>> frame = tagged(everything((7, 28, 91)))
    >>> sorted(frame["tag"].unique())
    ['predictive', 'process']
    """
    import pandas as pd

    rows = [
        {
            "feature": spec.name,
            "driver": spec.driver,
            "tag": tag(spec.name, spec.driver),
            "unit": spec.unit,
            "window_days": spec.window_days,
            "meaning": spec.meaning,
            "meaning_zh": spec.meaning_zh,
        }
        for spec in specs
    ]
    frame = pd.DataFrame(rows, columns=["feature", "driver", "tag", "unit", "window_days", "meaning", "meaning_zh"])
    order = frame["tag"].map({name: place for place, name in enumerate(TAGS)})
    return frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)
