"""The questions as data, in the order of thought; scaffold.asking puts them to the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from scaffold import catalogue, fields, releases
from scaffold.answers import Answers, AnswersDocument, check
from scaffold.errors import AnswersError, Fault
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.fields.declared import WITH_IMAGES
from scaffold.questions.choices import (
    CI,
    OTHER,
    PRIVILEGES,
    SHAPES,
    SOURCES,
    STEPS,
    Choices,
    every_release,
    install,
    module,
    privilege,
)
from scaffold.resolve import consistency
from scaffold.resolve.completing import Defaulted, with_defaults
from scaffold.resolve.consistency.subject import Whole
from scaffold.resolve.tripleo.environment import is_of_roles
from scaffold.resolve.tripleo.notes import unusual

# what was replied so far, by the key of the question: {"services.0.step": "4"}
Replies = dict[str, str]


@dataclass(frozen=True)
class Question:
    """One question. `key` is the answer it gives; of the service where it starts with a dot.

    choices: what to choose from; free text where there are none. suggest: words to complete from.
    when: whether the earlier answers make the question meaningful. optional: the default holds anyway, and
    is left unsaid. gives: the answers that the reply can mean, where these are others than `key`.
    settings: which it means. notes: what is legal in a reply, and probably not meant.
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
    notes: Callable[[Context, str], Iterable[str]] = lambda c, reply: ()

    def means(self, reply: str) -> dict[str, str]:
        """The answers that REPLY gives, as --set would."""
        if self.optional and not reply:
            return {}
        return self.settings(reply) if self.settings else {self.key: reply}


@dataclass(frozen=True)
class Context:
    """The answers given beforehand, the replies so far, and which service is being asked about."""

    document: AnswersDocument
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
        return not any(self.document.says(self.key(key)) for key in keys) and question.when(self)

    def problem(self, question: Question, reply: str) -> str:
        """What the model has against REPLY to QUESTION, as far as the answers go; empty for nothing."""
        if question.choices and reply not in dict(question.choices(self)):
            return "is no longer available"
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
        """The constraints across answers that are broken so far, of the repository and of the service."""
        whole = Whole(self.answers)
        yield from consistency.of_repository(whole)
        yield from consistency.of_service(whole.services[self.index])

    @cached_property
    def answers(self) -> Answers:
        """The answers so far.

        A service without a name is called unnamed; till it is asked what its container may do, that is all.
        """
        assumed = {f"services.{index}.service_name": f"unnamed-{index}" for index in range(self.index + 1)}
        if not self.reply("._privilege") and not self.document.says(self.key(".cap_add")):
            assumed[self.key(".privileged")] = "true"
        assumed = {key: value for key, value in assumed.items() if not self.document.says(key)}
        return check(settled(self.document, self.replies, assumed), whole=False)

    @cached_property
    def top(self) -> Defaulted:
        """The answers of the repository, defaults included."""
        return with_defaults(self.answers.values)

    @property
    def own(self) -> ServiceAnswers:
        """The answers of the service."""
        return RepositoryAnswers(self.answers.values).services[self.index]

    @property
    def shape(self) -> str:
        """The integration of the service."""
        return self.own.integration

    @property
    def loads(self) -> bool:
        """Whether a container of the service loads a kernel module."""
        module = self.own.kernel_module
        return module is not None and self.shape == "service" and module.delivery != "host"


def settled(
    document: AnswersDocument, replies: Replies, assumed: Mapping[str, str] | None = None
) -> AnswersDocument:
    """DOCUMENT with what REPLIES mean put over it, and what is ASSUMED below that."""
    settings = dict(assumed or {})
    for key, reply in replies.items():
        own = re.fullmatch(r"(services\.[0-9]+)(.+)", key)
        prefix, name = own.groups() if own else ("", key)
        settings |= {prefix + one: value for one, value in BY_KEY[name].means(reply).items()}
    return document.with_settings([f"{key}={value}" for key, value in settings.items()])


def _default(key: str) -> str:
    return fields.SERVICE.fields[key].otherwise


