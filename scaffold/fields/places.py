"""The kinds of values that name a place: images and registries, files and packages, paths and volumes."""

from __future__ import annotations

from scaffold.fields.kind import Kind, whole
from scaffold.fields.values import ODD
from scaffold.tripleo.containers import VOLUME_OPTIONS
from scaffold.tripleo.paths import KERNEL_MODULES_MOUNT

# --- images, in the grammar of the distribution project (reference/regexp.go)

_WORD = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"  # 1 to 65535
_HOST = rf"(?:{_WORD}(?:\.{_WORD})*|\[[0-9A-Fa-f:]+\])(?::(?:{_PORT}))?"
_COMPONENT = "[a-z0-9]+(?:(?:[.]|__?|-+)[a-z0-9]+)*"
_TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_REFERENCE = rf"(?:{_HOST}|{_COMPONENT})/{_COMPONENT}(?:/{_COMPONENT})*:{_TAG}"
_NO_DIGEST = ("@", "must end in a tag (pacemaker bundles take no digest)")
_NO_SCHEME = ("^[A-Za-z]+://", "must be host or host:port, without http:// or https://")

REGISTRY = Kind(
    "registry",
    whole(_HOST),
    "must be host or host:port of a registry, without a path",
    "192.168.24.1:8787",
    hints=(_NO_SCHEME, ("^[^/]+/", "must be host or host:port (what follows the slash is the namespace)")),
)
NAMESPACE = Kind(
    "namespace",
    whole(rf"{_COMPONENT}(?:/{_COMPONENT})*"),
    "must be lower-case words, joined by / where there are several",
    "vendorx",
)
IMAGE_NAME = Kind(
    "image name",
    whole(_COMPONENT),
    "must be an image name in lower case, without registry, namespace and tag",
    "vendorx-agent",
    128,
)
TAG = Kind(
    "tag",
    whole(_TAG),
    "must be a tag: letters, digits, dots, dashes and underscores, and no dot or dash at its start",
    "2.1",
    128,
    hints=(_NO_DIGEST,),
)
IMAGE = Kind(
    "image",
    whole(_REFERENCE),
    "must be registry/namespace/name:tag",
    "192.168.24.1:8787/vendorx/vendorx-agent:2.1",
    384,
    hints=(_NO_DIGEST,),
)
BASE_IMAGE = Kind(
    "base image",
    whole(f"(?=[^:]{{1,128}}$){_COMPONENT}|{_REFERENCE}"),
    "must be a stock image's name like cinder-volume, or registry/namespace/name:tag",
    "neutron-openvswitch-agent",
    384,
    hints=(_NO_DIGEST,),
)
NAMED_IMAGE = Kind(
    "image or stock image",
    BASE_IMAGE.pattern,
    "must be registry/namespace/name:tag, or a stock image's name like nova-compute",
    IMAGE.example,
    384,
    hints=(_NO_DIGEST,),
)

# --- files and packages

_FILE = "[A-Za-z0-9_][A-Za-z0-9._+~^-]*"
FILE_NAME = Kind(
    "file name",
    whole("[A-Za-z0-9_][A-Za-z0-9._-]*"),
    "must be a file name of letters, digits, dots, dashes and underscores, without a directory",
    "vendorx_launcher.sh",
    128,
)
REPO_FILE = Kind(
    "repository file",
    whole(rf"{_FILE}\.repo"),
    "must be the name of a .repo file, without a directory",
    "vendorx.repo",
)
RPM_FILE = Kind(
    "RPM file",
    whole(rf"{_FILE}\.rpm"),
    "must be the name of an .rpm file, without a directory and wildcards",
    "vendorx-agent-2.1-1.x86_64.rpm",
)
RPM_PATTERN = Kind(
    "RPM files",
    whole(r"[A-Za-z0-9_*][A-Za-z0-9._+~^*-]*\.rpm"),
    "must be the name of an .rpm file without a directory; * stands for any text",
    "vendorx-*.rpm",
)
REPO_ID = Kind(
    "package repository",
    whole(r"[A-Za-z0-9_*][A-Za-z0-9_.:*-]*"),
    "must be the ID of a package repository, as dnf repolist prints it; * stands for any text",
    "rhel-9-for-x86_64-baseos-rpms",
)
PACKAGE = Kind(
    "package",
    whole("[A-Za-z0-9_][A-Za-z0-9._+~^:-]*"),
    "must be the name of a package, perhaps with its version, as in vendorx-agent-2.1",
    "vendorx-agent",
)
_PROJECT = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
PIP = Kind(
    "pip requirement",
    whole(
        rf"{_PROJECT}(?:\[{_PROJECT}(?:,{_PROJECT})*\])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*"
        rf"|{_FILE}\.(?:whl|zip|tar\.gz)"
    ),
    "must be pinned, like vendorx-driver==2.1, or the name of a .whl, .zip or .tar.gz file",
    "vendorx-driver==2.1",
)
_PART = r"(?!\.\.?(?:/|$))[A-Za-z0-9._*][A-Za-z0-9._+~^*-]*"
SOURCE = Kind(
    "file or directory of the image",
    whole(rf"{_PART}(?:/{_PART})*/?"),
    "must be a path in the folder of the image without .. and blanks; a directory ends in /",
    "vendorx-2.1.rpm",
    1000,
)
IMAGE_PATH = Kind(
    "path in the image",
    whole(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._+~@%=-]+)+/?"),
    "must be an absolute path of letters, digits and ._+~@%=- without ..",
    "/etc/vendorx/",
    1000,
)

