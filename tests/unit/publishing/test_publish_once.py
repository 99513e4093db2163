"""One week, one list: reruns, revisions, weeks in any order, and what is refused before anything is written."""

import datetime as dt
import json
import stat

import pandas as pd
import pytest
from made_up_list import AS_OF, made_up_facts, made_up_rows

from renewcast.errors import RenewcastError
from renewcast.publishing import current_list, previous_list, publish_list, published_lists, read_list, verify_list
from renewcast.publishing.columns import COLUMN_NAMES
from renewcast.publishing.rows import as_table


def snapshot(directory):
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_what_is_read_is_what_was_published(tmp_path):
    rows = made_up_rows()
    published = publish_list(tmp_path, rows, made_up_facts())
    assert (published.week, published.revision, published.status) == ("2026-W27", 1, "published")
    assert current_list(tmp_path) == published.list_dir == tmp_path / "2026-W27" / "r1"
    assert as_table(read_list(published.list_dir)).equals(as_table(rows))


def test_the_manifest_counts_and_names_every_file(tmp_path):
    manifest = verify_list(publish_list(tmp_path, made_up_rows(8), made_up_facts()).list_dir)
    assert manifest["rows"] == {"in_scope": 8, "scored": 7, "not_scored": 1}
    four = {"risk_list.parquet", "risk_list.csv", "risk_list.xlsx", "risk_list.html"}
    owners = {"owners/Chen-Wei.xlsx", "owners/no-owner.xlsx", "owners/王芳.xlsx"}
    assert set(manifest["files"]) == four | {"digest.md", "digest.json"} | owners
    assert manifest["status"] == "degraded"
    assert manifest["model"]["trained_as_of"] == "2026-03-30"


def test_a_list_without_banners_is_complete(tmp_path):
    assert verify_list(publish_list(tmp_path, made_up_rows(), made_up_facts(banners=[])).list_dir)["status"] == "complete"


@pytest.mark.parametrize("again", ["same key", "same content"])
def test_a_rerun_of_the_same_list_rewrites_nothing(tmp_path, again):
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    before = snapshot(tmp_path)
    if again == "same key":
        published = publish_list(tmp_path, made_up_rows(seed=8), made_up_facts())
    else:
        published = publish_list(tmp_path, made_up_rows(), made_up_facts(run_key="key-2"))
    assert (published.status, published.revision) == ("unchanged", 1)
    assert snapshot(tmp_path) == before


def test_changed_inputs_make_a_second_revision_and_keep_the_first(tmp_path):
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    first = snapshot(tmp_path / "2026-W27" / "r1")
    second = publish_list(tmp_path, made_up_rows(seed=8), made_up_facts(run_key="key-2"))
    assert (second.revision, second.status) == (2, "published")
    assert current_list(tmp_path) == second.list_dir
    assert snapshot(tmp_path / "2026-W27" / "r1") == first


def test_a_new_banner_alone_makes_a_revision(tmp_path):
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    assert publish_list(tmp_path, made_up_rows(), made_up_facts(run_key="key-2", banners=["New."])).revision == 2


def test_going_back_to_earlier_inputs_is_a_change_too(tmp_path):
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    publish_list(tmp_path, made_up_rows(seed=8), made_up_facts(run_key="key-2"))
    assert publish_list(tmp_path, made_up_rows(), made_up_facts()).revision == 3


def test_a_lost_pointer_is_repaired_by_a_rerun(tmp_path):
    published = publish_list(tmp_path, made_up_rows(), made_up_facts())
    pointer = (tmp_path / "current.json").read_bytes()
    for damage in (lambda path: path.unlink(), lambda path: path.write_bytes(b"{")):
        damage(tmp_path / "current.json")
        assert publish_list(tmp_path, made_up_rows(), made_up_facts()).status == "unchanged"
        assert (tmp_path / "current.json").read_bytes() == pointer
        assert current_list(tmp_path) == published.list_dir


def test_a_damaged_pointer_is_named(tmp_path):
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    (tmp_path / "current.json").write_text(json.dumps({"week": "../..", "revision": 1, "manifest_sha256": ""}))
    with pytest.raises(RenewcastError, match="current.json is damaged"):
        current_list(tmp_path)


def test_current_is_the_newest_week_and_not_the_newest_run(tmp_path):
    newest = publish_list(tmp_path, made_up_rows(), made_up_facts())
    day = AS_OF - dt.timedelta(28)
    backfill = publish_list(tmp_path, made_up_rows(as_of=day), made_up_facts(week="2026-W23", as_of=day, run_key="key-0"))
    assert current_list(tmp_path) == newest.list_dir
    assert [one.list_dir for one in published_lists(tmp_path)] == [backfill.list_dir, newest.list_dir]


def test_the_previous_list_is_the_last_revision_of_the_week_before(tmp_path):
    day = AS_OF - dt.timedelta(14)
    for seed in (1, 2):
        facts = made_up_facts(week="2026-W25", as_of=day, run_key=f"key-{seed}")
        publish_list(tmp_path, made_up_rows(seed=seed, as_of=day), facts)
    publish_list(tmp_path, made_up_rows(), made_up_facts())
    assert as_table(previous_list(tmp_path, "2026-W27")).equals(as_table(made_up_rows(seed=2, as_of=day)))
    assert previous_list(tmp_path, "2026-W25") is None


def test_before_the_first_list_there_is_none(tmp_path):
    assert current_list(tmp_path) is None
    assert previous_list(tmp_path / "nowhere", "2026-W27") is None
    assert published_lists(tmp_path / "nowhere") == []


