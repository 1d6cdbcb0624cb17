"""A directory of the host that SELinux guards is mounted with :z.

Why: without the label, or a `setype` of its host_prep_task, SELinux may deny the container every access to
its log directory: at once, or when the host is labelled anew. Privileged containers are not confined, stock
services label their own directories, and the templates of Queens and Rocky carry no label.

Bad, from Stein on::

    volumes:
      - /var/log/containers/vendorx:/var/log/vendorx

Good::

    volumes:
      - /var/log/containers/vendorx:/var/log/vendorx:z

Source: 161 of 192 log volumes of tripleo-heat-templates 10.6.2 to 14.3.0 (volume_label in
scaffold/releases); 11 of 20 log volumes of the 36 vendor integrations that were read have none.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Scalar, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.paths import HOST_LOGS

LOGS = HOST_LOGS + "/"
LABELS = {"z", "Z"}


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the log directories that a confined container gets."""
    label = repository.release.tripleo.volume_label
    if not label:
        return
    labelled = _labelled(template)
    for container in template.containers:
        for mount in container.mounts if _confined(container) else ():
            path = mount.source.rstrip("/")
            stock = path.removeprefix(LOGS).split("/")[0] in repository.stock.log_directories
            own = mount.source.startswith(LOGS) and path not in labelled and not stock
            if own and not mount.options & LABELS:
                text = mount.node.text
                message = f"nothing labels {mount.source} for {container.name}: SELinux may deny it"
                hint = f"{text},z" if mount.options else f"{text}{label}"
                yield Finding(mount, message, hint)


def _confined(container: DocumentedContainer) -> bool:
    options = {node.text for node in heat.texts(container.get("security_opt"))}
    disabled = {"label=disable", "label:disable"} & {*options, container.text("security_opt")}
    return not (disabled or container.is_true("privileged") or heat.is_open(container.get("privileged")))


def _labelled(template: ServiceTemplate) -> set[str]:
    """The directories that a host_prep_task gives a type of containers."""
    found: set[str] = set()
    for task in heat.items(template.section("host_prep_tasks")):
        texts = [node.text for node in walk(task) if isinstance(node, Scalar)]
        if any("container_file_t" in text or "svirt_sandbox_file_t" in text for text in texts):
            found |= {text.rstrip("/") for text in texts}
    return found


RULE = Rule(
    id="volume-label",
    page=__doc__,
    files=ServiceTemplate,
    check=check,
    severity=Severity.WARNING,
    needs_release=True,
)
