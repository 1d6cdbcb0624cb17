#!/usr/bin/env python3
"""Do on a bare Debian 12 what README.md tells a newcomer to do, as an ordinary user and as root.

The machine is a directory that debootstrap fills: python3, python3-venv, git, ca-certificates, and nothing
else of this host. Every command runs in mount and process namespaces of its own, which end with it. How
packages are reached (Debian's mirror, pip's configuration, proxies, certificates) is read from this host.
"""

from __future__ import annotations

import argparse
import configparser
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
INSTALL = "VENDOR_SCAFFOLD_TEST_INSTALL"  # tests/system.py
SUITE = "bookworm"
PACKAGES = ("python3", "python3-venv", "git", "ca-certificates")  # what README.md asks for
ABSENT = ("make", "gcc", "sudo", "curl", "pip", "podman")  # would hide that it asks for too little
NETWORK = re.compile(r"(?i)(.*_proxy|PIP_.*|SSL_CERT_.*|.*_CA_BUNDLE|GIT_SSL_CAINFO)")
MINUTES = 10  # of two cores: what README.md says that command 2 takes
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
ENTER = """\
root=$1; shift
for kind in proc:proc tmpfs:dev tmpfs:tmp; do mount -t "${kind%:*}" none "$root/${kind#*:}"; done
chmod 1777 "$root/tmp"
for device in $DEVICES; do : >"$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 none "$root/dev/pts"
mount -t tmpfs none "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount --rbind -o ro /sys "$root/sys"
for given in $GIVEN; do mkdir -p "$root$given"; mount --bind -o ro "$given" "$root$given"; done
exec chroot "$@"
"""
ROLES = "".join(f"- name: {role}\\n  ServicesDefault:\\n    - OS::A\\n" for role in ("Controller", "Compute"))
STOCK = f"mkdir -p ~/stock && touch ~/stock/overcloud.j2.yaml && printf -- '{ROLES}' > ~/roles_data.yaml"


@dataclass(frozen=True)
class User:
    """Who does it."""

    name: str
    number: int
    home: str


VEND, ROOT = USERS = (User("vend", 1000, "/home/vend"), User("root", 0, "/root"))


@dataclass(frozen=True)
class Step:
    """One thing that a newcomer does in the clone, or root for them where `by_root`."""

    name: str
    command: str
    by_root: bool = False
    minutes: float = 0  # of two cores, at most


def steps(quick: bool) -> Iterator[Step]:
    """The first hour."""
    use, acme = ". .venv/bin/activate && vendor-scaffold", "../acme-tripleo"
    yield Step("README command 1", readme("Install and run", "python3 -m venv .*"))
    yield Step("new", f"{use} new --set service_name=vx-agent --set release=train --defaults ../vx")
    yield Step("check", f"{use} check {acme} && vendor-scaffold check ../vx")
    yield Step("update", f"{use} update {acme} && vendor-scaffold update --set image_tag=2.0 ../vx")
    engines = "".join(f" --engine {name}" for name in ("heat", "kolla", "command-line")) if quick else ""
    yield Step("verify", f"{use} verify{engines} {acme}")
    if quick:
        imports = "from .*(system|test_[a-z_]+) import"
        asking = f"$(grep -lE '{imports}' -r tests --include='test_*.py' --exclude-dir=engines)"
        command = f".venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -n 2 {asking}"
        yield Step("tests that ask for programs", command)
    else:
        yield Step("README command 2", readme("Test", "python3 -m venv .*"), minutes=MINUTES)
    yield Step(
        "make's package", f"apt-get -q update && {readme('Install and run', 'apt-get install .*make')}", True
    )
    yield Step("make help", f"make -C {acme}")
    layer = f"{acme}/containers/acme-agent"
    brought = f"touch {layer}/acme.repo && echo MIT > {layer}/licenses/LICENSE"
    yield Step("make inputs", f"{brought} && make -C {acme} inputs")
    yield Step("make overlay", f"{STOCK} && make -C {acme} overlay TEMPLATES=$HOME/stock")
    yield Step("make roles", f"make -C {acme} roles")
    tool = "python3 -m venv ~/tool && . ~/tool/bin/activate"
    # what it says where no linter is installed: nothing was linted: python3 -m pip install …
    said = f"$(make -C {acme} lint 2>&1 | sed -n 's/^nothing was linted: //p')"
    yield Step("make lint", f"{tool} && {said} && make -C {acme} lint")
    yield Step("make tool", f"{tool} && make -C {acme} tool TOOL=$PWD && make -C {acme} check")


