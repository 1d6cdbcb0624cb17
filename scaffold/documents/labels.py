"""The labels of an image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.documents.dockerfile import Instruction
from scaffold.documents.kinds import Dockerfile


@dataclass(frozen=True)
class Label:
    """One label, and where it is set."""

    key: str
    value: str
    line: int
    column: int


def labels(dockerfile: Dockerfile) -> Iterator[Label]:
    """The labels that the Dockerfile gives its image, in the order of the text."""
    for instruction in dockerfile.built:
        if instruction.name == "LABEL":
            yield from _labels(instruction)


def _labels(instruction: Instruction) -> Iterator[Label]:
    words = instruction.arguments
    if words and "=" not in words[0]:  # the old form: LABEL key value
        words = (f"{words[0]}={' '.join(words[1:])}",)
    for word in words:
        key, _, value = word.partition("=")
        place = next(
            (line for line, _ in instruction.find(rf"(?<![\w.-])[\"']?{re.escape(key)}")), instruction
        )
        yield Label(key, value, place.line, place.column)
