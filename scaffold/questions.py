"""The questions as data, in the order of thought; ask() puts them through questionary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import questionary
from questionary import Choice

from scaffold import catalogue, releases
from scaffold.answers import Answers, Document, check
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.report import purpose
from scaffold.resolve import with_defaults

# what was said so far, as --set would say it: {"services.0.step": "4"}
Said = dict[str, str]
IN_CONTAINER = ("loader", "same")


@dataclass(frozen=True)
class Question:
    """One question. `key` is the answer it gives (of the service where it starts with a dot).

    choices: (value, words) pairs; an empty value leaves the answer out. Free text where there are none.
    suggest: words to complete from. when: whether an earlier answer makes the question meaningful.
    """

    key: str
    text: str
    default: Callable[[Context], str] = lambda c: ""
    choices: Callable[[Context], list[tuple[str, str]]] | None = None
    suggest: Callable[[Context], dict[str, str]] | None = None
    when: Callable[[Context], bool] = lambda c: True
    settings: Callable[[str], dict[str, str]] | None = None  # of a choice that is more than one answer


@dataclass(frozen=True)
class Context:
    """The document, what was said so far, and which service is being asked about."""

    document: Document
    said: Said
    service: int

    def values(self) -> dict[str, Any]:
        """The answers so far, with an unnamed service called so."""
        named = {f"services.{self.service}.service_name": "service"} | plain(self.said)
        return check(settled(self.document, named)).values

    def top(self) -> dict[str, Any]:
        """The answers of the repository, defaults included."""
        return with_defaults(self.values())

    def own(self) -> Mapping[str, Any]:
        """The answers of the service."""
        services: list[dict[str, Any]] = self.values()["services"]
        return services[self.service]

    def shape(self) -> str:
        """The integration of the service."""
        return str(self.own().get("integration", "service"))


def settled(document: Document, said: Said) -> Document:
    """The document with what was said put over it."""
    return document.with_settings([f"{key}={value}" for key, value in said.items()])


def plain(said: Said) -> Said:
    """What was said, without the choices that only the questions know."""
    return {
        key: value for key, value in said.items() if value and not key.endswith(("._privilege", "._module"))
    }


def _privileges(context: Context) -> list[tuple[str, str]]:
    capabilities = releases.load(context.top()["release"]).capabilities
    some = [
        ("SYS_MODULE", "SYS_MODULE: suffices to load a kernel module"),
        ("NET_ADMIN", "NET_ADMIN: suffices to configure interfaces, routes and filters"),
    ]
    return [
        ("none", "none: the daemon only reads, writes and talks"),
        *(some if capabilities else []),
        ("privileged", "privileged: every device and capability of the host"),
    ]


def _privilege(choice: str) -> dict[str, str]:
    return {"none": {}, "privileged": {"privileged": "true"}}.get(choice, {"cap_add": f"[{choice}]"})


def _modules(context: Context) -> list[tuple[str, str]]:
    own = context.own()
    can = own.get("privileged") or "SYS_MODULE" in own.get("cap_add", [])
    loads = [
        ("loader", "in a loader container of its own: the application stays unprivileged"),
        ("same", "in the application's own container, by its launcher"),
    ]
    return [
        ("none", "none"),
        ("host", "loaded by the host at boot (ExtraKernelModules)"),
        *(loads if can and context.shape() == "service" else []),
    ]


def _module(choice: str) -> dict[str, str]:
    if choice == "none":
        return {}
    if choice == "host":
        return {"kernel_module.delivery": "host"}
    return {
        "kernel_module.delivery": "container",
        "kernel_module.loader": "separate" if choice == "loader" else "same",
    }


def _images(context: Context) -> dict[str, str]:
    stock = catalogue.load(context.top()["release"]).images
    return {
        name: f"{', '.join((*image.parameters, *image.config_parameters)) or 'no parameter'}; user {image.user or '?'}"
        for name, image in stock.items()
    }


def _releases(context: Context) -> list[tuple[str, str]]:
    return [(name, releases.load(name).title) for name in reversed(releases.NAMES)]


SHAPES = (
    ("service", "a service with containers of its own: agent, sidecar, loader"),
    ("image", "a driver in a stock service: a layer on its image"),
    ("config", "configuration only, without a container"),
    ("other", "something else: Ansible of its own, NIC or kernel arguments, an external cluster"),
)


def _chosen(context: Context, key: str) -> str:
    return context.said.get(f"services.{context.service}.{key}", "none")


QUESTIONS = (
    Question(
        ".integration", "What do you integrate?", choices=lambda c: list(SHAPES), default=lambda c: "service"
    ),
    Question(".service_name", "Service name", default=lambda c: "" if c.service else "vendorx-agent"),
    Question("vendor", "Vendor", default=lambda c: str(c.top()["vendor"])),
    Question("release", "TripleO release", choices=_releases, default=lambda c: "wallaby"),
    Question(
        ".base_image",
        "Base image (a stock image, or a full reference)",
        default=lambda c: "cinder-volume",
        suggest=_images,
        when=lambda c: c.shape() != "config",
    ),
    Question(
        ".base_user",
        "User that the base image runs as",
        default=lambda c: "root",
        when=lambda c: (
            "/" in c.own().get("base_image", "") and catalogue_name(c.own()["base_image"]) not in _images(c)
        ),
    ),
    Question(
        "._privilege",
        "Privilege",
        choices=_privileges,
        default=lambda c: "none",
        when=lambda c: c.shape() == "service",
        settings=_privilege,
    ),
    Question(
        "._module",
        "Kernel module",
        choices=_modules,
        default=lambda c: "none",
        settings=_module,
        when=lambda c: "kernel_module" not in c.own(),
    ),
    Question(
        ".kernel_module.name", "Name of the kernel module", when=lambda c: _chosen(c, "_module") != "none"
    ),
    Question(
        ".kernel_module.source",
        "Where its file comes from",
        default=lambda c: "host",
        choices=lambda c: [("host", "the host has it under /lib/modules"), ("image", "the image brings it")],
        when=lambda c: _chosen(c, "_module") in IN_CONTAINER,
    ),
    Question(
        ".launcher_script.name",
        "Launcher script (empty: none)",
        when=lambda c: c.shape() == "service",
        default=lambda c: (
            f"{c.own()['service_name'].replace('-', '_')}_launcher.sh"
            if _chosen(c, "_module") in IN_CONTAINER
            else ""
        ),
    ),
    Question(
        ".step",
        "Deployment step",
        choices=lambda c: [(str(n), words) for n, words in enumerate(STEPS, 1)],
        default=lambda c: "4",
        when=lambda c: c.shape() == "service",
    ),
    Question(".roles", "Roles, separated by commas", default=lambda c: "Controller"),
)
STEPS = (
    "1: load balancer, messaging, database bootstrap",
    "2: core services",
    "3: early OpenStack setup",
    "4: general OpenStack services and agents",
    "5: activation, and what needs everything else",
)


def catalogue_name(reference: str) -> str:
    """The stock name in a full reference."""
    return catalogue.short_name(reference)


def ask(document: Document) -> Answers:
    """Ask what DOCUMENT leaves open, show the review, and return the answers.

    Raises KeyboardInterrupt or EOFError where the user stops, and AnswersError for a shape that needs no files.
    """
    said: Said = {}
    count = len(_services(document)) or 1
    index = 0
    while index < count:
        for question in QUESTIONS:
            _answer(question, Context(document, said, index), fresh=True)
        index += 1
        if index == count and questionary.confirm("Add another service?", default=False).unsafe_ask():
            count += 1
    return _reviewed(document, said, count)


def _services(document: Document) -> list[Any]:
    entries = getattr(document.root, "entries", {})
    return list(getattr(entries.get("services"), "items", ()))


def _answer(question: Question, context: Context, *, fresh: bool) -> None:
    """Ask one question, where it is meaningful and not answered yet, and note what was said."""
    key = _key(question, context)
    if fresh and (key in context.said or _is_said(context.document, key)):
        return
    if not question.when(context):
        return
    answer = _prompt(question, context, key)
    if key.endswith(".integration") and answer == "other":
        raise AnswersError(
            [],
            "no vendor repository fits: run external Ansible by deploy_steps_tasks or after the deployment, tune NICs "
            "and kernel arguments with <Role>Parameters (KernelArgs) in an environment file of your own",
        )
    prefix = f"services.{context.service}"
    for old in (question.settings and (*_ALL[question.key],)) or ():
        context.said.pop(f"{prefix}.{old}", None)
    context.said[key] = f"[{answer}]" if key.endswith(".roles") else answer
    if question.settings:
        context.said.update({f"{prefix}.{name}": value for name, value in question.settings(answer).items()})


_ALL = {
    "._privilege": ("privileged", "cap_add"),
    "._module": (
        "kernel_module.delivery",
        "kernel_module.loader",
        "kernel_module.name",
        "kernel_module.source",
    ),
}


def _key(question: Question, context: Context) -> str:
    return f"services.{context.service}{question.key}" if question.key.startswith(".") else question.key


def _is_said(document: Document, key: str) -> bool:
    node: Any = document.root
    for part in key.split("."):
        entries = getattr(node, "entries", None)
        items = getattr(node, "items", ())
        node = (
            entries.get(part) if entries is not None else items[int(part)] if int(part) < len(items) else None
        )
        if node is None:
            return False
    return True


def _prompt(question: Question, context: Context, key: str) -> str:
    default = context.said.get(key, question.default(context)).strip("[]")
    if question.choices:
        choices = [Choice(words, value=value) for value, words in question.choices(context)]
        known = [choice.value for choice in choices]
        chosen = default if default in known else known[0]
        return str(questionary.select(question.text, choices, default=chosen).unsafe_ask())
    validate = _validator(context, key)
    if question.suggest:
        meta = question.suggest(context)
        completing = questionary.autocomplete(
            question.text, list(meta), default, meta_information=meta, validate=validate, match_middle=True
        )
        return str(completing.unsafe_ask()).strip()
    return str(questionary.text(question.text, default, validate=validate).unsafe_ask()).strip()


def _validator(context: Context, key: str) -> Callable[[str], bool | str]:
    """The model's own rules, for one answer: the first fault of just this key, or True."""

    def valid(text: str) -> bool | str:
        value = f"[{text}]" if key.endswith(".roles") else text.strip()
        if not value:
            return True if key.endswith("launcher_script.name") else "must not be empty"
        named = {f"services.{context.service}.service_name": "service"} | plain(context.said)
        try:
            answers = check(settled(context.document, named | {key: value}))
        except AnswersError as error:
            return next((fault.message for fault in error.faults if fault.place == f"--set {key}"), True)
        return _fits(answers, key)

    return valid


