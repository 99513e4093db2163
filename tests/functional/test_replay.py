"""The time machine: lists that were published week by week come out again to the byte, and who rewrote history is named."""

import io
import json
import os
import shutil

import pandas as pd
import pytest
from arriving_weeks import WEEKS, change_params
from trained_company import answer, answers_of, renewcast

from renewcast.filesystem import replace_file
from renewcast.project import Project
from renewcast.publishing import last_before, lists_behind, published_lists, read_manifest
from renewcast.replay.replay import replay

pytestmark = pytest.mark.skipif(os.environ.get("RENEWCAST_DEEP") != "1", reason="heavy: make test-deep runs it")


def state_of(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_list_is_made_again_to_the_byte_after_later_weeks_arrived(weeks):
    before, project = state_of(weeks / "lists"), Project.load(weeks)
    told = [replay(project, one.week) for one in published_lists(weeks / "lists")]
    print(f"replayed to the byte: {sum(one['equal'] for one in told)} of {len(told)}")
    assert len(told) == WEEKS + 1 and set(answers_of(weeks).values()) == {"published"}
    assert [one for one in told if not one["equal"]] == []
    assert state_of(weeks / "lists") == before


def test_manifests_name_what_lists_were_made_from_and_each_other(weeks):
    lists = published_lists(weeks / "lists")
    made = [read_manifest(one.list_dir)["made_from"] for one in lists]
    assert len({one["params_sha256"] for one in made}) == 3 and len({one["segments_sha256"] for one in made}) == 2
    assert len({one["models"]["churn"]["sha256"] for one in made}) == 2
    assert made[0]["last_list"] is None
    assert [one["last_list"]["week"] for one in made[1:]] == [one.week for one in lists[:-1]]
    behind = lists_behind(weeks / "lists", last_before(weeks / "lists", "9999-W01"))
    assert [one.week for one in behind] == [one.week for one in reversed(lists)]


@pytest.fixture
def copy(weeks, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(weeks, tmp_path / "copy")


def test_a_later_revision_of_the_week_before_does_not_change_what_a_list_was_compared_with(copy):
    lists = published_lists(copy / "lists")
    change_params(copy, project={"language": "en"}, segments={"seed": 9})
    project = Project.load(copy)
    assert project.publish(read_manifest(lists[-3].list_dir)["as_of"])["revision"] == 2
    assert replay(Project.load(copy), lists[-2].week)["equal"]
    assert all(replay(Project.load(copy), lists[-3].week, revision)["equal"] for revision in (1, 2))


def rewrite(place, name, change):
    path = place / "data" / "raw" / f"{name}.parquet"
    content = io.BytesIO()
    change(pd.read_parquet(path)).to_parquet(content, index=False)
    replace_file(path, content.getvalue())


def test_a_rewritten_history_is_found_and_named(copy):
    one = published_lists(copy / "lists")[-1]
    rows = pd.read_parquet(one.list_dir / "risk_list.parquet")
    account = rows.loc[rows["arr"].idxmax(), "account_id"]
    # A contract's revenue is changed in place: no new version, known when it always was.
    doubled = lambda table: table.assign(mrr=table["mrr"] * (1 + (table["account_id"] == account)))  # noqa: E731
    rewrite(copy, "contracts", doubled)
    done = renewcast("replay", one.week, "--json", cwd=copy)
    told = json.loads(done.stdout)
    assert done.returncode == 2 and not told["equal"]
    # Everything that tells of accounts differs; what does not (the plays), or tells of others, need not.
    assert {told["files"][f"risk_list.{kind}"] for kind in ("parquet", "csv", "xlsx", "html")} == {"differs"}
    assert any(cause.startswith("contracts: what was known then has been rewritten") for cause in told["causes"])
    assert not any(cause.startswith(("usage", "users", "tickets", "invoices")) for cause in told["causes"])
    assert {"row", "account_id", "column", "published", "again"} <= told["first_difference"].keys()
    shown = renewcast("replay", one.week, cwd=copy).stdout
    assert "first difference: row" in shown and "cause: contracts: what was known then has been rewritten" in shown


def test_rows_that_disappeared_from_a_table_are_named_where_they_change_the_list(copy):
    one = published_lists(copy / "lists")[-1]
    rewrite(copy, "usage", lambda table: table.iloc[::2])
    told = replay(Project.load(copy), one.week)
    assert not told["equal"] and any(cause.startswith("usage: ") for cause in told["causes"])


def test_the_command_says_that_a_list_is_the_same_and_what_it_does_not_know(weeks):
    one = published_lists(weeks / "lists")[-1]
    told = answer("replay", one.week, cwd=weeks)
    assert told["equal"] and told["causes"] == [] and told["damaged"] == []
    refused = renewcast("replay", "1999-W01", cwd=weeks)
    assert refused.returncode == 2 and "no list of 1999-W01 was published" in refused.stderr


def test_a_damaged_list_is_told_beside_and_comes_out_again(copy):
    one = published_lists(copy / "lists")[-1]
    (one.list_dir / "risk_list.csv").write_bytes(b"changed")
    told = replay(Project.load(copy), one.week)
    assert told["equal"] and told["damaged"] == ["risk_list.csv"]


def test_a_list_is_refused_whose_parameters_or_model_were_changed_since(copy):
    one = published_lists(copy / "lists")[0]
    for path in (copy / "models" / "params" / "listed").glob("*.json"):
        path.write_text("{}")
    done = renewcast("replay", one.week, cwd=copy)
    assert done.returncode == 2 and "was changed after it was kept" in done.stderr
