"""Asking on a terminal: each question through questionary, and the review."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Sequence

import questionary
from questionary import Choice

from scaffold.answers import AnswersDocument, check, dump
from scaffold.asking.terminal import run, terminal, width
from scaffold.errors import AnswersError, Fault
from scaffold.pipeline import Plan, plan
from scaffold.questions import BY_KEY, QUESTIONS, Context, Question, Replies, settled
from scaffold.questions.choices import OTHER
from scaffold.render.purposes import purpose
from scaffold.resolve import checked
from scaffold.resolve.tripleo import elsewhere

Followed = dict[str, tuple[Question, Context]]
WRITE, STOP = "write", "stop"


def ask(document: AnswersDocument) -> Plan:
    """Ask what DOCUMENT leaves open, show the review, and return the plan that was shown last.

    Raises KeyboardInterrupt or EOFError where the user stops, and AnswersError for a shape that needs no
    repository and for a DOCUMENT that is wrong already.
    """
    check(document, whole=False)
    with terminal():
        services = range(max(1, len(document.services)))
        replies, asked = _complete(document, {}, services)
        while run(questionary.confirm("Add another service?", default=False)):
            services = range(len(services) + 1)
            replies, asked = _complete(document, replies, services)
        return _reviewed(document, replies, asked, services)[1]


def ask_service(document: AnswersDocument, index: int) -> AnswersDocument:
    """Ask about the service at INDEX of DOCUMENT, show the review, and return the answers with it.

    Raises as `ask` does.
    """
    check(document, whole=False)
    services = range(index, index + 1)
    with terminal():
        replies, asked = _complete(document, {}, services)
        return _reviewed(document, replies, asked, services)[0]


def ask_only(document: AnswersDocument, keys: Container[str]) -> AnswersDocument:
    """Ask the questions KEYS about every service of DOCUMENT, where it is silent."""
    with terminal():
        replies, _ = _complete(document, {}, range(len(document.services)), keys)
        return settled(document, replies)


def _reviewed(
    document: AnswersDocument, replies: Replies, asked: Followed, services: Sequence[int]
) -> tuple[AnswersDocument, Plan]:
    """Show what the REPLIES make until it is right; DOCUMENT with them, and that plan."""
    while True:
        whole = settled(document, replies)
        planned = _shown(whole)
        picked = _next(asked, writable=planned is not None)
        if planned and picked == WRITE:
            return whole, planned
        question, context = asked[picked]
        replies[picked] = _reply(question, context, replies[picked])
        replies, asked = _complete(document, replies, services)


def _complete(
    document: AnswersDocument, old: Replies, services: Sequence[int], keys: Container[str] = BY_KEY
) -> tuple[Replies, Followed]:
    """Take the OLD replies that still hold, ask the others of KEYS, and forget what is no longer asked."""
    replies: Replies = {}
    asked: Followed = {}
    for index in services:
        for question in QUESTIONS:
            context = Context(document, dict(replies), index)
            if question.key not in keys or not context.asks(question):
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
    if question.choices:
        reply = _select(text, question, context, old or question.default(context))
    else:
        reply = _typed(text, question, context, old)
    if question.key == ".integration" and reply == OTHER[0]:
        raise AnswersError([Fault("", "", elsewhere.REFUSED)])
    for note in question.notes(context, reply):
        questionary.print(f"  note: {note}", style="fg:ansiyellow")
    return reply


def _select(text: str, question: Question, context: Context, default: str) -> str:
    """Choose one; what the earlier answers rule out is shown with the reason."""
    choices = [
        _choice(words, value, context.problem(question, value))
        for value, words in (question.choices(context) if question.choices else [])
    ]
    able = [choice.value for choice in choices if not choice.disabled]
    return str(run(questionary.select(text, choices, default=default if default in able else able[0])))


def _choice(words: str, value: str, problem: str) -> Choice:
    """The choice of VALUE; one with a PROBLEM cannot be chosen, and says why on lines of its own.

    Beside the words the terminal would cut it off, and questionary puts a reason in parentheses.
    """
    if not problem:
        return Choice(words, value=value)
    told = Choice(f"{words}\n{_filled(problem, ' ' * 6)}", value=value)
    told.disabled = True  # type: ignore[assignment]  # which questionary shows without a reason
    return told


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, width() - 2, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _typed(text: str, question: Question, context: Context, old: str | None) -> str:
    """Type a text; nothing typed is the OLD reply or else the default, which stands in brackets."""
    usual = question.default(context)
    default = old or usual

    def meant(typed: str) -> str:
        reply = typed.strip() or default
        return "" if question.optional and reply == usual else reply

    def right(typed: str) -> bool | str:
        return _filled(context.problem(question, meant(typed))) or True

    words = question.suggest(context) if question.suggest else {}
    label = f"{text} [{default}]" if default else text
    prompt = (
        questionary.autocomplete(
            label, list(words), meta_information=words, validate=right, validate_while_typing=False
        )
        if words
        else questionary.text(label, validate=right, validate_while_typing=False)
    )
    return meant(str(run(prompt)))


# --- the review


def _shown(document: AnswersDocument) -> Plan | None:
    """Print the answers and the tree that they make; None, and the faults, where they make none."""
    try:
        answers = checked(document)
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
    return planned


def _next(asked: Followed, *, writable: bool) -> str:
    """What to do now: WRITE, or the key of the answer to change."""
    choices = [Choice("write it", value=WRITE)] if writable else []
    for key, (question, context) in asked.items():
        service = f"service {context.index + 1}: " if context.index else ""
        choices.append(Choice(f"change: {service}{question.text}", value=key))
    choices.append(Choice("stop, and write nothing", value=STOP))
    picked = str(run(questionary.select("Is this right?", choices)))
    if picked == STOP:
        raise KeyboardInterrupt
    return picked
