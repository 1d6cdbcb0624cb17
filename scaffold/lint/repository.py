"""A vendor repository as rules see it: its documents, its release, what its answers ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from scaffold import own, releases
from scaffold.catalogue import Catalogue, Stock
from scaffold.catalogue import load as load_catalogue
from scaffold.catalogue import stock as stock_of
from scaffold.documents import (
    Broken,
    Dockerfile,
    Document,
    EnvironmentFile,
    HeatTemplate,
    ServiceTemplate,
    wiring,
)
from scaffold.documents.directory import MARK, documents
from scaffold.documents.heat import DocumentedContainer, Mount
from scaffold.documents.nodes import Scalar, Table, Unreadable, composed, plain, text_of
from scaffold.errors import ScaffoldError
from scaffold.lint.words import Words
from scaffold.tripleo.services import REGISTRY

D = TypeVar("D", bound=Document)
T = TypeVar("T")

_PACKED = re.compile(r"[\w.+~-]{1,200}\.(?:rpm|whl|deb|ko|zip|tgz|tar\.gz|tar\.xz|tar\.bz2)\b")


@dataclass(frozen=True)
class Repository:
    """What a rule may look at. release_name: one of scaffold.releases.NAMES; None where it is not known.

    answers: the plain values of .vendor-scaffold/answers.yaml; empty where there are none. alone: whether
    the one document is looked at without what lies around it. names: the paths of all files, documents or
    not.
    """

    documents: tuple[Document, ...]
    release_name: str | None = None
    answers: Mapping[str, object] = field(default_factory=dict)
    alone: bool = False
    names: frozenset[str] = frozenset()
    kept: dict[Callable[[Repository], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def release(self) -> releases.Release:
        """The facts of the release; only for rules that say `needs_release`."""
        assert self.release_name, "a rule that needs the release must say needs_release=True"
        return releases.load(self.release_name)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The stock images of the release; only for rules that say `needs_release`."""
        assert self.release_name, "a rule that needs the release must say needs_release=True"
        return load_catalogue(self.release_name)

    @cached_property
    def stock(self) -> Stock:
        """The names that the release has; those of any release where it is not known which."""
        return stock_of(self.release_name)

    @cached_property
    def common_mounts(self) -> Mapping[str, Mapping[str, str]]:
        """Output of ContainersCommon -> volume -> condition; of an unknown release what all have."""
        names = [self.release_name] if self.release_name else releases.NAMES
        first, *others = (load_catalogue(name).common_mounts for name in names)
        return {
            output: {
                volume: condition
                for volume, condition in volumes.items()
                if all(volume in other.get(output, {}) for other in others)
            }
            for output, volumes in first.items()
        }

    @cached_property
    def complete(self) -> bool:
        """Whether what is not found here is nowhere: no file could not be read, or was not looked at."""
        return not self.alone and not any(self.of(Broken))

    def of(self, kind: type[D]) -> Iterator[D]:
        """The documents of one kind."""
        return (document for document in self.documents if isinstance(document, kind))

    @cached_property
    def templates(self) -> tuple[ServiceTemplate, ...]:
        """The service templates."""
        return tuple(self.of(ServiceTemplate))

    @cached_property
    def environments(self) -> tuple[EnvironmentFile, ...]:
        """The environment files."""
        return tuple(self.of(EnvironmentFile))

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The volumes of all containers of the service templates."""
        containers = (container for template in self.templates for container in template.containers)
        return tuple(mount for container in containers for mount in container.mounts)

    @cached_property
    def loaders(self) -> Mapping[str, tuple[DocumentedContainer, ...]]:
        """The containers whose script loads a kernel module, by the module."""
        found: dict[str, tuple[DocumentedContainer, ...]] = {}
        for template in self.templates:
            for container in template.containers:
                script = wiring.runs(container, template)
                for module in wiring.modules(script) if script else ():
                    found[module] = (*found.get(module, ()), container)
        return found

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The parameters that the templates declare."""
        return frozenset(name for each in self.of(HeatTemplate) for name in each.parameters.entries)

    def only_nested(self, template: ServiceTemplate) -> bool:
        """Whether others nest it, by its path or a name of its own in the registry, and no role has it."""
        return template.path in self._nested and template.path not in self._of_roles

    @cached_property
    def _nested(self) -> frozenset[str]:
        paths = {each.resolve(kind.text) for each in self.of(HeatTemplate) for kind in each.nested()}
        return self._registered(of_services=False) | paths

    @cached_property
    def _of_roles(self) -> frozenset[str]:
        return self._registered(of_services=True)

    def _registered(self, *, of_services: bool) -> frozenset[str]:
        return frozenset(
            each.resolve(value.text)
            for each in self.environments
            for name, value in each.registry.pairs
            if isinstance(value, Scalar) and name.text.startswith(REGISTRY) is of_services
        )

    @cached_property
    def paths(self) -> Mapping[str, frozenset[str]]:
        """What lies in each directory: files and directories, by the directory's path; "" for the top."""
        found: dict[str, set[str]] = {"": set()}
        for path in (*self.names, *self._by_path):
            rest = path
            while rest:
                rest, _, name = rest.rpartition("/")
                if name in found.setdefault(rest, set()):
                    break
                found[rest].add(name)
        return {directory: frozenset(names) for directory, names in found.items()}

    def lies(self, path: str) -> bool:
        """Whether a file or directory lies at PATH."""
        directory, _, name = path.strip("/").rpartition("/")
        return not name or name in self.paths.get(directory, ())

    @cached_property
    def packed(self) -> frozenset[str]:
        """The names of packages and archives that files name, which are no Dockerfiles."""
        texts = (each.text for each in self.documents if not isinstance(each, Dockerfile))
        return frozenset(name for text in texts for name in _PACKED.findall(text))

    def document(self, path: str) -> Document | None:
        """The document at PATH."""
        return self._by_path.get(path)

    def has(self, path: str) -> bool:
        """Whether a file lies there, or the Jinja template that process-templates.py makes it from."""
        sources = (path, re.sub(r"\.yaml$", ".j2.yaml", path))
        return any(each in self.names or each in self._by_path for each in sources)

    def mentions(self, word: str, before: str = "", behind: str = "") -> int:
        """How often the whole word stands in all files. before, behind: what is asked there, as (?!:/)."""
        pattern = re.compile(f"{before}{re.escape(word)}{behind}")
        return sum(len(pattern.findall(text)) for text in self.words.holding(word))

    @cached_property
    def words(self) -> Words:
        """All files by their words."""
        return Words(document.text for document in self.documents)

    def writes(self, path: str) -> bool:
        """Whether something else than a volume names the file of the host: a task that writes it."""
        return self.mentions(path, behind=r"(?!:/|[\w.-])") > 0

    @cached_property
    def _by_path(self) -> dict[str, Document]:
        return {document.path: document for document in self.documents}

    def asked(self, service_name: str | None) -> Mapping[str, object]:
        """What the stored answers say about a service, by any spelling of its name; empty where nothing."""
        return self._asked.get((service_name or "").replace("_", "-"), {})

    @cached_property
    def _asked(self) -> dict[str, Mapping[str, object]]:
        services = self.answers.get("services")
        found = [each for each in (services if isinstance(services, list) else []) if isinstance(each, dict)]
        return {str(each.get("service_name")).replace("_", "-"): each for each in reversed(found)}


