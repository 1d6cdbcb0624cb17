"""An answers file that was read and not checked yet."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from scaffold.answers import settings as _settings
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerPlace, BrokenAnswer
from scaffold.answers.reading import MAX_BYTES, parse
from scaffold.errors import AnswersError, Fault
from scaffold.printable import visible

_LONGEST_PATH = 4096


@dataclass(frozen=True)
class AnswersDocument:
    """The answers as somebody wrote them. faults: what was wrong with the writing, for `check` to report."""

    root: AnswerNode
    faults: tuple[Fault, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is said at all."""
        return isinstance(self.root, AnswerMap) and not self.root.entries

    def with_settings(self, settings: Sequence[str]) -> AnswersDocument:
        """These answers with each `KEY=VALUE` of `--set` put over them, in order."""
        root, faults = self.root, list(self.faults)
        for setting in settings:
            root, found = _settings.applied(root, setting)
            faults += found
        return AnswersDocument(root, tuple(faults))

    @property
    def services(self) -> tuple[AnswerNode, ...]:
        """The services as they are written; none where there is no list of them."""
        found = self.root.entries.get("services") if isinstance(self.root, AnswerMap) else None
        return found.nodes if isinstance(found, AnswerList) else ()

    def says(self, key: str) -> bool:
        """Whether there is an answer at KEY, as services.0.step, or something short for it."""
        node: AnswerNode | None = self.root
        for part in key.split("."):
            if isinstance(node, AnswerMap):
                node = node.entries.get(part)
            elif isinstance(node, AnswerList):
                node = node.nodes[int(part)] if int(part) < len(node.nodes) else None
            if node is None:
                return False
        return True

    def with_services(self, nodes: Sequence[AnswerNode]) -> AnswersDocument:
        """These answers with NODES as their services."""
        if not isinstance(self.root, AnswerMap):
            return self
        place = self.root.place_of("services") if "services" in self.root.entries else self.root.place
        return AnswersDocument(
            self.root.having("services", AnswerList(tuple(nodes), place), place), self.faults
        )

    def without(self, *keys: str) -> AnswersDocument:
        """These answers without the entry that KEYS lead to, names of maps and numbers of lists."""
        return AnswersDocument(_without(self.root, keys), self.faults)

    def without_refused(self, faults: Sequence[Fault]) -> AnswersDocument:
        """These answers without those that FAULTS, as `check` lists them, are about."""
        rest = self
        for fault in reversed(faults):  # the last first, so that the numbers of those before it hold
            keys = [key.strip('"') for key in re.findall(r"[^.\[\]]+", fault.path)]
            rest = rest.without(*keys) if keys else rest
        return rest


def _without(node: AnswerNode, keys: Sequence[str]) -> AnswerNode:
    key, rest = keys[0], keys[1:]
    if isinstance(node, AnswerList) and key.isdigit() and int(key) < len(node.nodes):
        index = int(key)
        inner = [_without(node.nodes[index], rest)] if rest else []
        return AnswerList((*node.nodes[:index], *inner, *node.nodes[index + 1 :]), node.place)
    if isinstance(node, AnswerMap) and key in node.entries:
        if rest:
            return node.having(key, _without(node.entries[key], rest), node.keys[key])
        return node.only([name for name in node.entries if name != key])
    return node


NOTHING = AnswersDocument(AnswerMap({}, {}, AnswerPlace("")))


def load(text: str, name: str) -> AnswersDocument:
    """The answers file TEXT, called NAME in faults. Raises AnswersError where it is no YAML."""
    source = visible(name, _LONGEST_PATH)
    root, faults = parse(text.removeprefix("\ufeff"), source)
    if root is None:
        root = AnswerMap({}, {}, AnswerPlace(source))
    elif not isinstance(root, AnswerMap | BrokenAnswer):
        message = "must be a map of answers, like vendor: Vendor X"
        raise AnswersError([*faults, Fault(str(root.place), "", message)])
    return AnswersDocument(root, tuple(faults))


def read(path: str) -> AnswersDocument:
    """The answers file at PATH; "-" is standard input. Raises AnswersError where it cannot be read."""
    name = "(stdin)" if path == "-" else visible(path, _LONGEST_PATH) or '""'
    return decoded(_content(path, name), name)


def decoded(data: bytes, name: str) -> AnswersDocument:
    """The answers file that holds DATA, called NAME in faults; raises AnswersError as `read`."""
    if len(data) > MAX_BYTES:
        raise AnswersError([Fault(name, "", f"must be at most {MAX_BYTES // 1024} kB of text")])
    try:
        return load(data.decode(), name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AnswersError(
            [Fault(f"{name}:{line}", "", "is not UTF-8 text: save the file as UTF-8")]
        ) from None


def _content(path: str, name: str) -> bytes:
    """What the file holds, but not much more than a file may hold: it could be an endless device."""
    try:
        if not path:
            raise ValueError
        if path == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with FilePath(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is no file name"
        raise AnswersError([Fault(name, "", f"cannot be read: {reason}")]) from None
