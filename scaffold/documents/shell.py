"""The shell commands of a RUN instruction, each with its place, as far as they are written out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from scaffold.documents.dockerfile import Instruction, Line, split

_PIECE = re.compile(
    r"""'[^']*'|"(?:\\.|[^"\\])*"|\\."""  # quoted: no command ends in it
    r"""|(?P<comment>(?:(?<=\s)|^)\#[^\n]*)"""
    r"""|(?P<end>&&|\|\||[;|()\n]|(?<![<>&])&(?![>&]))""",
    re.DOTALL | re.MULTILINE,
)
_FLAGS = re.compile(r"\A\s*(--\S+\s+)+")
_HEREDOC = re.compile(r"<<-?[\"']?\w[\w.]*[\"']?")
_SHELLS = {"sh", "bash", "dash", "ash", "ksh"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_IN_FRONT = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "sudo", "exec",
             "command", "env"}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """One command. words: quotes taken off, the first one is the program."""

    line: int
    column: int
    text: str
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """The program, without its directory."""
        return self.words[0].rstrip("/").rpartition("/")[2]

    @property
    def operands(self) -> tuple[str, ...]:
        """The words behind the program that are no option."""
        return tuple(word for word in self.words[1:] if not word.startswith("-"))


def commands(instruction: Instruction) -> Sequence[Command]:
    """The commands of a RUN; none of any other instruction."""
    return _commands(instruction) if instruction.name == "RUN" else ()


@lru_cache(4096)  # rules ask one after the other
def _commands(instruction: Instruction) -> Sequence[Command]:
    return tuple(_found(instruction))


def _found(instruction: Instruction) -> Iterator[Command]:
    if instruction.json is not None:
        if instruction.json:
            yield Command(instruction.line, instruction.column, instruction.text, instruction.json)
        return
    first, *rest = instruction.lines or (Line(instruction.line, instruction.column, ""),)
    blank = _FLAGS.sub(lambda match: " " * len(match.group()), first.text, count=1)
    yield from _split([Line(first.line, first.column, blank), *rest], " ")
    interpreter = _HEREDOC.sub("", " ".join(line.text for line in (Line(0, 0, blank), *rest))).split()
    if not interpreter or PurePosixPath(interpreter[0]).name in _SHELLS:
        for document in instruction.documents:
            shebang = document[0].text if document and document[0].text.startswith("#!") else "#!/bin/sh"
            if PurePosixPath(shebang.split()[-1]).name in _SHELLS:
                yield from _split(list(document), "\n")


def _split(lines: list[Line], between: str) -> Iterator[Command]:
    starts: list[int] = []
    text = ""
    for line in lines:
        starts.append(len(text))
        text += line.text + between
    text = text.replace("\\\n", "  ")
    begin, parts = 0, []
    for match in _PIECE.finditer(text):
        if match["end"] or match["comment"]:
            parts.append((begin, text[begin : match.start()]))
            begin = match.end()
    for offset, part in [*parts, (begin, text[begin:])]:
        words = _words(part)
        if words:
            at = offset + len(part) - len(part.lstrip())
            index = bisect_right(starts, at) - 1
            line = lines[index]
            yield Command(line.line, line.column + at - starts[index], part.strip(), words)


def _words(text: str) -> tuple[str, ...]:
    words = list(split(text))
    while words and (
        words[0] in _IN_FRONT or _ASSIGNMENT.fullmatch(words[0]) or _HEREDOC.fullmatch(words[0])
    ):
        words.pop(0)
    return tuple(words) if words and words[0] else ()
