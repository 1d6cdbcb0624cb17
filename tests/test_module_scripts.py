"""The launchers of a kernel module load the right file, with what it depends on; the daemon starts after it.

kmod is real and reads modules that depmod has indexed. Stood in are uname and the kernel: a directory in the
place of /sys/module, filled by `insmod` of the wrapper below, which refuses what a kernel would.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.pipeline import plan

from .system import installed

RUNNING = "4.18.0-305.65.1.el8_4.x86_64"
GENERAL, NEWER = "4.18.0-305.el8.x86_64", "4.18.0-305.12.1.el8_4.x86_64"
ANOTHER = "4.18.0-553.el8.x86_64"
# what is loaded: each file of the plan of the real modprobe, unless the kernel has it or refuses it
MODPROBE = """\
#!/bin/bash
set -eu
words=("$@")
case " $* " in *" -d "*) ;; *) words=(-d "$NODE/host" -S "$RUNNING" "$@") ;; esac
case " $* " in *" --show-depends "* | *" -n "*) exec "$REAL" "${words[@]}" ;; esac
todo=$("$REAL" --show-depends "${words[@]}")
while read -r how file _; do
  name=${file##*/} && name=${name%%.ko*} && name=${name//-/_}
  [ "$how" = insmod ] && [ ! -e "$NODE/sys/$name" ] || continue
  fault=
  grep -qxF "$file" "$NODE/refused" && fault="Exec format error"
  for needed in $(modinfo -F depends "$file" | tr , " "); do
    [ -e "$NODE/sys/$needed" ] || grep -q "/$needed.ko" "$NODE/host/lib/modules/$RUNNING/modules.builtin" ||
      fault="Unknown symbol in module"
  done
  [ -z "$fault" ] || { echo "modprobe: ERROR: could not insert '$name': $fault" >&2; exit 1; }
  mkdir "$NODE/sys/$name"
  echo live >"$NODE/sys/$name/initstate"
  modinfo -F version "$file" >"$NODE/sys/$name/version"
  echo "$file" >>"$NODE/loaded"
done <<<"$todo"
"""
MODINFO = """\
#!/bin/bash
case $3 in */*) exec "$REAL_MODINFO" "$@" ;; esac
exec "$REAL_MODINFO" -b "$NODE/host" -k "$RUNNING" "$@"
"""


def module(exports: Sequence[str] = (), needs: Sequence[str] = (), **info: str) -> bytes:
    """A kernel module as kmod reads one, without code: symbols, and what modinfo tells."""
    names, table = b"\0", bytes(24)
    for symbol in needs:
        table += struct.pack("<IBBHQQ", len(names), 0x10, 0, 0, 0, 0)
        names += symbol.encode() + b"\0"
    sections = {
        ".modinfo": b"".join(f"{key}={value}\0".encode() for key, value in info.items()),
        "__ksymtab_strings": b"".join(symbol.encode() + b"\0" for symbol in exports),
        ".symtab": table,
        ".strtab": names,
    }
    sections[".shstrtab"] = b"\0" + b"".join(f"{name}\0".encode() for name in (*sections, ".shstrtab"))
    kinds = {".symtab": 2, ".strtab": 3, ".shstrtab": 3}
    heads, body = bytes(64), b""
    for name, content in sections.items():
        at = sections[".shstrtab"].index(f"\0{name}\0".encode()) + 1
        link, each = (4, 24) if name == ".symtab" else (0, 0)
        place = (64 + len(body), len(content), link, 0, 1, each)
        heads += struct.pack("<IIQQQQIIQQ", at, kinds.get(name, 1), 0, 0, *place)
        body += content
    numbers = (1, 62, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, len(sections) + 1, len(sections))
    return b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", *numbers) + body + heads


def written(kernel_module: Mapping[str, Any], release: str = "wallaby", **more: Any) -> dict[str, str]:
    """The files of a repository with a service that has the module."""
    right = {} if kernel_module.get("delivery") == "host" else {"privileged": True}
    service = {"service_name": "acme-agent", "kernel_module": kernel_module} | right | more
    document = yaml.safe_dump({"vendor": "Acme", "release": release, "services": [service]})
    rendered = plan(answers.check(answers.load(document, "answers.yaml"))).rendered
    return {name: file.content.decode() for name, file in rendered.items()}


class Node:
    """A node with its kernel, and the containers of a service with the module `acme-dev`."""

    def __init__(self, root: Path, **kernel_module: str) -> None:
        installed("modprobe", "kmod")
        self.root = root
        for place in ("sys", "bin", f"host/lib/modules/{RUNNING}", "image/lib/modules"):
            (root / place).mkdir(parents=True)
        self.host({})
        (root / "refused").touch()
        self.program("uname", f"#!/bin/sh\necho {RUNNING}\n")
        self.program("modprobe", MODPROBE)
        self.program("modinfo", MODINFO)
        self.program("sleep", "#!/bin/sh\n")
        self.scripts = self.made({"name": "acme-dev"} | kernel_module)

    def program(self, name: str, text: str) -> None:
        (self.root / "bin" / name).write_text(text)
        (self.root / "bin" / name).chmod(0o755)

    def made(self, kernel_module: Mapping[str, str]) -> dict[str, str]:
        service: dict[str, Any] = {"service_name": "acme-agent", "cap_add": ["SYS_MODULE"]}
        service |= {
            "kernel_module": kernel_module,
            "launcher_script": "run.sh",
            "command": "/usr/bin/env echo started",
        }
        document = yaml.safe_dump({"vendor": "Acme", "services": [service]})
        rendered = plan(answers.check(answers.load(document, "answers.yaml"))).rendered
        template = yaml.safe_load(rendered["docker/services/acme-agent.yaml"].content)
        scripts = template["outputs"]["role_data"]["value"]["container_config_scripts"]
        return {name: script["content"] for name, script in scripts.items()}

    def host(self, files: Mapping[str, bytes], *, built_in: Sequence[str] = ()) -> None:
        """What the host has under /lib/modules."""
        self._tree("host", RUNNING, files, built_in)

    def image(self, kernel: str, files: Mapping[str, bytes]) -> None:
        """What the image brings for KERNEL, indexed as its Dockerfile does."""
        self._tree("image", kernel, files, ())

    def _tree(self, base: str, kernel: str, files: Mapping[str, bytes], built_in: Sequence[str]) -> None:
        directory = self.root / base / "lib/modules" / kernel
        directory.mkdir(exist_ok=True)
        for name, content in files.items():
            (directory / name).write_bytes(content)
        (directory / "modules.order").touch()
        (directory / "modules.builtin").write_text("".join(f"kernel/{name}.ko\n" for name in built_in))
        command = ["depmod", "-b", self.root / base, kernel]
        subprocess.run(command, check=True, capture_output=True)

    def refuses(self, kernel: str, name: str) -> None:
        """The running kernel does not take that file of the image."""
        self.root.joinpath("refused").write_text(f"{self.root}/image/lib/modules/{kernel}/{name}\n")

    def has(self, name: str, **files: str) -> None:
        """What /sys/module says of a module."""
        (self.root / "sys" / name).mkdir()
        for file, text in files.items():
            (self.root / "sys" / name / file).write_text(f"{text}\n")

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        text = self.scripts[script].replace("exec sleep infinity", "echo up")
        for path, here in (("/sys/module", "sys"), ("/opt/acme", "image")):
            text = text.replace(path, f"{self.root}/{here}")
        real = {"REAL": str(shutil.which("modprobe")), "REAL_MODINFO": str(shutil.which("modinfo"))}
        environment = os.environ | real | {"NODE": str(self.root), "RUNNING": RUNNING}
        environment["PATH"] = f"{self.root}/bin:{os.environ['PATH']}"
        return subprocess.run(["bash", "-c", text], env=environment, capture_output=True, text=True)

    @property
    def loaded(self) -> list[str]:
        """The files that were loaded, in order."""
        log = self.root / "loaded"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line.removeprefix(f"{self.root}/").replace("/lib/modules", "") for line in lines]


@pytest.fixture
def shipping(tmp_path: Path) -> Node:
    return Node(tmp_path, source="image")


@pytest.fixture
def lending(tmp_path: Path) -> Node:
    return Node(tmp_path, source="host")


DEV = "acme-dev.ko"
LOADER = "acme_agent_loader.sh"


# --- the loader of a module that the image brings


def test_what_the_module_depends_on_is_loaded_first_from_the_image_or_the_host(shipping: Node) -> None:
    """acme-dev needs acme_core of the image, and that uio of the host; zlib is built in."""
    shipping.host({"uio.ko": module(["uio_fn"])}, built_in=["zlib"])
    core = module(["core_fn"], ["uio_fn"], depends="uio,zlib")
    shipping.image(RUNNING, {"acme_core.ko": core, DEV: module([], ["core_fn"], depends="acme_core")})
    done = shipping.run(LOADER)
    assert (done.returncode, done.stdout, done.stderr) == (0, "up\n", "")
    assert shipping.loaded == [
        f"host/{RUNNING}/uio.ko",
        f"image/{RUNNING}/acme_core.ko",
        f"image/{RUNNING}/{DEV}",
    ]


def test_the_shipped_module_comes_before_the_hosts(shipping: Node) -> None:
    shipping.host({DEV: module(version="1")})
    shipping.image(RUNNING, {DEV: module(version="2")})
    assert shipping.run(LOADER).returncode == 0
    assert shipping.loaded == [f"image/{RUNNING}/{DEV}"]


def test_a_compressed_module_is_loaded_with_what_it_depends_on(shipping: Node) -> None:
    installed("xz", "xz-utils")
    shipping.host({"uio.ko": module(["uio_fn"])})
    packed = subprocess.run(["xz", "-c", "--check=crc32"], input=module(depends="uio"), capture_output=True)
    shipping.image(RUNNING, {f"{DEV}.xz": packed.stdout})
    assert shipping.run(LOADER).returncode == 0
    assert shipping.loaded == [f"host/{RUNNING}/uio.ko", f"image/{RUNNING}/{DEV}.xz"]


def test_the_newest_of_the_stream_that_the_kernel_takes(shipping: Node) -> None:
    for kernel in (GENERAL, NEWER, ANOTHER):
        shipping.image(kernel, {DEV: module()})
    done = shipping.run(LOADER)
    assert done.stderr == f"acme-dev: the running kernel {RUNNING} took the one for {NEWER}\n"
    assert shipping.loaded == [f"image/{NEWER}/{DEV}"]


def test_one_that_the_kernel_refuses_is_left_for_the_next(shipping: Node) -> None:
    for kernel in (GENERAL, NEWER, RUNNING):
        shipping.image(kernel, {DEV: module()})
    shipping.refuses(RUNNING, DEV)
    done = shipping.run(LOADER)
    assert "could not insert 'acme_dev': Exec format error" in done.stderr
    assert (done.returncode, shipping.loaded) == (0, [f"image/{NEWER}/{DEV}"])


def test_where_none_fits_the_log_names_the_kernel_and_what_is_there(shipping: Node) -> None:
    for kernel in (GENERAL, ANOTHER):
        shipping.image(kernel, {DEV: module()})
    shipping.refuses(GENERAL, DEV)
    done = shipping.run(LOADER)
    assert (done.returncode, done.stdout, shipping.loaded) == (1, "", [])
    assert f"({GENERAL} {ANOTHER}) none is for the running kernel {RUNNING}" in done.stderr
    assert "acme-dev not found in directory" in done.stderr


def test_a_dependency_that_nobody_has_is_named(shipping: Node) -> None:
    shipping.image(RUNNING, {DEV: module(depends="uio")})
    done = shipping.run(LOADER)
    assert (done.returncode, shipping.loaded) == (1, [])
    assert "Module uio not found in directory" in done.stderr


@pytest.mark.parametrize("built_in", [[], ["acme-dev"]])
def test_the_hosts_own_is_the_last_resort(built_in: list[str], shipping: Node) -> None:
    shipping.host({} if built_in else {DEV: module()}, built_in=built_in)
    shipping.image(ANOTHER, {DEV: module()})
    done = shipping.run(LOADER)
    assert (done.returncode, done.stdout) == (0, "up\n")
    assert shipping.loaded == ([] if built_in else [f"host/{RUNNING}/{DEV}"])
    assert "trying the host's own" in done.stderr


@pytest.mark.parametrize("source", ["image", "host"])
@pytest.mark.parametrize("field", ["version", "srcversion"])
def test_an_update_that_waits_for_a_reload_is_in_the_log(source: str, field: str, tmp_path: Path) -> None:
    node = Node(tmp_path, source=source)
    node.has("acme_dev", initstate="live", **{field: "1"})
    put = node.host if source == "host" else lambda files: node.image(RUNNING, files)
    put({DEV: module(**{field: "2"})})
    done = node.run(LOADER)
    words = f"acme-dev: {field} 1 stays loaded, in place of 2, until it is unloaded or the host boots again\n"
    assert (done.returncode, done.stderr) == (0, words)
    put({DEV: module(**{field: "1"})})
    assert node.run(LOADER).stderr == ""


# --- the launcher that waits


SHOWN = {  # what the host has, and what /sys/module says
    "loaded": ({DEV: module()}, (), {"acme_dev": "live"}),
    "loaded, and not in the tree": ({}, (), {"acme_dev": "live"}),
    "built in": ({}, ("acme-dev",), {}),
    "an alias": ({"acme_hw.ko": module(alias="acme-dev")}, (), {"acme_hw": "live"}),
}


@pytest.mark.parametrize("case", SHOWN)
def test_the_daemon_starts_however_the_kernel_has_the_module(case: str, lending: Node) -> None:
    files, built_in, shown = SHOWN[case]
    lending.host(files, built_in=built_in)
    for name, state in shown.items():
        lending.has(name, initstate=state)
    done = lending.run("run.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")


@pytest.mark.parametrize("source", ["image", "host"])
@pytest.mark.parametrize("state", ["coming", "going", ""])
def test_the_daemon_does_not_start_before_the_module_works(source: str, state: str, tmp_path: Path) -> None:
    node = Node(tmp_path, source=source)
    node.has("acme_dev", **({"initstate": state} if state else {}))
    done = node.run("run.sh")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        f"acme-dev is not loaded after 60 s ({tmp_path}/sys/acme_dev/initstate: {state or 'none'})"
        in done.stderr
    )
    assert "see the logs of acme_agent_loader" in done.stderr


def test_the_daemon_starts_as_soon_as_the_module_works(lending: Node) -> None:
    lending.has("acme_dev", initstate="coming")
    turns = f"echo . >>{lending.root}/turns; [ $(wc -l <{lending.root}/turns) -lt 3 ]"
    lending.program("sleep", f"#!/bin/sh\n{turns} || echo live >{lending.root}/sys/acme_dev/initstate\n")
    assert lending.run("run.sh").stdout == "started\n"
    assert (lending.root / "turns").read_text() == ".\n" * 3


def test_an_alias_of_the_image_is_waited_for_by_its_module(shipping: Node) -> None:
    shipping.image(GENERAL, {"acme_hw.ko": module(alias="acme-dev")})
    assert shipping.run(LOADER).returncode == 0
    assert shipping.run("run.sh").stdout == "started\n"


def test_what_is_built_in_is_not_waited_for_where_the_image_brings_it_too(shipping: Node) -> None:
    shipping.host({}, built_in=["acme-dev"])
    shipping.image(GENERAL, {DEV: module()})
    assert shipping.run("run.sh").stdout == "started\n"


# --- what the README says of an update

AGENT, BOTH = "tripleo_acme_agent", "tripleo_acme_agent tripleo_acme_agent_loader"
RELOADED = {  # the module, the release, and how it is loaded anew
    "image": ({"source": "image"}, "wallaby", [f"systemctl stop {BOTH}", "rmmod acme-dev"]),
    "host": ({"loader": "same"}, "rocky", ["docker stop acme_agent", "modprobe -r acme-dev"]),
    "boot": (
        {"delivery": "host", "packages": ["kmod-acme"]},
        "17.1",
        [f"systemctl stop {AGENT}", "modprobe -r acme-dev", "modprobe acme-dev", f"systemctl start {AGENT}"],
    ),
}


@pytest.mark.parametrize("route", RELOADED)
def test_the_readme_says_that_a_new_module_takes_a_reload(route: str) -> None:
    module, release, commands = RELOADED[route]
    readme = written({"name": "acme-dev"} | module, release)["README.md"]
    section = readme.partition("## Upgrade")[2].partition("## Roll back")[0]
    assert "After an upgrade the old `acme-dev` stays loaded" in section
    assert "".join(f"    sudo {command}\n" for command in commands) in section
    assert ("install the new one on each" in section) == (route == "boot")