def readme(section: str, line: str) -> str:
    """The command in SECTION of README.md that is LINE, a regular expression."""
    text = (CHECKOUT / "README.md").read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    (command,) = re.findall(rf"^    ({line})$", text, re.MULTILINE)
    return str(command)


@dataclass
class Host:
    """How this host reaches packages."""

    environment: dict[str, str]
    pip: dict[str, dict[str, str]]
    sources: list[str]  # of apt: address, suite, component
    apt: str  # its configuration
    given: set[str] = field(default_factory=set)  # directories that the above name


def host(work: Path) -> Host:
    """Read how this host reaches packages from its environment, pip and apt."""
    environment = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
    subprocess.run([sys.executable, "-m", "venv", work / "pip"], check=True)
    sections: dict[str, dict[str, str]] = {}
    for line in said(work / "pip/bin/pip", "config", "list").splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section and not section.startswith(":"):  # those come with the environment
            sections.setdefault(section, {})[key] = shlex.split(value)[0]
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    targets = said("apt-get", "indextargets", "--format", form, "Created-By: Packages").splitlines()
    sources = sorted({line for line in targets if line.split()[1].startswith(SUITE)})
    apt = [
        line for line in said("apt-config", "dump", "Acquire").splitlines() if "::IndexTargets" not in line
    ]
    return Host(environment, sections, sources, "".join(f"{line}\n" for line in apt))


