"""A backend that cinder enables has its section, and each option of it its form.

Why: cinder-volume does not start a backend without a section, and ends where none is left. puppet stops at an
option that is no `section/option`, or that has no `value`.

Bad::

    ControllerExtraConfig:
      cinder::config::cinder_config:
        vendorx/volume_driver: vendorx.Driver
      cinder_user_enabled_backends: [vendrox]

Good::

    ControllerExtraConfig:
      cinder::config::cinder_config:
        vendorx/volume_driver: {value: vendorx.Driver}
      cinder_user_enabled_backends: [vendorx]

Source: manifests/config.pp of the puppet modules (create_resources); cinder::backends of puppet-cinder;
manifests/profile/base/cinder/volume.pp of puppet-tripleo. A section that other hieradata may bring is not
missed where none is nearly the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import YamlDocument, heat
from scaffold.documents.nodes import Node, Scalar, Table
from scaffold.documents.wiring import hieradata
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.services import CONFIG_HASH, ENABLED_BACKENDS
from scaffold.unknown import STRICT, did_you_mean, meant, nearest

PARTS = ("value", "ensure", "secret")


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at the options that hieradata write, and at the backends that they enable."""
    sections, enabled = sums.backends(repository)
    for key, value in hieradata(document):
        if CONFIG_HASH.fullmatch(key.text):
            for option, given in heat.pairs(value):
                if option.text not in FUNCTIONS:
                    yield from _option(option, given)
                    section = option.text.partition("/")[0]
                    near = nearest(section, enabled, 0.7) if enabled and section not in enabled else ""
                    if near and len(section) > 2:
                        yield Finding(option, f"no backend {section} is enabled", meant(f"{near}/…"))
        elif key.text == ENABLED_BACKENDS:
            for item in heat.texts(value):
                near = nearest(item.text, sections, 0.7) if item.text not in sections else ""
                if near and near not in enabled:
                    yield Finding(item, f"no option is in the section {item.text}", meant(near))


def _option(option: Scalar, given: Node) -> Iterator[Finding]:
    if "/" not in option.text:
        section, dot, rest = option.text.partition(".")
        hint = f"{section}/{rest}" if dot else f"DEFAULT/{option.text}"
        yield Finding(option, f"{option.text} is no section/option", hint)
    call = heat.function(given)
    if call and call[0] in FUNCTIONS:
        return
    if isinstance(given, Scalar) and given.text:
        yield Finding(given, f"{option.text} has no value:", f"{{value: {given.text}}}")
    elif isinstance(given, Table):
        for key in given.keys.values():
            near = did_you_mean(key.text, PARTS, STRICT)
            if key.text not in PARTS and near:
                yield Finding(key, f"an option has no {key.text}", near)


RULE = Rule(id="backend-section", page=__doc__, files=YamlDocument, check=check)
