"""What the keys of a rule of the firewall take.

Which keys each release reads stands in `scaffold.releases.firewall`.

Source: puppetlabs-firewall (lib/puppet/type/firewall.rb); the module tripleo_iptables of tripleo-ansible.
"""

from __future__ import annotations

import re
from typing import Any

from scaffold.tripleo.heat import is_function

_PORTS = ("dport", "sport", "port")
_RANGE = re.compile("([0-9]{1,5})(?:[:-]([0-9]{1,5}))?")
_LISTS = ("state", *_PORTS)  # what may be one or several
_MAPS = ("extras",)
_WORDS = {
    "proto": ("tcp", "udp", "icmp", "ipv6-icmp", "icmpv6", "sctp", "vrrp", "gre", "igmp", "esp", "ah", "ospf",
              "pim", "ipencap", "ipip", "ipv4", "ipv6", "cbt", "dccp", "udplite", "all"),
    "action": ("accept", "reject", "drop", "insert", "append"),
}  # fmt: skip


def misfit(key: str, value: Any) -> str:
    """What is wrong with the VALUE of KEY; what Heat works out is not known."""
    if is_function(value):
        return ""
    if key in _MAPS:
        return "" if isinstance(value, dict) else "must be a map"
    several = value if isinstance(value, list) and key in _LISTS else [value]
    told = [one for one in several if not is_function(one)]
    if key in _PORTS:
        wrong = [one for one in told if not _is_port(one)]
        return "must be a port, or ports like 6000-6010, or a list of them" if wrong else ""
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in told):
        return f"must be text{' or a list of texts' if key in _LISTS else ''}"
    if key in _WORDS and any(str(one).lower() not in _WORDS[key] and not str(one).isdigit() for one in told):
        return f"must be one of {', '.join(_WORDS[key])}"
    return ""


def _is_port(value: Any) -> bool:
    found = _RANGE.fullmatch(str(value)) if isinstance(value, str | int) else None
    return found is not None and all(int(one) <= 65535 for one in found.groups() if one)
