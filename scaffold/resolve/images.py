"""The layers that a service asks for, however they are built: what they are named after, say and add."""

from __future__ import annotations

import re
from typing import Any

from scaffold.catalogue import short_name
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.declared import WITH_IMAGES
from scaffold.fields.image_parts import ImageAnswers, InstallAnswers, OneOfSeveralAnswers
from scaffold.filters import shell
from scaffold.layers import Install
from scaffold.model import KernelModule, ServiceName, VendorRepo
from scaffold.releases import Base
from scaffold.releases.tools import TOOLS, brought_by
from scaffold.resolve.files import ARCHIVES, by_pip, is_for_pip, is_rpm, steps
from scaffold.resolve.sharing import joined

# a URL, a here-document, a variable, the folder itself
_ELSEWHERE = re.compile(r"://|^git@|^<<|\$|^\.$")
PIP_WHEEL = "pip-20.3.4-py2.py3-none-any.whl"  # the last one for Python 2.7


def each(answers: ServiceAnswers, one: OneOfSeveralAnswers) -> OneOfSeveralAnswers:
    """The answers of ONE of several images, with what the service says for all of them."""
    return OneOfSeveralAnswers(joined(of_all(answers), one.plain))


def of_all(answers: ServiceAnswers) -> dict[str, Any]:
    """What a service says for each of its images, by what an image calls it."""
    lines = answers.extra.dockerfile
    return dict(answers.having(Trait.SHARED)) | ({"dockerfile": lines} if lines else {})


def asked_images(service: ServiceAnswers) -> list[tuple[tuple[str | int, ...], ImageAnswers]]:
    """The images of SERVICE, each with the path of its answers: () or ("images", 0)."""
    if service.integration == "image" and service.images:
        return [(("images", index), each(service, one)) for index, one in enumerate(service.images)]
    return [((), service)]


def tags(service: ServiceAnswers, name: str) -> dict[str, str]:
    """The tag of each image of SERVICE, which is called NAME, by the setting that says it.

    An image that exists is said as a whole.
    """
    found = asked_images(service) if service.integration in WITH_IMAGES else []
    said = {at: ("image", one.image) if one.image else ("image_tag", one.image_tag) for at, one in found}
    return {".".join(["services", name, *map(str, at), key]): value for at, (key, value) in said.items()}


def short(asked: ImageAnswers) -> str:
    """The short name of the stock image that is ASKED for: cinder-volume."""
    return short_name(asked.base_image) if "/" in asked.base_image else asked.base_image


def stock_reference(base: Base, name: str) -> str:
    """The full reference of the stock image NAME."""
    return f"{base.registry}/{base.namespace}/{base.prefix}{name}:{base.tag}"


def title(vendor: str, name: ServiceName) -> str:
    """What people call the service NAME of VENDOR: its name, and the vendor's once."""
    words, spelt = name.kebab.split("-"), re.sub(r"[^a-z0-9]", "", vendor.lower())
    known = 0
    while known < len(words) and spelt.startswith("".join(words[: known + 1])):
        known += 1
    return " ".join([vendor, *words[known:]])


def _released(tag: str) -> tuple[str, str]:
    """The labels version and release of TAG: 3.0-2 is release 2 of 3.0. Certified builds differ in them."""
    version, _, number = tag.rpartition("-")
    return (version, number) if version and number.isdecimal() else (tag, "1")


def labels(
    repo: VendorRepo, name: ServiceName, asked: ImageAnswers, image_name: str, *, swap: bool
) -> dict[str, str]:
    """The labels of the layer that is ASKED for, which is called IMAGE_NAME."""
    summary = asked.labels.get("summary") or title(repo.vendor, name)
    product = repo.base.product
    version, release = _released(asked.image_tag)
    of_stock = f"{short(asked)} of {product} with {summary}"
    defaults = {
        "name": f"{repo.namespace}/{image_name}",
        "vendor": repo.vendor,
        "version": version,
        "release": release,
        "summary": summary,
        "description": of_stock if swap else f"{summary} for {product}",
        "maintainer": repo.maintainer,
    }
    return defaults | asked.labels


def installed(
    answers: ServiceAnswers,
    image: ImageAnswers,
    name: ServiceName,
    module: KernelModule | None,
    swap: bool,
    base: Base,
    own_pip: bool,
) -> Install:
    """What the layer IMAGE of the service NAME adds to its BASE; OWN_PIP: whether pip has to be brought."""
    asked, launcher = image.install, answers.launcher_script
    as_it_is = answers.container.kolla_start is False  # it runs what its base does
    named = answers.says(ServiceAnswers.command) or (launcher and launcher.exec)
    brought = not (asked or swap or named or as_it_is)
    packages = list(asked.packages)
    if module and module.delivery == "container" and "kmod" not in packages:
        packages.insert(0, "kmod")  # modprobe, which not every stock image has
    rpms = [*asked.rpm_files, *(str(one.source) for one in asked.files if is_rpm(one))]
    pip = list(dict.fromkeys([*asked.pip, *(str(one.source) for one in asked.files if is_for_pip(one))]))
    pip_files = [one for one in pip if one.endswith(ARCHIVES) and "==" not in one]
    theirs = [one for one in pip_files if re.match(r"pip-\d.*\.whl$", one)]
    wheels = (theirs or [PIP_WHEEL])[:1] if by_pip(asked) and own_pip else []
    made = {
        "packages": packages,
        "pip_files": list(dict.fromkeys([*pip_files, *wheels])),
        "pip_wheel": "".join(wheels),
        "rpm_files": list(dict.fromkeys(rpms)),
        "pip": pip,
        "files": steps(asked, base, repositories(asked)),
        "binary": f"/usr/bin/{name.kebab}" if brought else "",
    }
    plain = {key: one for key, one in asked.plain.items() if key in Install.__annotations__}
    return Install(**plain | made)


def repositories(asked: InstallAnswers) -> str:
    """The options of the package manager for the repositories that are ASKED for."""
    off, on = ",".join(asked.disabled_repos), ",".join(asked.enabled_repos)
    return (f" --disablerepo={shell(off)}" if off else "") + (f" --enablerepo={shell(on)}" if on else "")


def brings(install: Install, base: Base, held: frozenset[str]) -> list[dict[str, str]]:
    """The tools that a layer uses and its base, which surely HELD others, may lack."""
    used = list(dict.fromkeys(tool for file in install.files for tool in file.tools))
    pip = "setuptools" if install.pip_wheel else "pip"
    used += [pip] if install.pip or "pip" in used else []
    used = [name for name in dict.fromkeys(used) if name != "pip" or name == pip]
    lacking = [TOOLS[name] for name in used if name not in held | brought_by(install.packages)]
    return [{"check": tool.check, "package": tool.package[base.package_manager]} for tool in lacking]


def copied(lines: list[str]) -> list[str]:
    """What LINES of a Dockerfile copy from the folder of the image."""
    from scaffold.documents.dockerfile import instructions

    found: dict[str, None] = {}
    for instruction in instructions("\n".join(lines)):
        if instruction.name in ("COPY", "ADD") and "from" not in instruction.flags:
            named = (word.removeprefix("./").strip("/") for word in instruction.arguments[:-1])
            found |= dict.fromkeys(word for word in named if word and not _ELSEWHERE.search(word))
    return list(found)
