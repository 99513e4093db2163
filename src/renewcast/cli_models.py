"""Commands on jobs and models: run a pipeline, promote, roll back, look at the challenger."""

from pathlib import Path
from typing import Annotated

import typer

from renewcast.cli_app import AsOfOption, JsonOption, ProjectOption, TargetOption, answer, app, open_project
from renewcast.cli_text import lines_of, shadow_text


@app.command()
def run(
    name: Annotated[
        str,
        typer.Argument(
            help="training_set, train, tune, backtest, segment, weekly_risk_list, business_review, regret, "
            "play_effects, or a script of the project's pipelines/."
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

        opened = open_project(project, progress)
        return pipeline(opened.directory, name)(opened, as_of=as_of, target=target)

    answer(json, work, lines_of)


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
        return open_project(project, progress).promote(target, accepted={one: because.strip() for one in accept or []})

    answer(json, work, lines_of)


@app.command()
def rollback(target: TargetOption = None, project: ProjectOption = Path("."), json: JsonOption = False):
    """Bring the last champion back: record, card, signature, artefact and alias; nothing is trained."""
    answer(json, lambda progress: open_project(project, progress).rollback(target), lines_of)


@app.command()
def shadow(as_of: AsOfOption = None, project: ProjectOption = Path("."), json: JsonOption = False):
    """Say who would move on the list if the challenger were in force."""

    def work(progress):
        from renewcast.scoring.shadow import summary

        found = open_project(project, progress).shadow(as_of)
        return found.attrs | summary(found)

    answer(json, work, shadow_text)
