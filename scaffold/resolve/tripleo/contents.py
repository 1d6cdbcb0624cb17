"""What a repository holds, as its templates ask: the images by builder, and which files there are."""

from __future__ import annotations

from dataclasses import replace

from scaffold.contents import Has
from scaffold.layers import Install
from scaffold.model import Image, Images, Service, VendorRepo
from scaffold.resolve.tripleo.notes import own_roles
from scaffold.tripleo.services import REGISTRY

# images of the pacemaker templates, and the names that puppet-tripleo gives their bundles, Queens to Wallaby
BUNDLES = {
    "cinder-volume": "openstack-cinder-volume",
    "cinder-backup": "openstack-cinder-backup",
    "manila-share": "openstack-manila-share",
    "haproxy": "haproxy-bundle",
    "mariadb": "galera-bundle",
    "rabbitmq": "rabbitmq-bundle",
    "redis": "redis-bundle",
    "ovn-northd": "ovn-dbs-bundle",
}
WITH_LOGIN = "registry.redhat.io"


def with_contents(repo: VendorRepo) -> VendorRepo:
    """REPO with what follows from all its services together."""
    services = repo.services
    every = [image for service in services for image in service.images]
    images = Images(*([image for image in every if image.build == by] for by in Images.__annotations__))
    has = _has(repo, images)
    engine = _engine(repo, every)
    swapped = [image for service in services if service.integration == "image" for image in service.images]
    added = [service for service in services if service.in_roles]
    return replace(
        repo,
        images=images,
        has=has,
        engine=engine,
        builder="docker" if has.kolla_build and not has.layer and not has.tcib else engine,
        logins=list(dict.fromkeys(image.source.partition("/")[0] for image in images.existing)),
        in_roles={f"{REGISTRY}{service.name.camel}": service.roles for service in added},
        bundles={name: BUNDLES[name] for image in swapped if (name := image.base_name) in BUNDLES},
        own_roles=own_roles(role for service in added for role in service.roles),
        host_files=_host_files(services),
        overlay=f"{repo.repo_name}-templates" if has.overlay else "",
    )


def _has(repo: VendorRepo, images: Images) -> Has:
    services = repo.services
    hosts = [service.kernel_module.host for service in services if service.kernel_module]
    templates = any(service.template for service in services)
    install_module = any(host.how == "image" for host in hosts)
    github, gitlab = "github" in repo.ci, "gitlab" in repo.ci
    layer = bool(images.layer)
    pushed = [image for one in services for image in one.images if image.build != "existing" or image.prepare]
    return Has(
        images=any(service.images for service in services),
        inputs=any(image.licensed or image.install.rpm_files for one in services for image in one.images),
        layer=layer,
        kolla=bool(images.kolla),
        kolla_build=any(image.kolla and image.kolla.tool == "kolla-build" for image in images.kolla),
        tcib=bool(images.tcib),
        dockerfile=any(image.has_dockerfile for image in (*images.layer, *images.prepare)),
        removed=any(_removes(image.install) for image in images.layer),
        stage=any(image.has_dockerfile or image.install.rpm_files for image in images.prepare),
        templates=templates,
        overlay=templates or bool(repo.environment.hooks),
        wraps=any(service.wraps for service in services),
        roles_data=templates or bool(repo.environment.parameter_defaults),
        modules=bool(hosts),
        module_repository=any(host.repository for host in hosts),
        install_module=install_module,
        github=github,
        gitlab=gitlab,
        zuul="zuul" in repo.ci,
        scripts=layer or install_module or github or gitlab or any(service.in_roles for service in services),
        login=layer and repo.base.registry == WITH_LOGIN,
        push=layer and not repo.at_undercloud,
        credentials=bool(repo.beside.to_set),
        plain=bool(pushed) and repo.registry.partition(":")[0] in repo.without_tls,
        trusted=repo.at_undercloud and repo.release.tripleo.push != "external",
    )


def _removes(install: Install) -> bool:
    copied = install.repo_files or install.rpm_files or install.pip_files
    return bool(copied) or any(file.source and file.removed for file in install.files)


def _engine(repo: VendorRepo, images: list[Image]) -> str:
    """root's image store is another: TripleO builds there, and fills the undercloud's registry from it."""
    by_tripleo = any(one.build == "tcib" or (one.kolla and one.kolla.tool == "openstack") for one in images)
    return ("sudo " if repo.at_undercloud or by_tripleo else "") + repo.container_engine


def _host_files(services: list[Service]) -> list[str]:
    hosts = [service.kernel_module.host for service in services if service.kernel_module]
    repositories = [file for host in hosts for file in host.repo_files]
    return list(dict.fromkeys([*repositories, *(file for host in hosts for file in host.rpm_files)]))