def _images(context: Context) -> dict[str, str]:
    stock = catalogue.load(context.top.release).images
    return {
        name: f"{', '.join((*image.parameters, *image.config_parameters)) or 'no parameter'}; "
        f"user {image.user or 'not known'}"
        for name, image in stock.items()
    }


def _unknown_image(context: Context) -> bool:
    image = context.own.base_image
    return (
        context.shape in WITH_IMAGES and "/" in image and catalogue.short_name(image) not in _images(context)
    )


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


def _privileges(context: Context) -> Choices:
    """Those that the release knows and, where a container loads the module, that are enough for it."""
    known = releases.load(context.top.release).tripleo.capabilities
    usable = [one for one in PRIVILEGES if known or one[0] in ("none", "privileged")]
    return [one for one in usable if one[0] in ("SYS_MODULE", "privileged")] if context.loads else usable


def _nothing_installed(context: Context, reply: str) -> Iterator[str]:
    if not reply and context.shape == "image":
        yield "an image that nothing is installed in adds nothing to the stock one"


QUESTIONS = (
    Question(
        ".integration",
        "What do you integrate?",
        choices=lambda c: SHAPES if c.index else [*SHAPES, OTHER],
        settings=lambda reply: {} if reply == "other" else {".integration": reply},
    ),
    Question(".service_name", "Service name, such as vendorx-agent"),
    Question("vendor", "Vendor", default=lambda c: c.top.vendor),
    Question("release", "Release", choices=lambda c: every_release()),
    Question(
        ".base_image",
        "Base image, of the catalogue or a full reference",
        default=lambda c: _default("base_image"),
        suggest=_images,
        when=lambda c: c.shape in WITH_IMAGES,
        gives=(".base_image", ".images"),
    ),
    Question(
        ".base_user",
        "User that the base image runs as",
        default=lambda c: "root",
        when=_unknown_image,
    ),
    Question(
        "._install",
        "Packages, .rpm, .repo and .whl files to install, separated by commas",
        default=lambda c: "none",
        optional=True,
        when=lambda c: c.shape in WITH_IMAGES,
        gives=(".install", ".images"),
        settings=install,
        notes=_nothing_installed,
    ),
    Question("._module", "Kernel module", choices=_modules, gives=(".kernel_module",), settings=module),
    Question(
        ".kernel_module.name",
        "Name of the kernel module",
        when=lambda c: c.own.kernel_module is not None,
    ),
    Question(
        ".kernel_module.source",
        "Where the module's file comes from",
        choices=lambda c: SOURCES,
        when=lambda c: c.loads,
    ),
    Question(
        "._privilege",
        "Privilege",
        choices=_privileges,
        when=lambda c: c.shape == "service",
        gives=(".privileged", ".cap_add"),
        settings=privilege,
    ),
    Question(
        ".command",
        "What the container runs",
        default=lambda c: f"/usr/bin/{c.own.service_name}",
        optional=True,
        when=lambda c: c.shape == "service",
    ),
    Question(
        ".launcher_script.name",
        "Launcher script of your own, which prepares and starts that",
        default=lambda c: f"{c.own.service_name.replace('-', '_')}_launcher.sh" if c.loads else "none",
        optional=True,
        when=lambda c: c.shape == "service",
    ),
    Question(
        ".step",
        "Deployment step",
        default=lambda c: _default("step"),
        choices=lambda c: STEPS,
        when=lambda c: c.shape == "service",
    ),
    Question(
        ".roles",
        "Roles, separated by commas",
        default=lambda c: _default("roles"),
        when=lambda c: is_of_roles(c.own),
        settings=lambda reply: {".roles": f"[{reply}]"},
        notes=lambda c, reply: unusual(reply.replace(",", " ").split()),
    ),
    Question(
        "ci",
        "CI system to write jobs for",
        choices=lambda c: CI,
        settings=lambda reply: {} if reply == "none" else {"ci": f"[{reply}]"},
    ),
)
BY_KEY = {question.key: question for question in QUESTIONS}
