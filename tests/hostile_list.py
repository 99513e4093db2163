"""A list, and what stands beside it, with a hostile text in every slot that takes text."""

import hostile_texts
import pandas as pd
from made_up_list import AS_OF, made_up_facts, made_up_rows, made_up_supplement

from renewcast.publishing.supplement import EVENT_COLUMNS, GONE_COLUMNS, OPPORTUNITY_COLUMNS, Supplement

SLOTS = (
    "account_name",
    "owner",
    "segment",
    "tier",
    "lifecycle_stage",
    "driver_1",
    "driver_2",
    "driver_3",
    "driver_ties",
    "change_reason",
    "signals",
    "goal",
    "play",
    "check",
)


def hostile_list(**changed):
    """Rows, facts and supplement; every account's id holds a text too."""
    texts = list(hostile_texts.ALL)
    rows = made_up_rows(len(texts))
    for name in SLOTS:
        rows[name] = pd.Series(texts, dtype=object)
    # Ids are staged as text that UTF-8 can hold.
    ids = [f"{text[:40].encode('utf-8', 'replace').decode()} {place}" for place, text in enumerate(texts)]
    rows["account_id"] = pd.Series(ids, dtype=object)
    rows.loc[len(rows) - 1, ["driver_1", "driver_2", "driver_3"]] = None
    aside = made_up_supplement(rows, weeks=4)
    told = list(zip(ids, texts, strict=True))
    supplement = Supplement(
        opportunities=_frame(OPPORTUNITY_COLUMNS, [(i, t, t, t, 1.0, AS_OF, t, t, t, t, AS_OF, None) for i, t in told]),
        explanations=aside.explanations.rename(columns={"usage_points": "</script><img src=x>_points"}),
        gone=_frame(GONE_COLUMNS, [(i, t, t, 1.0, 0.5, t) for i, t in told]),
        weeks=aside.weeks,
        events=_frame(EVENT_COLUMNS, [(i, AS_OF, kind, t) for i, t in told for kind in (t, "ticket")]),
        signals=[{"name": text, "title": text, "speaks": True} for text in texts],
        plays=[{"play": text, "title": text, "steps": [text], "check": text, "days": 3, "version": text} for text in texts],
    )
    facts = {
        "project": "<b>=1+1",
        "banners": texts,
        "notes": texts,
        "model": {"model_version": "</script>=1", "<i>": "=1+1", "auc": 0.8},
    }
    return rows, made_up_facts(**(facts | changed)), supplement


def _frame(columns, rows):
    """Objects, since pandas' own text type refuses half a surrogate."""
    columned = zip(*rows, strict=True)
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in zip(columns, columned, strict=True)})
