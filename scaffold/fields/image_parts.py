"""The answers about one image: what it is built on, how, and what goes into it."""

from __future__ import annotations

from scaffold.fields import places, values
from scaffold.fields.asked import DeclaredAnswers, Trait, answer
from scaffold.fields.shapes import Boolean, Choice, Integer, ListOf, MapOf, Text

ARGS = MapOf(values.ENVIRONMENT_NAME, Text(values.LABEL))
LABELS = MapOf(values.LABEL_KEY, Text(values.LABEL))


class ArchiveAnswers(DeclaredAnswers):
    """An archive that the image gets."""

    url: str = answer(Text(places.ARCHIVE_URL), "Where the archive is.", required=True)
    sha256: str = answer(Text(values.SHA256), "Its checksum, as sha256sum prints it.", required=True)
    to: str = answer(Text(places.ABSOLUTE_PATH), "The directory that it is unpacked into.", required=True)
    strip: int = answer(Integer(0, 9), "How many leading directories of its paths are left out.", default=0)


class PythonSourceAnswers(DeclaredAnswers, shorthand="name"):
    """A directory of Python sources that the image gets."""

    name: str = answer(Text(values.PYTHON_NAME), "The directory that holds the sources.", required=True)
    into: str | None = answer(
        Text(values.PYTHON_PACKAGE),
        "The package of the stock image that it becomes a part of, as in cinder.volume.drivers.",
        "a package of its own",
    )


class FileAnswers(DeclaredAnswers, shorthand="source"):
    """A file or directory that the image gets, whatever it is."""

    source: str | None = answer(
        Text(places.SOURCE),
        "A file in the folder of the image, or a directory, which ends in /; or url.",
        "what is at `to`, or a directory that is made where that ends in /",
    )
    url: str | None = answer(
        Text(places.FILE_URL), "Where it is downloaded from in the build, with its sha256.", "none"
    )
    sha256: str | None = answer(
        Text(values.SHA256), "Checksum of what is downloaded, as sha256sum prints it.", "none"
    )
    action: str | None = answer(
        Choice(("copy", "unpack", "install", "pip", "patch")),
        "What is done with it: copied, unpacked into a directory, installed by the package manager or by pip "
        "(-r, where it is a list of requirements), or applied as a patch.",
        "by its ending: .rpm is installed, .whl goes to pip, .tar, .tar.gz, .tgz, .tar.xz and .zip are "
        "unpacked, .patch and .diff applied, all else is copied",
    )
    to: str | None = answer(
        Text(places.IMAGE_PATH),
        "Path of the copy in the image, or, ending in /, the directory that it goes into; "
        "the directory that is unpacked into or patched.",
        "for a patch, where Python looks",
    )
    into: str | None = answer(
        Text(values.PYTHON_PACKAGE),
        "In place of to: the Python package that it becomes a part of, as in os_brick.initiator.",
        "none",
    )
    mode: str | None = answer(
        Text(places.PERM),
        'Its mode, like "0644"; of a directory, that of all files that are then in it.',
        "as it is",
    )
    owner: str | None = answer(
        Text(values.OWNER),
        "Its owner, user or user:group; of a directory, also of all that is then in it.",
        "root",
    )
    strip: int | None = answer(
        Integer(0, 9),
        "How many leading directories of the paths in an archive or patch are left out.",
        "0; 1 for a patch",
    )


class InstallAnswers(DeclaredAnswers):
    """What an image installs."""

    security_updates: bool = answer(
        Boolean(),
        "Whether the packages of the base get their security updates.",
        default=False,
        traits=Trait.NOT_OF_KOLLA,
    )
    disabled_repos: list[str] = answer(
        ListOf(Text(places.REPO_ID), unique=True),
        "Repositories of packages that nothing is installed from, or '*' for all but enabled_repos.",
        "none",
        traits=Trait.OF_REPOSITORIES | Trait.NOT_OF_KOLLA,
    )
    enabled_repos: list[str] = answer(
        ListOf(Text(places.REPO_ID), unique=True),
        "Repositories that are on for the installation.",
        "none",
        traits=Trait.OF_REPOSITORIES | Trait.NOT_OF_KOLLA,
    )
    repo_files: list[str] = answer(
        ListOf(Text(places.REPO_FILE), unique=True),
        "Repository files, copied in for the installation and removed again.",
        "none",
    )
    rpm_files: list[str] = answer(
        ListOf(Text(places.RPM_PATTERN), unique=True),
        "RPM files to install; * stands for any text.",
        "none",
    )
    packages: list[str] = answer(ListOf(Text(places.PACKAGE), unique=True), "Packages to install.", "none")
    pip: list[str] = answer(
        ListOf(Text(places.PIP), unique=True),
        "Python distributions to install, as name==version or the name of a file.",
        "none",
    )
    pip_index: str | None = answer(
        Text(places.PIP_INDEX), "Index of Python distributions that pip searches besides its own.", "none"
    )
    archives: list[ArchiveAnswers] = answer(
        ListOf(ArchiveAnswers.group),
        "Archives to download, to compare with their checksums and to unpack.",
        "none",
    )
    python_sources: list[PythonSourceAnswers] = answer(
        ListOf(PythonSourceAnswers.group),
        "Directories of Python sources to copy to where Python looks.",
        "none",
    )
    files: list[FileAnswers] = answer(
        ListOf(FileAnswers.group),
        "Files and directories: copied, unpacked, installed or applied as patches.",
        "none",
    )
    packages_override: list[str] = answer(
        ListOf(Text(places.PACKAGE), unique=True),
        "Packages in place of those that kolla's own template installs.",
        "kolla's own",
        traits=Trait.OF_KOLLA,
    )
    base_packages: list[str] = answer(
        ListOf(Text(places.PACKAGE), unique=True),
        "Packages that kolla's base image gets, below every image.",
        "none",
        traits=Trait.OF_KOLLA,
    )


