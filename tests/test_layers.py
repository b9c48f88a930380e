"""Imports point one way only, and each library is used where the design says."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Lower may never import higher; what shares a line is of one layer and may import each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("pulse_core", "pulse_core.errors", "pulse_core.settings", "pulse_core.tables", "pulse_core.words"),
    ("pulse_core.stores",),
    ("pulse_core.jobs", "pulse_core.rounds"),
    ("pulse_core.intake",),
    ("pulse_core.insight",),
    ("pulse_core.audience",),
    ("pulse_core.message",),
    ("pulse_core.measurement",),
    ("pulse_core.delivery",),
    ("pulse_core.charts", "pulse_core.api", "pulse_core.endpoint", "pulse_core.tasks", "pulse_core.doctor"),
    ("notifier", "media"),
    ("wiring",),
    ("commands",),
    ("pages", "app", "cli"),
)
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}
TOPS = {name.partition(".")[0] for name in LEVELS}

# Where a library may be imported; everywhere else it may not.
HOMES = {
    "duckdb": "pulse_core/stores/warehouse/",
    "sqlalchemy": "pulse_core/stores/ledger/",
    "alembic": "pulse_core/stores/ledger/",
    "psycopg": "pulse_core/stores/ledger/",
    "pysqlite3": "pulse_core/stores/ledger/",
    "sqlglot": "pulse_core/audience/",
    "sklearn": "pulse_core/insight/learning/",
    "scipy": "pulse_core/insight/learning/",
    "filelock": "pulse_core/stores/owner.py",
    "python_calamine": "pulse_core/intake/workbook.py",
    "xlsxwriter": "pulse_core/tables.py",
    "streamlit": ("app.py", "pages/"),
    "plotly": ("pages/",),
    "pandas": (),
}
LEARNING = {"sklearn", "scipy"}  # loaded, they take 170 MB and a second


@dataclass(frozen=True)
class Module:
    """One of our Python files."""

    path: Path

    @property
    def place(self) -> str:
        """Its path from the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @functools.cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.path.read_text(), self.place)

    def imports(self, *, at_start: bool = False) -> Iterator[str]:
        """Dotted names that it imports; `at_start`: only those that run when it is itself imported."""
        for node in self._running() if at_start else ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.place}: relative imports hide where a thing comes from"
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in BY_NAME else str(node.module)

    def _running(self) -> Iterator[ast.AST]:
        waiting: list[ast.AST] = list(self.tree.body)
        while waiting:
            node = waiting.pop()
            yield node
            is_later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            if not is_later and not is_typing:
                waiting.extend(ast.iter_child_nodes(node))


MODULES = tuple(
    Module(path)
    for top in sorted(TOPS)
    for path in (
        [ROOT / f"{top}.py"] if (ROOT / f"{top}.py").exists() else sorted((ROOT / top).rglob("*.py"))
    )
)
BY_NAME = {module.name: module for module in MODULES}


def level(name: str) -> int:
    """The layer of a module of ours."""
    parts = name.split(".")
    found = [".".join(parts[:size]) for size in range(len(parts), 0, -1) if ".".join(parts[:size]) in LEVELS]
    assert found, f"{name} belongs to no layer: add it to LAYERS"
    if found[0] == "pulse_core" and name != "pulse_core":
        pytest.fail(f"{name} belongs to no layer: add it to LAYERS")
    return LEVELS[found[0]]


def ours(name: str) -> bool:
    """Whether a name that is imported is of this project."""
    return name.partition(".")[0] in TOPS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_no_module_imports_a_higher_layer(module: Module) -> None:
    """A reader can guess where a thing is, and the core runs without the studio."""
    higher = [name for name in module.imports() if ours(name) and level(name) > level(module.name)]
    assert not higher


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_libraries_stay_in_their_place(module: Module) -> None:
    """An engine can be replaced in one folder; HTTP and Streamlit never appear in the core."""
    for name in module.imports():
        home = HOMES.get(name.partition(".")[0])
        assert home is None or module.place.startswith(home), f"{module.place} imports {name}"


def test_learning_libraries_are_loaded_in_the_child_process_alone() -> None:
    """The studio stays small: whoever is not a part of learning names its modules as text, for the child."""
    heavy = {m.name for m in MODULES if {name.partition(".")[0] for name in m.imports()} & LEARNING}
    while more := {m.name for m in MODULES if heavy & set(m.imports())} - heavy:
        heavy |= more
    home = str(HOMES["sklearn"])
    assert not [name for name in sorted(heavy) if not BY_NAME[name].place.startswith(home)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_the_environment_is_read_in_one_module(module: Module) -> None:
    """Settings are declared once: nobody else looks into the environment."""
    text = module.path.read_text()
    reads = any(word in text for word in ("os.environ", "getenv", "from os import environ"))
    assert not reads or module.place == "pulse_core/settings.py"


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.place.startswith("pages/")], ids=lambda m: m.place
)
def test_pages_are_opened_in_one_way(module: Module) -> None:
    """Streamlit's own way fails while a field of the page stands in its link; `session.go` leaves these behind."""
    assert "switch_page(" not in module.path.read_text() or module.place == "pages/parts/session.py"


def test_there_are_no_cycles() -> None:
    """Each module can be understood, and imported, before those that use it."""
    edges = {m.name: {n for n in m.imports(at_start=True) if n in BY_NAME and n != m.name} for m in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in sorted(edges[name]):
                visit(target, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def test_every_room_of_the_core_has_a_layer() -> None:
    """A new room must say where it stands."""
    rooms = {m.name.split(".")[1] for m in MODULES if m.name.startswith("pulse_core.")}
    assert {f"pulse_core.{room}" for room in rooms} <= set(LEVELS)


@pytest.mark.parametrize("room", ["intake", "insight", "audience", "message", "delivery", "charts"])
def test_package_files_hold_nothing(room: str) -> None:
    """A package that imports its modules ties them all together."""
    module = BY_NAME[f"pulse_core.{room}"]
    assert not list(module.imports())
