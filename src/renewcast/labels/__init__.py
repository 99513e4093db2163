"""Labels: what came of a snapshot inside its outcome window. Labels never look at features, nor features at labels."""

from renewcast.labels.churn import churn
from renewcast.labels.inactivity import inactivity
from renewcast.labels.renewal import renewal

__all__ = ["churn", "inactivity", "renewal"]
