"""The kinds of single values that answers hold; each rule is that of the thing the value becomes."""

from __future__ import annotations

from dataclasses import replace

from scaffold.fields.kind import Kind, whole
from scaffold.tripleo.heat import GIVING_LIST, GIVING_TEXT, GIVING_TRUTH
from scaffold.tripleo.kolla import STRATEGY
from scaffold.tripleo.parameters import CONSTRAINTS, DESCRIPTION
from scaffold.tripleo.services import REGISTRY

# --- text

_CONTROL = r"\u0000-\u001f\u007f-\u009f"
_SPACES = r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Unicode general category Cf, the line separators, and letters and marks that show nothing
_INVISIBLE = (
    r"\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_UNREADABLE = "\\ud800-\\uf8ff\U000e0000-\U0010ffff"  # surrogates, private use, tags
ODD = _CONTROL + _SPACES + _INVISIBLE + _UNREADABLE
_LINE = rf"[^{ODD} ](?:[^{ODD}]*[^{ODD} ])?"
_LINE_MESSAGE = "must be one line of text, without control or invisible characters or spaces around it"


def _text(name: str, example: str, most: int) -> Kind:
    return Kind(name, whole(_LINE), _LINE_MESSAGE, example, most, nfc=True)


TEXT = _text("text", "Vendor X", 200)
LONG_TEXT = _text("long text", "The agent of Vendor X's storage", 1000)
ARGUMENT = _text("argument", "--config-dir=/etc/vendorx", 4000)
DOCKERFILE_LINE = Kind(
    "Dockerfile line",
    whole(rf"[^{ODD}]*[^{ODD} ]"),
    "must be one line of a Dockerfile, without control or invisible characters",
    "RUN ldconfig",
    1000,
    passed=True,
)
SETTING = Kind(
    "setting",
    whole(rf"[^{_CONTROL}{_INVISIBLE}{_UNREADABLE}]*"),
    "must be one line of text without control or invisible characters",
    "COPY_ALWAYS",
    4000,
    0,
)
LABEL = replace(LONG_TEXT, name="text of a label", pattern=whole(f"(?:{_LINE})?"), least=0)
FREE_TEXT = Kind(
    "free text",
    whole(
        r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]*"
    ),
    "must be text without control characters (newline and tab are fine)",
    "anything",
    65536,
    0,
    passed=True,
)
FREE_KEY = Kind("key", whole(rf"[^{ODD}]+"), "must be a key without control or invisible characters", "name")
_OF_A_SHELL = "'\"`|&;<>$*?()\\[\\]\\\\"
COMMAND = Kind(
    "command",
    whole(rf"(?=[/A-Za-z0-9_])[^{ODD}{_OF_A_SHELL}]*[^{ODD}{_OF_A_SHELL} ]"),
    "must be a program and its arguments in one line",
    "/usr/bin/vendorx-agent --config-dir /etc/vendorx",
    1000,
    nfc=True,
    hints=(
        (
            f"[{_OF_A_SHELL}]",
            "must be plain words, since no shell reads them; for more, name a script in the image",
        ),
    ),
)

# a rule stands where its name sorts: 998 and 999 of the release log and drop all that is left
_BEFORE_THE_LAST = f"[0-8][^{ODD}]|9[0-8]|99[0-7]|99?(?: |$)"
FIREWALL_RULE = Kind(
    "rule of the firewall",
    whole(rf"(?={_BEFORE_THE_LAST}){_LINE}"),
    "must begin with a number below 998, which is its place among all rules, like 140 vendorx agent",
    "140 vendorx agent",
    200,
    2,
    nfc=True,
)

# --- names that the generated files refer to


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none")
_YAML_WORD = "|".join(map(_any_case, YAML_WORDS))
_NO_YAML_WORD = f"(?!(?:{_YAML_WORD})$)"
_IS_YAML_WORD = (
    f"(?:^|:)(?:{_YAML_WORD})(?::|$)",
    "must be no word that YAML without quotes reads as true, false or nothing",
)
_USER = rf"{_NO_YAML_WORD}[a-z_][a-z0-9_-]{{0,31}}"
LARGEST_ID = 4294967294  # the next one, (uid_t) -1, means "no user"
_ID = (
    "0|[1-9][0-9]{0,8}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}"
    "|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[01][0-9]{2}|42949672[0-8][0-9]|429496729[0-4]"
)

