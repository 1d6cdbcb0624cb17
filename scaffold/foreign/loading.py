"""DIR or ZIP -> ForeignTemplate: reads, and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.foreign.archive import unpacked
from scaffold.foreign.limits import BYTES, MEGABYTES, beyond, bound
from scaffold.foreign.template import NEWLINES, ForeignTemplate, environment
from scaffold.printable import visible
from scaffold.render import sandbox
from scaffold.tree import File, digest

CONTEXT = "cookiecutter.json"
_DEEPEST = 5  # templates in templates


def load(source: Path) -> ForeignTemplate:
    """Read the cookiecutter template in the directory or zip SOURCE, whole.

    Raises ScaffoldError for what is no template, and for one that needs code of its own.
    """
    name = source.resolve().name
    try:
        if source.is_dir():
            return _template(source.resolve(), source.resolve(), name)
        if source.is_file():
            with unpacked(source) as root:
                return _template(root.resolve(), root.resolve(), name)
    except OSError as error:
        raise ScaffoldError(f"--template {source}: {error.filename}: {error.strerror}") from error
    typed = re.sub("^([a-z+]+):/(?!/)", r"\1://", str(source))  # a Path takes one slash of a URL away
    raise ScaffoldError(
        f"--template {typed}: there is no such directory or zip",
        "a template is never fetched: clone or download it, and name the directory or zip",
    )


def _template(root: Path, place: Path, name: str, depth: int = 0) -> ForeignTemplate:
    """The template at PLACE, which lies in ROOT."""
    from cookiecutter.exceptions import NonTemplatedInputDirException
    from cookiecutter.find import find_template

    _sizes(name, [place / CONTEXT])
    variables = _variables(root, place)
    jinja = environment(variables)
    notes = tuple(_hooks(place))
    if isinstance(variables.get("templates"), dict) or isinstance(variables.get("template"), list):
        return _choice(root, place, name, variables, notes, depth)
    try:
        found = Path(find_template(place, jinja))
    except NonTemplatedInputDirException:
        raise ScaffoldError(
            f"{name}: no project directory: one like {{{{cookiecutter.repo_name}}}} beside {CONTEXT}"
        ) from None
    project = _inside(root, found)
    if not project.is_dir():
        raise ScaffoldError(f"{name}: {found.name} is no directory")
    _sizes(name, [*project.rglob("*"), *(place / "templates").rglob("*")])
    files, includes = sandbox.read(project), _includes(root, place)
    binary = frozenset(_binary(project, files))
    odd = [path for path, file in files.items() if path not in binary and not _is_text(file)]
    notes += tuple(f"{found.name}/{visible(path, 300)} is not UTF-8: it is copied as it is" for path in odd)
    notes += tuple(_empty(found.name, project))
    tree = {CONTEXT: File((place / CONTEXT).read_bytes())}
    tree |= {f"{found.name}/{path}": file for path, file in files.items()}
    tree |= {f"templates/{path}": file for path, file in includes.items()}
    source = sandbox.Source(files, includes, _verbatim(variables), binary.union(odd), _newline(variables))
    return ForeignTemplate(name, digest(tree), variables, found.name, source, notes)


def _sizes(name: str, paths: Iterable[Path]) -> None:
    """Raise ScaffoldError where the files at PATHS are more than memory may hold; links count as theirs."""
    sizes = (path.stat().st_size for path in paths if path.is_file())
    if sum(sizes) > bound(MEGABYTES) * BYTES:
        raise beyond(name, MEGABYTES, "its files hold more than {} MB")


def _verbatim(variables: Mapping[str, Any]) -> tuple[str, ...]:
    patterns = variables.get("_copy_without_render", [])
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise ScaffoldError(f"{CONTEXT}: _copy_without_render must be a list of patterns")
    return tuple(patterns)


def _newline(variables: Mapping[str, Any]) -> str:
    newline = variables.get("_new_lines") or ""
    if newline and newline not in NEWLINES:
        raise ScaffoldError(f"{CONTEXT}: _new_lines must be a line ending, not {newline!r}")
    return str(newline)


def _variables(root: Path, place: Path) -> Mapping[str, Any]:
    from cookiecutter.exceptions import ContextDecodingException
    from cookiecutter.generate import generate_context

    file = _inside(root, place / CONTEXT)
    if not file.is_file():
        raise ScaffoldError(f"{place.name}: there is no {CONTEXT}: this is no cookiecutter template")
    try:
        variables = generate_context(str(file))["cookiecutter"]
    except (ContextDecodingException, RecursionError) as error:
        raise ScaffoldError(f"{CONTEXT}: {str(error).partition('Error details: ')[2] or error}") from error
    if not isinstance(variables, dict) or not isinstance(variables.get("__prompts__", {}), dict):
        raise ScaffoldError(f"{CONTEXT}: must be a map of variables, and __prompts__ a map of texts")
    return variables


def _choice(
    root: Path, place: Path, name: str, variables: Mapping[str, Any], notes: tuple[str, ...], depth: int
) -> ForeignTemplate:
    """A template that holds several, of which one is chosen."""
    if depth >= _DEEPEST:
        raise ScaffoldError(f"{name}: templates are nested too deeply")
    nested: dict[str, ForeignTemplate] = {}
    labels: dict[str, str] = {}
    for key, label, path in _offers(variables):
        inner = _inside(root, place / path)
        if not path or not inner.is_dir() or inner == place:
            raise ScaffoldError(f"{CONTEXT}: the template {key!r} has no directory {path!r}")
        nested[key], labels[key] = _template(root, inner, name, depth + 1), label
    if not nested:
        raise ScaffoldError(f"{CONTEXT}: there is no template to choose")
    tree = {CONTEXT: File((place / CONTEXT).read_bytes())}
    tree |= {f"templates/{key}": File(inner.digest.encode()) for key, inner in nested.items()}
    return ForeignTemplate(name, digest(tree), variables, notes=notes, nested=nested, labels=labels)


def _offers(variables: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, words and directory of each nested template, in cookiecutter's newer and older form."""
    if isinstance(variables.get("templates"), dict):
        for key, entry in variables["templates"].items():
            if not isinstance(entry, dict):
                raise ScaffoldError(f"{CONTEXT}: templates: {key!r} must be a map with a path")
            title, more = str(entry.get("title", key)), str(entry.get("description", key))
            yield key, title if title == more else f"{title} ({more})", str(entry.get("path", ""))
        return
    for offer in map(str, variables["template"]):
        found = re.fullmatch(r"(.*?)\s*\((.+)\)\s*", offer)
        if not found:
            raise ScaffoldError(f"{CONTEXT}: template: {offer!r} must name its directory: Name (directory)")
        yield found[1] or found[2], offer, found[2]


