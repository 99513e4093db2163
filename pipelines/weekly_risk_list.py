"""Score the week and publish its risk list. Safe to run again: the same inputs change nothing."""


def run(project, as_of=None, target=None) -> dict:
    """Publish lists/<week>/r<n>/ and move lists/current.json."""
    return project.publish(as_of)
