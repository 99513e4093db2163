"""A company in its first year: a champion of plain rates is trained, and its list says so."""

import json
import shutil

import pandas as pd
import pytest
from trained_company import ROOT, answer_all

AS_OF = "2025-07-07"


@pytest.fixture(scope="module")
def young(tmp_path_factory):
    """Return the directory and the answers of ten accounts over eighty weeks: nobody churns in the test or before it."""
    directory = tmp_path_factory.mktemp("young")
    shutil.copy(ROOT / "params.yaml", directory / "params.yaml")
    commands = {
        "simulate": ("simulate", "--accounts", "10", "--weeks", "80", "--seed", "5"),
        "train": ("run", "train", "--target", "churn", "--as-of", AS_OF),
        "week": ("run", "weekly_risk_list", "--as-of", AS_OF),
    }
    return directory, answer_all(commands, cwd=directory)


def test_a_handful_of_accounts_gets_a_list_of_base_rates_and_a_banner(young):
    directory, answers = young
    assert answers["train"]["ranked_by"] == "base_rate" and not answers["train"]["has_skill"]
    assert answers["train"]["train"]["positives"] == answers["train"]["test"]["positives"] == 0
    banner = answers["week"]["banners"][0]
    assert banner.startswith("Not enough history: ") and "which may lie anywhere from" in banner
    rows = pd.read_parquet(directory / answers["week"]["list_dir"] / "risk_list.parquet")
    shown = rows.loc[rows["status"] == "scored", "churn_probability"]
    assert len(shown) and shown.nunique() == 1 and 0 < shown.iloc[0] < 1
    assert rows.loc[rows["status"] == "not_scored", "reason_not_scored"].notna().all()


def test_the_answer_of_the_training_is_plain_json(young):
    json.dumps(young[1]["train"], allow_nan=False)
