"""Heat's language: the functions with the forms of their arguments, and the sections of its files.

Which heat_template_version brought a function stands in `scaffold.releases.heat`.

Source: heat/engine/hot/functions.py and template.py of openstack-heat 24.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

_T = TypeVar("_T")
Path = tuple[str | int, ...]
Call = dict[str, Any]  # of a function: its name, and its arguments
# a value, or the call of a function that gives one while the cloud is deployed
OrHeat: TypeAlias = _T | dict[str, Any]


@dataclass(frozen=True)
class Function:
    """A function of Heat. It takes the name of something, a map that holds KEYS, or a list.

    gives: text, list, map, truth, any; file (of the client) or facade (of the parent's resource).
    names: what its first argument is the name of: parameter, resource or condition.
    keys: those that a map of arguments must hold.
    lengths: how many arguments the list has; empty for any number of one kind, which is `parts`.
    parts: what each argument of such a list is, if it is no function: text, list, map, any.
    shown: whether what it gives can be seen in its arguments.
    of_conditions: whether only the section conditions has it.
    """

    gives: str
    names: str = ""
    keys: frozenset[str] = frozenset()
    lengths: tuple[int, ...] = ()
    parts: str = "text"
    shown: bool = False
    of_conditions: bool = False


_TEMPLATE = frozenset({"template", "params"})

FUNCTIONS = {
    "get_param": Function("any", names="parameter"),
    "get_attr": Function("any", names="resource"),
    "get_resource": Function("text", names="resource"),
    "get_file": Function("file"),
    "resource_facade": Function("facade"),
    "if": Function("any", names="condition", lengths=(2, 3), shown=True),
    "list_join": Function("text", parts="any"),
    "str_replace": Function("text", keys=_TEMPLATE),
    "str_replace_strict": Function("text", keys=_TEMPLATE),
    "str_replace_vstrict": Function("text", keys=_TEMPLATE),
    "str_split": Function("any", lengths=(2, 3)),
    "digest": Function("text", lengths=(2,)),
    "make_url": Function("text", keys=frozenset({"host"})),
    "yaql": Function("any", keys=frozenset({"expression", "data"})),
    "repeat": Function("list", keys=frozenset({"template", "for_each"})),
    "filter": Function("list", lengths=(2,)),
    "list_concat": Function("list", parts="list", shown=True),
    "list_concat_unique": Function("list", parts="list", shown=True),
    "map_merge": Function("map", parts="map", shown=True),
    "map_replace": Function("map", lengths=(2,)),
    "contains": Function("truth", lengths=(2,)),
    "equals": Function("truth", lengths=(2,), of_conditions=True),
    "not": Function("truth", names="condition", of_conditions=True),
    "and": Function("truth", names="condition", of_conditions=True),
    "or": Function("truth", names="condition", of_conditions=True),
}

# what digest takes: algorithms of Python's hashlib
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s")
# the keys of a resource; Source: heat/engine/hot/template.py
RESOURCE_KEYS = (
    "type",
    "properties",
    "metadata",
    "depends_on",
    "update_policy",
    "deletion_policy",
    "description",
    "condition",
    "external_id",
)

# what these give is known at the deployment only, or takes more than a look at their arguments
COMPUTED = frozenset(name for name, of in FUNCTIONS.items() if not of.shown and not of.of_conditions)
GIVING_TEXT = tuple(name for name, of in FUNCTIONS.items() if of.gives in ("text", "any"))
GIVING_LIST = tuple(name for name, of in FUNCTIONS.items() if of.gives in ("list", "any"))
GIVING_TRUTH = tuple(
    name for name, of in FUNCTIONS.items() if of.gives in ("truth", "any") and not of.of_conditions
)
# what they join can be seen: list or map
JOINING = {name: of.gives for name, of in FUNCTIONS.items() if of.shown and of.gives in ("list", "map")}
# the function -> the first of its arguments of which it gives one, or all, as it stands
CHOOSING = {"if": 1, **{name: 0 for name, gives in JOINING.items() if gives == "list"}}
NAMING = {
    kind: tuple(name for name, of in FUNCTIONS.items() if of.names == kind)
    for kind in ("parameter", "resource", "condition")
}


def is_function(value: object) -> bool:
    """Whether VALUE calls a function of Heat, so that it is known at the deployment only."""
    return isinstance(value, dict) and len(value) == 1 and not value.keys().isdisjoint(FUNCTIONS)


def placed(value: OrHeat[list[Any]], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The items of a list, each with its place below PATH, and the calls that give further ones.

    What `list_concat` joins is looked into.
    """
    if isinstance(value, list):
        yield from (((*path, index), item) for index, item in enumerate(value))
        return
    joined = value.get("list_concat")
    if not isinstance(joined, list):
        yield path, value
        return
    for index, part in enumerate(joined):
        if isinstance(part, list | dict):
            yield from placed(part, (*path, "list_concat", index))


def split(value: OrHeat[list[Any]]) -> tuple[list[Any], list[Call]]:
    """The items of a list that are written out, and the calls that give lists besides."""
    if isinstance(value, list):
        return value, []
    joined = value.get("list_concat")
    if not isinstance(joined, list):
        return [], [value]
    parts = [split(part) for part in joined if isinstance(part, list | dict)]
    return [item for items, _ in parts for item in items], [call for _, calls in parts for call in calls]


def joined(items: list[Any], calls: list[Call]) -> OrHeat[list[Any]]:
    """The list of ITEMS and of what CALLS give."""
    if not calls:
        return items
    parts = [*([items] if items else []), *calls]
    return {"list_concat": parts} if len(parts) > 1 else calls[0]


def may_hold(value: OrHeat[list[Any]], item: str) -> bool:
    """Whether the list holds ITEM, or may hold it by what Heat works out."""
    return any(one == item or is_function(one) for _, one in placed(value))


def is_map(value: object) -> bool:
    """Whether VALUE is a map of keys, and no function that is yet to give one."""
    return isinstance(value, dict) and not is_function(value)


REFERENCES = NAMING["parameter"] + NAMING["resource"]
LOGICAL = tuple(name for name in NAMING["condition"] if FUNCTIONS[name].of_conditions)

# the sections of a template in which Heat looks for functions: not in the defaults of parameters
WITH_FUNCTIONS = ("resources", "outputs", "conditions")
TEMPLATE_SECTIONS = (
    "heat_template_version",
    "description",
    "parameter_groups",
    "parameters",
    *WITH_FUNCTIONS,
)
# Source: heat/common/environment_format.py
ENVIRONMENT_SECTIONS = (
    "resource_registry",
    "parameter_defaults",
    "parameters",
    "parameter_merge_strategies",
    "encrypted_param_names",
    "event_sinks",
)
