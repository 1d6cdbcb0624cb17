"""The files that a layer gets, each as the steps of its build: where it comes from, what is done with it.

Docker 1.13, which builds for RHOSP 13, knows no COPY --chown, no builder but BuildKit COPY --chmod, and none
of the releases' ADD --checksum; so owner, mode and checksum are commands.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.fields.image_parts import ArchiveAnswers, FileAnswers, InstallAnswers, PythonSourceAnswers
from scaffold.filters import shell
from scaffold.layers import FileStep
from scaffold.releases import Base

ARCHIVES = (".whl", ".zip", ".tar.gz")  # what pip installs
TAR = {"tar": "-xf", "gz": "-xzf", "tgz": "-xzf", "xz": "-xJf"}
UNPACKED_BY = {"-xzf": ["tar", "gzip"], "-xJf": ["tar", "xz"], "-xf": ["tar"]}
ACTIONS = {
    ".rpm": "install",
    ".whl": "pip",
    ".patch": "patch",
    ".diff": "patch",
    ".tar": "unpack",
    ".tar.gz": "unpack",
    ".tgz": "unpack",
    ".tar.xz": "unpack",
    ".zip": "unpack",
}
UNPACKED = tuple(ending for ending, does in ACTIONS.items() if does == "unpack")
SUMS = "/tmp/SHA256SUM"


def action(file: FileAnswers) -> str:
    """What is done with FILE: what it says, or its ending."""
    name = file.url or file.source or ""
    ending = next((one for one in ACTIONS if name.endswith(one)), "")
    return file.action or ACTIONS.get(ending, "copy")


def is_rpm(file: FileAnswers) -> bool:
    """Whether FILE is one of the RPMs beside the Dockerfile, which are installed together."""
    return _is_beside(file) and action(file) == "install"


def is_for_pip(file: FileAnswers) -> bool:
    """Whether FILE is one of those beside the Dockerfile that pip installs together."""
    return _is_beside(file) and action(file) == "pip" and str(file.source).endswith(ARCHIVES)


def _is_beside(file: FileAnswers) -> bool:
    return bool(file.source) and "/" not in str(file.source)


def by_pip(asked: InstallAnswers) -> bool:
    """Whether pip has something to install."""
    return bool(asked.pip) or any(action(file) == "pip" for file in asked.files)


def steps(asked: InstallAnswers, base: Base, named: str) -> list[FileStep]:
    """The steps for what is ASKED, in their order. named: the options that say which repositories are on."""
    made = _Steps(asked, base, named)
    archives = [made.step(_archive(one)) for one in asked.archives]
    sources = [made.tree(one) for one in asked.python_sources]
    others = (one for one in asked.files if not is_rpm(one) and not is_for_pip(one))
    return [*archives, *sources, *map(made.step, others)]


def _archive(asked: ArchiveAnswers) -> FileAnswers:
    return FileAnswers(asked.plain | {"action": "unpack"})


class _Steps:
    """What all steps of one image have in common."""

    def __init__(self, asked: InstallAnswers, base: Base, named: str) -> None:
        self.yum, self.named = base.package_manager, named
        self.python = "python3" if base.python == "python3" else "python"
        index = shell(f"--extra-index-url={asked.pip_index}")
        self.pip = f"{self.python} -m pip install --no-cache-dir{f' {index}' if asked.pip_index else ''}"
        self.site = f"site=$({self.python} -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))')"

    def tree(self, asked: PythonSourceAnswers) -> FileStep:
        """A directory of Python sources."""
        into = (asked.into or "").replace(".", "/")
        goes = f"go into `{asked.into}`" if asked.into else f"become the package `{asked.name}`"
        return FileStep(
            source=asked.name,
            brought=asked.name,
            url="",
            place=f"/tmp/{asked.name}",
            run=[*self._into(asked.name, into, compiles=True), f"rm -r /tmp/{asked.name}"],
            said=f"`{asked.name}/`: the Python sources that {goes}",
            tools=[],
            into=into,
            removed=True,
            python=True,
        )

    def step(self, asked: FileAnswers) -> FileStep:
        """What FILE becomes."""
        does, source = action(asked), (asked.source or "").rstrip("/")
        file = (asked.url or source).rpartition("/")[2]
        straight = does == "copy" and not asked.url and not asked.into
        place = _target(asked, file) if straight else f"/tmp/{file}"
        tools, run = getattr(self, f"_{does}")(asked, file)
        return FileStep(
            source=source,
            brought=asked.source or "",
            url=asked.url or "",
            place=place,
            run=[*_fetched(asked, file), *run],
            said=f"`{asked.source}`: {_said(does, asked, file)}" if source else "",
            tools=[*(["curl"] if asked.url else []), *tools],
            into=(asked.into or "").replace(".", "/"),
            removed=not straight,
            python=bool(asked.into),
        )

    def _copy(self, asked: FileAnswers, file: str) -> tuple[list[str], list[str]]:
        target = _target(asked, file)
        if not file:  # what is there, or a directory that is made
            made = [f"mkdir -p {target}"] if str(asked.to).endswith("/") else []
            return [], [*made, *_given(asked, target, tree=bool(made))]
        if asked.into:
            into = asked.into.replace(".", "/")
            own = f'"$site/{into}/{file}"'
            compiles = file.endswith(".py") or bool(asked.source and asked.source.endswith("/"))
            return [], [
                *self._into(file, into, compiles=compiles),
                _removed(asked, file),
                *_given(asked, own),
            ]
        if asked.url:
            moved = [f"mkdir -p {target.rpartition('/')[0] or '/'}", f"mv /tmp/{file} {target}", f"rm {SUMS}"]
            return [], [*moved, *_given(asked, target)]
        return [], list(_given(asked, target))

    def _into(self, file: str, into: str, *, compiles: bool) -> list[str]:
        inner = f"$site/{into}/" if into else "$site/"
        compiled = [f'{self.python} -m compileall -q "{inner}{file}"'] if compiles else []
        return [self.site, f'cp -r /tmp/{file} "{inner}"', *compiled]

    def _unpack(self, asked: FileAnswers, file: str) -> tuple[list[str], list[str]]:
        target, temporary = shell((asked.to or "").rstrip("/") or "/"), shell(f"/tmp/{file}")
        if file.endswith(".zip"):
            tools, unpacked = ["unzip"], f"unzip -q {temporary} -d {target}"
        else:
            how = TAR[file.rpartition(".")[2]]
            strip = f" --strip-components={asked.strip}" if asked.strip else ""
            tools, unpacked = UNPACKED_BY[how], f"tar {how} {temporary} -C {target} --no-same-owner{strip}"
        first = [f"mkdir -p {target}", unpacked, _removed(asked, file)]
        return tools, [*first, *_given(asked, target, tree=True)]

    def _install(self, asked: FileAnswers, file: str) -> tuple[list[str], list[str]]:
        named = shell(f"/tmp/{file}")
        left = f"/var/cache/{self.yum} {named}{f' {SUMS}' if asked.url else ''}"
        return [], [f"{self.yum} install -y{self.named} {named}", f"{self.yum} clean all", f"rm -rf {left}"]

    def _pip(self, asked: FileAnswers, file: str) -> tuple[list[str], list[str]]:
        listed = "" if file.endswith(ARCHIVES) else "-r "
        return ["pip"], [f"{self.pip} {listed}{shell(f'/tmp/{file}')}", _removed(asked, file)]

    def _patch(self, asked: FileAnswers, file: str) -> tuple[list[str], list[str]]:
        inner = "/" + asked.into.replace(".", "/") if asked.into else ""
        where = asked.to or f'"$site{inner}"'
        strip = 1 if asked.strip is None else asked.strip
        applied = f"patch -d {where} -N -p{strip} -i {shell(f'/tmp/{file}')}"
        return ["patch"], [*([] if asked.to else [self.site]), applied, _removed(asked, file)]


def _fetched(asked: FileAnswers, file: str) -> Iterator[str]:
    """Download, and compare before anything reads it. No pipe: a shell without pipefail hides its failure."""
    if asked.url:
        target = f"/tmp/{file}"
        yield f"curl -fsSL -o {shell(target)} {shell(asked.url)}"
        yield f'echo "{asked.sha256}  {target}" > {SUMS}'
        yield f"sha256sum -c {SUMS}"


def _removed(asked: FileAnswers, file: str) -> str:
    """The command that takes away what only the build wants."""
    tree = "-r " if asked.into and action(asked) == "copy" else ""
    return f"rm {tree}{shell(f'/tmp/{file}')}{f' {SUMS}' if asked.url else ''}"


def _target(asked: FileAnswers, file: str) -> str:
    """Where a copy lies in the end."""
    to = asked.to or ""
    return (to + file).rstrip("/") if to.endswith("/") else to


def _given(asked: FileAnswers, target: str, *, tree: bool = False) -> Iterator[str]:
    """Owner and mode of TARGET, and of all in it where it is a TREE or a directory."""
    below = "-R " if tree or (asked.source or "").endswith("/") else ""
    if asked.owner:
        yield f"chown {below}{asked.owner} {target}"
    if asked.mode:
        digits = asked.mode.removeprefix("0o")
        yield f"chmod {below}{_of_tree(digits) if below else digits} {target}"


def _of_tree(digits: str) -> str:
    """A mode for all below a directory: where it lets no file run, it lets directories be entered."""
    bits = [int(digit) for digit in digits[-3:]]
    if any(bit & 1 for bit in bits):
        return digits
    words = (("r" if bit & 4 else "") + ("w" if bit & 2 else "") + ("X" if bit & 4 else "") for bit in bits)
    return ",".join(["a-x", *(f"{who}={word}" for who, word in zip("ugo", words, strict=True))])


def _said(does: str, asked: FileAnswers, file: str) -> str:
    """What becomes of FILE, for who has to bring it."""
    place = f"goes into `{asked.into}`" if asked.into else f"goes to `{_target(asked, file)}`"
    return {
        "copy": f"what {place}",
        "unpack": f"the archive that is unpacked into `{asked.to}`",
        "install": "the package to install",
        "pip": "what pip installs" if file.endswith(ARCHIVES) else "the list of what pip installs",
        "patch": f"the patch of what is in `{asked.to or asked.into or 'the packages of Python'}`",
    }[does]
