"""A base image to build on where the stock image cannot be pulled.

Real are bash, rpm, kmod, Python, sudo and dumb-init (Debian's packages, unpacked), kolla's start scripts, its
users and its sudoers file (its wheel), and an rpm database that owns what is there. Stood in are yum and dnf
(programs/*_stand_in.*), and busybox for the commands that every CentOS and RHEL has. Other tools are there
where the stock image is known to hold them, and come with the packages that bring them. No daemon of
OpenStack is in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.tripleo import kolla
from scaffold.verify import install, processes
from scaffold.verify.containers.stand_in_tools import COMMANDS, PROGRAMS, TOOL_LINKS, by_package
from scaffold.verify.findings import Unavailable

# of Debian 12, the release that the tests run on
PACKAGES = (
    *("libc6", "busybox-static", "bash", "libtinfo6", "kmod", "libssl3", "dumb-init"),
    *("rpm", "librpm9", "librpmio9", "rpm-common", "libpopt0", "libcap2", "liblua5.3-0", "libsqlite3-0"),
    *("libgcrypt20", "libgpg-error0", "libbz2-1.0", "zlib1g", "liblzma5", "libzstd1"),
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libexpat1", "libffi8"),
    *("sudo", "libpam0g", "libpam-modules", "libaudit1", "libcap-ng0", "libselinux1", "libpcre2-8-0"),
)
LEFT_OUT = re.compile(
    r"usr/share/(doc|man|locale|lintian|info)/|gconv|__pycache__|lib2to3|pydoc_data|ensurepip|etc/sudoers$"
    r"|usr/s?bin/(depmod|insmod|lsmod|modinfo|modprobe|rmmod)$"
)
MERGED = ("bin", "sbin", "lib", "lib64")  # lie in /usr, as in CentOS
DIRECTORIES = {
    **dict.fromkeys(("root", "run", "proc", "sys", "dev", "usr/local/bin", "etc/yum.repos.d"), 0o755),
    **dict.fromkeys(("lib/modules", "var/lib/kolla/config_files", "var/lib/rpm", "var/lib/stand-in"), 0o755),
    **dict.fromkeys(("tmp", "var/tmp"), 0o1777),
}
LINKS = {
    "usr/bin/sh": "bash",
    "usr/bin/python3": "python3.11",
    "usr/bin/python": "python3.11",  # kolla to Train
}
PAM = "".join(f"{kind} sufficient pam_permit.so\n" for kind in ("auth", "account", "session"))
KOLLA_GROUP = 42400  # kolla/common/config.py; the docker/base image has it so
SPEC = """\
Name: stand-in-base
Version: 1
Release: 1
Summary: What the stand-in base image has
License: Apache-2.0
BuildArch: noarch
AutoReqProv: no
{provides}
%description
Owns what the stand-in base image has, so that RPMs find what they require.
%files
"""


def root_file_system(kolla: str, users: Mapping[str, int]) -> Path:
    """The tar of a root file system with the start scripts of a version of kolla and its USERS; cached.

    It has none of the tools that stand_in_base.give brings.
    """
    sources = ("package_stand_in.py", "curl_stand_in.py", "tar_stand_in.sh", "patch_stand_in.sh")
    programs = {name.partition("_")[0]: (install.PROGRAMS / name).read_text() for name in sources}
    recipe = (
        f"{kolla} {sorted(users.items())} {Path(__file__).read_text()} {programs} {by_package()} {COMMANDS}"
    )

    def build(target: Path) -> None:
        target.mkdir()
        _Tree(target, install.wheel("kolla", kolla)).write(target / "rootfs.tar", users, programs)

    digest = hashlib.sha256(recipe.encode()).hexdigest()
    return install.once(f"stand-in-root-{kolla}", digest, build) / "rootfs.tar"


def give(system: Path, tools: Iterable[str]) -> None:
    """Add the stand-ins of TOOLS to the tar of a root file system."""
    with tarfile.open(system, "a") as tar:
        for link, target in (pair for tool in sorted(tools) for pair in TOOL_LINKS.get(tool, {}).items()):
            tar.addfile(_link(link, target))


def debs_piece() -> install.Piece:
    """The Debian packages that it is made of, from the mirror that the machine uses."""

    def build(target: Path) -> None:
        target.mkdir()
        try:
            install.run([install.system("apt-get", "apt"), "download", *PACKAGES], cwd=target)
        except RuntimeError as error:
            said = str(error).splitlines()[-1]
            remedy = "run this on Debian 12 with a mirror in reach, or where the stock image can be pulled"
            raise Unavailable(f"no stand-in for the stock image can be made: {said}", remedy) from error

    return install.Piece("stand-in-debs", " ".join(PACKAGES), build)


class _Tree:
    """The root file system as it goes into a tar, member by member: no root is needed to make it."""

    def __init__(self, work: Path, kolla: Path) -> None:
        self.work = work
        self.environment = processes.environment(work)
        (self.scripts,) = kolla.glob("*.data/data/share/kolla/docker/base")
        self.names: set[str] = set()

    def write(self, path: Path, users: Mapping[str, int], programs: Mapping[str, str]) -> None:
        with tarfile.open(path, "w") as self.tar:
            for name in MERGED:
                self.directory(f"usr/{name}", 0o755)
                self.link(name, f"usr/{name}")
            for name, mode in DIRECTORIES.items():
                self.directory(_merged(name), mode)
            for name, (text, mode) in {**_accounts(users), **self.kolla(), **_installers(programs)}.items():
                self.file(name, text.encode(), mode)
            for deb in sorted(debs_piece().path().glob("*.deb")):
                self.unpack(deb)
            for name, target in LINKS.items():
                self.link(name, target)
            for applet in COMMANDS:
                if not {f"usr/bin/{applet}", f"usr/sbin/{applet}"} & self.names:
                    self.link(f"usr/bin/{applet}", "busybox")
            for database in sorted(_rpm_database(self.work).iterdir()):
                self.file(f"var/lib/rpm/{database.name}", database.read_bytes(), 0o644)

    def unpack(self, deb: Path) -> None:
        command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
        with (
            processes.start(command, env=self.environment, stdout=subprocess.PIPE) as process,
            tarfile.open(fileobj=process.stdout, mode="r|") as packed,
        ):
            for member in packed:
                name = _merged(member.name.removeprefix("./").rstrip("/"))
                if not name or LEFT_OUT.search(name) or name in self.names:
                    continue
                content = packed.extractfile(member).read() if member.isfile() else None  # type: ignore[union-attr]
                if content and (".so" in name or name.endswith("bin/busybox")):
                    kept = self.work / "so" / Path(name).name
                    kept.parent.mkdir(exist_ok=True)
                    kept.write_bytes(content)
                    kept.chmod(0o755)
                member.name = name
                if member.islnk():
                    member.linkname = _merged(member.linkname.removeprefix("./"))
                self.add(member, content)

    def kolla(self) -> dict[str, tuple[str, int]]:
        """kolla's own files; Python 2's viewkeys, of kolla to Rocky, is read as keys."""
        named = {
            "set_configs.py": kolla.SET_CONFIGS,
            "start.sh": kolla.START,
            "copy_cacerts.sh": "kolla_copy_cacerts",
            "httpd_setup.sh": "kolla_httpd_setup",
        }
        found = {
            f"usr/local/bin/{name}": (
                (self.scripts / file).read_text().replace(".viewkeys()", ".keys()"),
                0o755,
            )
            for file, name in named.items()
            if (self.scripts / file).exists()
        }
        sudoers = ((self.scripts / "sudoers").read_text(), 0o440)
        return {**found, "usr/local/bin/kolla_extend_start": ("", 0o755), "etc/sudoers": sudoers}

    def directory(self, name: str, mode: int) -> None:
        if name not in self.names:
            self.add(_member(name, tarfile.DIRTYPE, mode))

    def link(self, name: str, target: str) -> None:
        if name not in self.names:
            self.add(_link(name, target))

    def file(self, name: str, content: bytes, mode: int) -> None:
        member = _member(name, tarfile.REGTYPE, mode)
        member.size = len(content)
        self.add(member, content)

    def add(self, member: tarfile.TarInfo, content: bytes | None = None) -> None:
        self.names.add(member.name)
        self.tar.addfile(member, io.BytesIO(content) if content is not None else None)


def _merged(name: str) -> str:
    return f"usr/{name}" if name.split("/")[0] in MERGED else name


def _member(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.mtime = kind, mode, int(time.time())
    return member


def _link(name: str, target: str) -> tarfile.TarInfo:
    member = _member(name, tarfile.SYMTYPE, 0o777)
    member.linkname = target
    return member


def _accounts(users: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """The users of kolla, all of them in its group, and what sudo needs to know them."""
    others = {name: uid for name, uid in users.items() if name != "root"}
    shell = "/usr/sbin/nologin"
    passwd = "".join(f"{name}:x:{uid}:{uid}::/var/lib/{name}:{shell}\n" for name, uid in others.items())
    group = "".join(f"{name}:x:{uid}:\n" for name, uid in others.items())
    shadow = "".join(f"{name}:!:19000:0:99999:7:::\n" for name in others)
    return {
        "etc/passwd": ("root:x:0:0:root:/root:/bin/bash\n" + passwd, 0o644),
        "etc/group": (f"root:x:0:\nkolla:x:{KOLLA_GROUP}:{','.join(others)}\n{group}", 0o644),
        "etc/shadow": ("root:*:19000:0:99999:7:::\n" + shadow, 0o600),
        "etc/nsswitch.conf": ("passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n", 0o644),
        "etc/pam.d/sudo": (PAM, 0o644),
        "etc/pam.d/other": (PAM, 0o644),
        "etc/rpm/macros": ("%_dbpath /var/lib/rpm\n", 0o644),  # Debian's rpm keeps it in the home
    }


def _installers(programs: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    package = programs["package"]
    return {
        **{f"usr/bin/{name}": (package, 0o755) for name in ("yum", "dnf")},
        f"{PROGRAMS}/pip/__main__.py": (package, 0o644),
        f"{PROGRAMS}/setuptools/__init__.py": ("", 0o644),
        **{f"{PROGRAMS}/{name}": (programs[name], 0o755) for name in ("curl", "tar", "patch")},
        "var/lib/stand-in/tools.json": (json.dumps(by_package()), 0o644),
    }


def _rpm_database(work: Path) -> Path:
    """An rpm database with one package, which provides what the tree does."""
    libraries = "\n".join(str(path) for path in sorted((work / "so").iterdir()))
    command = ["/usr/lib/rpm/rpmdeps", "--provides"]
    rpmdeps = processes.run(command, env=processes.environment(work), stdin=libraries, stderr=subprocess.PIPE)
    rpmdeps.check_returncode()
    files = ("/bin/sh", "/bin/bash", "/usr/bin/bash", "/usr/bin/sh", "/usr/bin/env", "/usr/bin/python3")
    names = ("bash", "coreutils", "python3", "python(abi) = 3.11", "rtld(GNU_HASH)")
    provided = sorted({*filter(None, rpmdeps.stdout.splitlines()), *files, *names})
    spec = work / "stand-in-base.spec"
    spec.write_text(SPEC.format(provides="\n".join(f"Provides: {name}" for name in provided)))
    home = ("--dbpath", work / "db", "--define", f"_topdir {work}/build")
    install.run(["rpmbuild", "--quiet", "-bb", *home, "--define", f"_rpmdir {work}/rpms", spec])
    (made,) = (work / "rpms").rglob("*.rpm")
    install.run(["rpm", "--dbpath", work / "database", "--force-debian", "-i", "--justdb", made])
    return work / "database"
