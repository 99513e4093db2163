"""Fit the behavioural segments anew; the weekly list assigns accounts to them until the next fit."""


def run(project, as_of=None, target=None) -> dict:
    """Fit and keep the segments; none, with the reason, where behaviour varies without gaps."""
    from renewcast.segments.told import told

    segments = project.segment(as_of)
    return told(segments, project.view.catalogue.specs, project.params.project.language)
