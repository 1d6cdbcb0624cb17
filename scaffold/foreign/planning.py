"""A template and answers -> what would be written, with the state that an update needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from scaffold.answers import dump, load
from scaffold.errors import AnswersError, ScaffoldError
from scaffold.foreign.answered import COMPUTED, SCHEMA, given
from scaffold.foreign.recall import Recall
from scaffold.foreign.template import ForeignTemplate, environment
from scaffold.foreign.variables import CHOICE, Settled, chosen, own, settle
from scaffold.project import Rendering
from scaffold.render import sandbox
from scaffold.render.confine import of_a_repository
from scaffold.tree import File


@dataclass(frozen=True)
class ForeignPlan(Rendering):
    """What a foreign template makes of answers. name: of the directory it makes."""

    name: str
    answers: Mapping[str, Any]
    notes: tuple[str, ...]


def plan_foreign(
    template: ForeignTemplate,
    values: Mapping[str, Any],
    places: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
) -> ForeignPlan:
    """Render TEMPLATE with VALUES, by variable, and the defaults of all others; KEEP is stored with them.

    The stored answers of an earlier plan are VALUES too, and give the same again: what is random or from
    the clock is stored in them. PLACES say where each value was given. Raises AnswersError with every fault
    of VALUES, and ScaffoldError for a template that fails or leaves its directory.
    """
    where = places or {}
    inner = chosen(template, values, where.get(CHOICE, ""))
    stored = values.get(COMPUTED, {})
    recall = Recall(stored if isinstance(stored, Mapping) else {})
    settled = settle(inner, own(template, values), where, recall)
    if settled.faults:
        raise AnswersError(settled.faults)
    name, rendered = _rendered(inner, settled, recall)
    answers = {CHOICE: str(values[CHOICE])} if template.nested else {}
    answers |= settled.answers | ({COMPUTED: recall.used} if recall.used else {})
    kept = {"keep": list(keep)} if keep else {}
    text = dump({"schema": SCHEMA, "template": template.name} | kept | {"answers": answers})
    given(load(text, "the answers to store"))  # an update must be able to read them
    facts = {"template": {"name": template.name, "digest": template.digest}}
    notes = template.notes + (inner.notes if template.nested else ())
    return ForeignPlan(rendered, text, facts, name, answers, notes)


def _rendered(template: ForeignTemplate, settled: Settled, recall: Recall) -> tuple[str, dict[str, File]]:
    """The name of the directory that TEMPLATE makes, and what is in it."""
    names = {
        "cookiecutter": deepcopy(settled.context) | {"_template": template.name, "_checkout": None},
        "_cookiecutter": {
            key: deepcopy(raw) for key, raw in template.variables.items() if not key.startswith("_")
        },
    }
    jinja = environment(template.variables)
    jinja.loader = sandbox.loader(template.source)
    recall.watch(jinja)
    recall.begin(template.project)
    try:
        name = sandbox.text(jinja, template.project, names)
    except Exception as error:
        raise sandbox.failure(template.project, error) from error
    plain = name.isprintable() and name not in ("", ".", "..") and not set(name) & set("/\\")
    if not plain or name[0] in "-~" or of_a_repository(name):
        raise ScaffoldError(f"{template.project} makes {name!r}, which is no plain name of a directory")
    return name, sandbox.rendered(template.source, jinja, names, recall.begin)
