"""Look at staged rows for what no single row shows: facts before the sign-up, use outside its term, history loaded at once."""

import datetime as dt

import ibis

from renewcast.sources import CONTRACTS
from renewcast.sources._contract import TableContract
from renewcast.sources._report import TableReport
from renewcast.sources._table import Workbench, is_told

SHARE_OF_ONE_LOAD = 0.98
ROWS_FOR_A_SHARE = 20
FAR_DAYS = 30


def add_findings(bench: Workbench, reports: list[TableReport], data_end: dt.datetime | None, stops: list[str]) -> None:
    """Add warnings and notes to the reports, and sentences to ``stops``.

    Parameters
    ----------
    bench : Workbench
        All tables are staged.
    reports : list of TableReport
    data_end : datetime.datetime or None
    stops : list of str
    """
    for report in reports:
        rows = bench.done.get(report.name)
        if rows is None or not report.rows_kept:
            continue
        contract = CONTRACTS[report.name]
        if is_told(bench.mappings[report.name]):
            _one_load(bench, rows, contract, report)
        if contract.event_time in report.mapped:
            _before_sign_up(bench, rows, contract, report)
            if contract.kind == "event" and data_end is not None:
                _future(bench, rows, contract, report, data_end)
        _unusual_values(bench, rows, contract, report)
        special = {"accounts": _accounts, "contracts": _contracts, "usage": _usage}.get(report.name)
        if special is not None:
            special(bench, rows, report, stops)


def _count(bench: Workbench, rows: ibis.Table) -> int:
    return bench.backend.to_pyarrow(rows.count()).as_py()


def _day(value: ibis.Value) -> ibis.Value:
    return value if value.type().is_date() else value.date()


def _one_load(bench: Workbench, rows: ibis.Table, contract: TableContract, report: TableReport) -> None:
    """Warn of a table loaded at one go: nothing in it was known before that day, so it has no history."""
    if report.rows_kept < ROWS_FOR_A_SHARE:
        return
    largest = {}
    for column in ("known_at", contract.event_time):
        if column in (*report.mapped, "known_at"):
            days = rows.group_by(day=_day(rows[column])).aggregate(rows=rows.count())
            largest[column] = bench.backend.to_pyarrow(days.rows.max()).as_py()
    known = largest.pop("known_at")
    if known >= SHARE_OF_ONE_LOAD * report.rows_kept and all(other < 0.5 * report.rows_kept for other in largest.values()):
        report.warn(
            "one_known_at",
            "known_at is one day on {share} of the rows, so the history would be empty; "
            "map the time at which a row was first told, or declare a lag",
            known,
        )


def _before_sign_up(bench: Workbench, rows: ibis.Table, contract: TableContract, report: TableReport) -> None:
    accounts = bench.done.get("accounts")
    if accounts is None or report.name == "accounts":
        return
    current = accounts.filter(accounts.superseded_at.isnull()).select("account_id", _since=accounts.signed_up_at)
    joined = rows.inner_join(current, "account_id")
    event = joined[contract.event_time]
    is_before = event < (joined._since.date() if event.type().is_date() else joined._since)
    report.warn(
        "before_sign_up",
        f"{{rows}} rows ({{share}}) have {contract.event_time} before the account's signed_up_at; they are kept",
        _count(bench, joined.filter(is_before)),
    )


def _future(bench: Workbench, rows: ibis.Table, contract: TableContract, report: TableReport, data_end: dt.datetime) -> None:
    limit = data_end + dt.timedelta(days=FAR_DAYS)
    event = rows[contract.event_time]
    limit = ibis.literal(limit.date() if event.type().is_date() else limit, event.type())
    report.warn(
        "future",
        f"{{rows}} rows ({{share}}) happened over {FAR_DAYS} days after the data end ({data_end:%Y-%m-%d}); look at the clocks",
        _count(bench, rows.filter(event > limit)),
    )


def _unusual_values(bench: Workbench, rows: ibis.Table, contract: TableContract, report: TableReport) -> None:
    for name, column in contract.columns.items():
        if column.usual and name in report.mapped:
            unusual = rows.filter(rows[name].notnull() & ~rows[name].isin(column.usual))
            report.warn(
                "unusual_value",
                f"{{rows}} rows ({{share}}) have a {name} other than {', '.join(column.usual)}; map it with a case in sql",
                _count(bench, unusual),
            )


