"""What is judged once is not judged twice, whatever the command: each constraint, of each service."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from scaffold.commands.new import new
from scaffold.commands.services import add, remove
from scaffold.commands.update import Request, updated
from scaffold.resolve.consistency import constraints
from scaffold.resolve.platforms import PLATFORMS

ANSWERS = """\
release: train
services:
  - service_name: acme-agent
  - {service_name: acme-side, extra: {dockerfile: [RUN ldconfig]}}
"""
PLATFORM = PLATFORMS["tripleo"]
OF_REPOSITORY = (*constraints.OF_REPOSITORY, *PLATFORM.of_repository)
OF_SERVICE = (PLATFORM.nothing_to_write, *constraints.OF_SERVICE, *PLATFORM.of_service)
COMMANDS: dict[str, tuple[int, Callable[[Path], object]]] = {  # the services that there are in the end
    "new": (2, lambda repo: new(repo.with_name("another"), str(repo.with_name("answers.yaml")))),
    "update": (2, lambda repo: updated(repo, Request(settings=("services.0.step=5",)))),
    "add": (3, lambda repo: add(repo, None, ["service_name=acme-third"], Request(), as_json=True)),
    "remove": (1, lambda repo: remove(repo, ["acme-side"], Request(), as_json=True)),
}


def judged(run: Callable[[], object]) -> Counter[str]:
    """How often each constraint is begun while RUN runs."""
    named = {one.__code__: f"{one.__module__}.{one.__qualname__}" for one in (*OF_REPOSITORY, *OF_SERVICE)}
    frames = set[FrameType]()

    def noted(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in named:
            frames.add(frame)  # a generator that goes on has the same one

    sys.setprofile(noted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return Counter(named[frame.f_code] for frame in frames)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_constraint_judges_once(command: str, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    repo = tmp_path / "made"
    new(repo, str(tmp_path / "answers.yaml"))
    services, run = COMMANDS[command]
    found = judged(lambda: run(repo))
    assert {found[f"{one.__module__}.{one.__qualname__}"] for one in OF_REPOSITORY} == {1}, found
    assert {found[f"{one.__module__}.{one.__qualname__}"] for one in OF_SERVICE} == {services}, found
