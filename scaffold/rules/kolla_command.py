"""Each file of kolla_config has a command, under its path.

Why: the file is what kolla_start reads. Without `command` it ends with an error, and the container restarts
in a loop. The TripleO guide prints `command:` beside the path instead of under it: the path is then null and
merging the sections of the role fails.

Bad::

    kolla_config:
      /var/lib/kolla/config_files/vendorx_agent.json:
      command: /vendorx_launcher.sh

Good::

    kolla_config:
      /var/lib/kolla/config_files/vendorx_agent.json:
        command: /vendorx_launcher.sh

Source: set_configs.py of kolla (docker/base) and of tripleo-common (container-images/kolla/base): `command`
is required; tripleo-docs, 3rd_party.rst at cd3a8cb.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Scalar
from scaffold.documents.wiring import bypasses_kolla
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import COMPUTED
from scaffold.tripleo.kolla import CONFIG_KEYS


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at every key and value of kolla_config."""
    beside = {*CONFIG_KEYS} & template.kolla_files.keys()
    for path, (key, value) in template.kolla_files.items():
        if not path.startswith("/") and path not in COMPUTED:
            hint = "indent it under the path" if path in CONFIG_KEYS else ""
            yield Finding(key, f"{path} is no path of a kolla config", hint)
        elif isinstance(value, Scalar) and not beside:
            yield Finding(key, f"{path} holds nothing", "command: … belongs under it")
        elif (
            not isinstance(value, Scalar)
            and heat.entry(value, "command") is None
            and not heat.is_open(value)
            and _read(template, path)
        ):
            yield Finding(key, f"{path} has no command", "command: …")


def _read(template: ServiceTemplate, path: str) -> bool:
    """Whether kolla_start reads the file: not where all its containers have a command of their own."""
    users = [each for each in template.containers if any(mount.source == path for mount in each.mounts)]
    return not users or not all(bypasses_kolla(container) for container in users)


RULE = Rule(id="kolla-command", page=__doc__, files=ServiceTemplate, check=check)
