"""The questions as data, in the order of thought; scaffold.asking puts them to the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from scaffold import catalogue, releases
from scaffold.answers import Answers, Document, check
from scaffold.answers.nodes import Items, Node, Table
from scaffold.errors import AnswersError, Fault
from scaffold.resolve import consistency, with_defaults
from scaffold.resolve.consistency.subject import Whole

# what was replied so far, by the key of the question: {"services.0.step": "4"}
Replies = dict[str, str]
Choices = list[tuple[str, str]]  # the reply, and the words that stand for it


@dataclass(frozen=True)
class Question:
    """One question. `key` is the answer it gives; of the service where it starts with a dot.

    choices: what to choose from; free text where there are none. suggest: words to complete from.
    when: whether the earlier answers make the question meaningful. optional: whether nothing is a reply.
    gives: the answers that the reply can mean, where these are others than `key`; settings: which it means.
    """

    key: str
    text: str
    default: Callable[[Context], str] = lambda c: ""
    choices: Callable[[Context], Choices] | None = None
    suggest: Callable[[Context], dict[str, str]] | None = None
    when: Callable[[Context], bool] = lambda c: True
    optional: bool = False
    gives: tuple[str, ...] = ()
    settings: Callable[[str], dict[str, str]] | None = None

    def means(self, reply: str) -> dict[str, str]:
        """The answers that REPLY gives, as --set would."""
        if self.settings:
            return self.settings(reply)
        return {self.key: reply} if reply or not self.optional else {}


@dataclass(frozen=True)
class Context:
    """The answers given beforehand, the replies so far, and which service is being asked about."""

    document: Document
    replies: Replies
    index: int

    def key(self, key: str) -> str:
        """KEY in full, as --set takes it."""
        return f"services.{self.index}{key}" if key.startswith(".") else key

    def reply(self, key: str) -> str:
        """What was replied to the question KEY; empty where it was not asked."""
        return self.replies.get(self.key(key), "")

    def asks(self, question: Question) -> bool:
        """Whether QUESTION is to be asked: meaningful, and not answered beforehand."""
        if self.index and not question.key.startswith("."):
            return False
        keys = question.gives or (question.key,)
        return not any(given(self.document, self.key(key)) for key in keys) and question.when(self)

    def problem(self, question: Question, reply: str) -> str:
        """What the model has against REPLY to QUESTION, as far as the answers go; empty for nothing."""
        if question.choices and reply not in dict(question.choices(self)):
            return "is no choice any more"
        after = replace(self, replies=self.replies | {self.key(question.key): reply})
        try:
            after.answers  # noqa: B018
        except AnswersError as error:
            return error.faults[0].message
        keys = question.gives or (question.key,)
        faults = after.clashes() if question.key.startswith(".") else ()
        return next((fault.message for fault in faults if self.concerns(keys, fault.path)), "")

    def concerns(self, keys: tuple[str, ...], path: str) -> bool:
        """Whether PATH, as a fault has it, is one of KEYS or inside it."""
        full = [f"services[{self.index}]{key}" if key.startswith(".") else key for key in keys]
        return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in full)

    def clashes(self) -> Iterator[Fault]:
        """The rules across answers that are broken so far, of the repository and of the service."""
        whole = Whole(self.answers)
        yield from consistency.of_repository(whole)
        yield from consistency.of_service(whole.services[self.index])

    @cached_property
    def answers(self) -> Answers:
        """The answers so far; a service without a name is called unnamed."""
        names = {f"services.{index}.service_name": f"unnamed-{index}" for index in range(self.index + 1)}
        unnamed = {key: name for key, name in names.items() if not given(self.document, key)}
        return check(settled(self.document, self.replies, unnamed), whole=False)

    @cached_property
    def top(self) -> dict[str, Any]:
        """The answers of the repository, defaults included."""
        return with_defaults(self.answers.values)

    @property
    def own(self) -> Mapping[str, Any]:
        """The answers of the service."""
        services: list[dict[str, Any]] = self.answers.values["services"]
        return services[self.index]

    @property
    def shape(self) -> str:
        """The integration of the service."""
        return str(self.own.get("integration", "service"))

    @property
    def loads(self) -> bool:
        """Whether a container of the service loads a kernel module."""
        module = self.own.get("kernel_module")
        return module is not None and self.shape == "service" and module.get("delivery") != "host"


def settled(document: Document, replies: Replies, unnamed: Mapping[str, str] | None = None) -> Document:
    """DOCUMENT with what REPLIES mean put over it, and UNNAMED below that."""
    settings = dict(unnamed or {})
    for key, reply in replies.items():
        own = re.fullmatch(r"(services\.[0-9]+)(.+)", key)
        prefix, name = own.groups() if own else ("", key)
        settings |= {prefix + one: value for one, value in BY_KEY[name].means(reply).items()}
    return document.with_settings([f"{key}={value}" for key, value in settings.items()])


def given(document: Document, key: str) -> bool:
    """Whether DOCUMENT has an answer at KEY, or something short for it."""
    node: Node | None = document.root
    for part in key.split("."):
        if isinstance(node, Table):
            node = node.entries.get(part)
        elif isinstance(node, Items):
            node = node.nodes[int(part)] if int(part) < len(node.nodes) else None
        if node is None:
            return False
    return True


def _releases(context: Context) -> Choices:
    found: Choices = []
    for name in reversed(releases.NAMES):
        title = releases.load(name).title
        found.append((name, f"{title} (RDO)"))
        versions = [version for version, on in releases.RHOSP.items() if on == name]
        found += [(version, f"RHOSP {version}, which is {title}") for version in reversed(versions)]
    return found


def _images(context: Context) -> dict[str, str]:
    stock = catalogue.load(context.top["release"]).images
    return {
        name: f"{', '.join((*image.parameters, *image.config_parameters)) or 'no parameter'}; "
        f"user {image.user or 'not known'}"
        for name, image in stock.items()
    }


def _unknown_image(context: Context) -> bool:
    image = context.own.get("base_image", "")
    return context.shape != "config" and "/" in image and catalogue.short_name(image) not in _images(context)


def _modules(context: Context) -> Choices:
    in_container = [
        ("separate", "loaded by a container of its own, a step before the service's"),
        ("same", "loaded by the launcher in the service's own container"),
    ]
    return [
        ("none", "none"),
        ("host", "loaded by the host at boot (ExtraKernelModules)"),
        *(in_container if context.shape == "service" else []),
    ]


def _module(reply: str) -> dict[str, str]:
    if reply in ("none", "host"):
        return {".kernel_module.delivery": "host"} if reply == "host" else {}
    return {".kernel_module.delivery": "container", ".kernel_module.loader": reply}


def _privilege(reply: str) -> dict[str, str]:
    more = {".privileged": "true"} if reply == "privileged" else {".cap_add": f"[{reply}]"}
    return {} if reply == "none" else more


SHAPES = [
    ("service", "a service with containers of its own: agent, sidecar, loader"),
    ("image", "a driver in a stock service: a layer on its image"),
    ("config", "configuration only, without a container"),
]
OTHER = ("other", "something else: Ansible of its own, NIC or kernel arguments, an external cluster")
PRIVILEGES = [
    ("none", "none: the daemon only reads, writes and talks"),
    ("NET_ADMIN", "NET_ADMIN: suffices to configure interfaces, routes and filters"),
    ("SYS_MODULE", "SYS_MODULE: suffices to load a kernel module"),
    ("privileged", "privileged: every device and capability of the host"),
]
SOURCES = [("host", "the host has it under /lib/modules"), ("image", "the image brings it")]
STEPS = [
    ("1", "1: load balancer, messaging, database bootstrap"),
    ("2", "2: core services"),
    ("3", "3: early OpenStack setup"),
    ("4", "4: general OpenStack services and agents"),
    ("5", "5: activation, and what needs everything else"),
]
CI = [("none", "none"), ("github", "GitHub Actions"), ("gitlab", "GitLab"), ("zuul", "Zuul")]
QUESTIONS = (
    Question(
        ".integration",
        "What do you integrate?",
        choices=lambda c: SHAPES if c.index else [*SHAPES, OTHER],
        settings=lambda reply: {} if reply == "other" else {".integration": reply},
    ),
    Question(".service_name", "Service name", default=lambda c: "" if c.index else "vendorx-agent"),
    Question("vendor", "Vendor", default=lambda c: str(c.top["vendor"])),
    Question("release", "Release", choices=_releases),
    Question(
        "ci",
        "CI system to write jobs for",
        choices=lambda c: CI,
        settings=lambda reply: {} if reply == "none" else {"ci": f"[{reply}]"},
    ),
    Question(
        ".base_image",
        "Base image, of the catalogue or a full reference",
        default=lambda c: "cinder-volume",
        suggest=_images,
        when=lambda c: c.shape != "config",
    ),
    Question(
        ".base_user",
        "User that the base image runs as",
        default=lambda c: "root",
        when=_unknown_image,
    ),
    Question(
        "._privilege",
        "Privilege",
        choices=lambda c: PRIVILEGES,
        when=lambda c: c.shape == "service",
        gives=(".privileged", ".cap_add"),
        settings=_privilege,
    ),
    Question("._module", "Kernel module", choices=_modules, gives=(".kernel_module",), settings=_module),
    Question(
        ".kernel_module.name",
        "Name of the kernel module",
        when=lambda c: "kernel_module" in c.own,
    ),
    Question(
        ".kernel_module.source",
        "Where the module's file comes from",
        choices=lambda c: SOURCES,
        when=lambda c: c.loads,
    ),
    Question(
        ".launcher_script.name",
        "Launcher script (empty: none of your own)",
        default=lambda c: f"{c.own['service_name'].replace('-', '_')}_launcher.sh" if c.loads else "",
        optional=True,
        when=lambda c: c.shape == "service",
    ),
    Question(
        ".step",
        "Deployment step",
        default=lambda c: "4",
        choices=lambda c: STEPS,
        when=lambda c: c.shape == "service",
    ),
    Question(
        ".roles",
        "Roles, separated by commas",
        default=lambda c: "Controller",
        settings=lambda reply: {".roles": f"[{reply}]"},
    ),
)
BY_KEY = {question.key: question for question in QUESTIONS}
