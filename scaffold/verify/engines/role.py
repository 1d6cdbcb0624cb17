"""The role: its services beside each other, as config-download gets them, and every value in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scaffold import catalogue
from scaffold.verify import hieradata, install, roles, sources, trees
from scaffold.verify.docker_config import steps
from scaffold.verify.findings import Blocked, EngineFinding, Result
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import line_of, mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal, template
from scaffold.verify.roles import Member
from scaffold.verify.values import Started


def needs(rehearsal: Rehearsal) -> Needs:
    """Heat and the templates of the release."""
    return Needs((install.venv_piece("heat"), *trees.pieces(rehearsal.release)))


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    return f"tripleo-heat-templates {trees.version(rehearsal.release)}"


def run(rehearsal: Rehearsal) -> Result:
    """Put the services of each role together, and look at what becomes of them."""
    members = [*_members(rehearsal)]
    findings: list[EngineFinding] = []
    for member in members:
        findings += [*_values(rehearsal, member, members), *roles.against_stock(rehearsal, member)]
    facts: list[str] = []
    for role in _roles(rehearsal):
        of_role = [one for one in members if role in (one.service.roles or [role])]
        found = [*roles.collisions(rehearsal, of_role, role), *sources.findings(rehearsal, of_role)]
        findings += [*found, *(_together(rehearsal, of_role, role) if of_role else ())]
        names = ", ".join(one.service.name.kebab for one in of_role)
        facts += [f"{role}: {names} arrive beside each other"] if of_role else []
    findings += _backends(rehearsal, members)
    findings = list(dict.fromkeys(findings))
    failed = any(finding.severity == "error" for finding in findings)
    return Result(findings, [] if failed else facts or ["no service of its own"])


def _members(rehearsal: Rehearsal) -> Iterator[Member]:
    for service in rehearsal.services:
        try:
            yield Member(service, rehearsal.role_data(service, "service"))
        except Blocked:
            continue  # Heat's to say


def _roles(rehearsal: Rehearsal) -> list[str]:
    """Every role that gets a service of the repository."""
    named = dict.fromkeys(role for service in rehearsal.services for role in service.roles)
    return [*named] or ["Controller"]


def _together(rehearsal: Rehearsal, members: Sequence[Member], role: str) -> Iterator[EngineFinding]:
    """What Heat says of the chain of the role, and what does not arrive of it."""
    try:
        merged = rehearsal.together([member.service for member in members], role)
    except HeatRefused as refusal:
        rehearsal.acquit_heat()
        files = [*(template(member.service) for member in members), rehearsal.environment]
        saw = f"openstack overcloud deploy: the stack of {role} fails: {refusal.reason.strip()}"
        yield EngineFinding(saw, *mentioned(rehearsal.root, files, refusal.reason))
        return
    for member, keys in roles.missing(merged, members):
        saw = f"nothing of {'.'.join(map(str, keys))} reaches the hosts of {role}"
        yield EngineFinding(saw, *rehearsal.place(member.service, *keys))


def _values(rehearsal: Rehearsal, member: Member, members: Sequence[Member]) -> Iterator[EngineFinding]:
    """What is wrong with the containers of a service and its rules of the firewall."""
    stock = catalogue.load(rehearsal.release.name).taken.containers
    own = {name for one in members for named in steps(one.data).values() for name in named}
    started = Started(rehearsal.release, rehearsal.repo.container_engine, {*own, *stock})
    wrapped: dict[str, dict[str, Any]] = {}
    for taken in rehearsal.taken_in(member.service):
        for step, named in steps(taken).items():
            wrapped.setdefault(step, {}).update(named)
    for keys, saw in started.wrong(_without(steps(member.data), wrapped)):
        yield EngineFinding(saw, *rehearsal.place(member.service, "docker_config", *keys))
    name = str(member.data.get("service_name") or "")
    for keys, saw in hieradata.of_firewall(rehearsal.release, name, member.data):
        if not member.service.wraps:
            yield EngineFinding(saw, *rehearsal.place(member.service, *keys))


def _without(own: dict[str, dict[str, Any]], others: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        step: {name: one for name, one in named.items() if others.get(step, {}).get(name) != one}
        for step, named in own.items()
    }


def _backends(rehearsal: Rehearsal, members: Sequence[Member]) -> Iterator[EngineFinding]:
    """What is wrong with the backends of cinder, in the environment file and in hieradata of services."""
    file = rehearsal.root / rehearsal.environment
    for keys, settings in hieradata.of_environment(rehearsal.environment_content("parameter_defaults")):
        for inner, saw in hieradata.of_cinder(settings):
            line = line_of(file, "parameter_defaults", *keys, *inner)
            yield EngineFinding(saw, rehearsal.environment, line)
    for member in members:
        for inner, saw in hieradata.of_cinder(member.data.get("config_settings") or {}):
            yield EngineFinding(saw, *rehearsal.place(member.service, "config_settings", *inner))
