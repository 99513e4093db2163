"""What segments are called: the features in which each differs most from the typical account, as many as tell it apart."""

MOST = 4
"""Features in a name."""


def segment_names(away, specs, language: str) -> tuple[str, ...]:
    """Name each segment by the features in which it differs most from the typical account.

    Two features name a segment; where two segments would share a name, both take a third, then a fourth, and in the end a number.

    Parameters
    ----------
    away : array of float, shape (n_segments, n_features)
        Distance of each centre from the typical account, in spreads times weight; above 0 is more.
    specs : list of FeatureSpec
        Of the features.
    language : {"en", "zh"}

    Returns
    -------
    tuple of str
        All different.
    """
    import numpy as np

    order = [np.argsort(-np.abs(row), kind="stable") for row in away]
    most = min(MOST, len(specs))
    used = [min(2, most)] * len(away)
    while True:
        names = [_name(row, picked[:count], specs, language) for row, picked, count in zip(away, order, used, strict=True)]
        twins = [place for place, name in enumerate(names) if names.count(name) > 1]
        if not twins or all(used[place] == most for place in twins):
            break
        used = [min(count + 1, most) if place in twins else count for place, count in enumerate(used)]
    numbered = []
    for name in names:
        given = sum(one == name or one.startswith(f"{name} (") for one in numbered)
        numbered.append(f"{name} ({given + 1})" if given else name)
    return tuple(numbered)


def feature_in_words(spec, language: str) -> str:
    """Name a feature as it stands in a name or a rule.

    Parameters
    ----------
    spec : FeatureSpec
    language : {"en", "zh"}
    """
    if language == "zh":
        return {"trend": "{}趋势", "recency": "距上次{}天数"}.get(spec.form, "{}").format(spec.meaning_zh)
    return {"trend": "trend of {}", "recency": "days since last {}"}.get(spec.form, "{}").format(spec.meaning)


def _name(row, picked, specs, language: str) -> str:
    parts = []
    for at in picked:
        what = feature_in_words(specs[at], language)
        if language == "zh":
            parts.append(f"{what}{'高' if row[at] > 0 else '低'}")
        else:
            parts.append(f"{'high' if row[at] > 0 else 'low'} {what}")
    name = "、".join(parts) if language == "zh" else ", ".join(parts)
    return name[0].upper() + name[1:]
