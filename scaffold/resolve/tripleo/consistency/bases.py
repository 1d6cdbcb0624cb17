"""What a service takes in: stock services and templates of the release, each for some sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.errors import Fault
from scaffold.fields import ServiceAnswers
from scaffold.fields.parts import WrapsAnswers
from scaffold.releases import cloud, role_data
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.resolve.tripleo.bases import given, gives, in_place, replaces
from scaffold.tripleo.services import firewall_key
from scaffold.unknown import meant, nearest, unknown


def _asked(service: Subject) -> list[tuple[Path, WrapsAnswers]]:
    """What the service takes in, each with its place in the answers."""
    if not service.templated:
        return []
    alone = not any(isinstance(value, list) for value in service.given.said(ServiceAnswers.wraps))
    found = enumerate(service.own.wraps)
    return [(("wraps",) if alone else ("wraps", index), one) for index, one in found]


def named(service: Subject) -> Iterator[Fault]:
    """Each is a service of the release, or a template."""
    release = service.release.name
    for path, one in _asked(service):
        if not one.template and one.service not in service.stock.templates:
            names = unknown("service", one.service or "", service.stock.templates, f"in {release}")
            yield service.at(path, names if one.service else "name a service, or a template")
        elif replaces(one) and not one.service:
            yield service.at((*path, "in_place"), "name the service whose place it takes")


def apart(service: Subject) -> Iterator[Fault]:
    """One place is taken, one template gives all its sections, and what cannot be joined comes from one."""
    asked = _asked(service)
    for path, one in asked:
        if replaces(one) and one is not _first(asked, replaces):
            yield service.at(path, "the place of another is taken already; write in_place: false")
        if not one.sections and one is not _first(asked, lambda each: not each.sections):
            yield service.at(path, "only one of several can give all its sections; name those of this one")
    seen: dict[str, WrapsAnswers] = {}
    for path, one in asked:
        for index, section in enumerate(one.sections):
            facts = role_data().get(section)
            other = seen.setdefault(section, one)
            whole = any(not each.sections for _, each in asked)
            if (other is not one or whole) and not (facts and facts.joined_by):
                message = f"two {section} cannot be joined; take it from one template"
                yield service.at((*path, "sections", index), message)


def _first(asked: list[tuple[Path, WrapsAnswers]], of: Callable[[WrapsAnswers], bool]) -> WrapsAnswers | None:
    return next((one for _, one in asked if of(one)), None)


def sections(service: Subject) -> Iterator[Fault]:
    """The sections that are named are read by the release; helpers of templates have names of their own."""
    release = service.release.name
    for path, one in _asked(service):
        for index, name in enumerate(one.sections):
            facts, near = role_data().get(name), nearest(name, role_data())
            if facts and release not in facts.releases:
                message = f"{release} ignores this section of role_data; leave it out"
                yield service.at((*path, "sections", index), message)
            elif not facts and near:
                message = f"there is no section {name} in role_data; {meant(near)}"
                yield service.at((*path, "sections", index), message)


def firewall(service: Subject) -> Iterator[Fault]:
    """Rules are found by the name of the service, which one that keeps a stock name has not."""
    release = service.release
    kept = given([one for _, one in _asked(service)], "service_name")
    if kept and service.own.firewall_rules and release.tripleo.firewall_rules_in == "config_settings":
        yield service.fault(
            "firewall_rules",
            f"{release.name} finds rules by the name of the stock service; "
            f"write them in config_settings, as {firewall_key('<its service_name>')}",
        )


def roles_of_wrapped(service: Subject) -> Iterator[Fault]:
    """What is wrapped runs only where a role holds it; roles of the operator's own are not known."""
    wraps = in_place(service.own.wraps)
    if not wraps or not wraps.service or not service.templated:
        return
    release, name = service.release.name, wraps.service
    held = cloud.holders(release, name)
    for index, role in enumerate(service.given.roles if service.given.says(ServiceAnswers.roles) else ()):
        if held is None or role in held or role not in cloud.ROLES:
            continue
        other = cloud.variant(release, role, name)
        message = f"{role} of {release} does not hold {name}"
        message += f" but {other}; wrap that in a service of its own, or" if other else ";"
        where = f" ({', '.join(held)} hold{'s' if len(held) == 1 else ''} it)" if held else ""
        yield service.fault(f"roles.{index}", f"{message} leave {role} out{where}")


def twice(service: Subject) -> Iterator[Fault]:
    """What has the containers of a stock service besides it runs where the stock one does not."""
    for path, one in _asked(service):
        name = one.service or ""
        if replaces(one) or not gives(one, "docker_config"):
            continue
        held = cloud.holders(service.release.name, name) or ()
        for role in filter(held.__contains__, service.own.roles):
            message = (
                f"{role} holds {name} too, and the containers of both have the same names; "
                "leave in_place out, or name other sections, or other roles"
            )
            yield service.at(path, message)


OF_SERVICE: tuple[ServiceConstraint, ...] = (named, apart, sections, firewall, roles_of_wrapped, twice)
