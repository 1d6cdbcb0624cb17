"""The stories of an update, played by the tool and its peers: `python tests/bench/scenarios.py [STORY...]`.

Each story of tests/stories/merge that a plain template and an edit can express: the template makes a project
of base, its vendor edits it to ours, the template becomes theirs, and the tool updates. The peers run in
throw-away virtual environments, and on a git repository, as they need one. What a side wrote, or deleted, is
lost where the outcome lacks it; silently, where the tool marks no conflict and leaves with 0.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from scaffold.tree import File, Tree  # noqa: E402
from tests import txtar  # noqa: E402
from tests.updates import lay  # noqa: E402
from tests.vendor import put, tree  # noqa: E402

PEERS = {"copier": "copier==9.19.1", "cruft": "cruft==2.16.0"}
ALWAYS = {"about.txt": File(b"made from a template\n")}  # no template is empty
OWN = {".vendor-scaffold", ".git", ".copier-answers.yml", ".cruft.json"}
COOKIECUTTER = '{"name": "project", "_copy_without_render": ["*"]}'
COPIER = {
    "copier.yml": File(b"_preserve_symlinks: true\n"),
    "{{ _copier_conf.answers_file }}.jinja": File(b"{{ _copier_answers|to_nice_yaml }}\n"),
}


class Story(NamedTuple):
    """What happens, and what must be there in the end."""

    base: Tree
    ours: Tree
    theirs: Tree
    result: Tree


def stories(names: list[str]) -> dict[str, Story]:
    """The stories that need no more than two versions of a template and an edit."""
    found = {}
    for path in sorted((ROOT / "tests/stories/merge").glob("*.txtar")):
        story = txtar.read(path)
        if "keep" in story or "groups" in story or (names and path.stem not in names):
            continue
        base, ours, theirs, result = (txtar.tree(story, name) for name in Story._fields)
        found[path.stem] = Story(*(ALWAYS | files for files in (base, ours, theirs, result or ours)))
    return found


# --- how each tool makes a project and updates it


def run(command: list[str], where: Path) -> int:
    """The exit code of COMMAND, which may not ask and finds no settings of ours."""
    home = {"HOME": str(where), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    user = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        command, cwd=where, env=os.environ | home | user, stdin=subprocess.DEVNULL, capture_output=True
    ).returncode


def committed(place: Path, files: Tree, tag: str) -> None:
    """PLACE, a git repository, holding FILES and nothing else."""
    place.mkdir(exist_ok=True)
    run(["git", "init", "-qb", "main"], place)
    run(["git", "rm", "-rqf", "--ignore-unmatch", "."], place)
    lay(place, dict(files))
    run(["git", "add", "-Af"], place)
    run(["git", "commit", "-qm", tag], place)
    run(["git", "tag", tag], place)


def left(place: Path) -> dict[str, File]:
    """The project at PLACE, without what a tool keeps there for itself."""
    return {path: file for path, file in tree(place / "project").items() if path.split("/")[0] not in OWN}


def edited(place: Path, story: Story) -> bool:
    """Edit the project at PLACE as its vendor does, in git; False where it is not the one of STORY."""
    if left(place) != story.base:
        return False
    project = place / "project"
    changed = {path for path in {*story.base, *story.ours} if story.base.get(path) != story.ours.get(path)}
    for path in changed & {*story.base}:
        put(project, path, None)
    lay(project, {path: story.ours[path] for path in changed & {*story.ours}})
    run(["git", "init", "-qb", "main"], project)
    run(["git", "add", "-A"], project)
    run(["git", "commit", "-qm", "edited"], project)
    return True


def below(folder: str, files: Tree) -> dict[str, File]:
    """FILES in FOLDER, with the cookiecutter.json of their template beside it."""
    moved = {f"{folder}/{path}": file for path, file in files.items()}
    return {"cookiecutter.json": File(COOKIECUTTER.encode()), **moved}


def vendor_scaffold(_: Path, place: Path, story: Story) -> int | None:
    """`new --template`, then `update --template`; its project is no git repository."""
    tool = [sys.executable, "-m", "scaffold"]
    for version in ("base", "theirs"):
        lay(place / version, below("{{cookiecutter.name}}", getattr(story, version)))
    run([*tool, "new", "--template", "base", "--defaults", "project"], place)
    if not edited(place, story):
        return None
    return run([*tool, "update", "--template", "theirs", "--defaults", "project"], place)


def copier(peer: Path, place: Path, story: Story) -> int | None:
    """`copier copy`, then `copier update`."""
    committed(place / "template", {**COPIER, **story.base}, "v1")
    run([str(peer), "copy", "--defaults", "--vcs-ref", "v1", "template", "project"], place)
    if not edited(place, story):
        return None
    committed(place / "template", {**COPIER, **story.theirs}, "v2")
    return run([str(peer), "update", "--defaults", str(place / "project")], place)


def cruft(peer: Path, place: Path, story: Story) -> int | None:
    """`cruft create`, then `cruft update`."""
    committed(place / "template", below("{{cookiecutter.name}}", story.base), "v1")
    run([str(peer), "create", "--no-input", str(place / "template")], place)
    if not edited(place, story):
        return None
    committed(place / "template", below("{{cookiecutter.name}}", story.theirs), "v2")
    return run([str(peer), "update", "--skip-apply-ask", "--project-dir", "project"], place)


PLAYERS: dict[str, Callable[[Path, Path, Story], int | None]] = {
    "vendor-scaffold": vendor_scaffold,
    "copier": copier,
    "cruft": cruft,
}


# --- what became of it


def facts(files: Tree, story: Story) -> set[object]:
    """What FILES say: each line, wherever and how often; which files of STORY are there, and their modes."""
    counts = Counter(line for path, file in files.items() for line in _lines(path, file))
    lines = {(line, number) for line, count in counts.items() for number in range(count)}
    paths = {*story.base, *story.ours, *story.theirs, *story.result}
    return lines | {(path, files[path].mode if path in files else "gone") for path in paths}


def verdict(story: Story, after: Tree, code: int) -> str:
    """What became of STORY with a tool that leaves AFTER and CODE."""
    before, now, wanted = (facts(files, story) for files in (story.base, after, story.result))
    sides = {"yours": story.ours, "the template's": story.theirs}
    lost = [side for side, files in sides.items() if (facts(files, story) - before) & wanted - now]
    marked = any(_marks(path, file) for path, file in after.items() if file not in story.ours.values())
    if lost:
        return f"lost {'silently' if code == 0 and not marked else 'beside a conflict'}: {' and '.join(lost)}"
    if code or marked:
        return f"conflict, exit {'0' if code == 0 else 'not 0'}"
    return "right" if after == story.result else "nothing lost, and another tree"


def _lines(path: str, file: File) -> list[bytes]:
    lines = file.content.replace(b"\r\n", b"\n").split(b"\n")
    return [line[1:] for line in lines] if path.endswith(".rej") else lines


def _marks(path: str, file: File) -> bool:
    return path.endswith((".rej", ".orig", ".theirs")) or b"\n<<<<<<< " in b"\n" + file.content


def main() -> None:
    """Play every story with every tool, and print the table and its totals."""
    totals: dict[str, Counter[str]] = {name: Counter() for name in PLAYERS}
    with tempfile.TemporaryDirectory() as scratch:
        programs = {}
        for name, package in PEERS.items():
            subprocess.run([sys.executable, "-m", "venv", f"{scratch}/{name}"], check=True)
            subprocess.run([f"{scratch}/{name}/bin/pip", "install", "-qq", package], check=True)
            programs[name] = Path(scratch, name, "bin", name)
        for title, story in stories(sys.argv[1:]).items():
            for name, player in PLAYERS.items():
                place = Path(scratch, "stories", title, name)
                place.mkdir(parents=True)
                code = player(programs.get(name, Path()), place, story)
                found = "cannot make the project" if code is None else verdict(story, left(place), code)
                totals[name][found] += 1
                print(f"{title:50} {name:16} {code!s:>4}  {found}", flush=True)
    for name, counted in totals.items():
        print(f"\n{name}: {sum(counted.values())} stories")
        print(*(f"  {number:3}  {found}" for found, number in counted.most_common()), sep="\n")


if __name__ == "__main__":
    main()
