"""A Dockerfile as instructions with their places.

Continuation lines, comments between them, the `escape` directive, here-documents and heads in any case are
understood as BuildKit's parser (moby/buildkit, frontend/dockerfile/parser) does; nothing is expanded. Of the
libraries for it, none gives columns and here-documents without Go or a build step.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
# a here-document is a word, which quotes may hold together (heredocsFromLine and ParseHeredoc of BuildKit)
_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:\\.|[^"\\])*"|'[^']*'|["'\\])+""")
_HEREDOC = re.compile(r"\d*<<(-?)([^<]+)")
_QUOTING = re.compile(r"['\"\\]")
_FLAGS = re.compile(r"^(--\S+\s+)+")
_DOCKERFILE = re.compile(
    r"(Dockerfile|Containerfile)([._-].+)?|.+[.-]([Dd]ockerfile|[Cc]ontainerfile)|(dockerfile|containerfile)"
)
_NO_DOCKERFILE = re.compile(  # Dockerfile.in is made into one, Dockerfile.md is about one
    r".+\.(j2|jinja2?|in|tmpl|tpl|template|erb|m4|mustache|dockerignore|md|rst|adoc|txt|html|sh|py|rb|go|js|ts|json"
    r"|ya?ml|toml|xml|conf|cfg|ini|spec|patch|diff|rej|log)"
)
MAX_TEXT = 4096  # of a name of an image, with its variables put in
_WITH_HEREDOC = {"RUN", "COPY", "ADD", "ONBUILD"}
INSTRUCTIONS = ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK",
                "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME",
                "WORKDIR")  # fmt: skip
_VARIABLE = re.compile(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)(:?[-+?][^}]{0,200})?\}|([A-Za-z_]\w*))")


def split(text: str) -> tuple[str, ...]:
    """The words of TEXT as the shell takes them; as they stand where a quote is not closed."""
    if not _QUOTING.search(text):
        return tuple(text.split())
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


@dataclass(frozen=True)
class Line:
    """One line of an instruction: its text without the continuation mark, and where that text begins."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction. lines: what follows its name, line by line; comments and empty lines are left out."""

    name: str  # in capitals
    line: int
    column: int
    lines: tuple[Line, ...]
    documents: tuple[tuple[Line, ...], ...] = ()  # the bodies of its here-documents

    @cached_property
    def text(self) -> str:
        """What follows the name, on one line."""
        return " ".join(line.text.strip() for line in self.lines).strip()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words, quotes taken off where the shell would."""
        return split(self.text)

    @cached_property
    def json(self) -> tuple[str, ...] | None:
        """The strings of the JSON form; None where this is none."""
        try:
            found = json.loads(_FLAGS.sub("", self.text))
        except ValueError:
            return None
        strings = isinstance(found, list) and all(isinstance(item, str) for item in found)
        return tuple(found) if strings else None

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """The words that are no flag in front, as --from=build is; or the strings of the JSON form."""
        if self.json is not None:
            return self.json
        words = self.words
        first = next((at for at, word in enumerate(words) if not word.startswith("--")), len(words))
        return words[first:]

    @cached_property
    def flags(self) -> Mapping[str, str]:
        """The flags in front: {"from": "build"}."""
        found: dict[str, str] = {}
        for word in self.words:
            if not word.startswith("--"):
                break
            key, _, value = word[2:].partition("=")
            found[key] = value
        return found

    def find(self, pattern: str | re.Pattern[str]) -> Iterator[tuple[Line, re.Match[str]]]:
        """Each match of the pattern in a line, with a place that points to it."""
        for line in self.lines:
            for match in re.finditer(pattern, line.text):
                yield Line(line.line, line.column + match.start(), match.group()), match


@dataclass(frozen=True)
class Stage:
    """What one FROM begins. source: the image as written."""

    start: Instruction
    source: str
    name: str | None
    instructions: tuple[Instruction, ...]


def is_name(name: str) -> bool:
    """Whether a file of this name is a Dockerfile: not what is made into one, nor what is about one."""
    return bool(_DOCKERFILE.fullmatch(name)) and not _NO_DOCKERFILE.fullmatch(name)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of the Dockerfile TEXT, in order."""
    lines = text.removeprefix("\ufeff").splitlines()
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        parts, at = _continued(lines, at, escape)
        instruction = _instruction(parts)
        documents: list[tuple[Line, ...]] = []
        if instruction.name in _WITH_HEREDOC:
            for dash, end in _heredocs(instruction.text):
                body, at = _document(lines, at, end, dash)
                documents.append(body)
        yield Instruction(
            instruction.name, instruction.line, instruction.column, instruction.lines, tuple(documents)
        )


