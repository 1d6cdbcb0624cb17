"""Answers that cannot work together: each refused with the reason and the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold import releases
from scaffold.answers import Answers
from scaffold.catalogue import Catalogue, short_name
from scaffold.errors import Fault
from scaffold.model import ServiceName
from scaffold.releases import Release
from scaffold.resolve import building
from scaffold.resolve.confidential import MESSAGE, literals
from scaffold.resolve.elsewhere import HINT
from scaffold.resolve.overlaps import hidden, overlaps
from scaffold.resolve.references import dangling
from scaffold.resolve.template_rules import declared, template_rules

LOOPBACK = re.compile(r"^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$")
HOST_KEYS = ("scope", "install", "packages", "rpm_files", "repo_files", "repository", "dkms")
ENDS = {"modprobe", "insmod", "rmmod", "depmod", "kmod", "true", "echo"}


def of_repository(answers: Answers, top: dict[str, Any], release: Release) -> Iterator[Fault]:
    """Yield the faults between the answers of the repository itself."""
    if top["base"] not in release.bases or (top["distribution"] == "rhosp" and top["base"] == "rdo"):
        known = ", ".join(f"{version} ({name})" for version, name in releases.RHOSP.items())
        yield answers.fault(
            ("distribution",),
            f"no RHOSP is built on {release.name}; choose release {known}, or distribution: rdo",
        )
    elif top["distribution"] == "rdo" and answers.values.get("release") in releases.RHOSP:
        version = answers.values["release"]
        yield answers.fault(
            ("distribution",),
            f"release {version} is RHOSP; write release: {release.name} for RDO, or distribution: rhosp",
        )
    if LOOPBACK.match(top["registry"]) and not answers.values.get("single_node"):
        yield answers.fault(
            ("registry",),
            f"no other node can reach {top['registry']}; name an address that the nodes reach "
            f"({release.undercloud_registry} is the undercloud's), or set single_node: true",
        )
    if top["container_engine"] not in release.container_engines:
        yield answers.fault(
            ("container_engine",),
            f"{release.name} runs containers with {' or '.join(release.container_engines)} only",
        )
    yield from _names(answers)
    yield from overlaps(answers)
    yield from hidden(answers)


def _names(answers: Answers) -> Iterator[Fault]:
    """Two services of a role are merged deeply, so no name may stand for two things in one repository."""
    services = answers.values["services"]
    mains = enumerate(ServiceName.of(service["service_name"]).snake for service in services)
    seen = {("container", name): index for index, name in mains}
    for index, service in enumerate(services):
        for kind, name, path in _own_names(service):
            other = seen.setdefault((kind, name), index)
            if other != index:
                message = f"services[{other}] has the {kind} {name} too; each needs its own"
                yield answers.fault(("services", index, *path), message)


def _own_names(service: dict[str, Any]) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    yield "service", ServiceName.of(service["service_name"]).camel, ("service_name",)
    if "launcher_script" in service:
        yield "config script", service["launcher_script"]["name"], ("launcher_script", "name")
    for index, container in enumerate(service.get("containers", [])):
        yield "container", container["name"], ("containers", index, "name")


def of_service(
    answers: Answers, index: int, service: dict[str, Any], release: Release, stock: Catalogue
) -> Iterator[Fault]:
    """Yield the faults between the answers of the service at INDEX, its release and the stock services."""
    integration = service.get("integration", "service")

    def fault(key: str, message: str) -> Fault:
        parts = (int(part) if part.isdigit() else part for part in key.split("."))
        return answers.fault(("services", index, *parts), message)

    if integration == "other":
        yield fault("integration", f"no vendor repository fits this; {HINT}")
        return
    for path in literals(service):
        yield answers.fault(("services", index, *path), MESSAGE)
    for path, message in dangling(service, declared(service, release)):
        yield answers.fault(("services", index, *path), message)
    yield from _base(fault, service, integration, release, stock)
    for name, options in service.get("cinder_backends", {}).items():
        if "volume_driver" not in options:
            yield fault(f"cinder_backends.{name}", "missing: volume_driver, the class of the driver")
    yield from template_rules(fault, service, integration, release, stock)
    rhosp = answers.values.get("distribution") == "rhosp" or answers.values.get("release") in releases.RHOSP
    if integration != "config":
        yield from building.of_images(fault, service, integration, release, stock, rhosp)
    yield from _parameters(fault, service, release)
    if integration == "service":
        yield from _clashes(fault, service, stock)
        yield from _privilege(fault, service, release)
        yield from _endings(fault, service)
    else:
        yield from _without_container(fault, service, integration)
        if integration == "config":
            yield from _clashes(fault, service, stock)
    yield from _module(fault, service, integration)


def _base(
    fault: Any, service: dict[str, Any], integration: str, release: Release, stock: Catalogue
) -> Iterator[Fault]:
    if integration == "config":
        if "base_image" in service:
            yield fault(
                "base_image", "a config-only service has no image; leave it out, or integration: service"
            )
        return
    for prefix, image in building.asked(service):
        yield from _stock(fault, prefix, image, integration, release, stock)


def _stock(
    fault: Any, prefix: str, image: dict[str, Any], integration: str, release: Release, stock: Catalogue
) -> Iterator[Fault]:
    asked = image.get("base_image", "cinder-volume")
    known = stock.images.get(short_name(asked) if "/" in asked else asked)
    if "/" not in asked and not known:
        close = ", ".join(stock.closest(asked))
        hint = f"; did you mean {close}?" if close else ""
        yield fault(
            prefix + "base_image",
            f"{release.name} has no stock image {asked}{hint} (vendor-scaffold catalogue lists them)",
        )
    elif not known and "base_user" not in image:
        yield fault(
            prefix + "base_user", f"missing: {asked} is in no catalogue, so say which user it runs as"
        )
    elif integration == "image" and not (known and known.parameters):
        yield fault(
            prefix + "base_image",
            f"{release.name} has no image parameter for {asked}, so it cannot be swapped",
        )


def _parameters(fault: Any, service: dict[str, Any], release: Release) -> Iterator[Fault]:
    """Heat ignores a parameter that no template declares, without a word."""
    own = release.image_parameter_prefix
    other = "Docker" if own == "Container" else "Container"
    for name in service.get("environment", {}).get("parameter_defaults", {}):
        if name == "ContainerImagePrepare" and any(
            one.get("build") == "prepare" for _, one in building.asked(service)
        ):
            yield fault(
                f"environment.parameter_defaults.{name}", "build: prepare writes this list; leave it out"
            )
        if re.fullmatch(rf"{other}[A-Z]\w*Image", name):
            right = own + name.removeprefix(other)
            key = f"environment.parameter_defaults.{name}"
            yield fault(key, f"{release.name} ignores this image parameter of other releases; write {right}")


def _clashes(fault: Any, service: dict[str, Any], stock: Catalogue) -> Iterator[Fault]:
    """Sections of all services of a role are merged deeply: a name used twice mixes two services."""
    name = ServiceName.of(service["service_name"])
    taken = stock.taken
    if name.camel in taken.services:
        yield fault(
            "service_name",
            f"{stock.release} has a service OS::TripleO::Services::{name.camel}; choose another name",
        )
    elif name.snake in taken.containers or f"{name.snake}.json" in taken.kolla_files:
        yield fault("service_name", f"{stock.release} has a container {name.snake}; choose another name")
    script = service.get("launcher_script", {}).get("name")
    if script in taken.config_scripts:
        yield fault(
            "launcher_script.name", f"{stock.release} has a config script {script}; choose another name"
        )
    names = {name.snake, f"{name.snake}_loader"}
    for index, container in enumerate(service.get("containers", [])):
        key = f"containers.{index}.name"
        if container["name"] in taken.containers:
            yield fault(key, f"{stock.release} has a container {container['name']}; choose another name")
        elif container["name"] in names:
            yield fault(key, "another container of this service has this name")
        names.add(container["name"])


def _privilege(fault: Any, service: dict[str, Any], release: Release) -> Iterator[Fault]:
    own = [("", service), ("container.", service.get("container", {}))]
    own += [(f"containers.{index}.", c) for index, c in enumerate(service.get("containers", []))]
    for prefix, keys in own:
        if keys.get("cap_add") and not release.capabilities:
            yield fault(prefix + "cap_add", f"{release.name} drops it silently; set privileged: true instead")
        elif keys.get("cap_add") and keys.get("privileged"):
            yield fault(
                prefix + "cap_add", "privileged: true holds every capability already; leave one of them out"
            )
    module = service.get("kernel_module", {"delivery": "host"})
    may_load = service.get("privileged") or "SYS_MODULE" in service.get("cap_add", [])
    if module.get("delivery", "container") == "container" and not may_load:
        suffices = "cap_add: [SYS_MODULE]" if release.capabilities else "privileged: true"
        yield fault("kernel_module", f"loading a module from a container needs {suffices}, or delivery: host")


def _endings(fault: Any, service: dict[str, Any]) -> Iterator[Fault]:
    """A command that ends makes `restart: always` start it for ever."""
    launcher = service.get("launcher_script", {})
    for key, command in (("command", service.get("command")), ("launcher_script.exec", launcher.get("exec"))):
        program = command.split()[0].rsplit("/", 1)[-1] if command else ""
        if program in ENDS and service.get("container", {}).get("restart", "always") == "always":
            yield fault(
                key,
                f"{program} ends, and the container would restart for ever; name the daemon here, "
                "and let kernel_module load the module",
            )


def _without_container(fault: Any, service: dict[str, Any], integration: str) -> Iterator[Fault]:
    kind = "swaps a stock image, whose service runs it" if integration == "image" else "has no container"
    for key in (
        "command",
        "launcher_script",
        "container",
        "containers",
        "kolla",
        "privileged",
        "cap_add",
        "step",
    ):
        if service.get(key):
            yield fault(key, f"integration: {integration} {kind}; leave it out, or integration: service")
    if integration == "config":
        for key in ("install", "image_tag", "image_name", "base_user", "build", "prepare", "images"):
            if key in service:
                yield fault(key, "a config-only service has no image; leave it out, or integration: service")


def _host_install(fault: Any, module: dict[str, Any]) -> Iterator[Fault]:
    brings = bool(module.get("packages") or module.get("rpm_files"))
    how = module.get("install", "image" if brings else "none")
    if how == "image" and not brings:
        yield fault("kernel_module.install", "missing: the packages or rpm_files that hold the module")
    if how == "deployment":
        if not module.get("packages"):
            yield fault("kernel_module.install", "missing: packages, which ExtraKernelPackages names")
        for key in ("rpm_files", "repo_files", "repository"):
            if module.get(key):
                yield fault(
                    f"kernel_module.{key}",
                    "ExtraKernelPackages installs from the repositories that a node has; "
                    "leave it out, or install: image",
                )
    if how == "none":
        for key in ("packages", "rpm_files", "repo_files", "repository", "dkms"):
            if module.get(key):
                yield fault(f"kernel_module.{key}", "nothing would install it; install: image")


def _module(fault: Any, service: dict[str, Any], integration: str) -> Iterator[Fault]:
    module = service.get("kernel_module")
    if not module:
        return
    delivery = module.get("delivery", "container" if integration == "service" else "host")
    if delivery == "container" and integration != "service":
        yield fault(
            "kernel_module.delivery",
            f"integration: {integration} has no container of its own; use delivery: host",
        )
    host = [key for key in HOST_KEYS if key in module]
    if delivery == "container":
        for key in host:
            yield fault(f"kernel_module.{key}", "only a module that the host loads has it; delivery: host")
    if delivery == "host":
        yield from _host_install(fault, module)
        for key in ("loader", "source"):
            if module.get(key, "host") != "host":
                yield fault(
                    f"kernel_module.{key}",
                    "the host loads the module at boot; leave it out, or delivery: container",
                )
    elif module.get("loader", "separate") == "separate" and service.get("step", 4) == 1:
        yield fault(
            "step", "the loader runs a step earlier, so it must be 2 to 5; or kernel_module.loader: same"
        )