def per_repository(function: Callable[[Repository], T]) -> Callable[[Repository], T]:
    """FUNCTION, worked out once for a repository: what a rule asks of all documents for each of them."""

    def found(repository: Repository) -> T:
        if function not in repository.kept:
            repository.kept[function] = function(repository)
        value: T = repository.kept[function]
        return value

    return found


def read(root: Path, files: list[Path], release: str | None = None, *, alone: bool = False) -> Repository:
    """The repository at ROOT with these files. release: the user's; else the answers' or inferred."""
    found = tuple(documents(root, files))
    answers = _answers(root)
    asked = answers.get("release")
    name = release or (releases.RHOSP.get(str(asked), str(asked)) if asked else None)
    name = name if name in releases.NAMES else None
    names = frozenset(file.relative_to(root).as_posix() for file in files)
    return Repository(found, name or inferred(found), answers, alone, names)


def _answers(root: Path) -> Mapping[str, object]:
    """The answers as plain values; nothing where they cannot be read, which other commands report."""
    try:
        return stored(own.read(root, (MARK.as_posix(),))[MARK.as_posix()].content.decode())
    except (KeyError, ScaffoldError, UnicodeDecodeError):
        return {}


def stored(text: str) -> Mapping[str, object]:
    """The answers in TEXT as plain values; nothing where it is no map."""
    try:
        value = plain(composed(text))
    except Unreadable:
        return {}
    return value if isinstance(value, dict) else {}


def inferred(found: tuple[Document, ...]) -> str | None:
    """The one release that all templates can be for, by heat_template_version and role_data's sections."""
    templates = [document for document in found if isinstance(document, HeatTemplate)]
    possible = [
        name for name in releases.NAMES if templates and all(_suits(each, name) for each in templates)
    ]
    return possible[0] if len(possible) == 1 else None


def _suits(template: HeatTemplate, release: str) -> bool:
    version = releases.load(release).tripleo.heat_template_version
    if text_of(template.root.get("heat_template_version")) != version:
        return False
    role_data = template.role_data if isinstance(template, ServiceTemplate) else None
    sections = role_data.entries if isinstance(role_data, Table) else {}
    known = releases.role_data()
    return all(release in known[name].releases for name in sections if name in known)
