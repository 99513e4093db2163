"""The future never changes the past: facts at or after a snapshot are changed, and its row must stay as it was, bit for bit."""

import dataclasses
import datetime as dt

from renewcast.audit.company_slice import VOCABULARY, CompanySlice
from renewcast.audit.finding import Finding
from renewcast.audit.frames import differing
from renewcast.audit.perturbation import AFTER, KINDS, MICROSECOND, Change, Perturber

NAMED_AT_MOST = 5
"""Rows that changed are traced to a table and a column one by one; of a defect that touches many, so many are enough."""
COPY = "\x1d"
"""Stands between an account (or a term) and the number of its copy; no name of a company has it."""
TERM_NAME = "population.next_contract_id"


@dataclasses.dataclass(frozen=True)
class Row:
    """One attacked row: its place among the snapshots, its account and its instant."""

    place: int
    account_id: str
    as_of: dt.datetime


def changed_futures(
    company: CompanySlice, snapshots, probes: int, seed: int, *, built=None, progress=None
) -> tuple[int, list[Finding]]:
    """Change, add, restate, delete and reveal facts at or after each snapshot, and compare its row.

    Because a row rests on its own account, one rebuild tries one change in every table for every snapshot.

    Parameters
    ----------
    company : CompanySlice
    snapshots : pandas.DataFrame
        account_id, as_of; one row an account.
    probes : int
        How many changes are tried, at least.
    seed : int
    built : pandas.DataFrame, optional
        The rows as they were, where :func:`rows_of` built them already.
    progress : callable, optional

    Returns
    -------
    int
        Changes tried: one is one kind of change in one table of one account.
    list of Finding
    """
    tried, findings = 0, []
    if snapshots.empty:
        return tried, findings
    attack = Attack(company, snapshots, seed, built)
    tables = [name for name in company.tables if company.staged.mapped_columns.get(name)]
    number = 0
    while tried < probes:
        changes = attack.draw(tables, number)
        if not changes:
            break
        findings += attack.findings(changes)
        tried, number = tried + len(changes), number + 1
        if progress:
            progress(min(tried, probes), probes, "changing futures")
    more, found = attack.vocabulary()
    return tried + more, findings + found


