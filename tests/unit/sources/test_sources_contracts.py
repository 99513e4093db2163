"""The ten canonical tables agree with params.yaml and with themselves."""

import importlib

import pytest

from renewcast.params import TABLES
from renewcast.sources import CONTRACTS

EVERY = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))


def test_every_table_that_params_knows_has_a_contract():
    assert set(CONTRACTS) == set(TABLES)


@EVERY
def test_a_contract_names_only_columns_that_it_has(contract):
    named = {*contract.key, *(column for pair in contract.in_order for column in pair)}
    named |= {column.revealed_by for column in contract.columns.values() if column.revealed_by}
    named |= {contract.event_time} if contract.event_time else set()
    assert named <= set(contract.columns)


@EVERY
def test_what_reveals_a_column_is_a_time_that_need_not_be_known_yet(contract):
    for column in contract.columns.values():
        if column.revealed_by:
            revealing = contract.columns[column.revealed_by]
            assert (
                revealing.type in ("timestamp", "date") and not revealing.required and revealing.revealed_by == column.revealed_by
            )


@EVERY
def test_a_reference_names_a_column_of_another_contract(contract):
    for column in contract.columns.values():
        if column.references:
            table, name = column.references.split(".")
            assert CONTRACTS[table].columns[name].is_id


@EVERY
def test_the_file_of_a_table_says_what_goes_wrong_with_such_data(contract):
    module = importlib.import_module(f"renewcast.sources.{contract.name}")
    assert "What goes wrong with such data" in module.__doc__


def test_a_state_with_a_key_cannot_be_told_by_a_lag_alone_except_contracts():
    assert {name for name, one in CONTRACTS.items() if one.kind == "state" and one.may_lag} == {"contracts"}
    assert {name for name, one in CONTRACTS.items() if one.may_be_static} == {"accounts", "users", "milestones"}
