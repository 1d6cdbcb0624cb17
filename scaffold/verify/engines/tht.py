"""The templates' own tools accept the overlay, and the templates declare what the environment sets."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scaffold import catalogue, releases
from scaffold.releases import Release
from scaffold.verify import controls, install, processes, trees
from scaffold.verify.confinement import Confinement
from scaffold.verify.findings import EngineFinding, Result
from scaffold.verify.locating import line_of, mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal, template

ERROR = re.compile(r"ERROR|Mismatched parameter definitions found|[\w.]+Error:")  # and tracebacks
UNKNOWN = re.compile(r"ERROR: (\w+) is extra in role_data for (\S+)\.")
FINISHED = re.compile(r"^Mismatched parameter definitions: \d+$", re.MULTILINE)
CONTROL = "vendor-scaffold-control"  # a service that yaml-validate.py must reject
EXTRA = "vendor_scaffold_control"  # for this section of its role_data
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def needs(rehearsal: Rehearsal) -> Needs:
    """The templates of the release, and what their tools import."""
    return Needs(trees.pieces(rehearsal.release))


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    return f"tripleo-heat-templates {trees.version(rehearsal.release)}"


def run(rehearsal: Rehearsal) -> Result:
    """Both tools, and every parameter of the environment file."""
    findings = [*_validated(rehearsal), *_processed(rehearsal), *_undeclared(rehearsal)]
    facts = []
    if rehearsal.services:
        facts.append("tools/yaml-validate.py accepts the service, and rejects the broken control beside it")
    facts.append("tools/process-templates.py takes the repository along")
    facts.append("every parameter of the environment file is declared by a template")
    return Result(findings, facts if not findings else [])


def _validated(rehearsal: Rehearsal) -> Iterator[EngineFinding]:
    """What yaml-validate.py says of the tree with the repository, and of a broken control in it."""
    controls = [service for service in rehearsal.services if (rehearsal.root / template(service)).is_file()]
    where = _place(rehearsal)
    laid = rehearsal.scratch("tht") / "validated"
    shutil.rmtree(laid, ignore_errors=True)
    trees.lay(rehearsal.root, trees.tree(rehearsal.release), laid, where)
    control = laid / where(PurePosixPath(f"docker/services/{CONTROL}.yaml"))
    if controls and _broken(rehearsal.root / template(controls[0]), control):
        yield from _judged(rehearsal, validate(laid, rehearsal.release), control)
    else:
        yield from _judged(rehearsal, validate(laid, rehearsal.release), None)


def _broken(good: Path, control: Path) -> bool:
    """Write the control: the service with a section that no release knows; False where it cannot be read."""
    try:
        document = yaml.load(good.read_text(), LOADER)
        document["outputs"]["role_data"]["value"][EXTRA] = {}
    except (yaml.YAMLError, ValueError, TypeError, KeyError):
        return False
    control.parent.mkdir(parents=True, exist_ok=True)
    control.write_text(yaml.safe_dump(document, sort_keys=False))
    return True


def validate(laid: Path, release: Release) -> str:
    """What the tool of the release, whatever lies in LAID, prints about that whole tree.

    On a single file it complains about the endpoint maps that it did not see, and cannot notice a parameter
    whose definition differs from that of the stock templates. Its exit status says less than its words.
    """
    tool = trees.source(release) / "tools/yaml-validate.py"
    done = processes.run(
        [install.venv("tht"), "-W", "ignore", install.PROGRAMS / "tht_validate.py", tool, "-q", "."],
        cwd=laid,
        env=processes.environment(laid),
    )
    return done.stdout


def judge(output: str, own: Iterable[str]) -> tuple[list[str], list[str]]:
    """The errors anywhere, and the warnings about OWN files, in what the tool printed."""
    head, _, failed = output.partition("Validation failed on:\n")
    lines = head.splitlines()
    errors = [line for line in lines if ERROR.match(line)]
    errors += [f"validation failed on {name}" for name in dict.fromkeys(failed.splitlines())]
    finished = FINISHED.search(output)
    if not finished or (not failed and "Validation successful!" not in output):
        errors.append(f"yaml-validate.py did not finish: {output[-2000:]}")
    own = list(own)
    return errors, [line for line in lines if line.startswith("Warning") and any(n in line for n in own)]


def _judged(rehearsal: Rehearsal, output: str, control: Path | None) -> Iterator[EngineFinding]:
    where = _place(rehearsal)
    files = {template(s): where(PurePosixPath(template(s))).as_posix() for s in rehearsal.services}
    if not FINISHED.search(output):
        controls.acquit(rehearsal, "yaml-validate.py", lambda: _validate_control(rehearsal))
    errors, warnings = judge(output, [f"./{path}" for path in files.values()])
    if control and not any(line.startswith("validation failed on") and CONTROL in line for line in errors):
        yield EngineFinding(
            "yaml-validate.py accepts a broken control: it proves nothing here", next(iter(files))
        )
    errors = _without_gaps(rehearsal.release.name, errors)
    kept = [line for line in dict.fromkeys(errors) if CONTROL not in line and EXTRA not in line]
    reasons = [line for line in kept if not line.startswith("validation failed on")]
    named = [path for path, laid in files.items() if any(laid in line for line in kept)] or list(files)
    for line in reasons or kept:
        path, number = mentioned(rehearsal.root, named, line)
        yield EngineFinding(f"yaml-validate.py: {line}", path, number)
    for line in warnings:
        own = [path for path, laid in files.items() if laid in line] or list(files)
        yield EngineFinding(
            f"yaml-validate.py: {line}", *mentioned(rehearsal.root, own, line), severity="warning"
        )


def _validate_control(rehearsal: Rehearsal) -> str:
    """What the tool says before it ends early on the templates of the release alone."""
    said = validate(trees.tree(rehearsal.release), rehearsal.release)
    return "" if FINISHED.search(said) else said or "it says nothing"


def _without_gaps(release: str, errors: list[str]) -> list[str]:
    """What is left without sections that the release reads and its own validator does not know.

    Queens deploys deploy_steps_tasks (common/deploy-steps.j2), which its list of sections lacks.
    """
    read = {name for name, section in releases.role_data().items() if release in section.releases}
    gaps = {line: said[2] for line in errors if (said := UNKNOWN.fullmatch(line)) and said[1] in read}
    failed = {f"validation failed on {name}" for name in gaps.values()}
    return [line for line in errors if line not in gaps and line not in failed]


def place(release: str, wrapping: Collection[str] = ()) -> trees.Relocation:
    """Where the validator of a release finds the files of a repository, of which WRAPPING add to stock ones.

    It reads the sections of role_data as they stand, so it finds none where they are merged into those of a
    stock service, and reads a template that takes in one that takes in another not at all (TypeError).
    Upstream exempts its own templates of that kind by name; ours go elsewhere.
    """
    usual = in_deployment if releases.load(release).tripleo.validated_in == "deployment" else trees.in_place

    def placed(path: PurePosixPath) -> PurePosixPath:
        exempt = path.as_posix() in wrapping
        return PurePosixPath("deployment", path.stem, path.name) if exempt else usual(path)

    return placed if wrapping else usual


def _place(rehearsal: Rehearsal) -> trees.Relocation:
    wrapping = [template(service) for service in rehearsal.services if service.bases]
    return place(rehearsal.release.name, wrapping)


def in_deployment(path: PurePosixPath) -> PurePosixPath:
    """Where the tool knows a container service: as deep as docker/services/, so relative paths hold."""
    if path.parent != PurePosixPath("docker/services") or path.suffix != ".yaml":
        return path
    return PurePosixPath("deployment", path.stem, f"{path.stem}-container-puppet.yaml")


def _processed(rehearsal: Rehearsal) -> Iterator[EngineFinding]:
    laid = rehearsal.session.unprocessed(rehearsal.root, rehearsal.release)
    target = rehearsal.scratch("tht") / "processed"
    shutil.rmtree(target, ignore_errors=True)
    try:
        trees.process(_confinement(rehearsal), rehearsal.release, laid, target)
    except RuntimeError as error:
        controls.acquit(rehearsal, "process-templates.py", lambda: _process_control(rehearsal))
        files = list(trees.overlaid(rehearsal.root))
        yield EngineFinding(f"process-templates.py: {error}", *mentioned(rehearsal.root, files, str(error)))
        return
    for path, file in trees.overlaid(rehearsal.root).items():
        if not path.endswith(".j2.yaml") and _content(target / path) != file.read_bytes():
            yield EngineFinding(f"process-templates.py does not take {path} along", path)


def _process_control(rehearsal: Rehearsal) -> str:
    """What the tool has against the templates of the release alone."""
    target = rehearsal.scratch("tht") / "control"
    try:
        trees.process(_confinement(rehearsal), rehearsal.release, trees.source(rehearsal.release), target)
    except RuntimeError as error:
        return str(error)
    return ""


def _confinement(rehearsal: Rehearsal) -> Confinement:
    """Only Jinja of the repository's own is code; without any, no namespace is needed."""
    jinja = any(".j2" in PurePosixPath(path).suffixes for path in trees.overlaid(rehearsal.root))
    return rehearsal.session.confinement if jinja else Confinement(allow_code=True)


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _undeclared(rehearsal: Rehearsal) -> Iterator[EngineFinding]:
    """Parameters that no template declares: Heat ignores them silently."""
    file = rehearsal.root / rehearsal.environment
    try:
        given = (yaml.load(file.read_text(), LOADER) or {}).get("parameter_defaults") or {}
    except (OSError, ValueError, yaml.YAMLError, AttributeError) as error:
        yield EngineFinding(
            f"openstack overcloud deploy: the environment file cannot be read: {error}", rehearsal.environment
        )
        return
    declared = stock_parameters(rehearsal) | own_parameters(rehearsal.root)
    declared |= catalogue.load(rehearsal.release.name).added
    roles = {role for service in rehearsal.repo.services for role in service.roles}
    roles |= {role for service in rehearsal.answers for role in service.environment.role_parameters}
    for keys in _names(given):
        if not _declared(keys[-1], declared, roles):
            saw = f"Heat ignores {'.'.join(keys)} silently: no template declares {keys[-1]}"
            yield EngineFinding(saw, rehearsal.environment, line_of(file, "parameter_defaults", *keys))


