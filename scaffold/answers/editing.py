"""Answers changed in the text that somebody wrote: comments, order and style stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffold.answers.document import AnswersDocument, load
from scaffold.answers.dumping import dump
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerScalar
from scaffold.errors import AnswersError


@dataclass(frozen=True)
class _Edit:
    """The characters from start to end become text."""

    start: int
    end: int
    text: str


def edited(text: str, after: AnswersDocument) -> str:
    """The answers file TEXT, changed to say what AFTER says.

    Where the text cannot be changed piece by piece (anchors, several documents), it is written anew.
    """
    if "\r\n" in text:
        return edited(text.replace("\r\n", "\n"), after).replace("\n", "\r\n")
    plain = text.removeprefix("\ufeff")
    before = load(plain, "answers").root
    try:
        changed = plain
        for edit in sorted(_edits(plain, before, after.root), key=lambda one: one.start, reverse=True):
            changed = changed[: edit.start] + edit.text + changed[edit.end :]
        if value(load(changed, "answers").root) == value(after.root):
            return text[: len(text) - len(plain)] + changed
    except (AnswersError, _StyleError):
        pass
    return dump(value(after.root))


def value(node: AnswerNode) -> Any:
    """The plain value that NODE holds."""
    match node:
        case AnswerMap(entries=entries):
            return {key: value(one) for key, one in entries.items()}
        case AnswerList(nodes=nodes):
            return [value(one) for one in nodes]
        case AnswerScalar():
            return node.value
    return None


class _StyleError(Exception):
    """The text is written in a way that cannot be changed piece by piece."""


def _edits(text: str, before: AnswerNode, after: AnswerNode) -> Iterator[_Edit]:
    import yaml

    root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if root is None:
        yield _Edit(len(text), len(text), _line_end(text) + dump(value(after)))
    else:
        yield from _Text(text).differences(root, before, after)


def _line_end(text: str) -> str:
    return "" if not text or text.endswith("\n") else "\n"


@dataclass(frozen=True)
class _Text:
    """Finds the edits; `composed` is always PyYAML's node of what `before` holds."""

    text: str

    def differences(self, composed: Any, before: AnswerNode, after: AnswerNode) -> Iterator[_Edit]:
        if value(before) == value(after):
            return
        match before, after:
            case (AnswerMap(), AnswerMap()) if not composed.flow_style and after.entries:
                yield from self._in_map(composed, before, after)
            case (AnswerList(), AnswerList()) if not composed.flow_style and after.nodes:
                yield from self._in_list(composed, before, after)
            case _:
                yield _Edit(composed.start_mark.index, self._end(composed), self._flow(value(after)))

    def _in_map(self, composed: Any, before: AnswerMap, after: AnswerMap) -> Iterator[_Edit]:
        indent = composed.start_mark.column
        entries = {key.value: (key, node) for key, node in composed.value}
        for name, (key, node) in entries.items():
            if name not in after.entries:
                yield self._removal(key, node, first=key is composed.value[0][0])
            elif _is_block(after.entries[name], before.entries[name]):
                yield self._entry(key, node, name, after.entries[name], indent)
            else:
                yield from self.differences(node, before.entries[name], after.entries[name])
        added = {name: value(node) for name, node in after.entries.items() if name not in entries}
        if added:
            yield self._addition(composed, _indented(dump(added), indent))

    def _entry(self, key: Any, node: Any, name: str, after: AnswerNode, indent: int) -> _Edit:
        """The entry NAME written anew, as a block: its value changes its form."""
        written = _indented(dump({name: value(after)}), indent).lstrip(" ")
        return _Edit(key.start_mark.index, self._end(node), written.removesuffix("\n"))

    def _in_list(self, composed: Any, before: AnswerList, after: AnswerList) -> Iterator[_Edit]:
        old, new = [value(one) for one in before.nodes], [value(one) for one in after.nodes]
        indent = composed.start_mark.column
        if len(old) == len(new):
            for node, was, is_now in zip(composed.value, before.nodes, after.nodes, strict=True):
                yield from self.differences(node, was, is_now)
        elif new[: len(old)] == old:
            yield self._addition(composed, _indented(dump_items(new[len(old) :]), indent))
        elif [one for one in old if one in new] == new:
            for node, was in zip(composed.value, old, strict=True):
                if was not in new:
                    yield self._whole_lines(self._dash(node), self._end(node))
        else:
            raise _StyleError

    def _removal(self, key: Any, node: Any, *, first: bool) -> _Edit:
        line = self.text.rfind("\n", 0, key.start_mark.index) + 1
        if first and self.text[line : key.start_mark.index].strip():  # it stands beside the dash of an item
            raise _StyleError
        return self._whole_lines(key.start_mark.index, self._end(node))

    def _whole_lines(self, start: int, end: int) -> _Edit:
        line = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", end - 1 if self.text[end - 1 : end] == "\n" else end)
        return _Edit(line, len(self.text) if stop < 0 else stop + 1, "")

    def _addition(self, composed: Any, written: str) -> _Edit:
        """WRITTEN after the last line of the block."""
        end = self._end(composed)
        stop = self.text.find("\n", end - 1 if self.text[end - 1 : end] == "\n" else end)
        if stop < 0:
            return _Edit(len(self.text), len(self.text), "\n" + written)
        return _Edit(stop + 1, stop + 1, written)

    def _dash(self, node: Any) -> int:
        return self.text.rindex("-", 0, node.start_mark.index)

    def _end(self, node: Any) -> int:
        """Where the last thing in NODE ends: a block's own mark is beyond the comments that follow it."""
        if node.id == "scalar" or node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)

    def _flow(self, plain: Any) -> str:
        """A value in one line."""
        if isinstance(plain, str) and "\n" in plain:
            raise _StyleError
        if not isinstance(plain, dict | list):
            return dump({"v": plain}).removeprefix("v:").strip()
        if not plain:
            return "{}" if isinstance(plain, dict) else "[]"
        inner = (
            [f"{self._flow(key)}: {self._flow(one)}" for key, one in plain.items()]
            if isinstance(plain, dict)
            else [self._flow(one) for one in plain]
        )
        if any(set(one) & set("{}[],") for one in inner if one[:1] not in "\"'{["):
            raise _StyleError
        return f"{{{', '.join(inner)}}}" if isinstance(plain, dict) else f"[{', '.join(inner)}]"


def dump_items(items: list[Any]) -> str:
    """The items of a list as a block, without indentation."""
    lines = dump({"items": items}).splitlines(keepends=True)[1:]
    return "".join(line.removeprefix("  ") for line in lines)


def _is_block(after: AnswerNode, before: AnswerNode) -> bool:
    """Whether the value becomes a map or list that it was not, so that its key must be written with it."""
    return not isinstance(after, AnswerScalar) and not isinstance(after, type(before)) and bool(value(after))


def _indented(text: str, indent: int) -> str:
    return "".join(" " * indent + line if line.strip() else line for line in text.splitlines(keepends=True))
