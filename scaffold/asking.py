"""Asking on a terminal: each question through questionary, the review, and every way to leave."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import questionary
from prompt_toolkit.application import create_app_session, get_app
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.output import create_output
from questionary import Choice

from scaffold import elsewhere
from scaffold.answers import Answers, Document, check, dump
from scaffold.answers.nodes import Items, Table
from scaffold.errors import AnswersError, Fault
from scaffold.pipeline import plan
from scaffold.questions import QUESTIONS, Context, Question, Replies, settled
from scaffold.report import purpose

Asked = dict[str, tuple[Question, Context]]
WRITE, STOP = "write", "stop"


def ask(document: Document) -> Answers:
    """Ask what DOCUMENT leaves open, show the review, and return the answers.

    Raises KeyboardInterrupt or EOFError where the user stops, and AnswersError for a shape that needs no
    repository and for a DOCUMENT that is wrong already.
    """
    check(document, whole=False)
    with _terminal():
        count = _count(document)
        replies, asked = _complete(document, {}, count)
        while _run(questionary.confirm("Add another service?", default=False)):
            count += 1
            replies, asked = _complete(document, replies, count)
        while True:
            answers = _shown(settled(document, replies))
            picked = _next(asked, answers)
            if picked == WRITE and answers:
                return answers
            question, context = asked[picked]
            replies[picked] = _reply(question, context, replies[picked])
            replies, asked = _complete(document, replies, count)


def _count(document: Document) -> int:
    """How many services DOCUMENT names; one where it names none."""
    services = document.root.entries.get("services") if isinstance(document.root, Table) else None
    return len(services.nodes) if isinstance(services, Items) else 1


def _complete(document: Document, old: Replies, count: int) -> tuple[Replies, Asked]:
    """Take the OLD replies that still hold, ask for all others, and forget what is no longer asked."""
    replies: Replies = {}
    asked: Asked = {}
    for index in range(count):
        for question in QUESTIONS:
            context = Context(document, dict(replies), index)
            if not context.asks(question):
                continue
            key = context.key(question.key)
            reply = old.get(key)
            if reply is None or context.problem(question, reply):
                reply = _reply(question, context, reply)
            replies[key] = reply
            asked[key] = (question, context)
    return replies, asked


def _reply(question: Question, context: Context, old: str | None) -> str:
    """Ask QUESTION; OLD is what was replied before."""
    text = f"Service {context.index + 1}: {question.text}" if context.index else question.text
    default = question.default(context) if old is None else old
    if question.choices:
        reply = _select(text, question, context, default)
    elif question.suggest:
        reply = _completed(text, question, context, default)
    else:
        validate = _validator(question, context)
        prompt = questionary.text(text, default, validate=validate, validate_while_typing=False)
        reply = str(_run(prompt)).strip()
    if reply == "other":
        raise AnswersError(
            [Fault("", "", elsewhere.MESSAGE)],
            elsewhere.HINT,
        )
    return reply


def _select(text: str, question: Question, context: Context, default: str) -> str:
    """Choose one; what the earlier answers rule out is shown with the reason."""
    choices = [
        Choice(words, value=value, disabled=context.problem(question, value) or None)
        for value, words in (question.choices(context) if question.choices else [])
    ]
    able = [choice.value for choice in choices if not choice.disabled]
    return str(_run(questionary.select(text, choices, default=default if default in able else able[0])))


def _completed(text: str, question: Question, context: Context, default: str) -> str:
    """Type with completion; nothing typed is the DEFAULT."""
    words = question.suggest(context) if question.suggest else {}
    prompt = questionary.autocomplete(
        f"{text} [{default}]",
        list(words),
        meta_information=words,
        validate=_validator(question, context, default),
        validate_while_typing=False,
    )
    return str(_run(prompt)).strip() or default


def _validator(question: Question, context: Context, default: str = "") -> Callable[[str], bool | str]:
    return lambda text: context.problem(question, text.strip() or default) or True


# --- the review


def _shown(document: Document) -> Answers | None:
    """Print the answers and the tree that they make; None, and the faults, where they make none."""
    try:
        answers = check(document)
        questionary.print(f"\n{dump(answers.values)}")
        planned = plan(answers)
    except AnswersError as error:
        for fault in error.faults:
            questionary.print(str(fault), style="fg:ansired")
        return None
    width = max(map(len, planned.rendered))
    questionary.print(f"{planned.repo.repo_name}/")
    for path in sorted(planned.rendered):
        questionary.print(f"  {path:{width}}  {purpose(path)}".rstrip())
    return answers


def _next(asked: Asked, answers: Answers | None) -> str:
    """What to do now: WRITE, or the key of the answer to change."""
    choices = [Choice("write it", value=WRITE)] if answers else []
    for key, (question, context) in asked.items():
        service = f"service {context.index + 1}: " if context.index else ""
        choices.append(Choice(f"change: {service}{question.text}", value=key))
    choices.append(Choice("stop, and write nothing", value=STOP))
    picked = str(_run(questionary.select("Is this right?", choices)))
    if picked == STOP:
        raise KeyboardInterrupt
    return picked


# --- the terminal


def _run(prompt: questionary.Question) -> Any:
    """The reply to PROMPT; Ctrl-D leaves any prompt, not only an empty line."""
    bindings = KeyBindings()

    @bindings.add("c-d", eager=True)
    def _leave(event: Any) -> None:
        event.app.exit(exception=EOFError)

    app = prompt.application
    app.key_bindings = merge_key_bindings([app.key_bindings or KeyBindings(), bindings])
    return prompt.unsafe_ask()


@contextmanager
def _terminal() -> Iterator[None]:
    """Ask on standard error where standard output is no terminal; a closed terminal ends the asking."""
    terminals = [stream for stream in (sys.stdout, sys.stderr) if stream.isatty()]
    with ExitStack() as stack:
        if terminals == [sys.stderr]:
            stack.enter_context(create_app_session(output=create_output(sys.stderr)))
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGHUP, _hung_up)
            stack.callback(signal.signal, signal.SIGHUP, before)
        try:
            yield
        except (OSError, EOFError) as error:
            for stream in terminals:
                if not os.isatty(stream.fileno()):  # it is gone: what is still said goes nowhere
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise EOFError from error


def _hung_up(number: int, frame: object) -> None:
    app = get_app()
    if not app.is_running:
        raise EOFError
    if not app.is_done:
        app.exit(exception=EOFError)
