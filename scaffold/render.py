"""VendorRepo -> Tree: the cookiecutter templates, each file rendered once, in memory, in a sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cookiecutter.environment import ExtensionLoaderMixin
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaffold.errors import ScaffoldError
from scaffold.model import Image, Service, VendorRepo
from scaffold.tree import File

PROJECT = "{{cookiecutter.repo_name}}"
SETTINGS: dict[str, Any] = {
    "_extensions": ["scaffold.filters.Filters"],
    "_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True},
}


class Sandbox(ExtensionLoaderMixin, ImmutableSandboxedEnvironment):  # type: ignore[misc]
    """cookiecutter's environment, with answers kept from running code."""


def templates() -> Path:
    """Where the packaged templates are: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def render(repo: VendorRepo) -> dict[str, File]:
    """Render every file of the vendor repository REPO."""
    tree = dict(_rendered(templates() / "repository", context(repo)))
    for service in repo.services:
        tree |= _rendered(templates() / "service", context(repo, service))
        for image in service.images:
            tree |= _rendered(templates() / "image", context(repo, service, image))
    return tree


def context(repo: VendorRepo, service: Service | None = None, image: Image | None = None) -> dict[str, Any]:
    """The context of the repository template, the service or the image template; also its replay file."""
    values = asdict(repo)
    release = values.pop("release")
    release["bases"] = {name: asdict(base) for name, base in repo.release.bases.items()}
    services = values.pop("services")
    own = {"_services": services} if service is None else {"_service": asdict(service)}
    if image is not None:
        own["_image"] = asdict(image)
    return {"repo_name": repo.repo_name, "_repository": values, "_release": release} | own | SETTINGS


def _rendered(template: Path, values: dict[str, Any]) -> Iterator[tuple[str, File]]:
    project = template / PROJECT
    names = {"cookiecutter": values}
    environment = Sandbox(
        context=names,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        loader=FileSystemLoader([project, template / "templates"]),
        **values["_jinja2_env_vars"],
    )
    verbatim = values.get("_copy_without_render", [])
    for source in sorted(path for path in project.rglob("*") if not path.is_dir()):
        relative = source.relative_to(project).as_posix()
        parts = [environment.from_string(part).render(**names) for part in relative.split("/")]
        if not parts[-1]:  # as in cookiecutter: a name that renders to nothing is no file
            continue
        content = source.read_bytes()
        if not any(fnmatch(relative, pattern) for pattern in verbatim):
            content = environment.get_template(relative).render(**names).encode()
        yield (
            _safe("/".join(part for part in parts if part)),
            File(content, bool(source.stat().st_mode & 0o100)),
        )


def _safe(path: str) -> str:
    if path.startswith("/") or any(part in {"", ".", ".."} for part in path.split("/")):
        raise ScaffoldError(f"the template writes outside the repository: {path!r}")
    return path
