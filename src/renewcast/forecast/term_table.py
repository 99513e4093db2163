"""What may become of each term that is due: five outcomes that add up to one, and how much is then paid."""

import numpy as np

OUTCOMES = ("churned", "late", "contracted", "flat", "expanded")
_SHARES = (0.05, 0.95)


def term_table(found, outlook=None):
    """Say of each term that is due inside the horizon what becomes of it.

    Where a renewal champion is in force its outlook is told, term by term. Elsewhere a term is lost when its account leaves, and
    contracts or expands as its account does; whether it is renewed late is then not told apart.

    Parameters
    ----------
    found : renewcast.forecast.forecast.Forecast
    outlook : pandas.DataFrame, optional
        See :func:`renewcast.scoring.outlook.term_outlook`.

    Returns
    -------
    pandas.DataFrame, by ends_on, account_id, contract_id
        account_id, contract_id, product, ends_on, mrr (currency units a month), churned_probability, late_probability (NaN where
        not told apart), contracted_probability, flat_probability, expanded_probability (they add up to 1), expected_mrr, and
        low_mrr and high_mrr: the 5 % and 95 % quantiles of what is paid afterwards.
    """
    accounts = found.accounts.set_index("account_id")
    given = outlook is not None and len(outlook) > 0
    rows = outlook[["account_id", "contract_id", "product", "ends_on", "mrr"]].copy() if given else _due(found)
    rows = rows.reset_index(drop=True)
    of = accounts.reindex(rows["account_id"])
    if given:
        for name in OUTCOMES:
            rows[f"{name}_probability"] = outlook[f"{name}_probability"].to_numpy(dtype=float)
    else:
        rows["churned_probability"], rows["late_probability"] = of["churn"].to_numpy(), np.nan
    stays = 1.0 - rows["churned_probability"].to_numpy()
    untold = np.ones(len(rows), dtype=bool) if not given else rows["flat_probability"].isna().to_numpy()
    for name, word in (("contracted", "contraction"), ("expanded", "expansion")):
        own = stays * of[word].fillna(0.0).to_numpy()
        rows[f"{name}_probability"] = np.where(untold, own, rows[f"{name}_probability"]) if given else own
    changed = rows["contracted_probability"] + rows["expanded_probability"]
    flat = np.clip(stays - changed, 0.0, 1.0)
    rows["flat_probability"] = np.where(untold, flat, rows["flat_probability"]) if given else flat
    less, more = of["less"].fillna(0.0).to_numpy(), of["more"].fillna(0.0).to_numpy()
    factor = np.column_stack([np.zeros(len(rows)), 1.0 - less, np.ones(len(rows)), 1.0 + more])
    steady = rows["flat_probability"] + rows["late_probability"].fillna(0.0)
    parts = [rows["churned_probability"], rows["contracted_probability"], steady, rows["expanded_probability"]]
    chance = np.column_stack(parts)
    mrr = rows["mrr"].to_numpy(dtype=float)
    rows["expected_mrr"] = (mrr * (chance * factor).sum(axis=1)).round(2)
    # Outcomes stand in the order of what is paid, so the first that reaches a share is its quantile.
    reached = np.cumsum(chance, axis=1)
    for name, share in zip(("low_mrr", "high_mrr"), _SHARES, strict=True):
        at = np.minimum((reached < share - 1e-12).sum(axis=1), factor.shape[1] - 1)
        rows[name] = (mrr * factor[np.arange(len(rows)), at]).round(2)
    order = ["account_id", "contract_id", "product", "ends_on", "mrr", *(f"{name}_probability" for name in OUTCOMES)]
    rows = rows[[*order, "expected_mrr", "low_mrr", "high_mrr"]]
    return rows.sort_values(["ends_on", "account_id", "contract_id"], ignore_index=True)


def _due(found):
    terms = found.terms[found.terms["is_due"]]
    ends = terms["ends"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    rows = terms[["account_id", "contract_id", "product"]].assign(ends_on=ends, mrr=terms["opening_cents"] / 100)
    return rows.assign(product=rows["product"].where(rows["product"] != "", None))
