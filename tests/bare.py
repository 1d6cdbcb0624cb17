"""A machine that has nothing, made of this one: for a child process, in namespaces of its own.

The system's python3 has no packages, the first python3 on the PATH refuses to run, and the user is an
ordinary one: uid 1000 without a passwd entry and without a capability, who owns what the caller does.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

USER = 1000
SITES = (
    "import site, sysconfig; print(*{*site.getsitepackages(), *sysconfig.get_paths().values()}, sep='\\n')"
)
REFUSING = '#!/bin/sh\necho "the python3 of the PATH is not for engines: $*" >&2\nexit 99\n'


def python_without_packages() -> list[Path]:
    """The directories that hold what the system's python3 could import beyond its own library."""
    system = "/usr/bin/python3"
    if not Path(system).exists():
        return []
    said = subprocess.run([system, "-c", SITES], capture_output=True, text=True, check=True).stdout
    return [
        path
        for path in map(Path, said.split())
        if path.name in ("site-packages", "dist-packages") and path.is_dir()
    ]


def run(
    command: Sequence[object], directory: Path, environment: Mapping[str, str], *, root: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run COMMAND on such a machine, as root in a namespace where ROOT; skips where none can be made."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare: apt-get install util-linux")
    refusing = directory / "refusing"
    refusing.mkdir(exist_ok=True)
    for name in ("python3", "python", "python2"):
        (refusing / name).write_text(REFUSING)
        (refusing / name).chmod(0o755)
    empty = directory / "empty"
    empty.mkdir(exist_ok=True)
    mounts = [
        f"mount --bind {shlex.quote(str(empty))} {shlex.quote(str(path))}"
        for path in python_without_packages()
    ]
    inner = [] if root else ["unshare", "--user", f"--map-user={USER}", f"--map-group={USER}"]
    script = " && ".join([*mounts, "exec " + shlex.join([*inner, *map(str, command)])])
    outer = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    tried = subprocess.run(
        [*outer, "sh", "-c", " && ".join([*mounts, shlex.join([*inner, "true"])])],
        capture_output=True,
        text=True,
    )
    if tried.returncode:
        pytest.skip(f"needs mount and user namespaces: {tried.stderr.strip()}")
    return subprocess.run(
        [*outer, "sh", "-c", script],
        env={"PATH": f"{refusing}:/usr/bin:/bin:/usr/sbin:/sbin", **environment},
        capture_output=True,
        text=True,
    )


def verify(
    repo: Path, directory: Path, *options: str, root: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `verify` on such a machine, with everything in the environment that could lead an engine astray."""
    astray = directory / "astray"
    for module in ("yaml", "jinja2", "six", "ansible"):
        (astray / module).mkdir(parents=True, exist_ok=True)
        (astray / module / "__init__.py").write_text('raise ImportError("PYTHONPATH of the caller")\n')
    leaks = {
        "PIP_TARGET": str(directory / "target"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PYTHONWARNINGS": "error",
        "ANSIBLE_LIBRARY": "/nonexistent",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
    }
    given = leaks | {"VENDOR_SCAFFOLD_ENGINES": os.environ["VENDOR_SCAFFOLD_ENGINES"]} | environment
    code = f"import os, sys; os.environ['PYTHONPATH'] = {str(astray)!r}; sys.argv[0] = 'vendor-scaffold'; "
    program = [sys.executable, "-I", "-c", code + "from scaffold.cli import main; main()"]
    return run([*program, "verify", *options, repo], directory, given, root=root)
