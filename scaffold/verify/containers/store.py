"""Images, containers and a registry of a rehearsal's own: nothing of the machine's is read or left behind.

buildah, podman and skopeo keep, by their environment, everything below one directory. Close the
store and the containers, the mounts and the registry are gone, whatever happened before.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scaffold.verify import processes
from scaffold.verify.containers.apart import Apart, lend
from scaffold.verify.findings import Crashed
from scaffold.verify.needs import found

TOLD = ("buildah", "podman", "skopeo", "runc")  # whose versions the report names
TIMED_OUT = 124  # as timeout(1) ends
CHROOT = ("--isolation", "chroot")  # as a container host of CI allows it
DEFAULT_LIMITS = ("nofile=1024:1024", "nproc=1024:1024")  # below the hard ones of any machine
# crun wants cgroups of one version only
CONTAINERS_CONF = """\
[containers]
default_ulimits = {limits}
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_config_dir = "{directory}/networks"
"""
STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{directory}/storage"
runroot = "{directory}/runroot"
"""
REGISTRIES_CONF = 'unqualified-search-registries = []\nshort-name-mode = "enforcing"\n'
POLICY = {"default": [{"type": "insecureAcceptAnything"}]}
REGISTRY = """\
version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {directory}/registry}}
http: {{addr: "{address}"}}
"""


class Failed(Exception):
    """A command on images failed; `log` is all that it said."""

    def __init__(self, command: Sequence[str], status: int, log: str) -> None:
        super().__init__(f"{' '.join(command[:2])}: exit status {status}")
        self.status = status
        self.log = log


def versions() -> str:
    """The versions of the programs."""
    env = processes.environment(Path("/nonexistent"))
    told = (processes.run([found(name), "--version"], env=env).stdout for name in TOLD)
    # "podman version 4.3.1", "buildah version 1.28.2 (image-spec ...)"
    return ", ".join(" ".join(text.splitlines()[0].replace("version ", "").split()[:2]) for text in told)


class ContainerStore:
    """A directory for storage and registry, and the commands that work in it.

    They run apart from the machine, without network; with ALLOW_CODE like any command of the caller's.
    """

    def __init__(self, directory: Path, *, allow_code: bool = False) -> None:
        self.directory = directory
        self.allow_code = allow_code
        self._environment: dict[str, str] = {}
        self._apart: Apart | None = None
        self._registry: subprocess.Popen[bytes] | None = None
        self._address = ""

    def run(self, *words: object, timeout: float = 600) -> str:
        """What a command on this store says, standard error included; raises Failed."""
        command = [str(word) for word in words]
        try:
            status, said = self._run(command, timeout)
        except subprocess.TimeoutExpired as error:
            raise Failed(command, TIMED_OUT, f"it does not end within {timeout:.0f} s") from error
        if status:
            raise Failed(command, status, said)
        return said

    def _run(self, command: Sequence[str], timeout: float) -> tuple[int, str]:
        environment = self.environment()
        if not self.allow_code:
            return self._shell().run(command, environment, timeout)
        done = processes.run(command, env=environment, timeout=timeout)
        return done.returncode, done.stdout

    def _shell(self) -> Apart:
        if self._apart is None:
            self._apart = Apart(self.directory)
        return self._apart

    def lend(self, path: Path) -> Path:
        """PATH, or a copy of it, as the commands of this store may read it."""
        self.environment()
        return path if self.allow_code else lend(path, self.directory)

    def inspect(self, image: str) -> dict[str, Any]:
        """The config of an image of the registry: labels, user."""
        text = self.run("skopeo", "inspect", "--config", "--tls-verify=false", f"docker://{image}")
        config: dict[str, Any] = json.loads(text).get("config") or {}
        return config

    def environment(self) -> dict[str, str]:
        """The environment that keeps the programs in this store."""
        if not self._environment:
            self._environment = self._configured()
        return self._environment

    def _configured(self) -> dict[str, str]:
        for name in ("tmp", "networks", "home"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        files = {
            "CONTAINERS_CONF": ("containers.conf", CONTAINERS_CONF),
            "CONTAINERS_STORAGE_CONF": ("storage.conf", STORAGE_CONF),
            "CONTAINERS_REGISTRIES_CONF": ("registries.conf", REGISTRIES_CONF),
        }
        for name, text in files.values():
            (self.directory / name).write_text(
                text.format(directory=self.directory, limits=json.dumps(DEFAULT_LIMITS))
            )
        policy = self.directory / "home/.config/containers/policy.json"
        policy.parent.mkdir(parents=True, exist_ok=True)
        policy.write_text(json.dumps(POLICY))
        own = {variable: str(self.directory / name) for variable, (name, _) in files.items()}
        kept = {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
        outside = os.environ.get("PATH", os.defpath) if self.allow_code else os.defpath
        path = f"{outside}:/usr/sbin:/sbin"
        places = {"HOME": str(self.directory / "home"), "TMPDIR": str(self.directory / "tmp")}
        return {**kept, **own, **places, "PATH": path, "LC_ALL": "C.UTF-8"}

    def registry(self) -> str:
        """The address of a registry of this store's own, on loopback, started by the first who asks."""
        if not self._address:
            program = found("docker-registry")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._address = f"127.0.0.1:{probe.getsockname()[1]}"
            self.environment()
            config = self.directory / "registry.yml"
            config.write_text(REGISTRY.format(directory=self.directory, address=self._address))
            log = self.directory / "registry.log"
            command = [program, "serve", str(config)]
            if self.allow_code:
                with log.open("wb") as stream:
                    self._registry = processes.start(
                        command, env=self.environment(), stdout=stream, stderr=stream
                    )
            else:
                self._shell().start(command, self.environment(), log)
            self._answering(log)
        return self._address

    def _answering(self, log: Path) -> None:
        host, _, port = self._address.partition(":")
        for _ in range(100):
            try:
                self.run("bash", "-c", f": </dev/tcp/{host}/{port}")
                return
            except Failed:
                time.sleep(0.1)
        raise Crashed("the registry on loopback does not answer", self.run("cat", log).strip())

    def close(self) -> None:
        """End what runs, unmount what is mounted, remove everything."""
        if self._environment and self.allow_code:  # else the shell takes all with it
            for command in (["podman", "rm", "--all", "--force", "--time", "0"], ["buildah", "rm", "--all"]):
                processes.run(command, env=self._environment)
        if self._registry is not None:
            self._registry.terminate()
            self._registry.wait()
        if self._apart is not None:
            self._apart.close()
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in reversed(mounts):
            if Path(mount).is_relative_to(self.directory):
                processes.run(["umount", "--lazy", mount], env=processes.environment(self.directory))
        shutil.rmtree(self.directory, ignore_errors=True)
