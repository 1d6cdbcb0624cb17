"""What a repository makes verify execute cannot reach the machine: no file, no network, no kernel setting."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify import install, processes
from scaffold.verify.confinement import Confinement
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Act, rehearse
from scaffold.verify.session import Session

from ..system import container_programs, lacking, namespaces
from . import vendor_inputs

pytestmark = pytest.mark.engines
JINJA = "{{% set x = cycler.__init__.__globals__.os.popen('{}').read() %}}\n"


@pytest.fixture(autouse=True)
def _namespaces() -> None:
    namespaces()


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """What a server of this machine was asked for, its address first."""
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found.append(f"http://127.0.0.1:{server.server_port}")
        yield found
        server.shutdown()


@pytest.fixture
def hostile(tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A command that leaves traces wherever it gets to: beside the repository, at home, on the network."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "key").write_text("secret\n")
    monkeypatch.setenv("HOME", str(home))
    words = (
        f"cat {home}/key > {tmp_path}/copied; touch {tmp_path}/canary {tmp_path}/made/canary {home}/canary"
    )
    port = asked[0].rpartition(":")[2]
    return f"{words}; bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; echo GET / >&3'"


def traces(tmp_path: Path, asked: list[str]) -> list[str]:
    found = [path for name in ("canary", "copied") for path in tmp_path.rglob(name)]
    return [str(path.relative_to(tmp_path)) for path in found] + asked[1:]


def made(root: Path, session: Session, release: str, service: dict[str, Any]) -> Rehearsal:
    text = json.dumps({"release": release, "vendor": "Acme", "services": [service]})
    found = answers.check(answers.load(text, "answers.yaml"))
    planned = plan(found)
    project.create(root, planned.rendered | planned.state)
    return Rehearsal(root, planned.repo, found.values["services"], session)


def act(rehearsal: Rehearsal, engine: str) -> Act:
    (only,) = rehearse(rehearsal, engines([engine]), lambda words: None)
    return only


def kolla(root: Path, session: Session, hostile: str) -> Rehearsal:
    service = {"service_name": "acme-driver", "integration": "image", "build": "kolla"}
    rehearsal = made(root, session, "train", service | {"install": {"packages": ["acme-driver"]}})
    with (root / "kolla/template-overrides.j2").open("a") as file:
        file.write(JINJA.format(hostile.replace("'", "\\'")))
    return rehearsal


def tcib(root: Path, session: Session, hostile: str) -> Rehearsal:
    service = {"service_name": "acme-driver", "integration": "image", "build": "kolla"}
    rehearsal = made(root, session, "wallaby", service | {"install": {"packages": ["acme-driver"]}})
    (file,) = (root / "tcib/tcib").rglob("*.yaml")
    content = yaml.safe_load(file.read_text())
    lookup = "{{ lookup('pipe', command) }}".replace("command", json.dumps(hostile))
    content["tcib_actions"] = [*content.get("tcib_actions", []), {"run": lookup}]
    file.write_text(yaml.safe_dump(content))
    return rehearsal


def processed(root: Path, session: Session, hostile: str) -> Rehearsal:
    rehearsal = made(root, session, "train", {"service_name": "acme-agent"})
    template = JINJA.format(hostile.replace("'", "\\'"))
    (root / "docker/services/acme-more.j2.yaml").write_text(f"{template}heat_template_version: rocky\n")
    return rehearsal


CODE = [(kolla, "image"), (tcib, "image"), (processed, "tht")]


@pytest.mark.parametrize(("make", "engine"), CODE, ids=lambda one: getattr(one, "__name__", one))
def test_code_of_the_repository_leaves_no_trace(
    make: Callable[..., Rehearsal],
    engine: str,
    tmp_path: Path,
    session: Session,
    hostile: str,
    asked: list[str],
) -> None:
    found = act(make(tmp_path / "made", session, hostile), engine)
    assert found.state in ("passed", "failed"), found.reason
    assert traces(tmp_path, asked) == []


@pytest.mark.parametrize(("make", "engine"), CODE, ids=lambda one: getattr(one, "__name__", one))
def test_code_that_is_allowed_runs(
    make: Callable[..., Rehearsal], engine: str, tmp_path: Path, hostile: str, asked: list[str]
) -> None:
    """Else the test above would prove nothing."""
    with Session(allow_code=True) as session:
        act(make(tmp_path / "made", session, hostile), engine)
    assert {"canary", "made/canary", "copied", "home/canary", "/"} <= set(traces(tmp_path, asked))


def test_the_tools_of_the_templates_are_not_the_repositorys(
    tmp_path: Path, session: Session, asked: list[str]
) -> None:
    """`make overlay` copies every directory that a registered template lies in."""
    rehearsal = made(tmp_path / "made", session, "train", {"service_name": "acme-agent"})
    environment = rehearsal.root / rehearsal.environment
    environment.write_text(environment.read_text() + "  OS::TripleO::AcmeX: ../tools/acme.yaml\n")
    (rehearsal.root / "tools").mkdir()
    for name in ("process-templates.py", "yaml-validate.py"):
        (rehearsal.root / "tools" / name).write_text(f"open({str(tmp_path / 'canary')!r}, 'w')\n")
    act(rehearsal, "tht")
    assert traces(tmp_path, asked) == []


def test_a_kolla_config_writes_nothing_outside_its_container(tmp_path: Path, session: Session) -> None:
    rehearsal = made(tmp_path / "made", session, "train", {"service_name": "acme-agent"})
    template = rehearsal.root / "docker/services/acme-agent.yaml"
    up = "/.." * 12
    entry = f"{{source: /etc/acme.conf, dest: {up}{tmp_path}/canary, owner: root, perm: '0600'}}"
    text = template.read_text()
    assert "          command: " in text
    template.write_text(
        text.replace("          command: ", f"          config_files: [{entry}]\n          command: ", 1)
    )
    act(rehearsal, "kolla")
    assert not (tmp_path / "canary").exists()


def container(root: Path, session: Session, hostile: str) -> Rehearsal:
    """Its image is built by the command, and its container, which is privileged, runs it."""
    service = {
        "service_name": "acme-agent",
        "privileged": True,
        "launcher_script": "start.sh",
        "extra": {"dockerfile": ["USER root", f"RUN {hostile} || true", "USER cinder"]},
    }
    rehearsal = made(root, session, "train", service)
    vendor_inputs.bring(root, rehearsal.repo, root.with_name("inputs"))
    template = root / "docker/services/acme-agent.yaml"
    text = template.read_text()
    assert "exec " in text
    devices = "for disk in /dev/vd* /dev/sd* /dev/nvme*; do [ ! -b $disk ] || touch /tmp/disk; done"
    kernel = f"echo '|{root.parent}/canary' > /proc/sys/kernel/core_pattern"
    lines = [f"({hostile}) || true", f"({kernel}) || true", devices]
    template.write_text(
        text.replace(
            "exec ", "\n".join((lines[0], *(f"              {x}" for x in [*lines[1:], "exec "]))), 1
        )
    )
    return rehearsal


def test_images_and_privileged_containers_leave_no_trace(
    tmp_path: Path, session: Session, hostile: str, asked: list[str]
) -> None:
    container_programs()
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    found = act(container(tmp_path / "made", session, hostile), "run")
    assert found.state == "passed", (found.reason, found.result.findings)
    assert traces(tmp_path, asked) == []
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before
    assert any("ends up as" in fact for fact in found.result.facts)


@pytest.mark.parametrize("user", [[], ["unshare", "--user", "--map-user=1000", "--map-group=1000"]])
def test_what_is_mounted_below_is_read_and_not_written(user: list[str], tmp_path: Path) -> None:
    if os.geteuid():
        lacking("root", "sudo .venv/bin/pytest")
    mounted, work = tmp_path / "given/of a vendor", tmp_path / "work"
    for directory in (mounted, work):
        directory.mkdir(parents=True)
    code = (
        "import os, sys; from pathlib import Path; from scaffold.verify.confinement import Confinement; "
        "print(Confinement().run(['sh', '-c', sys.argv[3]], Path(sys.argv[1]), env={'PATH': os.defpath}, "
        "readable=[Path(sys.argv[2])]).stdout)"
    )
    inside = f"cd '{mounted}'; cat told; touch canary && echo written"
    command = [*user, sys.executable, "-c", code, str(work), str(mounted.parent), inside]
    mount = f"mount -t tmpfs tmpfs '{mounted}' && echo read > '{mounted}/told' && exec \"$@\""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", *command], capture_output=True, text=True
    )
    assert done.stdout.splitlines()[0] == "read", done.stdout + done.stderr
    assert "Read-only file system" in done.stdout
    assert "written" not in done.stdout


LASTING = f"sleep {86400 + os.getpid()}"  # its process is known by it


def lasting_jinja(root: Path, session: Session) -> Rehearsal:
    return kolla(root, session, LASTING)


def lasting_build(root: Path, session: Session) -> Rehearsal:
    container_programs()
    service = {
        "service_name": "acme-agent",
        "integration": "image",
        "install": {},
        "extra": {"dockerfile": [f"RUN {LASTING}"]},
    }
    return made(root, session, "train", service)


@pytest.mark.parametrize("make", [lasting_jinja, lasting_build], ids=lambda one: one.__name__)
def test_a_verify_that_is_killed_leaves_nothing_running(
    make: Callable[[Path, Session], Rehearsal], tmp_path: Path, session: Session
) -> None:
    rehearsal = make(tmp_path / "made", session)
    before = empty_control_groups()
    command = [sys.executable, "-m", "scaffold", "verify", str(rehearsal.root), "--engine", "image"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: LASTING in running(), 120)
    process.kill()
    process.wait()
    until(lambda: LASTING not in running(), 10)
    until(lambda: empty_control_groups() <= before, 10)
    left = forsaken(install.cache_directory(), "rehearsal-*")
    assert left
    with Session():  # the next one clears what it left
        pass
    assert not any(path.exists() for path in left)
    left = forsaken(Path(tempfile.gettempdir()), "vendor-scaffold-apart-*")
    assert left
    Confinement().run(["true"], tmp_path, env=processes.environment(tmp_path))
    assert not any(path.exists() for path in left)


def forsaken(parent: Path, pattern: str) -> list[Path]:
    """The directories of rehearsals that no process holds."""
    found = []
    for path in parent.glob(pattern):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                found.append(path)
            os.close(descriptor)
    return found


def until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def running() -> str:
    """The command lines of all processes; a bare machine has no ps."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            found.append(path.read_text(errors="replace").replace("\0", " "))
    return "\n".join(found)


