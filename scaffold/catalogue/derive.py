"""Derive the catalogue of each release from the tip of its branch.

`python -m scaffold.catalogue.derive DIR [RELEASE...]` writes `RELEASE.json` beside this file, and what few
commands ask for, the forms of all parameters and the names of environment files, to `RELEASE.parameters.json`
and `RELEASE.environments.json`. DIR holds git directories of tripleo-heat-templates, tripleo-common and, to
Ussuri, kolla; the commits are those that `scaffold/releases/RELEASE.json` names. The same commits give the
same bytes. It runs what tripleo-heat-templates brings (tools/process-templates.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.catalogue import built, deployed
from scaffold.catalogue.upstream import Upstream
from scaffold.errors import ScaffoldError
from scaffold.releases import NAMES, Branch, branches, cloud, engine_versions, load
from scaffold.tripleo.parameters import PARAMETER_TYPES
from scaffold.tripleo.services import REGISTRY
from scaffold.unknown import hint, there_is_no

HEAT_TEMPLATES = "tripleo-heat-templates"
TAKEN = ("services", "service_names", "containers", "kolla_files", "config_scripts", "firewall_rules")
SEEN = ("config_volumes", "log_directories", "roles", "templates")


def derive(release: str, tips: Mapping[str, Branch], packaged: str, upstream: Upstream) -> tuple[str, ...]:
    """Return the texts of the catalogue of RELEASE, its parameters and environments: an entry a line.

    tips: repository -> its tip. packaged: the tag of the last package of tripleo-heat-templates.
    """
    with tempfile.TemporaryDirectory() as folder:
        rendered = upstream.heat_templates(tips[HEAT_TEMPLATES].commit, Path(folder))
        tree, environments = deployed.read(rendered), deployed.environments(rendered)
        before = deployed.read(upstream.heat_templates(packaged, Path(folder)))
        common = upstream.export("tripleo-common", tips["tripleo-common"].commit, Path(folder))
        entries = built.entries(common)
        users = built.tcib_users(common)
        templates: dict[str, built.KollaTemplate] = {}
        tools = {"dnf": built.tcib_tools(common)}
        if "kolla" in tips:
            kolla = upstream.export("kolla", tips["kolla"].commit, Path(folder))
            users |= built.kolla_users(kolla)
            templates = built.kolla_templates(kolla)
            managers = sorted({base.package_manager for base in load(release).bases.values()})
            tools = {one: built.kolla_tools(kolla, common, one) for one in managers}
    images = {
        name: _image(group, users, tree) | _kolla(group[0], templates)
        for name, group in sorted(_by_name(entries).items())
    }
    gone = {kind: sorted(_names(before, kind) - _names(tree, kind)) for kind in (*TAKEN, *SEEN, "parameters")}
    data = {
        "release": release,
        "derived": f"python -m scaffold.catalogue.derive DIR {release}",
        "versions": {package: f"{tip.tip} {tip.commit[:9]}" for package, tip in tips.items()},
        "counts": _counts(entries, images, tree),
        "undeclared": sorted(_parameters(images) - tree.parameters),
        "parameters": sorted(tree.image_parameters - _parameters(images)),
        "images": images,
        "tools": {one: _tools(images, found) for one, found in tools.items()},
        "taken": {kind: sorted(tree.taken[kind]) for kind in TAKEN},
        "seen": {kind: sorted(tree.taken[kind]) for kind in SEEN},
        "templates": dict(sorted(tree.templates.items())),
        "common_mounts": tree.common_mounts,
        "host_paths": _host_paths(release, tree.host_paths),
        "gone": {"package": packaged} | gone,
        "added": {"parameters": sorted(tree.parameters - before.parameters)},
    }
    listed = ",\n".join(f" {json.dumps(name)}" for name in environments)
    return "".join(_lines(data)), "".join(_lines(_forms(tree))), f"[\n{listed}\n]\n"


def _forms(tree: deployed.Deployed) -> dict[str, Any]:
    """Type and constraints of each parameter; no constraints where templates differ, nothing of two types."""
    found: dict[str, list[Any]] = {}
    for name, forms in sorted(tree.forms.items()):
        read = [json.loads(form) for form in sorted(forms)]
        kind, constraints = read[0]
        if {one for one, _ in read} == {kind} <= {*PARAMETER_TYPES}:
            found[name] = [kind, *(constraints if len(read) == 1 else ())]
    return {"parameters": found}


def _host_paths(release: str, known: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Path that nodes have -> the services that it is there for; none where that cannot be told."""
    found: dict[str, list[str]] = {}
    for path, by in sorted(known.items()):
        above = [found[str(one)] for one in PurePosixPath(path).parents if str(one) in found]
        if not (cloud.everywhere(release, path) or any(not one or by <= {*one} for one in above)):
            found[path] = [] if deployed.NESTED in by else sorted(by)
    return found


def _names(tree: deployed.Deployed, kind: str) -> set[str]:
    """Return all names of a kind, whether they are free or not."""
    registered = {*tree.templates.values()} if kind == "templates" else set()
    return tree.image_parameters if kind == "parameters" else tree.taken[kind] | registered


