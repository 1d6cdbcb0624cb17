"""What a vendor repository says of itself: its answers, and what was rendered and applied last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scaffold import own
from scaffold.answers import AnswersDocument, check, load
from scaffold.errors import AnswersError, ScaffoldError, WrongUse
from scaffold.foreign import is_foreign
from scaffold.foreign.answered import plain
from scaffold.records import Damaged
from scaffold.tree import Bases, Tree, digest, unpack
from scaffold.updating.state import (
    ANSWERS_FILE,
    FROM_GIT,
    PRISTINE_FILE,
    STATE_FILE,
    holds_markers,
    loaded,
    merged,
)

ADOPT_AGAIN = f"vendor-scaffold new --adopt --answers {ANSWERS_FILE} ."


@dataclass(frozen=True)
class Applied:
    """A vendor repository as its .vendor-scaffold/ describes it.

    files: those of .vendor-scaffold/. answers_text: answers.yaml, the target. state: what state.json holds.
    pristine: the last rendering; None where it is not the one that the state names, as after two branches
    were both updated. bases: what the files are based on that were not merged with it.
    """

    root: Path
    files: Tree = field(repr=False)
    answers_text: str
    state: Mapping[str, Any]
    pristine: Tree | None = field(repr=False)
    bases: Bases = field(repr=False)

    @cached_property
    def answers(self) -> AnswersDocument:
        """The target; raises AnswersError where it cannot be read."""
        return load(self.answers_text, ANSWERS_FILE)

    @property
    def applied_text(self) -> str:
        """The answers that were applied last, as a file."""
        return _lines(self.state)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The answers that were applied last; those that this version no longer takes are left out."""
        try:
            return _accepted(load(self.applied_text, STATE_FILE))
        except AnswersError as error:
            raise ScaffoldError(f"{STATE_FILE} holds no answers: {error.faults[0]}", FROM_GIT) from error

    @property
    def answers_edited(self) -> bool:
        """Whether answers.yaml says something else than what was applied."""
        from scaffold.answers.editing import value

        return bool(value(self.answers.root) != value(load(self.applied_text, STATE_FILE).root))

    @property
    def conflicts(self) -> Mapping[str, str]:
        """The files that the last update left in conflict -> where the template's version is, beside them."""
        found: Mapping[str, str] = self.state["conflicts"]
        return found


def repository(root: Path) -> Applied:
    """Read the vendor repository at ROOT. Raises ScaffoldError for a state that is missing or broken."""
    files = own.read(root, (ANSWERS_FILE, STATE_FILE, PRISTINE_FILE))
    texts = {path: _text(files, path) for path in (STATE_FILE, ANSWERS_FILE)}
    state = loaded(texts[STATE_FILE])
    if holds_markers(texts[ANSWERS_FILE]):
        raise merged(ANSWERS_FILE)
    return Applied(root, files, texts[ANSWERS_FILE], state, *_pristine(files, state))


def refuse_foreign(root: Path, answers: AnswersDocument, command: str) -> None:
    """Raise WrongUse where ANSWERS say that a template of others made the repository at ROOT.

    command: is for those of our own templates.
    """
    if is_foreign(answers):
        template = plain(answers.root).get("template", "of others")
        raise WrongUse(
            f"{root} was made from the template {template}",
            f"{command} is for repositories that vendor-scaffold's own templates made",
        )


def applied_answers(root: Path) -> str:
    """The answers that were applied last, where answers.yaml itself is lost."""
    state = loaded(_text(own.read(root, (STATE_FILE,)), STATE_FILE))
    return _lines(state)


def _accepted(document: AnswersDocument) -> dict[str, Any]:
    """The values of DOCUMENT without what `check` refuses; raises AnswersError where too little is left."""
    try:
        return check(document).values
    except AnswersError as error:
        rest = document.without_refused(error.faults)
        if rest.root == document.root:
            raise
        return _accepted(rest)


def _lines(state: Mapping[str, Any]) -> str:
    return "".join(f"{line}\n" for line in state["answers"])


def _text(files: Tree, path: str) -> str:
    if path not in files:
        hint = (
            f"vendor-scaffold restore {path} writes the answers that were applied last"
            if path == ANSWERS_FILE
            else f"{FROM_GIT}, or take the repository over again with {ADOPT_AGAIN}"
        )
        raise ScaffoldError(f"{path} is missing", hint)
    try:
        return files[path].content.decode()
    except UnicodeDecodeError:
        raise ScaffoldError(f"{path} is not UTF-8 text", FROM_GIT) from None


def _pristine(files: Tree, state: Mapping[str, Any]) -> tuple[Tree | None, Bases]:
    if PRISTINE_FILE not in files:
        return None, {}
    try:
        tree, bases = unpack(files[PRISTINE_FILE].content, PRISTINE_FILE, FROM_GIT)
    except Damaged:
        return None, {}
    return (tree, bases) if digest(tree, bases) == state["pristine_sha256"] else (None, {})
