"""Several images of one service say once what they share; ARG, labels made of it, and empty labels."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.commands.check import check
from scaffold.documents import Dockerfile
from scaffold.documents.labels import labels
from scaffold.errors import AnswersError
from scaffold.pipeline import Plan, plan
from scaffold.verify.engines.linters import lint

IMAGES = [
    {"base_image": "cinder-volume", "install": {"packages": ["acme-volume"]}},
    {"base_image": "nova-compute", "labels": {"summary": "Acme for nova"}, "dockerfile": ["ENV ACME=1"]},
    {"base_image": "glance-api", "install": {"pip_index": "https://own.acme.example/simple"}},
]
SHARED: dict[str, Any] = {
    "install": {
        "packages": ["acme-common"],
        "pip": ["acme==2.1"],
        "pip_index": "https://pypi.acme.example/simple",
        "files": [{"source": "opt/", "to": "/opt"}],
    },
    "labels": {"summary": "Acme drivers", "url": "https://acme.example"},
    "extra": {"dockerfile": ["RUN chmod 0755 /opt/acme"]},
}


def planned(release: str = "wallaby", **service: Any) -> Plan:
    asked = {"service_name": "acme-drivers", "integration": "image"} | service
    text = json.dumps({"vendor": "Acme", "release": release, "services": [asked]})
    return plan(answers.check(answers.load(text, "answers.yaml")))


def dockerfiles(made: Plan) -> dict[str, str]:
    found = {path: file.content.decode() for path, file in made.rendered.items()}
    return {path.split("/")[1]: text for path, text in found.items() if path.endswith("/Dockerfile")}


def named(text: str) -> dict[str, str]:
    return {label.key: label.value for label in labels(Dockerfile("Dockerfile", text))}


def test_each_image_has_what_the_service_says_and_its_own() -> None:
    volume, nova, glance = dockerfiles(planned(images=IMAGES, **SHARED)).values()
    for text in (volume, nova, glance):
        assert "      acme-common \\\n" in text
        assert "acme==2.1" in text
        assert "COPY opt /opt\n" in text
        assert "RUN chmod 0755 /opt/acme\n" in text
        assert named(text)["url"] == "https://acme.example"
    assert "      acme-common \\\n      acme-volume \\\n" in volume
    assert "acme-volume" not in nova
    assert "RUN chmod 0755 /opt/acme\nENV ACME=1\n" in nova
    assert [named(text)["summary"] for text in (volume, nova)] == ["Acme drivers", "Acme for nova"]
    assert "https://pypi.acme.example/simple" in volume
    assert "https://own.acme.example/simple" in glance
    assert "https://pypi.acme.example/simple" not in glance


def test_the_repository_says_it_for_the_images_of_all_services() -> None:
    """Of a service with configuration alone, and of an image that exists, it says nothing."""
    asked = {
        "vendor": "Acme",
        "all_images": {
            "labels": SHARED["labels"],
            "args": {"VCS_REF": ""},
            "install": {"packages": ["acme-common"]},
            "dockerfile": ["RUN chmod 0755 /opt/acme"],
        },
        "services": [
            {"service_name": "acme-agent", "install": {"packages": ["acme-agent"]}},
            {"service_name": "acme-drivers", "integration": "image", "images": [*IMAGES[:2]]},
            {"service_name": "acme-config", "integration": "config"},
            {"service_name": "acme-other", "image": "quay.io/acme/other:1"},
        ],
    }
    found = dockerfiles(plan(answers.check(answers.load(json.dumps(asked), "answers.yaml"))))
    assert [*found] == ["acme-agent", "cinder-volume", "nova-compute"]
    for text in found.values():
        assert "      acme-common \\\n" in text
        assert named(text)["url"] == "https://acme.example"
        assert "ARG VCS_REF\n" in text
        assert "RUN chmod 0755 /opt/acme\n" in text
    assert "      acme-common \\\n      acme-agent \\\n" in found["acme-agent"]


def test_a_fault_of_what_the_repository_says_is_there() -> None:
    every = {"install": {"files": ["a.conf"]}, "dockerfile": ["RUN true \\"]}
    names = ("acme-agent", "acme-probe")
    asked = {"all_images": every, "services": [{"service_name": name} for name in names]}
    with pytest.raises(AnswersError) as caught:
        plan(answers.check(answers.load(json.dumps(asked), "answers.yaml")))
    found = [fault.path for fault in caught.value.faults]
    assert found == ["all_images.install.files[0]", "all_images.dockerfile[0]"]


def test_what_is_shared_is_brought_to_each_folder() -> None:
    made = planned(images=IMAGES, **SHARED)
    makefile, readme = (made.rendered[path].content.decode() for path in ("Makefile", "README.md"))
    for image in ("cinder-volume", "nova-compute", "glance-api"):
        assert f"containers/{image}/opt/ \\\n" in makefile
    assert readme.count("- `opt/`: what goes to `/opt`.") == 3


def test_a_fault_of_what_is_shared_is_where_it_was_said() -> None:
    with pytest.raises(AnswersError) as caught:
        planned(images=IMAGES, install={"files": [{"source": "a"}], "pip_index": "https://a.example/"})
    places = {fault.path: str(fault) for fault in caught.value.faults}
    assert {"services[0].install.files[0]", "services[0].install.pip_index"} <= {*places}
    own = [{"base_image": "horizon", "install": {"files": [{"source": "a.rpm"}, {"source": "b"}]}}]
    with pytest.raises(AnswersError) as caught:
        planned(images=own, install={"files": ["c.rpm"]})
    assert caught.value.faults[0].path == "services[0].images[0].install.files[1]"


def test_an_open_line_of_the_dockerfile_is_found_where_it_was_said() -> None:
    with pytest.raises(AnswersError) as caught:
        planned(images=[{"base_image": "cinder-volume"}], extra={"dockerfile": ["RUN true \\"]})
    assert caught.value.faults[0].path == "services[0].extra.dockerfile[0]"


ARGS: dict[str, Any] = {
    "args": {"VCS_REF": "", "ACME_VERSION": "2.1"},
    "labels": {"vcs-ref": "$VCS_REF", "summary": "Acme ${ACME_VERSION}, $5 and $OTHER", "io.k8s.tags": ""},
}


def test_labels_are_made_of_args_and_may_be_empty() -> None:
    (text,) = dockerfiles(planned(base_image="horizon", **ARGS)).values()
    body = text.partition("FROM ")[2]
    assert body.index("ARG VCS_REF\n") < body.index('ARG ACME_VERSION="2.1"\n') < body.index("LABEL ")
    assert 'vcs-ref="$VCS_REF"' in body
    assert 'summary="Acme ${ACME_VERSION}, \\$5 and \\$OTHER"' in body
    assert 'io.k8s.tags=""' in body


def test_without_an_arg_a_dollar_is_text() -> None:
    (text,) = dockerfiles(planned(base_image="horizon", labels={"vcs-ref": "$VCS_REF"})).values()
    assert 'vcs-ref="\\$VCS_REF"' in text


def test_the_readme_says_how_args_are_given() -> None:
    readme = planned(base_image="horizon", **ARGS).rendered["README.md"].content.decode()
    assert "--build-arg VCS_REF=VALUE" in readme


def test_kolla_s_build_declares_them_too_and_tcib_cannot() -> None:
    made = planned("train", base_image="horizon", build="kolla", **ARGS)
    text = made.rendered["kolla/template-overrides.j2"].content.decode()
    assert text.index("ARG VCS_REF\n") < text.index('vcs-ref="$VCS_REF"')
    with pytest.raises(AnswersError, match="args: TCIB"):
        planned(base_image="horizon", build="kolla", args={"A": "1"})


@pytest.mark.parametrize("release", ["queens", "wallaby"])
def test_check_and_linters_have_nothing_against_it(release: str, tmp_path: Path) -> None:
    made = planned(release, images=IMAGES, **SHARED | {"args": ARGS["args"]})
    project.create(tmp_path / "made", made.rendered | made.state)
    assert check(tmp_path / "made", strict=True) == 0
    assert lint(tmp_path / "made", Path(sys.executable).parent) == []
