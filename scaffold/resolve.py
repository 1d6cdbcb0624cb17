"""Answers -> model: defaults from earlier answers, and everything that follows from them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from scaffold import building, catalogue, consistency, releases
from scaffold.answers import Answers
from scaffold.catalogue import Catalogue
from scaffold.containers import LOGS, containers, inside, scripts
from scaffold.errors import AnswersError
from scaffold.images import images
from scaffold.model import Environment, KernelModule, KollaFiles, Service, ServiceName, VendorRepo
from scaffold.prepare import whole
from scaffold.releases import Release


def resolve(answers: Answers) -> VendorRepo:
    """Make the model of checked ANSWERS; raises AnswersError with every fault across fields at once."""
    top = with_defaults(answers.values)
    release = releases.load(top["release"])
    stock = catalogue.load(release.name)
    asked = answers.values["services"]
    faults = list(consistency.of_repository(answers, top, release))
    faults += building.of_repository(answers, release, stock)
    for index, service in enumerate(asked):
        faults += consistency.of_service(answers, index, service, release, stock)
    if faults:
        raise AnswersError(faults)
    repo = _repository(top, release)
    services = [_service(repo, service, stock) for service in asked]
    return replace(repo, services=services, environment=_environment(repo, services, asked))


def _repository(top: dict[str, Any], release: Release) -> VendorRepo:
    """The repository without its services, which need it."""
    source = {"registry": top["base_registry"], "namespace": top["base_namespace"], "tag": top["base_tag"]}
    kept = ("repo_name", "vendor", "maintainer", "slug", "distribution", "registry", "namespace")
    return VendorRepo(
        release=release,
        base=replace(release.bases[top["base"]], **source),
        container_engine=top["container_engine"],
        environment=Environment({}, {}, [], {}),
        services=[],
        **{key: top[key] for key in kept},
    )


def with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of the repository with every default filled in, and `base` and `slug` with them."""
    first_word = values["services"][0]["service_name"].split("-")[0]
    vendor = values.get("vendor", first_word[:1].upper() + first_word[1:])
    slug = re.sub(r"[^a-z0-9]+", "-", vendor.lower()).strip("-") if vendor.isascii() else ""
    slug = slug or first_word
    asked = values.get("release", "wallaby")
    release = releases.load(releases.RHOSP.get(asked, asked))
    distribution = values.get("distribution", "rhosp" if asked in releases.RHOSP else "rdo")
    newest = max((version for version in release.bases if version != "rdo"), default="rdo")
    base_key = "rdo" if distribution == "rdo" else asked if asked in releases.RHOSP else newest
    base = release.bases.get(base_key, release.bases["rdo"])
    return {
        "vendor": vendor,
        "slug": slug,
        "release": release.name,
        "distribution": distribution,
        "base": base_key,
        "maintainer": values.get("maintainer", vendor),
        "namespace": values.get("namespace", slug),
        "repo_name": values.get("repo_name", f"{slug}-tripleo"),
        "registry": values.get("registry", release.undercloud_registry),
        "base_registry": values.get("base_registry", base.registry),
        "base_namespace": values.get("base_namespace", base.namespace),
        "base_tag": values.get("base_tag", base.tag),
        "container_engine": values.get("container_engine", release.container_engines[0]),
    }


def _service(repo: VendorRepo, answers: dict[str, Any], stock: Catalogue) -> Service:
    name = ServiceName.of(answers["service_name"])
    integration = answers.get("integration", "service")
    module = _kernel_module(answers, integration)
    layers = images(repo, name, answers, stock, module)
    own = integration == "service"
    parameter = f"{repo.release.image_parameter_prefix}{name.camel}Image" if own else ""
    parameters = answers.get("parameters", {})
    specific = [key for key, value in parameters.items() if value.get("role_specific")]
    if own and repo.release.role_specific_images:
        specific.insert(0, parameter)
    command = answers.get("command", f"/usr/bin/{name.kebab}")
    directories = answers.get("host_directories", [f"/var/log/containers/{name.snake}"] if own else [])
    launchers = scripts(name, answers, module, command) if own else []
    built = containers(repo.release, name, answers, module, launchers, command, directories) if own else []
    kolla = answers.get("kolla", {})
    user = answers.get("container", {}).get("user") or (layers[0].base_user if layers else "root")
    return Service(
        name=name,
        summary=answers.get("labels", {}).get("summary", f"{repo.vendor} {name.kebab}"),
        integration=integration,
        images=layers,
        image_parameter=parameter,
        step=answers.get("step", 4),
        command=command,
        roles=answers.get("roles", ["Controller"]),
        kernel_module=module,
        scripts=launchers,
        containers=built,
        kolla=KollaFiles(
            kolla.get("config_files", []), _log_owners(directories, user) + kolla.get("permissions", [])
        ),
        one_shots=any(not container.detach for container in built),
        parameters=parameters,
        role_specific=specific,
        config_settings=answers.get("config_settings", {}),
        service_config_settings=answers.get("service_config_settings", {}),
        firewall_rules=answers.get("firewall_rules", {}),
        host_directories=directories,
        metadata_settings=answers.get("metadata_settings"),
        upgrade_tasks=answers.get("upgrade_tasks", []),
        update_tasks=answers.get("update_tasks", []),
        host_prep_tasks=answers.get("host_prep_tasks", []),
        extra_role_data=answers.get("extra", {}).get("role_data", {}),
    )


