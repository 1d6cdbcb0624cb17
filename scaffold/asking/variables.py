"""Asking for the variables of a foreign template on a terminal, and the review."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import questionary
from questionary import Choice

from scaffold.answers import dump
from scaffold.asking.terminal import run, terminal
from scaffold.errors import AnswersError, ScaffoldError
from scaffold.foreign import (
    CHOICE,
    ForeignPlan,
    ForeignTemplate,
    Given,
    Variable,
    open_variables,
    plan_foreign,
)

WRITE, STOP = "write", "stop"


def ask_variables(template: ForeignTemplate, given: Given) -> ForeignPlan:
    """Ask for what GIVEN leaves open, show the review, and return the plan.

    Raises KeyboardInterrupt or EOFError where the user stops, and AnswersError where GIVEN is wrong already.
    """
    replies: dict[str, Any] = {}
    asked: dict[str, str] = {}  # the words of each variable
    with terminal():
        while True:
            while still := _open(template, given, replies):
                asked[still[0].name] = still[0].prompt
                replies[still[0].name] = _reply(still[0], still[0].default)
            planned = _shown(template, replace(given, values={**given.values, **replies}))
            picked = _next({name: asked[name] for name in replies}, planned)
            if picked == WRITE and planned:
                return planned
            old = replies.pop(picked)
            if picked == CHOICE and template.nested:
                replies = {}  # another template has variables of its own
            again = next(one for one in _open(template, given, replies) if one.name == picked)
            replies[picked] = _reply(again, old)


def _open(template: ForeignTemplate, given: Given, replies: dict[str, Any]) -> tuple[Variable, ...]:
    """What is still to ask; REPLIES that an earlier one rules out by now are taken out."""
    while True:
        try:
            return open_variables(template, {**given.values, **replies}, given.places)
        except AnswersError as error:
            stale = {fault.path for fault in error.faults} & set(replies)
            if not stale:
                raise
            for name in stale:
                del replies[name]


def _reply(variable: Variable, old: Any) -> Any:
    """Ask for VARIABLE; OLD is its default, or what was replied before."""
    if variable.choices:
        choices = [Choice(words, value=value) for value, words in variable.choices]
        able = [value for value, _ in variable.choices]
        return run(questionary.select(variable.prompt, choices, default=old if old in able else able[0]))
    if isinstance(variable.default, bool):
        return run(questionary.confirm(variable.prompt, default=bool(old)))
    is_map = isinstance(variable.default, dict)
    default = json.dumps(old, ensure_ascii=False) if is_map else "" if old is None else str(old)
    words = f"{variable.prompt} (JSON)" if is_map else variable.prompt
    label = f"{words} [{default}]" if default else words
    prompt = questionary.text(label, validate=_validator(variable, default), validate_while_typing=False)
    return variable.value(str(run(prompt)) or default)


def _validator(variable: Variable, default: str) -> Callable[[str], bool | str]:
    def problem(text: str) -> bool | str:
        try:
            variable.value(text or default)
        except ValueError as error:
            return str(error)
        return True

    return problem


def _shown(template: ForeignTemplate, given: Given) -> ForeignPlan | None:
    """Print the answers and the files that they make; None, and the error, where they make none."""
    try:
        planned = plan_foreign(template, given.values, given.places, given.keep)
    except ScaffoldError as error:
        questionary.print(error.message, style="fg:ansired")
        return None
    questionary.print(f"\n{dump(planned.answers)}")
    questionary.print(f"{planned.name}/")
    for path in sorted(planned.rendered):
        questionary.print(f"  {path}")
    return planned


def _next(asked: dict[str, str], planned: ForeignPlan | None) -> str:
    """What to do now: WRITE, or the name of the variable to change."""
    choices = [Choice("write it", value=WRITE)] if planned else []
    choices += [Choice(f"change: {words}", value=name) for name, words in asked.items()]
    choices.append(Choice("stop, and write nothing", value=STOP))
    picked = str(run(questionary.select("Is this right?", choices)))
    if picked == STOP:
        raise KeyboardInterrupt
    return picked
