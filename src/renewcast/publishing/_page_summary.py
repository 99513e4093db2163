"""What stands above the page's list: figures, owners, bands of probability, movers and opportunities, as finished texts."""

import datetime as dt

from renewcast.publishing.numbers_as_text import money, percent, short_money
from renewcast.publishing.renewals_due import quarter_end, renewals_due
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible

MOST_OWNERS = 10
MOST_MOVERS = 6
MOST_OPPORTUNITIES = 100
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
BANDS = (0.05, 0.1, 0.2, 0.4, 0.6)


def figures(table, sums, supplement: Supplement | None, words: dict, about) -> list[tuple[str, str, list[str]]]:
    """Return the figures on top: label, number, remarks."""
    share = percent(sums.arr_at_risk / sums.arr) if sums.arr > 0 else "–"
    end = quarter_end(about.as_of)
    following = end + dt.timedelta(days=1)
    movement = table["movement"].to_pylist()
    saved = sum(round((one or 0) * 100) for one in table["expected_arr_saved"].to_pylist()) / 100
    to_do = sum(1 for one in table["owner_place"].to_pylist() if one is not None)
    gone = 0 if supplement is None or supplement.gone is None else len(supplement.gone)
    scored = [words["of_arr"].format(share=share), f"{money(sums.arr)} {about.currency}"]
    accounts = [words["not_scored_count"].format(n=f"{sums.in_scope - sums.scored:,}")]
    if sums.mean_probability is not None:
        accounts.append(words["mean_probability"].format(share=percent(sums.mean_probability)))
    moved = [words["moved_count"].format(new=f"{movement.count('new'):,}", gone=f"{gone:,}")]
    shown = f"▲ {movement.count('up'):,}  ▼ {movement.count('down'):,}"
    if not any(movement):
        shown, moved = "–", [words["moved_none"]]
    found = [
        (words["arr_at_risk"], short_money(sums.arr_at_risk, about.language), scored),
        _due("due_quarter", renewals_due(table, about.as_of, end), words, about.language),
        _due("due_next", renewals_due(table, following, quarter_end(following)), words, about.language),
        (words["in_scope"], f"{sums.in_scope:,}", accounts),
        (words["moved"], shown, moved),
    ]
    if to_do:
        remark = words["to_do_saved"].format(money=short_money(saved, about.language))
        found.append((words["to_do"], f"{to_do:,}", [remark]))
    return found


def _due(word, due, words, language):
    label = words[word].format(day=due.until.isoformat())
    if not due.accounts:
        return label, "–", [words["due_none"]]
    told = due.arr - due.not_forecast
    remarks = [words["due_accounts"].format(n=f"{due.accounts:,}")]
    if told > 0:
        share = percent(due.forecast / told)
        remarks.insert(0, words["due_forecast"].format(share=share, money=short_money(due.forecast, language)))
    if due.not_forecast > 0:
        remarks.append(words["due_unknown"].format(money=short_money(due.not_forecast, language)))
    return label, short_money(due.arr, language), remarks


def owners(sums, words: dict) -> list[dict]:
    """Return the owners with the most ARR at risk: name, accounts, money, and the length of the bar in percent."""
    largest = [one for one in sums.owners if one.arr_at_risk > 0][:MOST_OWNERS]
    return [
        {
            "name": words["nobody"] if one.owner is None else visible(one.owner),
            "accounts": f"{one.accounts:,}",
            "money": money(one.arr_at_risk),
            "bar": round(100 * one.arr_at_risk / largest[0].arr_at_risk, 1),
        }
        for one in largest
    ]


