"""What a shell offers on Tab: a protocol for bash, zsh and fish, and where the words come from.

A shell runs the program with the words up to the cursor, the last one as far as it is typed, and
_VENDOR_SCAFFOLD_COMPLETE=words. Each line of the answer is a whole word, or says that the shell is to offer
files or directories. Only what a word needs is imported: somebody waits for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem, ShellComplete

from scaffold.locate import around, is_top
from scaffold.verify.engines import NAMES

VARIABLE, WORDS = "_VENDOR_SCAFFOLD_COMPLETE", "words"
Completions = list[CompletionItem]

BASH = r"""
_vendor_scaffold() {
    # bash splits words at = and : too; put together what no blank parts
    local rest=${COMP_LINE:0:COMP_POINT} words=() i token line
    for ((i = 0; i <= COMP_CWORD; i++)); do
        token=${COMP_WORDS[i]}
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then words+=(""); fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"$token"}
        words[${#words[@]}-1]+=$token
    done
    local word=${words[${#words[@]}-1]} current=${COMP_WORDS[COMP_CWORD]}
    [[ $current == [=:] ]] && current=
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            files) compopt -o default ;;
            directories) compopt -o dirnames ;;
            word\ *) line=${line#word }; COMPREPLY+=("${line#"${word%"$current"}"}") ;;
        esac
    done < <(_VENDOR_SCAFFOLD_COMPLETE=words "${1/#\~/$HOME}" "${words[@]:1}" 2>/dev/null)
}
complete -o nosort -F _vendor_scaffold vendor-scaffold
"""
ZSH = r"""#compdef vendor-scaffold
_vendor_scaffold() {
    local line; local -a found typed=("${(@Q)words[1,CURRENT]}")
    for line in "${(@f)$(_VENDOR_SCAFFOLD_COMPLETE=words "${(@)typed}" 2>/dev/null)}"; do
        case $line in
            files) compset -P '--*='; _files ;;
            directories) compset -P '--*='; _files -/ ;;
            word\ *) found+=("${line#word }") ;;
        esac
    done
    (( $#found )) && compadd -V vendor-scaffold -- "${found[@]}"
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _vendor_scaffold "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _vendor_scaffold vendor-scaffold
fi
"""
FISH = r"""
function __vendor_scaffold_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test -n "$current"; or set current ''
    for line in (env _VENDOR_SCAFFOLD_COMPLETE=words $words $current 2>/dev/null)
        switch $line
            case files
                __fish_complete_path $current
            case directories
                __fish_complete_directories $current ''
            case 'word *'
                string replace 'word ' '' -- $line
        end
    end
end
complete --no-files --keep-order --command vendor-scaffold --arguments '(__vendor_scaffold_complete)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


@click.command()
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
def completion(shell: str) -> int:
    """Print what completes this program in a shell.

    \b
    Examples:
      vendor-scaffold completion bash > ~/.local/share/bash-completion/completions/vendor-scaffold
      vendor-scaffold completion zsh > ~/.zfunc/_vendor-scaffold
      vendor-scaffold completion fish > ~/.config/fish/completions/vendor-scaffold.fish
    """
    click.echo(SCRIPTS[shell].lstrip("\n"), nl=False)
    return 0


def answer(program: click.Command, words: Sequence[str]) -> str:
    """What may follow WORDS, of which the last is begun, a line each."""
    *before, begun = words or [""]
    option = re.match(r"--[a-z-]+=", begun)
    lines = []
    for item in ShellComplete(program, {}, "vendor-scaffold", VARIABLE).get_completions(before, begun):
        if item.type in ("file", "dir"):
            lines.append("files" if item.type == "file" else "directories")
        else:
            lines.append(f"word {option[0] if option else ''}{item.value}")
    return "".join(f"{line}\n" for line in lines)


def files(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """Any file."""
    return [CompletionItem(begun, type="file")]


def repositories(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The vendor repositories that begin so; directories on the way to one where there are none."""
    above, _, name = begun.rpartition("/")
    start = Path(f"{above}/" if "/" in begun else ".").expanduser()
    try:
        tops = sorted(one.name for one in start.iterdir() if one.name.startswith(name) and is_top(one))
    except OSError:
        tops = []
    lead = begun[: len(begun) - len(name)]
    return _words((lead + top for top in tops), begun) or [CompletionItem(begun, type="dir")]


def services(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The services of the repository that is meant, and before the first of them a repository."""
    from scaffold.answers import load
    from scaffold.answers.nodes import AnswerMap, AnswerScalar

    root, named = _meant(context)
    found: list[str] = []
    if root:
        text = (root / ".vendor-scaffold/answers.yaml").read_text(encoding="utf-8")
        tables = [node for node in load(text, "").services if isinstance(node, AnswerMap)]
        names = [table.entries.get("service_name") for table in tables]
        found = [name.written for name in names if isinstance(name, AnswerScalar)]
    return _after_repository(context, param, begun, [name for name in found if name not in named])


def managed(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The managed files of the repository that is meant, and before the first of them a repository."""
    from scaffold.tree import unpack

    root, named = _meant(context)
    found: list[str] = []
    if root:
        held = (root / ".vendor-scaffold/pristine.json").read_text(encoding="utf-8")
        found = [*unpack(held)[0], ".vendor-scaffold/answers.yaml"]
        if not _repository(context):
            found = [os.path.relpath(root.resolve() / path) for path in found]
    return _after_repository(context, param, begun, [path for path in found if path not in named])


def releases(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The releases of TripleO and RHOSP."""
    from scaffold.releases import NAMES, RHOSP

    return _words([*NAMES, *RHOSP], begun)


def rules(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The rules of `check`: each is a module, and all of them are slow to import."""
    return _words(_modules("rules"), begun)


def engines(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The engines of `verify`."""
    return _words(NAMES, begun)


def images(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The stock images of the release."""
    return _words(_images(str(context.params.get("release") or "")), begun)


def settings(context: click.Context, param: click.Parameter, begun: str) -> Completions:
    """The values of --set for the answers that have a list of them."""
    key, equals, _ = begun.partition("=")
    if not equals:
        return []
    if key == "release":
        return [
            CompletionItem(f"{key}={one.value}") for one in releases(context, param, begun[len(key) + 1 :])
        ]
    if key.rpartition(".")[2] == "base_image":
        said = dict(
            setting.split("=", 1) for setting in context.params.get("settings") or () if "=" in setting
        )
        return _words((f"{key}={name}" for name in _images(said.get("release", ""))), begun)
    return []


def _images(release: str) -> Iterable[str]:
    from scaffold.catalogue import load
    from scaffold.releases import DEFAULT, named

    return load(named(release or DEFAULT)).images


def _modules(folder: str) -> list[str]:
    found = Path(__file__).parent.parent.joinpath(folder).glob("[a-z]*.py")
    return sorted(path.stem.replace("_", "-") for path in found)


def _words(found: Iterable[str], begun: str) -> Completions:
    return [CompletionItem(word) for word in found if word.startswith(begun)]


def _after_repository(
    context: click.Context, param: click.Parameter, begun: str, found: Sequence[str]
) -> Completions:
    words = _words(found, begun)
    if not context.params.get("arguments"):
        words += [item for item in repositories(context, param, begun) if item.type == "plain" or not words]
    return words


def _repository(context: click.Context) -> Path | None:
    """The first word, where it is a repository."""
    said = context.params.get("arguments") or ()
    return Path(said[0]) if said and is_top(Path(said[0])) else None


def _meant(context: click.Context) -> tuple[Path | None, Sequence[str]]:
    """The repository that the words of a command mean, or the one around; and the names that it has."""
    return _repository(context) or around(Path()), context.params.get("arguments") or ()
