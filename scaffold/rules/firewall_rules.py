"""Firewall rules stand where the release reads them, with keys and values that it takes.

Why: elsewhere, or under another service's name, they are ignored, the port stays closed, and the service is
not reached. Their names begin with a number, which is their place: puppet refuses another name, and what
sorts after `999 drop all` is never reached. To Train they are hieradata of config_settings, in
`tripleo.<service_name>.firewall_rules`, and puppet stops at an unknown key; from Ussuri they are a section of
role_data.

Bad, on Wallaby::

    config_settings:
      tripleo.vendorx_agent.firewall_rules:
        '140 vendorx': {dport: 1234}

Good::

    firewall_rules:
      '140 vendorx': {dport: 1234}

Source: commit 50367fbe3 of tripleo-heat-templates, first in 12.0.0; puppet-tripleo's
tripleo::firewall::service_rules reads the key of each service's own name; a shipped template names another
service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, plain, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import Release, firewall_keys
from scaffold.tripleo.firewall import misfit
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.services import LAST_RULE, firewall_key, is_reached, ruled
from scaffold.unknown import meant, nearest

ALMOST = re.compile(r"tripleo[.:]+[\w-]+[.:]+fire_?wall_?rules?")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the keys of config_settings; that role_data has no such section is another rule's matter."""
    release = repository.release
    yield from _placed(template.section("firewall_rules"))
    yield from _read(template.section("firewall_rules"), release)
    for key, rules in heat.pairs(template.section("config_settings")):
        of = ruled(key.text.strip("'\""))
        if of:
            yield from _placed(rules)
            yield from _read(rules, release)
        elif ALMOST.fullmatch(key.text):
            name = _key(template.service_name or "SERVICE_NAME")
            yield Finding(key, f"nothing reads {key.text}", meant(firewall_key(name)))
        if of and release.tripleo.firewall_rules_in != "config_settings":
            message = f"{release.title} does not read {key.text}"
            both = template.section("firewall_rules") is not None  # a template for several releases
            hint = (
                "role_data has firewall_rules as well"
                if both
                else "write the section firewall_rules of role_data"
            )
            yield Finding(key, message, hint, Severity.WARNING if both else None)
        elif of and repository.only_nested(template):
            continue  # they become settings of the service that nests it
        elif of and template.service_name and of != _key(template.service_name):
            message = f"the rules of {of} are not those of this service, {template.service_name}"
            stock = of in repository.stock.service_names
            severity = Severity.WARNING if stock else None  # they are read where that service runs too
            yield Finding(key, message, firewall_key(_key(template.service_name)), severity)
        elif of and "-" in key.text and "-" not in (template.service_name or ""):
            yield Finding(key, f"the name of the service is {template.service_name}", firewall_key(of))


def _read(rules: Node | None, release: Release) -> Iterator[Finding]:
    """Where a key of one of RULES is none that the release reads, or has a value that it does not take."""
    known = firewall_keys(release.name)
    for name, rule in heat.pairs(rules):
        if isinstance(rule, Items) and name.text not in FUNCTIONS:
            yield Finding(rule, f"the rule {name.text} must be a map", "dport: …, without a dash")
        for key, value in heat.pairs(rule):
            if key.text in FUNCTIONS:
                continue
            if key.text not in known.read:
                other = known.instead.get(key.text) or nearest(key.text, known.read)
                lenient = None if meant(other) and key.text not in known.instead else Severity.WARNING
                message = f"{release.title} does not read {key.text} of a rule"
                yield Finding(key, message, meant(other), lenient)
            elif (reason := misfit(key.text, plain(value))) and not any(map(heat.function, walk(value))):
                yield Finding(_first(value, key.text), f"{key.text} {reason}")


def _first(value: Node, key: str) -> Node:
    """The item of a list that is wrong; the value itself of any other."""
    items = value.nodes if isinstance(value, Items) else ()
    return next((item for item in items if misfit(key, plain(item))), value)


def _placed(rules: Node | None) -> Iterator[Finding]:
    """Where the name of one of RULES is no place, or one behind the last."""
    for name, _ in heat.pairs(rules):
        if name.text in FUNCTIONS:
            continue
        if not is_reached(name.text):
            message = f"the rule {name.text} stands behind {LAST_RULE}, if puppet takes it at all"
            yield Finding(
                name, message, f"begin its name with a number: 140 {name.text.lstrip('0123456789 ')}"
            )


def _key(name: str) -> str:
    return name.replace("-", "_")


RULE = Rule(id="firewall-rules", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
