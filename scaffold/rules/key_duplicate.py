"""No key stands twice in a map.

Why: YAML keeps the last one and silently drops the other: half of a container, a parameter's default,
a firewall rule. Four vendors shipped such files. Where both values are the same it is only a warning.

Bad::

    parameter_defaults:
      VendorxServer: a.example.com
      VendorxServer: b.example.com

Good::

    parameter_defaults:
      VendorxServer: b.example.com

Source: the YAML 1.1 specification, 3.2.1.3, wants keys to be unique; PyYAML, which Heat uses, does not
check.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import YamlDocument
from scaffold.documents.nodes import Node, Scalar, Table, plain, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Walk every map."""
    for table in walk(document.root):
        if isinstance(table, Table):
            seen: dict[str, tuple[Scalar, Node]] = {}
            for key, value in table.pairs:
                if key.text in seen:
                    first, before = seen[key.text]
                    severity = Severity.WARNING if plain(before) == plain(value) else None
                    message = f"{key.text} is here twice: it is in line {first.line} already"
                    yield Finding(key, message, "keep one of the two", severity)
                seen.setdefault(key.text, (key, value))


RULE = Rule(id="key-duplicate", page=__doc__, files=YamlDocument, check=check)
