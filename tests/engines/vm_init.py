#!/usr/bin/python3
"""The first process of the machine of test_vm.py: starts the command as three users, and tells what came.

It runs in the vendor's image, with the image's own Python. Each start is a line of JSON on the console.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PR_CAPBSET_DROP, CAP_SYS_MODULE = 24, 16  # linux/prctl.h, linux/capability.h
SECONDS = 120  # an emulated machine is slow


def become(user: str) -> None:
    """Be an ordinary user of the image."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def lose_the_capability() -> None:
    """Stay root, without the right to load modules: what an unprivileged container has."""
    if ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE, 0, 0, 0):
        raise OSError("the capability is still there")


def start(case: str, environment: dict[str, str], prepare: Callable[[], object]) -> None:
    """Run kolla_start until it ends or has become `sleep`, the loader's last command."""
    log = Path("/tmp", case.replace(" ", "-"))
    with log.open("w") as output:
        started = subprocess.Popen(
            ["kolla_start"], env=environment, stdout=output, stderr=subprocess.STDOUT, preexec_fn=prepare
        )
    end = time.monotonic() + SECONDS
    while started.poll() is None and time.monotonic() < end and running(started.pid) != "sleep":
        time.sleep(0.2)
    seen = {
        "case": case,
        "status": started.poll(),
        "running": running(started.pid) if started.returncode is None else "",
        "log": log.read_text(),
        "modules": [line.split()[0] for line in Path("/proc/modules").read_text().splitlines()],
    }
    started.kill()
    print("\nSEEN " + json.dumps(seen), flush=True)


def running(pid: int) -> str:
    """The name of what runs as PID."""
    return Path(f"/proc/{pid}/comm").read_text().strip()


def main() -> None:
    """Mount what a container has, and start."""
    os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for kind, place in (("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")):
        subprocess.run(["busybox", "mount", "-t", kind, kind, place], check=True)
    Path("/dev/fd").symlink_to("/proc/self/fd")
    subprocess.run(["busybox", "hostname", "localhost"], check=True)  # sudo wants to resolve it
    told = json.loads(Path("/told.json").read_text())
    environment = os.environ | told["environment"]
    start("an ordinary user", environment, lambda: become(told["image_user"]))
    start("root without the capability", environment, lose_the_capability)
    start("as generated", environment, lambda: become(told["user"]))


try:
    main()
finally:
    subprocess.run(["busybox", "poweroff", "-f"])
    time.sleep(SECONDS)  # where the first process ends, the kernel panics
