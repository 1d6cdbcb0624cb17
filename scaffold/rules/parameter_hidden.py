"""A parameter for a password, secret or private key is hidden.

Why: Heat shows the value of a parameter that is not hidden to everyone who may see the stack, and in its
events.

Bad::

    VendorxPassword: {type: string}

Good::

    VendorxPassword: {type: string, hidden: true}

Source: the HOT specification, parameters section, `hidden`; every password of tripleo-heat-templates is so.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.secrets import is_secret_name


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the names of the parameters that hold text."""
    for name, _ in template.parameters.pairs:
        declaration = template.parameters.table(name.text)
        hidden = (text_of(declaration.get("hidden")) or "").lower() in ("true", "yes", "on")
        if is_secret_name(name.text) and text_of(declaration.get("type")) == "string" and not hidden:
            yield Finding(name, f"{name.text} is shown in clear by Heat", "hidden: true")


RULE = Rule(
    id="parameter-hidden",
    page=__doc__,
    files=ServiceTemplate,
    check=check,
    severity=Severity.WARNING,
)
