"""Fit the behavioural segments anew; the weekly list assigns accounts to them until the next fit."""


def run(project, as_of=None, target=None) -> dict:
    """Fit and keep the clusters."""
    clusters = project.segment(as_of)
    language = project.params.project.language
    return {
        "as_of": clusters.fitted_as_of,
        "segments": list(clusters.names[language]),
        "features": list(clusters.features),
        "silhouette": clusters.silhouette,
    }
