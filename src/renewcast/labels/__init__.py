"""Labels: what came of a snapshot inside its outcome window. Labels never look at features, nor features at labels."""

from renewcast.labels.churn import churn, churned_on
from renewcast.labels.duration import duration
from renewcast.labels.inactivity import inactivity
from renewcast.labels.involuntary import involuntary
from renewcast.labels.renewal import renewal
from renewcast.labels.revenue_change import contraction, expansion, revenue_change
from renewcast.labels.term_outcome import OUTCOMES, succession_known_at, term_outcome

__all__ = [
    "OUTCOMES",
    "churn",
    "churned_on",
    "contraction",
    "duration",
    "expansion",
    "inactivity",
    "involuntary",
    "renewal",
    "revenue_change",
    "succession_known_at",
    "term_outcome",
]
