"""The answers with their defaults, filled in once for the constraints and the model."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from scaffold import releases
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.fields.parts import KernelModuleAnswers
from scaffold.resolve.sharing import joined, of_repository


class Defaulted(NamedTuple):
    """The answers of the repository, each with its default; `base` and `slug` follow from them.

    release: the release of TripleO, also where a version of RHOSP is asked for.
    """

    vendor: str
    slug: str
    release: str
    distribution: str
    base: str
    maintainer: str
    namespace: str
    repo_name: str
    registry: str
    base_registry: str
    base_namespace: str
    base_tag: str
    container_engine: str
    ci: list[str]
    single_node: bool

    def named(self, *traits: tuple[str, ...]) -> dict[str, Any]:
        """Those of the answers TRAITS, by name."""
        return {name: getattr(self, name) for names in traits for name in names}


def with_defaults(values: dict[str, Any]) -> Defaulted:
    """Return the answers of the repository with every default filled in, and `base` and `slug` with them."""
    asked = RepositoryAnswers(values)
    first_word = asked.services[0].service_name.split("-")[0]
    vendor = asked.vendor or first_word[:1].upper() + first_word[1:]
    slug = re.sub(r"[^a-z0-9]+", "-", vendor.lower()).strip("-") if vendor.isascii() else ""
    slug = slug or first_word
    release = release_of(asked)
    rhosp = asked.release in releases.RHOSP
    distribution = asked.distribution or ("rhosp" if rhosp else "rdo")
    usual = asked.release if rhosp else release.rhosp_default
    base_key = usual if distribution == "rhosp" and usual else "rdo"
    base = release.bases.get(base_key, release.bases["rdo"])
    return Defaulted(
        vendor=vendor,
        slug=slug,
        release=release.name,
        distribution=distribution,
        base=base_key,
        maintainer=asked.maintainer or vendor,
        namespace=asked.namespace or slug,
        repo_name=asked.repo_name or f"{slug}-tripleo",
        registry=asked.registry or release.registry,
        base_registry=asked.base_registry or base.registry,
        base_namespace=asked.base_namespace or base.namespace,
        base_tag=asked.base_tag or base.tag,
        container_engine=asked.container_engine or release.container_engines[0],
        ci=asked.ci,
        single_node=asked.single_node,
    )


def release_of(asked: RepositoryAnswers) -> releases.Release:
    """The release of TripleO that is ASKED for, or that the version of RHOSP is built on."""
    return releases.load(releases.RHOSP.get(asked.release, asked.release))


def completed(service: dict[str, Any], whole: RepositoryAnswers) -> ServiceAnswers:
    """The answers of SERVICE with what the WHOLE repository says; a cloud of a single node has one role."""
    asked = ServiceAnswers(service)
    asked = ServiceAnswers(joined(of_repository(whole, asked), service))
    single_node = whole.single_node
    return asked.under({"roles": ["Standalone"]}) if single_node else asked


def completed_module(service: ServiceAnswers) -> KernelModuleAnswers | None:
    """The kernel module of SERVICE: where it has containers, one of its own loads it."""
    asked = service.kernel_module
    if asked is None:
        return None
    module = asked.under({"delivery": "container" if service.integration == "service" else "host"})
    loader = "separate" if module.delivery == "container" else ""
    brings = bool(module.packages or module.rpm_files)
    return module.under({"loader": loader, "install": "image" if brings else "none"})
