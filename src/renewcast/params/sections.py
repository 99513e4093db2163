"""The sections of ``params.yaml`` in river order, and the whole of it."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from renewcast.params._section import NotNegative, Positive, Section, Seed
from renewcast.params.revenue import RevenueSection
from renewcast.params.segments import MarketsSection, SegmentsSection
from renewcast.params.sources import SourceSection

FAMILIES = (
    "usage",
    "adoption",
    "people",
    "tenure",
    "contract",
    "support",
    "billing",
    "feedback",
    "relationship",
    "milestones",
)
TABLES = (
    "accounts",
    "contracts",
    "usage",
    "users",
    "tickets",
    "invoices",
    "feedback",
    "touchpoints",
    "milestones",
    "plays",
)


class ProjectSection(Section):
    """Who we are: the name of the project, its zone, the language of the list and its currency."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    time_zone: str
    language: Literal["en", "zh"]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class EngineSection(Section):
    """Where the roll-up runs and how much of the machine it may take."""

    backend: Literal["duckdb", "postgres", "pyspark"]
    memory_gb: Annotated[float, Field(gt=0)]
    threads: Positive
    database: str | None = None

    @model_validator(mode="after")
    def _address(self):
        if (self.backend == "postgres") != (self.database is not None):
            raise ValueError("engine.database is the address of PostgreSQL (or env:NAME); give it for backend: postgres only")
        return self


class SnapshotsSection(Section):
    """The weekly calendar: its first day, its step, its last day (null: as far as the data go) and which weeks train."""

    first: dt.date
    last: dt.date | None
    every_days: Literal[7]
    train_every_weeks: Positive


class TermLabel(Section):
    """Days skipped, days looked ahead, and days of grace after a term's end, for every outcome of contracts."""

    lead_days: NotNegative
    horizon_days: Positive
    grace_days: NotNegative


class ChurnLabel(TermLabel):
    """Churn of the account; where days are given, an account that left owing an invoice for so long left involuntarily."""

    involuntary_overdue_days: Positive | None = None


class RenewalLabel(TermLabel):
    """Renewal of a term; where a share is given, a change of revenue by so much makes it contracted or expanded, not flat."""

    min_change: Annotated[float, Field(gt=0, le=1)] | None = None


class RevenueLabel(TermLabel):
    """Contraction or expansion: the share by which the revenue of an account that stays must change."""

    min_change: Annotated[float, Field(gt=0, le=1)]


class InactivityLabel(Section):
    """Days skipped and looked ahead; the population is who was active within the given days."""

    lead_days: NotNegative
    horizon_days: Positive
    active_within_days: Positive


class LabelsSection(Section):
    """The outcomes that this project predicts; leave out those that it does not."""

    churn: ChurnLabel | None = None
    renewal: RenewalLabel | None = None
    contraction: RevenueLabel | None = None
    expansion: RevenueLabel | None = None
    inactivity: InactivityLabel | None = None

    @model_validator(mode="after")
    def _one_grace(self):
        given = [label for label in (self.churn, self.renewal, self.contraction, self.expansion) if label is not None]
        if len({label.grace_days for label in given}) > 1:
            raise ValueError(
                "churn, renewal, contraction and expansion must have the same grace_days, since one population and one rule of "
                "succession serve them all"
            )
        return self


class FeaturesSection(Section):
    """Which families of features are built, over which trailing windows (multiples of seven days)."""

    families: list[Literal[FAMILIES]]
    windows_days: list[Positive]

    @model_validator(mode="after")
    def _whole_weeks(self):
        if not self.windows_days or any(window % 7 for window in self.windows_days):
            raise ValueError("every window must be a multiple of 7 days, and there must be one")
        if sorted(set(self.windows_days)) != self.windows_days:
            raise ValueError("windows must ascend and differ")
        return self


class SplitsSection(Section):
    """How many weeks of finished outcomes test the model, and how many before them calibrate it."""

    test_weeks: Positive
    calibration_weeks: Positive


class ModelSection(Section):
    """The blend: seed, bagged fits, shape of the trees, most rounds of boosting, and whether agreed directions bind it."""

    name: Literal["blend"]
    seed: Seed
    fits: Positive
    num_leaves: Annotated[int, Field(ge=2, le=255)]
    min_rows_per_leaf: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    max_rounds: Positive
    monotone: bool


class TuningSection(Section):
    """The search for another shape of the trees: minutes after which no new one is tried."""

    minutes: Annotated[float, Field(gt=0)]


