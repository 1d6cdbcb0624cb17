"""The template that a resource_registry names exists.

Why: the client stops the deployment before it begins: "No such file or directory". A relative path counts
from the environment file.

Bad::

    resource_registry:
      OS::TripleO::Services::VendorxAgent: docker/services/vendorx-agent.yaml

Good::

    resource_registry:
      OS::TripleO::Services::VendorxAgent: ../docker/services/vendorx-agent.yaml

Source: heatclient/common/template_utils.py, resolve_environment_urls; process-templates.py makes NAME.yaml of
NAME.j2.yaml. A path into the installed stock tree is held against the templates of the release. A relative
path of a stock service may lie in the tree that the repository is laid over, and is not judged. Where a
package may put the file elsewhere than it lies here, or the path leaves the repository, it is a warning.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.catalogue import stock
from scaffold.documents import EnvironmentFile
from scaffold.documents.nodes import Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES
from scaffold.tripleo.paths import TREE
from scaffold.tripleo.services import REGISTRY
from scaffold.unknown import meant, nearest, there_is_no

OF_SERVICES = ("deployment/", "docker/services/", "puppet/services/")
YAML = (".yaml", ".yml")
ALMOST = re.compile(r"OS::?TripleO::?Services?::?", re.IGNORECASE)


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Follow the paths of the services that are not stock ones, as far as it is known which these are."""
    for key in environment.registry.keys.values():
        misspelt = ALMOST.match(key.text)
        if misspelt and not key.text.startswith(REGISTRY):
            hint = REGISTRY + key.text[misspelt.end() :]
            yield Finding(key, f"no role asks for {key.text}", hint)
    if repository.alone or not (repository.templates or repository.release_name):
        return
    for key, value in environment.registry.pairs:
        if isinstance(value, Scalar) and value.text.startswith(TREE) and repository.release_name:
            yield from _stock(value, repository)
        elif isinstance(value, Scalar) and value.text.endswith(YAML) and _is_own(key, repository):
            target = environment.resolve(value.text)
            relative = not value.text.startswith(("/", "http", "file:"))
            if relative and not repository.has(target) and not _is_stock(target, repository):
                yield _missing(value, target, environment, repository)


def _stock(value: Scalar, repository: Repository) -> Iterator[Finding]:
    """A path into the stock tree, where it names the template of a service that the release has not."""
    inside = posixpath.normpath(value.text.removeprefix(TREE))
    known = repository.stock.templates
    if not inside.startswith(OF_SERVICES) or inside in known or repository.has(inside):
        return
    name = PurePosixPath(inside).name
    names = {PurePosixPath(path).name: path for path in sorted(known)}
    near = nearest(name, [one for one in names if one[:6] == name[:6]], cutoff=0.75)
    gone = any(inside in stock(release).templates for release in NAMES)
    message = f"{repository.release.title} has no {inside}"
    hint = meant(TREE + names[near]) if near else ""
    yield Finding(value, message, hint, None if gone or near else Severity.WARNING)


def _missing(value: Scalar, target: str, environment: EnvironmentFile, repository: Repository) -> Finding:
    paths = [template.path for template in repository.templates]
    from_the_top = posixpath.normpath(value.text)
    known = {PurePosixPath(path).name: path for path in paths}
    name = PurePosixPath(target).name
    moved = name in known and known[name] != from_the_top  # as an RPM installs it in other directories
    severity = Severity.WARNING if moved or target.startswith("../") else None
    hint = _near(target, paths, posixpath.dirname(environment.path))
    return Finding(value, there_is_no("file", target), hint, severity)


def _is_own(service: Scalar, repository: Repository) -> bool:
    name = service.text.removeprefix(REGISTRY)
    return name != service.text and name not in repository.stock.services


def _is_stock(target: str, repository: Repository) -> bool:
    """Whether the tree that the repository is laid over has the template."""
    return target.removeprefix("../") in repository.stock.templates


def _near(target: str, paths: list[str], directory: str) -> str:
    names = {PurePosixPath(path).name: path for path in paths}
    near = nearest(PurePosixPath(target).name, names, cutoff=0.75)
    return meant(posixpath.relpath(names[near], directory or ".")) if near else ""


RULE = Rule(id="registry-path", page=__doc__, files=EnvironmentFile, check=check)
