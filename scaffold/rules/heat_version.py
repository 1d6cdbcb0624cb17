"""The heat_template_version of a template is one that the release's Heat knows.

Why: Heat knows no version for most releases (there is no `train`, `ussuri` or `victoria`), and none that is
newer than itself: it refuses the stack. An older version is good in every release; `function-version`
reports what it lacks.

Bad, on Train::

    heat_template_version: train

Good::

    heat_template_version: rocky

Source: the entry points heat.templates of openstack-heat, in scaffold/releases/heat.yaml. That stock
templates have one version only is a lint of tools/yaml-validate.py for that tree.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate
from scaffold.documents.nodes import text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import heat


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look the version up."""
    release = repository.release
    node = template.root.get("heat_template_version")
    if node is not None and text_of(node) not in heat().known_to(release.name):
        written = text_of(node) or "this"
        yield Finding(
            node,
            f"{release.title} does not take heat_template_version {written}",
            f"heat_template_version: {release.tripleo.heat_template_version}",
        )


RULE = Rule(id="heat-version", page=__doc__, files=HeatTemplate, check=check, needs_release=True)
