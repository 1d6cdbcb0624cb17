"""The answers about one image: what it is built on, how, and what goes into it."""

from __future__ import annotations

from scaffold.fields import places, values
from scaffold.fields.shapes import Boolean, Choice, Field, Group, Integer, ListOf, MapOf, Text

ARCHIVE = Group(
    {
        "url": Field(Text(places.ARCHIVE_URL), "Where the archive is.", required=True),
        "sha256": Field(Text(values.SHA256), "Its checksum, as sha256sum prints it.", required=True),
        "to": Field(Text(places.ABSOLUTE_PATH), "The directory that it is unpacked into.", required=True),
        "strip": Field(Integer(0, 9), "How many leading directories of its paths are left out.", "0"),
    }
)
PYTHON_SOURCE = Group(
    {
        "name": Field(Text(values.PYTHON_NAME), "The directory that holds the sources.", required=True),
        "into": Field(
            Text(values.PYTHON_PACKAGE),
            "The package of the stock image that it becomes a part of, as in cinder.volume.drivers.",
            "a package of its own",
        ),
    },
    shorthand="name",
)
INSTALL = Group(
    {
        "security_updates": Field(
            Boolean(), "Whether the packages of the base get their security updates.", "false"
        ),
        "disabled_repos": Field(
            ListOf(Text(places.REPO_ID), unique=True),
            "Repositories of packages that nothing is installed from, or '*' for all but enabled_repos.",
            "none",
        ),
        "enabled_repos": Field(
            ListOf(Text(places.REPO_ID), unique=True),
            "Repositories that are on for the installation.",
            "none",
        ),
        "repo_files": Field(
            ListOf(Text(places.REPO_FILE), unique=True),
            "Repository files, copied in for the installation and removed again.",
            "none",
        ),
        "rpm_files": Field(
            ListOf(Text(places.RPM_PATTERN), unique=True),
            "RPM files to install; * stands for any text.",
            "none",
        ),
        "packages": Field(ListOf(Text(places.PACKAGE), unique=True), "Packages to install.", "none"),
        "pip": Field(
            ListOf(Text(places.PIP), unique=True),
            "Python distributions to install, as name==version or the name of a file.",
            "none",
        ),
        "pip_index": Field(
            Text(places.PIP_INDEX), "Index of Python distributions that pip searches besides its own.", "none"
        ),
        "archives": Field(
            ListOf(ARCHIVE), "Archives to download, to compare with their checksums and to unpack.", "none"
        ),
        "python_sources": Field(
            ListOf(PYTHON_SOURCE), "Directories of Python sources to copy to where Python looks.", "none"
        ),
        "packages_override": Field(
            ListOf(Text(places.PACKAGE), unique=True),
            "Packages in place of those that kolla's own template installs.",
            "kolla's own",
        ),
        "base_packages": Field(
            ListOf(Text(places.PACKAGE), unique=True),
            "Packages that kolla's base image gets, below every image.",
            "none",
        ),
    }
)
# what one image is made of; a service has one, or several under `images`
IMAGE: dict[str, Field] = {
    "build": Field(
        Choice(("layer", "kolla", "prepare")),
        "Your own layer, TripleO's image build, or a layer added by image prepare.",
        default="layer",
    ),
    "prepare": Field(
        Choice(("dockerfile", "rpms", "packages")),
        "What image prepare does: build the Dockerfile, or install RPM files or packages.",
        default="dockerfile",
    ),
    "base_image": Field(
        Text(places.BASE_IMAGE),
        "The stock image below: a name of the catalogue, or registry/namespace/name:tag.",
        default="cinder-volume",
    ),
    "base_user": Field(Text(values.USER), "User of the stock image.", "from the catalogue"),
    "image_name": Field(
        Text(places.IMAGE_NAME), "Name of the vendor's image.", "the service name, or base and vendor"
    ),
    "image_tag": Field(Text(places.TAG), "Tag of the vendor's image, in quotes.", default="1.0"),
    "install": Field(INSTALL, "What the layer installs.", "nothing"),
    "labels": Field(
        MapOf(values.LABEL_KEY, Text(values.LONG_TEXT)),
        "Labels of the image.",
        "those that certification asks for",
    ),
}
SEVERAL_IMAGES = ListOf(
    Group(
        IMAGE
        | {
            "base_image": Field(Text(places.BASE_IMAGE), IMAGE["base_image"].doc, required=True),
            "dockerfile": Field(
                ListOf(Text(values.DOCKERFILE_LINE)), "Further lines of the Dockerfile.", "none"
            ),
        }
    )
)
