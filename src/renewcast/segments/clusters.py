"""Behavioural clusters: fitted once, kept as JSON, assigned every week by the nearest centre."""

import dataclasses
import json

from renewcast.errors import RenewcastError

BEHAVIOUR = (
    "usage_events_28d",
    "active_days_28d",
    "active_users_28d",
    "active_modules_28d",
    "value_action_share_28d",
    "usage_events_trend_28d",
    "seat_utilization_28d",
    "tickets_opened_91d",
    "touchpoints_91d",
    "days_since_last_use",
    "usage_quantity_91d",
    "invoices_issued_91d",
    "tenure_days",
)
"""Features that describe behaviour, in order of interest; those that the project's tables cannot fill are left out."""
MAX_FEATURES = 8


@dataclasses.dataclass(frozen=True)
class Clusters:
    """Fitted clusters.

    Attributes
    ----------
    features : tuple of str
    centre, spread : tuple of float
        Median and half the distance between the 10th and 90th percentile of each transformed feature, by which it is scaled.
    means : tuple of tuple of float
        Cluster centres, scaled, shape (n_clusters, n_features).
    names : dict of str to tuple of str
        By language, a name a cluster.
    fitted_as_of : str
    silhouette : float
        In [-1, 1]; below 0.25 the clusters overlap.
    """

    features: tuple[str, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    means: tuple[tuple[float, ...], ...]
    names: dict[str, tuple[str, ...]]
    fitted_as_of: str
    silhouette: float

    def assign(self, features):
        """Return the number of the nearest cluster of each row, array of int, shape (n_accounts,)."""
        import numpy as np

        missing = [name for name in self.features if name not in features.columns]
        if missing:
            raise RenewcastError(
                f"segments were fitted on {missing[0]}, which the tables no longer give; "
                "run `renewcast run segment` to fit them again."
            )
        scaled = (_signed_log(features[list(self.features)]) - np.array(self.centre)) / np.array(self.spread)
        distance = ((_settled(scaled)[:, None, :] - np.array(self.means)[None]) ** 2).sum(axis=2)
        return distance.argmin(axis=1)

    def to_json(self) -> str:
        """Write as JSON text."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Clusters":
        """Read back what :meth:`to_json` wrote."""
        fields = json.loads(text)
        fields["means"] = tuple(tuple(mean) for mean in fields["means"])
        fields["names"] = {language: tuple(names) for language, names in fields["names"].items()}
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})


def fit_clusters(features, specs, numbers: list[int], seed: int, as_of: str) -> Clusters:
    """Fit k-means for each number of clusters and keep the best by silhouette.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_accounts, n_features)
        The accounts in scope at one snapshot.
    specs : list of FeatureSpec
    numbers : list of int
        Numbers of clusters to try.
    seed : int
    as_of : str

    Returns
    -------
    Clusters

    Raises
    ------
    RenewcastError
        "too few accounts to segment", with fewer than ten accounts per cluster of the smallest number; "no feature that describes
        behaviour is built".

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. J. Comput. Appl. Math. 20, 53-65.
    """
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    from renewcast.estimators.one_thread import one_thread

    if len(features) < 10 * min(numbers):
        raise RenewcastError(
            f"too few accounts to segment: {len(features)} are in scope, {10 * min(numbers)} are needed; lower segments.clusters."
        )
    chosen = [name for name in BEHAVIOUR if name in features.columns and features[name].notna().any()][:MAX_FEATURES]
    if not chosen:
        raise RenewcastError(
            "no feature that describes behaviour is built, so there is nothing to segment by; "
            "add usage, people or support to features.families."
        )
    transformed = _signed_log(features[chosen])
    low, centre, high = np.nanpercentile(transformed, [10, 50, 90], axis=0)
    spread = np.where(high > low, (high - low) / 2, 1.0)
    scaled = _settled((transformed - centre) / spread)
    best = None
    for number in numbers:
        if len(features) < 10 * number:
            continue
        with one_thread():
            model = KMeans(n_clusters=number, n_init=10, random_state=seed).fit(scaled)
            score = silhouette_score(scaled, model.labels_, sample_size=min(len(scaled), 2000), random_state=seed)
        if best is None or score > best[0]:
            best = (float(score), model)
    # Biggest first, so that the order of names does not depend on how k-means numbers its clusters.
    counts = np.bincount(best[1].labels_, minlength=len(best[1].cluster_centers_))
    means = best[1].cluster_centers_[np.argsort(-counts, kind="stable")]
    by_name = {spec.name: spec for spec in specs}
    return Clusters(
        features=tuple(chosen),
        centre=tuple(map(float, centre)),
        spread=tuple(map(float, spread)),
        means=tuple(tuple(map(float, mean)) for mean in means),
        names={language: _names(means, [by_name[name] for name in chosen], language) for language in ("en", "zh")},
        fitted_as_of=as_of,
        silhouette=best[0],
    )


def _signed_log(frame):
    import numpy as np

    values = frame.to_numpy(dtype="float64")
    return np.sign(values) * np.log1p(np.abs(values))


def _settled(scaled):
    """Put what is missing at the centre and outliers at four spreads."""
    import numpy as np

    return np.clip(np.nan_to_num(scaled, nan=0.0), -4, 4)


def _names(means, specs, language: str) -> tuple[str, ...]:
    """Name each cluster by the two features in which it differs most from the typical account, to which they are scaled."""
    import numpy as np

    away = means
    words = {"en": ("low", "high", ", "), "zh": ("低", "高", "、")}[language]
    names = []
    for row in away:
        order = np.argsort(-np.abs(row), kind="stable")[:2]
        parts = []
        for i in order:
            meaning = specs[i].meaning if language == "en" else specs[i].meaning_zh
            if specs[i].form == "trend":
                meaning = f"trend of {meaning}" if language == "en" else f"{meaning}趋势"
            if specs[i].form == "recency":
                meaning = f"days since last {meaning}" if language == "en" else f"距上次{meaning}天数"
            level = words[1] if row[i] > 0 else words[0]
            parts.append(f"{level} {meaning}" if language == "en" else f"{meaning}{level}")
        name = words[2].join(parts)
        name = name[0].upper() + name[1:]
        twins = sum(given == name or given.startswith(name + " (") for given in names)
        names.append(f"{name} ({twins + 1})" if twins else name)
    return tuple(names)
