"""Train a target, compare it with its baselines, log it, make it the champion."""


def run(project, as_of=None, target=None) -> dict:
    """Train and promote."""
    return project.train(target, as_of)
