"""Answers -> model: defaults from earlier answers, and everything that follows from them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Any

from scaffold import catalogue, releases
from scaffold.answers import Answers, Document, check
from scaffold.catalogue import Catalogue
from scaffold.errors import AnswersError
from scaffold.fields.parts import TASKS
from scaffold.model import Service, ServiceName, VendorRepo, Wrapped
from scaffold.releases import Release, cloud
from scaffold.resolve import consistency
from scaffold.resolve.completing import completed
from scaffold.resolve.confidential import confidential
from scaffold.resolve.containers import command, containers, host_directories, scripts
from scaffold.resolve.contents import with_contents
from scaffold.resolve.environment import environment
from scaffold.resolve.hiera import of_hiera
from scaffold.resolve.images import images, title
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.puppet import puppet_config

DEFAULTED = ("maintainer", "namespace", "base_registry", "base_namespace", "base_tag")
RUNNING = ("command", "container", "containers")  # what may hold functions of Heat
# maps that pass from the answers as they are
AS_THEY_ARE = ("config_settings", "service_config_settings", "firewall_rules")


def checked(document: Document) -> Answers:
    """The answers of DOCUMENT; raises AnswersError with every fault, those across fields among them."""
    return check(document, rules=consistency.faults)


def resolve(answers: Answers) -> VendorRepo:
    """Make the model of checked ANSWERS; raises AnswersError with every fault across fields at once."""
    if faults := list(consistency.faults(answers)):
        raise AnswersError(faults)
    return modelled(answers)


def modelled(answers: Answers) -> VendorRepo:
    """The model of checked ANSWERS whose names need not be free, as of services before they are renamed."""
    top = with_defaults(answers.values)
    release = releases.load(top["release"])
    stock = catalogue.load(release.name)
    asked = [completed(service, single_node=top["single_node"]) for service in answers.values["services"]]
    repo = _repository(top, release)
    services = [_service(repo, service, stock) for service in asked]
    return with_contents(replace(repo, services=services, environment=environment(repo, services, asked)))


def _repository(top: dict[str, Any], release: Release) -> VendorRepo:
    """The repository without its services, which need it."""
    source = {"registry": top["base_registry"], "namespace": top["base_namespace"], "tag": top["base_tag"]}
    kept = ("repo_name", "vendor", "maintainer", "slug", "distribution", "registry", "namespace")
    at_undercloud = top["registry"] == release.undercloud_registry
    return VendorRepo(
        release=release,
        base=replace(release.bases[top["base"]], **source),
        at_undercloud=at_undercloud,
        container_engine=top["container_engine"],
        ci=top["ci"],
        all_in_one=cloud.all_in_one(release.name) if top["single_node"] else "",
        **{key: top[key] for key in kept},
    )


def with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of the repository with every default filled in, and `base` and `slug` with them."""
    first_word = values["services"][0]["service_name"].split("-")[0]
    vendor = values.get("vendor", first_word[:1].upper() + first_word[1:])
    slug = re.sub(r"[^a-z0-9]+", "-", vendor.lower()).strip("-") if vendor.isascii() else ""
    slug = slug or first_word
    asked = values.get("release", releases.NEWEST)
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
        "ci": values.get("ci", []),
        "single_node": values.get("single_node", False),
    }


