"""What a project may choose: ``params.yaml``, its sections in river order, validated before anything runs.

Nothing is defaulted in silence: a key that is a choice must be written down, and a key that is not known is refused.
Only the knobs of a source mapping may be absent; absent means "not used".
"""

from renewcast.params.load import load_definition, load_params
from renewcast.params.revenue import DefinitionSection, RevenueSection
from renewcast.params.sections import (
    FAMILIES,
    TABLES,
    ActionsSection,
    BacktestSection,
    ChurnLabel,
    EngineSection,
    InactivityLabel,
    ModelSection,
    Params,
    RenewalLabel,
    RevenueLabel,
    SplitsSection,
    TermLabel,
)
from renewcast.params.segments import MarketsSection, TiersSection
from renewcast.params.sources import CsvFormat, InputSection, KnownAt, SourceSection

__all__ = [
    "FAMILIES",
    "TABLES",
    "ActionsSection",
    "ChurnLabel",
    "BacktestSection",
    "CsvFormat",
    "DefinitionSection",
    "EngineSection",
    "InactivityLabel",
    "InputSection",
    "KnownAt",
    "MarketsSection",
    "ModelSection",
    "Params",
    "RenewalLabel",
    "RevenueLabel",
    "RevenueSection",
    "SourceSection",
    "SplitsSection",
    "TermLabel",
    "TiersSection",
    "load_definition",
    "load_params",
]
