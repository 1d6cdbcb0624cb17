"""One vendor repository, as it lies on disk, and what the engines of one rehearsal share."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from scaffold import catalogue
from scaffold.bases import BaseTemplate
from scaffold.catalogue.deployed import DEFAULT_ROLES
from scaffold.disk import STATE
from scaffold.fields import ServiceAnswers
from scaffold.model import Service, VendorRepo
from scaffold.releases import Release
from scaffold.tripleo.paths import SERVICE_TEMPLATES
from scaffold.tripleo.services import passed
from scaffold.unknown import after, did_you_mean, there_is_no
from scaffold.verify import stand_ins, trees
from scaffold.verify.fetching import unreachable
from scaffold.verify.findings import Blocked, Crashed, EngineFinding, Unavailable
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import line_of, mentioned
from scaffold.verify.session import NotRegistered, Session

T = TypeVar("T")
ROLE_DATA = ("outputs", "role_data", "value")


@dataclass(frozen=True)
class Rehearsal:
    """What is rehearsed: the files below `root`; and what the answers say: `repo`, `asked` a service each."""

    root: Path
    repo: VendorRepo
    asked: Sequence[dict[str, Any]]
    session: Session
    _made: dict[str, Any] = field(default_factory=dict)

    @property
    def release(self) -> Release:
        """The release that the repository is for."""
        return self.repo.release

    @property
    def environment(self) -> str:
        """The environment file, seen from the root."""
        return f"environments/{self.repo.repo_name}.yaml"

    def environment_content(self, section: str) -> dict[str, Any]:
        """A SECTION of the environment file on disk; empty where it has none, or cannot be read."""
        try:
            found = yaml.safe_load((self.root / self.environment).read_text())[section]
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
            return {}  # a broken file is another finding
        return found if isinstance(found, dict) else {}

    @property
    def services(self) -> list[Service]:
        """The services that have a template of their own."""
        return [service for service in self.repo.services if service.templated]

    @property
    def answers(self) -> list[ServiceAnswers]:
        """The answers of each service."""
        return [*map(ServiceAnswers, self.asked)]

    def answers_of(self, service: Service) -> ServiceAnswers:
        """The answers that SERVICE is made from."""
        return self.answers[self.repo.services.index(service)]

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What MAKE gives, made by whichever engine asks first: a built image, say."""
        if name not in self._made:
            self._made[name] = make()
        return cast(T, self._made[name])

    def scratch(self, name: str) -> Path:
        """A directory for an engine's own use, gone with the session."""
        directory = self.session.path / f"scratch-{id(self)}" / name
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def overlay(self) -> Path:
        """The processed templates of the release with the repository laid over them."""
        return self.session.overlay(self.root, self.release)

    def role_data(self, service: Service, via: str = "chain") -> dict[str, Any]:
        """What Heat makes of a service, for the first of its roles; raises Blocked with a finding.

        Raises Unavailable where it wraps a service that the package here is too old for.
        """
        self._ask_for_bases(service)
        missing = self._missing(service)
        if missing:
            raise Blocked(missing)
        try:
            return self.session.role_data(
                self.root,
                self.release,
                service.name.kebab,
                via=via,
                **self._given(service),
            )
        except HeatRefused as refusal:
            self.acquit_heat()
            files = [template(service), self.environment]
            path, line = mentioned(self.root, files, refusal.reason)
            saw = f"openstack overcloud deploy: the stack fails: {refusal.reason.strip()}"
            raise Blocked(EngineFinding(saw, path, line)) from refusal
        except NotRegistered as error:
            line = line_of(self.root / self.environment, "resource_registry")
            saw = f"the deployment succeeds without {service.name.kebab}: {error}"
            raise Blocked(EngineFinding(saw, self.environment, line)) from error

    def probed(self, service: Service, probe: str) -> dict[str, Any]:
        """The config_settings of PROBE, a template in place of a service's own; raises HeatRefused."""
        path = template(service).replace(".yaml", "-probe.yaml")
        (self.overlay() / path).write_text(probe)
        data = self.session.role_data(self.root, self.release, path, via="service", **self._given(service))
        found: dict[str, Any] = data["config_settings"]
        return found

    def together(self, services: Sequence[Service], role: str) -> dict[str, Any]:
        """What the chain of ROLE makes of SERVICES beside each other; raises HeatRefused."""
        first, *others = services
        parameters = [self._given(service)["parameters"] for service in services]
        given = self._given(first) | {
            "role": self.role([role]),
            "parameters": {name: value for each in parameters for name, value in each.items()},
            "real_maps": any(service.bases for service in services),
            "beside": [service.name.kebab for service in others],
        }
        return self.session.role_data(self.root, self.release, first.name.kebab, **given)

    def _given(self, service: Service) -> dict[str, Any]:
        """Under what the stack of a service is created."""
        return {
            "environments": [self.environment],
            "role": self.role(service.roles),
            "parameters": self._of_stock(service) | self.stand_ins(service),
            "real_maps": bool(service.bases),
        }

    def acquit_heat(self) -> None:
        """Raise Crashed where Heat refuses a template without a fault too."""
        said = self.once("control of Heat", lambda: self.session.control(self.release))
        if said:
            raise Crashed(f"Heat refuses a control that holds nothing of the repository: {said}", said)

    def stock_role_data(self, type_: str, role: str) -> dict[str, Any]:
        """What Heat makes of a stock service under the environment of the repository; raises HeatRefused."""
        environments = [self.environment]
        return self.session.role_data(self.root, self.release, type_, environments=environments, role=role)

    def stand_ins(self, service: Service) -> dict[str, Any]:
        """Values for the parameters that only the operator knows."""
        declared = service.template.parameters if service.template else {}
        return stand_ins.for_parameters(declared, self.root / self.environment)

    def base_role_data(self, service: Service, base: BaseTemplate) -> dict[str, Any]:
        """What Heat makes of BASE alone, which SERVICE takes in; raises HeatRefused."""
        return self.session.role_data(
            self.root,
            self.release,
            self._alone(service, base),
            environments=[self.environment],
            role=self.role(service.roles),
            parameters=self._of_stock(service) | self.stand_ins(service),
            real_maps=True,
        )

    def taken_in(self, service: Service) -> list[dict[str, Any]]:
        """What Heat makes of each template that SERVICE takes in; those that it refuses, `wrapping` tells."""
        found = []
        for base in service.bases:
            with contextlib.suppress(HeatRefused):
                found.append(self.base_role_data(service, base))
        return found

    def _alone(self, service: Service, base: BaseTemplate) -> str:
        """The template of BASE; where SERVICE gives it properties, its own with no more than BASE in it."""
        if base.properties.keys() <= {*passed(default_passwords=True)}:
            return base.path or base.type
        written = yaml.safe_load((self.root / template(service)).read_text())
        for resource in written["resources"].values():
            if str(resource["type"]).endswith(".yaml"):
                path = posixpath.normpath(posixpath.join(SERVICE_TEMPLATES, resource["type"]))
                resource["type"] = str(self.overlay() / path)
        written["outputs"] = {"role_data": {"value": {"get_attr": [base.resource, "role_data"]}}}
        alone = self.scratch("bases") / f"{service.name.kebab}-{base.resource}.yaml"
        alone.write_text(yaml.safe_dump(written))
        return str(alone)

    def _of_stock(self, service: Service) -> dict[str, Any]:
        """Values for the parameters of what a service takes in, which other environment files set."""
        found: dict[str, Any] = {}
        for base in service.bases:
            declared = stand_ins.of_template(base.path or base.type, self.overlay())
            found |= stand_ins.for_parameters(declared, self.root / self.environment)
        return found

    def _ask_for_bases(self, service: Service) -> None:
        known = catalogue.load(self.release.name)
        for path in (base.path for base in service.bases):
            if path in known.templates.values() and not (trees.tree(self.release) / path).is_file():
                packaged, branch = trees.version(self.release), known.versions["tripleo-heat-templates"]
                raise Unavailable(
                    f"tripleo-heat-templates {packaged} has no {path} yet, which the branch ({branch}) has",
                    "no newer package is published: deploy it to an overcloud for tests",
                )

    def role(self, roles: Sequence[str]) -> str:
        """The first of the roles that the default roles file has too; Controller where there is none."""
        return next((role for role in roles if role in DEFAULT_ROLES), "Controller")

    @property
    def warnings(self) -> list[EngineFinding]:
        """Roles of the answers that the release does not have, and the roles used instead."""
        known, found = self._known_roles(), []
        for service in self.services:
            for number, role in enumerate(service.roles):
                if role not in known:
                    keys = ("services", self.repo.services.index(service), "roles", number)
                    said = there_is_no("role", role, f"in TripleO {self.release.title}")
                    saw = f"{said}: {service.name.kebab} is rehearsed as {self.role(service.roles)}"
                    saw += after(did_you_mean(role, known))
                    place = f"{STATE}/answers.yaml"
                    found.append(
                        EngineFinding(saw, place, line_of(self.root / place, *keys), severity="warning")
                    )
        return found

    def _known_roles(self) -> set[str]:
        """The roles of the release's branch; the engine's package may be older."""
        return {*DEFAULT_ROLES, *catalogue.load(self.release.name).roles}

    def place(self, service: Service, *keys: str | int) -> tuple[str, int]:
        """The template of a service, and the line of KEYS below its role_data."""
        return template(service), line_of(self.root / template(service), *ROLE_DATA, *keys)

    def unreachable(self) -> Iterator[EngineFinding]:
        """Templates that the environment file names and the deploy command does not find."""
        top = self.overlay() if self.repo.has.overlay else self.root
        yield from unreachable(self.root, self.environment, top)

    def _missing(self, service: Service) -> EngineFinding | None:
        for path in (self.environment, template(service)):
            if not (self.root / path).is_file():
                return EngineFinding(f"openstack overcloud deploy -e …: no such file: {path}", path)
        return next(self.unreachable(), None)


def template(service: Service) -> str:
    """The template of a service, seen from the root."""
    return f"{SERVICE_TEMPLATES}/{service.name.kebab}.yaml"
