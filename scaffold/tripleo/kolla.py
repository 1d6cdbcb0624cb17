"""What kolla's start of a container reads: its programs, the keys of its config, its variables.

Source: docker/base/set_configs.py and start.sh of kolla, Queens to Wallaby; the same of tripleo-common's
container-images/kolla/base for TCIB's images. Another key of a config file is a TypeError there.
"""

from __future__ import annotations

START = "kolla_start"
SET_CONFIGS = "kolla_set_configs"  # which kolla_start calls

CONFIG_KEYS = ("command", "config_files", "permissions")
CONFIG_FILE_KEYS = ("source", "dest", "owner", "perm", "merge", "optional", "preserve_properties")
PERMISSION_KEYS = ("path", "owner", "perm", "recurse")
TRUTHS = ("merge", "optional", "preserve_properties", "recurse")  # of which text is always true

STRATEGY = "KOLLA_CONFIG_STRATEGY"  # without it kolla_start ends
COPY_ALWAYS = "COPY_ALWAYS"
STRATEGIES = (COPY_ALWAYS, "COPY_ONCE")
ELSEWHERE = ("KOLLA_CONFIG", "KOLLA_CONFIG_FILE")  # another config than the file at its usual place
BOOTSTRAP = "KOLLA_BOOTSTRAP"  # makes a container one that ends
PREFIX = "KOLLA_"
VARIABLES = {STRATEGY: COPY_ALWAYS}  # what a container that kolla starts needs