SERVICE_NAME = Kind(
    "service name",
    whole(rf"{_NO_YAML_WORD}(?!cookiecutter$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    "must be lower-case words joined by single dashes, like vendorx-agent",
    "vendorx-agent",
    40,
    2,
    hints=(
        _IS_YAML_WORD,
        ("^cookiecutter$", "must not be cookiecutter, the name of the template's own variables"),
    ),
)
REPO_NAME = Kind(
    "repository name",
    whole("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"),
    "must be a directory name of letters, digits, dots, dashes and underscores",
    "vendorx-tripleo",
    100,
)
HEAT_PARAMETER = Kind(
    "Heat parameter",
    whole(rf"{_NO_YAML_WORD}[A-Za-z][A-Za-z0-9_]*"),
    "must be a Heat parameter name: a letter, then letters, digits and underscores",
    "VendorxPort",
    hints=(_IS_YAML_WORD,),
)
CONTAINER_NAME = Kind(
    "container name",
    whole("[a-z0-9][a-z0-9_-]*"),
    "must be a container name: lower-case letters, digits, underscores and dashes",
    "vendorx_agent",
    128,
)
USER = Kind(
    "user",
    whole(f"{_USER}|{_ID}"),
    "must be a user name like cinder, or a user number",
    "cinder",
    greatest=LARGEST_ID,
    hints=(_IS_YAML_WORD,),
)
OWNER = Kind(
    "owner",
    whole(f"{_USER}(?::{_USER})?"),
    "must be the name of a user, or user:group",
    "neutron:neutron",
    hints=(
        _IS_YAML_WORD,
        ("^[0-9:]+$", "must be names: kolla looks users and groups up by theirs"),
    ),
)
ROLE = Kind("role", whole("[A-Z][A-Za-z0-9]*"), "must be a role name like ComputeHCI", "Compute", 64)
KERNEL_MODULE = Kind(
    "kernel module",
    whole("[A-Za-z0-9_][A-Za-z0-9_-]*"),
    "must be the name of a kernel module, without path and .ko",
    "dpdk_module",
    56,  # MODULE_NAME_LEN of the kernel
)
ENVIRONMENT_NAME = Kind(
    "environment variable",
    whole("[A-Za-z_][A-Za-z0-9_]*"),
    "must be the name of an environment variable: letters, digits and underscores",
    STRATEGY,
)
LABEL_KEY = Kind(
    "label",
    whole("[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"),
    "must be a label's key, like summary or io.k8s.display-name",
    "summary",
    dotted=True,
)
HIERA_KEY = Kind(
    "hiera key",
    whole("[A-Za-z_][A-Za-z0-9_.-]*(?:::[A-Za-z0-9_.-]+)*"),
    "must be a hiera key like cinder::backend::vendorx::host",
    "cinder::backend::vendorx::host",
    dotted=True,
)


def _function(gives: str, names: tuple[str, ...], like: str) -> Kind:
    message = f"must be a function of Heat that gives {gives}, like {like}"
    return Kind("function of Heat", whole("|".join(names)), message, "get_param")


HEAT_FUNCTION = _function("a text", GIVING_TEXT, "get_param, get_attr, list_join, str_replace or if")
HEAT_LIST_FUNCTION = _function("a list", GIVING_LIST, "get_param, get_attr, list_concat or if")
HEAT_TRUTH_FUNCTION = _function("true or false", GIVING_TRUTH, "get_param, get_attr, yaql or if")
CONSTRAINT = Kind(
    "constraint",
    whole("|".join((*CONSTRAINTS, DESCRIPTION))),
    f"must be one of {', '.join(CONSTRAINTS)}",
    "allowed_pattern",
)
FIREWALL_KEY = Kind(
    "key of a rule",
    whole("[a-z][a-z_]*"),
    "must be a key of a rule of the firewall, like dport",
    "dport",
)
CONDITION = Kind(
    "condition",
    whole(rf"{_NO_YAML_WORD}[A-Za-z][A-Za-z0-9_-]*"),
    "must be the name of a condition: a letter, then letters, digits, underscores and dashes",
    "tls_is_on",
    hints=(_IS_YAML_WORD,),
)
STOCK_SERVICE = Kind(
    "stock service",
    whole("[A-Z][A-Za-z0-9]*"),
    f"must be a service as in {REGISTRY}CinderVolume, without what is before the name",
    "CinderVolume",
)
CONFIG_VOLUME = Kind(
    "config volume",
    whole(rf"{_NO_YAML_WORD}[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    "must be lower-case words joined by underscores, like vendorx_agent",
    "vendorx_agent",
    64,
    hints=(_IS_YAML_WORD,),
)
PUPPET_TAG = Kind(
    "puppet tag",
    whole("[a-z_][a-z0-9_:.-]*"),
    "must be a tag of puppet, most often the name of a resource type",
    "cinder_config",
)
BACKEND = Kind(
    "backend",
    whole(rf"{_NO_YAML_WORD}[A-Za-z0-9][A-Za-z0-9_.-]*"),
    "must be the name of a backend: a letter or digit, then letters, digits, dots, underscores and dashes",
    "vendorx",
    hints=(_IS_YAML_WORD,),
)
OPTION = Kind(
    "option",
    whole("[A-Za-z_][A-Za-z0-9_]*"),
    "must be the name of a configuration option: letters, digits and underscores",
    "volume_driver",
)
DISABLED_SERVICE = Kind(
    "registry name",
    whole(f"{REGISTRY}[A-Za-z0-9]+"),
    f"must be a service of the resource registry, like {REGISTRY}CinderBackup",
    f"{REGISTRY}CinderBackup",
)
PYTHON_NAME = Kind(
    "Python name",
    whole("[A-Za-z_][A-Za-z0-9_]*"),
    "must be a name that Python can import: letters, digits and underscores",
    "vendorx",
)
PYTHON_PACKAGE = Kind(
    "Python package",
    whole(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"),
    "must be a package as Python imports it, like cinder.volume.drivers",
    "cinder.volume.drivers",
)
SHA256 = Kind(
    "SHA-256",
    whole("[0-9a-f]{64}"),
    "must be 64 digits of 0 to 9 and a to f, as sha256sum prints them",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    64,
)
REGISTRY_NAME = Kind(
    "name of the resource registry",
    whole("OS::TripleO::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)*"),
    "must be a name of TripleO's registry, like OS::TripleO::NodeExtraConfigPost",
    "OS::TripleO::NodeExtraConfigPost",
)
