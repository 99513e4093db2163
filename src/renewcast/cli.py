"""The command line: thin, quick to start, one JSON object on stdout with --json, progress and errors on stderr."""

import json as _json
import math
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from renewcast.cli_text import catalogue_text, comparison_text, explanation_text, lines_of, plays_text, shadow_text
from renewcast.cli_text_lists import SHOWN, diff_text

app = typer.Typer(
    name="renewcast",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which accounts will not renew, why, and what to do while there is still time: a weekly risk list.",
)
ProjectOption = Annotated[
    Path, typer.Option("--project", help="Project directory, the one that holds params.yaml.", show_default="here")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Snapshot day, YYYY-MM-DD.", show_default="the newest")
]
TargetOption = Annotated[
    str | None,
    typer.Option(help="churn, renewal, contraction, expansion or inactivity.", show_default="the one that ranks the list"),
]


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to lay the project out; made if absent.")],
    json: JsonOption = False,
):
    """Lay out a new project: params.yaml, pipelines, notebooks, a README."""
    from renewcast.layout import lay_out

    _answer(
        json,
        lambda progress: lay_out(directory),
        lambda made: (
            f"Project laid out in {made['directory']}: {', '.join(made['files'])}.\n"
            f"Next: edit {directory}/params.yaml, then `renewcast check --project {directory}`."
        ),
    )


@app.command()
def simulate(
    project: ProjectOption = Path("."),
    accounts: Annotated[int, typer.Option(min=10, help="Accounts that ever exist.")] = 2000,
    weeks: Annotated[int, typer.Option(min=30, help="Weeks of history.")] = 130,
    start: Annotated[str, typer.Option(metavar="DATE", help="First day.")] = "2024-01-01",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers; 0 is a seed.")] = 7,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Blocks of 1,000 accounts drawn at once; the company is the same.", show_default="one a core"),
    ] = None,
    json: JsonOption = False,
):
    """Make up a company with a known renewal hazard, as Parquet files in data/raw."""

    def work(progress):
        from renewcast.days import parse_day
        from renewcast.errors import RenewcastError
        from renewcast.simulate import simulate

        raw = project / "data" / "raw"
        if raw.exists() and any(raw.iterdir()) and not (raw / "truth.parquet").exists():
            raise RenewcastError(f"{raw} holds files that were not simulated; choose another --project, or move them away.")
        first = parse_day(start, what="--start")
        made = simulate(raw, accounts=accounts, weeks=weeks, start=first, seed=seed, workers=workers, progress=progress)
        return {"directory": str(raw), **made}

    _answer(json, work, lines_of)


@app.command()
def check(project: ProjectOption = Path("."), json: JsonOption = False):
    """Report on every table: rows, dates, what was set aside and why, what stops the run (then the exit code is 2)."""
    report = None

    def work(progress):
        nonlocal report
        report = _open(project, progress).check()
        return report.to_dict()

    _answer(json, work, lambda found: report.render())
    if report.stops:
        raise typer.Exit(2)


@app.command()
def features(
    project: ProjectOption = Path("."),
    all_features: Annotated[bool, typer.Option("--all", help="Also those that the project's tables cannot fill.")] = False,
    json: JsonOption = False,
):
    """Print the catalogue of features: name, meaning, unit, source, window, what empty means."""

    def work(progress):
        frame = _open(project, progress).catalogue()
        # Before there are data nothing is built, and the catalogue shows what could be.
        frame = frame if all_features or not frame["built"].any() else frame[frame["built"]]
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return {"count": len(records), "built": int(frame["built"].sum()), "features": records}

    _answer(json, work, catalogue_text)