def _escape(lines: list[str]) -> str:
    """The continuation mark: a directive in the first lines may change it."""
    for line in lines:
        match = _DIRECTIVE.match(line)
        if not match:
            break
        if match[1].lower() == "escape" and match[2] in ("\\", "`"):
            return match[2]
    return "\\"


def _continued(lines: list[str], at: int, escape: str) -> tuple[list[Line], int]:
    """The lines of the instruction that begins at index AT, and the index behind it."""
    parts: list[Line] = []
    for index in range(at, len(lines)):
        text = lines[index]
        if parts and (not text.strip() or text.lstrip().startswith("#")):
            continue
        bare = text.rstrip()
        more = bare.endswith(escape)
        bare = bare[:-1] if more else bare
        indent = len(bare) - len(bare.lstrip())
        parts.append(Line(index + 1, indent + 1, bare[indent:]))
        if not more:
            return parts, index + 1
    return parts, len(lines)


def _instruction(parts: list[Line]) -> Instruction:
    first, rest = parts[0], parts[1:]
    match = re.match(r"(\S+)\s*", first.text)
    end = match.end() if match else 0
    head = Line(first.line, first.column + end, first.text[end:])
    name = match[1].upper() if match else ""
    return Instruction(name, first.line, first.column, (head, *rest) if head.text else tuple(rest))


def _heredocs(text: str) -> Iterator[tuple[bool, str]]:
    """Each here-document that TEXT begins: whether tabs are stripped, and the line that ends it."""
    for word in _WORD.findall(text) if "<<" in text else ():
        match = _HEREDOC.fullmatch(word)
        if match:
            yield bool(match[1]), re.sub(r"[\"'\\]", "", match[2])


def _document(lines: list[str], at: int, end: str, tabs: bool) -> tuple[tuple[Line, ...], int]:
    """The body of a here-document that begins at index AT, and the index behind it."""
    body: list[Line] = []
    for index in range(at, len(lines)):
        text = lines[index].lstrip("\t") if tabs else lines[index]
        if text == end:
            return tuple(body), index + 1
        body.append(Line(index + 1, len(lines[index]) - len(text) + 1, text))
    return tuple(body), len(lines)


def stages(found: tuple[Instruction, ...]) -> Iterator[Stage]:
    """The stages: each FROM with what follows it."""
    starts = [at for at, instruction in enumerate(found) if instruction.name == "FROM"]
    for at, end in zip(starts, [*starts[1:], len(found)], strict=False):
        words = found[at].arguments
        named = len(words) >= 3 and words[1].upper() == "AS"
        yield Stage(found[at], words[0] if words else "", words[2] if named else None, found[at + 1 : end])


def variables(text: str) -> Iterator[str]:
    """The names of the variables that TEXT uses without giving a value for the case that it has none."""
    for match in _VARIABLE.finditer(text):
        if not match[2]:
            yield match[1] or match[3]


def expanded(text: str, values: Mapping[str, str]) -> str:
    """TEXT with the variables put in that VALUES knows or that bring a default; the others stay.

    A value that would make it longer than MAX_TEXT stays out, as values that double each other do.
    """
    room = MAX_TEXT

    def value(match: re.Match[str]) -> str:
        modifier = match[2] or ""
        default = modifier.lstrip(":")[1:] if modifier.lstrip(":").startswith("-") else match.group()
        put = values.get(match[1] or match[3], default)
        nonlocal room
        room -= len(put)
        return put if room >= 0 else match.group()

    return _VARIABLE.sub(value, text)


def arguments(found: Iterable[Instruction]) -> dict[str, str | None]:
    """The ARGs before the first FROM, with their defaults."""
    values: dict[str, str | None] = {}
    known: dict[str, str] = {}
    for instruction in found:
        if instruction.name == "FROM":
            break
        for word in instruction.arguments if instruction.name == "ARG" else ():
            name, equals, value = word.partition("=")
            known.pop(name, None)
            values[name] = expanded(value, known) if equals else None
            known |= {name: values[name] or ""} if equals else {}
    return values


def parents(found: Iterable[tuple[Stage, str]]) -> dict[int, Stage]:
    """The earlier stage that a stage starts from, by the stage's id; FOUND: each with its base."""
    named: dict[str, Stage] = {}
    begun: dict[int, Stage] = {}
    for stage, base in found:
        if base.lower() in named:
            begun[id(stage)] = named[base.lower()]
        if stage.name:
            named[stage.name.lower()] = stage
    return begun
