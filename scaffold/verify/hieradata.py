"""Hieradata of a repository, held to what reads it: rules of the firewall, backends of cinder.

Hieradata come from config_settings of role_data, and from ExtraConfig in the environment file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.releases import Release, firewall_keys
from scaffold.resolve.tripleo.backends import CINDER
from scaffold.tripleo.services import LAST_RULE, firewall_key, is_reached
from scaffold.unknown import STRICT, after, did_you_mean, nearest
from scaffold.verify.locating import KeyPath

CONFIG, ENABLED = CINDER.config, CINDER.enabled
FIREWALL = "tripleo::firewall::firewall_rules"  # of puppet-tripleo itself, for all services of a node
EXTRA_CONFIG = re.compile(r"\w*ExtraConfig")


def of_environment(defaults: Mapping[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """The ExtraConfig parameters of an environment file, each with its place there."""
    for name, value in defaults.items():
        if EXTRA_CONFIG.fullmatch(str(name)) and isinstance(value, dict):
            yield (str(name),), value


def of_cinder(settings: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong about the backends of cinder in SETTINGS, hieradata of a role."""
    for key in settings:
        if key not in (CONFIG, ENABLED) and (near := nearest(key, (CONFIG, ENABLED), 0.95)):
            yield (key,), f"nothing reads {key}{after(did_you_mean(key, [near]))}"
    config = settings.get(CONFIG)
    sections = set()
    for name, option in config.items() if isinstance(config, dict) else ():
        section, slash, _ = str(name).partition("/")
        sections.add(section)
        if not slash:
            yield (CONFIG, name), f"{name} is no option of cinder.conf: write SECTION/{name}"
        elif not isinstance(option, dict) or "value" not in option:
            yield (CONFIG, name), f"puppet sets no {name}: it must be a map with value, and is {option!r}"
    enabled = settings.get(ENABLED)
    names = enabled if isinstance(enabled, list) else str(enabled or "").split(",")
    for name in map(str, names):
        if name.strip() and name.strip() not in sections and isinstance(config, dict):
            saw = f"cinder-volume does not start the backend {name}: no option of {name} is in {CONFIG}"
            yield (ENABLED,), saw + after(did_you_mean(name, sections))


def of_firewall(
    release: Release, service_name: str, data: Mapping[str, Any]
) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with the rules of the firewall in DATA, the role_data of one service."""
    settings = data.get("config_settings") or {}
    own = firewall_key(service_name)
    for key, rules in settings.items():
        if "firewall_rule" not in key or key == FIREWALL:
            continue
        at = ("config_settings", key)
        if release.tripleo.firewall_rules_in != "config_settings":
            yield at, f"{release.title} does not read {key}: role_data has a section firewall_rules"
        elif key != own and (
            "::" in key
            or service_name in key
            or not key.endswith(".firewall_rules")
            or nearest(key, (own,), 0.9)
        ):
            yield at, f"nothing reads {key}; write {own}"
        yield from _rules(release, at, rules)
    if release.tripleo.firewall_rules_in == "role_data":
        yield from _rules(release, ("firewall_rules",), data.get("firewall_rules"))


def _rules(release: Release, at: KeyPath, rules: Any) -> Iterator[tuple[KeyPath, str]]:
    known = firewall_keys(release.name)
    for name, rule in rules.items() if isinstance(rules, dict) else ():
        place = (*at, str(name))
        if not is_reached(str(name)):
            yield (
                place,
                f"the rule {name} stands behind {LAST_RULE}, if it is taken at all: begin it with a number",
            )
        for key in rule if isinstance(rule, dict) else ():
            if key not in known.read and (near := nearest(key, known.read, STRICT)):
                yield (*place, key), f"a rule of the firewall has no {key}{after(did_you_mean(key, [near]))}"
            elif key in known.instead:
                yield (
                    (*place, key),
                    f"{release.title} does not read {key} of a rule; write {known.instead[key]}",
                )
