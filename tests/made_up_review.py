"""A made-up business review: every kind of chart and column, one part that is missing, and names that may be hostile."""

import datetime as dt

import numpy as np
import pandas as pd

from renewcast.publishing.column import Column
from renewcast.review.facts import ReviewFacts
from renewcast.review.part import Chart, Figure, Part, Table

AS_OF = dt.date(2026, 6, 29)
KINDS = ("text", "integer", "money", "share", "points", "day", "number")


def both(text):
    return {"en": text, "zh": f"{text}（中文）"}


def made_up_facts(**changed):
    return ReviewFacts(**{"project": "demo", "as_of": AS_OF, "language": "en", "currency": "USD"} | changed)


def col(name, kind, heading=None):
    return Column(name, kind, False, both(heading or name), both(f"what {name} means"))


def made_up_parts(seed=0, names=("Retail", "Manufacturing and logistics", "Health", "银行", "Education")):
    """Three parts: charts over months, charts over names, and one that is missing."""
    rng = np.random.default_rng(seed)
    months = pd.DataFrame({"month": pd.date_range("2024-01-01", periods=24, freq="MS")})
    months["kept"] = rng.uniform(0.7, 0.99, 24)
    months["low"], months["high"] = months["kept"] - 0.05, np.minimum(months["kept"] + 0.05, 1)
    months["new"], months["churn"] = rng.uniform(1e4, 9e4, 24), -rng.uniform(1e3, 4e4, 24)
    months["customers"] = rng.integers(100, 200, 24)
    months.loc[3, ["kept", "low", "high"]] = np.nan
    falls = pd.DataFrame({"step": ["opening", "new", "churn", "closing"], "amount": [1000.0, 300.0, -450.0, 850.0]})
    named = pd.DataFrame({"name": pd.Series(list(names), dtype=object)})
    named["rate"] = rng.uniform(0, 0.4, len(named))
    named["low"], named["high"] = named["rate"] * 0.8, named["rate"] * 1.3
    named["size"], named["change"] = rng.integers(5, 5000, len(named)), rng.uniform(-0.2, 0.2, len(named))
    cells = pd.DataFrame(
        [(name, age, 1 - 0.1 * age) for name in names for age in range(4)], columns=["name", "age", "kept"], dtype=object
    )
    everything = pd.DataFrame(
        {
            "text": [*names[:2], None],
            "integer": [1, None, -3],
            "money": [1234567.891, np.nan, -0.5],
            "share": [0.5, None, 1.0],
            "points": [-0.01, 0.02, None],
            "day": [dt.date(2026, 6, 1), None, dt.date(1899, 1, 1)],
            "number": [np.pi, np.inf, None],
        }
    )
    over_months = Part(
        "months",
        both("Over months"),
        says=(both("The first thing to know."), both("The second.")),
        figures=(Figure(both("Revenue"), 1234567.0, "money", both("a year")), Figure(both("Nothing"), None, "share")),
        tables=(
            Table(
                "by_month",
                both("By month"),
                tuple(
                    col(name, kind)
                    for name, kind in zip(months, ("day", "share", "share", "share", "money", "money", "integer"), strict=True)
                ),
                months,
                note=both("How to read it."),
            ),
            Table(
                "falls",
                both("Falls"),
                (col("step", "text"), col("amount", "money")),
                falls,
                words={"step": {"new": both("newly come")}},
            ),
        ),
        charts=(
            Chart("line", "by_month", both("Kept"), "month", ("kept",), low="low", high="high", reference=((0.9, both("bar")),)),
            Chart("stacked", "by_month", both("Came and went"), "month", ("new", "churn")),
            Chart("bar", "by_month", both("Customers"), "month", ("customers",), note=both("A note.")),
            Chart("waterfall", "falls", both("Carried on"), "step", ("amount",)),
        ),
    )
    over_names = Part(
        "names",
        both("Over names"),
        says=(both(f"{names[0]} is first."),),
        tables=(
            Table(
                "by_name",
                both("By name"),
                tuple(
                    col(name, kind)
                    for name, kind in zip(named, ("text", "share", "share", "share", "integer", "points"), strict=True)
                ),
                named,
            ),
            Table("cells", both("Cells"), (col("name", "text"), col("age", "integer"), col("kept", "share")), cells, shown=0),
            Table("everything", both("Every kind: of [column]"), tuple(col(kind, kind) for kind in KINDS), everything),
        ),
        charts=(
            Chart("interval", "by_name", both("Rates"), "name", ("rate",), low="low", high="high"),
            Chart("scatter", "by_name", both("Rate against size"), "size", ("rate",), group="name"),
            Chart("bar", "by_name", both("Change"), "name", ("change",)),
            Chart("heat", "cells", both("Kept by age"), "age", ("kept",), group="name"),
            Chart("line", "cells", both("Lines"), "age", ("kept",), group="name"),
        ),
    )
    return [over_months, over_names, Part("absent", both("Absent"), missing=both("There are no contracts."))]
