"""Reasons: the drivers that raise an account's probability most, each said in a sentence."""

import dataclasses

from renewcast.explanation.phrases import sentence


@dataclasses.dataclass(frozen=True)
class Reason:
    """One driver that raises the probability.

    Attributes
    ----------
    driver, feature : str
        The family, and its feature that raises the probability most, on which the sentence rests.
    points : float
        Probability points that the whole driver adds.
    text : str
    """

    driver: str
    feature: str
    points: float
    text: str


def reasons(scores, specs, number: int, language: str, currency: str) -> list[list[Reason]]:
    """Find each scored account's drivers that raise the probability most.

    Parameters
    ----------
    scores : scoring.scores.Scores
    specs : list of FeatureSpec
    number : int
        At most so many an account.
    language : {"en", "zh"}
    currency : str

    Returns
    -------
    list of list of Reason, one a scored account, strongest first; drivers that lower the probability are not among them.
    """
    import numpy as np

    by_name = {spec.name: spec for spec in specs}
    points = scores.attribution.points
    known = [name for name in points.columns if name in by_name]
    values = scores.features[scores.scored]
    typical = values.median(numeric_only=True)
    drivers = sorted({by_name[name].driver for name in known})
    columns = {driver: [name for name in known if by_name[name].driver == driver] for driver in drivers}
    totals = (
        np.column_stack([points[columns[driver]].sum(axis=1) for driver in drivers]) if drivers else np.zeros((len(points), 0))
    )
    result = []
    matrix = {driver: points[columns[driver]].to_numpy() for driver in drivers}
    for row in range(len(points)):
        chosen = []
        # Ties go to the driver that stands first by name, whatever the machine's sorting does.
        for place in np.argsort(-totals[row], kind="stable")[:number]:
            if totals[row, place] <= SMALLEST_POINTS:
                break
            driver = drivers[place]
            feature = columns[driver][int(np.argmax(matrix[driver][row]))]
            text = sentence(by_name[feature], values[feature].iat[row], typical.get(feature), language, currency)
            chosen.append(Reason(driver, feature, float(totals[row, place]), text))
        result.append(chosen)
    return result


SMALLEST_POINTS = 1e-4
"""A driver that adds less than a hundredth of a percentage point is no reason."""
