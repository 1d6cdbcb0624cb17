"""The variables of a template and their values, as cookiecutter 2 has them; answers are data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffold.errors import AnswersError, Fault
from scaffold.foreign.answered import COMPUTED
from scaffold.foreign.recall import Recall
from scaffold.foreign.template import ForeignTemplate, environment
from scaffold.printable import shown
from scaffold.render.sandbox import LooseSandbox, failure
from scaffold.unknown import after, did_you_mean, hint, there_is_no, unknown

CHOICE = "template"  # the answer that chooses one of several templates
_UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")


@dataclass(frozen=True)
class Variable:
    """One variable to ask for. default: rendered; None for none. choices: the values with their words."""

    name: str
    prompt: str
    default: Any
    choices: tuple[tuple[Any, str], ...] = ()

    def value(self, answer: Any) -> Any:
        """The value that ANSWER means: the text of it, or a value. Raises ValueError with what is wrong."""
        if self.choices:
            return self._chosen(str(answer))
        if isinstance(self.default, bool):
            return answer if isinstance(answer, bool) else _yes_or_no(str(answer))
        if isinstance(self.default, dict):
            return _map(answer)
        if isinstance(answer, Mapping | list | tuple) or answer is None:
            raise ValueError("must be a single value, not a list or map")
        if _UNSEEN.search(str(answer)):
            raise ValueError("holds a character that no answer may hold: remove it")
        return str(answer)

    def _chosen(self, answer: str) -> Any:
        for value, label in self.choices:
            if answer in (str(value), label):
                return value
        names = [str(value) for value, _ in self.choices]
        raise ValueError(
            f"must be one of {', '.join(names)}, not {shown(answer)}{after(did_you_mean(answer, names))}"
        )


@dataclass(frozen=True)
class Settled:
    """Variables with their values. context: all of them, in the order of cookiecutter.json.

    asked: those that cookiecutter would ask for, in its order. answers: their values.
    """

    context: dict[str, Any]
    asked: tuple[Variable, ...]
    answers: dict[str, Any]
    faults: tuple[Fault, ...] = ()


def chosen(template: ForeignTemplate, values: Mapping[str, Any], place: str = "") -> ForeignTemplate:
    """The template that the answer TEMPLATE chooses of those in TEMPLATE. Raises AnswersError."""
    found, rest = template, str(values.get(CHOICE, ""))
    while found.nested:
        ends = [(key, key + "/") for key in found.nested]
        key = next((key for key, start in ends if rest == key or rest.startswith(start)), "")
        if not key:
            names = ", ".join(found.nested)
            problem = f"{there_is_no('template', rest)}{after(hint(rest, found.nested))}"
            missing = f"is missing: --set {CHOICE}=NAME, one of {names}"
            raise AnswersError([Fault(place if rest else "", CHOICE, problem if rest else missing)])
        found, rest = found.nested[key], rest[len(key) + 1 :]
    return found


def own(template: ForeignTemplate, values: Mapping[str, Any]) -> dict[str, Any]:
    """The VALUES of variables: without the one that chooses a nested template."""
    return {name: value for name, value in values.items() if name != CHOICE or not template.nested}


def settle(
    template: ForeignTemplate, values: Mapping[str, Any], places: Mapping[str, str], recall: Recall
) -> Settled:
    """The variables of TEMPLATE with VALUES, and with the defaults of all others."""
    return _Settling(template, values, places, recall).done()


def open_variables(
    template: ForeignTemplate, values: Mapping[str, Any], places: Mapping[str, str] | None = None
) -> tuple[Variable, ...]:
    """The variables that VALUES leave open; the default of the first is what it is now.

    Raises AnswersError for VALUES that are wrong already.
    """
    if template.nested and CHOICE not in values:
        offers = tuple(_paths(template))
        return (Variable(CHOICE, "Select a template", offers[0][0], offers),)
    where = places or {}
    inner = chosen(template, values, where.get(CHOICE, ""))
    found = settle(inner, own(template, values), where, Recall({}))
    faults = [fault for fault in found.faults if fault.path in values]
    if faults:
        raise AnswersError(faults)
    return tuple(variable for variable in found.asked if variable.name not in values)


def obsolete(template: ForeignTemplate, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The answers in VALUES, of an earlier version, to variables that TEMPLATE has no more."""
    known = {COMPUTED, *chosen(template, values).variables}
    return tuple(name for name in own(template, values) if name not in known)