class ImageAnswers(DeclaredAnswers):
    """What one image is made of; a service has one, or several under `images`."""

    image: str | None = answer(
        Text(places.IMAGE),
        "An image that exists already, certified or built elsewhere: nothing is built. With build: prepare, "
        "image prepare copies it to the registry.",
        "one that is built",
        traits=Trait.OF_IMAGE | Trait.OF_EACH,
    )
    build: str = answer(
        Choice(("layer", "kolla", "prepare")),
        "Your own layer, TripleO's image build, or a layer added by image prepare.",
        default="layer",
        traits=Trait.OF_IMAGE | Trait.SHARED,
    )
    prepare: str = answer(
        Choice(("dockerfile", "rpms", "packages")),
        "What image prepare does: build the Dockerfile, or install RPM files or packages.",
        default="dockerfile",
        traits=Trait.OF_IMAGE | Trait.SHARED | Trait.OF_BUILD,
    )
    base_image: str = answer(
        Text(places.BASE_IMAGE),
        "The stock image below: a name of the catalogue, or registry/namespace/name:tag.",
        default="cinder-volume",
        traits=Trait.OF_IMAGE | Trait.OF_EACH,
    )
    base_user: str | None = answer(
        Text(values.USER),
        "User of the stock image.",
        "from the catalogue",
        traits=Trait.OF_IMAGE | Trait.OF_EACH | Trait.OF_BUILD,
    )
    image_name: str | None = answer(
        Text(places.IMAGE_NAME),
        "Name of the vendor's image.",
        "the service name, or base and vendor",
        traits=Trait.OF_IMAGE | Trait.OF_EACH | Trait.OF_BUILD,
    )
    image_tag: str = answer(
        Text(places.TAG),
        "Tag of the vendor's image, in quotes.",
        default="1.0",
        traits=Trait.OF_IMAGE | Trait.SHARED | Trait.OF_BUILD,
    )
    install: InstallAnswers = answer(
        InstallAnswers.group,
        "What the layer installs; of several images, what all install besides their own.",
        "nothing",
        traits=Trait.OF_IMAGE | Trait.SHARED | Trait.OF_BUILD,
    )
    args: dict[str, str] = answer(
        ARGS,
        'ARGs of the Dockerfile with their defaults, or "" for none: lines of it and labels may use them.',
        "none",
        traits=Trait.OF_IMAGE | Trait.SHARED | Trait.OF_BUILD,
    )
    labels: dict[str, str] = answer(
        LABELS,
        'Labels of the image. $NAME stands for that of args, "" empties a label of the base.',
        "those that certification asks for",
        traits=Trait.SHARED | Trait.OF_BUILD,
    )


class OneOfSeveralAnswers(ImageAnswers):
    """One image of several."""

    base_image: str = answer(
        Text(places.BASE_IMAGE),
        ImageAnswers.group.fields["base_image"].doc,
        required=True,
        traits=Trait.OF_IMAGE | Trait.OF_EACH,
    )
    dockerfile: list[str] = answer(
        ListOf(Text(values.DOCKERFILE_LINE)),
        "Further lines of the Dockerfile.",
        "none",
        traits=Trait.OF_BUILD,
    )


class AllImagesAnswers(DeclaredAnswers):
    """What the images of all services have, those that are built."""

    install: InstallAnswers = answer(
        InstallAnswers.group, "What all of them install, besides their own.", "nothing"
    )
    args: dict[str, str] = answer(ARGS, "ARGs of all Dockerfiles, besides their own.", "none")
    labels: dict[str, str] = answer(LABELS, "Labels of all of them, besides their own.", "none")
    dockerfile: list[str] = answer(
        ListOf(Text(values.DOCKERFILE_LINE)), "Further lines of all Dockerfiles, before their own.", "none"
    )