class GateSection(Section):
    """What happens to a newly trained model that no check stops: promoted at once, or left for ``renewcast promote``."""

    promote: Literal["automatically", "by_hand"]


class BacktestSection(Section):
    """At how many past dates, how far apart, the model is trained again; accounts an owner can work on, days a play takes."""

    every_weeks: Positive
    dates: Positive
    capacity_per_owner: Positive
    lead_days: Annotated[list[NotNegative], Field(min_length=1)]

    @model_validator(mode="after")
    def _ascending(self):
        if sorted(set(self.lead_days)) != self.lead_days:
            raise ValueError("lead_days must ascend and differ")
        return self


class ActionsSection(Section):
    """Accounts on an owner's list, the ARR of a key account, within how many days each is met, and what keeps a list steady.

    An account keeps its place unless another one's expected saving is larger by ``keep_margin``, a share.
    """

    capacity_per_owner: Positive
    key_account_min_arr: NotNegative
    key_account_every_days: Positive
    keep_margin: Annotated[float, Field(ge=0, le=1)]


class ScoringSection(Section):
    """Which label ranks the list, and after how many days the survival curve is read."""

    target: Literal["churn", "inactivity"]
    horizons_days: list[Positive]

    @model_validator(mode="after")
    def _ascending(self):
        if not self.horizons_days or sorted(set(self.horizons_days)) != self.horizons_days:
            raise ValueError("horizons_days must ascend and differ, and there must be one")
        return self


class LifetimeSection(Section):
    """What an account is worth while it stays: the share of its revenue that is margin, the discount, and where counting ends."""

    gross_margin: Annotated[float, Field(gt=0, le=1)]
    annual_discount_rate: Annotated[float, Field(ge=0, le=1)]
    limit_months: Annotated[int, Field(ge=1, le=240)]


class SignalsSection(Section):
    """Signals: the shares of false ones put up with, from which risk on opportunities wait, how far back the cards look.

    ``false_departures`` is that of the key users named as gone: the more are put up with, the sooner a departure is noticed.
    The risk is in times the base rate; past snapshots stand four weeks apart, and the first one tells what stood already.
    """

    false_discovery_rate: Annotated[float, Field(gt=0, lt=1)]
    false_departures: Annotated[float, Field(gt=0, lt=1)]
    held_back_above: Annotated[float, Field(gt=0)]
    past_snapshots: Annotated[int, Field(ge=2, le=104)]


class PublishingSection(Section):
    """Where the lists and the business reviews are written."""

    directory: str
    reviews: str


class Params(Section):
    """Everything a project may choose, sections in river order."""

    project: ProjectSection
    engine: EngineSection
    sources: dict[Literal[TABLES], SourceSection]
    snapshots: SnapshotsSection
    labels: LabelsSection
    revenue: RevenueSection | None
    features: FeaturesSection
    splits: SplitsSection
    model: ModelSection
    tuning: TuningSection
    gate: GateSection
    backtest: BacktestSection
    segments: SegmentsSection
    actions: ActionsSection
    scoring: ScoringSection
    lifetime: LifetimeSection
    signals: SignalsSection
    markets: MarketsSection
    publishing: PublishingSection

    @model_validator(mode="after")
    def _enough_to_run(self):
        if "accounts" not in self.sources:
            raise ValueError("sources.accounts is required")
        if "contracts" not in self.sources and "usage" not in self.sources:
            raise ValueError("sources needs contracts, or usage for a business without contracts")
        if getattr(self.labels, self.scoring.target) is None:
            raise ValueError(f"scoring.target is {self.scoring.target}, but labels.{self.scoring.target} is not given")
        for name in ("churn", "renewal", "contraction", "expansion"):
            if getattr(self.labels, name) is not None and "contracts" not in self.sources:
                raise ValueError(f"labels.{name} needs sources.contracts; a business without contracts uses labels.inactivity")
        if self.labels.inactivity is not None and "usage" not in self.sources:
            raise ValueError("labels.inactivity needs sources.usage")
        if (self.revenue is None) != ("contracts" not in self.sources):
            raise ValueError("revenue is a section where there are contracts, and null where there are none")
        given = [getattr(self.labels, name) for name in ("churn", "renewal", "contraction", "expansion")]
        grace = next((label.grace_days for label in given if label is not None), None)
        if self.revenue is not None and grace is not None and self.revenue.definition.grace_days != grace:
            raise ValueError(
                "revenue.definition.grace_days must be that of the labels, so that ledger and labels agree on who left"
            )
        return self
