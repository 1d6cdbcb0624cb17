"""The vendor's images as they come to a host: built from Dockerfiles, pushed to a registry, pulled back."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold import catalogue
from scaffold.model import Image, Service
from scaffold.releases import engine_versions
from scaffold.tripleo import kolla
from scaffold.verify import controls, install
from scaffold.verify.containers import stand_in_base, stand_in_tools
from scaffold.verify.containers.store import CHROOT, ContainerStore, Failed, versions
from scaffold.verify.findings import Unavailable
from scaffold.verify.kolla_users import kolla_files, kolla_users
from scaffold.verify.needs import PROGRAMS, Needs
from scaffold.verify.rehearsal import Rehearsal

STAND_IN = "VENDOR_SCAFFOLD_STAND_IN"  # set it, and no stock image is pulled
START = ('ENTRYPOINT ["dumb-init","--single-child","--"]', f'CMD ["{kolla.START}"]')
DOWNLOADS = "/var/lib/stand-in/downloads"  # programs/curl_stand_in.py
STORAGE = (
    "set VENDOR_SCAFFOLD_ENGINES to a directory on ext4 or xfs, where overlay file systems work, "
    "or run it in a virtual machine"
)
PULL_SECONDS = 3600
REACH_SECONDS = 10
# Python sources become parts of packages that a stock image has
PACKAGE = 'mkdir -p "$(python3 -c "import sysconfig; print(sysconfig.get_path(\'purelib\'))")/$0"'


@dataclass(frozen=True)
class BuildBase:
    """An image of the store to build on. stood_in: why it is not the stock image; empty where it is."""

    name: str
    stood_in: str


@dataclass(frozen=True)
class Built:
    """One image of the vendor, by its name in the registry. log: what the builder said."""

    service: Service
    image: Image
    base: BuildBase
    name: str
    log: str


def services(rehearsal: Rehearsal) -> list[tuple[Service, Image]]:
    """Each image that a Dockerfile of the repository makes, with its service."""
    return [
        (service, image)
        for service in rehearsal.repo.services
        for image in service.images
        if image.has_dockerfile
    ]


def needs(rehearsal: Rehearsal) -> Needs:
    """What builds and runs images, where there is one to build; kolla's files come with a stand-in."""
    if not services(rehearsal):
        return Needs()
    debs = (stand_in_base.debs_piece(),) if never_stock(rehearsal) else ()
    return kolla_files(rehearsal.release.name) + Needs(debs, programs=tuple(PROGRAMS), root=True)


def never_stock(rehearsal: Rehearsal) -> str:
    """Why no stock image is pulled, however its registry answers; else nothing."""
    if os.environ.get(STAND_IN):
        return f"{STAND_IN} is set"
    return "" if rehearsal.session.containers.allow_code else "without network; --allow-code pulls it"


def prepare(rehearsal: Rehearsal) -> str:
    """The versions of the programs."""
    return versions() if services(rehearsal) else ""


def dockerfile(image: Image) -> str:
    """The Dockerfile of an image, seen from the root."""
    return f"{image.folder}/Dockerfile"


def missing(rehearsal: Rehearsal, service: Service, image: Image) -> list[str]:
    """What an image cannot be built without: files that nobody has brought, downloads out of reach."""
    install = image.install
    wanted = [*install.repo_files, *install.rpm_files, *install.pip_files]
    wanted += [file.brought for file in install.files if file.source]
    wanted += [image.key] if install.binary else []
    wanted += image.copied
    wanted += ["modules"] if image.modules_prefix else []
    here = rehearsal.root / image.folder
    absent = [f"{image.folder}/{name} is not here" for name in wanted if not any(here.glob(name))]
    urls = [file.url for file in install.files if file.url]
    downloads = _downloads(rehearsal, image)
    return absent + [f"{url} cannot be read from here" for url in urls if not _download(downloads, url)]


def _downloads(rehearsal: Rehearsal, image: Image) -> Path:
    """The archives of an image that could be read, as the stand-in's curl looks for them."""
    return rehearsal.scratch(f"downloads-{image.key}")


def _download(directory: Path, url: str) -> bool:
    """Whether URL is in the DIRECTORY, downloaded where it was not."""
    file = directory / hashlib.sha256(url.encode()).hexdigest()
    try:
        if not file.exists():
            with urllib.request.urlopen(url, timeout=REACH_SECONDS) as page, file.open("wb") as target:
                shutil.copyfileobj(page, target)
    except (OSError, ValueError, http.client.HTTPException):
        file.unlink(missing_ok=True)
    return file.exists()


def build(rehearsal: Rehearsal, service: Service, image: Image) -> Built:
    """Build, push and pull back; made once in a rehearsal. Raises Failed, and Unavailable without a base."""
    made = rehearsal.once(f"image {image.key}", lambda: _attempt(rehearsal, service, image))
    if isinstance(made, Failed):
        raise made
    return made


def _attempt(rehearsal: Rehearsal, service: Service, image: Image) -> Built | Failed:
    store = rehearsal.session.containers
    base = base_of(rehearsal, image)
    name = f"{store.registry()}/{_repository(image.reference)}"
    context = store.lend(_context(rehearsal, image, base))
    identity = store.directory / f"{image.key}.id"
    options = ["--format", "docker", "--build-arg", f"BASE_IMAGE={base.name}", "--iidfile", identity]
    if any(file.url for file in image.install.files) and not store.allow_code:
        options += ["--volume", f"{store.lend(_downloads(rehearsal, image))}:{DOWNLOADS}:ro"]
    try:
        log = store.run("buildah", "build", *CHROOT, *options, context)
        made = store.run("cat", identity).strip()
        store.run("buildah", "push", "--tls-verify=false", made, f"docker://{name}")
        store.run("buildah", "rmi", "--force", made)
        store.run("buildah", "pull", "--policy", "always", "--tls-verify=false", f"docker://{name}")
    except Failed as failure:
        return failure
    return Built(service, image, base, name, log)