def bands(table, words: dict) -> list[dict]:
    """Count the scored accounts and their ARR at risk by band of probability; bars in percent of the largest count."""
    counts, cents = [0] * (len(BANDS) + 1), [0] * (len(BANDS) + 1)
    for probability, amount in zip(table["churn_probability"].to_pylist(), table["arr_at_risk"].to_pylist(), strict=True):
        if probability is not None:
            band = sum(probability >= edge for edge in BANDS)
            counts[band] += 1
            cents[band] += round((amount or 0) * 100)
    if not any(counts):
        return []
    edges = [round(edge * 100) for edge in BANDS]
    names = [words["band_below"].format(high=edges[0])]
    names += [words["band_between"].format(low=low, high=high) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    names += [words["band_above"].format(low=edges[-1])]
    told = zip(names, counts, cents, strict=True)
    return [
        {"name": name, "accounts": f"{count:,}", "money": money(amount / 100), "bar": round(100 * count / max(counts), 1)}
        for name, count, amount in told
    ]


def movers(table, supplement: Supplement | None, ids: set, words: dict) -> list[dict]:
    """Return the four kinds of movers, the largest first: title, how many there are, and the accounts shown.

    They are ordered by how much ARR at risk came or went; those that are gone by their ARR.
    """
    names = (
        "account_id",
        "account_name",
        "owner",
        "arr",
        "churn_probability",
        "churn_probability_last_list",
        "change_reason",
        "movement",
    )
    kinds = {"up": [], "down": [], "new": []}
    for row in zip(*(table[name].to_pylist() for name in names), strict=True):
        if row[-1] in kinds:
            kinds[row[-1]].append(dict(zip(names, row, strict=True)))
    gone = [] if supplement is None or supplement.gone is None else supplement.gone.to_dict("records")
    if not any(kinds.values()) and not gone:
        return []

    def moved(row):
        """Return how much ARR at risk came or went."""
        return abs((row["churn_probability"] or 0) - (row["churn_probability_last_list"] or 0)) * (row["arr"] or 0)

    ordered = {kind: sorted(rows, key=lambda row: -moved(row)) for kind, rows in kinds.items()}
    ordered["gone"] = sorted(gone, key=lambda row: 0 if _missing(row["arr"]) else -row["arr"])
    return [
        {
            "kind": kind,
            "title": words[f"movers_{kind}"],
            "count": len(rows),
            "rows": [_mover(kind, row, ids, words) for row in rows[:MOST_MOVERS]],
        }
        for kind, rows in ordered.items()
    ]


def _mover(kind, row, ids, words):
    now, last = row.get("churn_probability"), row["churn_probability_last_list"]
    if kind == "gone":
        size, detail = "", words["last_published"].format(a="–" if _missing(last) else percent(last))
    elif kind == "new":
        size, detail = percent(now), ""
    else:
        size = f"{'▲' if kind == 'up' else '▼'} {abs(now - last) * 100:.1f}"
        detail = words["from_to"].format(a=percent(last), b=percent(now))
    return {
        "name": _name(row),
        "link": link(row["account_id"], ids),
        "owner": _text(row["owner"]),
        "size": size,
        "detail": detail,
        "why": _text(row["why"] if kind == "gone" else row["change_reason"]),
    }


def opportunities(supplement: Supplement | None, ids: set, words: dict) -> list[dict]:
    """Return the opportunities: those that need not wait first, then by ARR."""
    if supplement is None or supplement.opportunities is None:
        return []
    rows = supplement.opportunities.to_dict("records")
    rows.sort(key=lambda row: (bool(_text(row["held_back"])), 0 if _missing(row["arr"]) else -row["arr"], row["account_id"]))
    return [
        {
            "name": _name(row),
            "link": link(row["account_id"], ids),
            "owner": _text(row["owner"]) or "–",
            "arr": "–" if _missing(row["arr"]) else money(row["arr"]),
            "kind": words.get(f"kind_{row['kind']}", _text(row["kind"])),
            "evidence": _text(row["evidence"]),
            "play": _text(row["play"]),
            "due": "" if _missing(row["due_on"]) else str(row["due_on"])[:10],
            "held_back": _text(row["held_back"]),
        }
        for row in rows[:MOST_OPPORTUNITIES]
    ]


def link(account_id: str, ids: set) -> str | None:
    """Return the address of an account inside the page; None where the page does not list it.

    Examples
    --------
    >>> link("A 1/2", {"A 1/2"}), link("A2", set())
    ('#account=A%201%2F2', None)
    """
    shown = visible(account_id)
    if shown not in ids:
        return None
    return "#account=" + "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in shown.encode("utf-8"))


def _name(row):
    return _text(row["account_name"]) or visible(row["account_id"])


def _text(value):
    return "" if _missing(value) or not str(value).strip() else visible(str(value))


def _missing(value):
    return value is None or value != value or type(value).__name__ in ("NAType", "NaTType")
