"""Backends of cinder-volume: what the environment file says of each, and what only the operator may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffold.resolve.tripleo.hiera import of_hiera

CONFIG = "cinder::config::cinder_config"
ENABLED = "cinder_user_enabled_backends"
SECRETS = "secrets"  # names the options of a backend that the operator sets


def options(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a backend that the answers ASKED give a value."""
    return {name: value for name, value in asked.items() if name != SECRETS}


def hieradata(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The hieradata of the backends ASKED, as the guide of cinder's custom backends has it."""
    if not asked:
        return {}
    config = {
        f"{name}/{option}": {"value": of_hiera(value)}
        for name, one in asked.items()
        for option, value in ({"volume_backend_name": name} | options(one)).items()
    }
    return {CONFIG: config, ENABLED: list(asked)}


def secrets(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The secret options of the backends ASKED: option -> its path in the hieradata of a role."""
    return {
        f"{name}/{option}": [CONFIG, f"{name}/{option}", "value"]
        for name, one in asked.items()
        for option in one.get(SECRETS, [])
    }
