"""What a layer installs, and how: the Dockerfile as the vendor reads it, and what must be brought for it."""

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
from scaffold.pipeline import plan
from scaffold.verify.engines.linters import lint

from .system import installed

SUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
URL = "https://downloads.acme.example/acme-driver-2.1.tar.gz"


def rendered(install: dict[str, Any], **more: Any) -> dict[str, str]:
    service = {"service_name": "acme-driver", "integration": "image", "install": install} | more
    release = service.pop("release", "wallaby")
    text = json.dumps({"vendor": "Acme", "release": release, "services": [service]})
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    return {name: file.content.decode() for name, file in planned.rendered.items()}


def layer(install: dict[str, Any], **more: Any) -> str:
    """The instructions of the Dockerfile between those of every layer."""
    text = rendered(install, **more)["containers/acme-driver/Dockerfile"]
    return text.partition("USER root\n")[2].rpartition("USER ")[0]


def test_an_archive_is_compared_with_its_checksum_before_it_is_unpacked() -> None:
    archive = {"url": URL, "sha256": SUM, "to": "/opt/acme", "strip": 1}
    assert (
        layer({"archives": [archive]})
        == f"""\
# What the steps below use, if the stock image lacks it.
RUN {{ command -v curl || dnf install -y curl; }} \\
    && {{ command -v gzip || dnf install -y gzip; }} \\
    && dnf clean all \\
    && rm -rf /var/cache/dnf
RUN curl -fsSL -o /tmp/acme-driver-2.1.tar.gz {URL} \\
    && echo "{SUM}  /tmp/acme-driver-2.1.tar.gz" > /tmp/SHA256SUM \\
    && sha256sum -c /tmp/SHA256SUM \\
    && mkdir -p /opt/acme \\
    && tar -xzf /tmp/acme-driver-2.1.tar.gz -C /opt/acme --no-same-owner --strip-components=1 \\
    && rm /tmp/acme-driver-2.1.tar.gz /tmp/SHA256SUM
"""
    )


@pytest.mark.parametrize(("release", "python"), [("train", "python"), ("wallaby", "python3")])
def test_a_source_tree_goes_where_python_looks(release: str, python: str) -> None:
    """No version of Python stands in the Dockerfile: the next release has another one."""
    trees = ["acme", {"name": "stora", "into": "cinder.volume.drivers"}]
    assert (
        layer({"python_sources": trees}, release=release)
        == f"""\
COPY acme /tmp/acme
RUN site=$({python} -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \\
    && cp -r /tmp/acme "$site/" \\
    && {python} -m compileall -q "$site/acme" \\
    && rm -r /tmp/acme
COPY stora /tmp/stora
RUN site=$({python} -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \\
    && cp -r /tmp/stora "$site/cinder/volume/drivers/" \\
    && {python} -m compileall -q "$site/cinder/volume/drivers/stora" \\
    && rm -r /tmp/stora
"""
    )


def test_a_pattern_stands_for_the_rpm_files_that_are_there() -> None:
    assert (
        layer({"rpm_files": ["acme-*.rpm", "libacme~1.rpm"]})
        == """\
COPY acme-*.rpm libacme~1.rpm /tmp/
RUN dnf install -y \\
      /tmp/acme-*.rpm \\
      '/tmp/libacme~1.rpm' \\
    && dnf clean all \\
    && rm -rf /var/cache/dnf /tmp/acme-*.rpm '/tmp/libacme~1.rpm'
"""
    )


def test_security_updates_come_first_and_from_the_repositories_that_are_asked_for() -> None:
    install = {
        "security_updates": True,
        "disabled_repos": ["*"],
        "enabled_repos": ["acme", "rhel-8-for-x86_64-baseos-eus-rpms"],
        "repo_files": ["acme.repo"],
        "packages": ["acme-driver"],
    }
    assert (
        layer(install)
        == """\
COPY acme.repo /etc/yum.repos.d/
RUN dnf update-minimal -y --security --disablerepo='*' --enablerepo=acme,rhel-8-for-x86_64-baseos-eus-rpms \\
    && dnf install -y --disablerepo='*' --enablerepo=acme,rhel-8-for-x86_64-baseos-eus-rpms \\
      acme-driver \\
    && dnf clean all \\
    && rm -rf /var/cache/dnf
RUN rm /etc/yum.repos.d/acme.repo
"""
    )
    assert (
        layer({"security_updates": True}, release="train")
        == """\
RUN yum update-minimal -y --security \\
    && yum clean all \\
    && rm -rf /var/cache/yum
"""
    )