def _kernel_module(answers: dict[str, Any], integration: str) -> KernelModule | None:
    asked = answers.get("kernel_module")
    if not asked:
        return None
    delivery = asked.get("delivery", "container" if integration == "service" else "host")
    return KernelModule(
        name=asked["name"],
        delivery=delivery,
        loader=asked.get("loader", "separate") if delivery == "container" else "",
        source=asked.get("source", "host"),
        sysfs="/sys/module/" + asked["name"].replace("-", "_"),
    )


def _log_owners(directories: list[str], user: str) -> list[dict[str, Any]]:
    """kolla starts as the image's user, which must be able to write its logs."""
    logs = [inside(path) for path in directories if path.startswith(LOGS)]
    return [{"path": path, "owner": f"{user}:{user}", "recurse": True} for path in logs if user != "root"]


def _environment(repo: VendorRepo, services: list[Service], asked: list[dict[str, Any]]) -> Environment:
    registry: dict[str, str] = {}
    named: dict[str, str] = {}
    defaults: dict[str, Any] = {}
    for service, answers in zip(services, asked, strict=True):
        if service.integration != "image":
            key = f"OS::TripleO::Services::{service.name.camel}"
            registry[key] = f"../docker/services/{service.name.kebab}.yaml"
        for image in service.images:
            if not image.prepare:  # else image prepare sets them
                named |= dict.fromkeys(image.parameters, image.reference)
        environment = answers.get("environment", {})
        registry |= {
            f"OS::TripleO::Services::{name}": "OS::Heat::None"
            for name in environment.get("disabled_services", [])
        }
        defaults |= environment.get("parameter_defaults", {})
        for role, parameters in _role_parameters(service, environment).items():
            known = defaults.setdefault(f"{role}Parameters", {})
            modules = known.get("ExtraKernelModules", {}) | parameters.get("ExtraKernelModules", {})
            known.update(parameters | ({"ExtraKernelModules": modules} if modules else {}))
        for role in service.roles if environment.get("extra_config") else []:
            defaults.setdefault(f"{role}ExtraConfig", {}).update(environment["extra_config"])
    layers = [image for service in services for image in service.images]
    return Environment(registry, named, whole(repo, layers), defaults)


def _role_parameters(service: Service, environment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    roles = {role: dict(values) for role, values in environment.get("role_parameters", {}).items()}
    module = service.kernel_module
    if module and module.delivery == "host":
        for role in service.roles:
            modules = dict(roles.get(role, {}).get("ExtraKernelModules", {}))
            roles.setdefault(role, {})["ExtraKernelModules"] = modules | {module.name: {}}
    return roles


def stored(values: dict[str, Any]) -> dict[str, Any]:
    """Return the answers as `new` keeps them: what must not follow newer defaults is explicit."""
    top = with_defaults(values)
    release = values.get("release", top["release"])
    explicit = {
        key: top[key] for key in ("repo_name", "vendor", "distribution", "registry", "container_engine")
    }
    services = [
        service
        | (
            {}
            if service.get("integration") == "config" or service.get("images")
            else {"base_image": service.get("base_image", "cinder-volume")}
        )
        for service in values["services"]
    ]
    order = {"schema": 1, "repo_name": "", "vendor": "", "release": release}
    return {**order, **explicit, **{k: v for k, v in values.items() if k != "services"}, "services": services}
