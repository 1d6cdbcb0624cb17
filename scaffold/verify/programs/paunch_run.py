"""Let paunch start the containers of docker_config: {"engine": "podman", "steps": {...}} on standard input.

Runs under `install.venv("paunch")` with one paunch on the path, and with container_engine.py as podman and
docker. It calls what `paunch debug --action run` calls. `paunch apply`, which a deployment runs, builds the
same arguments, but would write units for systemd on this machine. This is not the overcloud's host: its
directories are taken to exist, and its processors have no numbers here.
"""

from __future__ import annotations

import inspect
import json
import os
import sys

import paunch


def main() -> None:
    """Start every container, in the order of its step."""
    os.path.exists = lambda path: True
    common = getattr(getattr(paunch, "utils", None), "common", None)
    if hasattr(common, "get_cpus_allowed_list"):
        common.get_cpus_allowed_list = lambda **_: "HOST"
    asked = json.load(sys.stdin)
    known = inspect.signature(paunch.debug).parameters
    option = next(name for name in ("cont_cmd", "default_runtime", "docker_cmd") if name in known)
    for step, containers in sorted(asked["steps"].items()):
        for name in sorted(containers, key=lambda name: (containers[name].get("start_order", 0), name)):
            if containers[name].get("action", "run") == "run":
                runtime = {option: asked["engine"]}
                paunch.debug(f"tripleo_{step}", name, "run", containers, "tripleo", **runtime)


if __name__ == "__main__":
    main()
