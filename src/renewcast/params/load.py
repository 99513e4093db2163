"""Read ``params.yaml``: safe YAML, no key twice, every mistake one sentence."""

import difflib
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from renewcast.errors import RenewcastError
from renewcast.params.revenue import DefinitionSection
from renewcast.params.sections import Params
from renewcast.params.sources import SourceSection


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML that also refuses a key written twice."""


def _mapping_without_twins(loader, node, deep=False):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twins = {key for key in keys if keys.count(key) > 1}
    if twins:
        raise RenewcastError(
            f"{Path(loader.name).name} line {node.start_mark.line + 1}: key {sorted(map(str, twins))[0]!r} is given twice; "
            "keep one."
        )
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, lambda loader, node: _mapping_without_twins(loader, node, deep=True)
)


def load_params(path: Path) -> Params:
    """Read and validate ``params.yaml``.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    Params

    Raises
    ------
    RenewcastError
        "... does not exist", "... is not YAML", or one sentence that names the key, what is wrong and the nearest known key.

    Examples
    --------
    >>> load_params(Path("nowhere/params.yaml"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere/params.yaml does not exist; run `renewcast init nowhere` or give --project DIR.
    """
    if not path.exists():
        raise RenewcastError(f"{path} does not exist; run `renewcast init {path.parent}` or give --project DIR.")
    content = read_mapping(path)
    try:
        return Params.model_validate(content)
    except ValidationError as refused:
        raise RenewcastError(f"{path}: {_sentence(refused)}") from None


def load_definition(path: Path) -> DefinitionSection:
    """Read what counts as churn of revenue: the four keys of ``revenue.definition``, alone in a file or in a whole params.yaml.

    Raises
    ------
    RenewcastError
        As :func:`load_params`.

    Examples
    --------
    >>> load_definition(Path("nowhere.yaml"))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: nowhere.yaml does not exist; write the keys of revenue.definition into it.
    """
    if not path.exists():
        raise RenewcastError(f"{path} does not exist; write the keys of revenue.definition into it.")
    content = read_mapping(path)
    for section in ("revenue", "definition"):
        content = content.get(section, content) if isinstance(content, dict) else content
    try:
        return DefinitionSection.model_validate(content)
    except ValidationError as refused:
        raise RenewcastError(f"{path}: {_sentence(refused, DefinitionSection)}") from None


def read_mapping(path: Path) -> dict:
    """Read a YAML file that holds a mapping, safely and with no key given twice.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    dict

    Raises
    ------
    RenewcastError
        "... is not YAML", "... is given twice" or "... is not a mapping of sections".
    """
    try:
        with path.open(encoding="utf-8") as file:
            # Every loader derives from SafeLoader: no tag of the file can build a Python object.
            content = yaml.load(file, Loader=_StrictLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise RenewcastError(f"{path}{line} is not YAML: {getattr(broken, 'problem', None) or broken}; mend that line.") from None
    if not isinstance(content, dict):
        raise RenewcastError(f"{path} is not a mapping of sections; compare it with a fresh `renewcast init`.")
    return content


def _sentence(refused: ValidationError, whole=Params) -> str:
    # A key that is misspelt is unknown and missing at once; the unknown one says more.
    first = min(refused.errors(), key=lambda error: error["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in first["loc"]) or "params"
    more = f" ({refused.error_count() - 1} more after this one)" if refused.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        hint = _nearest(first["loc"], whole)
        return f"{place} is not a known key{hint}; remove or rename it{more}."
    if first["type"] == "missing":
        return f"{place} is missing; add it{more}."
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}; change it{more}."


def _nearest(loc: tuple, whole=Params) -> str:
    """Suggest the known key that looks most like the unknown one."""
    section = whole
    for part in loc[:-1]:
        field = getattr(section, "model_fields", {}).get(part)
        annotation = field.annotation if field else None
        choices = [annotation, *getattr(annotation, "__args__", ())]
        section = next(
            (c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), SourceSection if "sources" in loc else None
        )
        if section is None:
            return ""
    close = difflib.get_close_matches(str(loc[-1]), list(section.model_fields), n=1)
    return f"; did you mean {close[0]}?" if close else ""
