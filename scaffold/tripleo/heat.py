"""Heat's language: the functions with the forms of their arguments, and the sections of its files.

Which heat_template_version brought a function stands in `scaffold.releases.heat`.

Source: heat/engine/hot/functions.py and template.py of openstack-heat 24.1.2.
"""

from __future__ import annotations

from dataclasses import dataclass


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

# what these give is known at the deployment only, or takes more than a look at their arguments
COMPUTED = frozenset(name for name, of in FUNCTIONS.items() if not of.shown and not of.of_conditions)
GIVING_TEXT = tuple(name for name, of in FUNCTIONS.items() if of.gives in ("text", "any"))
GIVING_LIST = tuple(name for name, of in FUNCTIONS.items() if of.gives in ("list", "any"))
# what they join can be seen: list or map
JOINING = {name: of.gives for name, of in FUNCTIONS.items() if of.shown and of.gives in ("list", "map")}
NAMING = {
    kind: tuple(name for name, of in FUNCTIONS.items() if of.names == kind)
    for kind in ("parameter", "resource", "condition")
}


def is_function(value: object) -> bool:
    """Whether VALUE calls a function of Heat, so that it is known at the deployment only."""
    return isinstance(value, dict) and len(value) == 1 and not value.keys().isdisjoint(FUNCTIONS)


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
