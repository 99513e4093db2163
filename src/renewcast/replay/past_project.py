"""A project as it was when a list was published: its parameters, models, clusters and the list before, on today's tables."""

import json

from pydantic import ValidationError

from renewcast.errors import RenewcastError
from renewcast.params import Params
from renewcast.project import Project

OF_TODAY = ("sources", "engine", "publishing")
"""Sections that say where things lie and how much of the machine is used, not what a list says."""


class PastProject(Project):
    """A project that makes the lists of a day again.

    Parameters
    ----------
    project : renewcast.Project
    made_from : dict
        What a manifest says; see :mod:`renewcast.made_from`.

    Raises
    ------
    RenewcastError
        What is not kept, or was changed; "the parameters ... were written for another version".
    """

    def __init__(self, project, made_from: dict):
        from renewcast.tracking.listed import read_document

        kept = read_document(project.directory, "params", made_from["params_sha256"])
        super().__init__(project.directory, _as_they_were(json.loads(kept), project.params), project.progress)
        self._made_from = made_from
        self._champions: dict = {}

    def champions(self) -> dict:
        """Return the champions that the list used, by target."""
        return {target: self.champion(target) for target in self._made_from["models"]}

    def champion(self, target: str | None = None):
        """Return the champion that the list used."""
        from renewcast.tracking.champion import load_listed

        target = target or self.params.scoring.target
        if target not in self._made_from["models"]:
            raise RenewcastError(f"the list was made without a model for {target}.")
        if target not in self._champions:
            record_sha256 = self._made_from["models"][target]["record_sha256"]
            self._champions[target] = load_listed(self.directory, target, record_sha256)
        return self._champions[target]

    def segments(self):
        """Return the clusters that the list used, or None."""
        from renewcast.segments.clusters import Clusters
        from renewcast.tracking.listed import read_document

        digest = self._made_from["segments_sha256"]
        return None if digest is None else Clusters.from_json(read_document(self.directory, "segments", digest).decode())

    def plays_library(self):
        """Return the plays that the list used."""
        from renewcast.plays.library import Library

        return Library.model_validate(self._plays()["library"])

    def play_effects(self, as_of=None) -> dict:
        """Return the effects that counted when the list was made."""
        return self._plays()["effects"]

    def _plays(self) -> dict:
        from renewcast.tracking.listed import read_document

        return json.loads(read_document(self.directory, "plays", self._made_from["plays_sha256"]))

    def keep_segments(self, clusters) -> None:
        """Keep nothing: the past is not changed."""

    def list_before(self, as_of=None):
        """Return the list that was the last one when the list was made, whatever was published since."""
        from renewcast.publishing.earlier_lists import published_at

        return published_at(self.lists_directory, self._made_from["last_list"])


def _as_they_were(kept: dict, now: Params) -> Params:
    today = now.model_dump(mode="json")
    try:
        return Params.model_validate(kept | {name: today[name] for name in OF_TODAY})
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RenewcastError(
            f"the parameters of the list were written for another version of renewcast ({where}: {first['msg']}); install the "
            "version that its manifest names to make it again."
        ) from None
