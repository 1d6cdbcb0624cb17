"""A declared parameter is used.

Why: whoever sets it believes that it does something. Most are left from the template that was copied.

Bad::

    parameters:
      VendorxPort: {type: number, default: 1234}

Good::

    parameters:
      VendorxPort: {type: number, default: 1234}
    outputs:
      role_data:
        value:
          config_settings:
            vendorx::port: {get_param: VendorxPort}

Source: validate() of tools/yaml-validate.py of tripleo-heat-templates ("Warning: parameter ... appears to
be unused").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.services import DEFAULT_PASSWORDS, PARAMETERS


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Search for each name as a word outside of its declaration: functions may name it in their own ways."""
    start = template.root.keys.get("parameters")
    end = min((key.line for key, _ in template.root.pairs if start and key.line > start.line), default=0)
    lines = template.lines
    rest = "\n".join([*lines[: start.line - 1], *(lines[end - 1 :] if end else ())]) if start else ""
    words = set(re.findall(r"\w+", rest))
    for name, _ in template.parameters.pairs:
        if name.text not in words and name.text not in (*PARAMETERS, DEFAULT_PASSWORDS, *_demanded(template)):
            yield Finding(name, f"the parameter {name.text} is not used", "use it, or remove it")


def _demanded(template: ServiceTemplate) -> tuple[str, ...]:
    """The parameter of the image that puppet runs in, which yaml-validate.py wants of each config_volume."""
    volume = text_of(heat.entry(template.section("puppet_config"), "config_volume")) or ""
    name = "".join(word.capitalize() for word in re.split("[_-]", volume))
    return (f"Docker{name}ConfigImage", f"Container{name}ConfigImage")


RULE = Rule(
    id="parameter-unused",
    page=__doc__,
    files=ServiceTemplate,
    check=check,
    severity=Severity.WARNING,
)
