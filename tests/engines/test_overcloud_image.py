"""scripts/install-module.sh on a disk image: the real virt-customize, and in the image a real dnf and rpm.

Minutes, so only on request: pytest -m vm. The guest is Debian's dnf, rpm and kmod in the guise of CentOS; a
repository on this machine serves it. What came of it is read without libguestfs.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify import install

from ..system import container_programs
from ..system import install as install_programs
from . import debian_kernel

pytestmark = pytest.mark.vm
PROGRAMS = {
    "virt-customize": "guestfs-tools",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "createrepo_c": "createrepo-c",
}
HOST = "169.254.2.2"  # this machine, as an appliance of libguestfs sees it
GUEST = "dnf,rpm,kmod,bash,coreutils,grep,sed,util-linux"
FILES = {
    "etc/os-release": 'NAME="CentOS Linux"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="8"\n',
    "etc/centos-release": "CentOS Linux release 8.4.2105\n",
    "etc/redhat-release": "CentOS Linux release 8.4.2105\n",
    "etc/fstab": "/dev/sda / ext4 defaults 0 1\n",
    "etc/rpm/macros": "%_dbpath /var/lib/rpm\n",  # Debian's rpm keeps it in the home
    "etc/dnf/vars/releasever": "8\n",
    "usr/sbin/load_policy": "",  # by this libguestfs knows a guest with SELinux
    "etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
}
SPEC = """\
Name: {name}
Version: 1
Release: 1
Summary: {name}
License: GPL-2.0
BuildArch: noarch
{head}
%description
A package of the test.
{body}
"""
SERVICE = {
    "service_name": "acme-agent",
    "integration": "config",
    "kernel_module": {
        "name": "acme",
        "rpm_files": ["kmod-acme.rpm"],
        "packages": ["acme-tools"],
        "repo_files": ["acme.repo"],
    },
}


@dataclass(frozen=True)
class Guest:
    """A disk image as it was made; the release of its kernel, and a module that fits it."""

    image: Path
    kernel: str
    module: Path


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Guest:
    container_programs()
    install_programs(PROGRAMS)
    kernel = debian_kernel.unpacked()
    release = debian_kernel.release(kernel)

    def build(target: Path) -> None:
        # unpacked only: no script of a package is run
        hooks = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"
        command = ["mmdebstrap", "--quiet", "--variant=extract", hooks, f"--include={GUEST}"]
        install.run([*command, "bookworm", target])

    packages = install.once("vm-guest", GUEST, build)
    work = tmp_path_factory.mktemp("guest")
    root = work / "root"
    install.run(["cp", "-a", packages, root])
    furnish(root, kernel, release)
    owner = rpm(work, "overcloud", "Provides: /bin/sh kmod", "%files")  # of what the guest has
    database = ["--root", root, "--dbpath", "/var/lib/rpm"]
    install.run(["rpm", *database, "--justdb", "--force-debian", "-i", owner])
    install.run(["mke2fs", "-q", "-t", "ext4", "-d", root, work / "raw", "700M"])
    install.run(["qemu-img", "convert", "-O", "qcow2", work / "raw", work / "overcloud-full.qcow2"])
    (module,) = (kernel / "lib/modules" / release).rglob("dummy.ko")
    return Guest(work / "overcloud-full.qcow2", release, module)


def furnish(root: Path, kernel: Path, release: str) -> None:
    """Make a CentOS of it, with a kernel that has no module yet."""
    for name in ("etc/debian_version", "etc/os-release"):
        (root / name).unlink()
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "etc/yum.repos.d").mkdir()
    (root / "usr/bin/sh").symlink_to("bash")
    modules = root / "usr/lib/modules" / release
    modules.mkdir(parents=True)
    for name in ("modules.builtin", "modules.order"):
        install.run(["cp", kernel / "lib/modules" / release / name, modules])
    install.run(["depmod", "-b", root / "usr", release])


def rpm(work: Path, name: str, head: str, body: str) -> Path:
    """Build a package; HEAD are lines of its preamble, BODY its sections."""
    spec = work / f"{name}.spec"
    spec.write_text(SPEC.format(name=name, head=head, body=body))
    places = ["--define", f"_topdir {work}/build", "--define", f"_rpmdir {work}/rpms"]
    install.run(["rpmbuild", "--quiet", "-bb", "--dbpath", work / "rpmdb", *places, spec])
    return work / f"rpms/noarch/{name}-1-1.noarch.rpm"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """The address of a repository with acme-tools, as the image sees it."""
    served = tmp_path / "served"
    served.mkdir()
    rpm(tmp_path, "acme-tools", "Requires: kmod-acme", "%files").rename(served / "acme-tools.rpm")
    install.run(["createrepo_c", "--quiet", served])
    handler = functools.partial(Quiet, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep it."""


