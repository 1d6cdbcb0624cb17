"""Values for the parameters of a service that have no default: a rehearsal has no operator to give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scaffold.model import Service

BY_TYPE = {"number": 1, "boolean": True, "json": {}, "comma_delimited_list": "rehearsal"}


def for_parameters(service: Service, environment: Path) -> dict[str, Any]:
    """A value for each parameter of the answers that has no default and that ENVIRONMENT does not set."""
    try:
        given = (yaml.safe_load(environment.read_text()) or {}).get("parameter_defaults") or {}
    except (OSError, ValueError, yaml.YAMLError, AttributeError):
        given = {}
    return {
        name: _value(parameter)
        for name, parameter in service.parameters.items()
        if "default" not in parameter and name not in given
    }


def _value(parameter: dict[str, Any]) -> Any:
    for constraint in parameter.get("constraints", []):
        if constraint.get("allowed_values"):
            return constraint["allowed_values"][0]
        if "range" in constraint:
            return constraint["range"].get("min", constraint["range"].get("max"))
        if "length" in constraint:
            return "r" * max(1, constraint["length"].get("min", 1))
    return BY_TYPE.get(parameter["type"], "rehearsal")
