"""Kinds of account and of market: behavioural clusters, the tier policy, verticals."""

from typing import Annotated

from pydantic import Field

from renewcast.params._section import NotNegative, Section, Seed


class TiersSection(Section):
    """The policy behind benchmark and value-add; whatever meets neither is ordinary (C56).

    An account loses its tier only where it falls short of the threshold by more than ``keep_margin``, a share of it.
    """

    benchmark_min_arr: NotNegative
    benchmark_min_advocacy: NotNegative
    value_add_min_arr_growth: float
    keep_margin: Annotated[float, Field(ge=0, lt=1)]


class SegmentsSection(Section):
    """Behavioural clusters: the seed, the numbers of clusters tried, and the tier policy."""

    seed: Seed
    clusters: list[Annotated[int, Field(ge=2, le=12)]]
    tiers: TiersSection


class MarketsSection(Section):
    """Columns of the accounts: the one that names a vertical, and those that together name a market segment."""

    vertical: str
    segment_by: Annotated[list[str], Field(min_length=1)]
