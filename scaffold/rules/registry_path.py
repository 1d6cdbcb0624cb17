"""The template that a resource_registry names exists.

Why: the client stops the deployment before it begins: "No such file or directory". A relative path counts
from the environment file.

Bad::

    resource_registry:
      OS::TripleO::Services::VendorxAgent: docker/services/vendorx-agent.yaml

Good::

    resource_registry:
      OS::TripleO::Services::VendorxAgent: ../docker/services/vendorx-agent.yaml

Source: heatclient/common/template_utils.py, resolve_environment_urls. A path of a stock service may lie in
the tree that the repository is laid over, and is not judged.
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import Environment
from scaffold.documents.nodes import Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository

PREFIX = "OS::TripleO::Services::"


def check(environment: Environment, repository: Repository) -> Iterator[Finding]:
    """Follow the paths of the services that are not stock ones."""
    directory = PurePosixPath(environment.path).parent.as_posix()
    paths = [template.path for template in repository.templates]
    stock = repository.catalogue.taken.services if repository.release_name else frozenset()
    for key, value in environment.registry.pairs:
        if not isinstance(value, Scalar) or not value.text.endswith((".yaml", ".yml")):
            continue
        target = posixpath.normpath(posixpath.join(directory, value.text))
        own = key.text.startswith(PREFIX) and not _is_stock(key.text, stock)
        relative = not value.text.startswith(("/", "http", "file:"))
        if relative and own and repository.templates and not repository.document(target):
            yield Finding(value, f"there is no {target}", _near(target, paths, directory))


def _is_stock(name: str, stock: frozenset[str]) -> bool:
    return name in stock or name.removeprefix(PREFIX) in stock


def _near(target: str, paths: list[str], directory: str) -> str:
    names = {PurePosixPath(path).name: path for path in paths}
    near = difflib.get_close_matches(PurePosixPath(target).name, names, n=1, cutoff=0.6)
    return f"did you mean {posixpath.relpath(names[near[0]], directory)}?" if near else ""


RULE = Rule(id="registry-path", page=__doc__, files=Environment, check=check)
