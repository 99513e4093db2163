"""A challenger in the shadow of the champion: scored on the same rows, shown to nobody, and who would move."""

import numpy as np
import pandas as pd

TOP_SHARE = 0.1
MOVERS = 10


def shadow(account_id, champion_probability, challenger_probability) -> pd.DataFrame:
    """Say of each scored account where the challenger would put it.

    Parameters
    ----------
    account_id : array of str, shape (n_accounts,)
    champion_probability, challenger_probability : array of float in [0, 1], shape (n_accounts,)

    Returns
    -------
    pandas.DataFrame
        account_id, champion_probability, challenger_probability, change (challenger minus champion), champion_rank and
        challenger_rank (1 is the riskiest; equal probabilities by account_id), and moves: "enters" or "leaves" the riskiest
        tenth, else None. In the order of the champion's ranks.

    Examples
    --------
    >>> shadow(["A", "B"], [0.9, 0.1], [0.2, 0.3])[["account_id", "challenger_rank", "moves"]].values.tolist()
    [['A', 2, 'leaves'], ['B', 1, 'enters']]
    """
    frame = pd.DataFrame(
        {
            "account_id": np.asarray(account_id, dtype=object),
            "champion_probability": np.asarray(champion_probability, dtype=float),
            "challenger_probability": np.asarray(challenger_probability, dtype=float),
        }
    )
    frame["change"] = frame["challenger_probability"] - frame["champion_probability"]
    for who in ("champion", "challenger"):
        order = np.lexsort((frame["account_id"].astype(str), -frame[f"{who}_probability"]))
        frame.loc[frame.index[order], f"{who}_rank"] = np.arange(1, len(frame) + 1)
        frame[f"{who}_rank"] = frame[f"{who}_rank"].astype("int64")
    top = int(np.ceil(TOP_SHARE * len(frame)))
    was, would_be = frame["champion_rank"] <= top, frame["challenger_rank"] <= top
    frame["moves"] = np.select([would_be & ~was, was & ~would_be], ["enters", "leaves"], None)
    return frame.sort_values("champion_rank", ignore_index=True)


def summary(frame: pd.DataFrame) -> dict:
    """Sum a shadow up: accounts, how many enter and leave the riskiest tenth, how far they move, and who moves farthest.

    Returns
    -------
    dict
        accounts, top (size of the riskiest tenth), enter, leave, rank_correlation (None where either ranks nobody),
        mean_change and largest_change of the probability, movers (the ten accounts that move farthest).
    """
    distance = frame["change"].abs()
    ranks = ("champion_probability", "challenger_probability")
    varies = len(frame) > 1 and all(frame[name].nunique() > 1 for name in ranks)
    farthest = frame.assign(distance=distance).sort_values(["distance", "account_id"], ascending=[False, True]).head(MOVERS)
    shown = ["account_id", *ranks, "champion_rank", "challenger_rank"]
    return {
        "accounts": len(frame),
        "top": int(np.ceil(TOP_SHARE * len(frame))),
        "enter": int((frame["moves"] == "enters").sum()),
        "leave": int((frame["moves"] == "leaves").sum()),
        "rank_correlation": float(frame[ranks[0]].rank().corr(frame[ranks[1]].rank())) if varies else None,
        "mean_change": float(frame["change"].mean()) if len(frame) else 0.0,
        "largest_change": float(distance.max()) if len(frame) else 0.0,
        "movers": farthest[shown].to_dict("records"),
    }
