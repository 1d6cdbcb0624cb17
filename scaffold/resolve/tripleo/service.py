"""A vendor repository of TripleO: its services, the environment file, and what lies beside it in a cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scaffold import catalogue, releases
from scaffold.catalogue import Catalogue
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.declared import TEMPLATED
from scaffold.filters import substituted
from scaffold.model import Container, Image, KernelModule, Service, ServiceName, Template, VendorRepo
from scaffold.releases import Release, cloud
from scaffold.resolve.completing import Defaulted
from scaffold.resolve.images import title
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.tripleo.bases import bases, in_place, wrapped
from scaffold.resolve.tripleo.beside import beside
from scaffold.resolve.tripleo.companions import companions
from scaffold.resolve.tripleo.containers import command, containers, scripts
from scaffold.resolve.tripleo.contents import with_contents
from scaffold.resolve.tripleo.day_two import day_two
from scaffold.resolve.tripleo.directories import host_directories
from scaffold.resolve.tripleo.environment import environment, first_hieradata
from scaffold.resolve.tripleo.hosts import host_paths
from scaffold.resolve.tripleo.images import images
from scaffold.resolve.tripleo.parameters import asked_by_role, by_role, declared, role_specific, standard
from scaffold.resolve.tripleo.puppet import puppet_config
from scaffold.resolve.tripleo.sections import (
    Composed,
    firewall_hiera,
    firewall_rules,
    image_condition,
    sections,
    started,
)
from scaffold.resolve.tripleo.starting import anchors
from scaffold.tripleo.heat import is_map
from scaffold.tripleo.secrets import is_secret_name

LOCAL = ("localhost", "127.0.0.1")


def modelled(top: Defaulted, asked: list[ServiceAnswers]) -> VendorRepo:
    """The repository of TOP with the services that are ASKED, and all that follows from them."""
    release, stock = releases.load(top.release), catalogue.load(top.release)
    repo = _repository(top, release)
    services = [_service(repo, service, stock) for service in asked]
    made = environment(repo, services, asked)
    among = beside(release.name, top.single_node, made, services, asked)
    around = companions(release.name, made, services, asked, stock)
    repo = replace(repo, services=services, environment=made, beside=among, companions=around)
    whole = with_contents(replace(repo, host_paths=host_paths(services, made, stock)))
    return replace(whole, day_two=day_two(whole, asked, "" if top.base == "rdo" else top.base, stock))


def placed(service: ServiceAnswers, release: Release) -> ServiceAnswers:
    """SERVICE; where it wraps a stock service of RELEASE and names no roles, with those that hold that."""
    wraps = in_place(service.wraps)
    held = cloud.holders(release.name, wraps.service) if wraps and wraps.service else None
    return service.under({"roles": list(held)}) if held else service


def _repository(top: Defaulted, release: Release) -> VendorRepo:
    """The repository without its services, which need it."""
    source = {"registry": top.base_registry, "namespace": top.base_namespace, "tag": top.base_tag}
    at_undercloud = top.registry == release.tripleo.undercloud_registry
    return VendorRepo(
        release=release,
        base=replace(release.bases[top.base], **source),
        repo_name=top.repo_name,
        vendor=top.vendor,
        maintainer=top.maintainer,
        slug=top.slug,
        distribution=top.distribution,
        registry=top.registry,
        namespace=top.namespace,
        at_undercloud=at_undercloud,
        without_tls=[release.tripleo.undercloud_registry.partition(":")[0], *LOCAL],
        container_engine=top.container_engine,
        ci=top.ci,
        all_in_one=cloud.all_in_one(release.name) if top.single_node else "",
    )


def _service(repo: VendorRepo, answers: ServiceAnswers, stock: Catalogue) -> Service:
    name, integration = ServiceName.of(answers.service_name), answers.integration
    module = kernel_module(repo.slug, answers)
    layers = images(repo, name, answers, stock, module)
    composed = _composed(repo, name, answers, stock, layers, module)
    wraps, templated = wrapped(repo, answers.wraps, stock), integration in TEMPLATED
    return Service(
        name=name,
        summary=substituted(answers.labels.get("summary") or title(repo.vendor, name), answers.args),
        integration=integration,
        images=layers,
        step=answers.step,
        command=command(name, answers),
        roles=answers.roles,
        in_roles=templated and not wraps,
        kernel_module=module,
        scripts=composed.scripts,
        containers=composed.containers,
        puppet=composed.puppet,
        wraps=wraps,
        bases=composed.bases,
        host_directories=composed.directories,
        firewall_rules=firewall_rules(composed),
        firewall_hiera=firewall_hiera(repo.release, name),
        hiera_key=next(_shown(answers.config_settings), "")
        or ("" if templated else first_hieradata(answers)),
        template=_template(composed) if templated else None,
    )


def _shown(hieradata: Mapping[str, Any]) -> Iterator[str]:
    """The keys of HIERADATA whose value may be shown on a terminal."""
    for key, value in hieradata.items():
        words = re.findall(r"\w+", f"{key} {value}")
        if not (is_map(value) or any(is_secret_name(word) for word in words)):
            yield key


def _composed(
    repo: VendorRepo,
    name: ServiceName,
    answers: ServiceAnswers,
    stock: Catalogue,
    layers: list[Image],
    module: KernelModule | None,
) -> Composed:
    """What a template is made of; only a service of its own has containers."""
    release, layer = repo.release, next(iter(layers), None)
    own = answers.integration == "service"
    puppet = puppet_config(repo, name, answers, stock, layer)
    specific = role_specific(declared(release, name, answers, puppet))
    launchers = scripts(name, answers, module) if own else []
    with_heat = answers.having(Trait.WITH_HEAT) if specific else ()
    run = answers.over({key: by_role(value, specific) for key, value in with_heat})
    directories = host_directories(name, run)
    puppet = puppet and replace(puppet, volumes=by_role(puppet.volumes, specific))
    conditions = asked_by_role(answers.conditions, specific)
    built: list[Container] = []
    if own:
        built = containers(release, stock, name, run, layer, module, puppet, launchers, directories)
    engine = repo.container_engine
    made = [one.path for one in directories]
    under = bases(repo, run.wraps, stock)
    return Composed(release, name, run, conditions, puppet, built, launchers, made, specific, engine, under)


def _template(service: Composed) -> Template:
    release, starts = service.release, started(service)
    return Template(
        heat_template_version=release.tripleo.heat_template_version,
        parameters=declared(release, service.name, service.answers, service.puppet),
        standard_parameters=standard(release, service.answers),
        containers_common=release.tripleo.containers_common if service.containers else "",
        role_specific=service.role_specific,
        conditions=service.conditions | image_condition(service.puppet),
        sections=sections(service),
        started=starts,
        anchors=anchors(starts),
        selinux_type=release.tripleo.selinux_type,
    )
