"""Answers are read by attribute: a name that is not declared is refused before anything runs."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType

import pytest
from mypy import api

from scaffold.answers.partial import Partial, UnknownError
from scaffold.fields import RepositoryAnswers, ServiceAnswers, container_parts
from scaffold.fields.asked import Answer, DeclaredAnswers, Trait
from scaffold.fields.container_parts import ContainerAnswers, FurtherContainerAnswers
from scaffold.fields.image_parts import ImageAnswers, OneOfSeveralAnswers
from scaffold.fields.shapes import Boolean, Choice, Group, Integer, ListOf, MapOf, OneOf, Shape, Text

ROOT = Path(__file__).parent.parent / "scaffold"
UPDATING = (ROOT / "updating/migration.py", ROOT / "updating/renaming.py")
READERS = sorted([*(ROOT / "resolve").rglob("*.py"), *UPDATING])


def declared() -> Iterator[type[DeclaredAnswers]]:
    """Every class that declares answers."""
    waiting = [DeclaredAnswers]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one is not DeclaredAnswers:
            yield one


CLASSES = sorted(set(declared()), key=lambda one: one.__name__)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("asked.nett", '"ContainerAnswers" has no attribute "nett"'),
        ("asked.says(ContainerAnswers.nett)", 'has no attribute "nett"'),
        ("asked.net + 1", "Unsupported operand types"),
        ("asked.user.upper()", 'Item "None"'),
    ],
)
def test_a_misspelt_or_misused_answer_is_refused_before_it_runs(
    line: str, fault: str, tmp_path: Path
) -> None:
    head = "from scaffold.fields.container_parts import ContainerAnswers\n\n\n"
    code = f"{head}def read(asked: ContainerAnswers) -> object:\n    return {line}\n"
    told, errors, status = api.run(
        ["--strict", "--config-file=", "--cache-dir", str(tmp_path), "--follow-imports=silent", "-c", code]
    )
    assert status == 1, errors
    assert fault in told


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.__name__)
def test_each_attribute_has_the_type_of_what_the_check_gives(one: type[DeclaredAnswers]) -> None:
    hints = typing.get_type_hints(one)
    for name, field in one.group.fields.items():
        hint = hints[name]
        kinds = [*typing.get_args(hint)] if typing.get_origin(hint) in (UnionType, typing.Union) else [hint]
        if worked_out(field.shape):
            assert hint is typing.Any or typing.get_origin(kinds[1]) is dict, (name, hint)
        expected = type_of(field.shape)
        if expected is not None:
            assert expected in {typing.get_origin(kind) or kind for kind in kinds}, (name, hint)
        if not field.required and getattr(one(), name) is None:
            assert NoneType in kinds or hint is typing.Any or filled_in(one, name), (name, hint)


def worked_out(shape: Shape) -> bool:
    """Whether a function of Heat may stand for a value of SHAPE."""
    return isinstance(shape, OneOf) and any(isinstance(one, MapOf) and one.single for one in shape.shapes)


def test_what_heat_may_work_out_is_followed_where_it_is_asked() -> None:
    for name, field in ServiceAnswers.group.fields.items():
        if holds_functions(field.shape):
            assert name in ServiceAnswers.named(Trait.WITH_HEAT), name


def holds_functions(shape: Shape) -> bool:
    """Whether a function of Heat may stand for a value of SHAPE, or of an answer within it."""
    match shape:
        case ListOf(item=inner) | MapOf(value=inner):
            return holds_functions(inner)
        case Group(fields=declared):
            return any(holds_functions(field.shape) for field in declared.values())
    return worked_out(shape)


def filled_in(one: type[DeclaredAnswers], name: str) -> bool:
    """What `completed_module` fills in before anything reads it."""
    return one.__name__ == "KernelModuleAnswers" and name in ("delivery", "loader", "install")


def type_of(shape: Shape) -> type | None:
    """The Python type of a checked value; None where it may have several."""
    match shape:
        case Text() | Choice():
            return str
        case Integer():
            return int
        case Boolean():
            return bool
        case ListOf():
            return list
        case MapOf():
            return dict
        case Group():
            return typing.cast("type", shape.reads)
    return None


def test_no_answer_hides_what_reads_it() -> None:
    for one in CLASSES:
        assert not {*one.group.fields} & {*vars(DeclaredAnswers)}, one


def test_what_was_not_said_is_its_default_or_empty() -> None:
    service = ServiceAnswers({"service_name": "acme-agent"})
    assert (service.step, service.roles, service.base_image) == (4, ["Controller"], "cinder-volume")
    assert (service.parameters, service.containers, service.container.volumes) == ({}, [], [])
    assert service.wraps == []
    assert not service.says(ServiceAnswers.step)
    further = FurtherContainerAnswers({"name": "x", "detach": False})
    assert (further.net, further.restart, further.kolla.permissions) == ("host", None, [])
    assert ServiceAnswers({"containers": [{"name": "x"}]}).containers[0].name == "x"


def test_what_is_wrong_is_not_taken_for_its_default() -> None:
    service = ServiceAnswers(Partial({"step": 3}, frozenset({"roles"})))
    assert service.step == 3
    with pytest.raises(UnknownError):
        _ = service.roles
    parameters = ServiceAnswers({"parameters": Partial({}, frozenset({"AcmePort"}))}).parameters
    with pytest.raises(UnknownError):
        _ = "AcmePort" in parameters


def test_an_answer_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ContainerAnswers({}).net = "none"


def test_traits_are_asked_of_the_declarations() -> None:
    shared = ("build", "prepare", "image_tag", "install", "args", "labels")
    assert OneOfSeveralAnswers.named(Trait.SHARED) == shared
    assert {*ServiceAnswers.named(Trait.OF_EACH)} < {*ImageAnswers.group.fields}
    assert RepositoryAnswers.named(Trait.STORED | Trait.FOLLOWS_RELEASE) == ("registry", "container_engine")
    asked = ServiceAnswers({"command": "a", "step": 1, "roles": ["Compute"]})
    assert dict(asked.having(Trait.OF_CONTAINER)) == {"command": "a", "step": 1}


def test_every_trait_is_of_some_answer() -> None:
    traits = {name: bit for name, bit in vars(Trait).items() if name.isupper() and bit}
    assert [name for name, bit in traits.items() if not any(one.named(bit) for one in CLASSES)] == []
    assert len({*traits.values()}) == len(traits)


NAMES = {name for one in CLASSES for name in one.group.fields} - {"source", "template", "environment"}


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_answer_is_read_by_its_name_as_a_text(path: Path) -> None:
    """`asked["net"]` and `asked.get("net")` pass every checker, however `net` is spelt."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = node.args[0]
        if isinstance(key, ast.Constant) and key.value in NAMES and (path.name, key.value) not in OF_OTHERS:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    assert found == []


# what is written, or read from something else than answers
OF_OTHERS = {
    ("repository.py", "services"),
    ("containers.py", "path"),
    ("containers.py", "depends_on"),
    ("containers.py", "start_order"),
    ("notes.py", "default"),
    ("renaming.py", "services"),
    ("migration.py", "distribution"),
    *(
        ("sections.py", key)
        for key in ("config_volume", "puppet_tags", "step_config", "config_image", "volumes")
    ),
    *(("wiring.py", key) for key in ("security_opt", "detach", "environment")),
}


def test_a_class_of_answers_is_made_of_answers() -> None:
    assert isinstance(vars(container_parts.AnyContainerAnswers)["net"], Answer)
