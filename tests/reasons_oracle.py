"""An oracle for reasons that knows nothing of templates: it counts the numbers in a sentence, and asks the model once more."""

import math
import re

import numpy as np
import pandas as pd

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def typical_of(column: pd.Series):
    """The middle of the known numbers, or the most frequent text."""
    known = column.dropna()
    if not len(known):
        return None
    return float(np.median(known)) if pd.api.types.is_numeric_dtype(column) else known.value_counts().sort_index().idxmax()


def wanted_numbers(spec, row, typical) -> list[float]:
    """Every number that a sentence about a feature should hold, from the row of features alone."""
    value, window, days = row[spec.name], spec.window_days, spec.recent_days
    if spec.form == "trend":
        if pd.isna(value):
            return []
        if spec.beside is None:
            percent = 100 * (math.exp(value) - 1)
            return [abs(percent), window] if round(percent) else [window]
        recent = row[spec.beside]
        past = (recent + 1) * math.exp(-value) - 1
        return [recent, days, past, window - days] + ([days] if window != 2 * days else [])
    if pd.isna(value):
        return []
    scale = 100 if spec.unit == "share" else 1
    shown = [scale * value] + ([scale * typical] if typical is not None else [])
    return shown + ([window] if window and spec.form in ("window", "share", "mean") else [])


def numbers_are_right(text: str, spec, row, typical, language: str) -> bool:
    """Whether the numbers of a sentence, the feature's name aside, are the wanted ones, each once, to the digits shown."""
    meaning = spec.meaning if language == "en" else spec.meaning_zh
    rest = re.sub(re.escape(meaning), "", text, count=1, flags=re.IGNORECASE)
    if len(rest) == len(text):
        return False
    if spec.is_categorical and not pd.isna(row[spec.name]):
        return rest.endswith(row[spec.name])
    wanted = [float(number) for number in wanted_numbers(spec, row, typical)]
    for token in NUMBER.findall(rest):
        told, digits = float(token.replace(",", "")), len(token.partition(".")[2])
        near = [number for number in wanted if abs(told - number) <= 0.5 * 10.0**-digits + 1e-9 * max(1.0, abs(number))]
        if not near:
            return False
        wanted.remove(near[0])
    return not wanted


def probability_elsewhere(scorer, features: pd.DataFrame, gated: np.ndarray, asked: list[tuple[int, str]]) -> np.ndarray:
    """The probability of each asked (row, feature) with the feature at its typical value, all else as it was; by predicting."""
    found = np.empty(len(asked))
    for feature in sorted({name for _, name in asked}):
        at = [place for place, (_, name) in enumerate(asked) if name == feature]
        rows = [asked[place][0] for place in at]
        moved = features.iloc[rows].copy()
        moved[feature] = pd.Series([typical_of(features[feature])] * len(moved), index=moved.index, dtype=features[feature].dtype)
        found[at] = scorer.predict(moved, gated[rows])
    return found
