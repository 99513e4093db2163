"""Reasons: the drivers that raise an account's probability most, each said in a sentence that was checked."""

import dataclasses

from renewcast.explanation.phrases import no_single_figure, sentence
from renewcast.explanation.ties import driver_totals, rank_drivers, ties_of
from renewcast.explanation.verified import is_true
from renewcast.features.catalogue import families


@dataclasses.dataclass(frozen=True)
class Reason:
    """One driver that raises the probability.

    Attributes
    ----------
    driver : str
        The family.
    feature : str or None
        The feature on which the sentence rests; None where no single one carries it.
    points : float
        Probability points that the whole driver adds.
    text : str
    """

    driver: str
    feature: str | None
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
    return Speaker(scores, specs, language, currency).reasons(number)


def fill_reasons(rows, scores, specs, language: str, currency: str, number: int = 3) -> None:
    """Fill a list's columns ``driver_k``, ``driver_k_points`` and ``driver_ties``; empty where an account is not scored.

    Parameters
    ----------
    rows : pandas.DataFrame
        One an account in scope, in the order of the scores.
    scores, specs, language, currency, number
        See :func:`reasons`.
    """
    import numpy as np

    speaker = Speaker(scores, specs, language, currency)
    found, at = speaker.reasons(number), np.flatnonzero(scores.scored)
    for place in range(number):
        texts, points = np.full(len(rows), None, dtype=object), np.full(len(rows), np.nan)
        for row, told in zip(at, found, strict=True):
            if place < len(told):
                texts[row], points[row] = told[place].text, told[place].points
        rows[f"driver_{place + 1}"], rows[f"driver_{place + 1}_points"] = texts, points
    ties = np.full(len(rows), None, dtype=object)
    ties[at] = speaker.ties(number)
    rows["driver_ties"] = ties


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
    ranking : explanation.ties.Ranking
    """

    def __init__(self, scores, specs, language: str, currency: str):
        import numpy as np

        from renewcast.explanation.telling import telling

        self._specs = {spec.name: spec for spec in specs}
        self._language, self._currency = language, currency
        self._attribution, points = scores.attribution, scores.attribution.points
        features = scores.features[scores.scored]
        self._typical = {name: _plain(scores.attribution.typical[name].iloc[0]) for name in features.columns}
        # Plain arrays: a cell of a DataFrame costs a hundred times as much, and 100,000 accounts ask for a million.
        self._values = {name: features[name].to_numpy() for name in features.columns}
        self.drivers, self.totals = driver_totals(points, {name: spec.driver for name, spec in self._specs.items()})
        self.ranking = rank_drivers(scores.attribution, self.drivers, self.totals)
        self._at = {name: place for place, name in enumerate(points.columns)}
        self._points = points.to_numpy()
        self._names, self._weight = telling(scores.attribution, features, self._specs)
        of_driver = {d: [i for i, n in enumerate(self._names) if self._specs[n].driver == d] for d in self.drivers}
        self._columns = {driver: np.array(places, dtype=int) for driver, places in of_driver.items()}
        self._said, self._called = {}, _driver_names(self.drivers, language)

    def reasons(self, number: int) -> list[list[Reason]]:
        """Return each row's drivers that raise the probability, in the order of the ranking, at most so many."""
        import numpy as np

        shape = (len(self.totals), min(number, len(self.drivers)))
        best = {driver: places[np.argmax(self._weight[:, places], axis=1)] for driver, places in self._columns.items()}
        result = [[] for _ in range(shape[0])]
        for place in range(shape[1]):
            order = self.ranking.order[:, place].tolist()
            for row in np.flatnonzero(self.ranking.raising > place).tolist():
                at = order[row]
                driver = self.drivers[at]
                feature, text = self._reason(row, driver, int(best[driver][row]))
                result[row].append(Reason(driver, feature, float(self.totals[row, at]), text))
        return result

    def _reason(self, row: int, driver: str, best: int) -> tuple[str | None, str]:
        """Say the weightiest feature whose sentence is true; else that there is no single figure."""
        import numpy as np

        places = [best]
        while places:
            place = places.pop(0)
            if self._weight[row, place] == -np.inf:
                break
            feature = self._names[place]
            text = self.checked(row, feature)
            if text is not None:
                return feature, text
            if place == best:
                weight = self._weight[row, self._columns[driver]]
                places = self._columns[driver][np.argsort(-weight, kind="stable")].tolist()[1:]
        return None, no_single_figure(self._called[driver], self._language)

    def reason(self, row: int, driver: str) -> tuple[str | None, str]:
        """Return the feature that speaks for a driver, None where no single one does, and what is said."""
        import numpy as np

        return self._reason(row, driver, int(self._columns[driver][np.argmax(self._weight[row, self._columns[driver]])]))

    def ties(self, number: int) -> list[str | None]:
        """Write which of a row's first drivers are tied; see :func:`renewcast.explanation.ties.ties_of`."""
        return ties_of(self.ranking, number, [self._called[driver] for driver in self.drivers])

    def strongest(self, row: int, driver: str) -> list[tuple[str, float]]:
        """List a driver's features with their points, the one that raises the probability most first."""
        names = [self._names[place] for place in self._columns[driver]]
        return sorted(((name, float(self._points[row, self._at[name]])) for name in names), key=lambda pair: -pair[1])

    def told(self, row: int, feature: str) -> dict:
        """Return a feature's value, role, sentence, and the points that fall away if it alone stands at its typical value."""
        falls = float(self._attribution.falls[row, self._at[feature]])
        value, role = self.value(row, feature), self._specs[feature].role
        return {"feature": feature, "value": value, "role": role, "falls": falls, "sentence": self.say(row, feature)}

    def value(self, row: int, feature: str):
        """Return an account's value of a feature, as a plain float or text; None where it is missing."""
        return _plain(self._values[feature][row])

    def say(self, row: int, feature: str) -> str:
        """Say an account's value of a feature in a sentence."""
        return self._both(row, feature)[0]

    def checked(self, row: int, feature: str) -> str | None:
        """Say it, and read it back; None where a number in it is not the account's own."""
        text, true = self._both(row, feature)
        return text if true else None

    def _both(self, row: int, feature: str) -> tuple[str, bool]:
        spec, value = self._specs[feature], self.value(row, feature)
        recent = self.value(row, spec.beside) if spec.beside in self._values else None
        # Many accounts share a value, so most sentences are written and read once.
        key = feature, value, recent
        if key not in self._said:
            given = value, self._typical.get(feature), self._language, self._currency, recent
            text = sentence(spec, *given)
            self._said[key] = text, is_true(text, spec, *given)
        return self._said[key]


def _plain(value):
    if value is None or value != value:
        return None
    return value if isinstance(value, str) else float(value)


def _driver_names(drivers: list[str], language: str) -> dict[str, str]:
    known = families()
    return {one: getattr(known[one], language) if one in known else one for one in drivers}
