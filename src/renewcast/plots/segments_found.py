"""How segments were found: what was tried, and the rules that tell them."""

from renewcast.plots._table import Table


def tried(clusters) -> Table:
    """List what came of each number of segments that was tried.

    Parameters
    ----------
    clusters : segments.clusters.Clusters

    Returns
    -------
    Table

    Examples
    --------
    >>> from renewcast.segments.clusters import Clusters
    >>> looked = ({"number": 3, "gap_p": 0.99, "gap_ratio": 1.7, "stability": 0.8},)
    >>> none = Clusters(("tenure_days",), (0.0,), (1.0,), (), {"en": ()}, "2026-06-29", 0.0, tried=looked)
    >>> tried(none).frame["in the gap, to one beside it"].tolist()
    [1.7]
    """
    import pandas as pd

    from renewcast.segments.gaps import DEEPEST_P, DEEPEST_RATIO
    from renewcast.segments.stability import LEAST

    rows = [
        {
            "segments": one["number"],
            "p of no gap": round(one["gap_p"], 3),
            "in the gap, to one beside it": round(one["gap_ratio"], 2),
            "comes back (Jaccard)": round(one["stability"], 2),
            "holds": one["gap_p"] < DEEPEST_P and one["gap_ratio"] < DEEPEST_RATIO and one["stability"] >= LEAST,
        }
        for one in clusters.tried
    ]
    numbers = dict.fromkeys(("p of no gap", "in the gap, to one beside it", "comes back (Jaccard)"), "number")
    return Table(pd.DataFrame(rows), {"segments": "count", **numbers})


def rules_found(clusters, catalogue, language: str) -> Table:
    """Write the rule of each segment out, with the share of accounts on which rule and segment agree.

    Parameters
    ----------
    clusters : segments.clusters.Clusters
    catalogue : pandas.DataFrame
        From ``Project.catalogue``.
    language : {"en", "zh"}

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.segments.clusters import Clusters
    >>> none = Clusters(("tenure_days",), (0.0,), (1.0,), (), {"en": ()}, "2026-06-29", 0.0)
    >>> len(rules_found(none, pd.DataFrame({"name": ["tenure_days"]}), "en").frame)
    0
    """
    import pandas as pd

    from renewcast.segments.rules import rule_in_words

    specs = catalogue.drop_duplicates("name").set_index("name", drop=False)
    own = [specs.loc[name].where(specs.loc[name].notna(), None) for name in clusters.features]
    words = [rule_in_words(paths, own, language) for paths in clusters.rules]
    frame = pd.DataFrame({"segment": clusters.ids[: len(words)], "rule": words, "agrees": clusters.fidelity[:-1]})
    return Table(frame, {"agrees": "share"})
