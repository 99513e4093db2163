"""The section ``revenue`` of ``params.yaml``: what a month's revenue is counted in, and what counts as churn of revenue."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from renewcast.params._section import NotNegative, Section

CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Rate = Annotated[float, Field(gt=0, lt=1e9)]


class RatesSection(Section):
    """What one unit of each foreign currency is worth in the project's, on one stated day: the same for all months.

    One rate for all of history, so that a movement of the exchange rate is never mistaken for one of a customer.
    """

    stated_on: dt.date
    per_unit: dict[CurrencyCode, Rate]


class DefinitionSection(Section):
    """What counts as churn of revenue.

    ``level`` says who churns: the account, each of its products, or the whole group of companies. A gap in cover of at most
    ``grace_days`` is late paperwork. A longer one of at most ``pause_days`` is a pause: no revenue, and no churn either (0: there
    are no pauses). ``unpaid_cover`` says whether a customer whose terms cost nothing stays one.
    """

    level: Literal["account", "product", "parent"]
    grace_days: NotNegative
    pause_days: NotNegative
    unpaid_cover: Literal["stays", "churned"]

    @property
    def tolerated_days(self) -> int:
        """The longest gap in cover that is no churn."""
        return max(self.grace_days, self.pause_days)


class BarsSection(Section):
    """What a good year looks like: net dollar retention and net promoter score above these."""

    net_dollar_retention: Annotated[float, Field(gt=0)]
    nps: Annotated[float, Field(ge=-100, le=100)]


class RevenueSection(Section):
    """The ledger of monthly recurring revenue.

    ``corrected_within_days``: another price of a term, told so soon after it began (or was entered, whichever came later), puts a
    mistake right and counts from its start; told later, it is a change of the term and counts from the day on which it was told.
    """

    rates: RatesSection
    corrected_within_days: NotNegative
    definition: DefinitionSection
    bars: BarsSection
