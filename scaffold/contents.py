"""The part of the model that says what a repository has, and so which files are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Has:
    """What a repository has: so which files are written, and what they speak of."""

    images: bool = False
    inputs: bool = False  # files that the vendor brings to an image
    layer: bool = False
    kolla: bool = False
    kolla_build: bool = False  # images of kolla, that kolla-build makes
    tcib: bool = False
    dockerfile: bool = False
    removed: bool = False  # files that a layer copies in for its build only
    stage: bool = False  # something that image prepare reads from the undercloud
    templates: bool = False  # of services
    overlay: bool = False  # templates, of services or others, that lie over those of the release
    wraps: bool = False  # a stock service
    roles_data: bool = False  # something that the roles of the deployment matter to
    modules: bool = False  # of the kernel
    module_repository: bool = False  # a package repository of the vendor's for them
    install_module: bool = False  # a module that goes into the overcloud image
    github: bool = False
    gitlab: bool = False
    zuul: bool = False
    scripts: bool = False  # of the shell
    login: bool = False  # bases that the jobs must log in for
    push: bool = False  # a registry that the jobs can push to
    credentials: bool = False  # something that only the operator can set
    plain: bool = False  # a registry without TLS
    trusted: bool = False  # a registry that the nodes know without more
