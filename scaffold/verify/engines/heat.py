"""Heat: the service template becomes a stack in a real engine, and role_data says what the answers say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.model import Service
from scaffold.tripleo.services import REGISTRY
from scaffold.verify import agreement, attributes, beside, install, trees, wrapping
from scaffold.verify.findings import Blocked, EngineFinding, Result
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import line_of, mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal


def needs(rehearsal: Rehearsal) -> Needs:
    """Heat and the templates of the release."""
    return Needs((install.venv_piece("heat"), *trees.pieces(rehearsal.release)))


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    pins = (install.PINS / "heat.txt").read_text().splitlines()
    heat = next(line.partition("==")[2] for line in pins if line.startswith("openstack-heat=="))
    return f"openstack-heat {heat}, tripleo-heat-templates {trees.version(rehearsal.release)}"


def run(rehearsal: Rehearsal) -> Result:
    """Create the stack of each service, alone and through the chain of its role."""
    findings = [] if rehearsal.services else list(rehearsal.unreachable())
    facts: list[str] = []
    for service in rehearsal.services:
        try:
            own, chained = rehearsal.role_data(service, "service"), rehearsal.role_data(service)
        except Blocked as blocked:
            findings.append(blocked.finding)
            continue
        found = [
            *_dropped(rehearsal, service, own, chained),
            *attributes.findings(rehearsal, service),
            *agreement.differences(rehearsal, service, chained),
            *wrapping.findings(rehearsal, service, chained),
            *_puppet(rehearsal, service, chained),
        ]
        findings += found
        facts += _facts(rehearsal, service, agreed=not found)
    for service in rehearsal.repo.services:
        findings += _host_module(rehearsal, service)
    among_others = beside.result(rehearsal)
    findings += among_others.findings
    facts += among_others.facts
    if not rehearsal.services:
        facts.append("no service of its own: the environment file alone is the integration")
    return Result(findings, facts)


def _puppet(rehearsal: Rehearsal, service: Service, data: Mapping[str, Any]) -> Iterator[EngineFinding]:
    """A manifest runs only with the volume that it writes to, and in an image."""
    for config in data.get("puppet_config", []):
        missing = [key for key in ("config_volume", "config_image") if not config.get(key)]
        if config.get("step_config") and missing:
            saw = f"puppet_config has a step_config without {' and '.join(missing)}: puppet never runs it"
            file, line = rehearsal.place(service, "puppet_config")
            yield EngineFinding(saw, file, line)


def _facts(rehearsal: Rehearsal, service: Service, agreed: bool) -> Iterator[str]:
    role = rehearsal.role(service.roles)
    yield f"the stack of {service.name.kebab} is created, alone and in the chain of {role}"
    if agreed:
        yield f"role_data of {service.name.kebab} says what the answers say"
    for base in service.bases if agreed else ():
        what = " and ".join(base.sections) or "all"
        yield f"{what} that {wrapping.title(service, base)} says arrives with {service.name.kebab}"
    given = rehearsal.stand_ins(service)
    if given:
        yield f"the operator has to give {', '.join(given)}: values of the rehearsal stood in"


def _dropped(
    rehearsal: Rehearsal, service: Service, own: dict[str, Any], chained: dict[str, Any]
) -> Iterator[EngineFinding]:
    """Sections that leave the service and do not arrive: the chain passes what the release knows.

    Some arrive under another name or only with TLS everywhere, but the chain of a role, and the hook that
    it hands role_data to, name all that they know.
    """
    laid = rehearsal.overlay()
    chain = laid / f"common/services/{rehearsal.role(service.roles).lower()}-role.yaml"
    files = [chain, *(laid / "extraconfig/nova_metadata").rglob("*.yaml")]
    known = {word for file in files for word in re.findall(r"\w+", file.read_text())}
    for section, value in own.items():
        if value and not chained.get(section) and section not in known:
            saw = (
                f"nothing of {section} reaches the hosts: {rehearsal.release.title} does not know this "
                f"section of role_data, and drops it silently"
            )
            yield EngineFinding(saw, *rehearsal.place(service, section))


def _host_module(rehearsal: Rehearsal, service: Service) -> Iterator[EngineFinding]:
    """A module that the host loads has to arrive in the stock service that loads modules."""
    module = service.kernel_module
    if not module or module.delivery != "host":
        return
    environment = rehearsal.root / rehearsal.environment
    for role in service.roles:
        try:
            data = rehearsal.stock_role_data(f"{REGISTRY}Kernel", rehearsal.role([role]))
        except HeatRefused as refusal:
            rehearsal.acquit_heat()
            place = mentioned(rehearsal.root, [rehearsal.environment], refusal.reason)
            yield EngineFinding(f"openstack overcloud deploy: the stack fails: {refusal.reason}", *place)
            continue
        if module.name not in str(data):
            line = line_of(environment, "parameter_defaults", f"{role}Parameters", "ExtraKernelModules")
            yield EngineFinding(f"hosts of {role} never load {module.name}", rehearsal.environment, line)
