"""Answers -> model: defaults from earlier answers, and everything that follows from them."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import Any

from scaffold import catalogue, releases
from scaffold.answers import Answers, AnswersDocument, check
from scaffold.catalogue import Catalogue
from scaffold.errors import AnswersError
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.parts import WrapsAnswers
from scaffold.model import Image, KernelModule, Service, ServiceName, Template, VendorRepo, Wrapped
from scaffold.releases import Release, cloud
from scaffold.resolve import consistency
from scaffold.resolve.beside import beside
from scaffold.resolve.companions import companions
from scaffold.resolve.completing import Defaulted, completed, with_defaults
from scaffold.resolve.containers import command, containers, host_directories, scripts
from scaffold.resolve.contents import with_contents
from scaffold.resolve.environment import environment
from scaffold.resolve.images import images, title
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.parameters import asked_by_role, by_role, declared, role_specific, standard
from scaffold.resolve.puppet import puppet_config
from scaffold.resolve.sections import Composed, firewall_hiera, firewall_rules, image_condition, sections
from scaffold.tripleo.services import passed


def checked(document: AnswersDocument) -> Answers:
    """The answers of DOCUMENT; raises AnswersError with every fault, those across fields among them."""
    return check(document, constraints=consistency.faults)


def resolve(answers: Answers) -> VendorRepo:
    """Make the model of checked ANSWERS; raises AnswersError with every fault across fields at once."""
    if faults := list(consistency.faults(answers)):
        raise AnswersError(faults)
    return modelled(answers)


def modelled(answers: Answers) -> VendorRepo:
    """The model of checked ANSWERS whose names need not be free, as of services before they are renamed."""
    top = with_defaults(answers.values)
    release = releases.load(top.release)
    stock = catalogue.load(release.name)
    asked = [
        completed(_where_held(service, release), single_node=top.single_node)
        for service in answers.values["services"]
    ]
    repo = _repository(top, release)
    services = [_service(repo, service, stock) for service in asked]
    made = environment(repo, services, asked)
    among = beside(release.name, top.single_node, made, services, asked)
    around = companions(release.name, made, services, asked, stock)
    whole = replace(repo, services=services, environment=made, beside=among, companions=around)
    return with_contents(whole)


def _where_held(service: dict[str, Any], release: Release) -> dict[str, Any]:
    """SERVICE; where it wraps one and names no roles, with those that hold that."""
    asked = ServiceAnswers(service)
    held = cloud.holders(release.name, asked.wraps.service) if asked.wraps else None
    return asked.under({"roles": list(held)}).plain if held else service


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
        container_engine=top.container_engine,
        ci=top.ci,
        all_in_one=cloud.all_in_one(release.name) if top.single_node else "",
    )


def _service(repo: VendorRepo, answers: ServiceAnswers, stock: Catalogue) -> Service:
    name, integration = ServiceName.of(answers.service_name), answers.integration
    module = kernel_module(repo.slug, answers)
    layers = images(repo, name, answers, stock, module)
    composed = _composed(repo, name, answers, stock, layers, module)
    swap, wraps = integration == "image", answers.wraps
    return Service(
        name=name,
        summary=answers.labels.get("summary", title(repo.vendor, name)),
        integration=integration,
        images=layers,
        step=answers.step,
        command=command(name, answers),
        roles=answers.roles,
        in_roles=not swap and not wraps,
        kernel_module=module,
        scripts=composed.scripts,
        containers=composed.containers,
        puppet=composed.puppet,
        wraps=_wrapped(repo, wraps, stock) if wraps else None,
        host_directories=composed.directories,
        firewall_rules=firewall_rules(composed),
        firewall_hiera=firewall_hiera(repo.release, name),
        hiera_key=next(iter(answers.config_settings), ""),
        template=None if swap else _template(composed),
    )


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
    directories = host_directories(name, answers) if own else answers.host_directories
    launchers = scripts(name, answers, module) if own else []
    with_heat = answers.having(Trait.WITH_HEAT) if specific else ()
    run = answers.over({key: by_role(value, specific) for key, value in with_heat})
    conditions = asked_by_role(answers.conditions, specific)
    built = containers(release, name, run, layer, module, puppet, launchers, directories) if own else []
    return Composed(release, name, run, conditions, puppet, built, launchers, directories, specific)


def _template(service: Composed) -> Template:
    release = service.release
    return Template(
        heat_template_version=release.tripleo.heat_template_version,
        parameters=declared(release, service.name, service.answers, service.puppet),
        standard_parameters=standard(release, service.answers),
        containers_common=release.tripleo.containers_common if service.containers else "",
        role_specific=service.role_specific,
        conditions=service.conditions | image_condition(service.puppet),
        sections=sections(service),
        selinux_type=release.tripleo.selinux_type,
    )


def _wrapped(repo: VendorRepo, asked: WrapsAnswers, stock: Catalogue) -> Wrapped:
    """What is wrapped; of two templates that of a cloud with pacemaker, as production clouds are."""
    service, pair = asked.service, cloud.pair(repo.release.name, asked.service)
    of_release = pair.pacemaker if pair and not repo.all_in_one else stock.templates.get(service, "")
    template = asked.template or of_release
    return Wrapped(
        service=service,
        template=posixpath.relpath(template, "docker/services"),
        path=template,
        asked=asked.template is not None,
        plain=list(pair.plain) if pair else [],
        pacemaker=pair.pacemaker if pair else "",
        chosen_by=list(pair.chosen_by) if pair else [],
        properties=[*passed(repo.release.tripleo.default_passwords)],
    )


def stored(values: dict[str, Any]) -> dict[str, Any]:
    """Return the answers as `new` keeps them: what must not follow newer defaults is explicit."""
    top = with_defaults(values)
    release = RepositoryAnswers({"release": top.release} | values).release
    explicit = top.named(RepositoryAnswers.named(Trait.STORED))
    services = [service | _base(ServiceAnswers(service)) for service in values["services"]]
    order = {"schema": 1, "repo_name": "", "vendor": "", "release": release}
    return {**order, **explicit, **{k: v for k, v in values.items() if k != "services"}, "services": services}


def _base(service: ServiceAnswers) -> dict[str, str]:
    """The stock image of SERVICE, where it has one image."""
    several = service.integration == "config" or service.images
    return {} if several else {"base_image": service.base_image}


def defaults(values: dict[str, Any], repo: VendorRepo) -> dict[str, Any]:
    """What the answers VALUES leave to their defaults in REPO: path -> value, for an update to compare."""
    top = with_defaults(values).named(RepositoryAnswers.named(Trait.FOLLOWS_DEFAULTS))
    found = {key: one for key, one in top.items() if key not in values}
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
