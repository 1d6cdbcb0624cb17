"""The keys of a container in docker_config that we write, with their form and how the host takes them.

Which keys each release reads stands in `scaffold.releases.container_keys`.

Source: paunch/builder/compose1.py, base.py and podman.py; the role tripleo_container_manage of
tripleo-ansible; docker-run(1) and podman-run(1).
"""

from __future__ import annotations

from dataclasses import dataclass


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
