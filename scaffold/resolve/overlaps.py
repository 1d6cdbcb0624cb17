"""What two services of one repository set differently: the later would win without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.answers import Answers
from scaffold.errors import Fault

Path = tuple[str | int, ...]
Setting = tuple[tuple[str, ...], Path, Any]  # what is set, where the answers do so, and to what

# several services may add to these; they are joined
JOINED = {
    "ExtraKernelModules",
    "ExtraKernelPackages",
    "cinder_user_enabled_backends",
    "cinder::config::cinder_config",
}


def overlaps(answers: Answers) -> Iterator[Fault]:
    """Yield a fault for everything that two services set to different values, naming both."""
    services = answers.values["services"]
    seen: dict[tuple[str, ...], tuple[int, Any]] = {}
    for index, service in enumerate(services):
        told: set[Path] = set()
        for what, path, value in _settings(service):
            other, known = seen.setdefault(what, (index, value))
            if other == index or known == value or path in told:
                continue
            told.add(path)
            names = f"services[{other}] ({services[other]['service_name']})"
            yield answers.fault(
                ("services", index, *path),
                f"{names} sets {' of '.join(reversed(what))} to another value, and only one can hold; "
                "set it in one of them",
            )


def hidden(answers: Answers) -> Iterator[Fault]:
    """Yield a fault for hieradata of a service that an ExtraConfig of its roles hides, map or not.

    Hiera takes the first it finds, and <role>_extraconfig comes before service_configs
    (puppet/role.role.j2.yaml of tripleo-heat-templates, all releases).
    """
    services = answers.values["services"]
    found = {
        (what[0], what[1]): index
        for index, one in reversed(list(enumerate(services)))
        for what, *_ in _settings(one)
        if len(what) > 1
    }
    for index, service in enumerate(services):
        for key in service.get("config_settings", {}):
            by = [found.get((f"{role}ExtraConfig", key)) for role in service.get("roles", ["Controller"])]
            other = next((one for one in by if one is not None), None)
            if other is not None:
                message = (
                    f"services[{other}] ({services[other]['service_name']}) sets {key} in the environment "
                    "file, and hiera takes only that; set all of it in one place"
                )
                yield answers.fault(("services", index, "config_settings", key), message)


def _settings(service: dict[str, Any]) -> Iterator[Setting]:
    environment = service.get("environment", {})
    roles = service.get("roles", ["Controller"])
    for name, value in environment.get("parameter_defaults", {}).items():
        yield from _setting((name,), ("environment", "parameter_defaults", name), value)
    for role, values in environment.get("role_parameters", {}).items():
        for name, value in values.items():
            path = ("environment", "role_parameters", role, name)
            yield from _setting((f"{role}Parameters", name), path, value)
    for key, value in environment.get("extra_config", {}).items():
        for role in roles:
            yield from _setting((f"{role}ExtraConfig", key), ("environment", "extra_config", key), value)
    for name, options in service.get("cinder_backends", {}).items():
        for role in roles:
            config = {f"{name}/{option}": {"value": value} for option, value in options.items()}
            what = (f"{role}ExtraConfig", "cinder::config::cinder_config")
            yield from _setting(what, ("cinder_backends", name), config)
    if "wraps" in service:
        stock = f"OS::TripleO::Services::{service['wraps']['service']}"
        yield (stock,), ("wraps",), service["service_name"]


def _setting(what: tuple[str, ...], path: Path, value: Any) -> Iterator[Setting]:
    """One setting; or each entry of a map that is joined, and nothing of a list that is."""
    if what[-1] not in JOINED:
        yield what, path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*what, key), path, item
