"""`install.files`: whatever an image gets, in one form; copied, unpacked, installed, applied as a patch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.commands.check import check
from scaffold.errors import AnswersError
from scaffold.pipeline import Plan, plan
from scaffold.verify.engines.linters import lint

from .system import installed

SUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
URL = "https://downloads.acme.example"


def planned(files: list[Any], **more: Any) -> Plan:
    release = more.pop("release", "wallaby")
    install = {"files": files} | more.pop("install", {})
    service = {"service_name": "acme-driver", "integration": "image", "install": install} | more
    text = json.dumps({"vendor": "Acme", "release": release, "services": [service]})
    return plan(answers.check(answers.load(text, "answers.yaml")))


def layer(files: list[Any], **more: Any) -> str:
    """The instructions of the Dockerfile for FILES."""
    text = planned(files, **more).rendered["containers/acme-driver/Dockerfile"].content.decode()
    body = text.partition("USER root\n")[2].rpartition("USER ")[0]
    return re.sub(r"# What the steps below use.*?rm -rf /var/cache/\w+\n", "", body, flags=re.DOTALL)


SITE = "RUN site=$(python3 -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))') \\\n"
FETCH = f"""\
    && echo "{SUM}  /tmp/FILE" > /tmp/SHA256SUM \\
    && sha256sum -c /tmp/SHA256SUM \\
"""
CASES: dict[str, tuple[Any, str]] = {
    "a file": (
        {"source": "acme.conf", "to": "/etc/acme/acme.conf", "mode": "0640", "owner": "root:cinder"},
        """\
COPY acme.conf /etc/acme/acme.conf
RUN chown root:cinder /etc/acme/acme.conf \\
    && chmod 0640 /etc/acme/acme.conf
""",
    ),
    "a file into a directory": (
        {"source": "etc/acme.conf", "to": "/etc/acme/"},
        "COPY etc/acme.conf /etc/acme/acme.conf\n",
    ),
    "a directory": (
        {"source": "opt/emc/", "to": "/opt/emc", "owner": "cinder", "mode": "0644"},
        """\
COPY opt/emc /opt/emc
RUN chown -R cinder /opt/emc \\
    && chmod -R a-x,u=rwX,g=rX,o=rX /opt/emc
""",
    ),
    "a directory of programs": (
        {"source": "bin/", "to": "/opt/acme/", "mode": "0750"},
        "COPY bin /opt/acme/bin\nRUN chmod -R 0750 /opt/acme/bin\n",
    ),
    "a module of a package": (
        {"source": "scaleio.py", "into": "os_brick.initiator.connectors"},
        "COPY scaleio.py /tmp/scaleio.py\n"
        + SITE
        + """\
    && cp -r /tmp/scaleio.py "$site/os_brick/initiator/connectors/" \\
    && python3 -m compileall -q "$site/os_brick/initiator/connectors/scaleio.py" \\
    && rm -r /tmp/scaleio.py
""",
    ),
    "a patch": (
        "0001-fix.patch",
        "COPY 0001-fix.patch /tmp/0001-fix.patch\n"
        + SITE
        + """\
    && patch -d "$site" -N -p1 -i /tmp/0001-fix.patch \\
    && rm /tmp/0001-fix.patch
""",
    ),
    "a patch elsewhere": (
        {"source": "a.diff", "to": "/usr/share/acme", "strip": 0},
        """\
COPY a.diff /tmp/a.diff
RUN patch -d /usr/share/acme -N -p0 -i /tmp/a.diff \\
    && rm /tmp/a.diff
""",
    ),
    "requirements": (
        {"source": "requirements.txt", "action": "pip"},
        """\
COPY requirements.txt /tmp/requirements.txt
RUN python3 -m pip install --no-cache-dir -r /tmp/requirements.txt \\
    && rm /tmp/requirements.txt
""",
    ),
    "an RPM of a server": (
        {"url": f"{URL}/acme-2.1.rpm", "sha256": SUM},
        f"RUN curl -fsSL -o /tmp/acme-2.1.rpm {URL}/acme-2.1.rpm \\\n"
        + FETCH.replace("FILE", "acme-2.1.rpm")
        + """\
    && dnf install -y /tmp/acme-2.1.rpm \\
    && dnf clean all \\
    && rm -rf /var/cache/dnf /tmp/acme-2.1.rpm /tmp/SHA256SUM
""",
    ),
    "a wheel of a server": (
        {"url": f"{URL}/acme-2.1-py3-none-any.whl", "sha256": SUM},
        f"RUN curl -fsSL -o /tmp/acme-2.1-py3-none-any.whl {URL}/acme-2.1-py3-none-any.whl \\\n"
        + FETCH.replace("FILE", "acme-2.1-py3-none-any.whl")
        + """\
    && python3 -m pip install --no-cache-dir /tmp/acme-2.1-py3-none-any.whl \\
    && rm /tmp/acme-2.1-py3-none-any.whl /tmp/SHA256SUM
