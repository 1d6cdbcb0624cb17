"""What `check` costs: it grows as the repository does, and a file that is written to be slow stays cheap."""

from __future__ import annotations

import re
import sys
import time
import tracemalloc
from pathlib import Path
from types import FrameType

import pytest

from scaffold.commands.check import check_path
from scaffold.documents import parsed
from scaffold.lint import engine
from scaffold.lint.repository import Repository
from scaffold.rules import RULES

EXAMPLE = next((Path(__file__).parent.parent / "examples/agent-loader").glob("*/"))
SCAFFOLD = str(Path(engine.__file__).parent.parent)
OWN = ("docker/services/acme-agent.yaml", "containers/acme-agent/Dockerfile")
SHARED = "environments/acme-tripleo.yaml"
NAME = re.compile("acme|Acme|dpdk_module")
SELECTED = [rule for rule in RULES.values() if not rule.opt_in]


def numbered(text: str, number: int) -> str:
    return NAME.sub(lambda match: f"{match[0]}{number}", text)


def repository(services: int) -> Repository:
    """One with that many services, each of its own names, as many Dockerfiles, and one environment file."""
    texts = {
        numbered(path, number): numbered((EXAMPLE / path).read_text(), number)
        for path in OWN
        for number in range(services)
    }
    _, registry, defaults = re.split(
        r"(?m)^(?:resource_registry|parameter_defaults):\n", (EXAMPLE / SHARED).read_text()
    )
    texts[SHARED] = "".join(
        f"{section}:\n" + "".join(numbered(lines, number) for number in range(services))
        for section, lines in (("resource_registry", registry), ("parameter_defaults", defaults))
    )
    return Repository(tuple(parsed(path, text) for path, text in texts.items()), "wallaby")


def calls(found: Repository) -> int:
    """How many functions our own modules call while all rules look at the repository."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call") and frame.f_code.co_filename.startswith(SCAFFOLD)

    sys.setprofile(counted)
    try:
        engine.problems(found, SELECTED)
    finally:
        sys.setprofile(None)
    return count


def test_work_grows_as_the_services_do() -> None:
    calls(repository(1))  # facts of the release are read, once
    assert calls(repository(16)) < 4.02 * calls(repository(4))  # what is asked of all for each shows here


def dockerfile(*lines: str) -> str:
    return "\n".join(("FROM registry.redhat.io/rhosp13/openstack-cinder-volume:13.0", *lines)) + "\n"


DOUBLING = "\n".join(
    ["ARG A0=x", *(f"ARG A{n}=${{A{n - 1}}}${{A{n - 1}}}" for n in range(1, 60)), "FROM ${A59}\n"]
)
HOSTILE = {
    "ARGs that double": DOUBLING,
    "braces that are left open": 'FROM "' + "${a:-" * 20_000,
    "stages of stages": "FROM x AS b0\n" + "".join(f"FROM b{n} AS b{n + 1}\n" for n in range(5000)),
    "quotes": dockerfile("RUN " + '"' * 120_000),
    "substitutions": dockerfile("RUN " + "$(" * 60_000),
    "here-documents": dockerfile("RUN " + "<<A " * 30_000),
    "URLs": dockerfile("RUN " + "https://" * 15_000),
    "questions": dockerfile(*["RUN dnf install x"] * 7000),
    "sources": dockerfile(*["COPY a b"] * 12_000),
    "more than 128 kB": dockerfile("RUN " + '"' * 900_000),
}
TEMPLATE = (
    "heat_template_version: wallaby\noutputs: {role_data: {value: {service_name: x, host_prep_tasks: [\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_dockerfile_is_cheap(name: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(HOSTILE[name])
    cheap(tmp_path)


@pytest.mark.slow
def test_hostile_yaml_and_scripts_are_cheap(tmp_path: Path) -> None:
    images = "".join(f"  ContainerX{n}Image: a/b:1\n" for n in range(8000))
    tasks = ",\n".join(f'{{debug: "msg={{{{ v{n}x }}}}", register: w{n}x}}' for n in range(4000))
    (tmp_path / "e.yaml").write_text(f"parameter_defaults:\n{images}")
    (tmp_path / "t.yaml").write_text(f"{TEMPLATE}{tasks}]}}}}}}\n")
    (tmp_path / "a.sh").write_text("#!/bin/bash\n" + "if x; then\n" * 20_000 + "(" * 100_000 + "$(" * 50_000)
    cheap(tmp_path)


def cheap(path: Path) -> None:
    begun = time.process_time()
    check_path(path, "wallaby", RULES)
    assert time.process_time() - begun < 2
    tracemalloc.start()
    try:
        check_path(path, "wallaby", RULES)
        assert tracemalloc.get_traced_memory()[1] < 500e6
    finally:
        tracemalloc.stop()