# --- paths

_PATH = rf"(?!(?:/[^/:]*)*/\.\.(?:/|:|$))/(?:[^{ODD}:]*[^{ODD}: ])?"
ABSOLUTE_PATH = Kind(
    "absolute path",
    whole(_PATH),
    "must be an absolute path without .. and colons",
    "/etc/vendorx",
    1000,
    nfc=True,
)
HOST_DIRECTORY = Kind(
    "directory of the host",
    whole(rf"(?!.*[$][A-Za-z0-9_{{]){_PATH}"),
    "must be an absolute path without .. and colons",
    "/var/lib/vendorx",
    1000,
    nfc=True,
    hints=(
        (r"\$[A-Za-z0-9_{]", "must be without $NAME (Ansible would put in what the host's environment has)"),
    ),
)
KEEP_PATTERN = Kind(
    "pattern",
    whole(rf"(?!(?:[^/]*/)*\.\.(?:/|$))[^{ODD}:/\\ ](?:[^{ODD}:\\]*[^{ODD}:\\ ])?"),
    "must be a path or pattern within the repository, like containers/*/Dockerfile, without ..",
    "containers/*/Dockerfile",
    nfc=True,
)
_OPTIONS = "|".join(
    dict.fromkeys(one for groups in VOLUME_OPTIONS.values() for group in groups for one in group)
)
VOLUME = Kind(
    "volume",
    whole(rf"(?:{_PATH}|[A-Za-z0-9][A-Za-z0-9_.-]*):{_PATH}(?::(?:{_OPTIONS})(?:,(?:{_OPTIONS}))*)?"),
    "must be source:path or source:path:options, like /etc/vendorx:/etc/vendorx:ro",
    KERNEL_MODULES_MOUNT,
    2000,
    nfc=True,
    passed=True,
)
TEMPLATE = Kind(
    "template",
    whole(
        r"(?:docker|deployment|puppet)(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+\.yaml"
        "|OS::TripleO::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)+"
    ),
    "must be a path in tripleo-heat-templates, like deployment/cinder/cinder-base.yaml, "
    "or a name of its registry",
    "deployment/cinder/cinder-volume-pacemaker-puppet.yaml",
)
ENVIRONMENT_FILE = Kind(
    "environment file of the release",
    whole(r"environments(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+\.yaml"),
    "must be a path in tripleo-heat-templates, like environments/cinder-nimble-config.yaml",
    "environments/cinder-nimble-config.yaml",
)
SECTION = Kind(
    "section of role_data",
    whole("[a-z]+(?:_[a-z0-9]+)+"),
    "must be a section of role_data, like config_settings",
    "config_settings",
)
REGISTERED = Kind(
    "registered template",
    whole(
        r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+\.yaml"
        "|OS::Heat::None|OS::TripleO::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)*"
    ),
    "must be a template seen from the top of the templates, like firstboot/vendorx.yaml, or OS::Heat::None",
    "firstboot/vendorx.yaml",
)
URL = Kind(
    "URL",
    whole(r"(?:https?|file)://[A-Za-z0-9._~:/?#\[\]@!&()*+,;=%-]+"),
    "must be a URL that starts with https://, http:// or file://",
    "https://repo.vendorx.example/el9",
    1000,
)
_HTTP = rf"https?://{_HOST}"
_SEGMENTS = "(?:/[A-Za-z0-9._~+,=:%-]+)"
ARCHIVE_URL = Kind(
    "URL of an archive",
    whole(rf"{_HTTP}{_SEGMENTS}*/[A-Za-z0-9_][A-Za-z0-9._~+%-]*\.(?:tar|tar\.gz|tgz|tar\.xz)"),
    "must be the URL of a .tar, .tar.gz, .tgz or .tar.xz file, http:// or https://, without a user",
    "https://downloads.vendorx.example/vendorx-2.1.tar.gz",
    1000,
)
FILE_URL = Kind(
    "URL of a file",
    whole(rf"{_HTTP}{_SEGMENTS}*/[A-Za-z0-9_][A-Za-z0-9._~+%-]*"),
    "must be the URL of a file, http:// or https://, without a user",
    "https://downloads.vendorx.example/vendorx-2.1.zip",
    1000,
)
PIP_INDEX = Kind(
    "index of pip",
    whole(rf"https://{_HOST}{_SEGMENTS}*/?"),
    "must be a URL that starts with https://, without a user",
    "https://pypi.vendorx.example/simple",
    1000,
)
PERM = Kind(  # kolla writes the o of Python's 0o755 in, where there are four digits
    "mode",
    whole("0[0-7]{3}|0o[0-7]{3,4}"),
    'must be a mode in quotes, like "0755", or "0o1777" with more than permissions',
    "0755",
    6,
    hints=(("^[1-7][0-7]{3}$", 'must begin with 0o, as in "0o1777"'),),
)
