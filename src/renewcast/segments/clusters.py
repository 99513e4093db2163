"""Behavioural segments as they are kept: a centre each, an id that stays, a name, a rule; accounts go to the nearest centre."""

import dataclasses
import json

from renewcast.errors import RenewcastError

KEEP = 1 / 3
"""An account changes its segment only where it is so far past the middle between two centres, as a share of the half way."""


@dataclasses.dataclass(frozen=True)
class Clusters:
    """Fitted segments; none, where behaviour varies without gaps.

    Attributes
    ----------
    features : tuple of str
    centre, spread : tuple of float
        Median and half the distance between the 10th and 90th percentile of each transformed feature, by which it is scaled.
    means : tuple of tuple of float
        Centres of the segments, scaled, shape (n_segments, n_features); empty where no number of segments held.
    names : dict of str to tuple of str
        By language, a name a segment.
    fitted_as_of : str
    silhouette : float
        In [-1, 1]; below 0.25 the segments overlap. NaN is never written: 0 where there are none.
    weights : tuple of float in [0, 1]
        How much each feature counts in distances (which it multiplies).
    windows : tuple of int
        Days that an account must have been there before the feature, a sum over them, says anything of it; 0: from the first day.
    ids : tuple of str
        "S1", "S2", ...: carried from fit to fit, never used again.
    highest_id : int
        The highest ever given.
    stability : tuple of float in [0, 1]
        Mean Jaccard similarity of each segment to the nearest one of bootstrap fits.
    rules : tuple
        A rule a segment; see :mod:`renewcast.segments.rules`.
    fidelity : tuple of float in [0, 1]
        Share of accounts on which rule and segment agree, for each segment; then of all rules together.
    logged : tuple of bool
        Whether a feature is taken on the log scale: where it is never below 0 (a logarithm from both sides tears a hole at 0).
    tried : tuple of dict
        number, gap_p, gap_ratio and stability (of the weakest) of every number of segments that was tried.
    """

    features: tuple[str, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    means: tuple[tuple[float, ...], ...]
    names: dict[str, tuple[str, ...]]
    fitted_as_of: str
    silhouette: float
    weights: tuple[float, ...] = ()
    windows: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    highest_id: int = 0
    stability: tuple[float, ...] = ()
    rules: tuple = ()
    fidelity: tuple[float, ...] = ()
    logged: tuple[bool, ...] = ()
    tried: tuple = ()

    def __post_init__(self):
        """Fill in what files of earlier versions do not say: all features count alike, ids by order."""
        blank = {
            "weights": (1.0,) * len(self.features),
            "windows": (0,) * len(self.features),
            "logged": (True,) * len(self.features),
            "ids": tuple(f"S{place + 1}" for place in range(len(self.means))),
            "highest_id": len(self.means),
        }
        for name, value in blank.items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)

    @property
    def exist(self) -> bool:
        """Whether there are segments at all."""
        return bool(self.means)

    def scaled(self, features):
        """Scale feature rows as the centres are, NaN where a row says nothing of a feature.

        Parameters
        ----------
        features : pandas.DataFrame, shape (n_accounts, n_features)
            With the columns of ``features``, and tenure_days where it is built: a sum over a window that an account has not been
            there for says nothing of it.

        Returns
        -------
        array of float, shape (n_accounts, n_features)

        Raises
        ------
        RenewcastError
            "segments were fitted on ..., which the tables no longer give".
        """
        import numpy as np

        from renewcast.segments.scale import drawn_in, on_scale

        missing = [name for name in self.features if name not in features.columns]
        if missing:
            raise RenewcastError(
                f"segments were fitted on {missing[0]}, which the tables no longer give; "
                "run `renewcast run segment` to fit them again."
            )
        values = lived_through(features, self.features, self.windows)
        return drawn_in((on_scale(values, self.logged) - np.array(self.centre)) / np.array(self.spread))

    def assign(self, features, last=None):
        """Return the number of the segment of each row: the nearest centre, by what is known of the account.

        Parameters
        ----------
        features : pandas.DataFrame, shape (n_accounts, n_features)
        last : array of object, shape (n_accounts,), optional
            The id of the segment in which each account was; None where it was in none. It stays there unless it is past the
            middle between the two centres by a third of the half way.

        Returns
        -------
        array of int, shape (n_accounts,)
            -1 where there are no segments. An account of which nothing is known is in the largest.
        """
        import numpy as np

        if not self.exist:
            return np.full(len(features), -1)
        scaled, means = self.scaled(features), np.array(self.means)
        known = ~np.isnan(scaled)
        weight = np.where(known, np.array(self.weights) ** 2, 0.0)
        away = np.nan_to_num(scaled)
        # Feature by feature, so that a row is the same to the last bit whatever rows stand beside it.
        distance = np.zeros((len(scaled), len(means)))
        for at in range(len(self.features)):
            distance += weight[:, at, None] * (away[:, at, None] - means[None, :, at]) ** 2
        nearest = distance.argmin(axis=1)
        if last is None:
            return nearest
        place = {one: at for at, one in enumerate(self.ids)}
        held = np.array([place.get(one, -1) for one in last], dtype=int)
        stays, rows = np.where(held >= 0, held, nearest), np.arange(len(held))
        between = np.zeros(len(held))
        for at in range(len(self.features)):
            between += weight[:, at] * (means[stays, at] - means[nearest, at]) ** 2
        past = distance[rows, stays] - distance[rows, nearest]
        return np.where(past > KEEP * between, nearest, stays)

    def shown(self, features, language: str, last=None):
        """Return the id and the name of each row's segment, array of object: "S1: ..."; None where there are no segments.

        See :meth:`assign` for the parameters, and :func:`id_shown` for the way back.
        """
        import numpy as np

        named = [f"{one}: {name}" for one, name in zip(self.ids, self.names[language], strict=True)]
        told = np.array([*named, None], dtype=object)
        return told[self.assign(features, last)]

    def to_json(self) -> str:
        """Write as JSON text."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Clusters":
        """Read back what :meth:`to_json` wrote, this version's or an earlier one's."""
        fields = json.loads(text)
        fields["names"] = {language: tuple(names) for language, names in fields["names"].items()}
        return cls(**{name: _tuples(value) if isinstance(value, list) else value for name, value in fields.items()})


def id_shown(text):
    """Return the id that the text of a segment begins with, None where it has none.

    Examples
    --------
    >>> id_shown("S12: High active users"), id_shown("High active users"), id_shown(None)
    ('S12', None, None)
    """
    head = text.split(":", 1)[0] if isinstance(text, str) and ":" in text else ""
    return head if head[:1] == "S" and head[1:].isdigit() else None


def lived_through(features, names, windows):
    """Return the columns as numbers, NaN where an account is younger than the window that a sum goes over.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_accounts, n_features)
        tenure_days tells how old an account is; without it all count as old.
    names : sequence of str
    windows : sequence of int
        Days; 0 is from the first day on.

    Returns
    -------
    array of float, shape (n_accounts, len(names))

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"usage_events_28d": [3, 90], "tenure_days": [5.0, 400.0]})
    >>> lived_through(rows, ["usage_events_28d"], [28]).tolist()
    [[nan], [90.0]]
    """
    import numpy as np

    values = features[list(names)].to_numpy(dtype="float64", copy=True)
    if "tenure_days" in features.columns:
        tenure = features["tenure_days"].to_numpy(dtype="float64")
        values[tenure[:, None] < np.asarray(windows, dtype="float64")[None, :]] = np.nan
    return values


def _tuples(value):
    """Turn lists within lists into tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
