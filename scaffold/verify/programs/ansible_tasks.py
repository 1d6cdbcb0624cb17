"""What Ansible says of tasks before it runs them: JSON in, JSON out, under the interpreter of ansible-core.

In: {"tasks": [{"task": {...}, "steps": [0, 1]}, ...], "modules": [NAME, ...], "filters": [NAME, ...]}; the
last two name what the deployment has beside ansible-core. Out, for each task: {"errors": [...], "undefined":
[NAME, ...], "reads": ..., "loops": ..., "defines": ..., "never": WHEN}: `undefined` are the variables that
the task reads and does not make itself, `loops` those that its loops give, and WHEN is a condition that holds
at none of the steps. Nothing of a task is executed: imports are left out, and of expressions only comparisons
of the step are worked out.

Each task stands in a playbook of its own, which `ansible-playbook --syntax-check` loads as it does any other;
what that does not look at (arguments of modules, expressions) is held against the documentation of the
module, and the Jinja of Ansible's own templar.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible import constants
from ansible.cli.playbook import PlaybookCLI
from ansible.errors import AnsibleError
from ansible.playbook import Playbook
from ansible.plugins.loader import fragment_loader, init_plugin_loader, module_loader
from ansible.template import Templar
from ansible.utils.plugin_docs import get_docstring
from jinja2 import TemplateError, nodes
from jinja2.meta import find_undeclared_variables

STUB = "vendor_scaffold_stub"  # stands for a module that the deployment has, and this Ansible has not
LISTS = ("block", "rescue", "always")
EXPRESSIONS = ("when", "changed_when", "failed_when", "until", "that")  # Jinja without its braces
FREE = {"command", "shell", "raw", "script", "set_fact", "include_vars", "add_host", "debug", "meta", "setup"}
IMPORTS = {"import_tasks", "import_role", "import_playbook", "include"}
PLUGIN = re.compile(r"""(?:Could not load "|named ')([\w.]+)""")
GONE = {"warn"}  # options that the Ansible of some release takes, and this one does not
# of Jinja, what a condition about the step may hold to be worked out
PLAIN = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Name, nodes.Const, nodes.List,
         nodes.Tuple, nodes.Filter, nodes.Test)  # fmt: skip
OF_STEPS = {"int", "string", "in", "defined", "eq", "ne", "gt", "lt", "ge", "le"}

Plain = dict[str, Any]


