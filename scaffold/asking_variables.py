"""Asking for the variables of a foreign template on a terminal, and the review."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import questionary
from questionary import Choice

from scaffold.answers import dump
from scaffold.errors import ScaffoldError
from scaffold.foreign import ForeignPlan, ForeignTemplate, Given, Variable, open_variables, plan_foreign
from scaffold.terminal import run, terminal

WRITE, STOP = "write", "stop"


def ask_variables(template: ForeignTemplate, given: Given) -> ForeignPlan:
    """Ask for what GIVEN leaves open, show the review, and return the plan.

    Raises KeyboardInterrupt or EOFError where the user stops, and AnswersError where GIVEN is wrong already.
    """
    asked: dict[str, Variable] = {}
    replies: dict[str, Any] = {}
    with terminal():
        while True:
            while still := open_variables(template, {**given.values, **replies}):
                asked[still[0].name] = still[0]
                replies[still[0].name] = _reply(still[0], still[0].default)
            planned = _shown(template, Given({**given.values, **replies}, given.places))
            picked = _next(asked, planned)
            if picked == WRITE and planned:
                return planned
            before = replies
            replies = replies | {picked: _reply(asked[picked], replies[picked])}
            if asked[picked].name == "template" and template.nested and replies != before:
                asked, replies = {picked: asked[picked]}, {picked: replies[picked]}  # others are asked then


def _reply(variable: Variable, old: Any) -> Any:
    """Ask for VARIABLE; OLD is its default, or what was replied before."""
    if variable.choices:
        choices = [Choice(words, value=value) for value, words in variable.choices]
        return run(questionary.select(variable.prompt, choices, default=old))
    if isinstance(variable.default, bool):
        return run(questionary.confirm(variable.prompt, default=bool(old)))
    is_map = isinstance(variable.default, dict)
    default = json.dumps(old, ensure_ascii=False) if is_map else "" if old is None else str(old)
    words = f"{variable.prompt} (JSON)" if is_map else variable.prompt
    validate = _validator(variable)
    prompt = questionary.text(words, default, validate=validate, validate_while_typing=False)
    return variable.value(str(run(prompt)))


def _validator(variable: Variable) -> Callable[[str], bool | str]:
    def problem(text: str) -> bool | str:
        try:
            variable.value(text)
        except ValueError as error:
            return str(error)
        return True

    return problem


def _shown(template: ForeignTemplate, given: Given) -> ForeignPlan | None:
    """Print the answers and the files that they make; None, and the error, where they make none."""
    try:
        planned = plan_foreign(template, given.values, given.places)
    except ScaffoldError as error:
        questionary.print(error.message, style="fg:ansired")
        return None
    questionary.print(f"\n{dump(planned.answers)}")
    questionary.print(f"{planned.name}/")
    for path in sorted(planned.rendered):
        questionary.print(f"  {path}")
    return planned


def _next(asked: dict[str, Variable], planned: ForeignPlan | None) -> str:
    """What to do now: WRITE, or the name of the variable to change."""
    choices = [Choice("write it", value=WRITE)] if planned else []
    choices += [Choice(f"change: {variable.prompt}", value=name) for name, variable in asked.items()]
    choices.append(Choice("stop, and write nothing", value=STOP))
    picked = str(run(questionary.select("Is this right?", choices)))
    if picked == STOP:
        raise KeyboardInterrupt
    return picked