def _inside(root: Path, path: Path) -> Path:
    """PATH with its links followed. Raises ScaffoldError where it leaves ROOT."""
    found = path.resolve()
    if not found.is_relative_to(root):
        raise ScaffoldError(f"{path.name}: leads out of the template", "nothing was written")
    return found


def _includes(root: Path, place: Path) -> dict[str, File]:
    """The files of templates/, which {% include %} finds; links of it are followed within the template."""
    directory = _inside(root, place / "templates")
    if not directory.is_dir():
        return {}
    found = sandbox.read(directory)
    links = {path: _inside(root, directory / path) for path, file in found.items() if file.link}
    return found | {path: File(to.read_bytes()) for path, to in links.items() if to.is_file()}


def _hooks(place: Path) -> Iterator[str]:
    """What cookiecutter would run, and this tool does not."""
    from cookiecutter.hooks import valid_hook

    names = sorted(path.name for path in (place / "hooks").glob("*"))
    for name in names:
        if any(valid_hook(name, hook) for hook in ("pre_prompt", "pre_gen_project", "post_gen_project")):
            yield f"hooks/{visible(name)} is not run: look whether it does something that you need"


def _binary(project: Path, files: Mapping[str, File]) -> Iterator[str]:
    from cookiecutter.generate import is_binary

    return (path for path, file in files.items() if not file.link and is_binary(str(project / path)))


def _empty(name: str, project: Path) -> Iterator[str]:
    for path in sorted(project.rglob("*")):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            inside = visible(str(path.relative_to(project)), 300)
            yield f"{name}/{inside}/ is empty and not made: a repository holds files only"


def _is_text(file: File) -> bool:
    try:
        file.content.decode()
    except UnicodeDecodeError:
        return file.link
    return True
