"""What a backtest leaves on the disk: tables as Parquet, the headline figures as JSON, a report in Markdown with figures."""

import io
import json
import math

from renewcast.filesystem import replace_file
from renewcast.plots import backtest as plots
from renewcast.plots._table import Table
from renewcast.plots.model import NAMES

ESTIMATOR_NAMES = {"listed": "what the list carried", **NAMES}
_DPI = 110


def write(found, params) -> None:
    """Write everything into the folder of a backtest; each file is replaced as a whole, the report last.

    Parameters
    ----------
    found : renewcast.backtest.run.Backtest
    params : renewcast.params.Params
    """
    for name in found.TABLES:
        content = io.BytesIO()
        getattr(found, name).to_parquet(content, index=False)
        replace_file(found.folder / f"{name}.parquet", content.getvalue())
    figures = draw(found, params)
    for name, figure in figures.items():
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=_DPI, facecolor="white")
        replace_file(found.folder / "figures" / f"{name}.png", content.getvalue())
    summary = json.dumps(found.answer(), indent=1, ensure_ascii=False, allow_nan=False)
    replace_file(found.folder / "summary.json", f"{summary}\n".encode())
    replace_file(found.folder / "report.md", report(found, params, figures).encode())


def draw(found, params) -> dict:
    """Draw the figures of a backtest, by name."""
    figures = {"auc_over_dates": plots.auc_over_dates(found.metrics)}
    if found.slices["calibration"].notna().any():
        figures["slices"] = plots.slices(found.slices)
    if len(found.recall):
        figures["actionable_recall"] = plots.recall_by_lead(found.recall, params.backtest.capacity_per_owner)
    if found.staleness["age_weeks"].nunique() > 1:
        figures["staleness"] = plots.staleness(found.staleness)
    return figures


def report(found, params, figures) -> str:
    """Write the report.

    Parameters
    ----------
    found : renewcast.backtest.run.Backtest
    params : renewcast.params.Params
    figures : iterable of str
        Names of the figures that were drawn.

    Returns
    -------
    str
        Markdown.
    """
    refused = found.trainings[found.trainings["refused"].notna()]
    lines = [
        f"# Backtest of {found.target}, judged by what was known on {found.as_of}",
        "",
        f"At {len(found.dates)} past dates ({found.dates[0]} to {found.dates[-1]}) the model was trained on what was known then, "
        f"and scored the accounts in scope: {len(found.predictions):,} rows, of which "
        f"{int(found.predictions['label'].sum()):,} had the outcome. Intervals are 95 %, drawn by whole accounts over all of "
        "their dates.",
        "",
        *_section("auc_over_dates", figures),
        *_table(_pooled(found.metrics)),
        "The calibration error's interval holds the noise of the draws as well: read its upper bound.",
        "",
        *_recall(found, params, figures),
        *_staleness(found, figures),
        "## Slices",
        "",
        "Of the probability that the list carried. *too high* and *too low* are those whose interval does not hold 0; of twenty "
        "slices one is expected there by chance.",
        "",
        *_section("slices", figures),
        *_table(_slices(found.slices)),
        "## Trainings",
        "",
        *_table(_trainings(found.trainings)),
    ]
    lines += [f"- {row.as_of} could not be trained on: {row.refused}" for row in refused.itertuples()]
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, figures) -> list[str]:
    return [f"![{name}](figures/{name}.png)", ""] if name in figures else []