def _context(rehearsal: Rehearsal, image: Image, base: BuildBase) -> Path:
    """The folder of an image; on a stand-in, with a pip that needs no repository."""
    folder = (rehearsal.root / dockerfile(image)).parent
    if not (base.stood_in and image.install.pip_wheel):
        return folder
    copy = rehearsal.scratch(f"context-{image.key}")
    shutil.copytree(folder, copy, symlinks=True, dirs_exist_ok=True)
    (copy / image.install.pip_wheel).write_bytes(stand_in_tools.pip_wheel())
    return copy


def acquit(rehearsal: Rehearsal, image: Image) -> None:
    """Raise Crashed where a Dockerfile without a fault is not built on the base, or not started."""
    controls.acquit(rehearsal, f"buildah on {image.base_name}", lambda: _control(rehearsal, image))


def _control(rehearsal: Rehearsal, image: Image) -> str:
    store = rehearsal.session.containers
    folder = rehearsal.scratch(f"image-control-{image.base_name}")
    base = base_of(rehearsal, image).name
    (folder / "Dockerfile").write_text(f"FROM {base}\nCOPY Dockerfile /\nRUN true\n")
    name = f"{store.registry()}/control/{image.base_name}:1"
    try:
        store.run("buildah", "build", *CHROOT, "--format", "docker", "--tag", name, store.lend(folder))
        store.run("buildah", "push", "--tls-verify=false", name)
        store.run("podman", "run", "--rm", "--network", "none", "--entrypoint", "true", name)
    except Failed as failure:
        return failure.log or str(failure)
    return ""


def base_of(rehearsal: Rehearsal, image: Image) -> BuildBase:
    """The stock image where it can be pulled, else its stand-in."""
    why = never_stock(rehearsal)
    if not why:
        try:
            return BuildBase(_stock(rehearsal.session.containers, image.base), "")
        except Failed as failure:
            why = (failure.log.strip().splitlines() or [str(failure)])[-1]
    return BuildBase(_stand_in(rehearsal, image), why)


def _stock(store: ContainerStore, reference: str) -> str:
    """The stock image, kept in the cache of the engines."""
    url = f"docker://{reference}"
    digest = store.run("skopeo", "inspect", "--format", "{{.Digest}}", url, timeout=60).strip()
    name = f"localhost/stock/{_repository(reference)}"

    def fetch(target: object) -> None:
        store.run("skopeo", "copy", url, f"dir:{target}", timeout=PULL_SECONDS)

    kept = install.once(f"stock-{digest.removeprefix('sha256:')[:16]}", digest, fetch)
    store.run("skopeo", "copy", f"dir:{kept}", f"containers-storage:{name}")
    return name


def _stand_in(rehearsal: Rehearsal, image: Image) -> str:
    """A stand-in, with the packages of the stock image that the vendor's sources become parts of."""
    packages = sorted({file.into for file in image.install.files} - {""})
    name = _bare_stand_in(rehearsal, image)
    if not packages:
        return name
    store = rehearsal.session.containers
    container = store.run("buildah", "from", "--pull-never", name).split()[-1]
    for package in packages:
        made = ["bash", "-c", PACKAGE, package]
        store.run("buildah", "run", *CHROOT, "--user", "root", container, "--", *made)
    store.run("buildah", "commit", "--rm", container, f"{name}-{image.key}")
    return f"{name}-{image.key}"


def _bare_stand_in(rehearsal: Rehearsal, image: Image) -> str:
    store = rehearsal.session.containers
    version = engine_versions(rehearsal.release.name)["kolla"]
    users = kolla_users(rehearsal.release.name)
    name = f"localhost/stand-in/{image.base_name}-{image.base_user}:{version}-{image.package_manager}"
    try:
        store.run("podman", "image", "exists", name)
    except Failed:
        system = rehearsal.scratch(f"stand-in-{image.base_name}") / "rootfs.tar"
        shutil.copyfile(stand_in_base.root_file_system(version, users), system)
        held = catalogue.load(rehearsal.release.name).holds(image.base_name, image.package_manager)
        stand_in_base.give(system, held)
        changes = [part for line in (*START, f"USER {image.base_user}") for part in ("--change", line)]
        try:
            store.run("podman", "import", *changes, store.lend(system), name)
        except Failed as failure:
            said = (failure.log.strip().splitlines() or [str(failure)])[-1]
            raise Unavailable(f"images cannot be stored here: {said}", STORAGE) from failure
    return name


def _repository(reference: str) -> str:
    """A reference without its registry."""
    first, _, rest = reference.partition("/")
    return rest if rest and ("." in first or ":" in first or first == "localhost") else reference


def inside(store: ContainerStore, built: Built, commands: Sequence[Sequence[str]]) -> list[str]:
    """What COMMANDS say in a container of the image, as its user; raises Failed for the first that fails."""
    container = store.run("buildah", "from", "--pull-never", built.name).split()[-1]
    try:
        return [store.run("buildah", "run", *CHROOT, container, "--", *words) for words in commands]
    finally:
        store.run("buildah", "rm", container)
