"""What the constraints judge: the repository, and one service of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from scaffold import catalogue, releases
from scaffold.answers import Answers
from scaffold.answers.partial import as_far_as_known
from scaffold.catalogue import Catalogue
from scaffold.errors import Fault
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.fields.declared import TEMPLATED
from scaffold.fields.parts import KernelModuleAnswers
from scaffold.model import ServiceName
from scaffold.releases import Release
from scaffold.resolve.completing import completed, completed_module
from scaffold.resolve.sharing import in_repository, of_repository, said_at

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Whole:
    """All answers, some of which may not be known."""

    answers: Answers

    @cached_property
    def asked(self) -> RepositoryAnswers:
        """The answers of the repository."""
        return RepositoryAnswers(self.answers.values)

    @property
    def asked_release(self) -> str:
        """The release of TripleO or version of RHOSP that is asked for."""
        return self.asked.release

    @property
    def knows_release(self) -> bool:
        """Whether the release that is asked for is one."""
        return any(as_far_as_known(str(self.asked_release) for _ in (0,)))

    @cached_property
    def release(self) -> Release:
        """The facts of the release."""
        return releases.load(releases.RHOSP.get(self.asked_release, self.asked_release))

    @cached_property
    def stock(self) -> Catalogue:
        """What the release has itself."""
        return catalogue.load(self.release.name)

    @property
    def rhosp(self) -> bool:
        """Whether the stock images are Red Hat's."""
        return self.asked.distribution == "rhosp" or self.asked_release in releases.RHOSP

    @cached_property
    def services(self) -> list[Subject]:
        """Every service."""
        return [Subject(self, index, given) for index, given in enumerate(self.asked.services)]

    @cached_property
    def parameters(self) -> set[str]:
        """The parameters that the answers declare, of any service."""
        return {name for one in self.asked.services for name in one.parameters}

    @cached_property
    def roles(self) -> set[str]:
        """The roles that TripleO has, or that any service names."""
        asked = {role for one in self.services for role in one.own.roles}
        own = (one.own.environment.role_parameters for one in self.services)
        return {*catalogue.roles(), *asked, *(role for roles in own for role in roles)}

    @cached_property
    def distinct(self) -> list[Subject]:
        """The services but for those whose name is not known, or another's: that is their fault."""
        named: dict[str, Subject] = {}
        for service in self.services:
            for name in as_far_as_known(service.names()):
                named.setdefault(name.camel, service)
        return list(named.values())

    def fault(self, path: Path, message: str) -> Fault:
        """A fault of the answer at PATH."""
        return self.answers.fault(path, message)


@dataclass(frozen=True)
class Subject:
    """One service, with its answers as they were GIVEN."""

    whole: Whole
    index: int
    given: ServiceAnswers

    @cached_property
    def own(self) -> ServiceAnswers:
        """The answers with the role that a cloud of a single node has."""
        return completed(self.given.plain, self.whole.asked)

    @property
    def integration(self) -> str:
        """The shape of the service."""
        return self.own.integration

    @property
    def templated(self) -> bool:
        """Whether it has a template of its own."""
        return self.integration in TEMPLATED

    @property
    def name(self) -> ServiceName:
        """The name in its spellings."""
        return ServiceName.of(self.own.service_name)

    def names(self) -> Iterator[ServiceName]:
        """The name, for `as_far_as_known`."""
        yield self.name

    @cached_property
    def module(self) -> KernelModuleAnswers | None:
        """The kernel module with its defaults."""
        return completed_module(self.own)

    def loads_by(self, delivery: str) -> KernelModuleAnswers | None:
        """The kernel module, where its DELIVERY is this."""
        return self.module if self.module is not None and self.module.delivery == delivery else None

    @property
    def release(self) -> Release:
        """The facts of the release."""
        return self.whole.release

    @property
    def stock(self) -> Catalogue:
        """What the release has itself."""
        return self.whole.stock

    def fault(self, key: str, message: str) -> Fault:
        """A fault of the answer KEY of the service, such as containers.0.name."""
        return self.at([int(part) if part.isdigit() else part for part in key.split(".")], message)

    def at(self, path: Iterable[str | int], message: str) -> Fault:
        """A fault of the answer at PATH in the service, or where the repository says it for all."""
        shared = of_repository(self.whole.asked, self.given)
        own, there = said_at(tuple(path), shared, self.given.plain)
        place = ("services", self.index, *there) if own else in_repository(there)
        return self.whole.fault(place, message)

    def __str__(self) -> str:
        return f"services[{self.index}] ({self.own.service_name})"


RepositoryConstraint = Callable[[Whole], Iterator[Fault]]
ServiceConstraint = Callable[[Subject], Iterator[Fault]]