""",
    ),
    "sources for pip of a server": (
        {"url": f"{URL}/acme-2.1.tar.gz", "sha256": SUM, "action": "pip"},
        f"RUN curl -fsSL -o /tmp/acme-2.1.tar.gz {URL}/acme-2.1.tar.gz \\\n"
        + FETCH.replace("FILE", "acme-2.1.tar.gz")
        + """\
    && python3 -m pip install --no-cache-dir /tmp/acme-2.1.tar.gz \\
    && rm /tmp/acme-2.1.tar.gz /tmp/SHA256SUM
""",
    ),
    "a zip of a server": (
        {"url": f"{URL}/acme.zip", "sha256": SUM, "to": "/opt/acme"},
        f"RUN curl -fsSL -o /tmp/acme.zip {URL}/acme.zip \\\n"
        + FETCH.replace("FILE", "acme.zip")
        + """\
    && mkdir -p /opt/acme \\
    && unzip -q /tmp/acme.zip -d /opt/acme \\
    && rm /tmp/acme.zip /tmp/SHA256SUM
""",
    ),
    "an archive of the vendor": (
        {"source": "acme.tar.gz", "to": "/opt/acme", "strip": 1, "owner": "cinder"},
        """\
# hadolint ignore=DL3010
COPY acme.tar.gz /tmp/acme.tar.gz
RUN mkdir -p /opt/acme \\
    && tar -xzf /tmp/acme.tar.gz -C /opt/acme --no-same-owner --strip-components=1 \\
    && rm /tmp/acme.tar.gz \\
    && chown -R cinder /opt/acme
""",
    ),
    "a directory that is made": (
        {"to": "/var/lib/acme/", "owner": "cinder", "mode": "0750"},
        """\
RUN mkdir -p /var/lib/acme \\
    && chown -R cinder /var/lib/acme \\
    && chmod -R 0750 /var/lib/acme
""",
    ),
    "what a package brought": (
        {"to": "/usr/bin/acme", "mode": "0755"},
        "RUN chmod 0755 /usr/bin/acme\n",
    ),
    "an archive that stays one": (
        {"source": "acme.tar", "to": "/usr/share/acme/", "action": "copy"},
        "COPY acme.tar /usr/share/acme/acme.tar\n",
    ),
    "a program of a server": (
        {"url": f"{URL}/acmectl", "sha256": SUM, "to": "/usr/bin/", "mode": "0755"},
        f"RUN curl -fsSL -o /tmp/acmectl {URL}/acmectl \\\n"
        + FETCH.replace("FILE", "acmectl")
        + """\
    && mkdir -p /usr/bin \\
    && mv /tmp/acmectl /usr/bin/acmectl \\
    && rm /tmp/SHA256SUM \\
    && chmod 0755 /usr/bin/acmectl
