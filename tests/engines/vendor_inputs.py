"""What a vendor brings to a build, in small: RPMs with a daemon in them, programs, package repositories."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from scaffold.model import VendorRepo

DAEMON = "#!/bin/bash\ntrap 'exit 0' TERM\nsleep infinity &\nwait\n"
PATCH = """\
--- /dev/null
+++ b/acme_patched.py
@@ -0,0 +1 @@
+VERSION = '2.1'
"""
SPEC = """\
Name: {name}
Version: 2.1
Release: 1
Summary: A daemon
License: Apache-2.0
BuildArch: noarch
%description
A daemon.
%install
install -D -m 0755 {daemon} %{{buildroot}}/usr/bin/{program}
%post
{post}
%files
/usr/bin/{program}
"""


def bring(root: Path, repo: VendorRepo, work: Path, post: str = "true") -> None:
    """Put what the images of REPO need into the repository at ROOT; POST runs when an RPM is installed."""
    work.mkdir(parents=True, exist_ok=True)
    (work / "daemon").write_text(DAEMON)
    for image in (one for service in repo.services for one in service.images):
        directory = root / image.folder
        install = image.install
        for licence in directory.rglob("licenses/LICENSE"):
            licence.write_text("Apache-2.0\n")
        for name in install.repo_files:
            (directory / name).write_text("[acme]\nname=acme\nbaseurl=https://acme.example/\n")
        for name in install.rpm_files:
            rpm(directory / name.replace("*", "2.1-1.noarch"), image.key, work, post)
        for name in install.pip_files:
            (directory / name).touch()
        for file in install.files:
            if file.source and (file.brought.endswith("/") or "sources" in file.said):
                (directory / file.source).mkdir(parents=True)
                (directory / file.source / "__init__.py").write_text("")
                (directory / file.source / "driver.py").write_text("VERSION = '2.1'\n")
            elif file.source:
                (directory / file.source).parent.mkdir(parents=True, exist_ok=True)
                (directory / file.source).write_text(
                    PATCH if file.source.endswith(".patch") else "VERSION = '2.1'\n"
                )
        for name in image.copied:
            (directory / name).touch()
        if install.binary:
            (directory / image.key).write_text(DAEMON)
        if image.modules_prefix:
            (directory / "modules/4.18.0").mkdir(parents=True)
            (directory / "modules/4.18.0/README").write_text("the module goes here\n")


def rpm(path: Path, program: str, work: Path, post: str) -> None:
    """Build a package that has a daemon and a %post."""
    name = path.name.rsplit("-", 2)[0]
    spec = work / f"{name}.spec"
    spec.write_text(SPEC.format(name=name, daemon=work / "daemon", program=program, post=post))
    places = ["--define", f"_topdir {work}/build", "--define", f"_rpmdir {work}/rpms"]
    command = ["rpmbuild", "--quiet", "-bb", "--dbpath", work / "rpmdb", *places, spec]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = (work / "rpms").rglob(f"{name}-*.rpm")
    shutil.move(made, path)
