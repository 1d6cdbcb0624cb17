"""The first law through `update`: what it takes `check` has no error in, what it refuses changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scaffold import fields, project
from scaffold.commands.check import check_path
from scaffold.commands.update import Request, updated
from scaffold.errors import AnswersError
from scaffold.lint.problems import Severity
from scaffold.resolve import checked
from scaffold.rules import RULES

from .answers_strategies import meetings
from .laws import MANY, accepted
from .updates import left_over, snapshot

SHM = Path("/dev/shm")  # there each of the many fsync costs nothing
RELEASES = st.sampled_from((*fields.RELEASES, *fields.RHOSP))


@st.composite
def later(draw: st.DrawFn, before: dict[str, Any]) -> dict[str, Any]:
    """What a vendor with the answers BEFORE may want later: another release, more, or all else."""
    other = draw(meetings())
    if draw(st.booleans()):
        return other | {"release": draw(RELEASES)}
    services = {one["service_name"]: one for one in before["services"]}
    for one in other["services"]:
        name = one["service_name"]
        services[name] = services.get(name, {}) | one
    return before | {"release": draw(RELEASES | st.just(before["release"])), "services": [*services.values()]}


def errors(root: Path) -> list[str]:
    """The errors of `check` in the repository at ROOT."""
    found = check_path(root, None, {name: rule for name, rule in RULES.items() if not rule.opt_in})
    return [str(problem) for problem in found.problems if problem.severity is Severity.ERROR]


def moved(root: Path, asked: dict[str, Any]) -> bool:
    """Whether `update` takes ASKED for the repository at ROOT; where it refuses, all is as it was."""
    before = snapshot(root)
    (root.parent / "asked.yaml").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    try:
        done = updated(root, Request(str(root.parent / "asked.yaml"), allow_downgrade=True))
    except AnswersError:
        assert snapshot(root) == before
        return False
    assert done.state in ("updated", "up-to-date"), done  # the vendor edited nothing
    return True


def asks_for_names(asked: dict[str, Any]) -> bool:
    """Whether ASKED says which service was another, which only an update judges."""
    return any("renamed_from" in one for one in asked["services"])


@given(data=st.data())
@settings(MANY, phases=[Phase.generate])  # a smaller one takes minutes
def test_what_update_takes_check_finds_no_error_in(data: st.DataObject) -> None:
    first, made = accepted(data.draw(meetings()))
    with TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as directory:
        root = Path(directory, "repository")
        project.create(root, made.rendered | made.state)
        wanted = data.draw(later(checked(first).values))
        if not moved(root, wanted):
            wanted = checked(accepted(wanted)[0]).values
            assert moved(root, wanted) or asks_for_names(wanted), wanted
        assert not errors(root), errors(root)
        assert not left_over(root)
