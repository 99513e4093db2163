"""A project, opened: the Python API of the notebooks and the pipelines, everything as pandas DataFrames."""

from pathlib import Path

from renewcast.project_markets import ProjectMarkets


class Project(ProjectMarkets):
    """One project directory: tables, features, models, scores, customers, markets (see :class:`ProjectMarkets`), and its lists.

    Examples
    --------
    >>> Project.load("nowhere")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/params.yaml does not exist; run `renewcast init nowhere` or give --project DIR.
    """

    # -- lists -----------------------------------------------------------------------------------------------------

    def risk_list(self, as_of=None):
        """Return the risk list of a snapshot day as it would be published now, without publishing it."""
        from renewcast.weekly import draft_list

        return draft_list(self, self.day(as_of)).rows

    def publish(self, as_of=None) -> dict:
        """Score a snapshot day and publish its list; see :func:`renewcast.weekly.publish_week`."""
        from renewcast.weekly import publish_week

        return publish_week(self, self.day(as_of))

    def regret(self, as_of=None):
        """Hold the published lists against what happened; see :func:`renewcast.regret.run.run_regret`.

        Returns
        -------
        renewcast.regret.run.Regret
            DataFrames ``weeks``, ``owners``, ``calibration``, ``churns`` (every churn in one class) and ``evidence``, all written
            to data/work/regret/<as_of>/ with a report.
        """
        from renewcast.regret.run import run_regret

        return run_regret(self, self.day(as_of), fired=self.risk_signals_of)

    def published_list(self):
        """Return the current list as it was published, or None."""
        from renewcast.publishing import current_list, read_list

        current = current_list(self.lists_directory)
        return None if current is None else read_list(current)

    def previous_list(self):
        """Return the list published for the week before the current one's, or None."""
        from renewcast.publishing import current_list, previous_list

        current = current_list(self.lists_directory)
        return None if current is None else previous_list(self.lists_directory, current.parent.name)

    def changes(self, earlier: str, later: str):
        """Compare the lists published for two weeks; see :func:`renewcast.comparison.compare_weeks`.

        Parameters
        ----------
        earlier, later : str
            ISO weeks, for example "2026-W26" and "2026-W27".

        Returns
        -------
        renewcast.comparison.Comparison
            Why each probability changed, who is new and who is gone.
        """
        from renewcast.comparison import compare_weeks

        return compare_weeks(self, earlier, later)

    def import_verdicts(self, file, known_at=None) -> dict:
        """Take back what owners filled in on a published list; see :func:`renewcast.publishing.verdicts.import_verdicts`."""
        from renewcast.publishing.verdicts import import_verdicts

        return import_verdicts(self.lists_directory, self.verdicts_directory, Path(file), known_at)

    def verdicts(self):
        """Return every verdict that owners gave; see :func:`renewcast.publishing.verdict_store.read_verdicts`."""
        from renewcast.publishing.verdict_store import read_verdicts

        return read_verdicts(self.verdicts_directory)

    @property
    def verdicts_directory(self) -> Path:
        """Where verdicts are kept, for good."""
        return self.directory / "data" / "verdicts"

    def list_before(self, as_of=None):
        """Return the list that the list of a day is compared with (:class:`renewcast.publishing.Published`), or None.

        Whoever makes a list asks here, and nowhere else, for what was published before: a list that is made again is given the
        one that it had then. See :func:`renewcast.publishing.lists_behind` for all that were before.
        """
        from renewcast.days import iso_week
        from renewcast.publishing import last_before

        return last_before(self.lists_directory, iso_week(self.day(as_of)))

    # -- the business review ---------------------------------------------------------------------------------------

    def business_review(self, as_of=None) -> dict:
        """Make and publish the business review of a day; see :func:`renewcast.business_review.publish_business_review`."""
        from renewcast.business_review import publish_business_review

        return publish_business_review(self, self.day(as_of))

    def review_parts(self, as_of=None, names=None) -> list:
        """Return parts of the review (:class:`renewcast.review.part.Part`) as they would be published now; all by default."""
        from renewcast.review.inputs import Inputs
        from renewcast.review.review import PARTS, make_parts

        return make_parts(Inputs(self, self.day(as_of)), self.progress, tuple(names or PARTS))

    @property
    def reviews_directory(self) -> Path:
        """Where business reviews are published."""
        return self.directory / self.params.publishing.reviews

    @property
    def lists_directory(self) -> Path:
        """Where lists are published."""
        return self.directory / self.params.publishing.directory
