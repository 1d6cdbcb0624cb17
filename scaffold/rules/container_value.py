"""What a container is given is something that the release takes there.

Why: the container does not start, or starts otherwise than it says: a network or a restart policy that there
is not, a text where a list is read letter by letter, "false" in quotes, which is true. A container that the
deployment waits for must not start again at each end.

Bad::

    vendorx_agent:
      net: hots
      detach: false
      restart: always

Good::

    vendorx_agent:
      net: host
      restart: always

Source: docker-run(1), podman-run(1), capabilities(7); paunch/builder and utils/systemd.py of paunch; the role
tripleo_container_manage of tripleo-ansible (forms of scaffold/releases/container_keys.yaml, restarts of
facts.yaml). A user of the vendor's own image is not known; only what is nearly a stock one is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scaffold.documents import Dockerfile, ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Node, Scalar, Table, plain, text_of
from scaffold.documents.wiring import kolla_mount
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import Release, container_keys
from scaffold.tripleo.containers import (
    CAPABILITIES,
    FORMS_IN_WORDS,
    HEALTHCHECK_KEYS,
    LABELS,
    NAMESPACES,
    SECURITY,
    STAYING,
    ULIMITS,
    fits,
)
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.unknown import STRICT, did_you_mean, meant, nearest

Judge = Callable[[Node, DocumentedContainer, Repository], Iterator[Finding]]

SHARED = re.compile(r"(container|ns):.+|(slirp4netns|pasta|private|host)(:.*)?|")
RETRIES = re.compile(r"on-failure:\d+")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each key of each container that is written out."""
    release = repository.release
    forms = container_keys(release.name).forms
    for container in template.containers:
        for key, value in heat.pairs(container.node):
            for one in heat.choices(value):
                call = heat.function(one)
                if call and call[0] in FUNCTIONS:
                    continue
                form = forms.get(key.text) or _listed(key.text, release)
                if form and not fits(form, plain(one)):
                    message = f"{key.text} of {container.name} must be {FORMS_IN_WORDS[form]}"
                    yield Finding(one, message)
                elif key.text in CHECKS:
                    yield from CHECKS[key.text](one, container, repository)
        yield from _together(container)


def _listed(key: str, release: Release) -> str:
    """The form of what is a list, or from Ussuri on one text as well; units are gone through always."""
    if key in ("cap_add", "ulimit"):
        return "texts" if "on-failure" not in release.tripleo.restarts else "list"
    return "list" if key == "depends_on" else ""


def _namespace(kind: str) -> Judge:
    def check(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
        word = text_of(value) or ""
        if word in NAMESPACES[kind] or SHARED.fullmatch(word):
            return
        near = did_you_mean(word, NAMESPACES[kind])
        if near or kind != "net":  # a network may have any other name
            message = f"there is no {kind} {word} for {container.name}"
            yield Finding(value, message, near or f"{kind}: host")

    return check


def _restart(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    release, word = repository.release, text_of(value) or ""
    known = release.tripleo.restarts
    if (
        word in known
        or ("on-failure" in known and RETRIES.fullmatch(word))
        or word.lower() in ("no", "false")
    ):
        return
    if word in STAYING:
        message = f"{release.title} starts {container.name} once, and never again"
        yield Finding(value, message, "restart: always", Severity.WARNING)
    else:
        yield Finding(value, f"restart of {container.name} cannot be {word}", f"one of {', '.join(known)}")


def _healthcheck(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    if not isinstance(value, Table):
        yield Finding(value, f"healthcheck of {container.name} must be a map", "healthcheck: {test: …}")
        return
    unknown = [key for key in value.keys.values() if key.text not in (*HEALTHCHECK_KEYS, *FUNCTIONS)]
    for key in unknown:
        hint = did_you_mean(key.text, HEALTHCHECK_KEYS) or f"one of {', '.join(HEALTHCHECK_KEYS)}"
        yield Finding(key, f"healthcheck of {container.name} has no {key.text}", hint)
    if value.pairs and "test" not in value and not unknown and not heat.is_open(value):
        yield Finding(value, f"healthcheck of {container.name} has no test", "test: /openstack/healthcheck")


def _ulimit(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    for item in heat.texts(value):
        name, equals, _ = item.text.partition("=")
        if name not in ULIMITS or not equals:
            near = nearest(name.partition(":")[0], ULIMITS)
            hint = f"{near}=…" if near else "NAME=NUMBER"
            yield Finding(item, f"{item.text} is no ulimit of {container.name}", hint)


def _capabilities(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    for item in heat.texts(value):
        name = item.text.upper().removeprefix("CAP_")
        if name not in CAPABILITIES:
            yield Finding(item, f"the kernel has no capability {item.text}", did_you_mean(name, CAPABILITIES))


def _security(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    items = [value] if isinstance(value, Scalar) else [*heat.texts(value)]
    for item in items:
        kind, _, what = item.text.replace(":", "=", 1).partition("=")
        wrong = kind not in SECURITY or (kind == "label" and what.split(":")[0].split("=")[0] not in LABELS)
        if wrong:
            near = did_you_mean(kind, SECURITY) if kind not in SECURITY else ""
            hint = near or meant(*(f"label={one}" for one in [nearest(what, LABELS)] if one))
            severity = None if hint or kind in SECURITY else Severity.WARNING  # an engine may know more
            yield Finding(item, f"{item.text} is no security_opt", hint, severity)


def _user(value: Node, container: DocumentedContainer, repository: Repository) -> Iterator[Finding]:
    for name in (text_of(value) or "").split(":")[:1]:
        near = nearest(name, sums.users(repository), STRICT) if name not in sums.users(repository) else ""
        if near and not any(name in each.text for each in repository.of(Dockerfile)):
            yield Finding(value, f"no stock image has the user {name}", meant(near))


def _together(container: DocumentedContainer) -> Iterator[Finding]:
    detach, restart = container.get("detach"), container.get("restart")
    waited = (text_of(detach) or "").lower() in ("false", "no", "off")
    if detach and restart and waited and text_of(restart) in STAYING:
        daemon = kolla_mount(container) is not None
        hint = "leave out detach" if daemon else "leave out restart"
        message = f"the deployment waits for the end of {container.name}, which then starts again"
        yield Finding(detach if daemon else restart, message, hint)


CHECKS: dict[str, Judge] = {
    **{kind: _namespace(kind) for kind in NAMESPACES},
    "restart": _restart,
    "healthcheck": _healthcheck,
    "ulimit": _ulimit,
    "cap_add": _capabilities,
    "cap_drop": _capabilities,
    "security_opt": _security,
    "user": _user,
}

RULE = Rule(id="container-value", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
