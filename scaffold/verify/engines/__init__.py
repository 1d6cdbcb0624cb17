"""The engines, in the order of a deployment. A new one is a module and a line here.

An engine is imported when it is used: the command line says their names, and must not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.verify.rehearse import Engine

# name, of which the module has the underscores -> what it proves, half a sentence
PROVES = {
    "heat": "the stack is created, and role_data says what the answers say",
    "role": "the services of a role arrive beside each other, and every value is one that the release takes",
    "tht": "the tools of tripleo-heat-templates accept the overlay",
    "kolla": "kolla takes the config of every container",
    "ansible": "ansible-playbook takes the tasks of role_data, and each runs at some step",
    "command-line": "the host starts each container with the options of the answers",
    "image": "each image is built, pushed, pulled, and is as it should be",
    "run": "each container ends up as its daemon, and needs its privilege",
    "linters": "the linters of the trade find nothing",
}
NAMES = tuple(PROVES)


def engines(names: Iterable[str] = NAMES) -> list[Engine]:
    """Those of NAMES, in the order of a deployment."""
    from scaffold.verify.rehearse import Engine

    wanted = set(names)
    found = []
    for name in (name for name in NAMES if name in wanted):
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        found.append(Engine(name, PROVES[name], module.needs, module.prepare, module.run))
    return found
