"""A service of the repository is in a role, and every service of a role is registered.

Why: registering a service does not deploy it: nothing runs, and nothing says so. The other way round, Heat
refuses a role with a service that it does not know.

Bad::

    - name: Controller
      ServicesDefault:
        - OS::TripleO::Services::VendorxAgnet

Good::

    - name: Controller
      ServicesDefault:
        - OS::TripleO::Services::VendorxAgent

Source: roles_data.yaml and overcloud.j2.yaml of tripleo-heat-templates. Only a repository that brings roles
is judged; generated ones add their services to the operator's own roles file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import EnvironmentFile, Roles, YamlDocument
from scaffold.documents.nodes import Node, Scalar, text_of, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository, per_repository
from scaffold.lint.words import Words
from scaffold.tripleo.services import REGISTRY
from scaffold.unknown import STRICT, meant, nearest


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """In a roles file or environment, look up what it lists; in an environment, what it registers."""
    listed = [node for roles in _role_lists(document) for node in _services(roles)]
    if listed and repository.complete:
        yield from _unregistered(listed, repository)
    if isinstance(document, EnvironmentFile):
        yield from _undeployed(document, repository)


def _unregistered(listed: list[Scalar], repository: Repository) -> Iterator[Finding]:
    own = _registered(repository)
    names = {key.removeprefix(REGISTRY) for key in own}
    for node in listed:
        if node.text not in own and not _is_stock(node.text, repository):
            near = nearest(node.text.removeprefix(REGISTRY), names, STRICT)
            hint, severity = (meant(REGISTRY + near), None) if near else ("", Severity.WARNING)
            yield Finding(node, f"nothing registers {node.text}", hint, severity)


def _undeployed(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    own = [
        key
        for key, value in environment.registry.pairs
        if _is_service(key.text)
        and text_of(value) != "OS::Heat::None"
        and not _is_stock(key.text, repository)
    ]
    if not own:
        return
    deployed = _deployed(repository)
    for key in own if deployed is not None else ():
        if key.text not in (deployed or ()) and not _named_elsewhere(key.text, repository):
            message = f"no role of the repository has {key.text}"
            yield Finding(key, message, "add it to a role", Severity.WARNING)


def _named_elsewhere(name: str, repository: Repository) -> bool:
    """Whether a file that registers nothing names the service: a script that writes roles, a template."""
    pattern = re.compile(rf"{name}(?!\w)")
    return any(pattern.search(text) for text in _others(repository).holding(name))


@per_repository
def _others(repository: Repository) -> Words:
    return Words(each.text for each in repository.documents if not isinstance(each, EnvironmentFile))


@per_repository
def _registered(repository: Repository) -> set[str]:
    return {key for each in repository.environments for key in each.registry.entries if _is_service(key)}


@per_repository
def _deployed(repository: Repository) -> set[str] | None:
    """The services of the repository's roles; None where it brings none."""
    lists = [roles for each in repository.of(YamlDocument) for roles in _role_lists(each)]
    return {node.text for roles in lists for node in _services(roles)} if lists else None


def _is_service(name: str) -> bool:
    return name.startswith(REGISTRY)


def _is_stock(name: str, repository: Repository) -> bool:
    return name.removeprefix(REGISTRY) in repository.stock.services


def _role_lists(document: YamlDocument) -> Iterator[Node]:
    if isinstance(document, Roles):
        yield from document.service_lists
    elif isinstance(document, EnvironmentFile):
        for key, value in document.defaults.pairs:
            if key.text.endswith("Services") and any(_services(value)):
                yield value


def _services(node: Node) -> Iterator[Scalar]:
    return (each for each in walk(node) if isinstance(each, Scalar) and each.text.startswith(REGISTRY))


RULE = Rule(id="service-role", page=__doc__, files=YamlDocument, check=check, needs_release=True)
