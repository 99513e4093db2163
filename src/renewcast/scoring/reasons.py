"""Reasons: the drivers that raise an account's probability most, each said in a sentence."""

import dataclasses

from renewcast.explanation.phrases import sentence
from renewcast.explanation.top_drivers import SMALLEST_POINTS


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

    speaker = Speaker(scores, specs, language, currency)
    result = []
    for row in range(len(speaker.totals)):
        chosen = []
        # Ties go to the driver that stands first by name, whatever the machine's sorting does.
        for place in np.argsort(-speaker.totals[row], kind="stable")[:number]:
            points = float(speaker.totals[row, place])
            if points <= SMALLEST_POINTS:
                break
            driver = speaker.drivers[place]
            feature = speaker.telling(row, driver)
            chosen.append(Reason(driver, feature, points, speaker.say(row, feature)))
        result.append(chosen)
    return result


class Speaker:
    """The points of every driver, and sentences about the features behind them.

    Parameters
    ----------
    scores : scoring.scores.Scores
    specs : list of FeatureSpec
    language : {"en", "zh"}
    currency : str

    Attributes
    ----------
    drivers : list of str
        By name.
    totals : array of float, shape (n_scored, n_drivers)
        Probability points of each driver.
    """

    def __init__(self, scores, specs, language: str, currency: str):
        import numpy as np

        self._specs = {spec.name: spec for spec in specs}
        self._language, self._currency = language, currency
        points = scores.attribution.points
        features = scores.features[scores.scored]
        self._typical = features.median(numeric_only=True).to_dict()
        # Plain arrays: a cell of a DataFrame costs a hundred times as much, and 100,000 accounts ask for a million.
        self._values = {name: features[name].to_numpy() for name in features.columns}
        known = [name for name in points.columns if name in self._specs]
        self.drivers = sorted({self._specs[name].driver for name in known})
        self._columns = {driver: [name for name in known if self._specs[name].driver == driver] for driver in self.drivers}
        self._points = {driver: points[self._columns[driver]].to_numpy() for driver in self.drivers}
        summed = [self._points[driver].sum(axis=1) for driver in self.drivers]
        self.totals = np.column_stack(summed) if summed else np.zeros((len(points), 0))

    def strongest(self, row: int, driver: str) -> list[tuple[str, float]]:
        """List a driver's features with their points, the one that raises the probability most first."""
        import numpy as np

        points = self._points[driver][row]
        return [(self._columns[driver][i], float(points[i])) for i in np.argsort(-points, kind="stable")]

    def telling(self, row: int, driver: str) -> str:
        """Choose the feature to speak of: the strongest one in which the account differs from the typical one."""
        strongest = self.strongest(row, driver)
        differing = (name for name, points in strongest if points > 0 and self.value(row, name) != self._typical.get(name))
        return next(differing, strongest[0][0])

    def value(self, row: int, feature: str):
        """Return an account's value of a feature, as a plain float or text; None where it is missing."""
        value = self._values[feature][row]
        if value is None or value != value:
            return None
        return value if isinstance(value, str) else float(value)

    def say(self, row: int, feature: str) -> str:
        """Say an account's value of a feature in a sentence."""
        spec = self._specs[feature]
        recent = self.value(row, spec.beside) if spec.beside in self._values else None
        return sentence(spec, self.value(row, feature), self._typical.get(feature), self._language, self._currency, recent)
