"""A template, environment file or Dockerfile can be read.

Why: Heat refuses the whole deployment when one file is no YAML: a tab in the indentation, an unclosed
quote, a second document. A file that is not UTF-8 text or larger than 1 MB is no source file.

Bad::

    parameter_defaults:
      ContainerVendorxImage: "registry.example.com/vendorx/agent:1

Good::

    parameter_defaults:
      ContainerVendorxImage: registry.example.com/vendorx/agent:1

Source: Heat's template parser, heat/common/template_format.py (openstack-heat 24.0.0), which loads
templates and environments with PyYAML.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Broken
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository

HINTS = {
    "any token": "indent with spaces",
    "where a key": "a value that begins with { stands in quotes",
}


def check(document: Broken, repository: Repository) -> Iterator[Finding]:
    """Say why the file cannot be read; conflicts of a merge have a rule of their own."""
    if document.merge_conflicts:
        return
    hints = (hint for words, hint in HINTS.items() if words in document.reason)
    yield Finding(document, document.reason, next(hints, ""))


RULE = Rule(id="file-broken", page=__doc__, files=Broken, check=check)
