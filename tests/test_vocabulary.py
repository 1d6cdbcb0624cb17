"""A word of TripleO stands in one list (scaffold/tripleo, scaffold/releases): a second list is found here."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scaffold import fields, releases
from scaffold.fields import container_parts, shapes
from scaffold.fields.asked import Trait
from scaffold.tripleo import containers, heat, kolla, parameters, paths, services

ROOT = Path(__file__).parent.parent
SCAFFOLD = ROOT / "scaffold"
TEMPLATES = ROOT / "templates"
# where a word is declared; programs/ run under the engines' interpreters, which have no scaffold
DECLARING = ("tripleo", "releases")
APART = ("verify/programs",)

# the names, and how many of them in one literal make it a list of them
VOCABULARIES: dict[str, tuple[frozenset[str], int]] = {
    "functions of Heat": (frozenset(heat.FUNCTIONS) - {"if", "not", "and", "or"}, 3),
    "sections of a template of Heat": (frozenset(heat.TEMPLATE_SECTIONS), 3),
    "sections of an environment file": (frozenset(heat.ENVIRONMENT_SECTIONS), 3),
    "types of a parameter": (frozenset(parameters.PARAMETER_TYPES), 4),
    "keys of a container": (frozenset(containers.KEYS), 3),
    "options of the container engine": (frozenset(key.option for key in containers.KEYS.values()) - {""}, 4),
    "keys of kolla's config": (frozenset(kolla.CONFIG_KEYS), 3),
    "keys of kolla's files": (frozenset(kolla.CONFIG_FILE_KEYS), 3),
    "parameters of every service": (frozenset(services.PARAMETERS), 3),
    "sections of role_data": (frozenset(releases.role_data()), 3),
    "sections of config scripts": (frozenset(services.SCRIPT_SECTIONS), 2),
}
# a map with the names of these says facts of them; with those of the others it is what stands in a file
FACTS = {"functions of Heat", "options of the container engine", "parameters of every service"}
PLACES = (  # written nowhere else, not within another text either
    paths.KOLLA_CONFIGS,
    paths.PUPPET_GENERATED,
    *paths.SCRIPTS,
    paths.HOST_LOGS,
    paths.KERNEL_MODULES,
    paths.LOADED_MODULES,
    services.REGISTRY,
)
NAMES = (services.COMMON, services.ROLE_VALUES, kolla.STRATEGY, kolla.START, kolla.SET_CONFIGS)


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SCAFFOLD.rglob("*.py")):
        name = path.relative_to(SCAFFOLD).as_posix()
        if not name.startswith((*DECLARING, *APART)):
            yield name, ast.parse(path.read_text())


def words_of(node: ast.AST) -> list[str]:
    """The words of a list, a tuple, a set, a map of facts, or a pattern of alternatives."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        elements = node.elts
    elif isinstance(node, ast.Dict):
        elements = [key for key in node.keys if key is not None]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "|" in node.value:
        return re.split(r"[|()]", node.value)
    else:
        return []
    return [each.value for each in elements if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def repeated(tree: ast.Module) -> Iterator[tuple[int, str, list[str]]]:
    for node in ast.walk(tree):
        words = words_of(node)
        for what, (names, most) in VOCABULARIES.items():
            said = sorted(names & {*words})
            if len(said) >= most and (not isinstance(node, ast.Dict) or what in FACTS):
                yield getattr(node, "lineno", 0), what, said


def prose(tree: ast.Module) -> set[int]:
    """The docstrings: examples are written out there."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(id(body[0].value))
    return found


def test_no_list_of_the_vocabulary_stands_a_second_time() -> None:
    found = [
        f"{name}:{line}: {what}: {', '.join(said)}"
        for name, tree in sources()
        for line, what, said in repeated(tree)
    ]
    assert found == []


def test_no_well_known_word_is_written_a_second_time() -> None:
    found = []
    for name, tree in sources():
        docstrings = prose(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                said = [place for place in PLACES if place in node.value]
                said += [word for word in NAMES if word == node.value]
                found += [f"{name}:{node.lineno}: {word}" for word in said]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'KEYS = ("user", "net", "pid")',
        'KNOWN = {"get_param", "get_attr", "yaql"}',
        'FORMS = {"digest": 2, "filter": 2, "contains": 2}',
        'whole("get_param|get_attr|list_join")',
        'PASSED = ["RoleName", "EndpointMap", "ServiceData"]',
        'SECTIONS = ("docker_config_scripts", "container_config_scripts")',
    ],
)
def test_a_second_list_would_be_found(text: str) -> None:
    assert list(repeated(ast.parse(text)))


PLACE = re.compile(r"(?<![\w.}])/(?:var/lib|var/log|lib/modules|sys/module)(?:/[\w.-]+)*")
TEMPLATE_FILES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file() and path.suffix != ".json")


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name[-40:])
def test_a_path_in_a_template_is_a_well_known_one(path: Path) -> None:
    known = (
        paths.KOLLA_CONFIGS,
        paths.PUPPET_GENERATED,
        *paths.SCRIPTS,
        paths.HOST_LOGS,
        paths.KERNEL_MODULES,
        paths.LOADED_MODULES,
        "/var/lib",  # where the overcloud image remembers its modules
    )
    for said in PLACE.findall(path.read_text()):
        assert said in known or any(said.startswith(f"{each}/") for each in known[:-1]), said


OF_OTHERS = {
    ("beside.inc", "sections of an environment file")
}  # a program that runs without us, on the undercloud
LISTS = re.compile(r"[\[(]((?:\s*['\"][\w-]+['\"]\s*,)+\s*['\"][\w-]+['\"]\s*,?\s*)[\])]")


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name[-40:])
def test_a_template_has_no_list_of_its_own(path: Path) -> None:
    for said in LISTS.findall(path.read_text()):
        words = {*re.findall(r"[\w-]+", said)}
        for what, (names, most) in VOCABULARIES.items():
            assert len(words & names) < most or (path.name, what) in OF_OTHERS, (what, said)


# --- what must be written twice is the same


def test_the_vocabulary_has_every_key_of_a_container_that_an_answer_sets() -> None:
    of_kolla = {"kolla_start"}  # decides which keys there are, and is none
    assert container_parts.ContainerAnswers.group.fields.keys() - of_kolla <= containers.KEYS.keys()


def test_some_release_reads_every_key_of_a_container() -> None:
    for name in containers.KEYS:
        assert any(name in releases.container_keys(release).read for release in releases.NAMES), name


def test_the_functions_of_heat_are_those_of_its_versions() -> None:
    known = releases.heat()
    assert {*known.functions, *known.conditions, *known.arguments} <= heat.FUNCTIONS.keys()
    assert {*known.sections} <= {*heat.TEMPLATE_SECTIONS}


def test_kolla_s_keys_are_the_answers() -> None:
    assert isinstance(container_parts.KollaAnswers.group, shapes.Group)
    asked = {name: group_of(field.shape) for name, field in container_parts.KollaAnswers.group.fields.items()}
    assert {"command", *asked} == {*kolla.CONFIG_KEYS}
    assert asked["config_files"] == {*kolla.CONFIG_FILE_KEYS}
    assert asked["permissions"] == {*kolla.PERMISSION_KEYS}


def group_of(shape: shapes.Shape) -> set[str]:
    assert isinstance(shape, shapes.ListOf)
    assert isinstance(shape.item, shapes.Group)
    return {*shape.item.fields}


def test_sections_that_we_write_are_sections_of_role_data() -> None:
    for section in (
        *services.SCRIPT_SECTIONS,
        *services.CONTAINER_SECTIONS,
        *fields.ServiceAnswers.named(Trait.TASKS),
    ):
        assert section in releases.role_data()


@pytest.mark.parametrize("release", releases.NAMES)
def test_config_scripts_lie_where_their_section_says(release: str) -> None:
    scripts = releases.load(release).tripleo.config_scripts
    assert (
        dict(zip(services.SCRIPT_SECTIONS, paths.SCRIPTS, strict=True))[scripts.section] == scripts.directory
    )


PROGRAMS: list[tuple[str, Callable[[], str]]] = [
    ("kolla_root.py", lambda: paths.KOLLA_CONFIG),
    ("heat_engine.py", lambda: services.REGISTRY),
    *(("heat_engine.py", lambda name=name: f'"{name}"') for name in services.PARAMETERS),  # type: ignore[misc]
]


@pytest.mark.parametrize(("program", "word"), PROGRAMS)
def test_programs_of_the_engines_say_the_same(program: str, word: Callable[[], str]) -> None:
    assert word() in (SCAFFOLD / "verify/programs" / program).read_text()


def test_the_script_that_looks_at_a_checkout_says_the_same() -> None:
    text = next(TEMPLATES.rglob("preflight.py")).read_text()
    assert f'SERVICE = "{services.REGISTRY}"' in text