def _fits(answers: Answers, key: str) -> bool | str:
    """Whether the answer also agrees with the earlier ones, as far as they go."""
    try:
        plan(answers)
    except AnswersError as error:
        dotted = key.replace("services.", "services[", 1).replace(".", "].", 1)
        return next((fault.message for fault in error.faults if fault.path in (key, dotted)), True)
    return True


def _reviewed(document: Document, said: Said, count: int) -> Answers:
    """Show the answers and the tree, and let one answer at a time be changed until they are right."""
    while True:
        answers = check(settled(document, plain(said)))
        problem = _shown(answers, said)
        asked = {
            _key(question, context): (question, context)
            for context in (Context(document, said, index) for index in range(count))
            for question in QUESTIONS
            if question.when(context) and not _is_said(document, _key(question, context))
        }
        choices = [] if problem else [Choice("write it", value="")]
        choices += [
            Choice(f"change: {question.text} ({key})", value=key) for key, (question, _) in asked.items()
        ]
        picked = questionary.select("Is this right?", choices).unsafe_ask()
        if not picked:
            return answers
        question, context = asked[picked]
        _answer(question, context, fresh=False)
        for follower in QUESTIONS:
            for index in range(count):
                _answer(follower, Context(document, said, index), fresh=True)


def _shown(answers: Answers, said: Said) -> bool:
    """Print the review; whether the answers cannot be used as they are."""
    for key, value in said.items():
        if value:
            questionary.print(f"  {key.replace('._', '.')}: {value}")
    try:
        planned = plan(answers)
    except AnswersError as error:
        for fault in error.faults:
            questionary.print(f"  {fault}", style="fg:red")
        return True
    questionary.print(f"\n  {planned.repo.repo_name}/")
    for path in sorted(planned.rendered):
        questionary.print(f"    {path}  {purpose(path)}")
    return False
