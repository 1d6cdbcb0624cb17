"""Run `openstack tripleo container image build` with the arguments given, under `install.venv("tripleo")`.

The command itself, without the client's shell, which wants an undercloud. It hands a playbook to
ansible-runner, which wants the Ansible of its time; here $ANSIBLE_PLAYBOOK runs it, with
$ANSIBLE_VARIABLES.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import yaml
from tripleoclient import utils
from tripleoclient.v2 import tripleo_container_image


def run_playbook(playbook: str, inventory: dict[str, object], **_: object) -> None:
    """Stands in for utils.run_ansible_playbook."""
    file = Path(playbook).with_name("inventory.yaml")
    file.write_text(yaml.safe_dump(inventory))
    program = json.loads(os.environ["ANSIBLE_PLAYBOOK"])
    done = subprocess.run([*program, "-e", os.environ["ANSIBLE_VARIABLES"], "-i", file, playbook])
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Run the command."""
    utils.run_ansible_playbook = run_playbook
    app = types.SimpleNamespace(options=types.SimpleNamespace(debug=False), stdout=sys.stdout)
    command = tripleo_container_image.Build(app, types.SimpleNamespace(verbose_level=1))
    command.take_action(command.get_parser("build").parse_args(sys.argv[1:]))


if __name__ == "__main__":
    main()
