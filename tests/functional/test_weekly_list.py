"""The weekly list: everybody in scope, once, in every format; the same inputs change nothing; nothing goes to the network."""

import csv
import datetime as dt
import hashlib
import json
import os
import shutil

import openpyxl
import pandas as pd
import pytest
from functional.refusals import refused
from functional.scope_by_hand import scope
from trained_company import AS_OF, WEEK_BEFORE, answer, artefact_of, renewcast

from renewcast.publishing._page_rows import rows_of_page


@pytest.fixture(scope="module")
def week(trained_company, answers):
    return trained_company / answers["week"]["list_dir"]


@pytest.fixture(scope="module")
def rows(week):
    return pd.read_parquet(week / "risk_list.parquet")


@pytest.fixture(scope="module")
def by_hand(trained_company):
    raw = trained_company / "data" / "raw"
    tables = [
        frame.astype(object).where(frame.notna(), None).to_dict("records")
        for frame in (pd.read_parquet(raw / "accounts.parquet"), pd.read_parquet(raw / "contracts.parquet"))
    ]
    return scope(*tables, dt.date.fromisoformat(AS_OF), grace_days=30)


def state_of(directory):
    """Bytes and time of change of every file, and the entries of every folder."""
    return {
        path.relative_to(directory).as_posix(): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None,
        )
        for path in sorted(directory.rglob("*"))
    }


def test_the_answer_says_which_list_was_published(answers, rows):
    told = answers["week"]
    assert {"week", "as_of", "revision", "list_dir", "in_scope", "scored", "not_scored", "status", "model_version"} <= set(told)
    assert (told["week"], told["as_of"], told["revision"], told["status"]) == ("2026-W01", AS_OF, 1, "published")
    assert told["in_scope"] == len(rows) == told["scored"] + told["not_scored"]
    assert told["scored"] == (rows["status"] == "scored").sum()
    assert set(rows["model_version"]) == {told["model_version"]}


def test_every_account_in_scope_stands_on_the_list_once_by_our_own_count(rows, by_hand):
    assert sorted(rows["account_id"]) == sorted(by_hand)
    assert dict(zip(rows["account_id"], rows["status"], strict=True)) == {a: one["status"] for a, one in by_hand.items()}
    assert {"scored", "not_scored"} == set(rows["status"])
    for row in rows.itertuples():
        assert float(row.arr) == pytest.approx(by_hand[row.account_id]["arr"], abs=0.01)
        assert pd.isna(row.renewal_date) or row.renewal_date in by_hand[row.account_id]["ends"]


def test_all_four_formats_hold_the_same_accounts_in_the_same_order(week, rows):
    expected = rows["account_id"].tolist()
    with open(week / "risk_list.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["account_id"] for row in csv.DictReader(file)] == expected
    book = openpyxl.load_workbook(week / "risk_list.xlsx", read_only=True)
    sheet = book["Risk list"]
    place = next(sheet.iter_rows(max_row=1, values_only=True)).index("Account ID")
    assert [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)] == expected
    book.close()
    assert [account for account, _ in rows_of_page((week / "risk_list.html").read_bytes())] == expected


def test_probabilities_are_probabilities_and_the_order_is_theirs(rows):
    scored = rows[rows["status"] == "scored"]
    probability = scored["churn_probability"].astype(float)
    assert probability.between(0, 1).all() and probability.is_monotonic_decreasing and probability.nunique() > 50
    assert scored["renewal_probability"].dropna().astype(float).between(0, 1).all()
    assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
    others = rows[rows["status"] == "not_scored"]
    assert others["churn_probability"].isna().all() and others["reason_not_scored"].str.len().gt(10).all()
    assert others["rank"].min() > scored["rank"].max()
    at_risk = scored["arr_at_risk"].astype(float)
    assert (at_risk - probability * scored["arr"].astype(float)).abs().max() <= 0.006


def test_reasons_raise_the_probability_strongest_first(rows):
    given = 0
    for row in rows.to_dict("records"):
        points = [row[f"driver_{i}_points"] for i in (1, 2, 3)]
        texts = [row[f"driver_{i}"] for i in (1, 2, 3)]
        there = [value for value in points if not pd.isna(value)]
        assert [pd.isna(p) for p in points] == [t is None or pd.isna(t) for t in texts]
        assert points[: len(there)] == there and all(value > 0 for value in there)
        for place, (one, other) in enumerate(zip(there, there[1:], strict=False), start=1):
            # Reasons that cannot be told apart keep one order, whichever has more points this week.
            assert one >= other or f"{place} = {place + 1}" in row["driver_ties"]
        assert len({t for t in texts if isinstance(t, str)}) == len(there)
        given += len(there)
    assert given > 100


def test_the_probability_of_the_list_before_stands_beside_it(trained_company, answers, rows):
    before = pd.read_parquet(trained_company / answers["week_before"]["list_dir"] / "risk_list.parquet")
    assert set(before["as_of"]) == {dt.date.fromisoformat(WEEK_BEFORE)} and before["churn_probability_last_list"].isna().all()
    then = dict(zip(before["account_id"], before["churn_probability"], strict=True))
    for row in rows.itertuples():
        expected = then.get(row.account_id)
        found = row.churn_probability_last_list
        assert (pd.isna(expected) and pd.isna(found)) or found == expected
    assert rows["churn_probability_last_list"].notna().sum() > 100


