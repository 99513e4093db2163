"""What is published beside the rows: every part a file, in the manifest, read back, and part of what makes a list the same."""

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest
from made_up_list import made_up_facts, made_up_rows, made_up_supplement

from renewcast.errors import RenewcastError
from renewcast.publishing import publish_list, verify_list
from renewcast.publishing.lists import list_files, read_beside, read_manifest
from renewcast.publishing.supplement import Supplement

FRAMES = ("opportunities", "explanations", "gone", "weeks", "events")


@pytest.fixture(scope="module")
def beside():
    return made_up_supplement(made_up_rows(20))


@pytest.fixture(scope="module")
def published(tmp_path_factory, beside):
    return publish_list(tmp_path_factory.mktemp("lists"), made_up_rows(20), made_up_facts(), beside)


def test_every_part_is_a_file_and_the_manifest_names_each(published):
    names = list_files(published.list_dir)
    assert {f"{part}.parquet" for part in FRAMES} | {"opportunities.csv", "signals.json", "plays.json"} <= set(names)
    on_disk = {path.relative_to(published.list_dir).as_posix() for path in published.list_dir.rglob("*") if path.is_file()}
    assert set(names) | {"manifest.json"} == on_disk


def test_what_is_read_beside_a_list_is_what_was_published(published, beside):
    read = read_beside(published.list_dir)
    for part in FRAMES:
        wanted, found = getattr(beside, part), getattr(read, part)
        assert list(found.columns) == list(wanted.columns)
        pd.testing.assert_frame_equal(
            found.astype(object).where(found.notna(), None), wanted.astype(object).where(wanted.notna(), None), check_dtype=False
        )
    assert (read.signals, read.plays) == (beside.signals, beside.plays)


def test_a_list_with_nothing_beside_it_has_no_such_files(tmp_path):
    list_dir = publish_list(tmp_path, made_up_rows(), made_up_facts()).list_dir
    assert not [name for name in list_files(list_dir) if name.startswith(FRAMES) or name.startswith(("signals", "plays"))]
    assert all(getattr(read_beside(list_dir), part) is None for part in FRAMES)


@pytest.mark.parametrize("part", FRAMES)
def test_another_part_beside_the_same_rows_is_another_list(tmp_path, beside, part):
    publish_list(tmp_path, made_up_rows(20), made_up_facts(), beside)
    assert publish_list(tmp_path, made_up_rows(20), made_up_facts(run_key="again"), beside).status == "unchanged"
    changed = dataclasses.replace(beside, **{part: getattr(beside, part).iloc[1:]})
    assert publish_list(tmp_path, made_up_rows(20), made_up_facts(run_key="third"), changed).revision == 2


def test_a_file_beside_the_rows_that_was_tampered_with_is_found(tmp_path, beside):
    list_dir = publish_list(tmp_path, made_up_rows(20), made_up_facts(), beside).list_dir
    (list_dir / "gone.parquet").write_bytes(b"")
    for read in (verify_list, read_beside):
        with pytest.raises(RenewcastError, match="gone.parquet was changed after it was published"):
            read(list_dir)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "owners/../../x", "a/b", ".hidden", "owners/.x", "a\\b", "owners/"])
def test_a_manifest_that_names_a_file_elsewhere_is_no_manifest(tmp_path, name):
    list_dir = publish_list(tmp_path, made_up_rows(), made_up_facts()).list_dir
    manifest = read_manifest(list_dir)
    manifest["files"][name] = {"bytes": 0, "sha256": "0"}
    (list_dir / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RenewcastError, match="is not a manifest"):
        verify_list(list_dir)


def test_a_list_from_before_there_was_anything_beside_it_can_still_be_read(tmp_path):
    list_dir = publish_list(tmp_path, made_up_rows(), made_up_facts()).list_dir
    manifest = read_manifest(list_dir)
    four = {name: file for name, file in manifest["files"].items() if name.startswith("risk_list.")}
    (list_dir / "manifest.json").write_text(json.dumps(manifest | {"files": four}))
    assert len(verify_list(list_dir)["files"]) == 4
    assert read_beside(list_dir).opportunities is None


@pytest.mark.parametrize(
    ("supplement", "message"),
    [
        (Supplement(gone=pd.DataFrame({"account_id": ["A"]})), "gone lacks the column account_name"),
        (
            Supplement(events=pd.DataFrame({"account_id": ["A"], "day": ["soon"], "kind": ["term"], "text": ["x"]})),
            "events, column day, cannot be written",
        ),
        (Supplement(plays=[{"play": {1, 2}}]), "plays cannot be written as JSON"),
        (Supplement(signals=[{"lift": float("nan")}]), "signals cannot be written as JSON"),
    ],
)
def test_parts_that_cannot_be_written_are_refused_before_anything_is(tmp_path, supplement, message):
    with pytest.raises(RenewcastError, match=message):
        publish_list(tmp_path / "lists", made_up_rows(), made_up_facts(), supplement)
    assert not (tmp_path / "lists").exists()


def test_numbers_and_days_of_cards_become_plain(tmp_path):
    import numpy as np

    cards = [{"signal": "usage_drop", "lift": np.float64(2.5), "since": dt.date(2026, 6, 1), "text": "half \ud800"}]
    list_dir = publish_list(tmp_path, made_up_rows(), made_up_facts(), Supplement(signals=cards)).list_dir
    assert read_beside(list_dir).signals == [{"signal": "usage_drop", "lift": 2.5, "since": "2026-06-01", "text": "half \\ud800"}]
