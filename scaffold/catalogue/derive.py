"""Derive the catalogue of each release from the packages on PyPI.

``python -m scaffold.catalogue.derive [--cache DIR] [RELEASE...]`` writes ``RELEASE.yaml`` beside this file.
The same versions give the same bytes. It runs what the packages bring (setup.py, process-templates.py).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scaffold.catalogue import built, deployed
from scaffold.catalogue.packages import Packages
from scaffold.errors import ScaffoldError
from scaffold.tripleo.services import REGISTRY

# The last versions of each release's branch on PyPI. Where the numbers mislead: 12.5.0 to 12.7.0 of
# tripleo-heat-templates and tripleo-common are of the Victoria cycle; tripleo-common is ahead by one major
# from Wallaby on. kolla where its images are what TripleO deploys; from Victoria on TCIB builds them.
VERSIONS: Mapping[str, Mapping[str, str]] = {
    "queens": {"tripleo-heat-templates": "8.4.1", "tripleo-common": "8.7.1", "kolla": "6.2.4"},
    "rocky": {"tripleo-heat-templates": "9.4.1", "tripleo-common": "9.6.1", "kolla": "7.1.1"},
    "stein": {"tripleo-heat-templates": "10.6.2", "tripleo-common": "10.8.2", "kolla": "8.0.5"},
    "train": {"tripleo-heat-templates": "11.6.0", "tripleo-common": "11.7.0", "kolla": "9.4.0"},
    "ussuri": {"tripleo-heat-templates": "12.4.6", "tripleo-common": "12.4.7", "kolla": "10.4.0"},
    "victoria": {"tripleo-heat-templates": "13.6.0", "tripleo-common": "13.3.0"},
    "wallaby": {"tripleo-heat-templates": "14.3.0", "tripleo-common": "15.4.0"},
}
TAKEN = ("services", "service_names", "containers", "kolla_files", "config_scripts")

HEAD = """\
# Stock images of TripleO {title}: parameters, default user, services and containers of each image, and
# the names that the release uses itself. Derived, not edited:
#   python -m scaffold.catalogue.derive {release}
# from {packages} (PyPI).
"""


def derive(release: str, packages: Packages) -> str:
    """The text of the catalogue of ``release``."""
    versions = VERSIONS[release]
    with tempfile.TemporaryDirectory() as folder:
        tree = deployed.read(packages.heat_templates(versions["tripleo-heat-templates"], Path(folder)))
        common = packages.unpack("tripleo-common", versions["tripleo-common"], Path(folder))
        entries = built.entries(common)
        users = built.tcib_users(common)
        templates: dict[str, built.KollaTemplate] = {}
        if "kolla" in versions:
            kolla = packages.unpack("kolla", versions["kolla"], Path(folder))
            users |= built.kolla_users(kolla)
            templates = built.kolla_templates(kolla)
    images = {
        name: _image(group, users, tree) | _kolla(group[0], templates)
        for name, group in sorted(_by_name(entries).items())
    }
    data = {
        "release": release,
        "versions": dict(versions),
        "counts": _counts(entries, images, tree),
        "undeclared": sorted(_parameters(images) - tree.parameters),
        "images": images,
        "taken": {kind: sorted(tree.taken[kind]) for kind in TAKEN},
        "templates": dict(sorted(tree.templates.items())),
    }
    listed = ", ".join(f"{package} {version}" for package, version in versions.items())
    return HEAD.format(title=release.title(), release=release, packages=listed) + "".join(_lines(data))


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

    irregular: images whose parameter cannot be told from their name.
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
    """What the parameter of ``image`` would be if all kept to the rule, without Docker or Container."""
    return "".join(word[:1].upper() + word[1:] for word in image.replace("_", "-").split("-")) + "Image"


def _bare(parameters: Iterable[str]) -> set[str]:
    return {name.removeprefix("Docker").removeprefix("Container") for name in parameters}


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    """YAML with one line per image; only long lists of names are broken."""
    for key, value in data.items():
        if key in ("images", "taken", "templates"):
            yield f"{key}:\n"
            for name, item in value.items():
                text = _flow({name: item}, width=110 if key == "taken" else 10_000)
                yield "".join(f"  {line}\n" for line in text)
        else:
            yield "".join(f"{line}\n" for line in _flow({key: value}, width=110))


def _flow(pair: Mapping[str, Any], width: int) -> list[str]:
    ((key, value),) = pair.items()
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=width)
    lines = text.removesuffix("...\n").splitlines()
    return [f"{key}: {lines[0]}", *lines[1:]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the catalogues that are asked for, all by default; 1 where a package cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m scaffold.catalogue.derive", description=__doc__)
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the downloaded packages here")
    parser.add_argument("release", nargs="*", metavar="RELEASE", help=f"default: {' '.join(VERSIONS)}")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.release) - set(VERSIONS))
    if unknown:
        parser.error(f"unknown release: {', '.join(unknown)} (known: {', '.join(VERSIONS)})")
    with tempfile.TemporaryDirectory() as temporary:
        packages = Packages(options.cache or Path(temporary))
        for release in options.release or VERSIONS:
            try:
                text = derive(release, packages)
            except (ScaffoldError, OSError) as error:
                print(f"{release}: {error}", file=sys.stderr)
                return 1
            Path(__file__).with_name(f"{release}.yaml").write_text(text, "utf-8")
            print(release, yaml.safe_load(text)["counts"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