def test_the_pointer_names_the_newest_week(trained_company, week):
    pointer = json.loads((trained_company / "lists" / "current.json").read_text())
    assert pointer["path"] == "2026-W01/r1"
    assert pointer["manifest_sha256"] == hashlib.sha256((week / "manifest.json").read_bytes()).hexdigest()


def test_the_same_week_again_changes_no_byte_and_no_time(trained_company, answers):
    lists, models = trained_company / "lists", trained_company / "models"
    before = state_of(lists), state_of(models)
    told = answer("run", "weekly_risk_list", "--as-of", AS_OF, cwd=trained_company)
    assert told["status"] == "unchanged" and told["revision"] == 1
    assert {key: value for key, value in told.items() if key != "status"} == {
        key: value for key, value in answers["week"].items() if key != "status"
    }
    assert (state_of(lists), state_of(models)) == before


NO_NETWORK = """
import os, socket

def refuse(*arguments, **options):
    with open(os.environ["NETWORK_LOG"], "a") as log:
        log.write(repr(arguments) + "\\n")
    raise OSError("no network in this test")

open(os.path.join(os.path.dirname(__file__), "loaded"), "w").close()
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
"""


def test_a_list_needs_no_network_and_repeats_to_the_byte_with_its_model_fetched_from_the_registry(
    copy, trained_company, tmp_path
):
    shutil.rmtree(copy / "lists" / "2026-W01")
    shutil.rmtree(copy / "models" / "churn" / "artefact")
    guard, log = tmp_path / "guard", tmp_path / "network.log"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK)
    path = os.pathsep.join(filter(None, [str(guard), os.environ.get("PYTHONPATH")]))
    told = answer("run", "weekly_risk_list", "--as-of", AS_OF, cwd=copy, PYTHONPATH=path, NETWORK_LOG=str(log))
    assert (guard / "loaded").exists()
    assert told["status"] == "published" and not log.exists()
    for name in json.loads((copy / "lists/2026-W01/r1/manifest.json").read_text())["files"]:
        original, again = (place / "lists/2026-W01/r1" / name for place in (trained_company, copy))
        assert again.read_bytes() == original.read_bytes(), name
    fetched, kept = map(artefact_of, (copy, trained_company))
    assert {path.name: path.read_bytes() for path in fetched.iterdir()} == {
        path.name: path.read_bytes() for path in kept.iterdir()
    }
    assert sorted(path.name for path in (copy / "models/churn").rglob("*")) == sorted(
        path.name for path in (trained_company / "models/churn").rglob("*")
    )


def test_a_changed_artefact_is_refused_before_anything_in_it_is_read(copy):
    artefact = artefact_of(copy)
    for name in ("scorer.json", "digest.json"):
        (artefact / name).write_bytes(b"{ not even JSON")
    done = renewcast("run", "weekly_risk_list", "--as-of", AS_OF, cwd=copy)
    refused(done, "is not the one that champion.yaml vouches for", "SHA-256")


def test_an_absent_artefact_that_the_registry_does_not_have_either_is_refused(copy):
    shutil.rmtree(copy / "models" / "churn" / "artefact")
    (copy / "mlflow.db").unlink()
    refused(
        renewcast("explain", "A00001", "--as-of", AS_OF, cwd=copy),
        "is absent here and in the registry",
        "run train --target churn",
    )


def test_one_account_is_explained_and_its_points_add_up_to_its_place_on_the_list(trained_company, rows):
    first = rows.iloc[0]
    told = answer("explain", first["account_id"], "--as-of", AS_OF, cwd=trained_company)
    total = told["base_probability"] + told["term_outlasts_horizon_points"] + sum(entry["points"] for entry in told["drivers"])
    assert abs(total - told["churn_probability"]) < 1e-9
    assert told["churn_probability"] == first["churn_probability"] and told["model_version"] == first["model_version"]
    assert told["drivers"][0]["points"] == pytest.approx(first["driver_1_points"], abs=1e-12)
    assert told["drivers"][0]["reason"] == first["driver_1"]
    assert {entry["role"] for driver in told["drivers"] for entry in driver["features"]} <= {"lever", "context", "proxy"}


def test_an_account_that_is_not_scored_is_explained_by_the_reason(trained_company, rows):
    other = rows[rows["status"] == "not_scored"].iloc[0]
    done = renewcast("explain", other["account_id"], "--as-of", AS_OF, cwd=trained_company)
    assert done.returncode == 0 and "not scored" in done.stdout


def test_an_unknown_account_is_refused_with_a_near_one(trained_company, rows):
    wanted = rows["account_id"].iloc[0]
    done = renewcast("explain", wanted.lower().replace("a", "A-"), "--as-of", AS_OF, cwd=trained_company)
    refused(done, "is not in scope at 2025-12-29", "did you mean A")


def test_the_points_of_all_accounts_add_up(trained_company, rows):
    from renewcast import Project

    project = Project.load(trained_company)
    told = project.explanations(AS_OF).set_index("account_id")
    points = told.filter(like="_points")
    assert (told["base_probability"] + points.sum(axis=1) - told["churn_probability"]).abs().max() < 1e-9
    listed = rows[rows["status"] == "scored"].set_index("account_id")["churn_probability"]
    assert told["churn_probability"].to_dict() == listed.to_dict()
    assert project.published_list()["account_id"].tolist() == rows["account_id"].tolist()


def test_looking_back_before_anybody_has_left_finds_nobody(trained_company, week):
    told = answer("run", "regret", "--as-of", AS_OF, cwd=trained_company)
    assert set(told["classes"].values()) == {0}