def _accounts(bench: Workbench, rows: ibis.Table, report: TableReport, stops: list[str]) -> None:
    ids = rows.select("account_id").distinct()
    # 001, 1, 1.0 and upper case are kept apart, but people mean the same by them more often than not.
    plain = ids.account_id.lower().re_replace(r"\.0+$", "").re_replace(r"^0+(.)", r"\1")
    twins = ids.group_by(plain=plain).aggregate(ids=ids.count())
    near = bench.backend.to_pyarrow(twins.filter(twins.ids > 1).ids.sum()).as_py() or 0
    report.warn("near_duplicate_id", "{rows} account ids differ only in case, leading zeros or .0; they are not merged", near)
    if "parent_account_id" in report.mapped:
        parents = rows.filter(rows.parent_account_id.notnull())
        unknown = parents.anti_join(ids.select(parent_account_id="account_id"), "parent_account_id")
        report.note("unknown_parent", "{rows} accounts name a parent that is not an account", _count(bench, unknown))
    contracts = bench.done.get("contracts")
    if contracts is not None:
        report.note("no_contract", "{rows} accounts have no contract", _count(bench, ids.anti_join(contracts, "account_id")))


def _contracts(bench: Workbench, rows: ibis.Table, report: TableReport, stops: list[str]) -> None:
    terms = rows.filter(rows.superseded_at.isnull())
    far = terms.mutate(end=terms.ends_on.fill_null(dt.date(9999, 12, 31)))
    earlier_ends = far.end.max().over(
        ibis.window(group_by=far.account_id, order_by=[far.starts_on, far.contract_id], preceding=(None, 1))
    )
    overlapping = far.mutate(covered_until=earlier_ends)
    overlapping = overlapping.filter(overlapping.starts_on < overlapping.covered_until)
    report.note("overlapping_terms", "{rows} terms begin while another term of the account runs", _count(bench, overlapping))
    if "currency" in report.mapped:
        own = bench.params.project.currency
        others = rows.filter(rows.currency.upper() != own)
        foreign = bench.backend.to_pyarrow(others.select("currency").distinct().order_by("currency").limit(5))
        if len(foreign):
            stops.append(
                f"sources.contracts: {_count(bench, others):,} rows are in {', '.join(foreign['currency'].to_pylist())}, "
                f"the project in {own}; say under revenue.rates.per_unit what one unit is worth in {own}, or convert mrr in sql."
            )


def _usage(bench: Workbench, rows: ibis.Table, report: TableReport, stops: list[str]) -> None:
    if "event_id" not in report.mapped:
        bench.backend.create_view("to_compare", rows, overwrite=True)
        twins = bench.backend.con.execute(
            "SELECT coalesce(sum(copies - 1), 0)::BIGINT "
            "FROM (SELECT count(*) AS copies FROM to_compare AS one GROUP BY hash(one))"
        ).fetchone()[0]
        report.warn("twin_events", "{rows} rows ({share}) repeat another one entirely; without event_id they are kept", twins)
    contracts = bench.done.get("contracts")
    if contracts is None or not _count(bench, contracts):
        return
    terms = contracts.filter(contracts.superseded_at.isnull())
    if "contract_id" in report.mapped:
        named = rows.filter(rows.contract_id.notnull())
        own = named.inner_join(terms.select("contract_id", "starts_on", "ends_on"), "contract_id")
        _outside(bench, own, report, "contract", "its contract")
        unknown = _count(bench, named.anti_join(contracts, "contract_id"))
        report.warn("unknown_contract", "{rows} rows ({share}) name a contract that contracts does not have", unknown)
    cover = terms.group_by("account_id").aggregate(
        starts_on=terms.starts_on.min(), ends_on=ibis.ifelse(terms.ends_on.isnull().any(), ibis.null("date"), terms.ends_on.max())
    )
    _outside(bench, rows.inner_join(cover, "account_id"), report, "terms", "every term of the account")
    uncovered = _count(bench, rows.anti_join(cover, "account_id"))
    report.warn("no_term", "{rows} rows ({share}) belong to an account without any term", uncovered)


def _outside(bench: Workbench, joined: ibis.Table, report: TableReport, code: str, title: str) -> None:
    """Count use before the first day and from the first day without cover on."""
    day = joined.occurred_at.date()
    sums = bench.backend.to_pyarrow(
        joined.aggregate(before=(day < joined.starts_on).sum(), after=(day >= joined.ends_on).sum())
    ).to_pylist()[0]
    report.warn(f"before_{code}", f"{{rows}} rows ({{share}}) lie before the start of {title}", sums["before"] or 0)
    report.warn(f"after_{code}", f"{{rows}} rows ({{share}}) lie after the end of {title}", sums["after"] or 0)
