"""No site-specific IPv4 address is hard-coded in a file of the repository.

Why: it is the vendor's laboratory's. In another cloud the service talks to nobody, or to a machine that has
the address by chance. Registries, the addresses that mean every or no host, those that RFC 5737 keeps for
documentation and TripleO's defaults are none. What a network is made of is a site's own data, and stays; so
does every address of a repository without templates and images, the files of one deployment, but for
hieradata.

Bad::

    parameter_defaults:
      VendorxController: 10.35.6.12

Good::

    parameter_defaults:
      VendorxController: <address of the controller>

Source: 124 files of 17 of the 36 vendor integrations that were read: 84 environment files, 9 templates, 6
Dockerfiles, 25 READMEs, which are not looked at.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile, Document, EnvironmentFile, ServiceTemplate
from scaffold.documents.nodes import Items, Node, Scalar, Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository

ADDRESS = re.compile(
    r"(?<![\w.-])(?<![=<>~!]=)(\d{1,3}(?:\.\d{1,3}){3})(?![\w-]|\.\w)(?!(?::\d+)?/[a-z])(/\d+)?"
)
IN_URL = re.compile(r"(?<=://)(\d{1,3}(?:\.\d{1,3}){3})(?![\w-]|\.\w)")
ELSEWHERE = [
    ipaddress.ip_network(net)
    for net in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24",
                "203.0.113.0/24", "224.0.0.0/3",
                "192.168.24.0/24", "172.31.0.0/24",  # TripleO's default control plane, and Docker's bridge
                "8.8.8.8/32", "8.8.4.4/32", "1.1.1.1/32")
]  # fmt: skip
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
VERSION = re.compile(r"(version|ver|release|tag)\w*[\"']?\s*[=:]\s*[\"']?v?$", re.IGNORECASE)
REGISTRY = re.compile(r"registry|registries|image|version|netmask", re.IGNORECASE)
PROSE = ("description", "constraints", "label")
# what a network is made of: the site's own data, which can stand nowhere else
SITE = re.compile(
    r"Cidr|CIDR|AllocationPools?$|DefaultRoute|Routes?$|Dns|[Nn]ameservers?$|Metadata[Ii]p|Ntp|V[Ii][Pp]s?$|IPs$|PortMap"
    r"|HostnameMap|Hosts?Entr|Gateway|Subnet|Supernet|MonHost|Fencing|Masquerade|Bip$|BridgeMappings|NetworkMap"
    r"|^(ip_address|ip_subnet|ipaddr|gateway_ip|fixed_ip|cidr|nexthop|ip_netmask|start|end|dhcp_start|dhcp_end"
    r"|source|cluster_network|public_network|CephClusterNetwork|CephPublicNetwork)$"
)
OF_NETWORKS = re.compile(
    r"\b(openstack|neutron|nova)\s+(\S+\s+)*?(subnet|port|network|router|net|floating|server|address)\S*"
    r"|\bip\s+(-\S+\s+)*(route|addr\w*|link|r|a)\b|\b(nmcli|ifconfig|virsh|route\s+add|ssh|scp|rsync)\b|<(ip|host|range)\b"
    r"|--ntp-server|push-destination|\bipv4\.|\b(dns|ntp|name)_?servers?\b|gateway|:8787\b|^\s*echo\b"
)


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the values of environments and service templates, the lines of Dockerfiles and scripts."""
    if isinstance(document, ServiceTemplate):
        found = _in_nodes(document, document.root)
    elif isinstance(document, EnvironmentFile):
        found = _in_nodes(document, document.root, hiera=not _ships(repository))
    elif isinstance(document, Dockerfile) or (document.name.endswith(".sh") and _ships(repository)):
        found = _in_lines(document)
    else:
        return
    for spot, address in dict.fromkeys(found):
        yield Finding(spot, f"the address {address} is written here", "let a parameter give it, or a name")


def _ships(repository: Repository) -> bool:
    """Whether the repository is a vendor's, and not the files of one deployment, whose addresses they are."""
    return bool(repository.templates) or any(repository.of(Dockerfile))


def _in_lines(document: Document) -> Iterator[tuple[Spot, str]]:
    for number, line in enumerate(document.lines, 1):
        if line.lstrip().startswith("#") or re.match(r"\s*(FROM|LABEL)\b", line, re.IGNORECASE):
            continue
        for at, address in _addresses(line) if not OF_NETWORKS.search(line) else ():
            if not VERSION.search(line[:at]) and not SITE.search(line[:at]):
                yield Spot(number, at + 1), address


def _in_nodes(document: Document, node: Node, *, hiera: bool = False) -> Iterator[tuple[Spot, str]]:
    """The addresses in a node. hiera: only in hieradata and the settings of a backend, as vendorx/san_ip."""
    if isinstance(node, Table):
        for key, value in node.pairs:
            documented = key.text == "default" and "description" in node  # a parameter says what it is
            if (
                key.text not in PROSE
                and not documented
                and not REGISTRY.search(key.text)
                and not SITE.search(key.text)
            ):
                setting = "::" in key.text.removeprefix("OS::") or "/" in key.text
                yield from _in_nodes(document, value, hiera=hiera and not setting)
    elif isinstance(node, Items):
        for item in node:
            yield from _in_nodes(document, item, hiera=hiera)
    elif "." in node.text and not hiera:
        yield from ((_place(document, node, address), address) for _, address in _addresses(node.text))


def _addresses(text: str) -> Iterator[tuple[int, str]]:
    for match in (*ADDRESS.finditer(text), *IN_URL.finditer(text)):
        try:
            address = ipaddress.ip_address(match[1])
        except ValueError:
            continue
        if not any(address in net for net in ELSEWHERE) and match.group() not in PRIVATE:
            yield match.start(), match[1]


def _place(document: Document, node: Scalar, address: str) -> Spot:
    """Where the address stands in the text of the node, which may go over several lines."""
    lines = enumerate(document.lines[node.line - 1 :], node.line)
    return next((Spot(at, line.find(address) + 1) for at, line in lines if address in line), Spot(node.line))


RULE = Rule(id="address-literal", page=__doc__, files=Document, check=check, severity=Severity.WARNING)
