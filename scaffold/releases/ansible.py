"""What Ansible knows: keywords of a task, lookups, modules and the options of its own modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from scaffold.releases.ranges import read_release

SINCE_COLLECTIONS = "train"  # Ansible 2.9: a module may be named with its collection


@dataclass(frozen=True)
class Ansible:
    """The words of every Ansible. options: of a module, each with the values that it is limited to."""

    keywords: frozenset[str]
    loops: frozenset[str]  # with_items and the like
    modules: frozenset[str]
    options: Mapping[str, Mapping[str, Sequence[str]]]


@cache
def ansible() -> Ansible:
    """Return what Ansible knows: 2.9, which the releases run, and what later ones added."""
    data = read_release("ansible")
    return Ansible(
        keywords=frozenset(_words(data["keywords"])),
        loops=frozenset(f"with_{name}" for name in _words(data["lookups"])),
        modules=frozenset(_words(data["modules"])),
        options={module: _options(text) for module, text in data["options"].items()},
    )


def _words(lines: Sequence[str]) -> list[str]:
    return " ".join(lines).split()


def _options(text: str) -> dict[str, list[str]]:
    split = (word.partition("=") for word in text.split())
    return {name: values.split("|") if values else [] for name, _, values in split}
