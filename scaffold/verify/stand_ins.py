"""Values for the parameters of a service that have no default: a rehearsal has no operator to give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

# texts of the shapes that patterns of stock parameters ask for: any word, a key of ceph, a UUID, an address
SHAPES = ("rehearsal", f"{'A' * 38}==", "4b5c8c0a-ff60-454b-a1b4-9747aa737d19", "192.0.2.1", "1")
BY_TYPE = {"number": 1, "boolean": True, "json": {}, "comma_delimited_list": "rehearsal"}


def for_parameters(parameters: Mapping[str, dict[str, Any]], environment: Path) -> dict[str, Any]:
    """A value for each of PARAMETERS that has no default and that ENVIRONMENT does not set."""
    try:
        given = (yaml.safe_load(environment.read_text()) or {}).get("parameter_defaults") or {}
    except (OSError, ValueError, yaml.YAMLError, AttributeError):
        given = {}
    return {
        name: _value(parameter)
        for name, parameter in parameters.items()
        if "default" not in parameter and name not in given
    }


def of_template(template: str, tree: Path) -> dict[str, dict[str, Any]]:
    """The parameters of TEMPLATE, a path in TREE or a name of its registry, and of those that it nests."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, dict[str, Any]] = {}
    registry = yaml.load((tree / "overcloud-resource-registry-puppet.yaml").read_text(), loader)
    named = {name: str(tree / str(one)) for name, one in registry["resource_registry"].items()}
    left, seen = [(tree / named.get(template, template)).resolve()], set()
    while left:
        path = left.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        document = yaml.load(path.read_text(), loader)
        found = (document.get("parameters") or {}) | found
        types = [str(resource.get("type")) for resource in (document.get("resources") or {}).values()]
        files = (named.get(type_, type_) for type_ in types)
        left += [(path.parent / file).resolve() for file in files if file.endswith(".yaml")]
    return found


def _value(parameter: dict[str, Any]) -> Any:
    for constraint in parameter.get("constraints", []):
        if constraint.get("allowed_values"):
            return constraint["allowed_values"][0]
        if "allowed_pattern" in constraint:
            pattern = str(constraint["allowed_pattern"])
            return next((text for text in SHAPES if re.match(pattern, text)), "rehearsal")
        if "range" in constraint:
            return constraint["range"].get("min", constraint["range"].get("max"))
        if "length" in constraint:
            return "r" * max(1, constraint["length"].get("min", 1))
    return BY_TYPE.get(parameter["type"], "rehearsal")
