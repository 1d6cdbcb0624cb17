"""VendorRepo -> Tree: our cookiecutter templates, through the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined

from scaffold.model import Image, Service, VendorRepo
from scaffold.releases import Release
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
    """The context of the repository template, the service or the image template; also its replay file.

    Each has what it lays out: the repository knows no template of a service, an image nothing but itself.
    """
    own: dict[str, Any] = {name: getattr(repo, name) for name in ("repo_name", "vendor", "slug")}
    own = {"_repository": own | {"base": asdict(repo.base)}}
    if image is not None:
        own["_image"] = asdict(image)
    elif service is not None:
        own["_service"] = _without(service, "images", "containers")
    else:
        services = [_without(each, "containers", "template") for each in repo.services]
        release = _without(repo.release, "bases")  # repo.base is the one
        own = {"_repository": _without(repo, "release", "services", "images", "has"), "_release": release}
        own |= {"_services": services, "_images": asdict(repo.images), "_has": asdict(repo.has)}
    return {"repo_name": repo.repo_name} | own | SETTINGS


def _without(value: Release | Service | VendorRepo, *names: str) -> dict[str, Any]:
    return {name: one for name, one in asdict(value).items() if name not in names}


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