def said(*command: str | Path) -> str:
    """What a command of this host says."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Machine:
    """A bare machine in a directory."""

    def __init__(self, root: Path, host: Host) -> None:
        self.root, self.host = root, host

    def bootstrap(self, log: Path) -> None:
        """Install Debian and what README.md asks for, and nothing else."""
        mirror = [line.split()[0] for line in self.host.sources if line.split()[1] == SUITE][:1]
        options = ["--variant=minbase", f"--include={','.join(PACKAGES)}"]
        command = [*NAMESPACES, "debootstrap", *options, SUITE, str(self.root), *mirror]
        with log.open("w") as stream:
            subprocess.run(command, stdout=stream, stderr=stream, check=True)
        self._reach_packages()
        self.run(ROOT, f"useradd --create-home --uid {VEND.number} --shell /bin/bash {VEND.name}", log)
        found = [name for name in ABSENT if not self.run(ROOT, f"command -v {name}", log)]
        if found:
            raise SystemExit(f"the machine is not bare, it has {', '.join(found)}")

    def _reach_packages(self) -> None:
        if self.host.sources:
            self._write("/etc/apt/sources.list", "".join(f"deb {line}\n" for line in self.host.sources))
        self._write("/etc/apt/apt.conf.d/90host", self.host.apt)
        parser = configparser.RawConfigParser()
        parser.read_dict(self.host.pip)
        with (self.root / "etc/pip.conf").open("w") as stream:
            parser.write(stream)
        for name in ("/etc/resolv.conf", "/etc/hosts"):
            self._write(name, Path(name).read_text())
        values = [*self.host.environment.values()]
        values += [value for section in self.host.pip.values() for value in section.values()]
        for word in " ".join(values).split():
            self._give(word)

    def _give(self, word: str) -> None:
        """Bring a file or directory of this host that a setting names."""
        path = Path(word.removeprefix("file://"))
        if path.is_absolute() and path.is_file():
            self._write(str(path), path.read_text())
        elif path.is_absolute() and path.is_dir():
            if word != str(path):
                path = path.parent  # the links of an index may lead to what lies beside it
            if not (self.root / str(path)[1:]).is_dir():
                self.host.given.add(str(path))

    def _write(self, name: str, text: str) -> None:
        path = self.root / name[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)

    def clone(self, user: User, log: Path) -> None:
        """Give USER a clone of this checkout, as it is committed."""
        target = self.root / user.home[1:] / "vendor-scaffold"
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", CHECKOUT, target], check=True)
        self.run(ROOT, f"chown -R {user.number}:{user.number} {user.home}", log)

    def run(self, user: User, command: str, log: Path, cwd: str = "/") -> int:
        """Run COMMAND of a shell as USER in this machine; its exit status."""
        search = "/usr/local/bin:/usr/bin:/bin" + ("" if user.number else ":/usr/local/sbin:/usr/sbin:/sbin")
        own = {"HOME": user.home, "USER": user.name, "LOGNAME": user.name, "PATH": search, "TERM": "dumb"}
        given = [f"{name}={value}" for name, value in {**own, **self.host.environment}.items()]
        inside = ["env", "-i", *given, "bash", "-c", f"cd {cwd} && {command}"]
        root = str(self.root)
        enter = [
            *NAMESPACES,
            "sh",
            "-euc",
            ENTER,
            "enter",
            root,
            f"--userspec={user.number}:{user.number}",
            root,
        ]
        outside = os.environ | {"DEVICES": " ".join(DEVICES), "GIVEN": " ".join(sorted(self.host.given))}
        with log.open("w") as stream:
            return subprocess.run(
                [*enter, *inside], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=outside
            ).returncode


def tried(machine: Machine, user: User, step: Step, logs: Path) -> bool:
    """Whether a step passes; prints how it went."""
    log = logs / f"{user.name}-{re.sub('[^a-z0-9]+', '-', step.name.lower())}.log"
    started, spent = time.monotonic(), cpu_seconds()
    status = machine.run(ROOT if step.by_root else user, step.command, log, f"{user.home}/vendor-scaffold")
    seconds, cores = time.monotonic() - started, (cpu_seconds() - spent) / 2
    lines = log.read_text(errors="replace").splitlines()
    closing = [line.strip("= ") for line in lines if re.search(r"\d (passed|failed|skipped).* in \d", line)]
    slow = step.minutes and cores > step.minutes * 60
    verdict = f"FAILED with {status}" if status else "FAILED: too slow" if slow else "passed"
    print(f"{user.name}: {step.name}: {verdict}, {seconds:.0f} s ({cores:.0f} s of two cores)", flush=True)
    for line in closing[-1:]:
        print(f"    {line}", flush=True)
    if status:
        print("".join(f"    {line}\n" for line in lines[-20:]), end="", flush=True)
    return not status and not slow


def cpu_seconds() -> float:
    """The time of processors that ended children have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def needs() -> None:
    """Bring debootstrap where that is asked for; say what is missing."""
    if os.geteuid():
        raise SystemExit(f"needs root: sudo python3 {' '.join(map(shlex.quote, sys.argv))}")
    if not shutil.which("debootstrap") and os.environ.get(INSTALL):
        subprocess.run(["apt-get", "-q", "update"], check=True, stdout=subprocess.DEVNULL)
        command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", "debootstrap"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if not shutil.which("debootstrap"):
        raise SystemExit("needs debootstrap: apt-get install debootstrap")


def main() -> int:
    """Make the machine, and take every step as every user."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under five minutes: what .ci/run does")
    parser.add_argument("--user", choices=[user.name for user in USERS], help="as this user only")
    parser.add_argument("--logs", type=Path, help="keep what each step says in this directory")
    options = parser.parse_args()
    needs()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = Path(tempfile.mkdtemp(prefix="bare-machine-"))
    logs = options.logs or work / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    failed = []
    try:
        found, started = host(work), time.monotonic()
        first = Machine(work / "first", found)
        first.bootstrap(logs / "debootstrap.log")
        print(f"a bare machine, {time.monotonic() - started:.0f} s", flush=True)
        for user in [user for user in USERS if options.user in (None, user.name)]:
            machine = Machine(work / user.name, found)
            subprocess.run(["cp", "-a", first.root, machine.root], check=True)
            machine.clone(user, logs / "clone.log")
            todo = steps(options.quick)
            failed += [f"{user.name}: {one.name}" for one in todo if not tried(machine, user, one, logs)]
            shutil.rmtree(machine.root)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"failed: {', '.join(failed)}" if failed else "a newcomer's first hour passes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
