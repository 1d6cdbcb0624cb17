"""The files of a vendor repository as rules read them: parsed once, every part with its place.

The class of a document is what a rule names as its `files`:

    Document                    every text file
      Dockerfile                Dockerfile, Containerfile
      Broken                    a file of TripleO or Docker that cannot be read at all
      YamlDocument              any readable YAML that TripleO reads
        HeatTemplate            has heat_template_version
          ServiceTemplate       has outputs.role_data
        Roles                   a roles file: a list of roles
        Environment             has resource_registry, parameter_defaults …
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import PurePosixPath

from scaffold.documents import dockerfile, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, Unreadable, composed, text_of, walk
from scaffold.tripleo.services import SCRIPT_SECTIONS

_SECTION = re.compile(r"resources?_registry|parameters?_defaults?")  # misspelt ones are found, too
_YAML = (".yaml", ".yml")
_OURS = re.compile(r"^(heat_template_version|resource_registry|parameter_defaults)\b", re.MULTILINE)
_PLACE = re.compile(r"(^|/)(docker/services|environments)/")  # what lies here is TripleO's, whatever it says
_JINJA = re.compile(r"^\s*\{[%#]|^\{\{|^FROM\s.*\{\{", re.MULTILINE)
_RENDERED = re.compile(r"(^|/)(roles/[^/]+/|ansible[\w-]*[/-])templates/")  # what Ansible fills in first


@dataclass(frozen=True, eq=False)
class Document:
    """A text file. path: relative to the repository, with forward slashes.

    executable: whether its owner may run it; marked: whether it begins with a byte order mark.
    """

    path: str
    text: str
    _: KW_ONLY
    executable: bool = False
    marked: bool = False

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()

    @cached_property
    def merge_conflicts(self) -> list[int]:
        """The lines, from 1, where conflicts of a merge begin that have their end too."""
        if "<<<<<<< " not in self.text:
            return []
        found: list[int] = []
        begun = 0
        for number, line in enumerate(self.lines, 1):
            if line.startswith("<<<<<<< "):
                begun = number
            elif line.startswith(">>>>>>> ") and begun:
                found.append(begun)
                begun = 0
        return found

    @property
    def name(self) -> str:
        """The file name."""
        return self.path.rpartition("/")[2]

    def resolve(self, path: str) -> str:
        """A path that is relative to this file, relative to the repository."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))


@dataclass(frozen=True, eq=False)
class Broken(Document):
    """A file that should have been read and could not be."""

    reason: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, eq=False)
class Dockerfile(Document):
    """The recipe of an image."""

    @cached_property
    def instructions(self) -> tuple[dockerfile.Instruction, ...]:
        """Its instructions."""
        return tuple(dockerfile.instructions(self.text))

    @cached_property
    def stages(self) -> tuple[dockerfile.Stage, ...]:
        """Its stages: the last one is the image."""
        return tuple(dockerfile.stages(self.instructions))

    @cached_property
    def arguments(self) -> dict[str, str | None]:
        """The ARGs before the first FROM, with their defaults."""
        return dockerfile.arguments(self.instructions)

    def base(self, stage: dockerfile.Stage) -> str:
        """The image that a stage starts from, defaults of the ARGs put in."""
        return dockerfile.expanded(stage.source, self._known)

    @cached_property
    def _known(self) -> dict[str, str]:
        return {name: value for name, value in self.arguments.items() if value is not None}

    def parent(self, stage: dockerfile.Stage) -> dockerfile.Stage | None:
        """The earlier stage that a stage starts from."""
        return self._parents.get(id(stage))

    @cached_property
    def _parents(self) -> dict[int, dockerfile.Stage]:
        return dockerfile.parents((stage, self.base(stage)) for stage in self.stages)

    @cached_property
    def layers(self) -> tuple[dockerfile.Stage, ...]:
        """The stages that the image consists of, the last one and what it starts from; from the bottom up."""
        stage = self.stages[-1] if self.stages else None
        found: list[dockerfile.Stage] = []
        while stage:
            found.append(stage)
            stage = self.parent(stage)
        return tuple(reversed(found))

    @cached_property
    def built(self) -> tuple[dockerfile.Instruction, ...]:
        """The instructions that make the image: those of its layers."""
        return tuple(each for stage in self.layers for each in stage.instructions)


@dataclass(frozen=True, eq=False)
class YamlDocument(Document):
    """A YAML file that TripleO reads."""

    root: Table

    def is_repeated(self, value: Node) -> bool:
        """Whether an alias elsewhere stands for the value or a part of it: it may be kept only for that."""
        inside = Counter(id(node) for node in walk(value))
        return any(self._occurrences[node] > number for node, number in inside.items())

    @cached_property
    def _occurrences(self) -> Counter[int]:
        return Counter(id(node) for node in walk(self.root))


