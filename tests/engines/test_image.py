"""The images of a vendor: what the labels say is what was answered; what is not there is said."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scaffold import answers, project, releases
from scaffold.pipeline import plan
from scaffold.verify.containers.store import ContainerStore, Failed
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Act, rehearse
from scaffold.verify.session import Session

from ..system import container_programs
from ..test_hostile import CORPUS, value
from . import vendor_inputs

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True, scope="module")
def _programs() -> None:
    container_programs()


def rehearsal_of(service: dict[str, Any], root: Path, session: Session) -> Rehearsal:
    found = answers.check(answers.load(json.dumps({"services": [service]}), "answers.yaml"))
    planned = plan(found)
    project.create(root, planned.rendered | planned.state)
    return Rehearsal(root, planned.repo, found.values["services"], session)


def rehearsed(
    service: dict[str, Any], root: Path, session: Session, engine: str, brought: bool = False
) -> Act:
    """What one engine says of a repository with one service; its images have what they need where BROUGHT."""
    rehearsal = rehearsal_of(service, root, session)
    if brought:
        vendor_inputs.bring(root, rehearsal.repo, root.with_name("inputs"))
    (act,) = rehearse(rehearsal, engines([engine]), lambda words: None)
    return act


def test_labels_come_back_from_the_registry(tmp_path: Path, session: Session) -> None:
    texts = [value(case) for case in CORPUS["services.0.labels.description"] if case["expected"] == "accept"]
    texts += ["$HOME ${PATH} $5", "\\$HOME", 'a "b" \\']  # what the builder would put in, or take away
    labels = {f"case.{number}": text for number, text in enumerate(texts)}
    service = {"service_name": "acme-probe", "integration": "image", "labels": labels}
    act = rehearsed(service, tmp_path / "made", session, "image")
    assert [finding.saw for finding in act.result.findings] == []
    assert act.state == "passed"


@pytest.mark.parametrize("engine", ["image", "run"])
def test_what_the_vendor_has_not_brought_is_not_run(engine: str, tmp_path: Path, session: Session) -> None:
    act = rehearsed({"service_name": "acme-agent"}, tmp_path / "made", session, engine)
    assert (act.state, act.reason) == ("not run", "containers/acme-agent/acme-agent is not here")
    assert "README" in act.remedy


def test_no_container_of_an_image_that_another_builder_makes_is_started(
    tmp_path: Path, session: Session
) -> None:
    service = {"service_name": "acme-agent", "build": "kolla", "install": {"packages": ["acme-agent"]}}
    act = rehearsed(service, tmp_path / "made", session, "run")
    assert (act.state, act.result.findings) == ("passed", [])
    assert act.result.facts == [
        "not proven: the image of acme-agent is not built here, so nothing of it is started"
    ]


def test_a_dockerfile_that_is_gone_is_a_finding(tmp_path: Path, session: Session) -> None:
    rehearsal = rehearsal_of(
        {"service_name": "acme-probe", "integration": "image"}, tmp_path / "made", session
    )
    (rehearsal.root / "containers/acme-probe/Dockerfile").unlink()
    (act,) = rehearse(rehearsal, engines(["image"]), lambda words: None)
    (finding,) = act.result.findings
    assert (act.state, finding.place) == ("failed", "containers/acme-probe/Dockerfile")
    assert finding.saw.startswith("make build: ")


def test_a_program_that_is_missing_is_not_run(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name == "buildah" else f"/bin/{name}")
    act = rehearsed({"service_name": "acme-agent"}, tmp_path / "made", session, "image")
    assert (act.state, act.reason) == ("not run", "buildah: not installed")
    assert act.remedy.startswith("apt-get install")


@pytest.mark.parametrize("allow_code", [False, True])
def test_a_closed_store_leaves_nothing_behind(allow_code: bool, tmp_path: Path) -> None:
    store = ContainerStore(tmp_path / "store", allow_code=allow_code)
    address = store.registry()
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    store.run("buildah", "build", "--tag", "localhost/left", store.lend(context))
    store.run("buildah", "from", "localhost/left")
    store.close()
    assert not store.directory.exists()
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()
    ours = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}
    assert not any(address in _arguments(pid) or str(tmp_path) in _arguments(pid) for pid in ours)


@pytest.mark.parametrize("allow_code", [False, True])
def test_a_command_that_does_not_end_is_ended_and_the_next_one_runs(allow_code: bool, tmp_path: Path) -> None:
    store = ContainerStore(tmp_path / "store", allow_code=allow_code)
    stubborn = ["sh", "-c", "trap '' TERM; sleep 98765; true"]
    try:
        with pytest.raises(Failed) as failure:
            store.run(*(["sleep", "98765"] if allow_code else stubborn), timeout=1)
        assert failure.value.log == "it does not end within 1 s"
        assert store.run("echo", "next") == "next\n"
    finally:
        store.close()


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """An archive on a server of this machine, as `install.archives` names it."""
    (tmp_path / "served/acme-2.1/lib").mkdir(parents=True)
    (tmp_path / "served/acme-2.1/lib/acme.so").write_text("code\n")
    with tarfile.open(tmp_path / "served/acme-2.1.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "served/acme-2.1", "acme-2.1")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        content = (tmp_path / "served/acme-2.1.tar.gz").read_bytes()
        yield {
            "url": f"http://127.0.0.1:{server.server_port}/acme-2.1.tar.gz",
            "sha256": hashlib.sha256(content).hexdigest(),
            "to": "/opt/acme",
            "strip": 1,
        }
        server.shutdown()


def drivers(archive: dict[str, Any]) -> dict[str, Any]:
    install = {
        "rpm_files": ["acme-*.rpm"],
        "archives": [archive],
        "python_sources": ["acme", {"name": "stora", "into": "cinder.volume.drivers"}],
    }
    return {"service_name": "acme-driver", "integration": "image", "install": install}


def test_archives_and_sources_arrive(archive: dict[str, Any], tmp_path: Path, session: Session) -> None:
    service = drivers(archive) | {
        "extra": {"dockerfile": ["RUN cat /opt/acme/lib/acme.so && python3 -c 'import acme.driver'"]}
    }
    act = rehearsed(service, tmp_path / "made", session, "image", brought=True)
    assert [finding.saw for finding in act.result.findings] == []
    assert act.state == "passed"
    assert "rpm -q acme: acme-2.1-1.noarch" in act.result.facts


FILES: list[Any] = [
    {"source": "acme.conf", "to": "/etc/acme/", "mode": "0640", "owner": "root:cinder"},
    {"source": "etc/tree/", "to": "/opt/tree", "mode": "0600", "owner": "cinder"},
    {"source": "stora.py", "into": "cinder.volume.drivers"},
    "0001-acme.patch",
    "acme-2.1.rpm",
    {"to": "/var/lib/acme/", "owner": "cinder", "mode": "0750"},
    {"to": "/etc/acme", "mode": "0700"},
]
ARRIVED = [
    "RUN stat -c %a:%U:%G /etc/acme/acme.conf | grep 640:root:cinder",
    "RUN stat -c %a:%U /opt/tree /opt/tree/driver.py | tr '\\n' ' ' | grep '700:cinder 600:cinder'",
    "RUN stat -c %a:%U /var/lib/acme /etc/acme | tr '\\n' ' ' | grep '750:cinder 700:root'",
    "RUN python3 -c 'import cinder.volume.drivers.stora, acme_patched'",
    "RUN grep code /opt/zip/acme.so && rpm -q acme && test ! -e /tmp/0001-acme.patch",
]


def test_files_arrive_with_owner_and_mode(archive: dict[str, Any], tmp_path: Path, session: Session) -> None:
    packed = tmp_path / "served/acme.zip"
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("acme.so", "code\n")
    served = {
        "url": archive["url"].replace("acme-2.1.tar.gz", "acme.zip"),
        "sha256": hashlib.sha256(packed.read_bytes()).hexdigest(),
        "to": "/opt/zip",
    }
    service = {"service_name": "acme-driver", "integration": "image"}
    service |= {"install": {"files": [*FILES, served]}, "extra": {"dockerfile": ARRIVED}}
    act = rehearsed(service, tmp_path / "made", session, "image", brought=True)
    assert [finding.saw for finding in act.result.findings] == []
    assert act.state == "passed", act.reason


def test_an_archive_of_another_checksum_is_not_unpacked(
    archive: dict[str, Any], tmp_path: Path, session: Session
) -> None:
    service = drivers(archive | {"sha256": "0" * 64})
    act = rehearsed(service, tmp_path / "made", session, "image", brought=True)
    (finding,) = act.result.findings
    assert "acme-2.1.tar.gz: FAILED" in finding.saw
    assert finding.path == "containers/acme-driver/Dockerfile"


def test_an_archive_out_of_reach_is_not_run(
    archive: dict[str, Any], tmp_path: Path, session: Session
) -> None:
    url = "http://127.0.0.1:9/acme-2.1.tar.gz"
    service = drivers(archive | {"url": url})
    act = rehearsed(service, tmp_path / "made", session, "image", brought=True)
    assert (act.state, act.reason) == ("not run", f"{url} cannot be read from here")


BASES = {  # a release and its base images: of the distribution, and of Red Hat's versions
    (name, version): base.python
    for name in releases.NAMES
    for version, base in releases.load(name).bases.items()
}


@pytest.mark.parametrize(
    ("release", "version"),
    [
        pytest.param(*one, marks=[] if one in EVERYDAY else [pytest.mark.slow])
        for one in BASES
        for EVERYDAY in [{("queens", "13"), ("train", "rdo"), ("train", "16.2"), ("wallaby", "17.1")}]
    ],
)
@pytest.mark.parametrize("base", ["cinder-volume"])
def test_what_a_layer_uses_is_there(
    release: str, version: str, base: str, archive: dict[str, Any], tmp_path: Path, session: Session
) -> None:
    """pip and what archives are unpacked with: no base image is taken to have them."""
    install = {"pip": ["acme-driver==2.1"], "archives": [archive]}
    service = {
        "service_name": "acme-driver",
        "integration": "image",
        "base_image": base,
        "install": install,
        "extra": {"dockerfile": ["RUN test -e /opt/acme/lib/acme.so"]},
    }
    asked = {"release": release} if version == "rdo" else {"release": version, "distribution": "rhosp"}
    found = answers.check(answers.load(json.dumps({"services": [service]} | asked), "answers.yaml"))
    planned = plan(found)
    root = tmp_path / "made"
    project.create(root, planned.rendered | planned.state)
    vendor_inputs.bring(root, planned.repo, tmp_path / "inputs")
    rehearsal = Rehearsal(root, planned.repo, found.values["services"], session)
    (act,) = rehearse(rehearsal, engines(["image"]), lambda words: None)
    assert [finding.saw for finding in act.result.findings] == []
    assert act.state == "passed"
    assert any("acme-driver==2.1" in fact for fact in act.result.facts), act.result.facts


ABSENT = {
    "queens": ("pip --version", "python2 -m pip --version", "tar --version", "curl --version", "modprobe -V"),
    "train": ("tar --version", "unzip", "git --version"),
    "wallaby": ("python3 -m pip --version", "unzip", "wget --version", "xz --version", "modprobe -V"),
}


@pytest.mark.parametrize("release", ABSENT)
def test_a_stand_in_has_nothing_that_the_stock_image_may_lack(
    release: str, tmp_path: Path, session: Session
) -> None:
    lines = [f"RUN ! {command}" for command in ABSENT[release]]
    lines += ["RUN command -v rsync || command -v tar || command -v which || command -v ps"]
    service = {"service_name": "acme-driver", "integration": "image", "extra": {"dockerfile": lines}}
    found = answers.check(
        answers.load(json.dumps({"services": [service], "release": release}), "answers.yaml")
    )
    planned = plan(found)
    project.create(tmp_path / "made", planned.rendered | planned.state)
    rehearsal = Rehearsal(tmp_path / "made", planned.repo, found.values["services"], session)
    (act,) = rehearse(rehearsal, engines(["image"]), lambda words: None)
    assert [finding.saw for finding in act.result.findings] == []
    assert act.state == "passed"
