"""A key of hieradata is spelt as puppet asks for it.

Why: puppet silently takes its own default, and the service runs without what was set. Between the parts of a
key stand two colons.

Bad::

    config_settings:
      vendorx:agent::level: debug

Good::

    config_settings:
      vendorx::agent::level: debug

Source: hiera and automatic parameter lookup of puppet; classes of puppet-cinder, puppet-nova and
puppet-neutron that take options for their configuration files. Of other keys only the colons are judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import YamlDocument
from scaffold.documents.wiring import hieradata
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.services import CONFIG_HASH, ENABLED_BACKENDS
from scaffold.unknown import did_you_mean

PROJECTS = ("aodh", "barbican", "ceilometer", "cinder", "designate", "glance", "gnocchi", "heat", "ironic",
            "keystone", "manila", "neutron", "nova", "octavia", "placement", "swift")  # fmt: skip
KNOWN = (ENABLED_BACKENDS, *(f"{name}::config::{name}_config" for name in PROJECTS))
SINGLE = re.compile(r"[\w.-]+(::[\w.-]+)*(:|:::)[\w.-]+(:{1,3}[\w.-]+)*")


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at each key of a service, and of what an environment file gives to roles."""
    for key, _ in hieradata(document):
        if SINGLE.fullmatch(key.text) and "::" in key.text and _is_odd(key.text):
            yield Finding(key, f"puppet asks for no {key.text}", re.sub(":+", "::", key.text))
        elif key.text not in KNOWN and not CONFIG_HASH.fullmatch(key.text):
            near = did_you_mean(key.text, KNOWN, 0.93)
            if near:
                yield Finding(key, f"puppet asks for no {key.text}", near)


def _is_odd(key: str) -> bool:
    return any(colons != "::" for colons in re.findall(":+", key))


RULE = Rule(id="hiera-key", page=__doc__, files=YamlDocument, check=check)
