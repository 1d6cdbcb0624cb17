"""No password, token or private key is written in a file of the repository.

Why: whoever can read the repository, or pull the image, has it, in every version that was ever pushed; and
all clouds of all customers share it. Placeholders and values that Heat or the shell puts in are none. The
default of a parameter is a warning: an operator can still give another. What only names a secret, as a
`secret` of Kubernetes does, holds none; the values of unit tests are nobody's.

Bad::

    parameter_defaults:
      VendorxApiPassword: n0tSoSecret

Good::

    parameter_defaults:
      VendorxApiPassword: <password>

Source: 8 files of 3 of the 36 vendor integrations that were read hold one: in environment files, scripts
and a registry's auth file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TypeGuard

from scaffold.documents import Dockerfile, Document, HeatTemplate, YamlDocument
from scaffold.documents.nodes import Node, Scalar, Table, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository
from scaffold.tripleo.secrets import (
    ASSIGNMENT,
    CREDENTIALS,
    PASSWORD,
    assigned,
    is_secret,
    is_secret_name,
    known,
)

SETTING = re.compile(
    r"""^[\s{]*["']?(?P<name>[A-Za-z_][\w.-]*)["']?\s*[:=]\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'#;,]+)[\s,}]*$"""
)
QUOTED = (
    ".py",
    ".js",
    ".ts",
    ".rb",
    ".rake",
    ".pp",
    ".go",
    ".java",
    ".pl",
    ".pm",
    ".php",
    ".lua",
)  # where a word without quotes is no text
PROSE = (".md", ".rst", ".txt", ".html", ".j2")
BLOCK = re.compile(r"[|>][+-]?\d?[+-]?")  # the value stands on the lines below
KUBERNETES = re.compile(r"^apiVersion:.*(?:\n.*)*?^kind:", re.MULTILINE)
OBJECT = re.compile(r"[a-z0-9][a-z0-9.-]*")  # the name of an object of Kubernetes
TESTS = re.compile(r"(^|/)(unit_?tests?|tests?|spec)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
HINT = "write a placeholder, and let the operator give it in a file of their own"


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the nodes of YAML, the lines of anything else that is no prose, and known forms anywhere."""
    found = {(place.line, name): place for place, name in _all(document)}
    for (_, name), place in found.items():
        yield Finding(place, f"{name} is written here", HINT)
    for name, default in _defaults(document) if isinstance(document, HeatTemplate) else ():
        message = f"{name} has a default, which every cloud shares"
        yield Finding(default, message, "declare it without a default, hidden", Severity.WARNING)


def _all(document: Document) -> Iterator[tuple[Spot, str]]:
    for start, name in known(document.text):
        if name == PASSWORD and TESTS.search(document.path):
            continue
        before = document.text[:start]
        yield Spot(before.count("\n") + 1, start - before.rfind("\n")), name
    suffix = PurePosixPath(document.path).suffix
    if TESTS.search(document.path):
        return
    if isinstance(document, YamlDocument):
        yield from ((Spot(node.line, node.column), name) for name, node in _values(document))
        yield from _lines(document, ASSIGNMENT)
    elif isinstance(document, Dockerfile) or suffix in (".sh", ".bash", ".env", ".mk", ".service"):
        yield from _lines(document, ASSIGNMENT)
    elif suffix not in PROSE and suffix:
        yield from _lines(document, SETTING, quoted=suffix in QUOTED)


def _lines(document: Document, pattern: re.Pattern[str], quoted: bool = False) -> Iterator[tuple[Spot, str]]:
    names_secrets = _of_kubernetes(document)
    for number, line in enumerate(document.lines, 1):
        if line.lstrip().startswith(("#", ";", "//")):
            continue
        for start, name, value in assigned(line, pattern):
            at, column = number, start + 1
            if BLOCK.fullmatch(value) and number < len(document.lines):
                below = document.lines[number]
                value, at, column = below.strip(), number + 1, len(below) - len(below.lstrip()) + 1
            literal = value[:1] in ("'", '"') or not quoted
            if names_secrets and re.search("[sS]ecret(Key)?$", name) and OBJECT.fullmatch(value.strip("\"'")):
                continue
            if literal and is_secret_name(name) and is_secret(value.strip("\"'"), name):
                yield Spot(at, column), name


def _of_kubernetes(document: Document) -> bool:
    """Whether the file holds objects of Kubernetes, and no Secret: `secret: NAME` only names one there."""
    if document.name.endswith(".go"):
        return "k8s.io" in document.text
    if not document.name.endswith((".yaml", ".yml")) or not KUBERNETES.search(document.text):
        return False
    return not re.search(r"^kind: *Secret\b", document.text, re.MULTILINE)


def _values(document: YamlDocument) -> Iterator[tuple[str, Scalar]]:
    """The literals that a key with the name of a secret has; those of credentials of registries."""
    declared = document.parameters if isinstance(document, HeatTemplate) else None
    for table in walk(document.root):
        for key, value in table.pairs if isinstance(table, Table) and table is not declared else ():
            if key.text.endswith(CREDENTIALS) and isinstance(value, Table):
                users = (user for _, user in value.pairs if isinstance(user, Table))
                secrets = (node for user in users for _, node in user.pairs)
                yield from ((key.text, node) for node in secrets if _written(node))
            elif is_secret_name(key.text):
                given = value.get("value") if isinstance(value, Table) else value  # as cinder_config has it
                if _written(given, key.text):
                    yield key.text, given


def _defaults(template: HeatTemplate) -> Iterator[tuple[str, Scalar]]:
    """The defaults of parameters with the name of a secret."""
    for key, parameter in template.parameters.pairs:
        default = parameter.get("default") if isinstance(parameter, Table) else None
        if is_secret_name(key.text) and _written(default, key.text):
            yield key.text, default


def _written(node: Node | None, name: str = "") -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and node.kind in ("str", "int") and is_secret(node.text, name)


RULE = Rule(id="secret-literal", page=__doc__, files=Document, check=check)
