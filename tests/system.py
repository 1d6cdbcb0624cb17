"""What a test needs of the machine. What is missing makes it skip, with the one command that brings it.

Nothing is installed unasked. VENDOR_SCAFFOLD_TEST_INSTALL=1 lets tests install Debian's packages, as root;
and then nothing may be missing any more, so a test that skips all the same fails.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

import pytest

from scaffold.verify import confinement
from scaffold.verify.containers.store import CHROOT, ContainerStore, Failed
from scaffold.verify.findings import Unavailable
from scaffold.verify.install import PINS

INSTALL = "VENDOR_SCAFFOLD_TEST_INSTALL"
APT = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
PYTEST = f"{INSTALL}=1 .venv/bin/pytest"

CONTAINER_PROGRAMS = {
    **{name: name for name in ("buildah", "podman", "skopeo", "docker-registry", "runc")},
    "rpmbuild": "rpm",
    "depmod": "kmod",
}


def installed(program: str, package: str = "") -> str:
    """Return PROGRAM, which is here; its Debian package has the same name where no other is given."""
    install({program: package or program})
    return program


def container_programs() -> None:
    """Skip where no images can be made and run: no root, a program missing, a kernel that says no."""
    if os.geteuid():
        lacking("root", f"sudo env {PYTEST}")
    install(CONTAINER_PROGRAMS)
    fault = _container_fault()
    if fault:
        lacking(f"storage for containers, and here {fault}", f"docker run --privileged ... {PYTEST}")


def namespaces() -> None:
    """Skip where no namespace can be had, as in a chroot or a container without privileges."""
    try:
        confinement.namespaces()
    except Unavailable as missing:
        lacking("namespaces for what a repository makes verify execute", missing.remedy)


def install(packages: dict[str, str]) -> None:
    """Skip where a program of PACKAGES, by program, is missing; where it is asked for, install them first."""
    if os.environ.get(INSTALL) and not os.geteuid() and _missing(packages):
        with (Path(tempfile.gettempdir()) / "vendor-scaffold-apt.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if missing := _missing(packages):
                quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
                subprocess.run([*APT, "update"], check=True, capture_output=True)
                command = [*APT, "install", "-y", "--no-install-recommends", *missing.values()]
                subprocess.run(command, check=True, capture_output=True, env=quiet)
    if missing := _missing(packages):
        command = f"apt-get install --no-install-recommends {' '.join(missing.values())}"
        lacking(", ".join(missing), command)


def package_index(kept: Path) -> None:
    """Skip where KEPT, which comes from a package index, is not here and pip reaches none."""
    if not kept.exists() and not _index_answers():
        lacking(
            "a package index that pip reaches, or a directory that holds the engines",
            "VENDOR_SCAFFOLD_ENGINES=DIRECTORY .venv/bin/pytest",
        )


@functools.cache
def _index_answers() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--retries", "0", "--timeout", "20"]
        pinned = next(line for line in (PINS / "tht.txt").read_text().splitlines() if line[:1].isalpha())
        asked = [*pip, "download", "--no-deps", "--dest", folder, pinned]
        return not subprocess.run(asked, capture_output=True).returncode


def lacking(what: str, command: str) -> NoReturn:
    """Skip a test that needs WHAT; COMMAND brings it."""
    pytest.skip(f"needs {what}: {command}")


def _missing(packages: dict[str, str]) -> dict[str, str]:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return {program: package for program, package in packages.items() if not shutil.which(program, path=path)}


@functools.cache
def _container_fault() -> str:
    """Why no image can be made here, or nothing."""
    with tempfile.TemporaryDirectory(prefix="vs-") as folder:
        store = ContainerStore(Path(folder) / "store")
        context = Path(folder) / "context"
        context.mkdir()
        (context / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
        try:
            store.run("buildah", "build", *CHROOT, "--tag", "localhost/tried", store.lend(context))
        except Failed as failure:
            return failure.log.strip().splitlines()[-1]
        except Unavailable as missing:
            return missing.what
        finally:
            store.close()
    return ""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything that tests need may be installed, a test that skips has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(INSTALL):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{why}\nit may not skip, for {INSTALL} is set"
    return report


class AtOnce:
    """Names a test that fails as soon as it does; its story follows at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and reporter:
            words = str(getattr(getattr(report.longrepr, "reprcrash", None), "message", report.longrepr))
            reporter.write_line(f"\nFAILED {report.nodeid}: {words.splitlines()[0][:200]}", red=True)
            reporter.flush()


def pytest_configure(config: pytest.Config) -> None:
    """Start from the signals of a terminal: nohup and a shell's background job ignore some."""
    config.pluginmanager.register(AtOnce(config))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            # what we ignore programs that we start would too; what we handle they do not
            signal.signal(number, lambda *_: None)
