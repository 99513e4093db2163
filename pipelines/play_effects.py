"""Measure on past plays what each kind of play does, and keep it: from then on the weekly list reckons with it."""


def run(project, as_of=None, target=None) -> dict:
    """Write models/plays/effects.json."""
    return project.estimate_play_effects(as_of)
