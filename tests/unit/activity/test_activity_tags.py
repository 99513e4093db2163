"""Every feature is outcome, predictive or process, and no outcome is ever an input."""

import pytest

from renewcast.activity.tags import OUTCOME, OUTCOMES, PREDICTIVE, PROCESS, tag, tagged
from renewcast.features.catalogue import everything, families
from renewcast.params import FAMILIES
from renewcast.params.sections import LabelsSection

SPECS = everything((7, 28, 91, 182, 364))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_feature_of_the_family_has_a_tag_and_none_is_an_outcome(family):
    mine = [spec for spec in SPECS if spec.driver == family]
    assert mine
    assert {tag(spec.name, spec.driver) for spec in mine} <= {PREDICTIVE, PROCESS}


def test_the_labels_are_the_outcomes():
    assert set(OUTCOMES) == set(LabelsSection.model_fields)
    assert all(tag(name, "usage") == OUTCOME for name in OUTCOMES)


def test_every_stem_that_is_named_exists():
    from renewcast.activity import tags

    stems = {spec.name.removesuffix(f"_{spec.window_days}d") for spec in SPECS}
    assert set(tags._OF_STEM) <= stems and set(tags._OF_FAMILY) == set(families())


def test_process_comes_first_and_nothing_is_lost():
    frame = tagged(SPECS)
    assert len(frame) == len(SPECS) and frame["tag"].iloc[0] == PROCESS
    assert not frame["tag"].eq(PROCESS).astype(int).diff().gt(0).any()
