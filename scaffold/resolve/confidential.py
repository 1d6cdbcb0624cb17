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
_REFUSED = "a password does not belong into a repository: "
_PARAMETER = (
    "declare a parameter without a default (parameters: {AcmePassword: {type: string}}), "
    "and write {get_param: AcmePassword} here"
)
_LEAVE_OUT = "leave it out, and let the operator set it in an environment file of their own"


def confidential(name: str) -> bool:
    """Whether NAME (a parameter, an option, a variable) ends like that of a password."""
    return bool(NAME.search(name))


def way_out(path: Path) -> str:
    """What to do about something confidential that is spelt out at PATH: a form that is accepted there."""
    if path[0] == "cinder_backends":
        return f"{_REFUSED}name the option instead, secrets: [{path[-1]}], and the operator sets it"
    if path[0] == "parameters":
        return f"{_REFUSED}leave the default out, and the operator has to set the parameter"
    refers = path[0] in ("config_settings", "service_config_settings") or path[:2] == ("extra", "role_data")
    return _REFUSED + (_PARAMETER if refers or "environment" in path[1:] else _LEAVE_OUT)


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
