"""The environment file: what all services of a repository set together."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from scaffold.catalogue import stock
from scaffold.environments import Environment
from scaffold.fields import ServiceAnswers
from scaffold.fields.declared import TEMPLATED
from scaffold.fields.parts import EnvironmentAnswers
from scaffold.model import Service, VendorRepo
from scaffold.resolve.tripleo import backends
from scaffold.resolve.tripleo.prepare import whole
from scaffold.tripleo.services import DISABLED, REGISTRY

EXTRA_CONFIG = "ExtraConfig"  # the parameter with hieradata of all roles; with a role before it, of that
KERNEL = ("ExtraKernelModules", "ExtraKernelPackages")


def environment(repo: VendorRepo, services: list[Service], asked: list[ServiceAnswers]) -> Environment:
    """What the SERVICES of REPO, resolved from the answers ASKED, register and set."""
    registry: dict[str, str] = {}
    images: dict[str, str] = {}
    foreign: dict[str, str] = {}
    defaults: dict[str, Any] = {}
    for service, answers in zip(services, asked, strict=True):
        wanted = EnvironmentAnswers(deepcopy(answers.environment.plain))
        if service.templated:
            name = service.wraps.service if service.wraps else service.name.camel
            registry[REGISTRY + name] = f"../docker/services/{service.name.kebab}.yaml"
        registry |= {name: _seen(one) for name, one in wanted.resource_registry.items()}
        registry |= dict.fromkeys(wanted.disabled_services, DISABLED)
        for image in service.images:
            if not image.prepare:  # else image prepare sets them
                images |= dict.fromkeys(image.parameters, image.reference)
                others = image.parameters if image.build == "existing" else []
                foreign |= dict.fromkeys(others, image.reference)
        foreign |= {one.image_parameter: one.image for one in service.containers if one.image}
        if service.puppet and service.puppet.image:
            images.setdefault(service.puppet.image_parameter, service.puppet.image)  # a layer wins
        defaults |= wanted.parameter_defaults
        for role, values in wanted.role_parameters.items():
            _merge(defaults.setdefault(f"{role}Parameters", {}), values)
        for role, hieradata in ({"": wanted.global_extra_config} | wanted.role_extra_config).items():
            if hieradata:
                _merge(defaults.setdefault(f"{role}{EXTRA_CONFIG}", {}), hieradata)
        for role in service.roles:
            of_backends = [backends.hieradata(of, found) for _, of, found in backends.every(answers)]
            for hieradata in (*of_backends, wanted.extra_config):
                if hieradata:
                    _merge(defaults.setdefault(f"{role}{EXTRA_CONFIG}", {}), deepcopy(hieradata))
    _kernel(defaults, services)
    layers = [image for service in services for image in service.images]
    hooks = {name: one for each in asked for name, one in _hooks(each).items()}
    copied = {"environments"} | ({"docker"} if any(service.template for service in services) else set())
    folders = sorted({one.partition("/")[0] for one in hooks.values()} - copied)
    known = stock(repo.release.name).templates
    brought = {name: one for name, one in hooks.items() if one not in known}
    images |= foreign
    return Environment(registry, hooks, brought, folders, images, foreign, whole(repo, layers), defaults)


def is_of_roles(asked: ServiceAnswers) -> bool:
    """Whether the roles of a service with the answers ASKED have an effect.

    An image goes wherever the stock service runs; only what goes to nodes besides has roles then.
    """
    to_nodes = asked.kernel_module or any(backends.every(asked)) or asked.environment.extra_config
    return asked.integration in TEMPLATED or bool(to_nodes)


def first_hieradata(asked: ServiceAnswers) -> str:
    """The first key of hieradata that nodes have of what is ASKED without a template; or nothing."""
    said = asked.environment
    of_backends = [backends.hieradata(of, found) for _, of, found in backends.every(asked)]
    every = (*of_backends, said.extra_config, *said.role_extra_config.values(), said.global_extra_config)
    return next((key for hieradata in every for key in hieradata), "")


def _seen(registered: str) -> str:
    """A template as seen from the environment file; any other name of the registry as it is."""
    return f"../{registered}" if registered.endswith(".yaml") else registered


def _hooks(answers: ServiceAnswers) -> dict[str, str]:
    """The templates that the vendor may have to bring, by the name that they are registered under."""
    registered = answers.environment.resource_registry.items()
    return {name: one for name, one in registered if one.endswith(".yaml")}


def _merge(known: dict[str, Any], more: dict[str, Any]) -> None:
    """Put MORE over KNOWN: maps join, lists of enabled backends too, all else is the same already."""
    for key, value in more.items():
        old = known.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            known[key] = old | value
        elif key in backends.LISTS and isinstance(old, list) and isinstance(value, list):
            known[key] = list(dict.fromkeys([*old, *value]))
        else:
            known[key] = value


def _kernel(defaults: dict[str, Any], services: list[Service]) -> None:
    """The modules of the hosts: a role's own list replaces the global one, so it holds that too."""
    everywhere: dict[str, dict[str, Any]] = {key: dict(defaults.get(key, {})) for key in KERNEL}
    roles: dict[str, dict[str, dict[str, Any]]] = {}
    for service in services:
        module = service.kernel_module
        if not module or module.delivery != "host":
            continue
        packages = module.host.packages if module.host.how == "deployment" else []
        lists: dict[str, dict[str, Any]] = dict(
            zip(KERNEL, ({module.name: {}}, {package: {} for package in packages}), strict=True)
        )
        if module.scope == "all":
            everywhere = {key: everywhere[key] | lists[key] for key in KERNEL}
        for role in service.roles if module.scope == "role" else []:
            own = roles.setdefault(role, {key: {} for key in KERNEL})
            roles[role] = {key: own[key] | lists[key] for key in KERNEL}
    defaults |= {key: names for key, names in everywhere.items() if names}
    for role in {name.removesuffix("Parameters") for name in defaults if name.endswith("Parameters")} | {
        *roles
    }:
        known = defaults.get(f"{role}Parameters", {})
        for key in KERNEL if isinstance(known, dict) else ():  # a parameter that no role has may be anything
            own = known.get(key, {}) | roles.get(role, {}).get(key, {})
            if own:
                defaults.setdefault(f"{role}Parameters", {})[key] = everywhere[key] | own
