"""The few forms in which a feature is declared.

A feature author writes a measure (what to roll up, from which source) and a form: how many in each window, a share, a trend
against the account's own past, days since the last one, a level that holds between two dates, or an aggregate over the rows that
were known. No form lets a body see a row that was not known at the snapshot: time was cut before.
"""

import dataclasses
import re
from collections.abc import Callable

import numpy as np

from renewcast.engine.rollup import Measure
from renewcast.features._spec import FeatureSpec


@dataclasses.dataclass(frozen=True)
class Feature:
    """A feature that the kernel computes: its readings of measures, and how they combine.

    ``uses`` lists what :meth:`renewcast.engine.grid.Grid.read` takes: (measure, window in days or None), or with the days skipped
    as a third; ``combine`` gets one array per entry.
    """

    spec: FeatureSpec
    uses: tuple[tuple, ...]
    combine: Callable


@dataclasses.dataclass(frozen=True)
class RowFeatures:
    """Features that are aggregates over the visible rows of one source.

    ``aggregate`` takes the Ibis table of visible rows (with ``as_of``) and returns an Ibis aggregate by feature name; ``after``
    turns those columns, by name, into the final ones where the specs need more than an aggregate.
    """

    source: str
    specs: tuple[FeatureSpec, ...]
    aggregate: Callable
    after: Callable | None = None


@dataclasses.dataclass(frozen=True)
class ProductFeature:
    """A count of an account's products, by how much each is used.

    For every product that is held at the snapshot by a live term of ``held``, ``measure`` is read over the spec's window from a
    table whose account_id is account and product together (:func:`renewcast.engine.rollup.owner`); products for which
    ``chosen`` is true are counted.
    """

    spec: FeatureSpec
    held: str
    measure: Measure
    chosen: Callable


