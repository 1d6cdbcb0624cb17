"""What an update leads to: the answers as they are to be, and what the templates make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.answers import Answers, AnswersDocument, edited, load
from scaffold.errors import ScaffoldError
from scaffold.fields import RepositoryAnswers
from scaffold.foreign import CHOICE, given, is_foreign, obsolete, plan_foreign, refuse_repository
from scaffold.foreign import load as load_template
from scaffold.pipeline import Plan, plan
from scaffold.pipeline import planned as again
from scaffold.printable import shown
from scaffold.project import Rendering
from scaffold.questions import BY_KEY
from scaffold.resolve import checked
from scaffold.tree import Bases, Tree
from scaffold.updating import migration
from scaffold.updating.applied import Applied
from scaffold.updating.renaming import Renaming, names, renaming
from scaffold.updating.state import ANSWERS_FILE, PRISTINE_FILE, STATE_FILE
from scaffold.updating.versions import newer, template_changes

AnswerChange = tuple[str, Any, Any]  # an answer: path, old value, new value


@dataclass(frozen=True)
class Goal:
    """Where an update leads.

    planned: the new rendering with its state. pristine: the last one. base: what the vendor's files are based
    on, the last rendering but for files that were not merged with it. answers: those that change. renaming:
    the services that get other names. services: all names, old and new. keep: patterns of the vendor's own
    files.
    """

    planned: Rendering
    pristine: Tree
    base: Tree
    answers: list[AnswerChange]
    notes: list[str]
    renaming: Renaming | None = None
    services: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a command asks for: another answers file, settings over it, a template, a step back."""

    answers: AnswersDocument | None = None
    settings: tuple[str, ...] = ()
    template: Path | None = None
    allow_downgrade: bool = False


def goal(
    applied: Applied, wish: Wish, ask: Callable[[AnswersDocument], AnswersDocument] = lambda one: one
) -> Goal:
    """The goal of an update of APPLIED as WISH has it. ask: completes the answers, on a terminal.

    Raises AnswersError for answers that are wrong, and ScaffoldError where the update would be a step back or
    the last rendering is lost.
    """
    document = wish.answers or applied.answers
    if is_foreign(document):
        return _foreign(applied, document, wish)
    if wish.template:
        raise ScaffoldError("this repository was made by the built-in templates", "leave --template out")
    target = migration.moved(document.with_settings(list(wish.settings)), applied.values)
    return own(applied, ask(target), wish)


def own(applied: Applied, target: AnswersDocument, wish: Wish) -> Goal:
    """The goal TARGET of a repository that our templates made."""
    answers = checked(target)
    if not wish.allow_downgrade:
        _forward(applied, migration.backward(applied.values, answers.values))
    renamed = names(applied.values, answers)
    changes = migration.changes(applied.values, answers.values, renamed)
    planned = plan(answers)
    last = pristine(applied, lambda: again(Answers(applied.values, {})))
    return Goal(
        _said(planned, applied, target),
        last,
        based(last, applied.bases),
        changes,
        [
            *_lost(applied),
            *(template_changes(applied.state["template_version"]) if planned.rendered != last else ()),
            *_tags(applied, answers, renamed),
            *_swapped(applied, answers, renamed),
            *_new_questions(applied, planned),
            *_changed_defaults(applied, planned, changes),
        ],
        renaming(answers, renamed) if renamed else None,
        frozenset(one["service_name"] for all_ in (applied, answers) for one in all_.values["services"]),
        tuple(RepositoryAnswers(answers.values).keep),
    )


def _said(planned: Rendering, applied: Applied, target: AnswersDocument) -> Rendering:
    """PLANNED with answers.yaml as the vendor wrote it, changed only where TARGET differs."""
    text = applied.answers_text
    return replace(planned, answers_text=text if target is applied.answers else edited(text, target))


