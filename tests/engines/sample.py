"""A small vendor repository written by hand: what the harness and the linters are proven on."""

from __future__ import annotations

import sys
from pathlib import Path

from scaffold.verify.engines.linters import lint

SERVICE = "acme-loader"
REGISTERED = "OS::TripleO::Services::AcmeLoader"

TEMPLATE = """\
---
heat_template_version: {version}

description: Acme kernel module loader

parameters:
  {prefix}AcmeLoaderImage:
    description: The container image of the Acme loader
    type: string
  AcmeLoaderModule:
    description: The kernel module to load
    type: string
    default: acme
  ServiceData:
    default: {{}}
    description: Dictionary packing service data
    type: json
  ServiceNetMap:
    default: {{}}
    description: Mapping of service_name -> network name. Typically set
                 via parameter_defaults in the resource registry.  This
                 mapping overrides those in ServiceNetMapDefaults.
    type: json
{passwords}  RoleName:
    default: ''
    description: Role name on which the service is applied
    type: string
  RoleParameters:
    default: {{}}
    description: Parameters specific to the role
    type: json
  EndpointMap:
    default: {{}}
    description: Mapping of service endpoint -> protocol. Typically set
                 via parameter_defaults in the resource registry.
    type: json

resources:
  ContainersCommon:
    type: {common}

outputs:
  role_data:
    description: Role data of the Acme loader
    value:
      service_name: acme_loader
      config_settings: {{}}
      puppet_config:
        config_volume: ''
        step_config: ''
        config_image: ''
      kolla_config:
        /var/lib/kolla/config_files/acme_loader.json:
          command: /acme_loader.sh
      {scripts}:
        acme_loader.sh:
          mode: "0755"
          content:
            str_replace:
              template: |
                #!/bin/bash
                set -eu
                modprobe MODULE
                exec sleep infinity
              params:
                MODULE: {{get_param: AcmeLoaderModule}}
      docker_config:
        step_3:
          acme_loader:
            image: {{get_param: {prefix}AcmeLoaderImage}}
            net: host
            privileged: true
            user: root
            restart: always
            volumes:
              list_concat:
                - {{get_attr: [ContainersCommon, volumes]}}
                -
                  - /var/lib/kolla/config_files/acme_loader.json:/var/lib/kolla/config_files/config.json:ro
                  - /lib/modules:/lib/modules:ro
            environment: {environment}
      host_prep_tasks: []
"""

ENVIRONMENT = """\
---
resource_registry:
  OS::TripleO::Services::AcmeLoader: ../docker/services/acme-loader.yaml

parameter_defaults:
  {prefix}AcmeLoaderImage: registry.example.com/acme/acme-loader:1
  ControllerParameters:
    ExtraKernelModules:
      acme: {{}}
"""

PASSWORDS = """\
  DefaultPasswords:
    default: {}
    type: json
"""

DOCKERFILE = """\
FROM registry.example.com/stock/base:1
USER 0
COPY acme-loader.sh /acme-loader.sh
USER 42400
"""

SCRIPT = """\
#!/bin/sh
set -eu
exec sleep infinity
"""

YAMLLINT = """\
---
extends: default
rules:
  line-length: {max: 120}
  indentation: {spaces: 2, indent-sequences: whatever}
  braces: {max-spaces-inside: 1}
"""


def write(directory: Path, release: str) -> Path:
    """The repository `acme-loader` in `directory`, made for a release."""
    repo = directory / "acme-loader"
    old = release in ("queens", "rocky")
    listed = release in ("queens", "rocky", "stein")
    facts = {
        "version": release if release in ("queens", "wallaby") else "rocky",
        "prefix": "Docker" if listed else "Container",
        "passwords": "" if release == "wallaby" else PASSWORDS,
        "common": "./containers-common.yaml" if old else "../../deployment/containers-common.yaml",
        "scripts": "docker_config_scripts" if old else "container_config_scripts",
        "environment": "[KOLLA_CONFIG_STRATEGY=COPY_ALWAYS]"
        if listed
        else "{KOLLA_CONFIG_STRATEGY: COPY_ALWAYS}",
    }
    files = {
        "docker/services/acme-loader.yaml": TEMPLATE.format(**facts),
        "environments/acme-loader.yaml": ENVIRONMENT.format(**facts),
        "containers/acme-loader/Dockerfile": DOCKERFILE,
        "containers/acme-loader/acme-loader.sh": SCRIPT,
        ".yamllint": YAMLLINT,
        ".vendor-scaffold/answers.yaml": f"---\nrelease: {release}\n",
    }
    for name, content in files.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return repo


def edit(repo: Path, name: str, old: str, new: str) -> None:
    """Replace a text that must be there."""
    path = repo / name
    text = path.read_text()
    assert old in text, f"{name} does not hold {old!r}"
    path.write_text(text.replace(old, new))


def linted(repo: Path) -> list[str]:
    """What the linters beside the interpreter find in a repository, a line each."""
    return [f"{finding.place}: {finding.saw}" for finding in lint(repo, Path(sys.executable).parent)]
