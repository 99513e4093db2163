"""Predictions beside the true risk, which only a simulator knows: how close a model comes to what nobody can beat."""

from renewcast.plots._picture import BLUE, GREY, PALE_BLUE, legend, name_axes, picture, spread_small_shares
from renewcast.plots._table import Table
from renewcast.plots.model import NAMES


def with_truth(predictions, truth):
    """Join the predictions with the risk that the simulator knows.

    Parameters
    ----------
    predictions : pandas.DataFrame
        From ``Project.predictions_on_test``.
    truth : pandas.DataFrame
        account_id, as_of and p_churn_90d.

    Returns
    -------
    pandas.DataFrame
        ``predictions`` with ``true_risk``, without the rows that the truth does not speak of.

    Examples
    --------
    >>> import pandas as pd
    >>> keys = {"account_id": ["A"], "as_of": pd.to_datetime(["2026-01-05"])}
    >>> with_truth(pd.DataFrame({**keys, "blend": [0.2]}), pd.DataFrame({**keys, "p_churn_90d": [0.3]}))["true_risk"].tolist()
    [0.3]
    """
    risk = truth.rename(columns={"p_churn_90d": "true_risk"})[["account_id", "as_of", "true_risk"]]
    risk = risk.assign(as_of=risk["as_of"].astype(predictions["as_of"].dtype))
    return predictions.merge(risk, on=["account_id", "as_of"])


def against_truth(joined, name: str):
    """Draw the predicted probability against the simulator's true risk, for the snapshots whose cover could end.

    Parameters
    ----------
    joined : pandas.DataFrame
        From :func:`with_truth`.
    name : str
        The estimator.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> risks = [0.1, 0.2, 0.3, 0.4] * 10
    >>> against_truth(pd.DataFrame({"blend": risks, "true_risk": risks, "gated": False}), "blend")
    Figure: Predicted and true risk rank the accounts alike: Spearman 1.00 over 40 snapshots whose cover could end
    """
    from renewcast.evaluation.metrics import equal_count_bins

    open_rows = joined[~joined["gated"].astype(bool) & (joined["true_risk"] > 0)]
    predicted, true = open_rows[name].to_numpy(), open_rows["true_risk"].to_numpy()
    rank = open_rows[name].corr(open_rows["true_risk"], method="spearman")
    alike = "alike" if rank >= 0.5 else "partly alike"
    title = (
        f"Predicted and true risk rank the accounts {alike}: "
        f"Spearman {rank:.2f} over {len(open_rows):,} snapshots whose cover could end"
    )
    figure, axes = picture(title, width=6.6, height=4.6)
    axes.scatter(predicted, true, s=7, color=PALE_BLUE, alpha=0.45, linewidth=0, rasterized=True, label="one snapshot")
    bins = equal_count_bins(predicted)
    axes.plot(
        [predicted[rows].mean() for rows in bins], [true[rows].mean() for rows in bins], color=BLUE, marker="o", linewidth=1.6,
        label="mean of a tenth",
    )  # fmt: skip
    limit = min(1.0, 1.05 * max(predicted.max(), true.max()))
    axes.plot([0, limit], [0, limit], color=GREY, linewidth=1, linestyle="--", label="equal")
    spread_small_shares(axes, limit)
    name_axes(axes, x="predicted probability (square-root scale)", y="true risk, known to the simulator only")
    legend(axes, loc="upper left")
    return figure


def ceiling(joined, names: list[str]) -> Table:
    """Compare log losses with that of the true risk, which nobody can beat but by luck.

    Parameters
    ----------
    joined : pandas.DataFrame
        From :func:`with_truth`.
    names : list of str
        Estimators.

    Returns
    -------
    Table
        Log loss on the same rows, and the share of the way from the base rate to the true risk.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"label": [True, False], "base_rate": [0.5, 0.5], "blend": [0.8, 0.2], "true_risk": [0.9, 0.1]})
    >>> ceiling(rows, ["base_rate", "blend"]).frame["way to the true risk"].round(2).tolist()
    [0.0, 0.8, 1.0]
    """
    import pandas as pd

    from renewcast.evaluation.metrics import auc, log_loss

    label = joined["label"].to_numpy()
    shown = {**{name: NAMES[name] for name in names}, "true_risk": "the true risk"}
    loss = {name: log_loss(label, joined[name].to_numpy()) for name in shown}
    span = loss["base_rate"] - loss["true_risk"]
    rows = [
        {
            "on the test": words,
            "log loss": loss[name],
            "AUC": auc(label, joined[name].to_numpy()),
            "way to the true risk": (loss["base_rate"] - loss[name]) / span,
        }
        for name, words in shown.items()
    ]
    return Table(pd.DataFrame(rows), {"log loss": "number", "AUC": "number", "way to the true risk": "share"})
