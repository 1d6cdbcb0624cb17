"""What joins a container to kolla, its config script and the deployment; and its keys in docker_config."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffold.model import Container
from scaffold.releases import Release
from scaffold.resolve.parameters import DEPLOY_IDENTIFIER

# the keys of docker_config that are written as the model has them, in this order
KEYS = (
    "net",
    "pid",
    "ipc",
    "user",
    "privileged",
    "cap_add",
    "security_opt",
    "ulimit",
    "detach",
    "restart",
    "start_order",
    "depends_on",
    "healthcheck",
    "command",
)


def wired(release: Release, container: Container) -> Container:
    """CONTAINER with the mounts and variables that TripleO needs, before those of the answers."""
    scripts, script = release.config_scripts.directory, container.script
    config = f"{container.kolla_config}:/var/lib/kolla/config_files/config.json:ro"
    mounts = [config] if container.kolla_command else []
    mounts += [f"{scripts}/{script}:/{script}:ro"] if script else []
    kolla = {"KOLLA_CONFIG_STRATEGY": "COPY_ALWAYS"} if container.kolla_command else {}
    variables = kolla | container.environment
    if not container.detach:  # a new value in every deployment, so that it runs in every one
        variables.setdefault("TRIPLEO_DEPLOY_IDENTIFIER", {"get_param": DEPLOY_IDENTIFIER})
    return replace(container, volumes=[*mounts, *container.volumes], environment=variables)


def keys(release: Release, container: Container, image: dict[str, Any]) -> dict[str, Any]:
    """The keys of CONTAINER in docker_config; its image, where it names none, is what IMAGE reads."""
    found = {key: getattr(container, key) for key in KEYS}
    if release.security_opt_form == "string":
        found["security_opt"] = ",".join(container.security_opt)
    if container.detach:
        del found["detach"]
    written = {key: value for key, value in found.items() if value is not None and value not in ("", [], {})}
    volumes = [
        {"get_attr": ["ContainersCommon", "volumes"]},
        *([container.volumes] if container.volumes else []),
    ]
    written |= {"volumes": {"list_concat": volumes}}
    if container.environment:
        written["environment"] = _environment(release, container.environment)
    return {"image": container.image or image} | written | container.extra


def _environment(release: Release, variables: dict[str, Any]) -> dict[str, Any] | list[Any]:
    if release.environment_form == "map":
        return variables
    return [_variable(key, value) for key, value in variables.items()]


def _variable(key: str, value: Any) -> Any:
    """An entry of a list of variables, in which Heat puts what it works out; list_join takes no number."""
    if value == {"get_param": DEPLOY_IDENTIFIER}:
        return {"list_join": ["=", [key, value]]}
    if isinstance(value, dict):
        return {"str_replace": {"template": f"{key}=%value%", "params": {"%value%": value}}}
    return f"{key}={str(value).lower() if isinstance(value, bool) else value}"
