"""A container is privileged only where something in it needs that.

Why: a privileged container has every right on the host, and no SELinux. A breach of the service is then one
of the node. Most services need one capability, or none. What the answers of a generated repository ask for
is taken as meant.

Bad, on Wallaby::

    vendorx_agent:
      privileged: true
      volumes:
        - /lib/modules:/lib/modules:ro

Good::

    vendorx_agent:
      cap_add: [SYS_MODULE]
      security_opt: [label=disable]
      volumes:
        - /lib/modules:/lib/modules:ro

Source: 49 templates of 10 of the 36 vendor integrations that were read are privileged; capabilities(7).
What is taken for a need (devices, /sys, shared mounts, the host's processes) is what stock services are
privileged for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffold.documents import ServiceTemplate
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Scalar, walk
from scaffold.documents.wiring import command, loads_modules, volumes_elsewhere
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.rules.docker_socket import SOCKET
from scaffold.rules.module_loading import right
from scaffold.tripleo.paths import KERNEL_MODULES

NETWORKS = re.compile(r"\b(keepalived|dnsmasq|ip6?tables|nft|ovs-vswitchd|dhcpd|tripleo::firewall\S*)\b")
SHARED = {"shared", "rshared", "slave", "rslave"}
HOST = re.compile(r"/$|/(dev|sys|proc|boot|run|var/run|var/lib/nova|var/lib/docker|var/lib/containers)(/|$)")
NOT_HOST = re.compile(
    r"/dev/log$|/(?:var/)?run/(?!netns|udev|lvm|lock)\w"
)  # a socket or directory of a service


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each container that is privileged, and at what it has of the host."""
    asked = _asked(repository.asked(template.service_name))
    capabilities = repository.release.tripleo.capabilities if repository.release_name else True
    for container in template.containers:
        if not container.is_true("privileged") or asked or _needs_all(container, template):
            continue
        loads = loads_modules(container, template) or any(
            m.target.rstrip("/") == KERNEL_MODULES for m in container.mounts
        )
        place = container.get("privileged") or container.key
        if loads and capabilities:
            message = f"{container.name} is privileged to load modules"
            yield Finding(place, message, right(repository))
        elif not loads:
            hint = "leave it out" + (", or name the capability: cap_add: [NET_ADMIN]" if capabilities else "")
            yield Finding(place, f"nothing in {container.name} needs privileged", hint)


def _needs_all(container: DocumentedContainer, template: ServiceTemplate) -> bool:
    """Whether it works on devices, on the host's processes or mounts; or may, as far as can be seen."""
    if container.is_open or container.text("pid") == "host" or container.text("ipc") == "host":
        return True
    if volumes_elsewhere(container) or _works_on_networks(container, template):
        return True
    if any(SOCKET.fullmatch(mount.source) for mount in container.mounts):
        return True  # SELinux refuses it to any other
    return any(
        mount.options & SHARED or (HOST.match(mount.source) and not NOT_HOST.match(mount.source))
        for mount in container.mounts
    )


def _works_on_networks(container: DocumentedContainer, template: ServiceTemplate) -> bool:
    """Whether it sets up addresses, DHCP or the firewall of the host."""
    node = command(container, template)
    words = " ".join(each.text for each in walk(node) if isinstance(each, Scalar))
    return bool(NETWORKS.search(words)) and container.text("net") == "host"


def _asked(service: Mapping[str, object]) -> bool:
    """Whether the answers of the service say privileged, of any of its containers."""
    containers = service.get("containers")
    parts = [service, service.get("container"), *(containers if isinstance(containers, list) else [])]
    return any(isinstance(part, dict) and part.get("privileged") is True for part in parts)


RULE = Rule(id="privileged-need", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