def _service(repo: VendorRepo, answers: dict[str, Any], stock: Catalogue) -> Service:
    name = ServiceName.of(answers["service_name"])
    integration = answers["integration"]
    module = kernel_module(repo.slug, answers)
    layers = images(repo, name, answers, stock, module)
    layer = next(iter(layers), None)
    own = integration == "service"
    parameter = f"{repo.release.image_parameter_prefix}{name.camel}Image" if own else ""
    puppet = puppet_config(repo, name, answers, stock, layer)
    parameters = _parameters(answers)
    specific = [key for key, value in parameters.items() if value.get("role_specific")]
    if repo.release.role_specific_images:
        specific = [key for key in (parameter, puppet.image_parameter if puppet else "") if key] + specific
    directories = host_directories(name, answers) if own else answers.get("host_directories", [])
    launchers = scripts(name, answers, module) if own else []
    run = answers | {key: _by_role(answers[key], specific) for key in RUNNING if key in answers}
    built = containers(repo.release, name, run, layer, module, puppet, launchers, directories) if own else []
    wraps = answers.get("wraps")
    return Service(
        name=name,
        summary=answers.get("labels", {}).get("summary", title(repo.vendor, name)),
        integration=integration,
        has_template=integration != "image",
        images=layers,
        image_parameter=parameter,
        step=answers["step"],
        command=command(name, answers),
        roles=answers["roles"],
        in_roles=integration != "image" and not wraps,
        kernel_module=module,
        scripts=launchers,
        containers=built,
        puppet=puppet,
        wraps=_wrapped(wraps, stock) if wraps else None,
        one_shots=any(not container.detach for container in built),
        parameters=parameters,
        role_specific=specific,
        host_directories=directories,
        metadata_settings=answers.get("metadata_settings"),
        conditions=answers.get("conditions", {}),
        **_settings(repo.release, answers, specific),
        host_prep_tasks=answers.get("host_prep_tasks", []),
        tasks={section: answers[section] for section in TASKS if answers.get(section)},
        extra_role_data=answers.get("extra", {}).get("role_data", {}),
    )


def _settings(release: Release, answers: dict[str, Any], specific: list[str]) -> dict[str, Any]:
    """The maps AS_THEY_ARE; only the names of firewall rules, where they go to hiera, are no hieradata."""
    found: dict[str, Any] = {key: _by_role(answers.get(key, {}), specific) for key in AS_THEY_ARE}
    if release.firewall_rules_in == "config_settings":
        found["firewall_rules"] = {of_hiera(name): one for name, one in found["firewall_rules"].items()}
    return found


def _parameters(answers: dict[str, Any]) -> dict[str, Any]:
    """The Heat parameters: one named like a password is hidden unless the answers say otherwise."""
    return {
        name: ({"hidden": True} if confidential(name) else {}) | parameter
        for name, parameter in answers.get("parameters", {}).items()
    }


def _by_role(value: Any, specific: list[str]) -> Any:
    """VALUE, with the parameters that roles have values of their own for read through RoleParametersValue."""
    if isinstance(value, list):
        return [_by_role(item, specific) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["get_param"] and value["get_param"] in specific:
        return {"get_attr": ["RoleParametersValue", "value", value["get_param"]]}
    return {key: _by_role(item, specific) for key, item in value.items()}


def _wrapped(asked: dict[str, str], stock: Catalogue) -> Wrapped:
    template = asked.get("template") or stock.templates[asked["service"]]
    return Wrapped(asked["service"], posixpath.relpath(template, "docker/services"))


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
            else {"base_image": completed(service)["base_image"]}
        )
        for service in values["services"]
    ]
    order = {"schema": 1, "repo_name": "", "vendor": "", "release": release}
    return {**order, **explicit, **{k: v for k, v in values.items() if k != "services"}, "services": services}


def defaults(values: dict[str, Any], repo: VendorRepo) -> dict[str, Any]:
    """What the answers VALUES leave to their defaults in REPO: path -> value, for an update to compare."""
    top = with_defaults(values)
    found = {key: top[key] for key in DEFAULTED if key not in values}
    for answers, service in zip(values["services"], repo.services, strict=True):
        taken = {"step": service.step, "command": service.command, "roles": service.roles}
        if service.image:
            tag = service.image.reference.rpartition(":")[2]
            taken |= {
                "base_user": service.image.base_user,
                "image_name": service.image.name,
                "image_tag": tag,
            }
        prefix = f"services.{service.name.kebab}"
        found |= {f"{prefix}.{key}": one for key, one in taken.items() if key not in answers}
    return found
