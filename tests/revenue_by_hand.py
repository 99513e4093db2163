"""The ledger once more, day by day in plain Python: slow, obvious, and without a line of the package's arithmetic."""

import datetime as dt
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
LAST = dt.date(2027, 6, 1)


def ledger_by_hand(versions, as_of, section, *, zone="UTC", heads=None):
    """Return {(unit, (year, month)): (cents, is customer)} for every month that was over, and the months."""
    terms = _terms(versions, section, zone)
    by_product = {}
    for term in terms:
        by_product.setdefault((term["account"], term["product"]), []).append(term)
    definition = section.definition
    held = {key: _held(group, definition) for key, group in by_product.items()}
    held = {key: _filled(days, definition.grace_days) for key, days in held.items()}
    if definition.level != "product":
        held = {key: _filled(days, definition.grace_days) for key, days in _together(held, lambda key: key[0]).items()}
    if definition.level == "parent":
        held = {key: _filled(days, definition.grace_days) for key, days in _together(held, lambda key: heads[key]).items()}
    starts = [day for days in held.values() for day in days]
    months = _months(min(starts), as_of, zone) if starts else []
    cells = {}
    for unit, days in held.items():
        inside = _inside(days, max(definition.grace_days, definition.pause_days))
        paid = False
        for month in months:
            last = _first_of_next(month) - DAY
            paid = paid or days.get(last, 0) > 0
            cells[unit, month] = (days.get(last, 0), last in inside and paid)
    return cells, months


def _terms(versions, section, zone):
    by_contract = {}
    for row in versions.to_dict("records"):
        by_contract.setdefault(row["contract_id"], []).append(row)
    terms = []
    for rows in by_contract.values():
        rows.sort(key=lambda row: row["known_at"])
        newest = rows[-1]
        if newest["superseded_at"] == newest["superseded_at"]:  # not NaT
            continue
        start = newest["starts_on"].date()
        end = LAST if newest["ends_on"] != newest["ends_on"] else newest["ends_on"].date()
        entered = _local(rows[0]["known_at"], zone)
        prices = []
        for number, row in enumerate(rows):
            told = _local(row["known_at"], zone)
            is_correction = number == 0 or told <= max(start, entered) + section.corrected_within_days * DAY
            prices.append((start if is_correction else max(told, start), int(row["cents"])))
        terms.append(
            {"account": newest["account_id"], "product": newest["product"] or "", "start": start, "end": end, "prices": prices}
        )
    return terms


def _local(instant, zone):
    if instant.hour == instant.minute == instant.second == 0:
        return instant.date()
    return instant.to_pydatetime().replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()


def _price(term, day):
    """The last of the versions that count from this day or an earlier one."""
    return [cents for since, cents in term["prices"] if since <= day][-1]


def _held(terms, definition):
    """What a product costs on each day that is covered."""
    days = {}
    edges = sorted({term[edge] for term in terms for edge in ("start", "end")} | {day for t in terms for day, _ in t["prices"]})
    for low, high in zip(edges, edges[1:], strict=False):
        live = [term for term in terms if term["start"] <= low < term["end"]]
        counts = [t for t in live if not any(o["start"] > t["start"] and o["end"] > t["end"] for o in live)]
        prices = [_price(term, low) for term in counts]
        if definition.unpaid_cover == "churned":
            prices = [price for price in prices if price > 0]
        if prices:
            day = low
            while day < high:
                days[day] = sum(prices)
                day += DAY
    return days


def _filled(days, grace_days):
    """Gaps of at most the grace cost what comes after them."""
    filled = dict(days)
    for before, after in _gaps(days):
        if (after - before).days - 1 <= grace_days:
            day = before + DAY
            while day < after:
                filled[day] = days[after]
                day += DAY
    return filled


def _gaps(days):
    ordered = sorted(days)
    return [(one, other) for one, other in zip(ordered, ordered[1:], strict=False) if other - one > DAY]


def _inside(days, tolerated):
    inside = set(days)
    for before, after in _gaps(days):
        if (after - before).days - 1 <= tolerated:
            day = before + DAY
            while day < after:
                inside.add(day)
                day += DAY
    return inside


def _together(held, owner):
    found = {}
    for key, days in held.items():
        whole = found.setdefault(owner(key), {})
        for day, cents in days.items():
            whole[day] = whole.get(day, 0) + cents
    return found


def _months(first, as_of, zone):
    month, found = (first.year, first.month), []
    while True:
        over = dt.datetime.combine(_first_of_next(month), dt.time()).replace(tzinfo=ZoneInfo(zone))
        if over > dt.datetime.combine(as_of, dt.time(), tzinfo=dt.UTC):
            return found
        found.append(month)
        following = _first_of_next(month)
        month = (following.year, following.month)


def _first_of_next(month):
    year, number = month
    return dt.date(year + number // 12, number % 12 + 1, 1)
