"""A template that a resource names exists where the release has it.

Why: the client stops the deployment before it begins. containers-common.yaml lies in docker/services to
Rocky, in deployment from Stein on; a path counts from the template.

Bad, on Train, in docker/services/::

    ContainersCommon:
      type: ./containers-common.yaml

Good::

    ContainersCommon:
      type: ../../deployment/containers-common.yaml

Source: commits a52498ab4 and 00842cf23 of tripleo-heat-templates (10.5.0), where two stock services still
miss it; heatclient/common/template_utils.py, get_template_contents. Of other templates only what looks like a
misspelt one of the repository or of the release is judged, or one that another release has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from scaffold.catalogue import stock
from scaffold.documents import HeatTemplate
from scaffold.documents.nodes import Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES
from scaffold.tripleo.paths import TREE
from scaffold.tripleo.services import COMMON_TEMPLATE
from scaffold.unknown import meant, nearest, there_is_no

OF_SERVICES = ("deployment/", "docker/services/", "puppet/services/")
LAID_OVER = ("docker/", "deployment/", "puppet/")  # what lies here is copied over the stock tree


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Follow the paths that are relative, or lead into the tree where the package installs it."""
    for kind in template.nested():
        installed = kind.text.startswith(TREE)
        target = kind.text.removeprefix(TREE) if installed else template.resolve(kind.text)
        if not installed and (kind.text.startswith("/") or "://" in kind.text or repository.has(target)):
            continue
        if posixpath.basename(target) == COMMON_TEMPLATE:
            if installed or template.path.startswith(LAID_OVER):
                yield from _common(kind, target, "" if installed else template.path, repository)
        else:
            yield from _misspelt(kind, target, template, repository)
            yield from _stock(kind, target, repository)


def _common(kind: Scalar, target: str, path: str, repository: Repository) -> Iterator[Finding]:
    right = posixpath.normpath(
        posixpath.join("docker/services", repository.release.tripleo.containers_common)
    )
    if target != right:
        hint = posixpath.relpath(right, posixpath.dirname(path)) if path else TREE + right
        yield Finding(kind, f"{repository.release.title} has no {target}", hint)


def _stock(kind: Scalar, target: str, repository: Repository) -> Iterator[Finding]:
    """What looks like a template of the release, and is none, or one of another release."""
    inside = re.sub(r"^(\.\./)+", "", target)
    known = repository.stock.templates
    if not inside.startswith(OF_SERVICES) or inside in known or repository.has(inside):
        return
    name = posixpath.basename(inside)
    names = {posixpath.basename(path): path for path in sorted(known)}
    near = nearest(name, [one for one in names if one[:6] == name[:6]], cutoff=0.85)
    if near or any(inside in stock(release).templates for release in NAMES):
        message = f"{repository.release.title} has no {inside}"
        yield Finding(kind, message, meant(kind.text.replace(inside, names[near])) if near else "")


def _misspelt(kind: Scalar, target: str, template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    name = posixpath.basename(target)
    inside = re.sub(r"^(\.\./)+", "", target)
    if inside != target and repository.has(inside):  # it leaves the repository by a step too many
        right = posixpath.relpath(inside, posixpath.dirname(template.path) or ".")
        yield Finding(kind, there_is_no("file", target), meant(right))
    paths = [
        each.path
        for each in repository.of(HeatTemplate)
        # where only directories differ, both may be there
        if each is not template and each.name != name and nearest(name, [each.name], cutoff=0.85)
    ]
    near = nearest(target, paths, cutoff=0.9)
    if near and name not in {posixpath.basename(path) for path in repository.stock.templates}:
        right = posixpath.relpath(near, posixpath.dirname(template.path) or ".")
        yield Finding(kind, there_is_no("file", target), meant(right))


RULE = Rule(id="template-path", page=__doc__, files=HeatTemplate, check=check, needs_release=True)