def test_pip_looks_into_a_further_index() -> None:
    install = {
        "pip": ["acme-driver==2.1", "acme-2.1.tar.gz"],
        "pip_index": "https://pypi.acme.example/simple",
    }
    assert (
        layer(install)
        == """\
# What the steps below use, if the stock image lacks it.
RUN { python3 -m pip --version || dnf install -y python3-pip; } \\
    && dnf clean all \\
    && rm -rf /var/cache/dnf
COPY acme-2.1.tar.gz /tmp/
RUN python3 -m pip install --no-cache-dir --extra-index-url=https://pypi.acme.example/simple \\
      acme-driver==2.1 \\
      /tmp/acme-2.1.tar.gz \\
    && rm /tmp/acme-2.1.tar.gz
"""
    )


EVERYTHING: dict[str, Any] = {
    "security_updates": True,
    "enabled_repos": ["acme"],
    "repo_files": ["acme.repo"],
    "rpm_files": ["acme-*.rpm"],
    "packages": ["acme"],
    "pip": ["acme==2.1"],
    "pip_index": "https://pypi.acme.example/simple",
    "archives": [{"url": URL, "sha256": SUM, "to": "/opt/acme"}],
    "python_sources": [{"name": "stora", "into": "cinder.volume.drivers"}],
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    text = json.dumps(
        {"services": [{"service_name": "acme-driver", "integration": "image", "install": EVERYTHING}]}
    )
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(tmp_path / "made", planned.rendered | planned.state)
    return tmp_path / "made"


def test_make_inputs_and_the_readme_name_what_must_be_brought(repo: Path) -> None:
    folder = repo / "containers/acme-driver"
    command = [installed("make"), "inputs"]
    said = subprocess.run(command, cwd=repo, capture_output=True, text=True).stderr
    wanted = ["acme.repo", "acme-*.rpm", "stora"]
    assert re.findall(r"^missing: containers/acme-driver/(.*)$", said, re.M) == wanted
    readme = (repo / "README.md").read_text()
    assert "- `stora/`: the Python sources that go into `cinder.volume.drivers`." in readme
    assert "`acme-*.rpm`" in readme
    assert "adds nothing" not in readme
    (folder / "acme.repo").touch()
    (folder / "acme-2.1-1.noarch.rpm").touch()
    (folder / "stora").mkdir()
    (folder / "licenses/LICENSE").write_text("Apache-2.0\n")
    assert subprocess.run(command, cwd=repo).returncode == 0


REFUSED = {
    "no checksum": ({"archives": [{"url": URL, "to": "/opt"}]}, "sha256: is missing"),
    "a zip": (
        {"archives": [{"url": "https://a.example/b.zip", "sha256": SUM, "to": "/opt"}]},
        "must be the URL of a .tar, .tar.gz, .tgz or .tar.xz file",
    ),
    "a password in a URL": (
        {"archives": [{"url": "https://me:secret@a.example/b.tar", "sha256": SUM, "to": "/opt"}]},
        "must be the URL",
    ),
    "a password in an index": (
        {"pip": ["a==1"], "pip_index": "https://me:secret@a.example/simple"},
        "must be a URL that starts with https://, without a user",
    ),
    "an index for nothing": ({"pip_index": "https://a.example"}, "pip installs nothing; name it under pip"),
    "repositories for nothing": ({"enabled_repos": ["a"]}, "nothing is installed from it; name packages"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    install, message = REFUSED[case]
    with pytest.raises(AnswersError, match=re.escape(message)):
        rendered(install)


def test_kolla_refuses_what_its_own_templates_decide() -> None:
    with pytest.raises(AnswersError) as caught:
        rendered(EVERYTHING, build="kolla", release="train")
    assert {fault.path.rpartition(".")[2] for fault in caught.value.faults} == {
        "security_updates",
        "enabled_repos",
    }


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_rules_and_linters_find_nothing(release: str, tmp_path: Path) -> None:
    text = json.dumps(
        {
            "release": release,
            "services": [{"service_name": "acme-driver", "integration": "image", "install": EVERYTHING}],
        }
    )
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(tmp_path / "made", planned.rendered | planned.state)
    assert check(tmp_path / "made", strict=True) == 0
    assert lint(tmp_path / "made", Path(sys.executable).parent) == []


def test_python_2_has_no_package_of_pip_so_the_vendor_brings_one() -> None:
    install = {"pip": ["acme-driver==2.1"]}
    wheel = "pip-20.3.4-py2.py3-none-any.whl"
    assert (
        layer(install, release="queens")
        == f"""\
# What the steps below use, if the stock image lacks it.
RUN {{ python -c 'import setuptools' || yum install -y python-setuptools; }} \\
    && yum clean all \\
    && rm -rf /var/cache/yum
COPY {wheel} /tmp/
RUN python /tmp/{wheel}/pip install --no-cache-dir --no-index /tmp/{wheel} \\
    && python -m pip install --no-cache-dir \\
      acme-driver==2.1 \\
    && rm /tmp/{wheel}
"""
    )
    files = rendered(install, release="queens")
    assert f"containers/acme-driver/{wheel} \\" in files["Makefile"]
    assert (
        "pip download --no-deps --dest containers/acme-driver pip==20.3.4` brings it." in files["README.md"]
    )


def test_a_pip_of_the_vendor_s_own_is_taken() -> None:
    wheel = "pip-9.0.3-py2.py3-none-any.whl"
    text = layer({"pip": [wheel, "acme-driver==2.1"]}, release="queens")
    assert f"RUN python /tmp/{wheel}/pip install" in text
    assert "20.3.4" not in text


def test_what_the_base_is_known_to_have_or_a_package_brings_is_not_installed_again() -> None:
    assert "python3-pip" not in layer({"pip": ["acme==1"]}, release="16.2")  # in kolla's list
    archive = {"url": URL, "sha256": SUM, "to": "/opt/acme"}
    text = layer({"archives": [archive], "packages": ["gzip", "curl"]})
    assert "command -v" not in text
    every = layer({"archives": [archive | {"url": URL.replace("gz", "xz")}]}, release="queens")
    assert re.findall(r"command -v (\w+) \|\| yum install -y (\w+);", every) == [
        ("curl", "curl"),
        ("tar", "tar"),
        ("xz", "xz"),
    ]


def test_the_tools_come_from_the_repositories_that_are_asked_for() -> None:
    install = {"pip": ["acme==1"], "disabled_repos": ["*"], "enabled_repos": ["acme"]}
    assert "|| dnf install -y --disablerepo='*' --enablerepo=acme python3-pip;" in layer(install)


@pytest.mark.parametrize(
    ("release", "path"), [("wallaby", "tcib/tcib/"), ("train", "kolla/template-overrides.j2")]
)
def test_tripleo_s_own_builds_bring_the_tools_too(release: str, path: str) -> None:
    archive = {"url": URL, "sha256": SUM, "to": "/opt/acme"}
    made = rendered({"pip": ["acme==1"], "archives": [archive]}, build="kolla", release=release)
    (text,) = (text for name, text in made.items() if name.startswith(path))
    assert re.search(r"\{ command -v gzip \|\| (yum|dnf) install -y gzip; \}", text)
    if release == "wallaby":
        assert "{ python3 -m pip --version || dnf install -y python3-pip; }" in text
    else:
        assert "python /tmp/pip-20.3.4-py2.py3-none-any.whl/pip install" in text
