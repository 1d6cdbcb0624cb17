"""ContainerImagePrepare: the list that image prepare works through, with the vendor's layers in it.

tripleo_common/image/kolla_builder.py: a parameter in a later environment file replaces the whole list;
includes and excludes are searched for (re.search) in the full name of the stock image, so that only the
slash before and the colon after make them that one image; of two entries for an image the later one wins.
"""

from __future__ import annotations

from typing import Any

from scaffold.fields.image_parts import ImageAnswers
from scaffold.model import Image, VendorRepo
from scaffold.releases import cloud

TASKS = {"dockerfile": "modify_image.yml", "rpms": "rpm_install.yml", "packages": "yum_install.yml"}


def entry(repo: VendorRepo, asked: ImageAnswers, base_name: str, folder: str) -> dict[str, Any]:
    """The entry that lays the vendor's layer on one stock image."""
    tasks = asked.prepare
    directory = f"/opt/{repo.repo_name}/{folder}"
    variables: dict[str, Any] = {"tasks_from": TASKS[tasks]}
    match tasks:
        case "dockerfile":
            variables["modify_dir_path"] = directory
        case "rpms":
            variables["rpms_path"] = directory
        case "packages":
            variables["yum_packages"] = asked.install.packages
            variables["yum_repos_dir_path"] = "/etc/yum.repos.d"
    return {
        "push_destination": _destination(repo),
        "includes": [f"/{repo.base.prefix}{base_name}:"],
        "set": _set(repo, [base_name]),
        "modify_role": "tripleo-modify-image",
        "modify_append_tag": f"-{repo.slug}-{asked.image_tag}",
        "modify_vars": variables,
    }


def copied(repo: VendorRepo, reference: str, base_name: str) -> dict[str, Any]:
    """The entry that copies the image REFERENCE, which is named after a stock one."""
    namespace, prefix, suffix, tag = parts(reference, base_name)
    named = {"namespace": namespace, "name_prefix": prefix, "name_suffix": suffix, "tag": tag}
    drivers = _driver(repo, [base_name])
    includes = [f"/{prefix}{base_name}{suffix}:"]
    return {"push_destination": _destination(repo), "includes": includes, "set": named | drivers}


def parts(reference: str, base_name: str) -> tuple[str, str, str, str]:
    """Namespace, what comes before and after the name of the stock image, and tag of REFERENCE.

    Raises ValueError where the name of the stock image is no part of it.
    """
    path, _, tag = reference.rpartition(":")
    namespace, _, name = path.rpartition("/")
    start = name.index(base_name)
    return namespace, name[:start], name[start + len(base_name) :], tag


def whole(repo: VendorRepo, images: list[Image]) -> list[dict[str, Any]]:
    """The list: every other image as it is, then those of IMAGES; empty without any."""
    layers = [one for image in images for one in image.prepare]
    if not layers:
        return []
    names = [image.base_name for image in images if image.prepare]
    others = [f"/{repo.base.prefix}{name}:" for name in names]
    return [{"push_destination": _destination(repo), "excludes": others, "set": _set(repo, names)}, *layers]


def _destination(repo: VendorRepo) -> bool | str:
    """True stands for the registry of the undercloud, wherever the release has it."""
    return True if repo.registry == repo.release.tripleo.undercloud_registry else repo.registry


def _set(repo: VendorRepo, names: list[str]) -> dict[str, str]:
    """Where the images NAMES come from, and the driver of neutron with which there are such."""
    base = repo.base
    namespace = f"{base.registry}/{base.namespace}"
    named = {"namespace": namespace, "name_prefix": base.prefix, "name_suffix": "", "tag": base.tag}
    return named | _driver(repo, names)


def _driver(repo: VendorRepo, names: list[str]) -> dict[str, str]:
    """The driver of neutron with which image prepare knows the images NAMES."""
    release = repo.release.name
    drivers = {cloud.neutron_driver(release, name) for name in names} - {""}
    return {"neutron_driver": drivers.pop()} if drivers and cloud.keeps_neutron_driver(release) else {}
