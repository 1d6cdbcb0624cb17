"""VendorRepo -> Tree: our cookiecutter templates, through the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined

from scaffold.model import Image, Service, VendorRepo
from scaffold.render import compiled, sandbox
from scaffold.tree import File, Tree

PROJECT = "{{cookiecutter.repo_name}}"
SETTINGS: dict[str, Any] = {
    "_extensions": ["scaffold.filters.Filters"],
    "_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True},
}


def templates() -> Path:
    """Where the packaged templates are: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def render(repo: VendorRepo) -> dict[str, File]:
    """Render every file of the vendor repository REPO."""
    return joined(rendered(repo))


def rendered(repo: VendorRepo) -> list[dict[str, File]]:
    """Render REPO by owner: the files of the repository itself, and then those of each service."""
    whole = _rendered(templates() / "repository", context(repo))
    return [whole, *(joined(_of_service(repo, service)) for service in repo.services)]


def joined(trees: Iterable[Tree]) -> dict[str, File]:
    """All files of TREES."""
    return {path: file for tree in trees for path, file in tree.items()}


def _of_service(repo: VendorRepo, service: Service) -> Iterator[dict[str, File]]:
    yield _rendered(templates() / "service", context(repo, service))
    for image in service.images:
        yield _rendered(templates() / "image", context(repo, service, image))


def context(repo: VendorRepo, service: Service | None = None, image: Image | None = None) -> dict[str, Any]:
    """The context of the repository template, the service or the image template; also its replay file."""
    values = asdict(repo)
    release = values.pop("release")
    release["bases"] = {name: asdict(base) for name, base in repo.release.bases.items()}
    own = {f"_{name}": values.pop(name) for name in ("services", "images", "has")}
    if service is not None:
        own = {"_service": asdict(service)}
    if image is not None:
        own["_image"] = asdict(image)
    return {"repo_name": repo.repo_name, "_repository": values, "_release": release} | own | SETTINGS


def _rendered(template: Path, values: dict[str, Any]) -> dict[str, File]:
    source, environment = _compiled(template)
    return sandbox.rendered(source, environment, {"cookiecutter": values})


@cache
def _compiled(template: Path) -> tuple[sandbox.Source, sandbox.Sandbox]:
    """One of our templates, with an environment that keeps what it compiles: rendering is the small part."""
    includes = template / "templates"
    source = sandbox.Source(
        sandbox.read(template / PROJECT), sandbox.read(includes) if includes.is_dir() else {}
    )
    environment = sandbox.Sandbox(
        context={"cookiecutter": SETTINGS},
        loader=sandbox.loader(source),
        bytecode_cache=compiled.kept(),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        **SETTINGS["_jinja2_env_vars"],
    )
    return source, environment
