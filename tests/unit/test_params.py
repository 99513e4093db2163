"""params.yaml: what is wrong is said in one sentence that names the key, what is right is kept as it stands."""

from pathlib import Path

import pytest
import yaml

from renewcast.errors import RenewcastError
from renewcast.params import load_params

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "params.yaml").read_text()


def refusal(tmp_path, text) -> str:
    path = tmp_path / "params.yaml"
    path.write_text(text) if isinstance(text, str) else path.write_bytes(text)
    with pytest.raises(RenewcastError) as refused:
        load_params(path)
    said = str(refused.value)
    assert "\n" not in said and said.startswith(str(path)) or said.startswith("params.yaml line")
    assert said.rstrip().endswith((".", "?"))
    return said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("train_every_weeks", "train_evry_weeks", "snapshots.train_evry_weeks is not a known key; did you mean train_every"),
        ("scoring:", "scorring:", "scorring is not a known key; did you mean scoring?"),
        ("grace_days: 30, inv", "grase_days: 30, inv", "grase_days is not a known key; did you mean grace_days?"),
        ("{files: data/raw/users", "{fils: data/raw/users", "sources.users.fils is not a known key; did you mean files?"),
        ("lead_days: 0, horizon", "horizon", "labels.churn.lead_days is missing; add it."),
        ("seed: 7, fits", "seed: -1, fits", "model.seed: input should be greater than or equal to 0"),
        ("seed: 7, fits", "seed: seven, fits", "model.seed: input should be a valid integer"),
        ("max_rounds: 300", "max_rounds: 0", "model.max_rounds"),
        ("every_days: 7", "every_days: 1", "snapshots.every_days"),
        ("windows_days: [7, 28, 91]", "windows_days: [7, 30]", "features: every window must be a multiple of 7 days"),
        ("windows_days: [7, 28, 91]", "windows_days: []", "features: every window must be a multiple of 7 days"),
        ("windows_days: [7, 28, 91]", "windows_days: [28, 7]", "windows must ascend and differ"),
        ("families: [usage,", "families: [usages,", "features.families.0"),
        ("name: demo", "name: My Project", "project.name"),
        ("language: en", "language: fr", "project.language"),
        ("currency: USD", "currency: dollars", "project.currency"),
        ("first: 2024-04-01", "first: April", "snapshots.first"),
        ("target: churn", "target: inactivity", "scoring.target is inactivity, but labels.inactivity is not given"),
        ("  accounts: {files: data/raw/accounts.parquet, known_at: {column: known_at}}\n", "", "sources.accounts is required"),
        ("{column: known_at}}\n  contracts", "{column: a, lag_days: 1}}\n  contracts", "give either column or lag_days"),
        ("tickets: {files: data/raw/tickets.parquet", "tickets: {database: x.duckdb", "database and table go together"),
        ("tickets: {files: data/raw/tickets.parquet", "tickets: {sql: select 1", "give exactly one of files"),
        ("tickets: {files: data/raw/tickets.parquet", "tickets: {files: a.csv, sql: select 1", "sql needs named inputs"),
        ("  plays: {", "  tickets: {", "key 'tickets' is given twice; keep one."),
        ("project: {name", "project: {name: [", "is not YAML"),
        ("per_unit: {}", "per_unit: {euro: 1}", "revenue.rates.per_unit.euro"),
        ("per_unit: {}", "per_unit: {EUR: 0}", "revenue.rates.per_unit.EUR"),
        ("level: account, grace_days: 30", "level: account, grace_days: 31", "definition.grace_days must be that of the labels"),
        ("level: account", "level: logo", "revenue.definition.level"),
        ("publishing: {directory: lists, reviews: reviews}", "publishing: !!python/object/apply:os.system [ls]", "is not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, old, new, words):
    assert REFERENCE.count(old) >= 1
    assert words in refusal(tmp_path, REFERENCE.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text", b"\xff\xfe\x00broken"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    refusal(tmp_path, text)


def test_every_section_is_needed_but_the_labels_and_sources_that_are_not_used(tmp_path):
    content = yaml.safe_load(REFERENCE)
    for section in content:
        rest = {name: value for name, value in content.items() if name != section}
        assert f"{section} is missing" in refusal(tmp_path, yaml.safe_dump(rest))


def test_a_business_without_contracts_cannot_predict_churn(tmp_path):
    content = yaml.safe_load(REFERENCE)
    del content["sources"]["contracts"]
    assert "labels.churn needs sources.contracts" in refusal(tmp_path, yaml.safe_dump(content))


def test_nothing_can_be_changed_after_loading():
    params = load_params(ROOT / "params.yaml")
    with pytest.raises(ValueError, match="frozen"):
        params.model.seed = 1


def test_zero_is_a_seed(tmp_path):
    (tmp_path / "params.yaml").write_text(REFERENCE.replace("seed: 7", "seed: 0"))
    params = load_params(tmp_path / "params.yaml")
    assert params.model.seed == 0 and params.segments.seed == 0


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/params.yaml")), ids=lambda path: path.parent.name)
def test_every_example_is_valid(path):
    assert load_params(path).project.name
