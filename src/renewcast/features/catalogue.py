"""The catalogue: every feature that is defined, and which of them a project's tables can fill."""

import dataclasses
import importlib

from renewcast.engine.visibility import columns_of
from renewcast.features._definition import Family, Feature, ProductFeature, RowFeatures
from renewcast.features._spec import FeatureSpec
from renewcast.features.derived import Tables
from renewcast.params import FAMILIES


def families() -> dict[str, Family]:
    """Load every family of features, in the order of params.FAMILIES.

    Examples
    --------
    >>> list(families())[:3]
    ['usage', 'adoption', 'people']
    """
    return {name: importlib.import_module(f"renewcast.features.{name}").family for name in FAMILIES}


@dataclasses.dataclass(frozen=True)
class Catalogue:
    """The features of a project.

    Attributes
    ----------
    kernel : list of Feature
    rows : list of RowFeatures
    products : list of ProductFeature
    absent : list of tuple (FeatureSpec, str)
        Features that the project's tables cannot fill, with the reason in words.
    """

    kernel: list[Feature]
    rows: list[RowFeatures]
    products: list[ProductFeature]
    absent: list[tuple[FeatureSpec, str]]

    @property
    def specs(self) -> list[FeatureSpec]:
        """Every feature that is built, family by family."""
        order = {name: place for place, name in enumerate(FAMILIES)}
        specs = [feature.spec for feature in [*self.kernel, *self.products]] + [
            spec for group in self.rows for spec in group.specs
        ]
        known = families()
        return sorted((known[spec.driver].completed(spec) for spec in specs), key=lambda spec: order[spec.driver])


def everything(windows_days: tuple[int, ...]) -> list[FeatureSpec]:
    """List every feature that is defined, whatever tables there are.

    Parameters
    ----------
    windows_days : tuple of int

    Returns
    -------
    list of FeatureSpec

    Examples
    --------
    >>> len(everything((7, 28, 91))) > 80
    True
    """
    specs = []
    for family in families().values():
        found = [feature.spec for feature in family.build(windows_days)]
        found += [spec for group in family.row_features for spec in group.specs]
        found += [feature.spec for feature in family.product_features]
        specs += [family.completed(spec) for spec in found]
    return specs


def catalogue(chosen: list[str], windows_days: tuple[int, ...], tables: Tables) -> Catalogue:
    """Select the features of the chosen families whose tables and columns exist.

    Parameters
    ----------
    chosen : list of str
        Families.
    windows_days : tuple of int
    tables : Tables

    Returns
    -------
    Catalogue
    """
    kernel, rows, products, absent = [], [], [], []
    for name, family in families().items():
        if name not in chosen:
            continue
        for feature in family.build(windows_days):
            lacking = next(filter(None, (_lacks(use[0], tables) for use in feature.uses)), None)
            absent.append((feature.spec, lacking)) if lacking else kernel.append(feature)
        for group in family.row_features:
            lacking = {spec.name: _row_feature_lacks(group, spec, tables) for spec in group.specs}
            absent.extend((spec, lacking[spec.name]) for spec in group.specs if lacking[spec.name])
            kept = tuple(spec for spec in group.specs if not lacking[spec.name])
            if kept:
                rows.append(dataclasses.replace(group, specs=kept))
        for feature in family.product_features:
            lacking = _lacks_columns(feature.held, set(), tables) or _lacks(feature.measure, tables)
            absent.append((feature.spec, lacking)) if lacking else products.append(feature)
    return Catalogue(kernel, rows, products, absent)


def _lacks(measure, tables: Tables) -> str | None:
    if measure.source not in tables.tables:
        return f"table {measure.source} is absent"
    columns = measure.columns(tables.tables[measure.source])
    columns |= {measure.until} if measure.until and not measure.is_open_ended else set()
    return _lacks_columns(measure.source, columns, tables)


def _row_feature_lacks(group: RowFeatures, spec: FeatureSpec, tables: Tables) -> str | None:
    """Ask the aggregate itself which columns it reads; where more follows after it, all of its columns count."""
    if group.source not in tables.tables:
        return f"table {group.source} is absent"
    rows = tables.tables[group.source]
    rows = rows.mutate(as_of=rows.known_at)
    made = group.aggregate(rows)
    needed = [made[spec.name]] if spec.name in made else list(made.values())
    columns = set().union(*(columns_of(expression, rows) for expression in needed))
    return _lacks_columns(group.source, columns - {"as_of"} - OPEN_ENDED, tables)


OPEN_ENDED = {"ends_on"}
"""A term's end may be filled in nowhere: then every term is open-ended."""


def _lacks_columns(source: str, columns: set[str], tables: Tables) -> str | None:
    if source not in tables.tables:
        return f"table {source} is absent"
    lacking = sorted(columns - tables.mapped[source] - {"account_id", "known_at", "superseded_at"})
    return f"{source}.{lacking[0]} is not mapped" if lacking else None