def _foreign(applied: Applied, document: AnswersDocument, wish: Wish) -> Goal:
    """The goal of a repository that a template of others made; without it, what it made last."""
    if wish.template is None:
        if wish.settings or wish.answers or applied.answers_edited:
            raise ScaffoldError(
                "the answers changed, and the template that made this repository is needed to apply them",
                "name it with --template DIR|ZIP",
            )
        facts = {key: applied.state[key] for key in ("template",) if key in applied.state}
        note = "the template is not at hand; --template DIR|ZIP compares with it"
        last = Rendering(dict(pristine(applied)), applied.answers_text, facts)
        base = based(last.rendered, applied.bases)
        return Goal(last, last.rendered, base, [], [note], keep=given(document).keep)
    if not wish.allow_downgrade:
        _forward(applied, "")
    template = load_template(wish.template)
    stored = given(document)
    asked = stored.with_settings(wish.settings)
    gone = [key for key in obsolete(template, asked.values) if key in stored.values]
    values = {key: value for key, value in asked.values.items() if key not in gone}
    planned = plan_foreign(template, values, asked.places, asked.keep)
    refuse_repository(applied.root, planned.rendered)
    before = given(load(applied.applied_text, STATE_FILE)).values
    old = {key: value for key, value in before.items() if key != CHOICE}
    new = dict(given(load(planned.answers_text, ANSWERS_FILE)).values)
    notes = [*planned.notes, *(f"the template no longer has the variable {shown(key)}" for key in gone)]
    made = pristine(applied)
    return Goal(
        _said(planned, applied, load(planned.answers_text, ANSWERS_FILE)),
        made,
        based(made, applied.bases),
        migration.differences(old, {key: value for key, value in new.items() if key != CHOICE}),
        [
            *notes,
            *(f"new question: {key}; its default is used: {new[key]}" for key in new if key not in before),
        ],
        keep=asked.keep,
    )


def pristine(applied: Applied, again: Callable[[], Rendering] | None = None) -> Tree:
    """The last rendering; rendered AGAIN where it was lost and this is the version that made it."""
    if applied.pristine is not None:
        return applied.pristine
    if again and applied.state["template_version"] == __version__:
        planned = again()
        if planned.digest == applied.state["pristine_sha256"]:
            return planned.rendered
    if PRISTINE_FILE in applied.files:
        lost = f"{PRISTINE_FILE} is not what state.json names: two branches updated, or it was edited"
    else:
        lost = f"{PRISTINE_FILE} is missing"
    raise ScaffoldError(
        lost,
        "bring it back from version control (after a merge, with state.json, from one of the sides), "
        f"or run update with version {applied.state['template_version']} once",
    )


def based(last: Tree, bases: Bases) -> Tree:
    """What each file is based on: the LAST rendering, unless BASES says otherwise."""
    return {path: file for path, file in {**last, **bases}.items() if file is not None}


def _lost(applied: Applied) -> Iterator[str]:
    if applied.pristine is None:
        yield f"{PRISTINE_FILE} was lost, and is rendered again from the answers that were applied last"


def _forward(applied: Applied, reason: str) -> None:
    made = applied.state["template_version"]
    if newer(made, __version__):
        reason = f"this is version {__version__}, and the repository was made by the newer {made}"
    if reason:
        raise ScaffoldError(reason, "--allow-downgrade does it all the same")


def new_questions(applied: Applied) -> list[str]:
    """The keys of the questions that the version which applied last did not have yet."""
    known = applied.state.get("questions")
    return [] if known is None else [key for key in BY_KEY if key not in known]


def _new_questions(applied: Applied, planned: Plan) -> Iterator[str]:
    for key in new_questions(applied):
        for path, default in planned.facts["defaults"].items():
            if path == key or (key.startswith(".") and path.endswith(key)):
                yield f"new question: {path}; its default is used: {_shown(default)}"


def _tags(applied: Applied, answers: Answers, renamed: Mapping[str, str]) -> Iterator[str]:
    """An image of another release under a tag that stands for one of the old."""
    kept = migration.kept_tags(applied.values, answers.values, renamed)
    if kept:
        settings = " ".join(f"--set {key}=TAG" for key in kept)
        yield (
            f"nodes of the old release know the {'images' if len(kept) > 1 else 'image'} under the same tag: "
            f"give a new one before you build: vendor-scaffold update {settings}"
        )


def _swapped(applied: Applied, answers: Answers, renamed: Mapping[str, str]) -> Iterator[str]:
    """A service that goes while another comes may be one that only changed its name."""
    before, after = (
        {service["service_name"] for service in values["services"]}
        for values in (applied.values, answers.values)
    )
    gone, come = before - after - renamed.keys(), after - before - set(renamed.values())
    if len(gone) == len(come) == 1:
        (old,), (new,) = gone, come
        yield f"{old} goes and {new} comes; renamed_from: {old} carries its files and your edits over"


def _changed_defaults(applied: Applied, planned: Plan, changes: Iterable[AnswerChange]) -> Iterator[str]:
    """A new release has its own defaults, as is known; any other change of a default is news."""
    if any(path == "release" for path, _, _ in changes):
        return
    before = applied.state.get("defaults", {})
    for path, default in planned.facts["defaults"].items():
        if path in before and before[path] != default:
            yield f"the default of {path} has changed: {_shown(before[path])} -> {_shown(default)}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
