"""What must stay out of a vendor repository: passwords and the like, which answers may only refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

NAME = re.compile(r"(?i)(password|passphrase|passwd|secret|token|private_?key|api_?key|access_?key)s?$")
# answers that may hold anything: those of the environment file, hieradata, options, variables
SEARCHED = (
    "environment",
    "config_settings",
    "service_config_settings",
    "cinder_backends",
    "container",
    "containers",
    "extra",
)
MESSAGE = (
    "a password does not belong into a repository: "
    "let the operator set it in an environment file of their own, or refer to a hidden parameter"
)


def confidential(name: str) -> bool:
    """Whether NAME (a parameter, an option, a variable) ends like that of a password."""
    return bool(NAME.search(name))


def literals(service: dict[str, Any]) -> Iterator[Path]:
    """Where the answers of SERVICE spell out something confidential."""
    for name, parameter in service.get("parameters", {}).items():
        hidden = parameter.get("hidden", confidential(name))
        if hidden and _spelt_out(parameter.get("default")):
            yield ("parameters", name, "default")
    for key in SEARCHED:
        if key in service:
            yield from _inside(service[key], (key,))


def _inside(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            held = item.get("value") if isinstance(item, dict) else item
            named = isinstance(key, str) and (confidential(key) or key == "ContainerImageRegistryCredentials")
            if named and (_spelt_out(held) or (key.endswith("RegistryCredentials") and item)):
                yield (*path, key)
            else:
                yield from _inside(item, (*path, key))


def _spelt_out(value: Any) -> bool:
    """A text or number that is no reference to hieradata or to a variable of Ansible."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return bool(value) and not (isinstance(value, str) and (value.startswith("%{") or "{{" in value))
