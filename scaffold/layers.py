"""What a layer adds to its base; a part of the model."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileStep:
    """A file or directory that a layer gets, and what is done with it."""

    source: str  # in the folder of the image; empty for what is downloaded
    brought: str  # the same as it is asked for, where a directory may end in /
    url: str  # else empty
    place: str  # where it is copied to first
    run: list[str]  # commands, one after the other
    said: str  # its name and what becomes of it, for who brings it
    tools: list[str]  # that the commands use
    into: str  # a package of the base, cinder/volume/drivers; else empty
    removed: bool  # whether only the build wants it in the image
    python: bool  # sources of Python, which leave compiled ones beside them


@dataclass(frozen=True)
class Install:
    """What a layer adds, in the order of the Dockerfile."""

    security_updates: bool = False  # of the packages of the base
    disabled_repos: list[str] = field(default_factory=list)
    enabled_repos: list[str] = field(default_factory=list)
    repo_files: list[str] = field(default_factory=list)
    rpm_files: list[str] = field(default_factory=list)  # perhaps with *
    packages: list[str] = field(default_factory=list)
    pip: list[str] = field(default_factory=list)
    pip_files: list[str] = field(default_factory=list)  # those of pip that are files, and pip_wheel
    pip_wheel: str = ""  # pip itself, where neither the base nor a package of its distribution brings it
    pip_index: str = ""  # besides that of pip itself
    files: list[FileStep] = field(default_factory=list)  # those of no other list
    packages_override: list[str] = field(default_factory=list)  # in place of those of kolla's template
    base_packages: list[str] = field(default_factory=list)  # of kolla's base image
    binary: str = ""  # absolute path of a program that the vendor brings, when nothing else installs it
