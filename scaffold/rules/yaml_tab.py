"""No tab stands between the parts of a YAML file.

Why: the YAML reader in C that Heat uses takes a tab behind a colon, the one in Python refuses it. The file
is good on one host and broken on the next.

Bad::

    parameter_defaults: {A:<TAB>1}

Good::

    parameter_defaults: {A: 1}

Source: PyYAML, yaml/scanner.py ("found character '\\t' that cannot start any token") against libyaml; a
vendor's eight files.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import YamlDocument
from scaffold.documents.nodes import refused_by_python
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Ask the stricter reader where there is a tab at all."""
    if "\t" in document.text:
        refused = refused_by_python(document.text)
        if refused:
            yield Finding(Spot(*refused), "a YAML reader in Python stops at this tab", "write spaces")


RULE = Rule(id="yaml-tab", page=__doc__, files=YamlDocument, check=check, severity=Severity.WARNING)
