"""The heat_template_version of a template is the one that the release accepts.

Why: Heat knows no version for most releases (there is no `train`, `ussuri` or `victoria`), and refuses the
stack; and TripleO's own validation takes no other version than the tree's.

Bad, on Train::

    heat_template_version: train

Good::

    heat_template_version: rocky

Source: tools/yaml-validate.py of tripleo-heat-templates 8.4.1 to 14.3.0, valid_heat_template_versions; the
aliases of openstack-heat's entry points heat.templates.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate
from scaffold.documents.nodes import text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare with the release's fact."""
    release = repository.release
    node = template.root.get("heat_template_version")
    if node is not None and text_of(node) != release.heat_template_version:
        written = text_of(node) or "this"
        yield Finding(
            node,
            f"{release.title} does not take heat_template_version {written}",
            f"heat_template_version: {release.heat_template_version}",
        )


RULE = Rule(id="heat-version", page=__doc__, files=HeatTemplate, check=check, needs_release=True)
