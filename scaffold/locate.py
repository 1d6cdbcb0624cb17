"""Which vendor repository a command means: one rule for all commands."""

from __future__ import annotations

from pathlib import Path

from scaffold.disk import STATE
from scaffold.errors import ScaffoldError, WrongUse


def find(start: Path) -> Path:
    """The vendor repository that the directory START is, or is in.

    Raises WrongUse where START does not exist or is a file, and ScaffoldError where it is in no repository.
    """
    if existing(start).is_file():
        raise WrongUse(f"{start} is a file, not a directory")
    found = around(start)
    if found is None:
        raise ScaffoldError(
            f"{start} is no vendor repository: it has no {STATE}/",
            "vendor-scaffold new makes one; vendor-scaffold new --adopt . takes over one made by hand",
        )
    if (found / STATE).is_symlink():
        raise ScaffoldError(f"{found / STATE} is a symbolic link", "it must be a directory of its own")
    return found


def around(path: Path) -> Path | None:
    """The nearest vendor repository that PATH is, or really lies in; None for none."""
    if is_top(path):
        return path
    try:
        return next(filter(is_top, path.resolve().parents), None)
    except FileNotFoundError:
        raise ScaffoldError("the current directory no longer exists", "go to one that does") from None


def is_top(directory: Path) -> bool:
    """Whether DIRECTORY is the top of a vendor repository."""
    return (directory / STATE).is_dir() or (directory / STATE).is_symlink()


def existing(path: Path) -> Path:
    """PATH; raises WrongUse where there is nothing."""
    if not path.exists():
        raise WrongUse(f"{path}: there is no such file or directory")
    return path
