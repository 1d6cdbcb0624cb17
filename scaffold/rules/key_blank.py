"""No key holds an invisible blank.

Why: a no-break space, copied from a web page or a PDF, belongs to the name. Heat then ignores a parameter
default whose name begins with one. The TripleO guide to third-party containers has it itself, before
ContainerCinderVolumeImage.

Bad::

    parameter_defaults:
      <NBSP>ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:1

Good::

    parameter_defaults:
      ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:1

Source: tripleo-docs, deploy-guide/source/deployment/3rd_party.rst at cd3a8cb, line 124.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import YamlDocument
from scaffold.documents.nodes import Table, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository

INVISIBLE = re.compile("[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]")


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Walk every map."""
    for table in walk(document.root):
        for key, _ in table.pairs if isinstance(table, Table) else ():
            found = INVISIBLE.search(key.text)
            if found:
                name = INVISIBLE.sub("", key.text)
                yield Finding(key, f"U+{ord(found.group()):04X} is part of this key", f"write {name}")


RULE = Rule(id="key-blank", page=__doc__, files=YamlDocument, check=check)
