"""Small made-up portfolios: terms that are paid at a snapshot, churn probabilities, and rates of the past."""

import numpy as np
import pandas as pd

from renewcast.forecast.rates import Rates


def rates_of(*, churn=0.1, contraction=0.05, expansion=0.3, less=0.2, more=0.1, spread=0.05, unlike=0.0, quarters=8) -> Rates:
    """The same rates for every cell."""
    cells = np.ones(4)
    return Rates(
        churn * cells,
        {"contraction": contraction * cells, "expansion": expansion * cells},
        {"contraction": less * cells, "expansion": more * cells},
        {"contraction": spread, "expansion": spread},
        {"churn": unlike, "contraction": unlike, "expansion": unlike},
        quarters,
        1000,
    )


def portfolio(accounts: int, seed: int):
    """Terms as cover_ahead tells them, churn probabilities and groups of companies, drawn."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(accounts):
        for product in ["", "base", "plus"][: rng.integers(1, 4)]:
            for turn in range(int(rng.choice([1, 1, 1, 2]))):
                opening = int(rng.choice([1, 3, 99, 10000, 25050, 1234567]))
                is_due = bool(rng.random() < 0.4)
                signed = opening if is_due else int(opening * rng.choice([1.0, 1.0, 0.5, 1.3]))
                rows.append((f"A{number:03d}", product, f"A{number:03d}{product}{turn}", opening, signed, is_due, 20600))
    columns = ["account_id", "product", "contract_id", "opening", "signed", "is_due", "ends"]
    names = [f"A{number:03d}" for number in range(accounts)]
    churn = pd.DataFrame({"account_id": names, "churn_probability": rng.beta(0.5, 4, accounts)})
    churn.loc[rng.random(accounts) < 0.1, "churn_probability"] = np.nan
    heads = {name: names[number - number % int(rng.integers(1, 4))] for number, name in enumerate(names)}
    return pd.DataFrame(rows, columns=columns), churn, heads
