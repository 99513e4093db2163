"""The library of plays: what a team does about which trouble, step by step, read from ``plays.yaml``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from renewcast.errors import RenewcastError
from renewcast.params import FAMILIES
from renewcast.params._section import Positive, Section
from renewcast.params.load import read_mapping

Goal = Literal["prevent_churn", "expand", "cross_sell", "part_well"]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Steps = Annotated[list[Text], Field(min_length=1, max_length=5)]
FILE = "plays.yaml"


class InBothLanguages(Section):
    """A text, in English and Chinese."""

    en: Text
    zh: Text


class StepsInBothLanguages(Section):
    """One to five steps, in English and Chinese."""

    en: Steps
    zh: Steps

    @model_validator(mode="after")
    def _as_many(self):
        if len(self.en) != len(self.zh):
            raise ValueError("give as many steps in English as in Chinese")
        return self


class AnswersTo(Section):
    """Which trouble a play answers: drivers, signals, and words in the notes of an account that leaves for another product."""

    drivers: list[Literal[FAMILIES]]
    signals: list[Name]
    notes: list[Text] = []

    @model_validator(mode="after")
    def _known(self):
        from renewcast.signals.catalogue import BY_NAME

        unknown = [name for name in self.signals if name not in BY_NAME]
        if unknown:
            raise ValueError(f"there is no signal {unknown[0]}; `renewcast signals` lists them")
        return self


class Check(Section):
    """What tells whether the play worked: a measure, how many days after its start, and in words."""

    measure: Name
    within_days: Positive
    en: Text
    zh: Text


class Effect(Section):
    """What a play adds to the log odds of leaving, and a 90 % interval; negative helps."""

    log_odds: Annotated[float, Field(ge=-5, le=5)]
    low: Annotated[float, Field(ge=-5, le=5)]
    high: Annotated[float, Field(ge=-5, le=5)]

    @model_validator(mode="after")
    def _inside(self):
        if not self.low < self.high or not self.low <= self.log_odds <= self.high:
            raise ValueError("low must lie below high, and log_odds between them")
        return self


class Play(Section):
    """One play. ``days`` is how long it takes, ``lasts_days`` how long after its start it is felt."""

    id: Name
    version: Positive
    title: InBothLanguages
    goal: Goal
    answers_to: AnswersTo
    steps: StepsInBothLanguages
    days: Annotated[int, Field(ge=1, le=365)]
    effort_hours: Annotated[float, Field(gt=0, le=1000)]
    check: Check
    effect: Effect
    lasts_days: Positive


class Library(Section):
    """All plays of a project, in the order of the file, which decides among equals."""

    plays: Annotated[list[Play], Field(min_length=1)]

    @model_validator(mode="after")
    def _apart(self):
        ids = [play.id for play in self.plays]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]} is given twice; keep one")
        for language in ("en", "zh"):
            titles = [getattr(play.title, language) for play in self.plays]
            if len(set(titles)) < len(titles):
                raise ValueError("two plays have the same title; the list could not tell them apart")
        return self

    def told(self, language: str, effects: dict | None = None) -> list[dict]:
        """Return the library as plain values in one language.

        Parameters
        ----------
        language : {"en", "zh"}
        effects : dict of str to dict, optional
            What history says of each play, see :func:`renewcast.plays.effects.in_force`; by default what the file assumes.

        Returns
        -------
        list of dict
            play, version, title, goal, steps (list of str), days, effort_hours, check, check_within_days, lasts_days; effect
            (log odds of leaving, negative helps) with effect_low and effect_high (90 %), effect_from ("assumed" or
            "measured") and treated (plays that were measured).
        """
        from renewcast.plays.effects import in_force

        found = effects if effects is not None else in_force(self, None)
        return [
            {
                "play": play.id,
                "version": play.version,
                "title": getattr(play.title, language),
                "goal": play.goal,
                "steps": list(getattr(play.steps, language)),
                "days": play.days,
                "effort_hours": play.effort_hours,
                "check": getattr(play.check, language),
                "check_within_days": play.check.within_days,
                "lasts_days": play.lasts_days,
                **found[play.id],
            }
            for play in self.plays
        ]


def load_library(path: Path) -> Library:
    """Read and validate a library.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    Library

    Raises
    ------
    RenewcastError
        "... does not exist", "... is not YAML", or one sentence that names the play, the key and what is wrong.

    Examples
    --------
    >>> load_library(Path("nowhere/plays.yaml"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/plays.yaml does not exist; copy the one of a fresh `renewcast init`.
    """
    if not path.exists():
        raise RenewcastError(f"{path} does not exist; copy the one of a fresh `renewcast init`.")
    content = read_mapping(path)
    try:
        return Library.model_validate(content)
    except ValidationError as refused:
        raise RenewcastError(f"{path}: {_sentence(refused, content)}") from None


def _sentence(refused: ValidationError, content: dict) -> str:
    # A key that is misspelt is unknown and missing at once; the unknown one says more.
    first = min(refused.errors(), key=lambda error: error["type"] != "extra_forbidden")
    place = [str(part) for part in first["loc"]]
    if len(place) > 1 and place[0] == "plays" and isinstance(first["loc"][1], int):
        play = content["plays"][first["loc"][1]]
        place[:2] = [f"play {play['id'] if isinstance(play, dict) and 'id' in play else first['loc'][1] + 1}"]
    more = f" ({refused.error_count() - 1} more after this one)" if refused.error_count() > 1 else ""
    where = ", ".join([place[0], ".".join(place[1:])] if len(place) > 1 else place) or "the library"
    if first["type"] == "extra_forbidden":
        return f"{where} is not a known key; remove or rename it{more}."
    if first["type"] == "missing":
        return f"{where} is missing; add it{more}."
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message[0].lower()}{message[1:]}; change it{more}."