def _recall(found, params, figures) -> list[str]:
    head = ["## Actionable recall at capacity", ""]
    if not len(found.recall):
        why = "no lost term lies where every lead has a list" if found.target == "churn" else "it is defined for churn"
        return [*head, f"Not reported: {why}.", ""]
    import pandas as pd

    rows = found.recall
    table = pd.DataFrame(
        {
            "days before the deadline": rows["lead_days"].astype(str),
            "ranked by": rows["ranking"].map(plots.RANKING_NAMES),
            "share of lost ARR": [_with_interval(*values) for values in rows[["recall", "low", "high"]].to_numpy()],
            "the list found more by": [
                plots.difference_text(*values, decimals=3)
                for values in rows[["first_minus_this", "difference_low", "difference_high"]].to_numpy()
            ],
        }
    )
    first = rows.iloc[0]
    said = (
        f"Share of the ARR of {first.lost_terms:,} lost terms of {first.lost_accounts:,} accounts "
        f"({params.project.currency} {first.lost_arr:,.0f}) that stood in the top {params.backtest.capacity_per_owner} of its "
        "owner on the last weekly list so many days before the deadline: the day of notice, or the end of the term. The list "
        f"is ranked by the probability of churn inside {params.labels.churn.horizon_days} days, so an account whose cover ends "
        "later than that cannot stand high on it; the owners' places go by expected saving, which looks as far ahead as the "
        f"longest play ({max(params.backtest.lead_days)} days), the notice and the week to the next list."
    )
    return [*head, said, "", *_section("actionable_recall", figures), *_table(table)]


def _staleness(found, figures) -> list[str]:
    import pandas as pd

    rows = found.staleness[found.staleness["metric"].isin(("auc", "log_loss", "ece"))]
    table = pd.DataFrame(
        {
            "weeks since training": rows["age_weeks"].astype(str),
            "pairs of dates": rows["pairs"].astype(str),
            "metric": rows["metric"],
            "old": rows["stale"].map("{:.4f}".format),
            "fresh": rows["fresh"].map("{:.4f}".format),
            "old minus fresh": [plots.difference_text(*values) for values in rows[["difference", "low", "high"]].to_numpy()],
        }
    )
    said = "A model so many weeks old against one trained on the day, on the same rows. An old model also saw fewer rows."
    return ["## Staleness", "", said, "", *_section("staleness", figures), *_table(table)]


def _pooled(metrics):
    import pandas as pd

    rows = metrics[metrics["date"] == "all dates"]
    table = {"over all dates": [ESTIMATOR_NAMES[name] for name in rows["estimator"].unique()]}
    for metric, part in rows.groupby("metric", sort=False):
        table[metric.replace("_", " ")] = [
            _with_interval(*values, decimals=4) for values in part[["estimate", "low", "high"]].to_numpy()
        ]
    return pd.DataFrame(table)


def _slices(table):
    import pandas as pd

    auc = [_with_interval(*values) for values in table[["auc", "auc_low", "auc_high"]].to_numpy()]
    away = table[["calibration", "calibration_low", "calibration_high"]].to_numpy() * 100
    return pd.DataFrame(
        {
            "by": table["column"],
            "slice": table["slice"],
            "rows": table["rows"].map("{:,}".format),
            "accounts": table["accounts"].map("{:,}".format),
            "with the outcome": table["positives"].map("{:,}".format),
            "share seen": table["base_rate"].map("{:.1%}".format),
            "mean probability": table["mean_probability"].map("{:.1%}".format),
            "difference, points": [
                "" if math.isnan(values[0]) else plots.difference_text(*values, decimals=1) for values in away
            ],
            "AUC": auc,
            "verdict": table["verdict"],
        }
    )


def _trainings(table):
    kept = table[table["refused"].isna()]
    shown = {"as_of": "as of", "role": "role", "ranked_by": "ranked by", "test_weeks": "weeks of test", "rows": "rows"}
    shown |= {"accounts": "accounts", "first_as_of": "first snapshot", "last_as_of": "last snapshot"}
    frame = kept[list(shown)].rename(columns=shown)
    for name in ("weeks of test", "rows", "accounts"):
        frame[name] = frame[name].astype(int).map("{:,}".format)
    return frame.astype(str)


def _with_interval(estimate: float, low: float, high: float, decimals: int = 3) -> str:
    if math.isnan(estimate):
        return ""
    if math.isnan(low):
        return f"{estimate:.{decimals}f}"
    return f"{estimate:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def _table(frame) -> list[str]:
    """Write a table of text in Markdown."""
    written = Table(frame).written
    cells = [list(written.columns), ["---"] * len(written.columns), *written.to_numpy().tolist()]
    return [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in cells] + [""]
