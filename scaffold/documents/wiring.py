"""How the parts of a service template hang together: container, kolla config, command, config script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.documents import heat
from scaffold.documents.heat import DocumentedContainer, Mount
from scaffold.documents.kinds import EnvironmentFile, ServiceTemplate, YamlDocument
from scaffold.documents.nodes import Items, Node, Scalar
from scaffold.tripleo import kolla, paths, services

_AWAITED = re.compile(rf"{paths.LOADED_MODULES}/([\w-]+)")
# what only asks: --show-depends and the like
_ASKS = r"(?![^\n;&|]*[ \t](?:--(?:show|dry-run|simulate|resolve-alias)|-[a-zA-Z]*[nDR]))"
_MODPROBE = re.compile(
    rf"^(?:[^#\n]*[\s;&|(])?(?:/usr)?(?:/s?bin/)?(?:modprobe|insmod)(?=[ \t]){_ASKS}", re.MULTILINE
)
_LOADED = re.compile(rf"\bmodprobe(?=\s){_ASKS}\s+(?:-\S+\s+(?:[/\"$]\S+\s+)?)*([\w-]+)")


@dataclass(frozen=True)
class DocumentedScript:
    """A config script. options: of its map, as `mode` and `content`."""

    name: str
    key: Scalar
    options: Node

    @property
    def content(self) -> str | None:
        """Its text; None where it is computed."""
        node = heat.entry(self.options, "content")
        return node.text if isinstance(node, Scalar) else None

    @property
    def statements(self) -> list[str]:
        """The lines that do something."""
        lines = (line.strip() for line in (self.content or "").splitlines())
        return [line for line in lines if line and not line.startswith("#")]


def kolla_mount(container: DocumentedContainer) -> Mount | None:
    """The mount that gives the container its kolla config."""
    return next((mount for mount in container.mounts if mount.target == paths.KOLLA_CONFIG), None)


def bypasses_kolla(container: DocumentedContainer) -> bool:
    """Whether its own command stands in the place of kolla_start, which reads the kolla config."""
    own = container.get("command")
    return own is not None and kolla.START not in _words(own)


def command(container: DocumentedContainer, template: ServiceTemplate) -> Node | None:
    """What the container runs, as far as it is written: its own command, or its kolla config's."""
    if bypasses_kolla(container):
        return container.get("command")
    mount = kolla_mount(container)
    if mount is None or mount.source not in template.kolla_files:
        return None
    return heat.entry(template.kolla_files[mount.source][1], "command")


def program(container: DocumentedContainer, template: ServiceTemplate) -> str | None:
    """The first word of the command, where it is written out."""
    node = command(container, template)
    words = _words(node) if node is not None else []
    return words[0] if words else None


def _words(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return node.text.split()
    if isinstance(node, Items) and node.nodes and isinstance(node.nodes[0], Scalar):
        return [item.text if isinstance(item, Scalar) else "" for item in node]
    return []


def script_name(mount: Mount) -> str | None:
    """The name of the config script that a mount brings; None where it brings none."""
    directory, _, name = mount.source.rpartition("/")
    return name if name and directory in paths.SCRIPTS else None


def brings_directory(container: DocumentedContainer) -> bool:
    """Whether a mount brings the whole directory of the config scripts."""
    return any(mount.source.rstrip("/") in paths.SCRIPTS for mount in container.mounts)


def scripts(template: ServiceTemplate) -> Iterator[DocumentedScript]:
    """The config scripts that the template defines."""
    for name, (key, options) in template.config_scripts.items():
        yield DocumentedScript(name, key, options)


def runs(container: DocumentedContainer, template: ServiceTemplate) -> DocumentedScript | None:
    """The config script that is the container's program."""
    wanted = program(container, template)
    for mount in container.mounts:
        name = script_name(mount)
        if name and mount.target == wanted and name in template.config_scripts:
            return DocumentedScript(name, *template.config_scripts[name])
    return None


def loads_modules(container: DocumentedContainer, template: ServiceTemplate) -> bool:
    """Whether the container's script or command runs modprobe or insmod."""
    script = runs(container, template)
    node = command(container, template)
    text = script.content if script else " ".join(_words(node)) + " " if node is not None else ""
    return bool(text and _MODPROBE.search(text))


def modules(script: DocumentedScript) -> set[str]:
    """The modules that a script loads, by the names that /sys/module knows."""
    return {name.replace("-", "_") for name in _LOADED.findall(script.content or "")}


def awaited(script: DocumentedScript) -> set[str]:
    """The modules that a script waits for under /sys/module."""
    return {name.replace("-", "_") for name in _AWAITED.findall(script.content or "")}


def volumes_elsewhere(container: DocumentedContainer) -> bool:
    """Whether another resource brings volumes; those of ContainersCommon are known, and concern no rule."""
    for item in heat.items(container.get("volumes")):
        call = heat.function(item)
        name = heat.first_argument(call[1]) if call and call[0] == "get_attr" else None
        if name is not None and name.text != services.COMMON:
            return True
    return False


def hieradata(document: YamlDocument) -> Iterator[tuple[Scalar, Node]]:
    """The hieradata that a service has, or that an environment file gives to roles."""
    if isinstance(document, ServiceTemplate):
        yield from heat.pairs(document.section("config_settings"))
    elif isinstance(document, EnvironmentFile):
        for name, value, _ in document.assignments():
            if services.EXTRA_CONFIG.search(name.text):
                yield from heat.pairs(value)


def is_daemon(container: DocumentedContainer) -> bool:
    """Whether the container stays up: kolla_start runs it, and no step waits for its end."""
    if (
        container.one_shot
        or heat.is_open(container.get("detach"))
        or kolla.BOOTSTRAP in container.environment
    ):
        return False
    return kolla_mount(container) is not None and not bypasses_kolla(container)
