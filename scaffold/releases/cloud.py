"""What lies around a vendor's services in a cloud: cloud.yaml and its like say what and whence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.releases.ranges import read, value, within

ROLES = ("Controller", "Compute", "BlockStorage", "ObjectStorage", "CephStorage")  # of roles_data.yaml


@dataclass(frozen=True)
class HaPair:
    """The templates of a service for a cloud with pacemaker, and for one without."""

    pacemaker: str
    plain: tuple[str, ...]
    chosen_by: tuple[str, ...]  # environment files; none where the registry chooses the first


@dataclass(frozen=True)
class Companion:
    """Environment files of which one does what something needs; the names or services that they register."""

    files: tuple[str, ...]
    registers: tuple[str, ...]
    held: tuple[str, ...] = ()  # services that do the same in a role that holds them
    parameters: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Needed:
    """An environment file of the release that a repository builds on."""

    file: str  # environments/services/neutron-ovs.yaml
    others: list[str]  # those that do as well
    registers: list[str]  # one of these names of the registry is no OS::Heat::None then
    held: list[str]  # services that do the same in a role that holds them
    roles: list[str]  # the roles that it is for; none for all
    why: str  # Markdown


@dataclass(frozen=True)
class Lifecycle:
    """How a cloud is updated and upgraded."""

    nodes: str  # the option of `openstack overcloud update run` that names roles
    external: bool  # whether there is `openstack overcloud external-update run`
    converge: bool  # whether a minor update ends with `openstack overcloud update converge`
    ha_image_update: bool  # whether it wants to be told of new names of the images of bundles first
    ovn: bool  # whether it takes the agents of OVN first
    keeps: bool  # whether Heat keeps the parameters of a file that is no longer given
    failures: str  # the command that tells where a deployment failed; empty for none
    log: str  # Ansible's, on the undercloud; empty where that depends on the package
    docker_ha: bool  # whether docker-ha.yaml puts Docker in the place of podman
    defers_reboot: bool  # whether KernelArgsDeferReboot is known
    later: str = ""  # the version of RHOSP that a minor update may lead to
    following: str = ""  # the release or version that an upgrade leads to; empty for none
    leapp: bool = False  # whether that takes the nodes to the next Enterprise Linux
    stays: str = ""  # the Enterprise Linux that computes may stay on then


def all_in_one(release: str) -> str:
    """The environment file of `openstack tripleo deploy --standalone`; empty without such a command."""
    return str(_fact("all_in_one", release))


def enables_manila_backends(release: str) -> bool:
    """Whether manila-share runs backends of the vendor's that hieradata name."""
    return bool(_fact("enables_manila_backends", release))


def keeps_neutron_driver(release: str) -> bool:
    """Whether an entry of ContainerImagePrepare may name the driver itself."""
    return bool(_fact("keeps_neutron_driver", release))


def neutron_driver(release: str, image: str) -> str:
    """The driver of neutron with which image prepare knows IMAGE; empty where it always does."""
    for one in read("cloud")["neutron_drivers"]:
        row = _row(one["rows"], release) if image in one["images"] else None
        if row:
            return str(row["driver"])
    return ""


def host_puppet_parameter(release: str) -> str:
    """The parameter that lets puppet see all modules of its image; empty without one."""
    return str(_fact("host_puppet_parameter", release))


def puppet_modules() -> frozenset[str]:
    """The modules of puppet that nodes have by themselves."""
    return frozenset(read("cloud")["puppet_modules"])


def pair(release: str, service: str) -> HaPair | None:
    """The templates of SERVICE with and without pacemaker, where production clouds use the former."""
    row = _row(read("cloud")["pairs"].get(service, ()), release)
    return HaPair(row["pacemaker"], tuple(row["plain"]), tuple(row["chosen_by"])) if row else None


def companions(release: str) -> Iterator[Companion]:
    """Every environment file of the RELEASE that a repository may build on."""
    for one in read("cloud")["companions"]:
        if row := _row(one["rows"], release):
            kinds = {key: frozenset(one.get(key, ())) for key in ("parameters", "drivers", "services")}
            yield Companion(tuple(row["files"]), tuple(row["registers"]), tuple(row.get("held", ())), **kinds)


def holders(release: str, service: str) -> tuple[str, ...] | None:
    """The roles of roles_data.yaml that hold SERVICE; None where no roles file knows it."""
    for row in read("role_services")["rows"]:
        if release in within(row) and service in row["services"]:
            return tuple(row["roles"])
    return None


def everywhere(release: str, path: str) -> bool:
    """Whether every node has the PATH, whatever its services are."""
    rows = read("host_paths")
    exact = (one for row in rows["every"] if release in within(row) for one in row["paths"])
    whole = (one for row in rows["below"] if release in within(row) for one in row["paths"])
    return path in exact or any(f"{path}/".startswith(f"{one}/") for one in whole)


def variant(release: str, role: str, service: str) -> str:
    """The name under which ROLE holds what others hold as SERVICE, as ComputeNeutronOvsAgent; or nothing."""
    names = (f"{role}{service}", service.removeprefix(role))
    return next((name for name in names if name != service and role in (holders(release, name) or ())), "")


def lifecycle(release: str, version: str) -> Lifecycle:
    """How a cloud of RELEASE is updated and upgraded. version: of RHOSP; empty for RDO."""
    row = read("cloud")["versions"].get(version or release, {})
    return Lifecycle(
        nodes=str(_fact("update_nodes", release)),
        external=bool(_fact("external_update", release)),
        converge=bool(_fact("update_converge", release)),
        ha_image_update=bool(_fact("ha_image_update", release)),
        ovn=bool(_fact("update_ovn", release)),
        keeps=bool(_fact("keeps_parameters", release)),
        failures=str(_fact("failures", release)),
        log=str(_fact("deployment_log", release)),
        docker_ha=bool(_fact("docker_ha", release)) and not version,
        defers_reboot=bool(_fact("defers_reboot", release)),
        **row,
    )


def listings(images: Iterable[str], services: Iterable[str]) -> list[str]:
    """The commands that tell of the stock IMAGES, by short name, and of the stock SERVICES in a cloud."""
    named = {"images": tuple(images), "services": tuple(services)}
    return [
        str(one["command"])
        for one in read("cloud")["listings"]
        if any(name.startswith(tuple(one[kind])) for kind, names in named.items() for name in names)
    ]


def _fact(name: str, release: str) -> Any:
    return value(read("cloud")["facts"][name]["rows"], release)


def _row(rows: Iterable[Mapping[str, Any]], release: str) -> Mapping[str, Any] | None:
    """The last of ROWS that holds in RELEASE; None before the first, and where it says that there is none."""
    known = [row for row in rows if release in within({"from": row["from"]})]
    return known[-1] if known and "value" not in known[-1] else None
