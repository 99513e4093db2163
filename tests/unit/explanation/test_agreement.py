"""Agreement between trainings: ties across the border of what is told count as told by both."""

import numpy as np
import pandas as pd

from renewcast.estimators._definition import InputSpec
from renewcast.explanation.agreement import agreement, first_drivers
from renewcast.explanation.attribution import Attribution

SPECS = [InputSpec(name, name, False) for name in "abcde"]


def told(*rows):
    points = pd.DataFrame(rows, columns=list("abcde"))
    nothing = np.zeros(len(points))
    return first_drivers(Attribution(nothing, nothing, points), SPECS)


def test_the_border_is_between_the_last_told_and_the_first_untold():
    (clear, at_border, above_border) = told(
        [0.5, 0.4, 0.3, 0.2, 0.0], [0.5, 0.4, 0.3, 0.3, 0.0], [0.5, 0.5, 0.3, 0.2, 0.0]
    )  # fmt: skip
    assert clear == (frozenset("abc"), frozenset())
    assert at_border == (frozenset("abc"), frozenset("cd"))
    assert above_border == (frozenset("abc"), frozenset())


def test_ties_count_only_where_they_are_shown():
    one, other = told([0.5, 0.4, 0.3, 0.2999, 0.0]), told([0.5, 0.4, 0.2, 0.3, 0.0])
    assert agreement(one, other).tolist() == [1.0] and agreement(one, other, count_ties=False).tolist() == [0.5]
    assert agreement(told([0.5, 0.4, 0.3, 0.2, 0.0]), other).tolist() == [0.5]


def test_who_has_no_driver_agrees_with_who_has_none():
    nobody = told([-0.1, 0.0, 0.0, 0.0, 0.0])
    assert agreement(nobody, nobody).tolist() == [1.0] and agreement(nobody, told([0.1, 0, 0, 0, 0])).tolist() == [0.0]
