"""The package's source as syntax trees, for the tests of its architecture."""

import ast
import dataclasses
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "renewcast"


@dataclasses.dataclass(frozen=True)
class Module:
    """One file of the package."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path inside the package, for messages."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def room(self) -> str:
        """The folder under the package, or the module's own name at the top."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else self.path.stem

    def imports(self) -> set[str]:
        """Dotted names of everything imported, at the top or inside a function."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno} imports relatively; write the whole name"
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        return found

    def rooms(self) -> set[str]:
        """Other rooms of the package that it imports."""
        own = {name.split(".")[1] for name in self.imports() if name.startswith("renewcast.")}
        return own - {self.room, "__version__"}

    def calls(self):
        """Yield every call with the dotted text of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Parse every module of the package, once."""
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 80
    return tuple(Module(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)
