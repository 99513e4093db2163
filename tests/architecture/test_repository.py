"""The repository as a whole: style, sizes, docstrings, the lock, the licence, and nothing of anybody's machine."""

import ast
import re
import subprocess
import sys
import tomllib

from architecture.source_code import ROOT, modules

MADE = {
    ".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", "renewcast.egg-info",
    "data", "lists", "reviews", "mlruns", "scratch", "artefact", "build", "dist",
}  # fmt: skip
# Neither pattern may match itself.
HOMES = re.compile(r"(?<![\w.~}-])/(?:home|root|wor[k]|Users|workspace|builds)/+(?=[\w.])|[A-Z]:\\+Users")
REGISTRIES = re.compile(
    r"https?://[^\s\"'<>]*(?:pypi|pythonhosted|npmjs|anaconda|artifactory|nexus|devpi)[^\s\"'<>]*"
    r"|(?:--(?:extra-)?index-url|--find-links|--trusted-host)[ =]+\S+",
    re.IGNORECASE,
)


def project_files():
    """Every file that is kept: what tools and runs make is left out."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not set(parts) & MADE and path.name != "mlflow.db" and not path.is_symlink():
            yield path


def test_every_module_says_what_it_is_for():
    assert not [module.name for module in modules() if not ast.get_docstring(module.tree)]


def test_no_module_is_longer_than_300_lines():
    lines = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in modules()}
    assert not {name: count for name, count in lines.items() if count > 300}


def test_no_module_is_a_bucket():
    buckets = {"utils", "util", "common", "helpers", "core", "misc", "manager", "base"}
    assert not [module.name for module in modules() if module.path.stem.strip("_") in buckets or module.room in buckets]


def test_ruff_has_nothing_to_say():
    places = [place for place in ("src", "pipelines", "tests", "notebooks", "benchmarks") if (ROOT / place).exists()]
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", *places], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_file_names_a_directory_of_somebodys_machine_or_a_registry():
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (HOMES, REGISTRIES):
            for hit in pattern.finditer(text):
                if path.name != "test_repository.py":
                    line = text[: hit.start()].count("\n") + 1
                    found.append(f"{path.relative_to(ROOT)}:{line} {text[hit.start() : hit.end() + 20]!r}")
    assert not found


def test_the_search_for_machine_paths_finds_them():
    slash = "/"
    for text in ("at /home/x", '"/builds/y"', "file:///Users/me", "C:\\Users\\me"):
        assert HOMES.search(text), text
    for text in ("data/home/tables", "src/home/x", "~/home/x", "the /home"):
        assert not HOMES.search(text), text
    assert REGISTRIES.search(f"https:{slash}{slash}nexus.example/simple") and REGISTRIES.search("--trusted-host x")


def test_every_requirement_of_the_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    joined = lock.replace("\\\n", " ")
    requirements = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(requirements) > 80
    for line in requirements:
        assert re.match(r"[A-Za-z0-9_.\-]+(\[[a-z0-9,\-]+\])?==[^\s;]+", line), line[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line[:80]
    assert "://" not in lock and "file:" not in lock and not re.search(r"^-(e|i|f)\b|^--", lock, re.MULTILINE)


def test_the_lock_holds_every_dependency_inside_its_bounds():
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE)
    pins = {canonicalize_name(name): version for name, version in pinned}
    for requirement in map(Requirement, _dependencies()):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), str(requirement)


def _dependencies(*extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    return [*project["dependencies"], *(one for extra in extras or optional for one in optional[extra])]


def test_every_dependency_has_a_lower_bound():
    assert not [dependency for dependency in _dependencies() if ">=" not in dependency]


def test_every_third_party_import_is_a_declared_dependency():
    declared = {re.split(r"[\[<>=]", one)[0] for one in _dependencies()}
    known_as = {
        "PIL": "pillow", "sklearn": "scikit-learn", "yaml": "pyyaml", "ibis": "ibis-framework",
        "python_calamine": "python-calamine",
        "markupsafe": "jinja2",  # the type of Jinja's own safe text, which cannot be had without it
    }  # fmt: skip
    used = {name.split(".")[0] for module in modules() for name in module.imports()}
    used -= {*sys.stdlib_module_names, "renewcast"}
    assert {known_as.get(name, name) for name in used} <= declared


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text()
    assert text.split()[:5] == ["Apache", "License", "Version", "2.0,", "January"]
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text and len(text.splitlines()) > 170
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_the_examples_and_the_reference_name_only_data_that_lie_in_place_or_in_the_shared_folder():
    for path in [ROOT / "params.yaml", *(ROOT / "examples").glob("*/params.yaml")]:
        for found in re.findall(r"files:\s*\"?([^\s,}\"]+)", path.read_text()):
            assert found.startswith(("data/raw/", "${RENEWCAST_DATA")), f"{path}: {found}"


def test_every_test_module_has_a_name_of_its_own():
    """Pytest takes two modules of one name for one."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
