"""Who may import whom: the river flows one way, the exceptions are none."""

import subprocess
import sys

import pytest
from architecture.source_code import modules

# In the order of imports: a module may import its own room and those of the lines above it. Sources stand after the engine,
# because they are read through it; the data flow the other way.
ORDER = (
    ("errors",),
    ("days", "filesystem", "params", "progress", "reference_project"),
    ("engine",),
    ("sources",),
    ("snapshots",),
    ("labels",),
    ("features",),
    ("datasets",),
    ("revenue",),
    ("estimators",),
    ("evaluation",),
    ("explanation",),
    ("segments",),
    ("lifecycle",),
    ("activity",),
    ("signals",),
    ("plays",),
    ("scoring",),
    ("forecast",),
    ("economics",),
    ("markets",),
    ("scorecard",),
    ("publishing",),
    ("review",),
    ("tracking",),
    ("gate", "made_from"),
    ("comparison",),
    ("training", "weekly", "overview", "business_review"),
    ("tuning",),
    ("plots",),
    ("rehearsal", "project_data", "backtest", "regret"),
    ("project_revenue",),
    ("project_models",),
    ("project_scores",),
    ("project_customers",),
    ("project_markets",),
    ("project",),
    ("audit", "replay"),
    ("layout",),
    ("simulate",),
    ("cli_text", "cli_text_lists"),
    ("cli_app",),
    ("cli_data", "cli_models", "cli_lists"),
    ("cli",),
    ("__init__", "__main__"),
)
PLACE = {room: place for place, rooms in enumerate(ORDER) for room in rooms}
HEAVY = ("pandas", "numpy", "duckdb", "ibis", "sklearn", "lightgbm", "mlflow", "pyarrow", "scipy", "altair", "matplotlib")


def reach(start: str) -> set[str]:
    """Every room that a room imports, directly or through others."""
    seen, todo = set(), {start}
    while todo:
        room = todo.pop()
        seen.add(room)
        todo |= {other for module in modules() if module.room == room for other in module.rooms()} - seen
    return seen - {start}


def importers(name: str) -> set[str]:
    """The modules that import a package or module."""
    return {module.name for module in modules() if any(f"{found}.".startswith(f"{name}.") for found in module.imports())}


def test_every_room_has_its_place_in_the_river():
    assert {module.room for module in modules()} == set(PLACE)


def test_left_never_imports_right():
    wrong = [
        f"{module.name} imports {other}"
        for module in modules()
        if module.room in PLACE
        for other in module.rooms()
        if PLACE[other] >= PLACE[module.room]
    ]
    assert not wrong


def test_labels_and_features_never_meet_not_even_through_others():
    assert "features" not in reach("labels")
    assert "labels" not in reach("features")


def test_only_tracking_imports_mlflow():
    found = importers("mlflow")
    assert found and all(name.startswith("tracking/") for name in found)


def test_nothing_in_the_package_knows_the_simulated_truth():
    assert importers("renewcast.simulate.truth") == set()
    assert importers("renewcast.simulate") <= {"cli_data.py"} | {m.name for m in modules() if m.room == "simulate"}


def test_the_simulator_knows_nothing_of_the_stages_that_it_feeds():
    assert reach("simulate") <= {"errors", "days", "filesystem", "progress"}


def test_only_the_engine_and_the_sources_open_duckdb():
    rooms = {module.room for module in modules() if any(name.split(".")[0] == "duckdb" for name in module.imports())}
    assert rooms <= {"engine", "sources"}


RUN = """
import sys, contextlib, renewcast.cli
sys.argv = {argv}
with contextlib.suppress(SystemExit):
    renewcast.cli.main()
"""


@pytest.mark.parametrize(
    "code",
    [
        "import renewcast",
        "import renewcast.cli",
        RUN.format(argv=["renewcast", "--help"]),
        RUN.format(argv=["renewcast", "run", "--help"]),
    ],
    ids=["import renewcast", "import renewcast.cli", "renewcast --help", "renewcast run --help"],
)
def test_starting_loads_nothing_heavy(code):
    ask = f"{code}\nimport sys\nprint(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"
