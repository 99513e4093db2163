"""What every command shares: the options, one JSON object on stdout with --json, progress and errors on stderr."""

import json as _json
import math
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

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


def open_project(directory: Path, progress):
    """Open the project of a command; what takes long is told to ``progress``."""
    from renewcast.project import Project

    return Project.load(directory, progress=progress)


def answer(as_json: bool, work, text) -> None:
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
                found = work(progress)
            shown = _json.dumps(_plain(found), ensure_ascii=False, default=str, allow_nan=False) if as_json else text(found)
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
