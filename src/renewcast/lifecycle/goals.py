"""The ladder of stage goals: the final goal split into steps that can each be reached in one to three months (C55)."""

from renewcast.datasets.known import Known
from renewcast.lifecycle.first_value import began
from renewcast.lifecycle.milestones import status

STEP_DAYS = (30, 90)
"""One to three months."""


def ladder(known: Known):
    """Set the customer's own milestones of each account in the order of their days, and judge every step.

    The step before is the day of the milestone before or, for the first one, the day on which the account began.

    Returns
    -------
    pandas.DataFrame, sorted by account_id and step
        account_id, milestone, step (from 1), due_on, achieved_at, state (see milestones.status), step_days (days from the step
        before to the due day), planned ("close": less than 30 days, "in_reach": 30 to 90, "too_far"), is_judged (90 days since
        the step before are over), is_stage_goal_on_time (judged, and reached within them). Milestones without a day, and of
        accounts that have not begun, are not on the ladder.
    """
    import numpy as np
    import pandas as pd

    frame = known.once(status)
    frame = frame[frame["kind"].eq("customer") & frame["due_on"].notna()]
    frame = frame.merge(known.once(began)[["account_id", "started_on"]], on="account_id")
    frame = frame.sort_values(["account_id", "due_on", "milestone"], ignore_index=True)
    frame["step"] = frame.groupby("account_id").cumcount() + 1
    before = frame.groupby("account_id")["due_on"].shift().fillna(frame["started_on"])
    frame["step_days"] = (frame["due_on"] - before).dt.days.astype("int64")
    shortest, longest = STEP_DAYS
    frame["planned"] = np.select(
        [frame["step_days"] < shortest, frame["step_days"] <= longest], ["close", "in_reach"], "too_far"
    ).astype(object)
    limit = before + pd.Timedelta(days=longest)
    frame["is_judged"] = limit < known.as_of
    frame["is_stage_goal_on_time"] = frame["is_judged"] & (frame["achieved_at"].dt.floor("D") <= limit)
    columns = ["account_id", "milestone", "step", "due_on", "achieved_at", "state", "step_days", "planned"]
    return frame[[*columns, "is_judged", "is_stage_goal_on_time"]]


def steps(found):
    """Sum a ladder up by step.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`ladder`.

    Returns
    -------
    pandas.DataFrame, one row a step
        step, goals, median_step_days, close, in_reach, too_far, late (counts), judged, on_time (counts), share, low, high (90 %).
    """
    from renewcast.lifecycle.ratios import shares

    frame = found.assign(
        judged=found["is_judged"].astype("int64"),
        on_time=found["is_stage_goal_on_time"].astype("int64"),
        late=found["state"].eq("late"),
        **{name: found["planned"].eq(name) for name in ("close", "in_reach", "too_far")},
    )
    counts = frame.groupby("step").agg(
        goals=("milestone", "size"),
        median_step_days=("step_days", "median"),
        **{name: (name, "sum") for name in ("close", "in_reach", "too_far", "late")},
    )
    table = shares(frame, ["step"], "on_time", "judged").drop(columns="accounts")
    table = counts.reset_index().merge(table, on="step")
    counted = ["close", "in_reach", "too_far", "late"]
    columns = ["step", "goals", "median_step_days", *counted, "judged", "on_time", "share", "low", "high"]
    return table[columns].astype({name: "int64" for name in counted})
