"""What each past list would have been ranked by, had it asked what a play may still save."""


def typical_play(library) -> dict:
    """Return the effect that the library assumes of a play against churn, and the days that it takes: their medians.

    What was measured since is not used: nobody knew it then.
    """
    import statistics

    plays = [play for play in library.plays if play.goal == "prevent_churn"] or library.plays
    return {
        "effect": statistics.median(play.effect.log_odds for play in plays),
        "play_days": statistics.median(play.days for play in plays),
    }


def expected_savings(view, lists, library, longest_play_days: int):
    """Return what a typical play, begun on the day of the list, was expected to save of each account.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    lists : pandas.DataFrame, shape (n, ...)
        account_id, as_of, arr and the columns of :func:`renewcast.backtest.look_ahead.churn_within`.
    library : renewcast.plays.library.Library
    longest_play_days : int

    Returns
    -------
    array of float, shape (n,)
        Currency units a year.
    """
    import pandas as pd

    from renewcast.backtest.look_ahead import COLUMNS
    from renewcast.plays.known import next_deadlines
    from renewcast.plays.saved import expected_saving

    ends = [next_deadlines(view, day.date()).assign(as_of=day) for day in sorted(lists["as_of"].unique())]
    known = lists[["account_id", "as_of"]].merge(pd.concat(ends), on=["account_id", "as_of"], how="left")
    left = (known["ends_on"] - known["as_of"]).dt.days.to_numpy(dtype="float64", na_value=float("nan"))
    notice = known["notice_days"].to_numpy(dtype=float)
    share = expected_saving(
        lists[list(COLUMNS)].to_numpy(dtype=float), left, notice, longest_play_days=longest_play_days, **typical_play(library)
    )
    return share * lists["arr"].to_numpy(dtype=float)
