"""tripleo-heat-templates of a release: as it ships, processed for the default roles, under a repository.

Never write into a tree or an overlay: their files are hard links to those of the cache.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from scaffold.releases import Release, engine_versions
from scaffold.verify import install, processes
from scaffold.verify.confinement import Confinement
from scaffold.verify.install import Piece

OVERLAID = {"docker", "environments"}  # what `make overlay` copies onto the templates of any repository
REGISTERED = re.compile(r"^  OS::\S+: \.\./([^/\s]+)/", re.MULTILINE)
NOT_NEEDED = shutil.ignore_patterns("releasenotes", "*.egg-info", "ChangeLog", "AUTHORS")

Relocation = Callable[[PurePosixPath], PurePosixPath]


def version(release: Release) -> str:
    """The package of tripleo-heat-templates that is rehearsed with; the branch may be ahead of it."""
    return str(engine_versions(release.name)["tripleo-heat-templates"])


def source(release: Release) -> Path:
    """The templates as they ship; role and network files are Jinja still."""
    return install.sdist("tripleo-heat-templates", version(release))


def pieces(release: Release) -> tuple[Piece, ...]:
    """What the processed templates are made of."""
    shipped = install.sdist_piece("tripleo-heat-templates", version(release))
    return install.venv_piece("tht"), shipped, _processed(release)


def tree(release: Release) -> Path:
    """The templates, processed by their own tools/process-templates.py for the default roles."""
    return _processed(release).path()


def _processed(release: Release) -> Piece:
    name = f"processed-{version(release)}"
    recipe = f"process-templates.py {version(release)}\n{(install.PINS / 'tht.txt').read_text()}"

    def build(target: Path) -> None:
        install.run([*_processing(release), target], cwd=source(release))

    return Piece(name, recipe, build)


def process(confinement: Confinement, release: Release, laid: Path, target: Path) -> str:
    """Process LAID, the templates with a repository over them, into TARGET; raises RuntimeError.

    The tool is the release's, whatever lies in LAID; the Jinja that it renders may be the repository's.
    """
    work = target.parent
    env = processes.environment(work)
    command = [*_processing(release), target]
    done = confinement.run(command, work, env=env, readable=[laid], cwd=laid)
    if done.returncode:
        raise RuntimeError(done.stdout[-4000:])
    return done.stdout


def _processing(release: Release) -> list[Path | str]:
    return [install.venv("tht"), source(release) / "tools/process-templates.py", "--output-dir"]


def in_place(path: PurePosixPath) -> PurePosixPath:
    """A file of the repository where a deployment has it."""
    return path


def overlaid(repo: Path) -> dict[str, Path]:
    """The files of a repository that a deployment copies onto the templates, by their path in both."""
    environments = [one.read_text(errors="replace") for one in repo.glob("environments/*.yaml")]
    names = OVERLAID.union(*map(REGISTERED.findall, environments))
    found = (path for name in sorted(names) for path in sorted((repo / name).rglob("*")) if path.is_file())
    return {path.relative_to(repo).as_posix(): path for path in found}


def digest(repo: Path) -> str:
    """What the overlaid files of a repository hold, as a hash."""
    found = hashlib.sha256()
    for path, file in overlaid(repo).items():
        found.update(f"{path}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def lay(repo: Path, templates: Path, target: Path, place: Relocation = in_place) -> Path:
    """Make TARGET: a copy of TEMPLATES with the repository's files over it."""
    shutil.copytree(templates, target, copy_function=_link, ignore=NOT_NEEDED)
    for path, file in overlaid(repo).items():
        laid = target / place(PurePosixPath(path))
        laid.parent.mkdir(parents=True, exist_ok=True)
        laid.unlink(missing_ok=True)  # it may be a hard link into the cache
        shutil.copy2(file, laid)
    return target


def _link(origin: str, target: str) -> None:
    try:
        os.link(origin, target)
    except OSError:  # a file system without hard links
        shutil.copy2(origin, target)