def empty_control_groups() -> set[Path]:
    """Those of a rehearsal in which nothing runs: that of one that goes on is not empty."""
    found = [
        path for depth in ("", "*/") for path in Path("/sys/fs/cgroup").glob(f"{depth}vendor-scaffold-*")
    ]
    return {path for path in found if "populated 0" in (path / "cgroup.events").read_text()}


def test_where_no_namespace_can_be_had_nothing_of_the_repository_runs(
    tmp_path: Path, session: Session, hostile: str, asked: list[str]
) -> None:
    rehearsal = kolla(tmp_path / "made", session, hostile)
    verify = [sys.executable, "-m", "scaffold", "verify", str(rehearsal.root), "--engine", "image", "--json"]
    powerless = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]
    done = subprocess.run([*powerless, *verify], capture_output=True, text=True)
    (engine,) = json.loads(done.stdout)["engines"]
    assert engine["state"] == "not-run"
    assert "no namespace can be had" in engine["reason"]
    assert "--allow-code" in engine["remedy"]
    assert traces(tmp_path, asked) == []


@pytest.mark.parametrize(
    ("allow_code", "said"),
    [(False, "not proven without --allow-code: that acme_agent_loader"), (True, "without its privilege: ")],
)
def test_that_a_module_needs_its_privilege_is_the_kernels_to_say(
    allow_code: bool, said: str, tmp_path: Path
) -> None:
    container_programs()
    module = {"name": "acme_dev", "loader": "separate"}
    service = {"service_name": "acme-agent", "privileged": True, "kernel_module": module}
    with Session(allow_code=allow_code) as session:
        rehearsal = made(tmp_path / "made", session, "train", service)
        vendor_inputs.bring(rehearsal.root, rehearsal.repo, tmp_path / "inputs")
        found = act(rehearsal, "run")
    assert (found.state, found.result.findings) == ("passed", [])
    assert any(said in fact for fact in found.result.facts), found.result.facts
