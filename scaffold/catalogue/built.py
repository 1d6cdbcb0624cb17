"""The images as they are built: list from tripleo-common, users and tools from kolla and TCIB."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from scaffold.releases import tools

# every value of neutron_driver that a tripleo_containers.yaml.j2 of these releases asks about, and none
NEUTRON_DRIVERS = (None, "other", "ovn", "odl")
# what kolla's own build passes to its templates for the images of RDO; only these decide about a user
KOLLA = {
    "namespace": "kolla",
    "tag": "tag",
    "base_distro": "centos",
    "base_package_type": "rpm",
    "base_arch": "x86_64",
    "install_type": "binary",
    "distro_python_version": "3",
}
# the distribution below, by what installs its packages: CentOS 7 and 8, as RHEL 7 and 8
KOLLA_ON = {
    "yum": {"base_distro_tag": "7", "distro_package_manager": "yum", "distro_python_version": "2.7"},
    "dnf": {"base_distro_tag": "8", "distro_package_manager": "dnf", "distro_python_version": "3.6"},
}
_FROM = rf"^FROM {KOLLA['namespace']}/([\w-]+):"
INSTALLATION = re.compile(r"\b(?:yum|dnf) (?:-y )?install (?P<packages>[^&|;\n]+)")


@dataclass(frozen=True)
class Entry:
    """One item of container_images_template.

    reference: of an image which is not of the release's own namespace; None for its own.
    """

    name: str
    reference: str | None
    parameters: tuple[str, ...]
    services: tuple[str, ...]


def entries(common: Path) -> list[Entry]:
    """The items of tripleo-common's list of images, for all values of neutron_driver, each once."""
    folder = common / "container-images"
    # Train and Ussuri ship both; tripleo_containers is the one that image prepare reads
    names = ("tripleo_containers.yaml.j2", "overcloud_containers.yaml.j2")
    template = next(name for name in names if (folder / name).exists())
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder))  # ceph.j2 is included
    defaults = _defaults(common)
    found: dict[Entry, None] = {}
    for driver in NEUTRON_DRIVERS:
        text = environment.get_template(template).render(defaults | {"neutron_driver": driver})
        items = yaml.safe_load(text)["container_images_template"]
        found |= dict.fromkeys(_entry(item, defaults) for item in items)
    return list(found)


def _defaults(common: Path) -> dict[str, Any]:
    """The `set:` of container_image_prepare_defaults.yaml; Queens has it in kolla_builder.py."""
    path = common / "container-images" / "container_image_prepare_defaults.yaml"
    if path.exists():
        prepare = yaml.safe_load(path.read_text("utf-8"))["parameter_defaults"]["ContainerImagePrepare"]
        return dict(prepare[0]["set"])
    module = ast.parse((common / "tripleo_common" / "image" / "kolla_builder.py").read_text("utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CONTAINER_IMAGES_DEFAULTS":
            return dict(ast.literal_eval(node.value))
    raise LookupError("kolla_builder.py has no CONTAINER_IMAGES_DEFAULTS")


def _entry(item: Mapping[str, Any], defaults: Mapping[str, Any]) -> Entry:
    reference = item["imagename"]
    repository = reference.rpartition(":")[0]
    own = f"{defaults['namespace']}/{defaults['name_prefix']}"
    return Entry(
        name=repository.removeprefix(own).removesuffix(defaults["name_suffix"]).rpartition("/")[2],
        reference=None if repository.startswith(own) else reference,
        parameters=tuple(item.get("params", ())),
        services=tuple(item.get("services", ())),
    )


def kolla_users(kolla: Path) -> dict[str, str]:
    """Image -> user, from the last USER of its Dockerfile, or of the nearest parent that has one."""
    own = dict(_kolla_images(kolla / "docker"))

    def user(image: str | None) -> str:
        if image not in own:
            return "root"
        found, parent = own[image]
        return found or user(parent)

    return {image: user(image) for image in own}


@dataclass(frozen=True)
class KollaTemplate:
    """Where kolla's Dockerfile of an image lies, and whether it takes <image>_packages_append."""

    path: str
    appends: bool


def kolla_templates(kolla: Path) -> dict[str, KollaTemplate]:
    """Image -> its template in kolla's docker directory; only a list given to `customizable` can grow."""
    folder = kolla / "docker"
    taken: set[str] = set()

    def customizable(context: jinja2.runtime.Context, value: Any, kind: str) -> Any:
        if kind == "packages" and not isinstance(value, jinja2.Undefined):
            taken.add(context["image_name"])
        return value

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), undefined=_Nothing)
    environment.filters |= {"customizable": jinja2.pass_context(customizable), "bool": bool}
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("Dockerfile.j2"))]
    for path in paths:
        environment.get_template(path.as_posix()).render(KOLLA | {"image_name": path.parent.name})
    return {
        path.parent.name: KollaTemplate(path.parent.as_posix(), path.parent.name in taken) for path in paths
    }


