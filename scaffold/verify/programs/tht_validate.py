"""Run yaml-validate.py, which the first argument names, in the current directory, the others passed on.

Runs under `install.venv("tht")`. The tool itself is untouched; two things around it are not. Up to Stein it
calls yaml.load without a loader, which PyYAML 6 refuses. And it reads a whole tree, which takes libyaml one
second and PyYAML's own parser six or more; libyaml refuses a few flow scalars of Train and Ussuri that PyYAML
takes ("a:b" without a space), so where it refuses, PyYAML decides.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import yaml

original = yaml.load


def load(text: str, Loader: Any = None) -> Any:
    """yaml.load, safe and quick."""
    try:
        return original(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return original(text, Loader=yaml.SafeLoader)


yaml.load = load
yaml.safe_load = load
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