def _by_name(entries: Iterable[built.Entry]) -> dict[str, list[built.Entry]]:
    """Short name -> its items; another project's image of a name of our own keeps its namespace."""
    own = {entry.name for entry in entries if not entry.reference}
    groups: dict[str, list[built.Entry]] = {}
    for entry in entries:
        name = entry.name
        if entry.reference and name in own:
            name = entry.reference.rpartition(":")[0].partition("/")[2]
        groups.setdefault(name, []).append(entry)
    return groups


def _image(group: Sequence[built.Entry], users: Mapping[str, str], tree: deployed.Deployed) -> dict[str, Any]:
    """The catalogue's line about one image, from all items of its name."""
    parameters = sorted({parameter for entry in group for parameter in entry.parameters})
    services = {name.removeprefix(REGISTRY) for entry in group for name in entry.services}
    runs = [item for parameter in parameters for item in tree.containers.get(parameter, {}).items()]
    image = {
        "parameters": [name for name in parameters if not name.endswith("ConfigImage")],
        "config": [name for name in parameters if name.endswith("ConfigImage")],
        "user": None if group[0].reference else users.get(group[0].name),
        "services": sorted(services),
        "roles": [role for role in deployed.DEFAULT_ROLES if services & tree.roles.get(role, set())],
        "containers": sorted({container for container, _ in runs}),
        "privileged": sorted({container for container, privileged in runs if privileged}),
    }
    return image | ({"reference": group[0].reference} if group[0].reference else {})


def _tools(
    images: Mapping[str, Mapping[str, Any]], found: Mapping[str, frozenset[str]]
) -> dict[str, list[str]]:
    """The tools that lists of packages bring: those of every image under *, and each image with others."""
    own = [name for name, image in images.items() if "reference" not in image]
    each = {name: sorted(found.get(name, ())) for name in own}
    every = sorted(found.get("base", ()))
    return {"*": every} | {name: tools for name, tools in each.items() if tools != every}


def _kolla(entry: built.Entry, templates: Mapping[str, built.KollaTemplate]) -> dict[str, Any]:
    """Where kolla builds the image from; nothing for an image of another project."""
    template = None if entry.reference else templates.get(entry.name)
    if not template:
        return {}
    return {"kolla": template.path} | ({} if template.appends else {"appends": False})


def _parameters(images: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {name for image in images.values() for name in (*image["parameters"], *image["config"])}


def _counts(
    entries: Sequence[built.Entry], images: Mapping[str, Mapping[str, Any]], tree: deployed.Deployed
) -> dict[str, int]:
    """What there is, to see at a glance when an upstream version changes it.

    irregular: images whose parameter does not follow from their name.
    """
    named = {name: image["parameters"] for name, image in images.items() if image["parameters"]}
    return {
        "entries": len(entries),
        "images": len(images),
        "parameters": len(_parameters(images)),
        "irregular": sum(regular_parameter(name) not in _bare(names) for name, names in named.items()),
        "without_parameters": len(images) - len(named),
        "without_user": sum(image["user"] is None for image in images.values()),
        "undeclared": len(_parameters(images) - tree.parameters),
    }


def regular_parameter(image: str) -> str:
    """What the parameter of IMAGE would be if all kept to the rule, without Docker or Container."""
    return "".join(word[:1].upper() + word[1:] for word in image.replace("_", "-").split("-")) + "Image"


def _bare(parameters: Iterable[str]) -> set[str]:
    return {name.removeprefix("Docker").removeprefix("Container") for name in parameters}


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    """JSON with one line for each entry of a map, which a difference shows."""
    last = len(data) - 1
    yield "{\n"
    for number, (key, value) in enumerate(data.items()):
        end = "\n" if number == last else ",\n"
        if isinstance(value, dict):
            inner = ",\n".join(f"  {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
            yield f"{json.dumps(key)}: {{\n{inner}\n}}{end}"
        else:
            yield f"{json.dumps(key)}: {json.dumps(value)}{end}"
    yield "}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the catalogues that are asked for, all by default; 1 where a commit cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m scaffold.catalogue.derive", description=__doc__)
    parser.add_argument("repositories", type=Path, metavar="DIR", help="where the git directories are")
    parser.add_argument("release", nargs="*", metavar="RELEASE", help=f"default: {' '.join(NAMES)}")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.release) - set(NAMES))
    if unknown:
        parser.error("; ".join(f"{there_is_no('release', name)}: {hint(name, NAMES)}" for name in unknown))
    for release in options.release or NAMES:
        try:
            packaged = engine_versions(release)[HEAT_TEMPLATES]
            made = derive(release, branches(release), packaged, Upstream(options.repositories))
        except (ScaffoldError, OSError) as error:
            print(f"{release}: {error}", file=sys.stderr)
            return 1
        for name, text in zip(("", ".parameters", ".environments"), made, strict=True):
            Path(__file__).with_name(f"{release}{name}.json").write_text(text, "utf-8")
        print(release, json.loads(made[0])["counts"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