@dataclass(frozen=True, eq=False)
class Roles(YamlDocument):
    """A roles file, as roles_data.yaml. root: empty; roles: its items."""

    roles: tuple[Table, ...]

    @property
    def service_lists(self) -> list[Node]:
        """The ServicesDefault of its roles."""
        return [node for role in self.roles if (node := role.get("ServicesDefault"))]


@dataclass(frozen=True, eq=False)
class HeatTemplate(YamlDocument):
    """A Heat template."""

    @property
    def parameters(self) -> Table:
        """The parameters that it declares."""
        return self.root.table("parameters")

    @property
    def resources(self) -> Table:
        """Its resources."""
        return self.root.table("resources")

    @property
    def conditions(self) -> Table:
        """Its conditions."""
        return self.root.table("conditions")

    def nested(self) -> Iterator[Scalar]:
        """The templates that its resources name, as written."""
        for _, resource in self.resources.pairs:
            kind = resource.get("type") if isinstance(resource, Table) else None
            if isinstance(kind, Scalar) and kind.text.endswith(_YAML):
                yield kind


@dataclass(frozen=True, eq=False)
class ServiceTemplate(HeatTemplate):
    """The template of a composable service."""

    @property
    def role_data(self) -> Node | None:
        """The value of outputs.role_data."""
        return self.root.get("outputs", "role_data", "value")

    def section(self, name: str) -> Node | None:
        """The section NAME of role_data."""
        return heat.entry(self.role_data, name)

    @cached_property
    def service_name(self) -> str | None:
        """The service_name, where it is plain text."""
        return text_of(self.section("service_name"))

    @cached_property
    def containers(self) -> tuple[heat.DocumentedContainer, ...]:
        """The containers of docker_config."""
        return tuple(heat.containers(self.section("docker_config")))

    @cached_property
    def kolla_files(self) -> dict[str, tuple[Scalar, Node]]:
        """The files of kolla_config: path -> key and value."""
        return {key.text: (key, value) for key, value in heat.pairs(self.section("kolla_config"))}

    @cached_property
    def config_scripts(self) -> dict[str, tuple[Scalar, Node]]:
        """The scripts of docker_config_scripts or container_config_scripts: name -> key and value."""
        sections = map(self.section, SCRIPT_SECTIONS)
        return {
            key.text: (key, value) for section in sections if section for key, value in heat.pairs(section)
        }


@dataclass(frozen=True, eq=False)
class EnvironmentFile(YamlDocument):
    """An environment file."""

    @property
    def registry(self) -> Table:
        """Its resource_registry."""
        return self.root.table("resource_registry")

    @property
    def defaults(self) -> Table:
        """Its parameter_defaults."""
        return self.root.table("parameter_defaults")

    def assignments(self) -> Iterator[tuple[Scalar, Node, str | None]]:
        """Each parameter that gets a value: its name, the value, and the role whose parameter it is."""
        for section in ("parameter_defaults", "parameters"):
            for key, value in self.root.table(section).pairs:
                role = key.text.removesuffix("Parameters")
                if role and role != key.text and isinstance(value, Table):
                    yield from ((inner, given, role) for inner, given in value.pairs)
                else:
                    yield key, value, None


def is_ours(path: str, text: str) -> bool:
    """Whether a file that cannot be read as it is should have been a file of TripleO, or a Dockerfile."""
    name = PurePosixPath(path).name
    if dockerfile.is_name(name):
        return not _JINJA.search(text)
    if not name.endswith(_YAML) or ".j2" in name or not (_OURS.search(text) or _PLACE.search(path)):
        return False
    return not _JINJA.search(text) and not ("{{" in text and _RENDERED.search(path))


def parsed(path: str, text: str) -> Document:
    """The document that the file is, by its name and content."""
    name = PurePosixPath(path).name
    if dockerfile.is_name(name):
        return (Document if _JINJA.search(text) else Dockerfile)(path, text)
    if not name.endswith(_YAML) or ".j2" in name:
        return Document(path, text)
    try:
        root = composed(text)
    except Unreadable as error:
        if is_ours(path, text):
            return Broken(path, text, error.reason, error.line, error.column)
        return Document(path, text)
    return _yaml(path, text, root)


def _yaml(path: str, text: str, root: Node | None) -> Document:
    if isinstance(root, Items):
        roles = tuple(item for item in root if isinstance(item, Table) and "ServicesDefault" in item)
        return Roles(path, text, Table(1, 1, ()), roles) if roles else Document(path, text)
    if not isinstance(root, Table):
        return Document(path, text)
    if "heat_template_version" in root:
        role_data = root.get("outputs", "role_data", "value")
        of_a_role = isinstance(role_data, Table) and "service_names" in role_data  # <role>-role.yaml
        return (ServiceTemplate if role_data and not of_a_role else HeatTemplate)(path, text, root)
    if any(_SECTION.fullmatch(key) for key in root.entries):
        return EnvironmentFile(path, text, root)
    return Document(path, text)
