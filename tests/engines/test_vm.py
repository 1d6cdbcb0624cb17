"""What a container host cannot show: a module that a real kernel loads.

Minutes, so only on request: pytest -m vm. The kernel is Debian's cloud kernel, in a machine that qemu
emulates; /dev/kvm is left alone, for where it is offered it need not work.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify import install
from scaffold.verify.containers import building, stand_in_host
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.session import Session

from ..system import container_programs
from ..system import install as install_programs
from . import debian_kernel

pytestmark = pytest.mark.vm
MODULE = "dummy"  # a file of its own in Debian's kernel, that needs no hardware
REFUSED = f"modprobe: ERROR: could not insert '{MODULE}': Operation not permitted"
LOADER = {
    "service_name": "acme-agent",
    "base_image": "neutron-openvswitch-agent",
    "privileged": True,
    "kernel_module": {"name": MODULE, "loader": "separate"},
    "install": {"packages": ["acme-agent"]},
}


@pytest.fixture(scope="module")
def trusting() -> Iterator[Session]:
    """A session whose images are mounted on this machine."""
    with Session(allow_code=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def kernel() -> Path:
    container_programs()
    install_programs({"qemu-system-x86_64": "qemu-system-x86", "cpio": "cpio"})
    return debian_kernel.unpacked()


def rehearsal_of(service: dict[str, Any], root: Path, session: Session) -> Rehearsal:
    asked = {"release": "wallaby", "vendor": "Acme", "services": [service]}
    found = answers.check(answers.load(json.dumps(asked), "answers.yaml"))
    planned = plan(found)
    project.create(root, planned.rendered | planned.state)
    return Rehearsal(root, planned.repo, found.values["services"], session)


def mounted(rehearsal: Rehearsal, root: Path) -> dict[str, Any]:
    """Lay what the loader has mounted of TripleO's files below ROOT; its part of docker_config."""
    (service,) = rehearsal.services
    data = rehearsal.role_data(service)
    scripts = rehearsal.release.tripleo.config_scripts
    host = rehearsal.scratch("host")
    stand_in_host.furnish(host, data, (scripts.section, scripts.directory))
    (container,) = data["docker_config"]["step_3"].values()
    for source, target, *_ in (volume.split(":") for volume in container["volumes"]):
        file = host / source.lstrip("/")
        if file.is_file():
            (root / target.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, root / target.lstrip("/"))
    return dict(container)


def modules(kernel: Path, root: Path) -> None:
    """A tree of modules with the one that is loaded."""
    release = debian_kernel.release(kernel)
    source = kernel / "lib/modules" / release
    target = root / "usr/lib/modules" / release
    (file,) = source.rglob(f"{MODULE}.ko")
    (target / "extra").mkdir(parents=True)
    for path in (source / "modules.builtin", source / "modules.order"):
        shutil.copy(path, target)
    shutil.copy(file, target / "extra")
    install.run(["depmod", "-b", root / "usr", release])


def archive(directory: Path | str, into: Path) -> None:
    """Append a tree to an initramfs, which is archives one after the other."""
    words = 'cd "$1" && find . -mindepth 1 -xdev | cpio --quiet -o -H newc >>"$2"'
    install.run(["sh", "-c", words, "sh", directory, into])


def boot(kernel: Path, initramfs: Path) -> str:
    """What an emulated machine says until it is off."""
    # a cpu with a source of random numbers, which Python waits for
    command = [
        "qemu-system-x86_64",
        "-accel",
        "tcg",
        "-cpu",
        "max",
        "-m",
        "1024",
        "-nodefaults",
        "-no-reboot",
    ]
    command += ["-display", "none", "-serial", "stdio", "-net", "none"]
    command += [
        "-kernel",
        f"{kernel}/boot/vmlinuz-{debian_kernel.release(kernel)}",
        "-initrd",
        str(initramfs),
    ]
    command += ["-append", "console=ttyS0 quiet panic=-1 rdinit=/init"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600
    )
    return done.stdout.decode(errors="replace")


def test_the_loader_loads_its_module_by_its_privilege_alone(
    kernel: Path, tmp_path: Path, trusting: Session
) -> None:
    rehearsal = rehearsal_of(LOADER, tmp_path / "made", trusting)
    ((service, image),) = building.services(rehearsal)
    built = building.build(rehearsal, service, image)
    added = tmp_path / "added"
    container = mounted(rehearsal, added)
    modules(kernel, added)
    told = {"environment": container["environment"], "user": container["user"]}
    (added / "told.json").write_text(json.dumps(told | {"image_user": image.base_user}))
    shutil.copy(Path(__file__).with_name("vm_init.py"), added / "init")
    (added / "init").chmod(0o755)
    store = trusting.containers
    name = store.run("buildah", "from", "--pull-never", built.name).split()[-1]
    try:
        archive(store.run("buildah", "mount", name).strip(), tmp_path / "initramfs")
    finally:
        store.run("buildah", "rm", name)
    archive(added, tmp_path / "initramfs")

    console = boot(kernel, tmp_path / "initramfs")
    told_back = [line.removeprefix("SEEN ") for line in console.splitlines() if line.startswith("SEEN ")]
    seen = {outcome.pop("case"): outcome for outcome in map(json.loads, told_back)}
    assert list(seen) == ["an ordinary user", "root without the capability", "as generated"], console[-3000:]
    *without, generated = seen.values()
    for outcome in without:
        assert REFUSED in outcome["log"].splitlines()
        assert (outcome["status"], outcome["modules"]) == (1, [])
    assert (generated["running"], generated["modules"]) == ("sleep", [MODULE]), generated["log"]
