"""What must stay out of a vendor repository: passwords and the like, which answers may only refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import DeclaredAnswers, Trait
from scaffold.tripleo.secrets import CREDENTIALS, holds_secret, is_secret, is_secret_name

Path = tuple[str | int, ...]

# what services are configured with: a placeholder would be the password there
CONFIGURED = ServiceAnswers.named(Trait.CONFIGURES)
BACKENDS = ServiceAnswers.named(Trait.BACKENDS)
_REFUSED = "a password does not belong into a repository: "
_PARAMETER = (
    "declare a parameter without a default (parameters: {AcmePassword: {type: string}}), "
    "and write {get_param: AcmePassword} here"
)
_LEAVE_OUT = "leave it out, and let the operator set it in an environment file of their own"


def way_out(path: Path) -> str:
    """What to do about something confidential that is spelt out at PATH: a form that is accepted there."""
    if path[0] in BACKENDS:
        return f"{_REFUSED}name the option instead, secrets: [{path[-1]}], and the operator sets it"
    if path[0] == "parameters":
        return f"{_REFUSED}leave the default out, and the operator has to set the parameter"
    refers = path[0] in ("config_settings", "service_config_settings") or path[:2] == ("extra", "role_data")
    return _REFUSED + (_PARAMETER if refers or "environment" in path[1:] else _LEAVE_OUT)


def literals(answers: DeclaredAnswers) -> Iterator[Path]:
    """Where the ANSWERS of a repository or of a service spell out something confidential."""
    parameters = answers.parameters if isinstance(answers, ServiceAnswers) else {}
    for name, parameter in parameters.items():
        hidden = is_secret_name(name) if parameter.hidden is None else parameter.hidden
        if hidden and _spelt_out(parameter.default):
            yield ("parameters", name, "default")
    for key, value in answers.plain.items():
        yield from _inside(value, (key,))


def _inside(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str) and _tells(key, item, path[0] in CONFIGURED):
                yield (*path, key)
            else:
                yield from _inside(item, (*path, key))
    elif isinstance(value, str) and holds_secret(value):
        yield path


def _tells(key: str, item: Any, configured: bool) -> bool:
    """Whether ITEM is something confidential by its KEY: as hieradata has it, in a map with its `value`."""
    if key.endswith(CREDENTIALS):
        return bool(item)
    held = item.get("value") if isinstance(item, dict) else item
    if not is_secret_name(key) or not _spelt_out(held):
        return False
    return configured or is_secret(str(held), key)


def _spelt_out(value: Any) -> bool:
    """A text or number that is no reference to hieradata or to a variable of Ansible."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return value != "" and not (isinstance(value, str) and (value.startswith("%{") or "{{" in value))
