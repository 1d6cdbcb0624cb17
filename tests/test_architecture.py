"""The layers hold: a module imports only from below, heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "scaffold"

# from the top down: a module imports only from the lines below its own
LAYERS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("asking",),
    ("written",),
    ("updating", "verify"),
    ("pipeline", "foreign"),
    ("questions",),
    ("project", "render"),
    ("transaction", "merge"),
    ("judged",),
    ("rules",),
    ("lint",),
    ("resolve",),
    ("documents",),
    ("model",),
    ("bases", "contents", "environments", "layers"),
    ("schema",),
    ("answers", "catalogue"),
    ("fields", "filters"),
    ("locate", "own", "releases", "scratch", "tripleo"),
    ("disk",),
    ("tree",),
    ("records", "unknown"),
    ("errors", "printable"),
)
FENCED = {
    "click": {"cli"},
    "questionary": {"asking"},
    "cookiecutter": {"render", "foreign"},
    # catalogue/built.py reads upstream's own templates
    # and verify/programs, under the interpreter of Ansible, the expressions of tasks
    "jinja2": {"render", "foreign", "filters", "catalogue", "verify"},
    "yaml": {"answers", "releases", "catalogue", "filters", "verify", "documents"},
}
TWICE = {"Path", "Setting"}  # of resolve/, until its answers are typed
BANNED = {"utils", "helpers", "common", "base", "manager", "core"}
MODULES = sorted(ROOT.rglob("*.py"))


def top(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= (
                {f"scaffold.{a.name}" for a in node.names} if node.module == "scaffold" else {node.module}
            )
    return found


def layer(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = top(path)
    if own == "__init__":
        return
    for name in imports(path):
        outside, _, inside = name.partition(".")
        if outside == "scaffold" and inside and not inside.startswith("__"):
            below = inside.split(".")[0]
            assert below == own or layer(below) > layer(own), f"{own} imports {below}"
        assert own in FENCED.get(outside, {own}), f"{own} imports {outside}"


def dotted(path: Path) -> str:
    return ".".join(("scaffold", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def modules_imported(path: Path, names: set[str]) -> set[str]:
    """The modules that PATH imports, wherever it does; not the packages that it lies in itself."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module in names:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & names or {node.module}
    return {name for name in found if not f"{dotted(path)}.".startswith(f"{name}.")}


def test_no_import_comes_back_to_where_it_began() -> None:
    names = {dotted(path) for path in MODULES}
    waiting = {dotted(path): modules_imported(path, names) for path in MODULES}
    while done := {name for name, below in waiting.items() if not below & waiting.keys()}:
        waiting = {name: below for name, below in waiting.items() if name not in done}
    assert sorted(waiting) == []


OF_TRIPLEO = ("scaffold.tripleo", "scaffold.resolve.tripleo", "scaffold.documents.heat")
KNOW_TRIPLEO = {
    "tripleo": "its vocabulary",
    "fields": "declares the answers, those of TripleO among them",
    "model": "what the templates lay out",
    "catalogue": "its stock images and templates",
    "filters": "escape for Heat and hieradata",
    "documents": "read Heat templates",
    "lint": "what a rule sees of them",
    "rules": "are about them",
    "verify": "runs its engines",
    "resolve/tripleo": "makes its part of the model",
    "resolve/platforms.py": "lists the platforms",
    "resolve/modules.py": "says where the kernel lists its modules",
    "questions/choices.py": "says where the nodes keep their modules",
    "asking/prompts.py": "says what TripleO has for what is no service",
    "questions/interview.py": "tells which roles are TripleO's",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_of_one_platform_stays_where_that_platform_is_known(path: Path) -> None:
    """So that another platform adds declarations, templates, rules and engines, and changes nothing else."""
    inside = path.relative_to(ROOT).as_posix()
    if not any(inside == one or inside.startswith((f"{one}/", f"{one}.")) for one in KNOW_TRIPLEO):
        assert {name for name in imports(path) if name.startswith(OF_TRIPLEO)} == set()


LISTS = {"verify/engines/__init__.py"}  # the list of engines, and how one of them is imported


def test_a_package_says_what_it_is_and_does_nothing_in_its_init() -> None:
    for path in (path for path in MODULES if path.name == "__init__.py"):
        logic = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not logic or path.relative_to(ROOT).as_posix() in LISTS, path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_fit_a_screen_or_few(path: Path) -> None:
    text = path.read_text()
    assert path.stem not in BANNED
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 45, f"{node.name} has {length} lines"


def names_defined(path: Path) -> set[str]:
    """The classes and type aliases that PATH defines: alone in CamelCase, and not imported."""
    tree = ast.parse(path.read_text())
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {one.id for one in targets if isinstance(one, ast.Name) and re.match("[A-Z]+[a-z]", one.id)}
    return found


def test_the_name_of_a_class_means_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for name in names_defined(path):
            homes.setdefault(name, []).append(dotted(path))
    assert {name: found for name, found in homes.items() if len(found) > 1 and name not in TWICE} == {}


@pytest.mark.parametrize(
    "path", [path for path in MODULES if top(path) == "verify"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_engine_is_started_in_one_place(path: Path) -> None:
    """So that each has the environment that processes.py gives, and nothing of the caller's."""
    inside = path.relative_to(ROOT / "verify").parts[0]
    if inside in ("processes.py", "programs"):  # the programs run under the engines' interpreters
        return
    started = re.findall(
        r"subprocess\.(?:run|Popen|call|check_\w+)\(|os\.(?:system|popen|exec\w+|spawn\w+)\(",
        path.read_text(),
    )
    assert started == []
