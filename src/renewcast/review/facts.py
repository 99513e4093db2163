"""What is said about a review besides its parts."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReviewFacts:
    """What a reader must know about a review.

    Parameters
    ----------
    project : str
    as_of : datetime.date
        Names the folder.
    language : {"en", "zh"}
    currency : str
        Three letters; money is in it.
    notes : tuple of str
    made_from : dict
        What it rests on, by digest: data, parameters, models, code. JSON values.

    Examples
    --------
    >>> ReviewFacts("demo", dt.date(2026, 6, 29), "en", "USD").as_json()["as_of"]
    '2026-06-29'
    """

    project: str
    as_of: dt.date
    language: str
    currency: str
    notes: tuple = ()
    made_from: dict = field(default_factory=dict)

    def as_json(self) -> dict:
        """Return the facts as plain JSON values."""
        return dataclasses.asdict(self) | {"as_of": self.as_of.isoformat(), "notes": list(self.notes)}
