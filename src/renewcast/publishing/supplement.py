"""What is published beside the rows of a list: for the page, the workbook, and whoever asks later."""

import dataclasses

OPPORTUNITY_COLUMNS = (
    "account_id",
    "account_name",
    "owner",
    "tier",
    "arr",
    "renewal_date",
    "kind",
    "signal",
    "evidence",
    "play",
    "due_on",
    "held_back",
)
GONE_COLUMNS = ("account_id", "account_name", "owner", "arr", "churn_probability_last_list", "why")
WEEK_COLUMNS = (
    "account_id",
    "as_of",
    "churn_probability",
    "events",
    "active_users",
    "open_tickets",
    "churn_low",
    "churn_high",
)
EVENT_COLUMNS = ("account_id", "day", "kind", "text")


@dataclasses.dataclass(frozen=True, eq=False)
class Supplement:
    """Everything that a week's list carries beside its rows; each part may be absent (None or empty).

    Attributes
    ----------
    opportunities : pandas.DataFrame or None
        A row an opportunity (``OPPORTUNITY_COLUMNS``): kind is expansion, cross_sell or referral; ``held_back`` says why it
        waits, None where it does not.
    explanations : pandas.DataFrame or None
        account_id, base_probability, churn_probability and a column DRIVER_points a driver; base and points add up.
    gone : pandas.DataFrame or None
        Accounts of the last list that are not on this one (``GONE_COLUMNS``), with the probability that was last published.
    weeks : pandas.DataFrame or None
        A row an account and week, oldest first (``WEEK_COLUMNS``): the probability and its 90 % interval as published then
        (None before the first list), and what the week brought: usage events, active users; tickets open at its end.
    events : pandas.DataFrame or None
        What happened, by account and day (``EVENT_COLUMNS``): kind is term, milestone, ticket, touchpoint, play or person.
    signals : list of dict
        The card of each signal: name, title, precision, lift, lead time, false alarms and whether it speaks.
    plays : list of dict
        The library: play, version, title, steps, days, check.
    """

    opportunities: object = None
    explanations: object = None
    gone: object = None
    weeks: object = None
    events: object = None
    signals: list = dataclasses.field(default_factory=list)
    plays: list = dataclasses.field(default_factory=list)
