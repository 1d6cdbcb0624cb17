"""Templates that declare the same parameter declare it alike.

Why: what the operator sets goes to all of them, and Heat refuses it where one has another type. Without a
value each has its own default, and two services of one vendor disagree.

Bad::

    VendorxPort: {type: string, default: "1234"}  # services/vendorx-proxy.yaml

Good::

    VendorxPort: {type: number, default: 1234}  # as services/vendorx-agent.yaml has it

Source: tools/yaml-validate.py of tripleo-heat-templates ("Mismatch"). Another type is an error, another
default a warning; parameters of the release are not judged, and nothing that an environment file sets.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.catalogue import parameter_forms
from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Scalar, Table, plain, text_of
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.lint.shared import shared


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare each declaration with the first one of the repository."""
    if template.path not in shared(repository).own:
        return
    stock = parameter_forms(repository.release.name)
    for name, declared in template.parameters.pairs:
        if name.text in stock or not isinstance(declared, Table):
            continue
        path, other = shared(repository).declared[name.text]
        if other is not declared:
            yield from _compared(name, declared, other, path, repository)


def _compared(
    name: Scalar, declared: Table, other: Table, path: str, repository: Repository
) -> Iterator[Finding]:
    kind, first = text_of(declared.get("type")), text_of(other.get("type"))
    if kind != first:
        yield Finding(name, f"{path} declares {name.text} as {first}, not as {kind}")
    elif plain(declared.get("default")) != plain(other.get("default")) and name.text not in sums.assigned(
        repository
    ):
        message = f"{path} declares {name.text} with another default"
        yield Finding(name, message, severity=Severity.WARNING)


def _default(declared: Table) -> object:
    return plain(declared.get("default"))


RULE = Rule(id="parameter-differs", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