def _paths(template: ForeignTemplate) -> Iterator[tuple[str, str]]:
    """What the answer TEMPLATE can be, with its words."""
    for key, inner in template.nested.items():
        if inner.nested:
            yield from ((f"{key}/{path}", f"{key}: {label}") for path, label in _paths(inner))
        else:
            yield key, template.labels[key]


@dataclass
class _Settling:
    """One pass: the first for single values and choices, the second for maps, as in cookiecutter."""

    template: ForeignTemplate
    values: Mapping[str, Any]
    places: Mapping[str, str]
    recall: Recall
    context: dict[str, Any] = field(default_factory=dict)
    asked: list[Variable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def done(self) -> Settled:
        variables = {name: raw for name, raw in self.template.variables.items() if name != "__prompts__"}
        self.jinja: LooseSandbox = environment(variables)
        self.recall.watch(self.jinja)
        for name, raw in variables.items():
            if name.startswith("_") and not name.startswith("__"):
                self.context[name] = raw
            elif name.startswith("__") or not isinstance(raw, dict):
                self._settle(name, raw)
        for name, raw in variables.items():
            if isinstance(raw, dict) and (name.startswith("__") or not name.startswith("_")):
                self._settle(name, raw)
        self._unknown()
        context = {name: self.context[name] for name in variables}
        answers = {
            variable.name: str(value) if variable.choices else value
            for variable in self.asked
            for value in [self.context[variable.name]]
        }
        return Settled(context, tuple(self.asked), answers, tuple(self.faults))

    def _settle(self, name: str, raw: Any) -> None:
        if name.startswith("__"):
            self.context[name] = self._rendered(name, raw)
            return
        variable = self._variable(name, raw)
        self.asked.append(variable)
        self.context[name] = variable.default
        try:
            if name in self.values:
                self.context[name] = variable.value(self.values[name])
            elif variable.default is None:
                self.faults.append(Fault("", name, f"is missing: --set {name}=VALUE"))
        except ValueError as error:
            self.faults.append(Fault(self.places.get(name, ""), name, str(error)))

    def _variable(self, name: str, raw: Any) -> Variable:
        words = self.template.variables.get("__prompts__", {}).get(name) or name
        labels = words if isinstance(words, dict) else {}
        prompt = str(labels.get("__prompt__", f"Select {name}") if isinstance(words, dict) else words)
        if isinstance(raw, list):
            options = [self._rendered(name, option, keep=True) for option in raw]
            choices = tuple((option, str(labels.get(str(option), option))) for option in options)
            return Variable(name, prompt, options[0] if options else None, choices)
        if name in self.values:  # a default that nobody needs is not rendered
            default: Any = raw if isinstance(raw, bool) else {} if isinstance(raw, dict) else None
            return Variable(name, prompt, default)
        return Variable(name, prompt, self._rendered(name, raw))

    def _rendered(self, name: str, raw: Any, *, keep: bool = False) -> Any:
        """A default of the template; no answer ever comes here."""
        from cookiecutter.prompt import render_variable

        self.recall.begin(f"cookiecutter.{name}", keep=keep or name.startswith("__"))
        try:
            return _plain(render_variable(self.jinja, raw, self.context))
        except Exception as error:
            if self.faults:  # it may follow from them
                return ""
            raise failure(f"cookiecutter.json ({name})", error) from error

    def _unknown(self) -> None:
        public = [variable.name for variable in self.asked]
        for name in self.values:
            if name in public or (name == COMPUTED and isinstance(self.values[name], Mapping)):
                continue
            private = name in self.template.variables and name.startswith("_")
            problem = (
                "is private: the template itself sets it"
                if private
                else unknown("variable", name, public, "in this template")
            )
            self.faults.append(Fault(self.places.get(name, ""), name, problem))


def _yes_or_no(answer: str) -> bool:
    from cookiecutter.prompt import InvalidResponse, YesNoPrompt

    try:
        return bool(YesNoPrompt().process_response(answer))
    except InvalidResponse:
        raise ValueError(f"must be yes or no, not {shown(answer)}") from None


def _map(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Mapping):
        return dict(_plain(answer))
    from cookiecutter.prompt import InvalidResponse, process_json

    try:
        return dict(_plain(process_json(str(answer))))
    except InvalidResponse:
        raise ValueError('must be a map, or a JSON object like {"key": "value"}') from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
