"""Make the business review of a snapshot day and publish it. Safe to run again: the same inputs change nothing."""


def run(project, as_of=None, target=None) -> dict:
    """Publish reviews/<day>/r<n>/ and move reviews/current.json."""
    return project.business_review(as_of)
