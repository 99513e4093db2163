"""What the renewal model knows of the term itself, beside what it knows of the account."""

from renewcast.features import FeatureSpec


def _spec(name, meaning, meaning_zh, unit):
    return FeatureSpec(name, "contract", meaning, meaning_zh, unit, "terms", None, "missing", "level", "rows")


TERM_SPECS = [
    _spec("this_term_days_left", "days until this term ends", "本合同剩余天数", "days"),
    _spec("this_term_length_days", "length of this term in days", "本合同天数", "days"),
    _spec("this_term_mrr", "monthly recurring revenue of this term", "本合同月度经常性收入", "money"),
]


def term_features(terms):
    """Add the features of each undecided term.

    Parameters
    ----------
    terms : pandas.DataFrame
        as_of, starts_on, ends_on, mrr.

    Returns
    -------
    pandas.DataFrame
        The same rows with one float64 column for each of ``TERM_SPECS``.

    Examples
    --------
    >>> import pandas as pd
    >>> term = pd.DataFrame({"as_of": pd.to_datetime(["2026-06-29"]), "starts_on": pd.to_datetime(["2025-07-29"]),
    ...     "ends_on": pd.to_datetime(["2026-07-29"]), "mrr": [100.0]})
    >>> term_features(term)["this_term_days_left"].tolist()
    [30.0]
    """
    day = 86_400.0
    return terms.assign(
        this_term_days_left=(terms["ends_on"] - terms["as_of"]).dt.total_seconds() / day,
        this_term_length_days=(terms["ends_on"] - terms["starts_on"]).dt.total_seconds() / day,
        this_term_mrr=terms["mrr"].astype("float64"),
    )
