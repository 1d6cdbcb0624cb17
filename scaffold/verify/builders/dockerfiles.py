"""Whether a Dockerfile that a builder has written holds what the answers ask for."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.dockerfile import instructions
from scaffold.documents.labels import labels
from scaffold.model import Image
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import mentioned
from scaffold.verify.rehearsal import Rehearsal

BUILDERS = {"kolla": "kolla-build", "tcib": "TCIB"}


def lacking(rehearsal: Rehearsal, image: Image, text: str, source: str) -> Iterator[EngineFinding]:
    """What the Dockerfile TEXT of an image lacks; SOURCE is the file of the repository that made it."""
    install = image.install
    wanted = [*install.packages, *install.packages_override, *install.rpm_files, *install.pip]
    wanted += [tool["package"] for tool in image.brings]
    absent = [what for what in wanted if not installs(text, what)]
    named = (file.source or file.url.rpartition("/")[2] or file.place for file in install.files)
    files = [*install.repo_files, *named]
    absent += [what for what in files if not _named(text, what)]
    for what in absent:
        saw = f"{image.base_name} is built without {what}: the Dockerfile of {BUILDERS[image.build]} has none"
        yield EngineFinding(saw, *mentioned(rehearsal.root, [source], what))
    # \$ is the Dockerfile's own escape, which the shell's rules for words leave
    given = {label.key: label.value.replace("\\$", "$") for label in labels(Dockerfile("Dockerfile", text))}
    for key, value in image.labels.items():
        if given.get(key) != value.replace("\\$", "$"):
            saw = f"the label {key} becomes {given.get(key)!r}; the answers say {value!r}"
            place = mentioned(rehearsal.root, [source], f"{key} {given.get(key, '')}")
            yield EngineFinding(saw, *place, severity="warning")
    users = ["root", *(found.text for found in instructions(text) if found.name == "USER")]
    if users[-1] != image.base_user:
        saw = f"containers of {image.base_name} would run as {users[-1]}, not as {image.base_user}"
        yield EngineFinding(saw, *mentioned(rehearsal.root, [source], "user USER"))


def installs(text: str, what: str) -> bool:
    """Whether an instruction installs a package, or a file of that name."""
    return any("install" in found.words and _in(found.words, what) for found in instructions(text))


def _named(text: str, file: str) -> bool:
    return any(found.name in ("RUN", "COPY") and _in(found.words, file) for found in instructions(text))


def _in(words: tuple[str, ...], what: str) -> bool:
    bare = (word.rstrip(";") for word in words)  # of { ... || dnf install -y xz; }
    return any(word == what or word.endswith(f"/{what}") for word in bare)
