"""The steps between two snapshots equal what plain tables say, their late rows dated by hand, bit for bit."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from generated_company import FIRST, generate

from renewcast.audit.frames import differing
from renewcast.datasets.two_snapshots import TwoSnapshots
from renewcast.params import InactivityLabel
from renewcast.sources import CONTRACTS

MICROSECOND = pd.Timedelta(microseconds=1)


def day_of(number):
    return (FIRST + dt.timedelta(days=7 * number)).date()


def told_in_time(name, table, before, now):
    """The rows of a table of events, those that happened before a snapshot and were told or replaced since dated before it."""
    contract = CONTRACTS[name]
    if contract.kind != "event":
        return table
    frame = table.to_pandas()
    times = [one for one, column in contract.columns.items() if column.type in ("timestamp", "date")]
    happened = pd.concat([pd.to_datetime(frame[one]) for one in times], axis=1).min(axis=1) < before
    for column in ("known_at", "superseded_at"):
        moved = happened & (frame[column] >= before) & (frame[column] < now)
        frame[column] = frame[column].mask(moved, before - MICROSECOND)
    return pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False)


@pytest.mark.parametrize(("before", "weeks"), [(20, 1), (35, 1), (50, 3)])
def test_told_late_equals_tables_in_which_it_was_told_in_time(before, weeks, tmp_path):
    company = generate(20, seed=before).company(tmp_path)
    days = pd.Timestamp(day_of(before)), pd.Timestamp(day_of(before + weeks))
    changed = {name: told_in_time(name, table, *days) for name, table in company.tables.items()}
    with company.opened() as view, company.opened(changed) as in_time:
        accounts = np.array(sorted(set(company.rows["accounts"])), dtype=object)
        two = TwoSnapshots(view, "churn", days[0].date(), days[1].date())
        found, (then, _) = two.told_late(accounts), two.then(accounts)
        rows = pd.DataFrame({"account_id": accounts, "as_of": days[0].as_unit("us")})
        expected = in_time.features(rows)
        # Since when a product counts as a module is a fact about the vendor, told when it is told.
        of_modules = [spec.name for spec in view.catalogue.specs if spec.source == "module_terms"]
        kept = [name for name in expected if name not in of_modules]
        assert not differing(found[kept], expected[kept])
        moved = differing(found, then)
        late = two.late(accounts)
        assert moved and late.any()
        assert not np.logical_or.reduce(list(moved.values()))[~late].any()


def test_by_the_clock_equals_tables_that_end_with_the_earlier_snapshot(tmp_path):
    company = generate(20, seed=3).company(tmp_path)
    before, now = pd.Timestamp(day_of(40)), pd.Timestamp(day_of(41))
    ended = {}
    for name, table in company.tables.items():
        frame = table.to_pandas()
        frame = frame[frame["known_at"] < before].assign(
            superseded_at=lambda rows: rows["superseded_at"].where(rows["superseded_at"] < before)
        )
        ended[name] = pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False)
    with company.opened() as view, company.opened(ended) as old:
        accounts = np.array(sorted(set(company.rows["accounts"])), dtype=object)
        features, gated = TwoSnapshots(view, "churn", before.date(), now.date()).by_the_clock(accounts)
        rows = pd.DataFrame({"account_id": accounts, "as_of": now.as_unit("us")})
        assert list(features) == [spec.name for spec in view.catalogue.specs if spec.is_clockwork]
        assert not differing(features, old.features(rows)[list(features)])
        scope = old.population([now.date()], target="churn").set_index("account_id")["gated"]
        assert gated.tolist() == [bool(scope.get(account, False)) for account in accounts]
        assert gated.any() and not gated.all()


def test_a_business_without_contracts_moves_by_the_clock_too(tmp_path):
    generated = generate(8, seed=5)
    company = generated.company(tmp_path)
    tables = {name: table for name, table in company.tables.items() if name != "contracts"}
    inactivity = InactivityLabel(lead_days=0, horizon_days=90, active_within_days=90)
    labels = company.params.labels.model_copy(update={"churn": None, "renewal": None, "inactivity": inactivity})
    labels = labels.model_copy(update={"contraction": None, "expansion": None})
    scoring = company.params.scoring.model_copy(update={"target": "inactivity"})
    params = company.params.model_copy(update={"labels": labels, "scoring": scoring})
    mapped = {name: columns for name, columns in company.staged.mapped_columns.items() if name != "contracts"}
    staged = dataclasses.replace(company.staged, mapped_columns=mapped)
    with dataclasses.replace(company, params=params, staged=staged, tables=tables).opened() as view:
        accounts = np.array(sorted(set(company.rows["accounts"])), dtype=object)
        two = TwoSnapshots(view, "inactivity", day_of(30), day_of(31))
        features, gated = two.by_the_clock(accounts)
        then, gated_then = two.then(accounts)
        assert list(features) == ["tenure_days"] and not gated.any() and not gated_then.any()
        both = then["tenure_days"].notna()
        assert both.any() and (features["tenure_days"][both] == then["tenure_days"][both] + 7).all()
        assert two.told_late(accounts).shape == then.shape
