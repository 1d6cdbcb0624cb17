"""The images as they are deployed: what the templates of a rendered tripleo-heat-templates tree say."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scaffold.catalogue import mounted
from scaffold.tripleo import services
from scaffold.tripleo.heat import COMPUTED
from scaffold.tripleo.paths import HOST_LOGS
from scaffold.tripleo.services import REGISTRY, SCRIPT_SECTIONS

DEFAULT_ROLES = ("Controller", "Compute", "BlockStorage", "ObjectStorage", "CephStorage")
# not deployed from: the project's own CI, and its tools
LEFT_OUT = {"ci", "tools", "releasenotes", ".git"}
OF_SERVICES = ("deployment/", "docker/", "puppet/services/", "extraconfig/services/")
RULES = re.compile(r"firewall_(\w+_)?rules$")
NESTED = ""  # stands for the services that nest a template, which no registry gives to a role
LOG_DIRECTORY = re.compile(rf"\"{HOST_LOGS}/([\w.-]+)")


@dataclass
class Deployed:
    """What the templates of one release hold.

    parameters: parameters that some template declares.
    forms: parameter -> how templates declare it: each type and constraints, as JSON.
    containers: image parameter -> container -> whether it is always privileged.
    roles: default role -> its services.
    taken: kind of name -> the names; templates: those of services that no registry names.
    templates: service -> its template, from the top of the tree.
    common_mounts: output of containers-common.yaml -> target -> the condition that it needs; empty for none.
    host_paths: path that a host has for a service -> the services, NESTED among them.
    """

    parameters: set[str] = field(default_factory=set)
    forms: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    containers: defaultdict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    roles: dict[str, set[str]] = field(default_factory=dict)
    taken: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    templates: dict[str, str] = field(default_factory=dict)
    common_mounts: dict[str, dict[str, str]] = field(default_factory=dict)
    host_paths: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def image_parameters(self) -> set[str]:
        """Those of the images of containers; there are others, of disk images."""
        return {name for name in self.parameters if re.fullmatch(r"(Docker|Container)\w*Image", name)}


def read(tree: Path) -> Deployed:
    """Everything the catalogue needs of a rendered tree."""
    found = Deployed()
    named = _templates(tree)
    for path in (*tree.glob("roles_data*.yaml"), *(tree / "roles").glob("*.yaml")):
        for role in _parsed(path.read_text("utf-8")):
            found.taken["roles"].add(role["name"])
            found.taken["services"] |= _services(role["ServicesDefault"])
    of_roles = set(found.taken["services"])
    services_of = {template: set[str]() for templates in named.values() for template in templates}
    for service in of_roles & named.keys():
        for template in named[service]:
            services_of[template].add(service)
    for path in sorted(tree.rglob("*.yaml")):
        if path.relative_to(tree).parts[0] in LEFT_OUT or ".j2." in path.name:
            continue
        text = path.read_text("utf-8")
        if "heat_template_version" in text:
            name = path.relative_to(tree).as_posix()
            found.taken["templates"].add(name)
            _template(_parsed(text), found, services_of.get(name) or {NESTED})
            if path.name == services.COMMON_TEMPLATE:
                found.common_mounts = mounted.common(_parsed(text))
        elif "resource_registry" in text:
            found.taken["services"] |= _services(_parsed(text).get("resource_registry") or {})
    for role in _parsed((tree / "roles_data.yaml").read_text("utf-8")):
        if role["name"] in DEFAULT_ROLES:
            found.roles[role["name"]] = _services(role["ServicesDefault"])
    found.templates = {
        name: min(paths, key=lambda path: path.startswith("puppet/")) for name, paths in named.items()
    }
    ours = {path for path in found.taken["templates"] if path.startswith(OF_SERVICES)}
    found.taken["templates"] = ours - {*found.templates.values()}
    return found


def environments(tree: Path) -> list[str]:
    """The environment files of a rendered tree, below environments/."""
    top = tree / "environments"
    found = (path for path in top.rglob("*.yaml") if ".j2" not in path.name)
    return sorted(path.relative_to(top).as_posix() for path in found)


def _templates(tree: Path) -> dict[str, list[str]]:
    """The templates of each service: first the registry's own, then those of environments.

    A container's template goes before one for bare metal, which environments of Queens and Rocky name too.
    """
    registries = [
        *tree.glob("overcloud-resource-registry-puppet.yaml"),
        *sorted(tree.glob("environments/**/*.yaml")),
    ]
    named: dict[str, list[str]] = {}
    for registry in registries:
        entries = (_parsed(registry.read_text("utf-8")) or {}).get("resource_registry") or {}
        for name, template in entries.items():
            path = os.path.relpath(registry.parent / str(template), tree)
            if name.startswith(REGISTRY) and (tree / path).is_file():
                named.setdefault(name.removeprefix(REGISTRY), []).append(path)
    return named


def _parsed(text: str) -> Any:
    try:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (
        yaml.YAMLError
    ):  # libyaml refuses {get_attr:[x, name]} (roles of Train and Ussuri), PyYAML does not
        return yaml.safe_load(text)


def _services(names: Any) -> set[str]:
    return {name.removeprefix(REGISTRY) for name in names if name.startswith(REGISTRY)}


def _template(template: Any, found: Deployed, own: set[str]) -> None:
    """Add what one Heat template of OWN services declares and hands out.

    Not only role_data: sections come from outputs of other templates too (logging, nova-compute-common).
    """
    for name, declared in (template.get("parameters") or {}).items():
        found.parameters.add(name)
        found.forms[name].add(_form(declared))
    found.taken["services"] |= _services(template.get("resource_registry") or {})
    outputs = {name: output.get("value") for name, output in (template.get("outputs") or {}).items()}
    names = dict(pairs(outputs.get("role_data"))).get("service_name")
    found.taken["service_names"] |= {names} if isinstance(names, str) else set()
    for section in _sections(outputs, "docker_config"):
        for step, content in pairs(section):
            if re.fullmatch(r"step_\d", step):
                _containers(content, found)
                for _, container in pairs(content):
                    for path in mounted.sources(dict(pairs(container)).get("volumes")):
                        found.host_paths[path] |= own
    for section in _sections(outputs, "puppet_config"):
        volume = dict(pairs(section)).get("config_volume")
        found.taken["config_volumes"] |= {volume} if volume and isinstance(volume, str) else set()
    for section in _sections(outputs, "host_prep_tasks"):
        found.taken["log_directories"] |= set(LOG_DIRECTORY.findall(json.dumps(section)))
        for path in mounted.directories(section):
            found.host_paths[path] |= own
    found.taken["firewall_rules"] |= set(_rules(outputs))
    for section in _sections(outputs, "kolla_config"):
        found.taken["kolla_files"] |= {PurePosixPath(path).name for path, _ in pairs(section)}
    for name in SCRIPT_SECTIONS:
        for section in _sections(outputs, name):
            found.taken["config_scripts"] |= {script for script, _ in pairs(section)}


def _rules(node: Any) -> Iterator[str]:
    """The names of the rules of the firewall, which begin with their number."""
    if isinstance(node, list):
        for item in node:
            yield from _rules(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if RULES.search(str(key)):
                yield from (name for name, _ in pairs(value) if re.match(r"\d+ ", str(name)))
            yield from _rules(value)


def _form(declared: Mapping[str, Any]) -> str:
    """What a template wants of a parameter that it has DECLARED, as text that can be compared."""
    wanted = [
        {name: one for name, one in constraint.items() if name not in ("description", "custom_constraint")}
        for constraint in declared.get("constraints") or ()
    ]
    return json.dumps([str(declared.get("type")).lower(), [one for one in wanted if one]], sort_keys=True)


def _containers(step: Any, found: Deployed) -> None:
    for name, definition in pairs(step):
        found.taken["containers"].add(name)
        parameter = _parameter(dict(pairs(definition)).get("image"))
        if parameter:
            always = dict(pairs(definition)).get("privileged") is True
            runs = found.containers[parameter]
            runs[name] = runs.get(name, False) or always


def _parameter(image: Any) -> str | None:
    """The parameter behind `image:`, plain or, on stable/wallaby and later, through RoleParametersValue."""
    match image:
        case {"get_param": str(name)} | {"get_attr": [services.ROLE_VALUES, "value", str(name)]}:
            return name
    return None


def pairs(node: Any) -> Iterator[tuple[str, Any]]:
    """Key and value of a mapping, through the Heat functions that make one mapping of several.

    What is only known at deployment is left out: nova's <service>_init_log are the one case among containers.
    """
    match node:
        case {"map_merge": [*parts]} | {"if": [_, *parts]}:
            for part in parts:
                yield from pairs(part)
        case dict() if node.keys().isdisjoint(COMPUTED):
            yield from node.items()


def _sections(node: Any, name: str) -> Iterator[Any]:
    """Every value of key NAME, however deep."""
    if isinstance(node, list):
        for item in node:
            yield from _sections(item, name)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            else:
                yield from _sections(value, name)
