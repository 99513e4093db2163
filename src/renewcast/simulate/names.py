"""Made-up names. None is meant to be anybody: companies are put together from syllables, people from two short lists."""

import numpy as np

OWNERS = (
    "Ingrid Solberg",
    "Tomasz Zieliński",
    "Maya Okafor",
    "Liu Wenqing",
    "Rafael Moreira",
    "Hannah Brückner",
    "Owen Tallis",
    "Priya Raghunath",
    "Chloé Marchetti",
    "Daniel Asante",
    "Yuki Haramoto",
    "Sofia Lindqvist",
)
_FIRST = (
    "Al",
    "Ber",
    "Cal",
    "Dor",
    "El",
    "Fen",
    "Gal",
    "Hol",
    "Ix",
    "Jun",
    "Kel",
    "Lum",
    "Mar",
    "Nor",
    "Or",
    "Pel",
    "Quil",
    "Ros",
    "Sel",
    "Tam",
    "Ul",
    "Ver",
    "Wil",
    "Xan",
    "Yor",
    "Zel",
    "Brå",
    "Grün",
    "Łu",
    "Ña",
    "Östr",
    "Éli",
    "Çel",
    "Ská",
    "Žel",
    "Nú",
)
_MIDDLE = (
    "a",
    "an",
    "ara",
    "ber",
    "do",
    "en",
    "era",
    "i",
    "ila",
    "in",
    "ko",
    "la",
    "mi",
    "na",
    "o",
    "ora",
    "ra",
    "si",
    "ta",
    "u",
    "va",
    "vi",
)
_LAST = (
    "bex",
    "cor",
    "dal",
    "dyne",
    "fold",
    "gen",
    "grid",
    "hart",
    "jet",
    "kom",
    "lane",
    "lytic",
    "mark",
    "meda",
    "mont",
    "nex",
    "pax",
    "point",
    "quant",
    "rix",
    "sona",
    "stad",
    "tek",
    "tern",
    "thor",
    "trix",
    "vance",
    "vik",
    "ware",
    "zon",
)
_FORMS = ("", " Ltd", " Inc.", " Group", " Labs", " & Co.", " Systems", " Software")
_FORMS_BY_COUNTRY = {"DE": " GmbH", "FR": " S.A.", "NO": " AS", "NL": " B.V.", "PL": " Sp. z o.o.", "BR": " Ltda", "JP": " K.K."}
_HAN_FIRST, _HAN_SECOND = "云禾星瀚朗沐青启恒语知岚鹿栖澄远", "帆图数澜川木石舟树湾桥谷光野弦屿"
_HAN_FORMS = ("科技", "数据", "软件", "网络", "智能", "信息技术")


def company_names(rng: np.random.Generator, country: list[str]) -> list[str]:
    """Make up one name per account; the form fits the country, and Chinese accounts have Chinese names.

    Examples
    --------
    >>> len(company_names(np.random.default_rng(0), ["DE", "CN"]))
    2
    """
    count = len(country)
    first, middle, last, form = (rng.integers(0, size, count) for size in (len(_FIRST), len(_MIDDLE), len(_LAST), len(_FORMS)))
    native = rng.random(count) < 0.5
    names, taken = [], set()
    for row, code in enumerate(country):
        if code == "CN":
            name = (
                _HAN_FIRST[first[row] % len(_HAN_FIRST)]
                + _HAN_SECOND[last[row] % len(_HAN_SECOND)]
                + _HAN_FORMS[form[row] % len(_HAN_FORMS)]
            )
        else:
            stem = _FIRST[first[row]] + _MIDDLE[middle[row]] + _LAST[last[row]]
            name = stem + (_FORMS_BY_COUNTRY[code] if native[row] and code in _FORMS_BY_COUNTRY else _FORMS[form[row]])
        number, unique = 2, name
        while unique in taken:
            unique, number = f"{name} {number}", number + 1
        taken.add(unique)
        names.append(unique)
    return names
