"""A config script has a mode in quotes, and one that is run is executable.

Why: YAML reads 0755 without quotes as the number 493, on which the deployment stops from Train on; without
a mode the script gets 0600, and the container that runs it ends with "permission denied".

Bad::

    vendorx_launcher.sh: {mode: 0755, content: exec /usr/bin/vendorx-agent}

Good::

    vendorx_launcher.sh: {mode: "0755", content: exec /usr/bin/vendorx-agent}

Source: common/deploy-steps-tasks.yaml of tripleo-heat-templates (default '0600'); tripleo_container_configs
of tripleo-ansible, int(mode, 8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Scalar
from scaffold.documents.wiring import DocumentedScript, runs, scripts
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import STRICT, meant, nearest

KEYS = ("mode", "content")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each script's mode."""
    programs = {script.name for container in template.containers if (script := runs(container, template))}
    for script in scripts(template):
        yield from _mode(script, run=script.name in programs)
        for key, _ in heat.pairs(script.options):
            near = nearest(key.text, KEYS, STRICT) if key.text not in KEYS else ""
            if near:
                yield Finding(key, f"a config script has no {key.text}", meant(near))


def _mode(script: DocumentedScript, run: bool) -> Iterator[Finding]:
    mode = heat.entry(script.options, "mode")
    if mode is None:
        if run and not heat.is_open(script.options):
            yield Finding(script.key, f"{script.name} is run, and its mode is 0600", 'mode: "0755"')
    elif isinstance(mode, Scalar) and mode.kind == "int":
        octal = mode.text.zfill(4)
        meant = "0755" if run and not _executable(octal) else octal
        yield Finding(mode, "YAML reads this mode as a number", f'mode: "{meant}"')
    elif isinstance(mode, Scalar) and not re.fullmatch("0?[0-7]{3,4}", mode.text):
        yield Finding(mode, f"{mode.text} is no mode", 'mode: "0755"')
    elif run and isinstance(mode, Scalar) and not _executable(mode.text):
        yield Finding(mode, f"{script.name} is run, and nobody may execute it", 'mode: "0755"')


def _executable(mode: str) -> bool:
    return any(digit in "1357" for digit in mode[-3:])


RULE = Rule(id="script-mode", page=__doc__, files=ServiceTemplate, check=check)
