"""An environment file that a deploy command names is there.

Why: the client stops before the deployment begins: "No such file or directory". Files of the stock tree come
and go with the releases.

Bad, on Train::

    openstack overcloud deploy --templates \\
      -e /usr/share/openstack-tripleo-heat-templates/environments/collectd-environment.yaml

Good::

    openstack overcloud deploy --templates \\
      -e /usr/share/openstack-tripleo-heat-templates/environments/metrics/collectd-write-qdr.yaml

Source: heatclient/common/template_utils.py; the environments of each release, rendered with its stock roles
and networks (RELEASE.environments.json of scaffold/catalogue); those of networks follow the operator's own,
and are not judged. Of other paths only a name that is nearly one of the repository is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.catalogue import environments
from scaffold.documents import Document
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES
from scaffold.rules.deploy_command import COMMAND, TEXTS
from scaffold.tripleo.paths import TREE
from scaffold.unknown import meant, nearest

OPTION = re.compile(r"(?:^|\s)(?:-e|--environment-file)[ =]+[\"']?([^\s\"'\\]+\.ya?ml)")
OPEN = re.compile(r"[\[\]<>{}$*|]")
OF_NETWORKS = re.compile(r"(^|/)(net-|network)")


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the -e of each deploy command, as far as it goes on."""
    if not document.name.lower().endswith(TEXTS) or "overcloud deploy" not in document.text:
        return
    inside = False
    for number, line in enumerate(document.lines, 1):
        inside = inside or bool(COMMAND.match(line))
        if inside:
            for option in OPTION.finditer(line):
                for message, hint, severity in _missing(option[1], repository):
                    yield Finding(Spot(number, option.start(1) + 1), message, hint, severity)
            inside = line.rstrip().endswith("\\")


def _missing(path: str, repository: Repository) -> Iterator[tuple[str, str, Severity | None]]:
    own = [each.path for each in repository.environments]
    parts = PurePosixPath(path).parts
    if any(repository.has("/".join(parts[start:])) for start in range(len(parts))):
        return
    installed = f"{TREE}environments/"
    name = path.removeprefix(installed)
    if name != path:
        known = environments(repository.release.name)
        if name in known or OF_NETWORKS.search(name):
            return
        gone = any(name in environments(release) for release in NAMES)
        near = nearest(name, known, 0.85)
        severity = None if gone or near else Severity.WARNING
        yield f"{repository.release.title} has no environments/{name}", meant(near), severity
    elif len(parts) > 1 and not OPEN.search(parts[-1]) and parts[-1] not in sums.file_names(repository):
        beside = (each for each in own if PurePosixPath(each).parts[-2:-1] == parts[-2:-1])
        names = {PurePosixPath(each).name: each for each in beside}
        near = nearest(parts[-1], names, 0.85)
        if near:
            yield f"the repository has no {'/'.join(parts[-2:])}", meant(names[near]), None


RULE = Rule(id="deploy-file", page=__doc__, files=Document, check=check, needs_release=True)