@pytest.fixture
def made(tmp_path: Path, repository: str) -> Path:
    """The vendor repository, with all but the package of the module."""
    found = answers.check(answers.load(json.dumps({"vendor": "Acme", "services": [SERVICE]}), "answers.yaml"))
    root = tmp_path / "made"
    project.create(root, plan(found).rendered)
    (root / "host").mkdir(exist_ok=True)
    (root / "host/acme.repo").write_text(f"[acme]\nname=acme\nbaseurl={repository}\ngpgcheck=0\n")
    return root


@pytest.fixture
def image(guest: Guest, tmp_path: Path) -> Path:
    return Path(shutil.copy(guest.image, tmp_path))


def install_module(made: Path, image: Path) -> subprocess.CompletedProcess[str]:
    """Run the script; /dev/kvm is left alone, for where it is offered it need not work."""
    kernel = debian_kernel.unpacked()
    release = debian_kernel.release(kernel)
    kept = install.cache_directory() / "libguestfs"
    kept.mkdir(exist_ok=True)
    Path("/lib/modules").mkdir(exist_ok=True)  # supermin looks at it, and takes nothing from there
    appliance = {
        "LIBGUESTFS_BACKEND": "direct",
        "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg",
        "LIBGUESTFS_CACHEDIR": str(kept),
        "SUPERMIN_KERNEL": f"{kernel}/boot/vmlinuz-{release}",
        "SUPERMIN_MODULES": f"{kernel}/lib/modules/{release}",
    }
    command = [made / "scripts/install-module.sh", image]
    return subprocess.run(command, env=os.environ | appliance, capture_output=True, text=True, timeout=900)


def digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def test_the_module_goes_into_the_image_once(made: Path, image: Path, guest: Guest, tmp_path: Path) -> None:
    module = f"/lib/modules/{guest.kernel}/extra/acme.ko"
    body = f"%install\ninstall -D -m 0644 {guest.module} %{{buildroot}}{module}\n"
    body += f"%post\ndepmod {guest.kernel}\n%files\n{module}"
    rpm(tmp_path, "kmod-acme", "Requires: kmod", body).rename(made / "host/kmod-acme.rpm")

    done = install_module(made, image)
    assert done.returncode == 0, done.stdout + done.stderr
    disk = Disk(image, tmp_path / "disk")
    assert disk.packages() == {"overcloud", "kmod-acme", "acme-tools"}
    assert "extra/acme.ko:" in disk.read(f"/usr/lib/modules/{guest.kernel}/modules.dep")
    assert disk.ask("stat /.autorelabel")  # Debian's libguestfs leaves relabelling to the first boot
    assert disk.ask("stat /var/tmp/modules") == ""
    assert disk.read("/etc/yum.repos.d/acme.repo") == (made / "host/acme.repo").read_text()

    before = digest(image)
    again = install_module(made, image)
    assert (again.returncode, "has it already" in again.stdout) == (0, True), again.stderr
    assert digest(image) == before


def test_a_package_without_the_module_leaves_the_image_as_it_was(
    made: Path, image: Path, guest: Guest, tmp_path: Path
) -> None:
    rpm(tmp_path, "kmod-acme", "Requires: kmod", "%files").rename(made / "host/kmod-acme.rpm")
    done = install_module(made, image)
    assert done.returncode == 1
    assert f"acme: not there for kernel {guest.kernel} of the image" in done.stdout + done.stderr
    assert "unchanged, since virt-customize failed" in done.stderr
    assert digest(image) == digest(guest.image)
    assert [path.name for path in tmp_path.glob("*.qcow2*")] == [image.name]


class Disk:
    """The file system of an image, read by debugfs."""

    def __init__(self, image: Path, work: Path) -> None:
        work.mkdir()
        self.work = work
        install.run(["qemu-img", "convert", "-O", "raw", image, work / "raw"])

    def ask(self, question: str) -> str:
        """What debugfs says on its standard output."""
        command = ["debugfs", "-R", question, str(self.work / "raw")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def read(self, path: str) -> str:
        """The text of a file."""
        return self.ask(f"cat {path}")

    def packages(self) -> set[str]:
        """The names of the packages that its rpm database holds."""
        self.ask(f"rdump /var/lib/rpm {self.work}")
        return set(install.run(["rpm", "--dbpath", self.work / "rpm", "-qa", "--qf", "%{NAME}\n"]).split())