@app.command()
def labels(
    compare: Annotated[
        Path, typer.Option("--compare", metavar="OTHER.yaml", help="Another definition: the keys of revenue.definition.")
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Any day, YYYY-MM-DD.", show_default="the end of the contracts")
    ] = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """List every account that another definition of churn judges otherwise, with the day and the reason."""
    _answer(json, lambda progress: _open(project, progress).compare_definitions(compare, as_of).to_dict(), comparison_text)


@app.command()
def run(
    name: Annotated[
        str,
        typer.Argument(
            help="training_set, train, tune, backtest, segment, weekly_risk_list, or a script of the project's pipelines/."
        ),
    ],
    as_of: AsOfOption = None,
    target: TargetOption = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Run one of the pipelines."""

    def work(progress):
        from renewcast.layout import pipeline

        opened = _open(project, progress)
        return pipeline(opened.directory, name)(opened, as_of=as_of, target=target)

    _answer(json, work, lines_of)


@app.command()
def promote(
    target: TargetOption = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="ID", help="A failing check to accept, for the reason given.")
    ] = None,
    because: Annotated[str | None, typer.Option(metavar="TEXT", help="Why, and who says so; kept in the record.")] = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Bring the challenger into force; refused where a check of severity stop fails (exit code 2)."""

    def work(progress):
        from renewcast.errors import RenewcastError

        if bool(accept) != bool(because and because.strip()):
            raise RenewcastError("--accept ID and --because TEXT go together: say which check you accept, and why.")
        return _open(project, progress).promote(target, accepted={one: because.strip() for one in accept or []})

    _answer(json, work, lines_of)


@app.command()
def rollback(target: TargetOption = None, project: ProjectOption = Path("."), json: JsonOption = False):
    """Bring the last champion back: record, card, signature, artefact and alias; nothing is trained."""
    _answer(json, lambda progress: _open(project, progress).rollback(target), lines_of)


@app.command()
def shadow(as_of: AsOfOption = None, project: ProjectOption = Path("."), json: JsonOption = False):
    """Say who would move on the list if the challenger were in force."""

    def work(progress):
        from renewcast.scoring.shadow import summary

        found = _open(project, progress).shadow(as_of)
        return found.attrs | summary(found)

    _answer(json, work, shadow_text)


@app.command()
def explain(
    account: Annotated[str, typer.Argument(help="account_id.")],
    as_of: AsOfOption = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Say what one account's probability is made of."""
    _answer(json, lambda progress: _open(project, progress).explain(account, as_of), explanation_text)


@app.command()
def diff(
    earlier: Annotated[str, typer.Argument(metavar="WEEK", help="ISO week of the earlier list, for example 2026-W26.")],
    later: Annotated[str, typer.Argument(metavar="WEEK", help="ISO week of the later list.")],
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Say what changed between two published lists, and why: behaviour, time, late data, another model, its calibration."""

    def work(progress):
        compared = _open(project, progress).changes(earlier, later)
        return compared.to_dict(None if json else SHOWN)

    _answer(json, work, diff_text)


@app.command()
def plays(project: ProjectOption = Path("."), json: JsonOption = False):
    """Print the library of plays: version, goal, steps, days, check, and the effect that is assumed or was measured."""

    def work(progress):
        opened = _open(project, progress)
        return {"plays": opened.plays_library().told(opened.params.project.language, opened.play_effects())}

    _answer(json, work, plays_text)


@app.command()
def audit(
    project: ProjectOption = Path("."),
    as_of: AsOfOption = None,
    probes: Annotated[int, typer.Option(min=1, help="Changed futures to try, at least; the other checks go along.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is drawn; 0 is a seed.")] = 0,
    json: JsonOption = False,
):
    """Attack the features: changed futures, an independent replay, training against scoring, labels in columns (exit code 2)."""
    report = None

    def work(progress):
        nonlocal report
        from renewcast.audit.audit import audit

        report = audit(_open(project, progress), as_of, probes=probes, seed=seed, progress=progress)
        return report.to_dict()

    _answer(json, work, lambda found: report.render())
    if report.findings:
        raise typer.Exit(2)


def _open(directory: Path, progress):
    from renewcast.project import Project

    return Project.load(directory, progress=progress)


def _answer(as_json: bool, work, text) -> None:
    """Do the work with stdout kept clean, then print the answer; turn every error into one sentence and exit code 2."""
    from renewcast.errors import RenewcastError
    from renewcast.progress import Progress

    stdout = os.dup(1)
    try:
        # Libraries that print, even from C, must not spoil the one JSON object.
        sys.stdout.flush()
        os.dup2(2, 1)
        try:
            with Progress() as progress:
                answer = work(progress)
            shown = _json.dumps(_plain(answer), ensure_ascii=False, default=str, allow_nan=False) if as_json else text(answer)
        finally:
            sys.stdout.flush()
            os.dup2(stdout, 1)
    except RenewcastError as refused:
        _fail(as_json, str(refused))
    except KeyboardInterrupt:
        typer.echo("renewcast: interrupted; nothing was published. Run the same command again.", err=True)
        raise typer.Exit(130) from None
    except Exception as unexpected:
        if os.environ.get("RENEWCAST_DEBUG"):
            raise
        said = " ".join(str(unexpected).split())[:300]
        _fail(as_json, f"unexpected {type(unexpected).__name__}: {said}; set RENEWCAST_DEBUG=1 to see where, and report it.")
    finally:
        os.close(stdout)
    if isinstance(shown, str):
        typer.echo(shown)
        return
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 140).print(shown)


def _plain(value):
    """Turn what JSON has no word for (NaN, infinity) into null."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _fail(as_json: bool, sentence: str) -> None:
    if as_json:
        typer.echo(_json.dumps({"error": sentence}, ensure_ascii=False))
    typer.echo(f"renewcast: {sentence}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Run the command line."""
    app()
