"""No two services of a cloud use the same name for different things.

Why: the sections of all services of a role are merged by name, and the later one wins: of two containers with
one name only one runs, of two kolla configs or scripts one is written. To Train puppet refuses two firewall
rules of one name. A directory that two services give to their own user belongs to whoever starts last.

Bad::

    docker_config:
      step_4:
        vendorx_agent: {…}  # services/vendorx-proxy.yaml; services/vendorx-agent.yaml has it too

Good::

    docker_config:
      step_4:
        vendorx_proxy: {…}

Source: common/services/role.role.j2.yaml of tripleo-heat-templates (yaql, mergeWith);
manifests/firewall/service_rules.pp of puppet-tripleo. Looked at are services that one environment file
registers, where no roles file keeps them apart. A name that a stock service has too is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import plain
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.lint.shared import OfRole, shared

EQUAL = ("kolla config", "config script")  # of which two that are the same are one


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare the template's names with those of templates before it, and with the release's."""
    if template.path not in shared(repository).own:
        return
    for named in shared(repository).names_of(template):
        other = _other(named, repository)
        if other and named.kind == "directory":
            message = f"{other.template.path} gives {named.name} to another user"
            yield Finding(named.place, message, "each service needs a directory of its own")
        elif other:
            message = f"{other.template.path} has the {named.kind} {named.name} too"
            yield Finding(named.place, message, "each needs a name of its own")
    yield from _stock(template, repository)


def _other(named: OfRole, repository: Repository) -> OfRole | None:
    """What has the name before it, in the order of the files."""
    for other in shared(repository).named[named.kind, named.name]:
        if other.template is named.template:
            return None
        if _clash(named, other) and shared(repository).together(named.template, other.template):
            return other
    return None


def _clash(named: OfRole, other: OfRole) -> bool:
    if named.kind in (*EQUAL, "directory"):
        return plain(named.value) != plain(other.value)
    return True


def _stock(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    taken = repository.catalogue.taken
    kinds = {
        "container": taken.containers,
        "firewall rule": taken.firewall_rules,
        "service_name": taken.service_names,
        "config script": taken.config_scripts,
    }
    for named in shared(repository).names_of(template):
        if named.name in kinds.get(named.kind, ()):
            message = f"a service of {repository.release.title} has the {named.kind} {named.name} too"
            yield Finding(named.place, message, "each needs a name of its own", Severity.WARNING)


RULE = Rule(id="name-shared", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
