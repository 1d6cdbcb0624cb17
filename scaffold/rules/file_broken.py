"""A template, environment file or Dockerfile can be read.

Why: Heat refuses the whole deployment when one file is no YAML: a tab in the indentation, an unclosed
quote, a second document. A file that is not UTF-8 text or larger than 1 MB is no source file. The build of an
image stops at an instruction that there is not, most often the rest of one that lost its backslash.

Bad::

    parameter_defaults:
      ContainerVendorxImage: "registry.example.com/vendorx/agent:1

Good::

    parameter_defaults:
      ContainerVendorxImage: registry.example.com/vendorx/agent:1

Source: Heat's template parser, heat/common/template_format.py (openstack-heat 24.0.0), which loads
templates and environments with PyYAML; the dispatch of moby/buildkit's and buildah's Dockerfile parsers
("unknown instruction").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Broken, Dockerfile, Document
from scaffold.documents.dockerfile import INSTRUCTIONS, Instruction
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository
from scaffold.unknown import meant, nearest, there_is_no

HINTS = {
    "any token": "indent with spaces",
    "where a key": "a value that begins with { stands in quotes",
}
FRONTEND = re.compile(
    r"\s*#\s*syntax\s*=\s*(?!docker(?:\.io)?/|\S*/docker/dockerfile)\S"
)  # with instructions of its own
CONTINUED = (
    "LABEL",
    "RUN",
    "ENV",
    "ARG",
    "COPY",
    "ADD",
    "CMD",
    "ENTRYPOINT",
    "HEALTHCHECK",
    "EXPOSE",
    "VOLUME",
)


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Say why the file cannot be read; conflicts of a merge have a rule of their own."""
    if document.merge_conflicts:
        return
    if isinstance(document, Broken):
        hints = (hint for words, hint in HINTS.items() if words in document.reason)
        yield Finding(document, document.reason, next(hints, ""))
    elif isinstance(document, Dockerfile):
        yield from _instructions(document)


def _instructions(dockerfile: Dockerfile) -> Iterator[Finding]:
    """What is no instruction; only the first of it where the file does not look like a Dockerfile at all."""
    if FRONTEND.match(dockerfile.text):
        return
    found = dockerfile.instructions
    for before, instruction in zip((None, *found), found, strict=False):
        if instruction.name not in INSTRUCTIONS:
            yield _unknown(before, instruction, dockerfile)
            if not dockerfile.stages:
                return


def _unknown(before: Instruction | None, instruction: Instruction, dockerfile: Dockerfile) -> Finding:
    near = nearest(instruction.name, INSTRUCTIONS, cutoff=0.7)
    if before and _goes_on(before, instruction, dockerfile.lines) and not (near and instruction.column == 1):
        last = before.lines[-1].line
        word = dockerfile.lines[instruction.line - 1].split()[0]
        message = f"this line has lost its backslash: {word} is no instruction"
        return Finding(Spot(last, len(dockerfile.lines[last - 1].rstrip())), message, "end it with \\")
    hint = meant(near) or f"one of {', '.join(INSTRUCTIONS)}"
    return Finding(instruction, there_is_no("instruction", instruction.name), hint)


def _goes_on(before: Instruction, instruction: Instruction, lines: list[str]) -> bool:
    """Whether nothing but comments stands between the two, and the first one may go over several lines."""
    if before.name not in CONTINUED or before.documents or not before.lines:
        return False
    between = lines[before.lines[-1].line : instruction.line - 1]
    return all(line.lstrip().startswith("#") for line in between)


RULE = Rule(id="file-broken", page=__doc__, files=Document, check=check)
