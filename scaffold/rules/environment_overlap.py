"""Two environment files of a vendor repository do not register one service, or set one image, differently.

Why: the file that the deploy command names last wins silently: another template or another image runs
than the other file says. So it is after `new --adopt`, where the vendor's own file says what the generated
one says too.

Bad::

    resource_registry:  # environments/vendorx-tripleo.yaml has it too, with another template
      OS::TripleO::Services::VendorxAgent: ../services/agent.yaml

Good::

    resource_registry: {}

Source: heatclient/common/template_utils.py, process_multiple_environments_and_files: later files replace what
earlier ones said. Only a repository with stored answers is looked at: elsewhere two files may be a choice. A
file that is meant to be the other choice says so in a comment that allows it; one that switches a service off
is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.documents import EnvironmentFile
from scaffold.documents.nodes import Node, Scalar
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.services import REGISTRY


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Compare the file with those before it, in the order of their names."""
    if not repository.answers.get("services"):
        return
    for what, (key, value) in _said(environment).items():
        for said, path in _first_said(repository)[what].items():
            if said != value and path < environment.path:
                does = "registers" if what[1].startswith(REGISTRY) else "sets"
                yield Finding(
                    key,
                    f"{path} {does} {what[1]} too, as {said}",
                    "the file that a deployment names last wins: say it in one of them",
                )
                break


@per_repository
def _first_said(repository: Repository) -> Mapping[tuple[str | None, str], Mapping[str, str]]:
    """Role and name -> each value that is said of it -> the first file that says so, in their order."""
    found: dict[tuple[str | None, str], dict[str, str]] = {}
    for each in sorted(repository.environments, key=lambda each: each.path):
        for what, (_, value) in _said(each).items():
            found.setdefault(what, {}).setdefault(value, each.path)
    return found


def _said(environment: EnvironmentFile) -> Mapping[tuple[str | None, str], tuple[Scalar, str]]:
    """Role and name -> the key, and the template or image, of the services and images in a file."""
    found: dict[tuple[str | None, str], tuple[Scalar, str]] = {}
    for key, value in environment.registry.pairs:
        if key.text.startswith(REGISTRY) and _plain(value) not in ("", "OS::Heat::None"):
            found[None, key.text] = key, environment.resolve(_plain(value))
    for key, value, role in environment.assignments():
        if IMAGE_PARAMETER.fullmatch(key.text) and _plain(value):
            found[role, key.text] = key, _plain(value)
    return found


def _plain(value: Node) -> str:
    return value.text if isinstance(value, Scalar) else ""


RULE = Rule(
    id="environment-overlap", page=__doc__, files=EnvironmentFile, check=check, severity=Severity.WARNING
)
