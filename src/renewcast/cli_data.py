"""Commands on the data: lay a project out, make up a company, check the tables, show the features, compare labels, attack."""

from pathlib import Path
from typing import Annotated

import typer

from renewcast.cli_app import AsOfOption, JsonOption, ProjectOption, answer, app, open_project
from renewcast.cli_text import catalogue_text, comparison_text, lines_of


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to lay the project out; made if absent.")],
    json: JsonOption = False,
):
    """Lay out a new project: params.yaml, pipelines, notebooks, a README."""
    from renewcast.layout import lay_out

    answer(
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
    behaviours: Annotated[
        bool, typer.Option("--behaviours", help="Plant four kinds of use, for segments to find; the company is another one.")
    ] = False,
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
        size = {"accounts": accounts, "weeks": weeks, "start": first, "seed": seed}
        made = simulate(raw, **size, workers=workers, behaviours=behaviours, progress=progress)
        return {"directory": str(raw), **made}

    answer(json, work, lines_of)


@app.command()
def check(project: ProjectOption = Path("."), json: JsonOption = False):
    """Report on every table: rows, dates, what was set aside and why, what stops the run (then the exit code is 2)."""
    report = None

    def work(progress):
        nonlocal report
        report = open_project(project, progress).check()
        return report.to_dict()

    answer(json, work, lambda found: report.render())
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
        frame = open_project(project, progress).catalogue()
        # Before there are data nothing is built, and the catalogue shows what could be.
        frame = frame if all_features or not frame["built"].any() else frame[frame["built"]]
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return {"count": len(records), "built": int(frame["built"].sum()), "features": records}

    answer(json, work, catalogue_text)


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
    answer(json, lambda progress: open_project(project, progress).compare_definitions(compare, as_of).to_dict(), comparison_text)


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

        report = audit(open_project(project, progress), as_of, probes=probes, seed=seed, progress=progress)
        return report.to_dict()

    answer(json, work, lambda found: report.render())
    if report.findings:
        raise typer.Exit(2)
