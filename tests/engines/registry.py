"""A registry on this machine, and the programs that put images into it and build on them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from ..system import container_programs, installed


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Serve a registry without TLS that keeps its images in FOLDER; gives its host:port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
        "http": {"addr": host},
    }
    (folder / "config.yml").write_text(json.dumps(settings))
    command = [installed("docker-registry"), "serve", str(folder / "config.yml")]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            _answers(host)
            yield host
        finally:
            server.terminate()


def _answers(host: str) -> None:
    name, port = host.split(":")
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection((name, int(port)), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"no registry at {host}")


class Store:
    """Where buildah keeps its images, in a folder of the test; stands on any kernel."""

    def __init__(self, folder: Path) -> None:
        self.options = ["--storage-driver", "vfs", "--root", f"{folder}/root", "--runroot", f"{folder}/run"]
        container_programs()
        self.buildah = ["buildah", *self.options]

    def publish(self, reference: str, label: str, architectures: int = 1) -> None:
        """Push an empty image with LABEL as REFERENCE; for several architectures, a list of them."""
        self._run("rmi", "--all", "--force")
        made = []
        for number in range(architectures):
            container = self._run("from", "scratch")
            self._run("config", "--label", f"what={label} {number}", container)
            made.append(self._run("commit", container, f"made-{number}"))
            self._run("rm", container)
        push = ["push", "--tls-verify=false"]
        if architectures == 1:
            self._run(*push, made[0], f"docker://{reference}")
            return
        self._run("manifest", "create", "list")
        for number, image in enumerate(made):
            self._run("manifest", "add", *(["--arch", "s390x"] if number else []), "list", image)
        self._run("manifest", *push, "--all", "list", f"docker://{reference}")
        self._run("manifest", "rm", "list")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self.buildah, *arguments], capture_output=True, text=True, env=os.environ)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
