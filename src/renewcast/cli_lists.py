"""Commands on the lists: explain an account, compare two weeks, print the plays."""

from pathlib import Path
from typing import Annotated

import typer

from renewcast.cli_app import AsOfOption, JsonOption, ProjectOption, answer, app, open_project
from renewcast.cli_text import explanation_text, lines_of, plays_text
from renewcast.cli_text_lists import SHOWN, diff_text, replay_text, signals_text


@app.command()
def explain(
    account: Annotated[str, typer.Argument(help="account_id.")],
    as_of: AsOfOption = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Say what one account's probability is made of."""
    answer(json, lambda progress: open_project(project, progress).explain(account, as_of), explanation_text)


@app.command()
def diff(
    earlier: Annotated[str, typer.Argument(metavar="WEEK", help="ISO week of the earlier list, for example 2026-W26.")],
    later: Annotated[str, typer.Argument(metavar="WEEK", help="ISO week of the later list.")],
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Say what changed between two published lists, and why: behaviour, time, late data, another model, its calibration."""

    def work(progress):
        compared = open_project(project, progress).changes(earlier, later)
        return compared.to_dict(None if json else SHOWN)

    answer(json, work, diff_text)


@app.command()
def plays(project: ProjectOption = Path("."), json: JsonOption = False):
    """Print the library of plays: version, goal, steps, days, check, and the effect that is assumed or was measured."""

    def work(progress):
        opened = open_project(project, progress)
        return {"plays": opened.plays_library().told(opened.params.project.language, opened.play_effects())}

    answer(json, work, plays_text)


@app.command()
def signals(as_of: AsOfOption = None, project: ProjectOption = Path("."), json: JsonOption = False):
    """Print each signal's card: how often it was right, how early, how often in vain, and why it is silent."""

    def work(progress):
        opened = open_project(project, progress)
        day = opened.day(as_of)
        noticed = opened.noticed(day)
        now = noticed.fired["signal"].value_counts()
        return {"as_of": day, "signals": [{**card, "fires_now": int(now.get(card["name"], 0))} for card in noticed.cards]}

    answer(json, work, signals_text)


@app.command("import-verdicts")
def import_verdicts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list's workbook or an owner's file, filled in.")],
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="DATE", help="When it was known.", show_default="when FILE was last changed"),
    ] = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Take owners' verdicts back as facts; a file that holds anything wrong is refused as a whole."""
    answer(json, lambda progress: open_project(project, progress).import_verdicts(file, known_at), lines_of)


@app.command()
def replay(
    week: Annotated[str, typer.Argument(help="Of a published list, for example 2026-W27.")],
    revision: Annotated[int | None, typer.Option(min=1, help="Of the list.", show_default="the latest")] = None,
    project: ProjectOption = Path("."),
    json: JsonOption = False,
):
    """Make a published list again from what it was made from, and say whether it is the same to the byte (exit code 2 if not)."""
    found = {}

    def work(progress):
        from renewcast.replay.replay import replay

        found.update(replay(open_project(project, progress), week, revision))
        return found

    answer(json, work, replay_text)
    if not found["equal"]:
        raise typer.Exit(2)
