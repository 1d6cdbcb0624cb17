"""What joins a container to kolla, its config script and the deployment; and its keys in docker_config."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffold.model import Container
from scaffold.releases import Release
from scaffold.tripleo import kolla, paths
from scaffold.tripleo.containers import PLAIN
from scaffold.tripleo.services import COMMON, DEPLOY_IDENTIFIER


def wired(release: Release, container: Container) -> Container:
    """CONTAINER with the mounts and variables that TripleO needs, before those of the answers."""
    scripts, script = release.tripleo.config_scripts.directory, container.script
    mounts = [paths.kolla_mount(container.name)] if container.kolla_command else []
    mounts += [paths.script_mount(scripts, script)] if script else []
    variables = (kolla.VARIABLES if container.kolla_command else {}) | container.environment
    if not container.detach:  # a new value in every deployment, so that it runs in every one
        variables.setdefault("TRIPLEO_DEPLOY_IDENTIFIER", {"get_param": DEPLOY_IDENTIFIER})
    return replace(container, volumes=[*mounts, *container.volumes], environment=variables)


def keys(release: Release, container: Container, image: dict[str, Any]) -> dict[str, Any]:
    """The keys of CONTAINER in docker_config; its image is what IMAGE reads."""
    found = {key: container.key(key) for key in PLAIN}
    options = found["security_opt"]
    if release.tripleo.security_opt_form == "string" and isinstance(options, list) and len(options) == 1:
        found["security_opt"] = options[0]
    if container.detach:
        del found["detach"]
    written = {key: value for key, value in found.items() if value is not None and value not in ("", [], {})}
    volumes = [
        {"get_attr": [COMMON, "volumes"]},
        *([container.volumes] if container.volumes else []),
        *container.volume_lists,
    ]
    written |= {"volumes": {"list_concat": volumes}}
    if container.environment:
        written["environment"] = _environment(release, container.environment)
    return {"image": image} | written | container.extra


def _environment(release: Release, variables: dict[str, Any]) -> dict[str, Any] | list[Any]:
    if release.tripleo.environment_form == "map":
        return variables
    return [_variable(key, value) for key, value in variables.items()]


def _variable(key: str, value: Any) -> Any:
    """An entry of a list of variables, in which Heat puts what it works out; list_join takes no number."""
    if value == {"get_param": DEPLOY_IDENTIFIER}:
        return {"list_join": ["=", [key, value]]}
    if isinstance(value, dict):
        return {"str_replace": {"template": f"{key}=%value%", "params": {"%value%": value}}}
    return f"{key}={value}"
