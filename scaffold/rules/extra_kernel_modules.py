"""Kernel modules of the host are set as Heat accepts them: ExtraKernelModules, a map, per role.

Why: a parameter `ControllerExtraKernelModules` exists in no release, though the TripleO guide has it: Heat
ignores it, and the module is not loaded. For a role it stands in `<Role>Parameters`.

Bad::

    parameter_defaults:
      ControllerExtraKernelModules:
        dpdk_module: {}

Good::

    parameter_defaults:
      ControllerParameters:
        ExtraKernelModules:
          dpdk_module: {}

Source: from Train on the role tripleo_kernel of tripleo-ansible writes the names alone, and any options will
do; puppet/services/kernel.yaml (8.4.1, 9.4.1) and deployment/kernel/kernel-baremetal-*.yaml (10.6.2 to
14.3.0) of tripleo-heat-templates: type json, role-specific from 8.0.0 (commit da1ed3d19).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import EnvironmentFile
from scaffold.documents.nodes import Items, Node, Scalar, Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES

NAME = "ExtraKernelModules"


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Look at the parameter's name and at the shape of its value."""
    for key, value, _ in environment.assignments():
        if key.text.endswith(NAME) and key.text != NAME and key.text not in repository.parameters:
            role = key.text.removesuffix(NAME)
            yield Finding(key, f"no release has the parameter {key.text}", f"{role}Parameters: {{{NAME}: …}}")
        elif key.text == NAME and not isinstance(value, Table):
            yield Finding(key, f"{NAME} is a map", f"{NAME}: {{{_first(value)}: {{}}}}")
        elif key.text == NAME and isinstance(value, Table) and not _only_names(repository):
            for module, options in value.pairs:
                if not isinstance(options, Table):
                    yield Finding(module, f"the options of {module.text} are a map", f"{module.text}: {{}}")


def _only_names(repository: Repository) -> bool:
    """Whether the release reads the names alone, and any options will do."""
    return repository.release_name in NAMES[NAMES.index("train") :]


def _first(value: Node) -> str:
    nodes = value.nodes if isinstance(value, Items) else (value,)
    return next((node.text for node in nodes if isinstance(node, Scalar) and node.text), "module")


RULE = Rule(id="extra-kernel-modules", page=__doc__, files=EnvironmentFile, check=check)
