"""The keys of a container in docker_config that we write, with their form and how the host takes them.

Which keys each release reads stands in `scaffold.releases.container_keys`.

Source: paunch/builder/compose1.py, base.py and podman.py; the role tripleo_container_manage of
tripleo-ansible; docker-run(1) and podman-run(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scaffold.tripleo.heat import is_function


@dataclass(frozen=True)
class Key:
    """A key of a container: text, number, truth, list, map, command (text or list), volumes or variables.

    values: the words that it takes, where they are few.
    option: of docker run and podman run; empty where no option holds the whole of it.
    absent: what the host takes where the key is left out.
    loads: whether a container that loads a kernel module does not load it, or too late, without it.
    right: whether it gives a right on the host.
    """

    form: str
    values: tuple[str, ...] = ()
    option: str = ""
    absent: object = None
    loads: bool = False
    right: bool = False

    @property
    def empty(self) -> object:
        """What stands for a key that is left out."""
        return {"list": [], "map": {}, "text": "", "number": None}.get(self.form)


# what may follow a volume's path, and of which each engine takes one only; Source: linuxValidMountMode of
# docker 1.13, which every release with it has; podman 4.3.1, and its ParseVolume options
_ACCESS, _LABELS = ("ro", "rw"), ("z", "Z", "O")
_SHARED = ("shared", "slave", "private", "rshared", "rslave", "rprivate")
_OF_PODMAN = (("bind", "rbind"), ("dev", "nodev"), ("suid", "nosuid"), ("exec", "noexec"), ("nocopy", "copy"))
VOLUME_OPTIONS = {
    "docker": (_ACCESS, ("z", "Z"), _SHARED, ("nocopy",)),
    "podman": (
        _ACCESS,
        _LABELS,
        (*_SHARED, "unbindable", "runbindable"),
        *_OF_PODMAN,
        ("U",),
        ("cached",),
        ("delegated",),
    ),
}

# runs a command on one node of all that hold a service: bootstrap_host_exec SERVICE_NAME COMMAND, as root
ON_ONE_NODE = "bootstrap_host_exec"

KEYS = {  # in the order in which a template has them
    "image": Key("text"),
    "net": Key("text", ("host", "none"), "--network"),
    "pid": Key("text", ("host",), "--pid"),
    "ipc": Key("text", ("host",), "--ipc"),
    "user": Key("text", option="--user", loads=True),
    "privileged": Key("truth", option="--privileged", absent=False, loads=True, right=True),
    "cap_add": Key("list", option="--cap-add", loads=True, right=True),
    "security_opt": Key("list", option="--security-opt", loads=True),
    "ulimit": Key("list", option="--ulimit"),
    "detach": Key("truth", absent=True, loads=True),
    "restart": Key("text", ("always", "on-failure", "unless-stopped", "no")),
    "start_order": Key("number"),
    "depends_on": Key("list"),
    "healthcheck": Key("map"),
    "command": Key("command", loads=True),
    "volumes": Key("volumes", option="--volume", loads=True),
    "environment": Key("variables", option="--env"),
}
# other names of the options
ALIASES = {"--net": "--network", "-v": "--volume", "-e": "--env", "-u": "--user"}

# what the container has that does nothing but load a kernel module
OF_LOADER = frozenset(KEYS) - {"pid", "ipc", "ulimit", "start_order", "depends_on", "healthcheck"}
LOADING = frozenset(name for name, key in KEYS.items() if key.loads)
# what the host's command line tells, one value or several; of the others only role_data tells
SINGLE = tuple(name for name, key in KEYS.items() if key.option and key.form in ("text", "number", "truth"))
LISTED = tuple(name for name, key in KEYS.items() if key.option and key.form == "list")
RIGHTS = tuple(key.option for key in KEYS.values() if key.right)
# written as they are asked
PLAIN = tuple(
    name for name in KEYS if name not in ("image", "volumes", "environment")
)  # written as they are asked
IN_ROLE_DATA = tuple(name for name, key in KEYS.items() if not key.option)

# what a container may have of its host instead of its own; Source: docker-run(1), podman-run(1)
NAMESPACES = {
    "net": ("host", "none", "bridge", "default"),
    "pid": ("host",),
    "ipc": ("host", "none", "shareable"),
    "uts": ("host",),
}
# Source: paunch/builder; from Stein on test alone is read
HEALTHCHECK_KEYS = ("test", "interval", "timeout", "retries", "start_period")
# Source: getrlimit(2), go-units
ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
    "rtprio", "rttime", "sigpending", "stack",
)  # fmt: skip
# Source: capabilities(7)
CAPABILITIES = (
    "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE",
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL",
    "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE",
    "NET_BROADCAST", "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG",
    "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE",
    "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
)  # fmt: skip
# of security_opt, and what its label may be; Source: docker-run(1), podman-run(1)
SECURITY = (
    "label", "seccomp", "apparmor", "no-new-privileges", "mask", "unmask", "proc-opts", "systempaths",
    "credentialspec",
)  # fmt: skip
LABELS = ("disable", "user", "role", "type", "level", "filetype", "nested")

STAYING = ("always", "unless-stopped", "on-failure")
UNITS = (
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
)
_SECONDS = re.compile(r"[0-9.]+|(?=.)([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?([0-9.]+us)?")


def fits(form: str, value: Any) -> bool:
    """Whether VALUE is of FORM, in the words of the table of keys."""
    return _FORMS[form](value)


FORMS_IN_WORDS = {
    "truth": "true or false",
    "number": "a number",
    "text": "text, in quotes",
    "list": "a list",
    "texts": "a list of texts, or one text",
    "map": "a map",
    "seconds": "seconds, or a text like 1m30s",
}


def _single(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _list(value: Any) -> bool:
    return isinstance(value, list) and all(_single(one) or is_function(one) for one in value)


_FORMS: dict[str, Callable[[Any], bool]] = {
    "truth": lambda value: isinstance(value, bool),
    "number": lambda value: _single(value) and re.fullmatch("-?[0-9]+", str(value)) is not None,
    "text": lambda value: _single(value) and not isinstance(value, float),
    "list": _list,
    "texts": lambda value: isinstance(value, str) or _list(value),
    "map": lambda value: isinstance(value, dict),
    "seconds": lambda value: _single(value) and _SECONDS.fullmatch(str(value)) is not None,
}


def mixed(engine: str, volume: str) -> str:
    """What is wrong with the options of VOLUME for ENGINE."""
    asked = ":".join(volume.split(":")[2:]).split(",") if volume.count(":") > 1 else []
    groups = VOLUME_OPTIONS[engine]
    if other := next((one for one in asked if not any(one in group for group in groups)), ""):
        return f"{engine} knows no option {other}; leave it out"
    several = next(([one for one in asked if one in group] for group in groups if _several(asked, group)), [])
    return f"{engine} takes one of {' and '.join(several)}; leave the others out" if several else ""


def _several(asked: list[str], group: tuple[str, ...]) -> bool:
    return sum(one in group for one in asked) > 1
