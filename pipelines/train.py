"""Train a target, compare it with its baselines, log it, check it; where no check stops it, make it the champion."""


def run(project, as_of=None, target=None) -> dict:
    """Train and, where the gate lets it pass, promote."""
    return project.train(target, as_of)
