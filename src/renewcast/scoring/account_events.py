"""What happened in an account, one line an event: terms, milestones, tickets, contacts, plays and people."""

import datetime as dt

from renewcast.days import midnight

DAYS = 364
"""So far back events are told."""
_SHORT_TERM_DAYS = 62
"""Terms up to this length that go on unchanged are no event: a monthly contract would drown everything else."""

_WORDS = {
    "en": {
        "begins": "Term begins: {what}, {money} {currency} a year{until}",
        "renewed": "Renewed: {what}, {money} {currency} a year{until}{moved}",
        "until": ", until {day}",
        "moved": " ({percent:+.0f} %)",
        "ends": "Term ends: {what}",
        "subscription": "subscription",
        "reached": "Reached: {what}{late}",
        "late": " ({days} days late)",
        "late_day": " (a day late)",
        "due": "Due: {what}",
        "overdue": "Overdue: {what}",
        "ticket": "Ticket{severity}, {end}{csat}",
        "open": "open",
        "solved": "solved after {days} days",
        "solved_day": "solved after a day",
        "solved_at_once": "solved on the same day",
        "csat": ", rated {score:g} of 5",
        "willingness": ", will to renew {will}",
        "contact": "Contact",
        "play_begun": "{what} begun{due}",
        "play_due": ", due {day}",
        "play_ended": "{what} ended{verdict}",
        "joined": "{who} joined",
        "left": "{who} left",
        "key_user": "Key user",
        "executive": "Executive",
        "administrator": "Administrator",
    },
    "zh": {
        "begins": "合同开始：{what}，每年 {money} {currency}{until}",
        "renewed": "已续约：{what}，每年 {money} {currency}{until}{moved}",
        "until": "，至 {day}",
        "moved": "（{percent:+.0f}%）",
        "ends": "合同到期：{what}",
        "subscription": "订阅",
        "reached": "已达成：{what}{late}",
        "late": "（晚 {days} 天）",
        "late_day": "（晚 1 天）",
        "due": "到期：{what}",
        "overdue": "逾期：{what}",
        "ticket": "工单{severity}，{end}{csat}",
        "open": "未解决",
        "solved": "{days} 天后解决",
        "solved_day": "1 天后解决",
        "solved_at_once": "当天解决",
        "csat": "，评分 {score:g}（满分 5）",
        "willingness": "，续约意愿 {will}",
        "contact": "联系",
        "play_begun": "开始：{what}{due}",
        "play_due": "，截止 {day}",
        "play_ended": "结束：{what}{verdict}",
        "joined": "{who}加入",
        "left": "{who}离开",
        "key_user": "关键用户",
        "executive": "高管",
        "administrator": "管理员",
    },
}
_NAMES_ZH = {
    "low": "低",
    "medium": "中",
    "high": "高",
    "urgent": "紧急",
    "critical": "严重",
    "call": "电话",
    "meeting": "会议",
    "executive_meeting": "高层会议",
    "email": "邮件",
    "business_review": "业务回顾",
    "training": "培训",
}


