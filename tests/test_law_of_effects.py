"""The second law, of any answers: each changes what is written or told, or is refused, or has a reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scaffold import answers, fields
from scaffold.answers import Path, path_text
from scaffold.errors import AnswersError
from scaffold.fields.shapes import Boolean, Choice, Free, Group, Integer, ListOf, MapOf, OneOf, Shape
from scaffold.pipeline import planned
from scaffold.resolve import checked

from . import answers_strategies as strategies
from .answers_strategies import meeting, meetings
from .laws import AT_TIMES, MANY, WITHOUT_EFFECT, accepted, documented, is_of_answers, samples

UNSAID = object()


class Said(NamedTuple):
    """One answer: its path, its shape, what it says, or UNSAID, and its declaration where it has one."""

    path: Path
    shape: Shape
    value: Any
    field: fields.Field | None = None

    def __repr__(self) -> str:
        return path_text(self.path)

    @property
    def for_a_reason(self) -> bool:
        """Whether it is known why it has no effect."""
        return (
            ".".join("0" if isinstance(key, int) else key for key in self.path) in WITHOUT_EFFECT | AT_TIMES
        )


def said(value: Any, shape: Shape, path: Path = ()) -> Iterator[Said]:
    """Every answer within VALUE, and every declared one that could be said there and is not."""
    match shape:
        case Group(fields=declared):
            for name, field in declared.items():
                yield Said((*path, name), field.shape, value.get(name, UNSAID), field)
            inner = [(name, declared[name].shape) for name in value]
        case MapOf(value=one):
            inner = [(name, one) for name in value]
        case ListOf(item=one):
            inner = [(number, one) for number in range(len(value))]
        case Free() if isinstance(value, dict | list):
            inner = [(key, shape) for key in (value if isinstance(value, dict) else range(len(value)))]
        case OneOf(shapes=shapes):
            form = {list: ListOf, dict: MapOf}.get(type(value))
            fitting = next((one for one in shapes if form and isinstance(one, form)), None)
            if fitting:
                yield from said(value, fitting, path)
            return
        case _:
            return
    for key, one in inner:
        if not isinstance(shape, Group):
            yield Said((*path, key), one, value[key])
        yield from said(value[key], one, (*path, key))


def having(values: Any, path: Path, value: Any) -> Any:
    """VALUES with VALUE at PATH, or without what is there where it is UNSAID."""
    found = copy.deepcopy(values)
    around = found
    for key in path[:-1]:
        around = around[key]
    if value is not UNSAID:
        around[path[-1]] = value
    elif isinstance(around, list) or path[-1] in around:
        del around[path[-1]]
    return found


def outcome(values: dict[str, Any]) -> Any:
    """What is written of VALUES and told of them; None where they are refused."""
    try:
        made = planned(checked(answers.load(json.dumps(values, ensure_ascii=False), "answers.yaml")))
    except AnswersError:
        return None
    return made.rendered, made.notes


def means_nothing(value: Any, field: fields.Field | None) -> bool:
    """Whether VALUE is what holds anyway."""
    return value in (UNSAID, [], {}) or (field is not None and value == documented(field))


def elsewhere(values: dict[str, Any], one: Said) -> bool:
    """Whether another service says the same as ONE, which is one thing that is said twice."""
    if one.path[0] != "services" or len(one.path) < 3:
        return False
    others = [service for number, service in enumerate(values["services"]) if number != one.path[1]]
    return any(
        given.value == one.value is not UNSAID and given.path == one.path[2:]
        for other in others
        for given in said(other, fields.SERVICE)
    )


def idle(values: dict[str, Any], one: Said, drawn: list[Any]) -> list[Any]:
    """The values, ONE's own and those DRAWN, that are taken in VALUES and all make the same, said or not."""
    without = outcome(having(values, one.path, UNSAID))
    made: list[tuple[Any, Any]] = []
    tried: list[Any] = []
    for value in (one.value, *drawn):
        if means_nothing(value, one.field) or value in tried:
            continue
        tried.append(value)
        found = outcome(having(values, one.path, value))
        others = [without] if is_of_answers(one.shape) else [made[0][1]] if made else []
        if found is not None and any(found != other for other in others):
            return []
        made += [(value, found)] if found is not None else []
    if len(made) == 1 and (made[0][1] != without or isinstance(one.shape, Choice | Boolean | Integer)):
        return []  # of few words, the only one that is right is the default
    return [value for value, _ in made]


@given(data=st.data())
@settings(MANY, phases=[Phase.generate])  # a smaller one takes minutes, and the message says which it is
def test_every_answer_has_an_effect_among_any_others(data: st.DataObject) -> None:
    values = checked(accepted(data.draw(meetings()))[0]).values
    every = [
        one for one in said(values, fields.ANSWERS) if not one.for_a_reason and not elsewhere(values, one)
    ]
    given = [one for one in every if one.value is not UNSAID]
    drawn = st.lists(st.sampled_from(every) | st.sampled_from(given), min_size=3, max_size=3, unique_by=str)
    for one in data.draw(drawn):
        others = [data.draw(strategy(one.shape)) for strategy in (meeting, strategies.values)]
        found = idle(values, one, [*others, *samples(one.shape)])
        assert not found, f"{one} is taken, and changes nothing: {found}"
