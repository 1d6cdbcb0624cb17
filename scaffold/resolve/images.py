"""The layers that a service asks for, however they are built: what they are named after, say and add."""

from __future__ import annotations

import re
from typing import Any

from scaffold.catalogue import short_name
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.declared import WITH_IMAGES
from scaffold.fields.image_parts import ArchiveAnswers, ImageAnswers, OneOfSeveralAnswers, PythonSourceAnswers
from scaffold.model import Install, KernelModule, ServiceName, VendorRepo
from scaffold.releases import Base
from scaffold.releases.tools import TOOLS, brought_by

# a URL, a here-document, a variable, the folder itself
_ELSEWHERE = re.compile(r"://|^git@|^<<|\$|^\.$")
ARCHIVES = (".whl", ".zip", ".tar.gz")
PIP_WHEEL = "pip-20.3.4-py2.py3-none-any.whl"  # the last one for Python 2.7
TAR = {"tar": "-xf", "gz": "-xzf", "tgz": "-xzf", "xz": "-xJf"}


def each(answers: ServiceAnswers, one: OneOfSeveralAnswers) -> OneOfSeveralAnswers:
    """The answers of ONE of several images, with what the service says for all of them."""
    return one.under(dict(answers.having(Trait.SHARED)))


def asked_images(service: ServiceAnswers) -> list[tuple[tuple[str | int, ...], ImageAnswers]]:
    """The images of SERVICE, each with the path of its answers: () or ("images", 0)."""
    if service.integration == "image" and service.images:
        return [(("images", index), each(service, one)) for index, one in enumerate(service.images)]
    return [((), service)]


def tags(service: ServiceAnswers, name: str) -> dict[str, str]:
    """The tag of each image of SERVICE, which is called NAME, by the setting that says it."""
    found = asked_images(service) if service.integration in WITH_IMAGES else []
    return {".".join(["services", name, *map(str, at), "image_tag"]): one.image_tag for at, one in found}


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
    summary = asked.labels.get("summary", title(repo.vendor, name))
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
    own_pip: bool,
) -> Install:
    """What the layer IMAGE of the service NAME adds to its base; OWN_PIP: whether pip has to be brought."""
    asked, launcher = image.install, answers.launcher_script
    brought = not (asked or swap or answers.says(ServiceAnswers.command) or (launcher and launcher.exec))
    packages = list(asked.packages)
    if module and module.delivery == "container" and "kmod" not in packages:
        packages.insert(0, "kmod")  # modprobe, which not every stock image has
    pip_files = [one for one in asked.pip if one.endswith(ARCHIVES) and "==" not in one]
    theirs = [one for one in pip_files if re.match(r"pip-\d.*\.whl$", one)]
    wheels = (theirs or [PIP_WHEEL])[:1] if asked.pip and own_pip else []
    made = {
        "packages": packages,
        "pip_files": list(dict.fromkeys([*pip_files, *wheels])),
        "pip_wheel": "".join(wheels),
        "archives": [_archive(one) for one in asked.archives],
        "python_sources": [_source(one) for one in asked.python_sources],
        "binary": f"/usr/bin/{name.kebab}" if brought else "",
    }
    return Install(**asked.plain | made)


def brings(install: Install, base: Base, held: frozenset[str]) -> list[dict[str, str]]:
    """The tools that a layer uses and its base, which surely HELD others, may lack."""
    tars = {archive["tar"] for archive in install.archives}
    used = ["curl", "tar"] if tars else []
    used += ["gzip"] if "-xzf" in tars else []
    used += ["xz"] if "-xJf" in tars else []
    used += ["setuptools" if install.pip_wheel else "pip"] if install.pip else []
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


def _archive(asked: ArchiveAnswers) -> dict[str, Any]:
    file = asked.url.rpartition("/")[2]
    return {"strip": asked.strip} | asked.plain | {"file": file, "tar": TAR[file.rpartition(".")[2]]}


def _source(asked: PythonSourceAnswers) -> dict[str, str]:
    return {"name": asked.name, "into": (asked.into or "").replace(".", "/")}
