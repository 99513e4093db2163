"""From numbers to places: a linear scale and ticks at round numbers."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A linear scale.

    Parameters
    ----------
    low, high : float
        Values at the ends, low below high.
    start, end : float
        Places of the ends.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value.

        Examples
        --------
        >>> Scale(0, 10, 100, 0)(2.5)
        75.0
        """
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers at equal steps that enclose what lies between two values.

    Parameters
    ----------
    low, high : float
        In either order, or equal.
    most : int
        About so many steps at most.

    Examples
    --------
    >>> ticks(0, 97, 5), ticks(0.81, 0.99), ticks(5, 5), ticks(0, 0)
    ([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [0.8, 0.85, 0.9, 0.95, 1.0], [4.0, 4.5, 5.0, 5.5, 6.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    low, high = min(low, high), max(low, high)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        spread = abs(low) * 0.2
        low, high = (low - spread, high + spread) if spread else (0.0, 1.0)
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * round_one for round_one in (1, 2, 5, 10) if power * round_one >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]
