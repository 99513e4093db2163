"""What a regret report leaves on the disk: tables as Parquet, the headline figures as JSON, a report in Markdown."""

import io
import json

from renewcast.filesystem import replace_file
from renewcast.regret.classes import CLASSES
from renewcast.regret.words import WORDS, seen_by

SHOWN = 200
"""Churns that the report lists one by one; all of them stand in churns.parquet."""


def write(found, params) -> None:
    """Write everything into the folder of a report; each file is replaced as a whole, the report last.

    Parameters
    ----------
    found : renewcast.regret.run.Regret
    params : renewcast.params.Params
    """
    for name in found.TABLES:
        content = io.BytesIO()
        getattr(found, name).to_parquet(content, index=False)
        replace_file(found.folder / f"{name}.parquet", content.getvalue())
    summary = json.dumps(found.answer(), indent=1, ensure_ascii=False, allow_nan=False)
    replace_file(found.folder / "summary.json", f"{summary}\n".encode())
    replace_file(found.folder / "report.md", report(found, params).encode())


def report(found, params) -> str:
    """Write the report in the language of the project.

    Parameters
    ----------
    found : renewcast.regret.run.Regret
    params : renewcast.params.Params

    Returns
    -------
    str
        Markdown.
    """
    words, facts = WORDS[params.project.language], found.answer()
    settings = {
        "capacity": params.backtest.capacity_per_owner,
        "lead": min(params.backtest.lead_days),
        "currency": params.project.currency,
    }
    lines = [f"# {words['title'].format(**facts)}", "", words["intro"].format(**facts), ""]
    if facts["backfilled"]:
        lines += [words["backfilled"].format(**facts), ""]
    lines += [f"## {words['weeks']}", "", words["weeks_said"].format(**settings), "", *_table(_weeks(found.weeks, words))]
    lines += [f"## {words['calibration']}", "", *_table(_calibration(found.calibration, words))]
    lines += [f"## {words['classes']}", "", words["classes_said"].format(**settings), "", *_table(_classes(facts, words))]
    lines += [f"- **{words['class'][name]}**: {words['class_said'][name].format(**settings)}" for name in CLASSES]
    lines += ["", f"## {words['churns']}", "", *_churns(found.churns, words)]
    if found.left_out:
        lines += [f"## {words['left_out']}", "", *(f"- {_safe(one)}" for one in found.left_out), ""]
    return "\n".join(lines).rstrip() + "\n"


def _weeks(weeks, words) -> list[list[str]]:
    rows = [words["week_columns"]]
    for one in weeks.itertuples():
        rows.append(
            [
                one.week,
                f"{one.scored:,}",
                f"{one.expected_churns:.1f}",
                f"{one.churns:,}",
                f"{one.expected_lost_arr:,.0f}",
                f"{one.lost_arr:,.0f}",
                f"{one.in_top:,}",
                f"{one.churns_in_top:,}",
                _share(one.share_found),
                _share(one.share_of_arr_found),
            ]  # fmt: skip
        )
    return rows


def _calibration(table, words) -> list[list[str]]:
    rows = [words["calibration_columns"]]
    for one in table.itertuples():
        seen = f"{one.seen:.1%} ({one.seen_low:.1%} - {one.seen_high:.1%})"
        rows.append([f"{one.predicted:.1%}", seen, f"{one.rows:,}", f"{one.accounts:,}", words["agrees"][bool(one.agrees)]])
    return rows


def _classes(facts, words) -> list[list[str]]:
    rows = [[words[name] for name in ("class_name", "accounts", "arr")]]
    rows += [[words["class"][name], f"{facts['classes'][name]:,}", f"{facts['arr_by_class'][name]:,.0f}"] for name in CLASSES]
    return rows


def _churns(churns, words) -> list[str]:
    missed = churns[churns["class"] != "warned"]
    order = missed.sort_values(["arr", "account_id", "churned_on"], ascending=[False, True, True])
    rows = [words["churn_columns"]]
    for one in order.head(SHOWN).rename(columns={"class": "named"}).itertuples():
        owner = _safe(one.owner) if isinstance(one.owner, str) else ""
        probability = "" if one.highest_probability != one.highest_probability else f"{one.highest_probability:.1%}"
        seen = "" if one.seen_on != one.seen_on else f"{one.seen_on:%Y-%m-%d}"
        rows.append(
            [
                _safe(one.account_id),
                owner,
                f"{one.churned_on:%Y-%m-%d}",
                f"{one.arr:,.0f}",
                words["class"][one.named],
                probability,
                seen,
                seen_by(one.seen_by, words),
            ]  # fmt: skip
        )
    if len(order) > SHOWN:
        return [words["more"].format(shown=SHOWN, all=len(order)), "", *_table(rows)]
    return _table(rows)


def _share(value: float) -> str:
    return "" if value != value else f"{value:.0%}"


def _safe(text) -> str:
    """Take away what Markdown would read as anything but text."""
    shown = " ".join(str(text).split())
    for sign in "\\`*_[]<>|#!&":
        shown = shown.replace(sign, f"\\{sign}" if sign not in "<>&" else {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[sign])
    return shown


def _table(rows: list[list[str]]) -> list[str]:
    """Write rows of text, the head first, as a table in Markdown."""
    head, *rest = rows
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rest)] + [""]
