"""What no module may do: ask for the time, run text as code, unpickle, write a file by halves."""

import ast
import re

from architecture.source_code import modules

CLOCKS = re.compile(
    r"(^|\.)(today|utcnow|localtime|gmtime|ctime)$|(^|\.)(datetime|date|Timestamp)\.now$|^time\.time(_ns)?$|^ibis\.(now|today)$"
)
SQL_CLOCKS = re.compile(r"\b(current_date|current_timestamp|localtimestamp|now\s*\(\s*\)|today\s*\(\s*\))", re.IGNORECASE)
REFUSES_SQL_CLOCKS = "sources/_sandbox.py"  # it lists their names, to refuse them in a mapping
CODE_FROM_TEXT = {"eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec", "pd.eval"}
UNSAFE_MODULES = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal", "shap", "catboost", "requests", "urllib"}
WRITERS = {"write_text", "write_bytes", "savefig", "write_table", "to_pickle"}
FRAME_WRITERS = {"to_parquet", "to_csv", "to_json", "to_html", "to_feather", "to_sql"}
MAY_WRITE = ("filesystem.py", "simulate/", "sources/", "engine/storage.py", "estimators/artefact.py")


def test_no_module_asks_what_day_or_time_it_is():
    assert not [found for module in modules() for found in _clocks(module)]


def _clocks(module):
    asked = [f"{module.name}:{node.lineno} {called}" for node, called in module.calls() if CLOCKS.search(called)]
    texts = [node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    docs = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    if module.name != REFUSES_SQL_CLOCKS:
        asked += [f"{module.name}:{text.lineno}" for text in texts if id(text) not in docs and SQL_CLOCKS.search(text.value)]
    return asked


def test_no_module_runs_text_as_code_or_unpickles():
    assert not [found for module in modules() for found in _unsafe(module)]


def _unsafe(module):
    yield from (f"{module.name} imports {name}" for name in module.imports() if name.split(".")[0] in UNSAFE_MODULES)
    for node, called in module.calls():
        if called in CODE_FROM_TEXT:
            yield f"{module.name}:{node.lineno} {called}"
        loads = called == "yaml.load" or called.endswith("np.load")
        if loads and not any("Loader" in keyword.arg for keyword in node.keywords if keyword.arg):
            yield f"{module.name}:{node.lineno} {called} without a safe Loader"


def test_no_module_renders_pages_or_sheets_by_unescaped_means():
    """Pages go through the environment with autoescape; in pandas' sheets formulas and numbers are not under our control."""
    assert not [
        f"{module.name}:{node.lineno} {called}"
        for module in modules()
        for node, called in module.calls()
        if called in ("jinja2.Template", "Template")
        or called.endswith((".to_excel", "ExcelWriter", ".style.format"))
        or "Styler" in called
    ]


def test_yaml_loaders_derive_from_the_safe_one():
    bases = [
        ast.unparse(base)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Loader")
        for base in node.bases
    ]
    assert set(bases) <= {"yaml.SafeLoader"}


def test_files_are_written_by_the_room_that_never_leaves_half_of_one():
    """Everything else writes through `renewcast.filesystem`; what is named above has ways of its own."""
    assert not [found for module in modules() if not module.name.startswith(MAY_WRITE) for found in _writes(module)]


def _writes(module):
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]
    into_memory = {id(inner) for node in functions if "BytesIO()" in ast.unparse(node) for inner in ast.walk(node)}
    for node, called in module.calls():
        name = called.rsplit(".", 1)[-1]
        if called == "ibis.to_sql":  # tells the query of an expression; it writes nothing
            continue
        if called in ("open", "io.open") or (name == "open" and called != "os.open"):
            mode = _mode(node, 1 if called in ("open", "io.open") else 0)
            if isinstance(mode, str) and set(mode) & set("wax+"):
                yield f"{module.name}:{node.lineno} opens with {mode!r}"
        elif called == "os.open" and "O_RDONLY" not in ast.unparse(node):
            yield f"{module.name}:{node.lineno} os.open for writing"
        elif id(node) not in into_memory and "." in called and name in WRITERS | FRAME_WRITERS and node.args:
            yield f"{module.name}:{node.lineno} {called}"


def _mode(node, place: int):
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    value = given.get("mode", node.args[place] if len(node.args) > place else None)
    return value.value if isinstance(value, ast.Constant) else None


def test_the_search_for_writes_finds_them():
    from architecture.source_code import PACKAGE, Module

    text = (
        "def f(p, frame):\n open(p, 'w')\n open(p, mode='ab')\n p.open('x')\n p.write_text('')\n frame.to_csv(p)\n"
        " os.open(p, os.O_WRONLY)\n open(p)\n open(p, 'rb')\n frame.to_csv()\n"
    )
    assert len(list(_writes(Module(PACKAGE / "invented.py", ast.parse(text))))) == 6