""",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_becomes_what_its_ending_or_action_says(case: str, tmp_path: Path) -> None:
    file, wanted = CASES[case]
    assert layer([file]) == wanted
    made = planned([file])
    project.create(tmp_path / "made", made.rendered | made.state)
    assert check(tmp_path / "made", strict=True) == 0


@pytest.mark.parametrize("release", ["queens", "wallaby"])
def test_rpms_and_wheels_of_the_vendor_go_with_the_others(release: str) -> None:
    """In one transaction of the package manager, and of pip; make inputs and verify know them as such."""
    files = ["acme.rpm", "acme-2.1-py3-none-any.whl"]
    (service,) = planned(files, install={"rpm_files": ["b.rpm"]}, release=release).repo.services
    assert service.image
    assert service.image.install.rpm_files == ["b.rpm", "acme.rpm"]
    assert service.image.install.pip == ["acme-2.1-py3-none-any.whl"]
    assert not service.image.install.files
    assert bool(service.image.install.pip_wheel) == (release == "queens")


def test_what_a_build_takes_away_again_is_in_no_layer() -> None:
    for file, squashed in (("a.patch", True), ({"source": "a", "to": "/a"}, False)):
        makefile = planned([file]).rendered["Makefile"].content.decode()
        assert ("build $(FORMAT) $(ONE_LAYER)" in makefile) == squashed


def test_python_2_gets_its_pip_for_a_list_of_requirements_too() -> None:
    text = layer([{"source": "requirements.txt", "action": "pip"}], release="queens")
    wheel = "/tmp/pip-20.3.4-py2.py3-none-any.whl"
    first = f"RUN python {wheel}/pip install --no-cache-dir --no-index {wheel} \\\n    && rm {wheel}\n"
    assert text.index(first) < text.index("RUN python -m pip install --no-cache-dir -r /tmp/requirements.txt")


def test_old_releases_of_docker_get_no_option_that_they_do_not_know() -> None:
    every = [file for file, _ in CASES.values()]
    text = layer(every, release="queens")
    assert not re.search(r"^(COPY|ADD) --", text, re.MULTILINE)
    assert "python3" not in text


def test_what_is_brought_is_in_make_inputs_and_the_readme(tmp_path: Path) -> None:
    made = planned([file for file, _ in CASES.values()])
    project.create(tmp_path / "made", made.rendered | made.state)
    command = [installed("make"), "inputs"]
    said = subprocess.run(command, cwd=tmp_path / "made", capture_output=True, text=True).stderr
    brought = [
        file if isinstance(file, str) else file["source"]
        for file, _ in CASES.values()
        if isinstance(file, str) or "source" in file
    ]
    assert sorted(re.findall(r"^missing: containers/acme-driver/(.*)$", said, re.M)) == sorted(brought)
    readme = (tmp_path / "made/README.md").read_text()
    for name in brought:
        assert f"- `{name}`: " in readme
    assert "- `opt/emc/`: what goes to `/opt/emc`." in readme
    assert "- `scaleio.py`: what goes into `os_brick.initiator.connectors`." in readme
    assert "adds nothing" not in readme


def test_what_files_need_is_brought_where_the_base_may_lack_it() -> None:
    made = planned([{"url": f"{URL}/a.zip", "sha256": SUM, "to": "/opt"}, "a.patch"])
    text = made.rendered["containers/acme-driver/Dockerfile"].content.decode()
    for tool in ("curl", "unzip", "patch"):
        assert f"command -v {tool} || dnf install -y {tool}" in text


@pytest.mark.parametrize(("release", "path"), [("train", "kolla/template-overrides.j2"), ("wallaby", "tcib")])
def test_the_release_s_own_build_does_the_same(release: str, path: str) -> None:
    every = [file for file, _ in CASES.values()]
    made = planned(every, release=release, build="kolla")
    text = "".join(file.content.decode() for name, file in made.rendered.items() if name.startswith(path))
    for words in (
        "chmod 0640 /etc/acme/acme.conf",
        "-N -p1 -i /",
        "unzip -q /tmp/acme.zip -d /opt/acme",
        "scaleio.py",
        "--strip-components=1",
    ):
        assert words in text


@pytest.mark.parametrize("base", ["cinder-volume", "horizon"])
def test_linters_have_nothing_against_it(base: str, tmp_path: Path) -> None:
    short = [{"to": "/usr/bin/a", "mode": "0755"}, {"to": "/usr/bin/b", "mode": "0755"}]
    every = [*(file for file, _ in CASES.values()), *short]
    more: dict[str, Any] = {"install": {"repo_files": ["a.repo"]}, "extra": {"dockerfile": ["RUN ldconfig"]}}
    made = planned(every, base_image=base, **more)
    project.create(tmp_path / "made", made.rendered | made.state)
    (tmp_path / "made/containers/acme-driver/licenses/LICENSE").write_text("Apache-2.0\n")
    assert lint(tmp_path / "made", Path(sys.executable).parent) == []


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ({"mode": "0644"}, "files[0]: missing: source or url"),
    "nothing of what is there": ({"to": "/opt"}, "files[0]: missing: mode or owner"),
    "both": ({"source": "a", "url": f"{URL}/a", "sha256": SUM, "to": "/a"}, "files[0].url: "),
    "no checksum": ({"url": f"{URL}/a.rpm"}, "files[0]: missing: sha256"),
    "a checksum of its own": ({"source": "a.rpm", "sha256": SUM}, "files[0].sha256: "),
    "no place": ("acme.conf", "files[0]: missing: to"),
    "two places": ({"source": "a.py", "to": "/a", "into": "cinder"}, "files[0].into: "),
    "no place of an archive": ("a.tar", "files[0]: missing: to"),
    "the place of an RPM": ({"source": "a.rpm", "to": "/a"}, "files[0].to: "),
    "the mode of a patch": ({"source": "a.patch", "mode": "0644"}, "files[0].mode: "),
    "a pattern": ({"source": "*.conf", "to": "/etc/"}, "files[0].source: "),
    "strip of a zip": ({"source": "a.zip", "to": "/a", "strip": 1}, "files[0].strip: "),
    "strip of a copy": ({"source": "a", "to": "/a", "strip": 1}, "files[0].strip: "),
    "a package to unpack": ({"source": "a.rpm", "to": "/a", "action": "unpack"}, "files[0].action: "),
    "outside": ({"source": "../a", "to": "/a"}, "files[0].source: must be"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    file, message = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        planned([file])
    assert f"services[0].install.{message}" in str(caught.value.faults[0])
