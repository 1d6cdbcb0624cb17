"""The answers of a service with their defaults, filled in once for the rules and the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffold import fields
from scaffold.fields import parts
from scaffold.fields.shapes import Field


def completed(service: dict[str, Any], *, single_node: bool = False) -> dict[str, Any]:
    """The answers of SERVICE with the defaults of `fields`; a cloud of a single node has one role."""
    only = {"roles": ["Standalone"]} if single_node else {}
    return _defaults(fields.SERVICE.fields) | only | service


def completed_module(service: dict[str, Any]) -> dict[str, Any]:
    """The kernel module of the completed SERVICE: where it has containers, one of its own loads it."""
    asked = service["kernel_module"]
    delivery = "container" if service["integration"] == "service" else "host"
    module = _defaults(parts.KernelModuleAnswers.group.fields) | {"delivery": delivery} | asked
    brings = any(module.get(key) for key in ("packages", "rpm_files"))
    loader = "separate" if module["delivery"] == "container" else ""
    whole: dict[str, Any] = {"loader": loader, "install": "image" if brings else "none"} | module
    return whole


def _defaults(declared: Mapping[str, Field]) -> dict[str, Any]:
    return {
        key: field.default
        for key, field in declared.items()
        if field.default is not None and not isinstance(field.default, bool)
    }
