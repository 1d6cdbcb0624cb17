"""Parameters of Heat have the form that their templates declare: the vendor's, or those of the release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import ParameterForm, parameter_forms
from scaffold.errors import Fault
from scaffold.fields.parts import ParameterAnswers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.parameters import faults_of_constraints, misfit

_OF_ROLE = "Parameters"


def definitions(service: Subject) -> Iterator[Fault]:
    """A parameter that is declared has constraints for its type, and a default that keeps them."""
    for name, asked in service.own.parameters.items():
        at = ("parameters", name)
        wrong = list(faults_of_constraints(asked.type, asked.constraints))
        for path, reason in wrong:
            yield service.at((*at, "constraints", *path), reason)
        if not asked.says(ParameterAnswers.default):
            continue
        if asked.default is None:
            yield service.at((*at, "default"), "is empty, which is none to Heat: leave it out")
        elif reason := misfit(asked.type, asked.default, () if wrong else asked.constraints):
            yield service.at((*at, "default"), f"{reason}: the type is {asked.type}")


def values(service: Subject) -> Iterator[Fault]:
    """What the environment file sets fits the templates that declare it."""
    environment = service.own.environment
    for name, value in environment.parameter_defaults.items():
        path: Path = ("environment", "parameter_defaults", name)
        yield from _fits(service, path, name, value, of_role=False)
        if name.endswith(_OF_ROLE) and isinstance(value, dict):
            for inner, one in value.items():
                yield from _fits(service, (*path, inner), inner, one, of_role=True)
    at = ("environment", "role_parameters")
    for role, named in environment.role_parameters.items():
        for name, value in named.items():
            yield from _fits(service, (*at, role, name), name, value, of_role=True)


def _fits(service: Subject, path: Path, name: str, value: Any, of_role: bool) -> Iterator[Fault]:
    """Heat holds no role's own value to a constraint; an empty value is another way to say nothing."""
    form, whose = _form(service, name)
    if form is None or value is None:
        return
    if whose and isinstance(value, bool) and form.type == "string":
        value = str(value)  # as TripleO's own environment files have it, to whose templates True is a text
    if reason := misfit(form.type, value, () if of_role else form.constraints):
        declared = f"{whose} declares {name}" if whose else f"{name} is declared"
        yield service.at(path, f"{reason}: {declared} as {form.type}")


def _form(service: Subject, name: str) -> tuple[ParameterForm | None, str]:
    """The form of the parameter NAME, and the release whose templates say so; empty for the vendor's own."""
    asked = [one.own.parameters[name] for one in service.whole.distinct if name in one.own.parameters]
    if asked:
        known = {one.type for one in asked}
        form = ParameterForm(asked[0].type, tuple(asked[0].constraints)) if len(known) == 1 else None
        return form, ""
    release = service.release.name
    return parameter_forms(release).get(name), release


OF_SERVICE: tuple[ServiceConstraint, ...] = (definitions, values)
