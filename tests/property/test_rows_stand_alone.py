"""Every registered feature of a row: whatever the order of facts, whoever else there is, whenever it is computed, it is the same.

There is one thing that an account's row takes from others, and it is meant to: a product counts as a module from when its use, by
anyone, was first known (`bought_modules_unused_*` and `modules_bought`). So the tests below leave that vocabulary as it is: it
stands under an account of its own (see `renewcast.audit.company_slice`), and the facts of others are taken away around it. That
its future does not matter either is tested with the other futures.
"""

import os

import numpy as np
import pyarrow as pa
import pytest
from generated_company import generate

from renewcast.audit.company_slice import VOCABULARY
from renewcast.audit.frames import differing
from renewcast.audit.futures import rows_of
from renewcast.audit.sample import draw
from renewcast.features.catalogue import everything
from renewcast.sources import CONTRACTS

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"


@pytest.fixture(scope="module", params=["simulated", "generated"] if DEEP else ["generated"])
def attacked(request, tmp_path_factory):
    """A slice of a company, its snapshots, and their rows."""
    if request.param == "simulated":
        company = request.getfixturevalue("company")
        piece, snapshots = draw(company, company.last_snapshot_day(), 120 if DEEP else 30, seed=1)
    else:
        generated = generate(300 if DEEP else 15, seed=10)
        piece, snapshots = generated.company(tmp_path_factory.mktemp("generated")), generated.panel()
    with piece.opened() as view:
        return piece, snapshots, rows_of(view, snapshots)


def rebuilt(piece, snapshots, rewrite):
    """Build the rows from tables of which each was rewritten, as lists of rows."""
    changes = {
        name: pa.Table.from_pylist(rewrite(name, table.to_pylist()), schema=table.schema) for name, table in piece.tables.items()
    }
    with piece.opened(changes) as view:
        return rows_of(view, snapshots)


def test_every_registered_feature_is_under_attack(attacked):
    piece, _, rows = attacked
    assert {spec.name for spec in everything(piece.params.features.windows_days)} <= set(rows)


def test_the_order_of_facts_never_matters(attacked):
    piece, snapshots, rows = attacked

    def shuffled(name, facts):
        np.random.default_rng(0).shuffle(facts)
        return facts

    assert not differing(rebuilt(piece, snapshots, shuffled), rows)


def test_the_order_in_which_rows_are_asked_for_never_matters(attacked):
    piece, snapshots, rows = attacked
    order = np.random.default_rng(0).permutation(len(snapshots))
    with piece.opened() as view:
        found = rows_of(view, snapshots.iloc[order])
    assert not differing(found, rows.iloc[order].reset_index(drop=True))


def test_unrelated_accounts_never_matter(attacked):
    piece, snapshots, rows = attacked
    chosen = np.arange(len(snapshots)) % 3 == 0
    mine = {*snapshots["account_id"][chosen], VOCABULARY}

    def alone(name, facts):
        return [fact for fact in facts if fact["account_id"] in mine]

    found = rebuilt(piece, snapshots[chosen].reset_index(drop=True), alone)
    assert not differing(found, rows[chosen].reset_index(drop=True))


def test_whose_facts_the_others_have_never_matters(attacked):
    piece, snapshots, rows = attacked
    chosen = np.arange(len(snapshots)) % 3 == 0
    others = snapshots["account_id"][~chosen].tolist()
    swapped = dict(zip(others, [*others[1:], others[0]], strict=True))

    def exchanged(name, facts):
        return [fact | {"account_id": swapped.get(fact["account_id"], fact["account_id"])} for fact in facts]

    found = rebuilt(piece, snapshots[chosen].reset_index(drop=True), exchanged)
    assert not differing(found, rows[chosen].reset_index(drop=True))


def test_a_row_built_alone_is_the_row_built_among_others(attacked):
    piece, snapshots, rows = attacked
    with piece.opened() as view:
        for place in range(0, len(snapshots), -(-len(snapshots) // (20 if DEEP else 2))):
            found = rows_of(view, snapshots.iloc[[place]])
            assert not differing(found, rows.iloc[[place]].reset_index(drop=True))


def test_a_row_recomputed_later_is_the_row_of_its_day(attacked):
    """What the tables were on the day of the snapshot, before anything came late or was put right, gives the same row."""
    piece, snapshots, rows = attacked
    day = dict(zip(snapshots["account_id"], snapshots["as_of"].dt.to_pydatetime(), strict=True))

    def as_it_was(name, facts):
        then = []
        for fact in facts:
            as_of = day.get(fact["account_id"])
            if as_of is None:
                then.append(fact)
            elif fact["known_at"] < as_of:
                until = fact["superseded_at"]
                hidden = [
                    column
                    for column, about in CONTRACTS[name].columns.items()
                    if about.revealed_by is not None and not told(fact[about.revealed_by], as_of)
                ]
                is_over = until is not None and until < as_of
                then.append(fact | dict.fromkeys(hidden) | {"superseded_at": until if is_over else None})
        return then

    assert not differing(rebuilt(piece, snapshots, as_it_was), rows)


def told(instant, as_of) -> bool:
    return instant is not None and instant < (as_of if hasattr(instant, "hour") else as_of.date())


def test_a_wider_window_never_counts_less(attacked):
    piece, _, rows = attacked
    windows = piece.params.features.windows_days
    with piece.opened() as view:
        counts = {
            spec.name.rsplit("_", 1)[0]
            for spec in view.catalogue.specs
            if spec.form == "window" and spec.unit in ("count", "minutes") and spec.window_days is not None
        }
    assert len(counts) > 20
    for stem in counts:
        for near, far in zip(windows, windows[1:], strict=False):
            assert (rows[f"{stem}_{near}d"] <= rows[f"{stem}_{far}d"]).all(), stem


def test_a_count_over_a_window_never_exceeds_that_over_all_time(attacked):
    _, _, rows = attacked
    for stem in ("usage_events", "active_days", "milestones_reached"):
        assert (rows[f"{stem}_91d"] <= rows[f"{stem}_ever"]).all(), stem


def test_no_feature_is_infinite(attacked):
    _, _, rows = attacked
    assert not np.isinf(rows.select_dtypes("number").to_numpy()).any()
