"""What a fit of segments found, in plain values: for the command line and for whoever reads its answer."""

from renewcast.segments.rules import rule_in_words

_WHY_NONE = {
    "en": "no segments: behaviour varies without gaps",
    "zh": "没有客户群：客户行为连续变化，没有明显间隔",
}


def told(segments, specs, language: str) -> dict:
    """Tell what a fit found.

    Parameters
    ----------
    segments : segments.clusters.Clusters
    specs : list of FeatureSpec
        Of the catalogue.
    language : {"en", "zh"}

    Returns
    -------
    dict
        as_of; segments (names), ids, rules and rule_fidelity of each; fidelity of all rules together; features, silhouette,
        stability and tried, see :class:`renewcast.segments.clusters.Clusters`; refused: why there are none, or None.
    """
    by_name = {spec.name: spec for spec in specs}
    own = [by_name[name] for name in segments.features if name in by_name]
    return {
        "as_of": segments.fitted_as_of,
        "segments": list(segments.names[language]),
        "ids": list(segments.ids),
        "rules": [rule_in_words(paths, own, language) for paths in segments.rules],
        "rule_fidelity": list(segments.fidelity[:-1]),
        "fidelity": segments.fidelity[-1] if segments.fidelity else None,
        "features": list(segments.features),
        "silhouette": segments.silhouette,
        "stability": list(segments.stability),
        "tried": list(segments.tried),
        "refused": None if segments.exist else _WHY_NONE[language],
    }
