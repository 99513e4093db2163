"""When a reading is too good to be true: it ranks the lost above the kept all but perfectly, or marks only the lost."""

import dataclasses

import numpy as np

from renewcast.evaluation.honest import BEST_HONEST_AUC, BEST_HONEST_MISSING_AUC, FEWEST
from renewcast.evaluation.metrics import auc

PUREST = 0.95
BEST_HONEST_PURITY = 0.5
"""An honest mark may say that every second account will be lost; more than that must be proved."""
LEVEL = 0.01
KINDS = ("level", "missing", "value")


@dataclasses.dataclass(frozen=True, eq=False)
class Evidence:
    """One reading that tells the outcome.

    Attributes
    ----------
    reading : Reading
    look : str
    score : float
        AUC (0.5 to 1), or the share of the lost among those marked.
    accounts : int
        Accounts on which it rests.
    example : int
        Row of the panel of a lost account that shows it.
    """

    reading: object
    look: str
    score: float
    accounts: int
    example: int


def judge(found: list, panel) -> list[Evidence]:
    """Pick the readings that tell the outcome too well.

    Marks are judged all together: the chance that an honest mark (of whose bearers at most half are lost) would look as pure,
    times the number of marks looked at, must be below 1 %. Rankings need an AUC that no honest column of a business reaches,
    on at least 12 accounts of each outcome.

    Parameters
    ----------
    found : list of Reading
    panel : renewcast.audit.suspects_panel.Panel

    Returns
    -------
    list of Evidence, strongest first
    """
    from scipy.stats import binom

    lost, evidence = panel.lost, []
    marks = [one for one in found if one.kind == "level"]
    for one in found:
        if one.kind == "level":
            bears = one.values == 1.0
            bearers, hits = int(bears.sum()), int(lost[bears].sum())
            if bearers and hits >= PUREST * bearers:
                chance = binom.sf(hits - 1, bearers, BEST_HONEST_PURITY)
                if chance * len(marks) < LEVEL:
                    evidence.append(Evidence(one, panel.look, hits / bearers, bearers, int(np.flatnonzero(bears & lost)[0])))
            continue
        known = ~np.isnan(one.values)
        if (lost & known).sum() < FEWEST or (~lost & known).sum() < FEWEST:
            continue
        score = auc(lost[known], one.values[known])
        limit = (BEST_HONEST_MISSING_AUC if one.kind == "missing" else BEST_HONEST_AUC)[panel.look]
        if max(score, 1 - score) >= limit:
            order = np.where(known & lost, one.values if score > 0.5 else -one.values, -np.inf)
            evidence.append(Evidence(one, panel.look, max(score, 1 - score), int(known.sum()), int(np.argmax(order))))
    return sorted(evidence, key=_strength)


def _strength(evidence: Evidence) -> tuple:
    """Sort by score; of equal ones a mark says more to a person than a rank, and many accounts more than few."""
    reading = evidence.reading
    return -round(evidence.score, 3), KINDS.index(reading.kind), -evidence.accounts, reading.table, reading.words
