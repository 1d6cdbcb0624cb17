"""The linters, over a whole repository: `lint(repo)` gives one line per finding, and nothing for a clean one.

hadolint (every Dockerfile), shellcheck (every shell script, and those that the service templates carry in
their config scripts), yamllint --strict (the whole repository, by its own configuration), actionlint (the
workflows of GitHub, and by shellcheck their scripts) and PyYAML with duplicate keys refused. All programs
come in wheels and lie beside the interpreter. Settings of the machine's user do not count: a home directory
that is not there, and no .shellcheckrc.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

SHELL = re.compile(rb"#!\s*(/usr)?/bin/(env\s+(-S\s+)?)?(ba|da|k)?sh\b")
SCRIPT_SECTIONS = ("docker_config_scripts", "container_config_scripts")


def lint(repo: Path) -> list[str]:
    """Everything that any of the linters finds in a repository."""
    found = (path for path in sorted(repo.rglob("*")) if path.is_file())
    files = [path for path in found if ".git" not in path.relative_to(repo).parts]
    return [
        *hadolint(repo, files),
        *shellcheck(repo, files),
        *yamllint(repo),
        *actionlint(repo, files),
        *loads(repo, files),
    ]


def hadolint(repo: Path, files: list[Path]) -> list[str]:
    """Findings in the Dockerfiles; only .hadolint.yaml of the repository, where it looks, may ignore any."""
    found = (path for path in files if "dockerfile" in path.name.lower().split("."))
    dockerfiles = [str(path.relative_to(repo)) for path in found]
    return _run(repo, "hadolint", "--no-color", *dockerfiles) if dockerfiles else []


def shellcheck(repo: Path, files: list[Path]) -> list[str]:
    """Findings in the shell scripts, those of the service templates included."""
    scripts = [str(path.relative_to(repo)) for path in files if _is_shell(path)]
    command = ("shellcheck", "--norc", "--color=never", "--format=gcc")
    found = _run(repo, *command, *scripts) if scripts else []
    for template in sorted((repo / "docker/services").rglob("*.yaml")):
        for name, script in config_scripts(template):
            where = f"{template.relative_to(repo)}: {name}"
            if script is None:
                found.append(f"{where}: content in a form that cannot be checked")
            elif _is_python(script):
                continue
            else:
                found += [f"{where}: {line}" for line in _run(repo, *command, "-", stdin=script)]
    return found


def yamllint(repo: Path) -> list[str]:
    """Findings in every YAML file, by the repository's own configuration."""
    if not (repo / ".yamllint").exists():
        return [".yamllint: the repository has none"]
    return _run(repo, "yamllint", "--strict", "--format", "parsable", "--config-file", ".yamllint", ".")


def actionlint(repo: Path, files: list[Path]) -> list[str]:
    """Findings in the workflows of GitHub."""
    workflows = [str(path.relative_to(repo)) for path in files if path.parent == repo / ".github/workflows"]
    shellcheck = f"-shellcheck={Path(sys.executable).with_name('shellcheck')} --norc"
    return _run(repo, "actionlint", "-no-color", "-oneline", shellcheck, *workflows) if workflows else []


def loads(repo: Path, files: list[Path]) -> list[str]:
    """YAML files that do not load, or that say a key twice."""
    found = []
    for path in files:
        if path.suffix in (".yaml", ".yml"):
            try:
                list(yaml.load_all(path.read_text(), UniqueKeys))
            except yaml.YAMLError as error:
                found.append(f"{path.relative_to(repo)}: {' '.join(str(error).split())}")
    return found


def config_scripts(template: Path) -> Iterator[tuple[str, str | None]]:
    """(name, text) of the config scripts in a service template; None where the text is not in the template.

    A str_replace gives its template: the placeholders are bare words to the shell. A get_file names a file of
    the repository, which is checked as a script of its own.
    """
    try:
        document = yaml.safe_load(template.read_text())
    except yaml.YAMLError:  # loads() tells
        return
    for section in _sections(document):
        for name, script in section.items():
            content = script.get("content") if isinstance(script, dict) else script
            if not (isinstance(content, dict) and list(content) == ["get_file"]):
                yield str(name), _text(content)


def _sections(node: Any) -> Iterator[dict[str, Any]]:
    """The config script sections anywhere below a node, their map_merges taken apart."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if key not in SCRIPT_SECTIONS:
            yield from _sections(value)
        elif isinstance(value, dict):
            parts = value["map_merge"] if list(value) == ["map_merge"] else [value]
            yield from (part for part in parts if list(part) != ["get_attr"])


def _text(content: Any) -> str | None:
    match content:
        case str():
            return content
        case {"str_replace": {"template": inner}} | {"str_replace_strict": {"template": inner}}:
            return _text(inner)
        case {"list_join": [str(separator), list(parts)]}:
            texts = [_text(part) for part in parts]
            return None if None in texts else separator.join(text for text in texts if text is not None)
    return None


def _is_shell(path: Path) -> bool:
    with path.open("rb") as handle:
        return path.suffix == ".sh" or bool(SHELL.match(handle.readline()))


def _is_python(script: str) -> bool:
    return re.match(r"#!.*\bpython", script) is not None


class UniqueKeys(yaml.SafeLoader):
    """PyYAML's safe loader, which silently lets the last of two equal keys win, made to refuse them."""

    def compose_mapping_node(self, anchor: Any) -> Any:
        """Compose a mapping whose keys differ (here, before any `<<` is merged in)."""
        node = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                raise yaml.composer.ComposerError(None, None, f"duplicate key {key.value!r}", key.start_mark)
            seen.add(name)
        return node


def _run(repo: Path, program: str, *arguments: str, stdin: str = "") -> list[str]:
    """The lines that a linter prints. One that fails without a word has not linted anything."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=repo,
        env=environment,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode and not lines:
        return [f"{program}: exit status {done.returncode}"]
    return lines
