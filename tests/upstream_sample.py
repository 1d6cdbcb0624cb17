"""Small git repositories in the shape of TripleO's, to derive a catalogue from."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = """\
heat_template_version: wallaby
parameters: {ContainerXImage: {type: string}, XNew: {type: string}}
outputs:
  role_data:
    value:
      service_name: NAME
      puppet_config: {config_volume: x_config, step_config: ''}
      host_prep_tasks: [{file: {path: /var/log/containers/x-logs, state: directory}}]
      docker_config: {step_4: {x: {image: {get_param: ContainerXImage}}}}
"""
PROCESS_TEMPLATES = """\
import shutil, sys, six, yaml
yaml.safe_load(six.text_type("roles: []"))
shutil.copytree(".", sys.argv[2], ignore=shutil.ignore_patterns(".git"))
"""
HEAT_TEMPLATES = {
    "deployment/containers-common.yaml": (
        "heat_template_version: wallaby\noutputs: {volumes: {value: ['/etc/hosts:/etc/hosts:ro']}}\n"
    ),
    "tools/process-templates.py": PROCESS_TEMPLATES,
    "roles_data.yaml": "[{name: Controller, ServicesDefault: ['OS::TripleO::Services::X']}]",
    "overcloud-resource-registry-puppet.yaml": (
        "resource_registry: {'OS::TripleO::Services::X': deployment/x.yaml}"
    ),
}
COMMON = {
    "container-images/tripleo_containers.yaml.j2": (
        "container_images_template:\n"
        '- imagename: "{{namespace}}/{{name_prefix}}x{{name_suffix}}:{{tag}}"\n'
        "  params: [ContainerXImage]\n  services: ['OS::TripleO::Services::X']\n"
        "{% include 'ceph.j2' %}\n"
    ),
    "container-images/ceph.j2": (
        '- imagename: "quay.io/ceph/ceph:v1"\n  params: [ContainerCephImage]\n  services: []\n'
    ),
    "container-images/container_image_prepare_defaults.yaml": (
        "parameter_defaults: {ContainerImagePrepare: [{set: {namespace: quay.io/tripleo, "
        "name_prefix: openstack-, name_suffix: '', tag: current, neutron_driver: ovn}}]}"
    ),
    "container-images/tcib/base/x/x.yaml": "tcib_user: x",
    "container-images/tcib/base/base.yaml": "tcib_user: root",
}


def repositories(folder: Path, package: str) -> Mapping[str, str]:
    """Make bare clones in FOLDER; return repository -> the commit of its tip. PACKAGE: a tag before it."""
    before = HEAT_TEMPLATES | {
        "deployment/x.yaml": TEMPLATE.replace("NAME", "before").replace(", XNew: {type: string}", "")
    }
    now = HEAT_TEMPLATES | {"deployment/x.yaml": TEMPLATE.replace("NAME", "x")}
    return {
        name: _repository(folder / name, package, states)
        for name, states in {"tripleo-heat-templates": [before, now], "tripleo-common": [COMMON]}.items()
    }


def _repository(clone: Path, tag: str, states: list[dict[str, str]]) -> str:
    work = clone.with_name(f"{clone.name}.work")
    _git("init", "-q", str(work))
    for files in states:
        for name, text in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        _git("-C", str(work), "add", "-A")
        _git("-C", str(work), "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x")
        if files is states[0]:
            _git("-C", str(work), "tag", tag)
    _git("clone", "-q", "--mirror", str(work), str(clone))
    shutil.rmtree(work)
    return _git("-C", str(clone), "rev-parse", "HEAD")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()
