"""Sentences in both languages, with their numbers written as tables write them."""

from renewcast.publishing._wording import label
from renewcast.review.shown import large


def say(en: str, zh: str, **values) -> dict:
    """Fill a sentence in both languages.

    Parameters
    ----------
    en, zh : str
        With the names of values in braces.
    **values : tuple of (object, str), dict or str
        A value and its kind, a text by language, or a text that is the same in both.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> say("{who} kept {share}.", "{who}保留了{share}。", who={"en": "One", "zh": "一家"}, share=(0.956, "share"))
    {'en': 'One kept 95.6%.', 'zh': '一家保留了95.6%。'}
    """
    return {language: text.format(**_written(values, language)) for language, text in (("en", en), ("zh", zh))}


def labels(codes) -> dict:
    """Return what people read for codes of tiers and stages, as the list writes them, in both languages.

    Examples
    --------
    >>> labels(["value_add"])
    {'value_add': {'en': 'value-add', 'zh': '增值'}}
    """
    return {code: {language: label(code, language) for language in ("en", "zh")} for code in codes}


def _written(values, language):
    found = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            found[name] = large(value[0], value[1], language)
        else:
            found[name] = value[language] if isinstance(value, dict) else value
    return found
