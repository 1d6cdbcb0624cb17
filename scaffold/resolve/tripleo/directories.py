"""The directories of the host that a service makes, and which of its containers see them where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scaffold.fields import ServiceAnswers
from scaffold.fields.parts import HostDirectoryAnswers
from scaffold.model import ServiceName
from scaffold.tripleo import paths
from scaffold.tripleo.heat import OrHeat, is_function

LOGS = paths.HOST_LOGS + "/"


@dataclass(frozen=True)
class HostDirectory:
    """A directory of the host. containers: those that mount it; None for all but a loader."""

    path: OrHeat[str]
    mounted_at: OrHeat[str]
    containers: tuple[str, ...] | None

    def is_seen_by(self, container: str) -> bool:
        """Whether CONTAINER mounts it."""
        return self.containers is None or container in self.containers

    def volume(self, label: str) -> Any:
        """The volume that mounts it, with the LABEL of SELinux that the release has."""
        if is_function(self.path):
            parts = [self.path, self.mounted_at, *filter(None, [label.removeprefix(":")])]
            return {"list_join": [":", parts]}
        return f"{self.path}:{self.mounted_at}{label}"


def host_directories(name: ServiceName, answers: ServiceAnswers) -> list[HostDirectory]:
    """The directories that a service makes; with containers also one for logs, unless it wants none."""
    asked = [_directory(one) for one in answers.host_directories]
    if answers.integration != "service" or (answers.says(ServiceAnswers.host_directories) and not asked):
        return asked
    has_logs = any(isinstance(one.path, str) and one.path.startswith(LOGS) for one in asked)
    logs = _directory(HostDirectoryAnswers({"path": f"{LOGS}{name.snake}"}))
    return asked if has_logs else [logs, *asked]


def _directory(asked: HostDirectoryAnswers) -> HostDirectory:
    path = paths.normal(asked.path) if isinstance(asked.path, str) else asked.path
    usual = paths.in_container(path) if isinstance(path, str) else path
    at = paths.normal(asked.mounted_at) if asked.mounted_at else usual
    told = asked.says(HostDirectoryAnswers.containers)
    return HostDirectory(path, at, tuple(asked.containers) if told else None)


def owned(directories: list[HostDirectory], container: str, user: OrHeat[str]) -> list[dict[str, Any]]:
    """What kolla gives to USER in CONTAINER, since the host makes it as root.

    kolla runs as that user, and looks it up by its name: a number it cannot.
    """
    if not is_function(user) and (user == "root" or str(user).isdigit()):
        return []
    owner = {"list_join": [":", [user, user]]} if is_function(user) else f"{user}:{user}"
    seen = [one for one in directories if one.is_seen_by(container)]
    return [{"path": one.mounted_at, "owner": owner, "recurse": True} for one in seen]
