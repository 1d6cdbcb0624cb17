"""A function of Heat gets the arguments that it takes.

Why: Heat refuses the template, "Incorrect arguments", or the stack fails where it works the value out.

Bad::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volumes]}
        - /etc/vendorx:/etc/vendorx:ro

Good::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volumes]}
        - - /etc/vendorx:/etc/vendorx:ro

Source: heat/engine/hot/functions.py of openstack-heat. That a template holds no name
of the params of str_replace is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, text_of, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import heat as heat_versions
from scaffold.tripleo.heat import DIGESTS, FUNCTIONS, JOINING, LOGICAL, WITH_FUNCTIONS
from scaffold.unknown import did_you_mean

EXACTLY = {name: form.lengths for name, form in FUNCTIONS.items() if form.lengths}
MAPS = {name: form.keys for name, form in FUNCTIONS.items() if form.keys and name != "make_url"}
WORDS = {"list": "a list", "map": "a map"}


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each function that the template's version has."""
    known, version = heat_versions(), text_of(template.root.get("heat_template_version")) or ""
    for key, part in template.root.pairs:
        if key.text not in WITH_FUNCTIONS:
            continue
        conditions = key.text == "conditions"
        for node in walk(part):
            call = heat.function(node)
            if not call or not isinstance(node, Table) or call[0] not in FUNCTIONS:
                continue
            since = (known.conditions if conditions else known.functions).get(call[0])
            if FUNCTIONS[call[0]].of_conditions and not conditions:
                continue
            if since is None or known.has(version, since):
                yield from _judged(node.pairs[0][0], call[1])


def _judged(name: Scalar, arguments: Node) -> Iterator[Finding]:
    if _computed(arguments):
        return  # a function gives them
    if name.text in JOINING:
        yield from _joined(name, arguments)
    elif name.text == "list_join":
        yield from _list_join(name, arguments)
    elif name.text in MAPS:
        yield from _map(name, arguments)
    elif name.text in EXACTLY:
        yield from _exactly(name, arguments)
    elif name.text in LOGICAL and name.text != "not":
        if not isinstance(arguments, Items) or len(arguments.nodes) < 2:
            yield Finding(name, f"{name.text} takes a list of two or more conditions")
    elif name.text in ("get_param", "get_attr") and heat.first_argument(arguments) is None:
        told = any(_computed(node) for node in _items(arguments))
        if not told:
            yield Finding(name, f"{name.text} lacks the name of what it gets")
    elif name.text == "get_attr" and (isinstance(arguments, Scalar) or len(_items(arguments)) == 1):
        message = "get_attr without an attribute gives a map of them all"
        yield Finding(name, message, "get_attr: [RESOURCE, ATTRIBUTE]", Severity.WARNING)


def _computed(node: Node) -> bool:
    call = heat.function(node)
    return bool(call and call[0] in FUNCTIONS)


def _items(node: Node) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, Items) else ()


def _joined(name: Scalar, arguments: Node) -> Iterator[Finding]:
    form = JOINING[name.text]
    if not isinstance(arguments, Items):
        yield Finding(name, f"{name.text} takes a list of {form}s", f"{name.text}: [{WORDS[form]}, …]")
        return
    wanted = Items if form == "list" else Table
    for part in arguments:
        null = isinstance(part, Scalar) and part.kind == "null"
        if not isinstance(part, wanted) and not null and not _computed(part):
            shown = part.text if isinstance(part, Scalar) else "a list" if form == "map" else "a map"
            hint = f"- - {part.text}" if isinstance(part, Scalar) and form == "list" else ""
            yield Finding(part, f"{name.text} joins {form}s, and {shown} is none", hint)


def _list_join(name: Scalar, arguments: Node) -> Iterator[Finding]:
    items = _items(arguments)
    usage = "list_join: [DELIMITER, [ITEM, …]]"
    if len(items) < 2 or isinstance(items[0], Items):
        yield Finding(name, "list_join takes a delimiter and a list", usage)
        return
    if isinstance(items[0], Table) and not _computed(items[0]):
        yield Finding(name, "the delimiter of list_join is text", usage)
    for part in items[1:]:
        if isinstance(part, Scalar) and part.kind != "null":
            yield Finding(part, f"list_join joins lists, and {part.text} is none", usage)


def _exactly(name: Scalar, arguments: Node) -> Iterator[Finding]:
    items, lengths = _items(arguments), EXACTLY[name.text]
    if len(items) not in lengths:
        most = " or ".join(map(str, lengths))
        yield Finding(name, f"{name.text} takes {most} arguments")
    elif name.text == "digest" and isinstance(items[0], Scalar) and items[0].text.lower() not in DIGESTS:
        hint = did_you_mean(items[0].text, DIGESTS) or f"one of {', '.join(DIGESTS)}"
        yield Finding(items[0], f"digest knows no {items[0].text}", hint)


def _map(name: Scalar, arguments: Node) -> Iterator[Finding]:
    keys = MAPS[name.text]
    if not isinstance(arguments, Table):
        yield Finding(name, f"{name.text} takes a map", ", ".join(f"{key}: …" for key in sorted(keys)))
        return
    missing = sorted(keys - arguments.entries.keys())
    unknown = [key for key in arguments.keys.values() if key.text not in keys]
    for key in unknown if missing or name.text == "yaql" else ():  # others pass over what they do not know
        yield Finding(key, f"{name.text} takes no {key.text}", did_you_mean(key.text, keys))
    for word in missing if not unknown else ():
        yield Finding(name, f"{name.text} lacks {word}")
    template, params = arguments.get("template"), arguments.get("params")
    if name.text.startswith("str_replace") and isinstance(template, Scalar) and isinstance(params, Table):
        words = [word for word in params.keys.values() if word.text not in FUNCTIONS]
        held = any(word.text in template.text for word in words)
        if words and len(words) == len(params.pairs) and not held:
            message = f"the template of {name.text} does not hold {words[0].text}"
            lenient = Severity.WARNING if name.text == "str_replace" else None
            yield Finding(words[0], message, severity=lenient)


RULE = Rule(id="function-arguments", page=__doc__, files=HeatTemplate, check=check)