def kolla_tools(kolla: Path, common: Path, package_manager: str) -> dict[str, frozenset[str]]:
    """Image -> the tools that its own and its parents' lists of packages bring, with TripleO's overrides."""
    folder = kolla / "docker"

    def customizable(context: jinja2.runtime.Context, packages: Any, kind: str) -> Any:
        """The filter of that name in kolla/template/filters.py, without its effect on the list."""
        if isinstance(packages, jinja2.Undefined):
            return packages
        name = f"{context['image_name'].replace('-', '_')}_{kind}_"
        if f"{name}override" in context:
            return context[f"{name}override"]
        removed = context.get(f"{name}remove", ())
        return [one for one in (*packages, *context.get(f"{name}append", ())) if one not in removed]

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), undefined=_Nothing)
    environment.filters |= {"customizable": jinja2.pass_context(customizable), "bool": bool}
    overrides = common / "container-images" / "tripleo_kolla_template_overrides.j2"
    values = KOLLA | KOLLA_ON[package_manager] | {"install_metatype": "rdo"}
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("Dockerfile.j2")):
        parent = environment.get_template(path.relative_to(folder).as_posix())
        own = values | {"image_name": path.parent.name, "parent_template": parent}
        texts[path.parent.name] = environment.from_string(overrides.read_text("utf-8")).render(own)
    parents = {name: re.search(_FROM, text, re.MULTILINE) for name, text in texts.items()}
    return _with_parents(
        {name: _installed([text]) for name, text in texts.items()},
        {name: parent[1] for name, parent in parents.items() if parent},
    )


def tcib_tools(common: Path) -> dict[str, frozenset[str]]:
    """Image -> the tools that its packages and its parents' bring, as far as no condition decides."""
    files = _tcib_files(common)
    own: dict[str, frozenset[str]] = {}
    for folder, path in files.items():
        image = yaml.safe_load(path.read_text("utf-8"))
        runs = (str(action.get("run", "")) for action in image.get("tcib_actions", ()))
        own[folder.name] = _installed(_certain(run, image) for run in runs)
    parents = {folder.name: folder.parent.name for folder in files if folder.parent in files}
    return _with_parents(own, parents)


def _certain(run: str, image: Mapping[str, Any]) -> str:
    """A command as it is rendered for every distribution; nothing where a condition or a filter decides."""
    if "if [" in run or "{% if" in run:
        return ""
    try:
        return str(jinja2.Template(run).render(image))
    except jinja2.TemplateError:  # Ansible's filters choose by release
        return ""


def _installed(texts: Iterable[str]) -> frozenset[str]:
    """The tools that commands of TEXTS install."""
    found = (match["packages"] for text in texts for match in INSTALLATION.finditer(text))
    return tools.brought_by(word for packages in found for word in packages.split())


def _with_parents(own: Mapping[str, frozenset[str]], parents: Mapping[str, str]) -> dict[str, frozenset[str]]:
    def held(image: str) -> frozenset[str]:
        return own[image] | held(parents.get(image, "")) if image in own else frozenset()

    return {image: held(image) for image in own}


def _kolla_images(folder: Path) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """Image -> its own user and its parent, from the rendered Dockerfile.j2: they have branches."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), undefined=_Nothing)
    environment.filters |= {"customizable": lambda value, *_: value, "bool": bool}
    for path in sorted(folder.rglob("Dockerfile.j2")):
        text = environment.get_template(path.relative_to(folder).as_posix()).render(KOLLA)
        users = re.findall(r"^\s*USER\s+(\S+)", text, re.MULTILINE)
        parent = re.search(_FROM, text, re.MULTILINE)
        yield path.parent.name, (users[-1] if users else None, parent[1] if parent else None)


class _Nothing(jinja2.ChainableUndefined):
    """An undefined variable or macro of kolla's templates: no text, whatever is done with it."""

    def __call__(self, *_: object, **__: object) -> str:  # type: ignore[override]
        return ""


def tcib_users(common: Path) -> dict[str, str]:
    """Image -> user, from the nearest tcib_user: a directory is an image, its parent directory its parent."""
    files = _tcib_files(common)
    own = {folder: yaml.safe_load(path.read_text("utf-8")).get("tcib_user") for folder, path in files.items()}
    return {
        folder.name: next((own[one] for one in (folder, *folder.parents) if own.get(one)), "root")
        for folder in own
    }


def _tcib_files(common: Path) -> dict[Path, Path]:
    """The directory of each image, and its file."""
    top = common / "container-images" / "tcib"
    return {path.parent: path for path in sorted(top.rglob("*.yaml"))}
