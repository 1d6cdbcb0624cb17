"""Backends of cinder-volume and manila-share: what the environment file says of each, or the operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.fields import ServiceAnswers
from scaffold.resolve.tripleo.hiera import of_hiera
from scaffold.tripleo.services import CINDER_CONFIG, ENABLED_BACKENDS

SECRETS = "secrets"  # names the options of a backend that the operator sets


@dataclass(frozen=True)
class Backends:
    """The backends of one stock service, as its profile of puppet-tripleo and its puppet module read them."""

    service: str
    config: str  # the hieradata that hold options
    enabled: str  # the hieradata that name backends
    title: str  # the option that is a backend's name
    needs: Mapping[str, str]  # options without which its service does not start: what they say


CINDER = Backends(
    "CinderVolume",
    CINDER_CONFIG,
    ENABLED_BACKENDS,
    "volume_backend_name",
    {"volume_driver": "the class of the driver"},
)
MANILA = Backends(
    "ManilaShare",
    "manila::config::manila_config",
    "manila_user_enabled_backends",
    "share_backend_name",
    {
        "share_driver": "the class of the driver",
        "driver_handles_share_servers": "true or false, as the driver is to run",
    },
)
JOINED = frozenset(name for one in (CINDER, MANILA) for name in (one.config, one.enabled))
LISTS = frozenset((CINDER.enabled, MANILA.enabled))


def every(asked: ServiceAnswers) -> Iterator[tuple[str, Backends, dict[str, dict[str, Any]]]]:
    """The backends that are ASKED: the answer, of what, and each by its name."""
    for answer, of, found in (
        (ServiceAnswers.cinder_backends, CINDER, asked.cinder_backends),
        (ServiceAnswers.manila_backends, MANILA, asked.manila_backends),
    ):
        for name in asked.given(answer) if found else ():
            yield name, of, found


def options(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a backend that the answers ASKED give a value."""
    return {name: value for name, value in asked.items() if name != SECRETS}


def hieradata(of: Backends, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The hieradata of the backends ASKED, as the guides of custom backends have it."""
    config = {
        f"{name}/{option}": {"value": of_hiera(value)}
        for name, one in asked.items()
        for option, value in ({of.title: name} | options(one)).items()
    }
    return {of.config: config, of.enabled: list(asked)}


def secrets(asked: ServiceAnswers) -> dict[str, list[str]]:
    """The secret options of the backends ASKED: option -> its path in the hieradata of a role."""
    return {
        f"{name}/{option}": [of.config, f"{name}/{option}", "value"]
        for _, of, found in every(asked)
        for name, one in found.items()
        for option in one.get(SECRETS, [])
    }
