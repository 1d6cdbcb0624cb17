"""The release takes every key of a container, in the form that it has.

Why: what starts the containers passes over a key that it does not know, without a word: the capability is
not added, the misspelt `restrat` restarts nothing. A list where it takes a single text becomes part of the
command line as it is, and the container does not start.

Bad, on Rocky::

    vendorx_loader:
      cap_add: [SYS_MODULE]

Good::

    vendorx_loader:
      privileged: true

Source: paunch/builder/compose1.py of paunch 2.5.3 and 3.2.2 knows no cap_add; it and podman.py of 4.5.2
take security_opt as one text; the keys are those that paunch and tripleo_container_manage know.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import Container
from scaffold.documents.nodes import Items, Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, nearest
from scaffold.lint.repository import Repository
from scaffold.releases import Release

KNOWN = (
    "action", "cap_add", "cap_drop", "check_interval", "command", "config_volume", "conmon_pidfile",
    "cpu_shares", "cpuset_cpus", "depends_on", "detach", "entrypoint", "env_file", "environment",
    "exit_codes", "extra_hosts", "group_add", "healthcheck", "hostname", "image", "interactive", "ipc",
    "label", "labels", "log_driver", "log_opt", "log_tag", "mem_limit", "mem_swappiness", "memory",
    "mounts", "name", "net", "net_alias", "pid", "pids_limit", "privileged", "publish", "recreate",
    "remove", "restart", "security_opt", "shm_size", "start_order", "stop_grace_period", "stop_signal",
    "systemd_exec_flags", "tmpfs", "tty", "uid", "ulimit", "user", "uts", "volumes", "volumes_from"
)  # fmt: skip


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the keys whose knowledge came with a release."""
    for container in template.containers:
        added = container.get("cap_add")
        empty = isinstance(added, Items) and not added.nodes
        if added is not None and not empty and not repository.release.capabilities:
            message = f"{repository.release.title} passes over cap_add of {container.name}"
            yield Finding(added, message, "privileged: true")
        yield from _single(container, repository.release)
        for key, _ in heat.pairs(container.node):
            near = nearest(key.text, KNOWN)
            if near and key.text not in KNOWN:
                yield Finding(key, f"a container has no {key.text}", f"did you mean {near}?")


def _single(container: Container, release: Release) -> Iterator[Finding]:
    value = container.get("security_opt")
    if release.security_opt_form == "string" and isinstance(value, Items):
        first = next((item.text for item in value if isinstance(item, Scalar)), "TEXT")
        yield Finding(value, f"{release.title} takes security_opt as one text", f"security_opt: {first}")


RULE = Rule(id="container-key", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