class Loaded:
    """Ansible, loaded once."""

    def __init__(self, work: Path, modules: list[str], filters: list[str]) -> None:
        library = work / "library"
        library.mkdir()
        (library / f"{STUB}.py").write_text("#!/usr/bin/python\nDOCUMENTATION = ''\n")
        self.modules = {*modules, *_routed("modules"), *_routed("action")}
        self.filters = {*filters, *_routed("filter")}
        self.playbook = work / "playbook.yml"
        cli = PlaybookCLI(["ansible-playbook", "--syntax-check", "-i", "localhost,", str(self.playbook)])
        cli.parse()
        init_plugin_loader([])
        module_loader.add_directory(str(library))
        self.loader, _, self.variables = cli._play_prereqs()
        self.jinja = Templar(loader=self.loader).environment
        self.jinja.optimized = False  # else constants are worked out where a text is compiled
        self.documented: dict[str, Any] = {}

    def judge(self, given: Plain, steps: list[int]) -> dict[str, Any]:
        """What is to be said of one task, blocks and all."""
        errors = list(self._syntax(given))
        inner = [*_each(given)]
        for task in inner:
            errors += self._arguments(task)
        texts = [text for task in inner for text in _texts(task)]
        errors += [error for text in texts for error in self._expression(text)]
        return {
            "errors": list(dict.fromkeys(errors)),
            "loops": sorted({name for task in inner for name in _loop(task)}),
            "reads": sorted({name for task in inner for name in self._read(task)}),
            "undefined": sorted({name for task in inner for name in self._undefined(task)}),
            "defines": sorted({name for task in inner for name in _defines(task)}),
            "never": next((when for task in inner for when in self._never(task, steps)), ""),
        }

    def _syntax(self, given: Plain) -> Iterator[str]:
        """What --syntax-check says of a playbook with this task."""
        task = self._with_stubs(given)
        self.playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
        try:
            Playbook.load(str(self.playbook), variable_manager=self.variables, loader=self.loader)
        except AnsibleError as error:
            self.loader._FILE_CACHE.clear()
            yield _plain(error.message)
        self.loader._FILE_CACHE.clear()

    def _with_stubs(self, task: Plain) -> Plain:
        """TASK with modules that only the deployment has replaced by one that is here."""
        made: Plain = {}
        for key, value in task.items():
            if key in LISTS and isinstance(value, list):
                value = [self._with_stubs(one) if isinstance(one, dict) else one for one in value]
            made[STUB if self._elsewhere(key, value) else key] = value
        return made

    def _elsewhere(self, key: str, value: Any) -> bool:
        """Whether the task KEY is a module that is not here, or an import, which would be carried out."""
        if key.rpartition(".")[2] in IMPORTS:
            return True
        if key.count(".") > 1 and not key.startswith(("ansible.builtin.", "ansible.legacy.")):
            return True
        return key in self.modules and not module_loader.has_plugin(key)

    def _arguments(self, task: Plain) -> Iterator[str]:
        """Options that a module of ansible-core does not have, or with a word that it does not take."""
        for key, value in task.items():
            name = key.removeprefix("ansible.builtin.")
            known = self._options(name) if isinstance(value, dict) and name not in FREE else {}
            if not known:
                continue
            given = {**value, **(task["args"] if isinstance(task.get("args"), dict) else {})}
            names = {alias: option for option, what in known.items() for alias in _names(option, what)}
            for option, asked in given.items():
                if option not in names and option not in GONE and not option.startswith("_"):
                    yield f"{name} has no option {option}; it has {', '.join(sorted(known))}"
                    continue
                choices = known[names[option]].get("choices") if option in names else None
                if (
                    choices
                    and isinstance(asked, str)
                    and "{{" not in asked
                    and asked not in map(str, choices)
                ):
                    yield f"{option} of {name} is {asked}, and may be {', '.join(map(str, choices))}"
            for option, what in known.items():
                if what.get("required") and not {*_names(option, what)} & given.keys():
                    yield f"{name} lacks {option}, which it requires"

    def _options(self, module: str) -> dict[str, Any]:
        if module not in self.documented:
            path = module_loader.find_plugin(module) if re.fullmatch(r"[a-z_]+", module) else None
            said = get_docstring(path, fragment_loader)[0] if path and "library" not in path else None
            options = (said or {}).get("options") or {}
            if "tasks_from" in options:
                options["name"]["aliases"] = ["role"]  # which its page leaves out
            self.documented[module] = options
        return self.documented[module]  # type: ignore[no-any-return]

    def _expression(self, text: str) -> Iterator[str]:
        """Jinja that cannot be compiled, for its syntax or for a filter that nobody has."""
        try:
            self.jinja.compile(text)
        except TemplateError as error:
            named = PLUGIN.search(str(error))
            if not named or (named[1] not in self.filters and "." not in named[1]):
                said = f"there is no filter or test {named[1]}" if named else str(error).rstrip(".")
                yield f"{said}: {text.strip()}"
        except Exception as error:  # a plugin that is found, and cannot be loaded
            if isinstance(error, SyntaxError):
                yield f"{error}: {text.strip()}"

    def _undefined(self, task: Plain) -> Iterator[str]:
        """The variables that a task alone reads, and neither it nor its loop gives."""
        own = {*_loop(task), *(task.get("vars") or {})} if isinstance(task.get("vars") or {}, dict) else set()
        if isinstance(task.get("register"), str):
            own.add(task["register"])
        yield from {*self._read(task)} - own

    def _read(self, task: Plain) -> Iterator[str]:
        """The variables that a task alone reads."""
        for text in _texts(task):
            try:
                yield from find_undeclared_variables(self.jinja.parse(text))
            except Exception:  # said already
                continue

    def _never(self, task: Plain, steps: list[int]) -> Iterator[str]:
        """The conditions of a task that hold at none of the STEPS, of those that ask for the step alone."""
        when = task.get("when")
        for text in when if isinstance(when, list) else [when]:
            try:
                parts = self._conjuncts(str(text)) if isinstance(text, str) else []
                if steps and any(self._holds_never(part, steps) for part in parts):
                    yield str(text)
            except Exception:  # an expression that is wrong is said already
                continue

    def _conjuncts(self, text: str) -> list[nodes.Expr]:
        (output,) = self.jinja.parse("{{" + text + "}}").body
        assert isinstance(output, nodes.Output)
        left, found = [*output.nodes], []
        while left:
            node = left.pop()
            if isinstance(node, nodes.And):
                left += [node.left, node.right]
            else:
                found.append(node)
        return found

    def _holds_never(self, node: nodes.Expr, steps: list[int]) -> bool:
        """Whether the expression asks for the step alone, and is false at each: a step is text in Ansible."""
        parts = [node, *node.find_all(nodes.Node)]
        if {part.name for part in parts if isinstance(part, nodes.Name)} != {"step"}:
            return False
        if any(not isinstance(part, PLAIN) for part in parts) or any(
            isinstance(part, nodes.Filter | nodes.Test) and part.name not in OF_STEPS for part in parts
        ):
            return False  # what a repository holds is not executed here
        template = nodes.Template([nodes.Output([node])], lineno=1)
        template.set_lineno(1).set_environment(self.jinja)
        compiled = self.jinja.from_string(template)

        def holds(step: int) -> bool:
            context = compiled.new_context({"step": str(step)})
            return self.jinja.concat(compiled.root_render_func(context)) in (True, "True")

        return not any(map(holds, steps))