def test_the_same_rows_give_the_same_bytes(tmp_path):
    first = publish_list(tmp_path / "a", made_up_rows(), made_up_facts())
    publish_list(tmp_path / "b", made_up_rows(30, seed=3), made_up_facts())  # draws other charts in between
    again = publish_list(tmp_path / "c", made_up_rows(), made_up_facts())
    assert snapshot(first.list_dir) == snapshot(again.list_dir)


def test_rows_in_pandas_own_types_give_the_same_bytes(tmp_path):
    as_objects = made_up_rows()
    first = publish_list(tmp_path / "a", as_objects, made_up_facts())
    typed = pd.DataFrame({name: as_objects[name].infer_objects() for name in COLUMN_NAMES}).convert_dtypes()
    typed["renewal_date"] = pd.to_datetime(typed["renewal_date"])
    again = publish_list(tmp_path / "b", typed, made_up_facts())
    assert snapshot(first.list_dir) == snapshot(again.list_dir)


@pytest.mark.parametrize(
    ("name", "was", "becomes"),
    [
        ("risk_list.parquet", b"PAR1", b"PAR2"),
        ("manifest.json", b"2026-W27", b"2026-W26"),
    ],
)
def test_a_tampered_list_is_refused(tmp_path, name, was, becomes):
    published = publish_list(tmp_path, made_up_rows(), made_up_facts())
    path = published.list_dir / name
    path.write_bytes(path.read_bytes().replace(was, becomes))
    with pytest.raises(RenewcastError, match="was changed after|belongs to"):
        read_list(published.list_dir)


def test_any_tampered_file_is_found_and_the_next_run_makes_a_new_revision(tmp_path):
    published = publish_list(tmp_path, made_up_rows(), made_up_facts())
    (published.list_dir / "risk_list.csv").write_bytes(b"")
    with pytest.raises(RenewcastError, match="was changed after it was published"):
        verify_list(published.list_dir)
    assert publish_list(tmp_path, made_up_rows(), made_up_facts()).revision == 2
    verify_list(current_list(tmp_path))


def test_a_manifest_swapped_behind_the_pointer_is_refused(tmp_path):
    published = publish_list(tmp_path, made_up_rows(), made_up_facts())
    path = published.list_dir / "manifest.json"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(RenewcastError, match="is not the one that was published"):
        current_list(tmp_path)


def test_files_are_readable_by_their_owner_only(tmp_path):
    publish_list(tmp_path / "lists", made_up_rows(), made_up_facts())
    for path in (tmp_path / "lists").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def change(row, **values):
    rows = made_up_rows()
    for name, value in values.items():
        rows.loc[row, name] = value
    return rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (change(1, account_id="00001"), "stands on the risk list twice"),
        (change(1, rank=1), "order the rows by rank"),
        (change(1, status="maybe"), "has the status 'maybe'"),
        (change(1, churn_probability=None), "is scored but has no churn_probability"),
        (change(1, reason_not_scored="x"), "is scored but also has a reason"),
        (change(7, reason_not_scored=None), "nobody said why"),
        (change(7, reason_not_scored="  "), "nobody said why"),
        (change(7, churn_probability=0.5), "is not scored, but has a churn_probability"),
        (change(1, as_of=dt.date(2026, 6, 22)), "score all rows as of one day"),
        (change(1, churn_probability=1.5), r"column churn_probability.*give a number in \[0, 1\]"),
        (change(1, arr=float("inf")), "column arr.*give a finite number"),
        (change(1, account_id=17), "column account_id.*give text"),
        (change(1, account_id=" "), "column account_id.*give text"),
        (change(1, account_id=None), "column account_id.*has no value"),
        (change(1, days_to_renewal=1.5), "column days_to_renewal.*give a whole number"),
        (change(1, renewal_date="2026-07-01"), "column renewal_date.*give a day"),
        (made_up_rows().iloc[:0], "The risk list is empty"),
        (made_up_rows().drop(columns="owner"), "lacks the column owner"),
        (made_up_rows().assign(extra=1), "unknown column 'extra'"),
        (made_up_rows()[list(reversed(COLUMN_NAMES))], "another order"),
    ],
)
def test_rows_that_break_the_law_are_refused_before_anything_is_written(tmp_path, rows, message):
    with pytest.raises(RenewcastError, match=message):
        publish_list(tmp_path / "lists", rows, made_up_facts())
    assert not (tmp_path / "lists").exists()


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"week": "2026-W28"}, "lies in 2026-W27"),
        ({"week": "../../etc"}, "not an ISO week"),
        ({"language": "fr"}, "not en or zh"),
        ({"target": "luck"}, "not churn or inactivity"),
        ({"run_key": ""}, "run_key is empty"),
    ],
)
def test_facts_that_cannot_be_are_refused(facts, message):
    with pytest.raises(RenewcastError, match=message):
        made_up_facts(**facts)


def test_a_fact_that_json_cannot_hold_is_refused(tmp_path):
    with pytest.raises(RenewcastError, match="cannot be written as JSON"):
        publish_list(tmp_path, made_up_rows(), made_up_facts(model={"auc": float("nan")}))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("target", ["churn", "inactivity"])
def test_every_language_and_target_is_published(tmp_path, language, target):
    published = publish_list(tmp_path, made_up_rows(), made_up_facts(language=language, target=target))
    page = (published.list_dir / "risk_list.html").read_text(encoding="utf-8")
    words = {
        ("en", "churn"): "Churn probability",
        ("en", "inactivity"): "Inactivity probability",
        ("zh", "churn"): "流失概率",
        ("zh", "inactivity"): "沉寂概率",
    }
    assert words[language, target] in page


def test_a_list_on_which_nobody_is_scored_is_published(tmp_path):
    rows = made_up_rows().iloc[-1:]
    published = publish_list(tmp_path, rows, made_up_facts())
    assert verify_list(published.list_dir)["rows"] == {"in_scope": 1, "scored": 0, "not_scored": 1}
