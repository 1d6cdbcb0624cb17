"""What rules ask of all documents of a repository, worked out once for each."""

from __future__ import annotations

from collections.abc import Mapping

from scaffold.documents import HeatTemplate, YamlDocument, heat, wiring
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Table
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.paths import KOLLA_CONFIGS
from scaffold.tripleo.services import CINDER_CONFIG, ENABLED_BACKENDS


@per_repository
def users(repository: Repository) -> frozenset[str]:
    """The users that the stock images of the release have."""
    images = repository.catalogue.images.values()
    return frozenset({"root", *(image.user for image in images if image.user)})


@per_repository
def engines(repository: Repository) -> tuple[str, ...]:
    """The container engines that the repository may run on."""
    asked = repository.answers.get("container_engine")
    return (str(asked),) if asked else tuple(repository.release.container_engines)


@per_repository
def declarations(repository: Repository) -> Mapping[str, tuple[Table, ...]]:
    """The declarations of each parameter, in all templates."""
    found: dict[str, list[Table]] = {}
    for template in repository.of(HeatTemplate):
        for name, declared in template.parameters.pairs:
            if isinstance(declared, Table):
                found.setdefault(name.text, []).append(declared)
    return {name: tuple(all_) for name, all_ in found.items()}


@per_repository
def assigned(repository: Repository) -> frozenset[str]:
    """The parameters that an environment file sets."""
    return frozenset(key.text for each in repository.environments for key, _, _ in each.assignments())


@per_repository
def container_names(repository: Repository) -> frozenset[str]:
    """The containers of the service templates."""
    return frozenset(container.name for each in repository.templates for container in each.containers)


@per_repository
def by_config(repository: Repository) -> Mapping[str, tuple[DocumentedContainer, ...]]:
    """The containers of the service templates by the kolla config that they mount."""
    found: dict[str, list[DocumentedContainer]] = {}
    for template in repository.templates:
        for container in template.containers:
            for source in {mount.source for mount in container.mounts}:
                if source.startswith(KOLLA_CONFIGS):
                    found.setdefault(source, []).append(container)
    return {source: tuple(all_) for source, all_ in found.items()}


@per_repository
def file_names(repository: Repository) -> frozenset[str]:
    """The names of all files, without their directories."""
    paths = (*repository.names, *(document.path for document in repository.documents))
    return frozenset(path.rpartition("/")[2] for path in paths)


@per_repository
def backends(repository: Repository) -> tuple[frozenset[str], frozenset[str]]:
    """The sections of cinder that hieradata write, and the backends that they enable."""
    found = [pair for each in repository.of(YamlDocument) for pair in wiring.hieradata(each)]
    config = [heat.pairs(value) for key, value in found if key.text == CINDER_CONFIG]
    sections = (key.text.partition("/")[0] for pairs in config for key, _ in pairs if "/" in key.text)
    enabled = (heat.texts(value) for key, value in found if key.text == ENABLED_BACKENDS)
    return frozenset(sections), frozenset(item.text for items in enabled for item in items)
