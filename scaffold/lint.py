"""The engine of `check`: runs rules over the documents of a repository. It knows no rule by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from scaffold.catalogue import Catalogue
from scaffold.catalogue import load as load_catalogue
from scaffold.documents import Document, Environment, ServiceTemplate
from scaffold.problems import Finding, Problem, Severity
from scaffold.releases import Release
from scaffold.releases import load as load_release

D = TypeVar("D", bound=Document)
_D = TypeVar("_D", bound=Document)


@dataclass(frozen=True)
class Rule(Generic[D]):
    """A rule: one page of manual, and a pure check.

    page: the module's docstring: its first line is the rule in one sentence; then Why, Bad, Good, Source.
    files: the class of documents that the check is given.
    check: yields what is wrong in one document; sees the rest of the repository, and changes nothing.
    needs_release: not run where the release is not known.
    """

    id: str
    page: str
    files: type[D]
    check: Callable[[D, Repository], Iterable[Finding]]
    severity: Severity = Severity.ERROR
    group: str = ""
    needs_release: bool = False

    @property
    def summary(self) -> str:
        """The rule in one sentence."""
        return self.page.strip().splitlines()[0]


@dataclass(frozen=True)
class Repository:
    """What a rule may look at. release_name: one of scaffold.releases.NAMES; None where it is not known.

    answers: the plain values of .vendor-scaffold/answers.yaml; empty where there are none.
    """

    documents: tuple[Document, ...]
    release_name: str | None = None
    answers: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def release(self) -> Release:
        """The facts of the release; only for rules that say ``needs_release``."""
        assert self.release_name, "a rule that needs the release must say needs_release=True"
        return load_release(self.release_name)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The stock images of the release; only for rules that say ``needs_release``."""
        assert self.release_name, "a rule that needs the release must say needs_release=True"
        return load_catalogue(self.release_name)

    def of(self, kind: type[_D]) -> Iterator[_D]:
        """The documents of one kind."""
        return (document for document in self.documents if isinstance(document, kind))

    @cached_property
    def templates(self) -> tuple[ServiceTemplate, ...]:
        """The service templates."""
        return tuple(self.of(ServiceTemplate))

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """The environment files."""
        return tuple(self.of(Environment))

    def document(self, path: str) -> Document | None:
        """The document at ``path``."""
        return self._by_path.get(path)

    @cached_property
    def _by_path(self) -> dict[str, Document]:
        return {document.path: document for document in self.documents}

    def asked(self, service_name: str | None) -> Mapping[str, object]:
        """What the stored answers say about a service, by any spelling of its name; empty where nothing."""
        services = self.answers.get("services")
        wanted = (service_name or "").replace("_", "-")
        for service in services if isinstance(services, list) else []:
            if isinstance(service, dict) and str(service.get("service_name")).replace("_", "-") == wanted:
                return service
        return {}


def problems(repository: Repository, rules: Iterable[Rule[Document]], only: Collection[str] | None = None
             ) -> list[Problem]:  # fmt: skip
    """What the rules find, in the order of the files. only: the paths that are looked at."""
    found = [
        Problem(document.path, finding.place.line, finding.place.column, rule.id, finding.message, finding.hint,
                rule.severity)
        for rule in rules
        if repository.release_name or not rule.needs_release
        for document in repository.documents
        if isinstance(document, rule.files) and (only is None or document.path in only)
        for finding in rule.check(document, repository)
    ]  # fmt: skip
    return sorted(set(found))
