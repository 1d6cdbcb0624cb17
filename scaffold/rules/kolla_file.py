"""What a kolla config copies and gives away is written as kolla reads it, and what it copies is mounted.

Why: kolla_set_configs ends before the program starts, and the container is restarted in a loop: a key that it
does not know, no `dest`, a mode that is a number, a user that the image does not have, a source that nothing
mounts.

Bad::

    config_files:
      - {source: /var/lib/kolla/config_files/scr/*, destination: /, perm: 0600}

Good::

    config_files:
      - {source: /var/lib/kolla/config_files/src/*, dest: /, merge: true, preserve_properties: true}

Source: ConfigFile and handle_permissions of set_configs.py of kolla (docker/base) and of tripleo-common
(container-images/kolla/base), which are the same in all releases: three digits are no octal number there, and
owners are looked up by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffold.documents import Dockerfile, ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, text_of
from scaffold.documents.wiring import volumes_elsewhere
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo import paths
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.kolla import CONFIG_FILE_KEYS, CONFIG_KEYS, PERMISSION_KEYS, TRUTHS
from scaffold.unknown import STRICT, did_you_mean, meant, nearest


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each file of kolla_config."""
    for path, (_, value) in template.kolla_files.items():
        for key, part in heat.pairs(value):
            if key.text not in (*CONFIG_KEYS, *FUNCTIONS):
                yield Finding(key, f"a kolla config has no {key.text}", did_you_mean(key.text, CONFIG_KEYS))
            elif key.text == "config_files":
                yield from _copies(path, part, repository)
            elif key.text == "permissions":
                for entry in _entries(part):
                    yield from _entry(entry, PERMISSION_KEYS, ("path",), repository)


def _entries(part: Node) -> Iterator[Table]:
    for item in heat.items(part):
        call = heat.function(item)
        if isinstance(item, Table) and not (call and call[0] in FUNCTIONS):
            yield item


def _copies(path: str, part: Node, repository: Repository) -> Iterator[Finding]:
    seen = _targets(path, repository)
    for entry in _entries(part):
        yield from _entry(entry, CONFIG_FILE_KEYS, ("source", "dest"), repository)
        source = entry.get("source")
        if (
            seen is None
            or not isinstance(source, Scalar)
            or text_of(entry.get("optional")) in ("true", "True")
        ):
            continue
        inside = source.text.startswith(paths.KOLLA_CONFIGS + "/")
        if inside and not any(_within(source.text, target) for target in seen):
            below = [target for target in seen if target.startswith(paths.KOLLA_CONFIGS + "/")]
            near = nearest(re.sub(r"/\*$", "", source.text), set(below) - {paths.KOLLA_CONFIG})
            yield Finding(source, f"no container with {path} mounts {source.text}", meant(near))


def _targets(path: str, repository: Repository) -> Sequence[str] | None:
    """What the containers with this config mount; None where that cannot be seen."""
    using = sums.by_config(repository).get(path, ())
    if not using or any(one.is_open or volumes_elsewhere(one) or _open(one.get("volumes")) for one in using):
        return None
    return [paths.normal(mount.target) for one in using for mount in one.mounts]


def _open(volumes: Node | None) -> bool:
    """Whether others than ContainersCommon bring volumes: parameters, and what only Heat can work out."""
    calls = (heat.function(item) for item in heat.items(volumes))
    return any(call and call[0] in FUNCTIONS and call[0] != "get_attr" for call in calls)


def _within(source: str, target: str) -> bool:
    plain = paths.normal(re.split(r"[*?\[]", source)[0])
    return plain == target or plain.startswith(target + "/") or target.startswith(plain + "/")


def _entry(
    entry: Table, known: Sequence[str], needed: Sequence[str], repository: Repository
) -> Iterator[Finding]:
    passed_over = CONFIG_FILE_KEYS if "path" in entry else ()  # permissions may have what kolla ignores
    unknown = [key for key in entry.keys.values() if key.text not in (*known, *passed_over)]
    for key in unknown:
        near = did_you_mean(key.text, known, cutoff=0.5) or f"one of {', '.join(known)}"
        yield Finding(key, f"kolla knows no {key.text} here", near)
    for word in needed:
        if word not in entry and not unknown:
            yield Finding(entry, f"{word} is missing", f"{word}: …")
    for word in TRUTHS:
        value = entry.get(word)
        if isinstance(value, Scalar) and value.kind != "bool":
            yield Finding(value, f"{word} must be true or false, without quotes")
    yield from _mode(entry.get("perm"))
    yield from _owner(entry.get("owner"), repository)


def _mode(mode: Node | None) -> Iterator[Finding]:
    if not isinstance(mode, Scalar) or not mode.text:
        return
    octal = re.fullmatch("0?([0-7]{3})", mode.text)
    if mode.kind == "int":
        yield Finding(mode, "YAML reads this mode as a number", f"perm: '{mode.text.zfill(4)}'")
    elif not re.fullmatch("[0-7]{4}", mode.text):
        what = "kolla reads three digits as a decimal number" if octal else f"{mode.text} is no mode"
        yield Finding(mode, what, f"perm: '{mode.text.zfill(4) if octal else '0600'}'")


def _owner(owner: Node | None, repository: Repository) -> Iterator[Finding]:
    if isinstance(owner, Items | Table) or owner is None or not repository.release_name:
        return
    for name in owner.text.split(":"):
        if name.isdigit():
            message = "kolla looks users and groups up by their names, and ends at a number"
            yield Finding(owner, message)
            return
        near = nearest(name, sums.users(repository), STRICT) if name not in sums.users(repository) else ""
        if near and not any(name in each.text for each in repository.of(Dockerfile)):
            message = f"no stock image has the user or group {name}"
            yield Finding(owner, message, meant(near), Severity.WARNING if len(name) < 5 else None)
            return


RULE = Rule(id="kolla-file", page=__doc__, files=ServiceTemplate, check=check)
