"""Well-known paths of hosts and containers, and the mounts between them.

Where the host keeps config scripts depends on the release (`config_scripts` of scaffold.releases).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KOLLA_CONFIGS = "/var/lib/kolla/config_files"  # on the host one file for each container
KOLLA_CONFIG = f"{KOLLA_CONFIGS}/config.json"  # in the container
KOLLA_SOURCES = f"{KOLLA_CONFIGS}/src"  # in the container, what kolla copies from
PUPPET_GENERATED = "/var/lib/config-data/puppet-generated"  # on the host, a directory for each config_volume
SCRIPTS = ("/var/lib/docker-config-scripts", "/var/lib/container-config-scripts")  # to Rocky, from Stein
SERVICE_TEMPLATES = "docker/services"  # where a vendor repository has its own, below the top of the templates
HOST_LOGS = "/var/log/containers"
LOGS = "/var/log"  # in the container
TREE = "/usr/share/openstack-tripleo-heat-templates/"  # where the package installs the stock templates
KERNEL_MODULES = "/lib/modules"
# of files of the host that services give their containers, or that other programs of theirs have
SELINUX_TYPES = (
    "container_file_t", "svirt_sandbox_file_t", "container_share_t", "container_ro_file_t",
    "container_log_t", "container_var_lib_t", "container_runtime_exec_t", "virt_log_t", "virt_var_run_t",
    "virt_image_t", "virt_cache_t", "var_log_t", "var_lib_t", "var_run_t", "etc_t", "cert_t", "tmp_t",
    "usr_t", "bin_t", "httpd_log_t", "nfs_t", "openvswitch_rw_t",
)  # fmt: skip
LOADED_MODULES = "/sys/module"


def normal(path: str) -> str:
    """PATH as the kernel reads it: without slashes and dots that say nothing."""
    return "/" + "/".join(part for part in path.split("/") if part not in ("", "."))


def bound(volume: str) -> tuple[str, str] | None:
    """What a VOLUME of a container joins: its source as it is written, and the path in the container."""
    source, _, rest = volume.partition(":")
    target = rest.partition(":")[0]
    return (source, normal(target)) if source and target.startswith("/") else None


def binds(volume: Any) -> Iterator[tuple[str, str]]:
    """What VOLUME joins as `bound` says, or what the texts of a function of Heat may join."""
    if isinstance(volume, str):
        yield from filter(None, [bound(volume)])
    elif isinstance(volume, dict | list):
        for part in volume.values() if isinstance(volume, dict) else volume:
            yield from binds(part)


def mentioned(path: str, text: str) -> bool:
    """Whether TEXT names PATH, or one below it, and not as a side of a volume."""
    return bool(re.search(rf"(?<![\w.:/-]){re.escape(path)}(?![\w.-]|:/)", text))


def of_host(path: str) -> str:
    """The PATH of a host, under the one name that it has there."""
    return re.sub(r"^/var(?=/run(/|$))", "", normal(path))


def kolla_config(container: str) -> str:
    """The file of the host that kolla_config writes for a container."""
    return f"{KOLLA_CONFIGS}/{container}.json"


def kolla_mount(container: str) -> str:
    """The volume that gives a container its kolla config."""
    return f"{kolla_config(container)}:{KOLLA_CONFIG}:ro"


def puppet_mount(config_volume: str) -> str:
    """The volume that gives a container what puppet wrote."""
    return f"{PUPPET_GENERATED}/{config_volume}:{KOLLA_SOURCES}:ro"


def script_mount(directory: str, script: str) -> str:
    """The volume that gives a container a config script out of the host's DIRECTORY."""
    return f"{directory}/{script}:/{script}:ro"


def in_container(path: str) -> str:
    """Where a container sees the host directory PATH: logs under /var/log, all others where they are."""
    return path.replace(HOST_LOGS, LOGS, 1) if path.startswith(f"{HOST_LOGS}/") else path


KERNEL_MODULES_MOUNT = f"{KERNEL_MODULES}:{KERNEL_MODULES}:ro"