def account_events(view, account_ids: list[str], as_of: dt.date, days: int = DAYS):
    """Tell what happened in some accounts, and what is known to lie ahead.

    Parameters
    ----------
    view : datasets.view.View
    account_ids : list of str
    as_of : datetime.date
        Only what was known before this day is told.
    days : int
        So far back.

    Returns
    -------
    pandas.DataFrame
        account_id, day (datetime.date), kind (term, milestone, ticket, touchpoint, play or person) and text, in the language of
        the project; by account, day, kind and text. Of people, those whose part matters: key users, executives, administrators.
    """
    import pandas as pd

    params = view.params.project
    accounts, words = sorted(set(account_ids)), _WORDS[params.language]
    first, found = as_of - dt.timedelta(days=days), []

    def rows(name, *columns):
        known = known_rows(view, name, accounts, as_of, ("account_id", *columns))
        return () if known is None else known.itertuples(index=False)

    def named(code):
        return _NAMES_ZH.get(code, _words(code)) if params.language == "zh" else _words(code)

    def tell(account, instant, kind, text):
        day = _day(instant)
        if day is not None and day >= first:
            found.append((account, day, kind, text))

    _terms(rows("contracts", "contract_id", "product", "starts_on", "ends_on", "mrr"), tell, words, params.currency)
    for account, milestone, due, achieved in rows("milestones", "milestone", "due_on", "achieved_at"):
        due, achieved, what = _day(due), _day(achieved), _words(milestone)
        if achieved is not None:
            after = 0 if due is None else (achieved - due).days
            late = "" if after <= 0 else words["late_day" if after == 1 else "late"].format(days=after)
            tell(account, achieved, "milestone", words["reached"].format(what=what, late=late))
        else:
            tell(account, due, "milestone", words["overdue" if due is not None and due < as_of else "due"].format(what=what))
    for account, opened, resolved, severity, csat in rows("tickets", "opened_at", "resolved_at", "severity", "csat"):
        took = None if _day(resolved) is None else (_day(resolved) - _day(opened)).days
        end = words[{None: "open", 0: "solved_at_once", 1: "solved_day"}.get(took, "solved")].format(days=took)
        joint = "，" if params.language == "zh" else ", "
        text = words["ticket"].format(
            severity="" if _missing(severity) else joint + named(severity),
            end=end,
            csat="" if _missing(csat) else words["csat"].format(score=csat),
        )
        tell(account, opened, "ticket", text)
    for account, occurred, kind, will in rows("touchpoints", "occurred_at", "kind", "willingness"):
        text = words["contact"] if _missing(kind) else _capital(named(kind))
        text += "" if _missing(will) else words["willingness"].format(will=f"{will:+.0f}" if will else "0")
        tell(account, occurred, "touchpoint", text)
    for account, play, started, due, finished, verdict in rows("plays", "play", "started_at", "due_on", "finished_at", "verdict"):
        what = _capital(_words(play))
        due = "" if _day(due) is None else words["play_due"].format(day=_day(due))
        tell(account, started, "play", words["play_begun"].format(what=what, due=due))
        verdict = "" if _missing(verdict) else ("：" if params.language == "zh" else ": ") + _words(verdict)
        tell(account, finished, "play", words["play_ended"].format(what=what, verdict=verdict))
    for account, role, joined, left in rows("users", "role", "joined_at", "left_at"):
        if role in ("key_user", "executive", "administrator"):
            tell(account, joined, "person", words["joined"].format(who=words[role]))
            tell(account, left, "person", words["left"].format(who=words[role]))
    return pd.DataFrame(sorted(found), columns=["account_id", "day", "kind", "text"])


def _terms(rows, tell, words, currency):
    """Tell beginnings, renewals and ends; the end only of what nothing is known to follow."""
    products = {}
    for account, contract, product, starts, ends, mrr in rows:
        name = words["subscription"] if _missing(product) else str(product)
        products.setdefault((account, name), []).append((_day(starts), _day(ends) or dt.date.max, str(contract), float(mrr)))
    for (account, what), terms in sorted(products.items()):
        before = None
        for starts, ends, _, mrr in sorted(terms):
            goes_on = before is not None and starts - dt.timedelta(days=1) <= before[0]
            if not (goes_on and mrr == before[1] and (ends - starts).days <= _SHORT_TERM_DAYS):
                moved = 100 * (mrr / before[1] - 1) if goes_on and before[1] > 0 else 0.0
                text = words["renewed" if goes_on else "begins"].format(
                    what=what,
                    money=f"{mrr * 12:,.0f}",
                    currency=currency,
                    until="" if ends == dt.date.max else words["until"].format(day=ends),
                    moved=words["moved"].format(percent=moved) if abs(moved) >= 0.5 else "",
                )
                tell(account, starts, "term", text)
            before = ends, mrr
        if before[0] != dt.date.max:
            tell(account, before[0], "term", words["ends"].format(what=what))


def known_rows(view, name: str, accounts: list[str], as_of: dt.date, columns):
    """Return the rows of a table that were known of some accounts at a day, later columns masked; None without the table.

    Parameters
    ----------
    view : datasets.view.View
    name : str
        A staged table.
    accounts : list of str
    as_of : datetime.date
    columns : tuple of str

    Returns
    -------
    pandas.DataFrame or None
    """
    import ibis
    import pandas as pd

    from renewcast.engine.visibility import visible_rows

    if name not in view.files:
        return None
    snapshots = pd.DataFrame({"account_id": pd.Series(accounts, dtype="str")})
    snapshots["as_of"] = pd.Timestamp(midnight(as_of)).as_unit("us")
    rows = visible_rows(view.store.tables[name], ibis.memtable(snapshots), view.store.contracts[name])
    return rows.select(*columns).to_pandas()


def _day(value):
    if _missing(value):
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def _missing(value):
    return value is None or value != value or type(value).__name__ in ("NAType", "NaTType")


def _words(code):
    return str(code).replace("_", " ")


def _capital(text):
    return text[:1].upper() + text[1:]