def _routed(kind: str) -> set[str]:
    """The modules, actions or filters that were Ansible's own once, and stand in collections now."""
    file = Path(constants.__file__).parent / "config/ansible_builtin_runtime.yml"
    return {*(yaml.safe_load(file.read_text())["plugin_routing"].get(kind) or {})}


def _plain(message: str) -> str:
    """An error without the place in the playbook, which is ours."""
    return " ".join(str(message).split("\n\nThe error appears")[0].split("\n\nThe offending")[0].split())


def _names(option: str, what: Plain) -> list[str]:
    return [option, *(what.get("aliases") or [])]


def _each(task: Plain) -> Iterator[Plain]:
    """TASK, or the block and the tasks in it."""
    yield task
    for key in LISTS:
        for one in task.get(key) or [] if isinstance(task.get(key), list) else []:
            if isinstance(one, dict):
                yield from _each(one)


def _texts(task: Plain) -> Iterator[str]:
    """The Jinja of a task, but for that of the tasks in it."""
    for key, value in task.items():
        if key not in LISTS:
            yield from _templates(value, bare=key in EXPRESSIONS)


def _templates(value: Any, bare: bool) -> Iterator[str]:
    if isinstance(value, str):
        if bare and "{{" not in value and "{%" not in value:
            yield "{{" + value + "}}"
        elif "{{" in value or "{%" in value:
            yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _templates(one, bare=key == "that")
    elif isinstance(value, list):
        for one in value:
            yield from _templates(one, bare)


def _loop(task: Plain) -> set[str]:
    """The names that the loop of a task gives."""
    control = task.get("loop_control") or {}
    loops = "loop" in task or any(key.startswith("with_") for key in task)
    given = {control.get("loop_var", "item"), control.get("index_var"), "ansible_loop"} if loops else set()
    return {name for name in given if isinstance(name, str)}


def _defines(task: Plain) -> Iterator[str]:
    """The variables that others may read after a task, or in it."""
    if isinstance(task.get("register"), str):
        yield task["register"]
    for key in ("set_fact", "ansible.builtin.set_fact", "vars"):
        if isinstance(task.get(key), dict):
            yield from map(str, task[key])
        elif isinstance(task.get(key), str):
            yield from re.findall(r"(\w+)=", task[key])


def main() -> None:
    """Judge what stands on standard input."""
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as directory:
        judge = Loaded(Path(directory), given["modules"], given["filters"])
        print(json.dumps([judge.judge(one["task"], one["steps"]) for one in given["tasks"]]))


if __name__ == "__main__":
    main()
