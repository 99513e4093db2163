"""What a feature is."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class FeatureSpec:
    """What the catalogue, the models, the reasons and the docs need to know about one feature.

    Attributes
    ----------
    name : str
    driver : str
        The family, under which its contribution is summed.
    meaning, meaning_zh : str
        In words, English and Chinese; sentences are made from them.
    unit : str
        "count", "days", "share", "log ratio", "money", "score", "text", ...
    source : str
        The table (or tables) it rests on.
    window_days : int or None
    empty : {"0", "missing"}
        What no rows mean: a true zero, or not known.
    form : str
        "window", "share", "mean", "trend", "recency", "level", "rows" or "text": how it is computed and how its sentence reads.
    path : {"kernel", "rows"}
        By visibility intervals, or by a plain aggregation over the cut rows.
    is_categorical : bool
    beside : str or None
        For a trend: the feature that holds the recent number, over ``recent_days``.
    recent_days : int or None
    direction : {-1, 0, 1}
        Which way the risk goes with the number, where the trade agrees: 1, more is riskier; -1, more is safer; 0, it depends.
    role : {"lever", "context", "proxy"}
        What may be made of it: a lever is a state that work with the customer changes (seats in use, overdue milestones); context
        explains and is given (tenure, the end of the term, what they told us); a proxy only goes along with what matters (volume
        that mirrors size, counts that mirror age), so that moving it would help nobody. Advice never rests on a proxy.
    is_clockwork : bool
        Follows from the date and the known terms alone: it may change from week to week although nothing new was told.
    sense : {-1, 0, 1}
        Which way a reader takes the number, 1: more is bad news; ``direction`` where that was agreed. It binds no model; a reason
        that says the opposite ("more logins raise the risk") is withheld.
    """

    name: str
    driver: str
    meaning: str
    meaning_zh: str
    unit: str
    source: str
    window_days: int | None
    empty: str
    form: str
    path: str
    is_categorical: bool = False
    beside: str | None = None
    recent_days: int | None = None
    direction: int = 0
    role: str = "context"
    is_clockwork: bool = False
    sense: int = 0
