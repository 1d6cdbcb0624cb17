"""Every section of role_data is one that the release reads.

Why: Heat silently ignores a section that it does not know. A script under `container_config_scripts`
never reaches a Rocky host, one under `docker_config_scripts` no Stein host, and the container that mounts
it fails. What lies beside the sections only to be repeated with an alias is no section.

Bad, on Train::

    docker_config_scripts:
      vendorx_launcher.sh: {mode: "0755", content: "exec /usr/bin/vendorx-agent"}

Good::

    container_config_scripts:
      vendorx_launcher.sh: {mode: "0755", content: "exec /usr/bin/vendorx-agent"}

Source: common/services/role.role.j2.yaml and tools/yaml-validate.py ("is extra in role_data") of
tripleo-heat-templates 8.4.1 to 14.3.0 and at the tips of the branches; scaffold/releases/role_data.yaml holds
them.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import role_data
from scaffold.unknown import did_you_mean

NEVER = {"container_config": "docker_config"}  # when the others were renamed, this one was not


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look each section up."""
    release, known = repository.release, role_data()
    names = [name for name, section in known.items() if release.name in section.releases]
    present = {key.text for key, _ in heat.pairs(template.role_data)}
    for key, value in heat.pairs(template.role_data):
        if key.text in names or _is_read(key.text, repository, passed_on=key.text not in known):
            continue
        if key.text in known:
            instead, once = known[key.text].instead, known[key.text].once.get(release.name)
            message = f"{release.title} does not read {key.text}"
            if once:
                message = f"{release.title} reads {key.text} up to {once} only"
                yield Finding(key, message, f"write {instead}", Severity.WARNING)
            elif instead in present:  # a template for several releases
                yield Finding(key, message, f"{instead} is there as well", Severity.WARNING)
            else:
                yield Finding(key, message, f"write {instead}" if instead else "")
        elif key.text in NEVER:
            yield Finding(key, f"no release reads the section {key.text}", f"write {NEVER[key.text]}")
        else:
            near = did_you_mean(key.text, names, cutoff=0.87)
            message = f"no release reads the section {key.text}"
            if near:
                yield Finding(key, message, near)
            elif not template.is_repeated(value):
                # other templates may read it through get_attr, as those of Octavia's providers do
                yield Finding(key, message, severity=Severity.WARNING)


def _is_read(section: str, repository: Repository, *, passed_on: bool) -> bool:
    """Whether a template takes it from role_data: {get_attr: [Base, role_data, volumes]}.

    passed_on: also where it only becomes the same section of another template.
    """
    for template in repository.templates:
        if section not in template.text:
            continue
        same = set() if passed_on else {id(node) for node in walk(template.section(section))}
        for node, arguments in heat.calls(template.root, "get_attr"):
            words = [word.text for word in heat.texts(arguments)]
            if words[1:3] == ["role_data", section] and id(node) not in same:
                return True
    return False


RULE = Rule(id="role-data-section", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
