"""The templates that the environment file names, looked for where the client of Heat looks for them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import line_of


def unreachable(root: Path, environment: str, top: Path) -> Iterator[EngineFinding]:
    """Yield a finding for each template that the file ENVIRONMENT of the repository ROOT names and TOP lacks.

    top: where the deploy command takes that file from: the overlay, or the repository itself.
    Source: resolve_environment_urls of heatclient/common/template_utils.py.
    """
    try:
        registry = (yaml.safe_load((root / environment).read_text()) or {}).get("resource_registry") or {}
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        return  # Heat says what is wrong with it
    base = registry.get("base_url") or posixpath.dirname(environment)
    for keys, value in _files(registry):
        path = posixpath.normpath(posixpath.join(base, value))
        if "://" not in path and not (top / path).is_file():
            saw = f"openstack overcloud deploy -e …: no such file: {path}, which {keys[-1]} names"
            yield EngineFinding(saw, environment, line_of(root / environment, "resource_registry", *keys))


def _files(registry: Mapping[str, Any], *keys: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each value that the client reads as a file; not the name of another type, nor an absolute path."""
    for key, value in registry.items():
        if isinstance(value, dict):
            yield from _files(value, *keys, str(key))
        elif key in ("base_url", "hooks", "restricted_actions") or not isinstance(value, str):
            continue
        elif "::" not in value and not value.startswith("/"):
            yield (*keys, str(key)), value