class Family:
    """A family of features: the driver under which CS reads them.

    Parameters
    ----------
    name : str
    en, zh : str
        What the driver is called on the list.
    role : {"lever", "context", "proxy"}
        Of its features, where :meth:`mark` does not say otherwise.

    Examples
    --------
    >>> from renewcast.features._definition import Family
    >>> family = Family("demo", "Demo", "演示")
    >>> clicks = family.count("clicks", "usage", en="clicks", zh="点击")
    >>> [feature.spec.name for feature in family.build((7, 28))]
    ['clicks_7d', 'clicks_28d']
    """

    def __init__(self, name: str, en: str, zh: str, role: str = "lever"):
        self.name, self.en, self.zh, self._role = name, en, zh, role
        self._forms: list[Callable] = []
        self.row_features: list[RowFeatures] = []
        self.product_features: list[ProductFeature] = []
        self._agreed: dict[str, int] = {}
        self._marked: dict[str, str] = {}
        self._sense: dict[str, int] = {}

    def build(self, windows: tuple[int, ...]) -> list[Feature]:
        """Return the family's kernel features over the given windows."""
        return [feature for form in self._forms for feature in form(windows)]

    def agree(self, *, safer: tuple[str, ...] = (), riskier: tuple[str, ...] = ()) -> None:
        """Say of which features the trade agrees that more of it means less, or more, risk; by stem, for every window.

        Examples
        --------
        >>> family = Family("demo", "Demo", "演示")
        >>> family.agree(safer=("clicks",), riskier=("days_since_last_click",))
        >>> [family.direction(name) for name in ("clicks_28d", "days_since_last_click", "clicks_trend_7d")]
        [-1, 1, 0]
        """
        self._agreed |= dict.fromkeys(safer, -1) | dict.fromkeys(riskier, 1)

    def direction(self, name: str) -> int:
        """Return which way the risk goes with a feature, 0 where that was not agreed."""
        return self._agreed.get(_stem(name), 0)

    def mark(self, *, lever: tuple[str, ...] = (), context: tuple[str, ...] = (), proxy: tuple[str, ...] = ()) -> None:
        """Say which features have another role than the family's; by stem, for every window.

        Examples
        --------
        >>> family = Family("demo", "Demo", "演示", role="lever")
        >>> family.mark(proxy=("clicks",))
        >>> family.role("clicks_28d"), family.role("clicks_trend_7d")
        ('proxy', 'lever')
        """
        self._marked |= dict.fromkeys(lever, "lever") | dict.fromkeys(context, "context") | dict.fromkeys(proxy, "proxy")

    def role(self, name: str) -> str:
        """Return what may be made of a feature: lever, context or proxy."""
        return self._marked.get(_stem(name), self._role)

    def reads(self, *, good: tuple[str, ...] = (), bad: tuple[str, ...] = ()) -> None:
        """Say of which further features a reader takes more for good, or bad, news; by stem. Models are not bound by it.

        Examples
        --------
        >>> family = Family("demo", "Demo", "演示")
        >>> family.reads(good=("clicks",))
        >>> family.completed(family.spec("clicks_28d", "usage", en="clicks", zh="点击")).sense
        -1
        """
        self._sense |= dict.fromkeys(good, -1) | dict.fromkeys(bad, 1)

    def completed(self, spec: FeatureSpec) -> FeatureSpec:
        """Add to a description what the family says of it elsewhere: direction, role and sense."""
        direction = self.direction(spec.name)
        sense = direction or self._sense.get(_stem(spec.name), 0)
        return dataclasses.replace(spec, direction=direction, role=self.role(spec.name), sense=sense)

    def spec(self, name, source, *, en, zh, unit="count", window=None, empty="0", form="window", path="kernel", **more):
        """Make the description of one feature of this family."""
        return FeatureSpec(name, self.name, en, zh, unit, source, window, empty, form, path, **more)

    def count(self, stem, source, *, en, zh, unit="count", value=None, where=None, at=None, per=1.0):
        """Count rows, or sum whole-number values, in each trailing window; nothing there is a true 0."""
        measure = Measure(source, "sum", at=at, value=value, where=where, per=per)
        self._windows(stem, measure, en, zh, unit)
        return measure

    def distinct(self, stem, source, column, *, en, zh, where=None):
        """Count distinct values of a column in each trailing window; nothing there is a true 0."""
        measure = Measure(source, "distinct", column=column, where=where)
        self._windows(stem, measure, en, zh, "count")
        return measure

    def days(self, stem, source, *, en, zh, where=None, at=None):
        """Count the different days with a fact in each trailing window; nothing there is a true 0."""
        measure = Measure(source, "days", where=where, at=at)
        self._windows(stem, measure, en, zh, "count")
        return measure

    def _windows(self, stem, measure, en, zh, unit):
        def form(windows):
            for window in windows:
                spec = self.spec(f"{stem}_{window}d", measure.source, en=en, zh=zh, unit=unit, window=window)
                yield Feature(spec, ((measure, window),), lambda total: total)

        self._forms.append(form)

    def trend(self, stem, measure, *, en, zh):
        """Compare each window with the next longer one: log((recent + 1) / (the account's own past pace + 1)).

        For what adds up over time (sums, days) the past is the longer window without the recent one, brought to the recent one's
        length; distinct counts do not add up, so their past is the window of equal length just before. Below 0 is falling.
        """
        adds_up = measure.kind in ("sum", "days")

        def form(windows):
            for short, long in zip(windows, windows[1:], strict=False):
                spec = self.spec(
                    f"{stem}_trend_{short}d",
                    measure.source,
                    en=en,
                    zh=zh,
                    unit="log ratio",
                    window=long if adds_up else 2 * short,
                    form="trend",
                    beside=f"{stem}_{short}d",
                    recent_days=short,
                )
                past = (measure, long) if adds_up else (measure, short, short)
                combine = _against_pace(short / (long - short)) if adds_up else _against_before
                yield Feature(spec, ((measure, short), past), combine)

        self._forms.append(form)

    def share(self, stem, part, whole, *, en, zh, unit="share", form="share", windows=None):
        """Divide one measure by another over the same window; missing where the whole is 0.

        A level (which has no window) may stand below, such as seats under active users.
        """
        chosen = windows

        def build(windows):
            for window in [w for w in windows if chosen is None or w in chosen]:
                spec = self.spec(
                    f"{stem}_{window}d", part.source, en=en, zh=zh, unit=unit, window=window, empty="missing", form=form
                )
                below = None if whole.kind == "level" else window
                yield Feature(spec, ((part, window), (whole, below)), divide)

        self._forms.append(build)

    def days_since(self, name, source, *, en, zh, where=None, at=None):
        """Count the days since the last such fact; missing where there is none on record."""
        measure = Measure(source, "latest", where=where, at=at)
        self._one(name, source, (measure,), np.floor, en=en, zh=zh, unit="days", empty="missing", form="recency")
        return measure

    def level(self, name, source, *, at, until, en, zh, unit="count", value=None, where=None, per=1.0, is_open_ended=False):
        """Sum what holds at the snapshot: begun by ``at``, not ended by ``until``; nothing there is a true 0."""
        measure = Measure(source, "level", at=at, until=until, value=value, where=where, per=per, is_open_ended=is_open_ended)
        self._one(name, source, (measure,), lambda total: total, en=en, zh=zh, unit=unit, empty="0", form="level")
        return measure

    def combine(self, name, measures, formula, *, en, zh, unit, empty="missing", form="level", window=None, source=None):
        """Combine readings, each a measure over its whole past or a (measure, window) pair, by a formula on arrays."""
        uses = tuple(entry if isinstance(entry, tuple) else (entry, None) for entry in measures)
        spec = self.spec(name, source or uses[0][0].source, en=en, zh=zh, unit=unit, window=window, empty=empty, form=form)
        self._forms.append(lambda windows: [Feature(spec, uses, formula)])

    def _one(self, name, source, measures, formula, **spec):
        made = self.spec(name, source, **spec)
        self._forms.append(lambda windows: [Feature(made, tuple((m, None) for m in measures), formula)])

    def rows(self, source, specs, *, after=None):
        """Register features that are aggregates over the visible rows of a source."""

        def register(aggregate):
            self.row_features.append(RowFeatures(source, tuple(specs), aggregate, after))
            return aggregate

        return register


def _stem(name: str) -> str:
    """Take the window off a name."""
    return re.sub(r"_\d+d$", "", name)


def _against_pace(scale: float):
    """Compare a window with the rest of a longer one, brought to its length."""

    def against_pace(near, far):
        # Sums of what may be negative (credits, returned units) have no growth rate: the logarithm is missing, without a warning.
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log((near + 1) / ((far - near) * scale + 1))

    return against_pace


def _against_before(near, before):
    """Compare a window with the one before it."""
    return np.log((near + 1) / (before + 1))


def divide(part, whole):
    """Divide arrays, missing where the divisor is 0.

    Examples
    --------
    >>> import numpy as np
    >>> divide(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