class Attack:
    """The rows under attack as they were, and rebuilds of them with facts changed.

    Parameters
    ----------
    company : CompanySlice
    snapshots : pandas.DataFrame
        account_id, as_of; one row an account.
    seed : int
    built : pandas.DataFrame, optional
        The rows as they were, where they were built already.
    """

    def __init__(self, company: CompanySlice, snapshots, seed: int, built=None):
        self.company, self.snapshots, self.seed = company, snapshots, seed
        self.rows = [
            Row(*entry) for entry in zip(range(len(snapshots)), snapshots["account_id"], _instants(snapshots), strict=True)
        ]
        self.before = self.rebuilt({}) if built is None else built
        since = company.known_modules()
        self._perturbers = {
            name: Perturber(contract, pools, self._strangers(), since) for name, contract, pools in _contracts(company)
        }

    def rebuilt(self, changes: dict[str, object], snapshots=None):
        """Build the attacked rows from changed tables: the features, and what is known of scope and cover."""
        snapshots = self.snapshots if snapshots is None else snapshots
        with self.company.opened(changes) as view:
            return rows_of(view, snapshots)

    def draw(self, tables: list[str], number: int) -> dict[tuple[str, int], Change]:
        """Draw one change in every table for every row: (table, place of the row) -> change."""
        import numpy as np

        found = {}
        for order, table in enumerate(tables):
            facts = self.company.rows[table]
            for row in self.rows:
                random = np.random.default_rng([self.seed, 2, number, order, row.place])
                for kind in random.permutation(KINDS):
                    mine = facts.get(row.account_id, [])
                    change = self._perturbers[table].change(str(kind), row.account_id, mine, row.as_of, random)
                    if change is not None:
                        found[table, row.place] = change
                        break
        return found

    def findings(self, changes: dict[tuple[str, int], Change]) -> list[Finding]:
        """Try changes together; where a row differs, find out which table and column it was."""
        wrong = self._differing(changes)
        named = sorted(wrong)[:NAMED_AT_MOST]
        alone = [(self.rows[place], table, change) for (table, place), change in changes.items() if place in named]
        guilty = [(*tried, found) for tried, found in zip(alone, self._tried_alone(alone), strict=True) if found]
        by_column = [(row, table, column, change.only(column)) for row, table, change, _ in guilty for column in change.columns()]
        told = self._tried_alone([(row, table, change) for row, table, _, change in by_column])
        columns = [(*tried, found) for tried, found in zip(by_column, told, strict=True) if found]
        findings = [_finding(row, table, column, change.kind, found) for row, table, column, change, found in columns]
        # A row that came or went as a whole was seen although it was not known yet.
        traced = {(row, table) for row, table, *_ in columns}
        findings += [
            _finding(row, table, "known_at", change.kind, found)
            for row, table, change, found in guilty
            if (row, table) not in traced
        ]
        traced = {row.place for row, *_ in guilty}
        findings += [
            _finding(self.rows[place], None, None, "several changes at once", wrong[place])
            for place in named
            if place not in traced
        ]
        if len(wrong) > len(named):
            message = f"{len(wrong) - len(named)} more rows changed with what came after them; mend the ones named first."
            findings.append(Finding("future_change", message))
        return findings

    def _tried_alone(self, changes: list[tuple[Row, str, Change]]) -> list[list[str]]:
        """Return the features that differ for each change alone: every one is made to a copy of its account, all at once."""
        import pyarrow as pa

        if not changes:
            return []
        tables = {}
        for name, table in self.company.tables.items():
            rows = [row for _, row in self.company.rows[name].get(VOCABULARY, [])]
            for number, (row, changed, change) in enumerate(changes):
                mine = self.company.rows[name].get(row.account_id, [])
                removed, added = (change.removed, change.added) if changed == name else (frozenset(), ())
                rows += [_copied(fact, number) for place, fact in mine if place not in removed]
                rows += [_copied(fact, number) for fact in added]
            tables[name] = pa.Table.from_pylist(rows, schema=table.schema)
        places = [row.place for row, *_ in changes]
        copies = self.snapshots.iloc[places].reset_index(drop=True)
        copies["account_id"] = [f"{row.account_id}{COPY}{number}" for number, (row, *_) in enumerate(changes)]
        after = self.rebuilt(tables, copies)
        if TERM_NAME in after:
            after[TERM_NAME] = [one.split(COPY)[0] if isinstance(one, str) else None for one in after[TERM_NAME]]
        wrong = differing(self.before.iloc[places].reset_index(drop=True), after)
        return [[feature for feature, rows in wrong.items() if rows[number]] for number in range(len(changes))]

    def _differing(self, changes) -> dict[int, list[str]]:
        """Rebuild with changes and return the features that differ, by place of the row."""
        touched: dict[str, tuple[set, list]] = {}
        for (table, _), change in changes.items():
            removed, added = touched.setdefault(table, (set(), []))
            removed |= change.removed
            added += change.added
        after = self.rebuilt({name: self.company.replaced(name, *parts) for name, parts in touched.items()})
        found: dict[int, list[str]] = {}
        for feature, rows in differing(self.before, after).items():
            for place in rows.nonzero()[0]:
                found.setdefault(int(place), []).append(feature)
        return found

    def _strangers(self) -> dict[str, list[str]]:
        rows = self.company.rows
        known = {(row["account_id"], row["user_id"]) for one in rows.get("users", {}).values() for _, row in one}
        used = {(row["account_id"], row["user_id"]) for one in rows.get("usage", {}).values() for _, row in one}
        strangers: dict[str, list[str]] = {}
        for account, user in sorted((a, u) for a, u in used - known if u is not None):
            strangers.setdefault(account, []).append(user)
        return strangers

    def vocabulary(self) -> tuple[int, list[Finding]]:
        """Make every product a module whose use is known from the snapshot on, for all rows of one day.

        The vocabulary is the company's: its future must not matter to any account.
        """
        products = {row["product"] for one in self.company.rows.get("contracts", {}).values() for _, row in one} - {None}
        if not self.company.known_modules() or not products:
            return 0, []
        day = sorted(row.as_of for row in self.rows)[len(self.rows) // 2]
        snapshots = self.snapshots.assign(as_of=day)
        snapshots["as_of"] = snapshots["as_of"].astype("datetime64[us]")
        facts = self.company.rows["usage"][VOCABULARY]
        blank = {name: None for name in self.company.tables["usage"].column_names} | {"account_id": VOCABULARY}
        news = [
            blank | {"module": product, "occurred_at": day - MICROSECOND, "known_at": day + AFTER[place % len(AFTER)]}
            for place, product in enumerate(sorted(products))
        ]
        removed = {place for place, row in facts if row["known_at"] >= day}
        before = self.rebuilt({}, snapshots)
        after = self.rebuilt({"usage": self.company.replaced("usage", removed, news)}, snapshots)
        found = []
        for feature, wrong in differing(before, after).items():
            place = int(wrong.nonzero()[0][0])
            row = Row(place, snapshots["account_id"].iloc[place], day)
            found.append(_finding(row, "usage", "module", "use by others of what was no module yet", [feature]))
        return len(news) + len(removed), found


def rows_of(view, snapshots):
    """Build everything that is computed of some snapshots: their features, and their scope and cover.

    Parameters
    ----------
    view : View
    snapshots : pandas.DataFrame
        account_id, as_of.

    Returns
    -------
    pandas.DataFrame
        One row a snapshot, in the given order; the columns of the population are named "population.<column>".
    """
    features = view.features(snapshots).reset_index(drop=True)
    scope = view.population(sorted({instant.date() for instant in _instants(snapshots)}))
    scope = scope.rename(columns={name: f"population.{name}" for name in scope if name not in ("account_id", "as_of")})
    keys = snapshots[["account_id", "as_of"]].reset_index(drop=True)
    mine = keys.merge(scope.astype({"as_of": keys["as_of"].dtype}), on=["account_id", "as_of"], how="left")
    for name in scope.columns[2:]:
        features[name] = mine[name].astype(object).where(mine[name].notna(), None).to_numpy()
    return features


def _instants(snapshots) -> list[dt.datetime]:
    return [instant.to_pydatetime() for instant in snapshots["as_of"]]


def _copied(fact: dict, number: int) -> dict:
    """Give a fact to a copy of its account; terms are named company-wide, so a copy's term has a name of its own."""
    named = {name: f"{fact[name]}{COPY}{number}" for name in ("account_id", "contract_id") if fact.get(name) is not None}
    return fact | named


def _contracts(company: CompanySlice):
    """Yield each table with its contract and the values that its columns hold."""
    import pyarrow.compute as pc

    from renewcast.sources import CONTRACTS

    for name, table in company.tables.items():
        contract = CONTRACTS[name]
        pools = {
            column: sorted(pc.unique(table[column].drop_null()).to_pylist())[:500]
            for column, about in contract.columns.items()
            if about.type == "text"
        }
        yield name, contract, pools


def _finding(row: Row, table, column, kind: str, features: list[str]) -> Finding:
    more = f" and {len(features) - 1} more" if len(features) > 1 else ""
    where = "the row" if table is None else table if column is None else f"{table}.{column}"
    day = row.as_of.date().isoformat()
    message = (
        f"{features[0]}{more} of account {row.account_id} at {day} changed with {where}, known or happening at or after that day "
        f"({kind}); cut this source before it is used."
    )
    return Finding("future_change", message, table, column, features[0], row.account_id, day)