def _names(given: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in given.items():
        yield (str(name),)
        if str(name).endswith("Parameters") and isinstance(value, dict):
            yield from ((str(name), str(inner)) for inner in value)


def _declared(name: str, declared: set[str], roles: Iterable[str]) -> bool:
    """The default roles file has five roles; a further one has the parameters that Controller has."""
    return name in declared or any(
        name.startswith(role) and f"Controller{name.removeprefix(role)}" in declared for role in roles
    )


def own_parameters(root: Path) -> set[str]:
    """The parameters that the templates of a repository declare."""
    return {name for file in (root / "docker").rglob("*.yaml") for name in _parameters(file)}


def stock_parameters(rehearsal: Rehearsal) -> set[str]:
    """The parameters that the templates of the release declare, read once and kept in the cache."""
    version = trees.version(rehearsal.release)

    def build(target: Path) -> None:
        files = (
            file for file in trees.tree(rehearsal.release).rglob("*.yaml") if "environments" not in file.parts
        )
        target.mkdir()
        found = {name for file in files for name in _parameters(file)}
        (target / "names.json").write_text(json.dumps(sorted(found)))

    kept = install.once(f"parameters-{version}", f"parameters of {version}", build)
    return set(json.loads((kept / "names.json").read_text()))


def _parameters(file: Path) -> Iterator[str]:
    try:
        document = yaml.load(file.read_text(), LOADER)
    except (ValueError, yaml.YAMLError):
        return
    if isinstance(document, dict) and isinstance(document.get("parameters"), dict):
        yield from map(str, document["parameters"])
