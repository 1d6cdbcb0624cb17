"""The Ansible tasks of role_data, as far as they are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold import releases
from scaffold.documents import heat
from scaffold.documents.kinds import ServiceTemplate
from scaffold.documents.nodes import Node, Scalar, Table, walk
from scaffold.releases.ansible import ansible
from scaffold.tripleo.heat import COMPUTED

OTHERS = ("workflow_tasks", "puppet_tasks")  # those of Mistral, and maps of steps
BLOCKS = ("block", "rescue", "always")
CONDITIONS = ("when", "until", "failed_when", "changed_when")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*=[^=])")


@dataclass(frozen=True)
class Task:
    """A task, or a block of them. section: of role_data."""

    section: str
    node: Table

    @property
    def is_block(self) -> bool:
        """Whether it holds tasks and does nothing itself."""
        return any(name in self.node for name in BLOCKS)

    @property
    def loop(self) -> str:
        """What its loop is called, as with_items; empty where it has none."""
        return next((name for name in self.node.entries if name == "loop" or name.startswith("with_")), "")

    @property
    def loop_variable(self) -> str:
        """The variable that its loop sets."""
        named = self.node.get("loop_control", "loop_var")
        return named.text if isinstance(named, Scalar) else "item"

    @property
    def conditions(self) -> list[Scalar]:
        """The texts of its `when`."""
        return _texts(self.node.get("when"))

    def uses(self) -> Iterator[tuple[str, Scalar]]:
        """The variables that it names, each with the text that names it; those of inner tasks are theirs."""
        for key, value in self.node.pairs:
            if key.text in BLOCKS:
                continue
            for text in _texts(value):
                bare = key.text in CONDITIONS and "{{" not in text.text
                yield from ((name, text) for name in names(text.text, bare=bare))


def tasks(template: ServiceTemplate) -> Iterator[Task]:
    """The tasks of all sections, each block before what is in it."""
    for section in releases.role_data():
        if section.endswith("_tasks") and not section.endswith(OTHERS):
            yield from _within(section, list(heat.items(template.section(section))))


def _within(section: str, nodes: list[Node]) -> Iterator[Task]:
    for node in nodes:
        call = heat.function(node)
        if isinstance(node, Table) and not (call and call[0] in COMPUTED):
            yield Task(section, node)
            for name in BLOCKS:
                yield from _within(section, list(heat.items(node.get(name))))


def names(text: str, *, bare: bool) -> Iterator[str]:
    """The names that Jinja looks up in TEXT. bare: all of it is an expression."""
    found = [text] if bare else ["".join(match.groups("")) for match in _EXPRESSION.finditer(text)]
    for expression in found:
        yield from _NAME.findall(_LITERAL.sub("''", expression))


def _texts(node: Node | None) -> list[Scalar]:
    return [each for each in walk(node) if isinstance(each, Scalar)]


def modules(task: Task) -> list[tuple[Scalar, Node]]:
    """The keys of a task that are no keywords: its module, unless something is misspelt."""
    known = ansible()
    words = known.keywords | known.loops
    return [(key, value) for key, value in task.node.pairs if key.text not in words]
