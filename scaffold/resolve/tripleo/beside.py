"""What lies between the environment file of a repository and the operator's own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from scaffold.environments import Beside, Environment, Shared, ToSet
from scaffold.fields import ServiceAnswers
from scaffold.fields.parts import ParameterAnswers
from scaffold.model import Service
from scaffold.releases import merging
from scaffold.resolve.tripleo import backends
from scaffold.tripleo.heat import is_map
from scaffold.tripleo.services import REGISTRY


def beside(
    release: str,
    single_node: bool,
    environment: Environment,
    services: Sequence[Service],
    asked: Sequence[ServiceAnswers],
) -> Beside:
    """What ENVIRONMENT shares with other files in RELEASE, and what it leaves to the operator."""
    merged_by = merging.merged_by(release, single_node=single_node)
    to_set = [*_parameters(environment, services, asked), *_secrets(services, asked)]
    return Beside(
        merged_by=merged_by,
        stock_strategies=merging.stock_strategies(release) if merged_by == "heat" else "",
        shared=list(_shared(environment, asked)),
        to_set=to_set,
        hidden=[key for one in asked for key, value in one.config_settings.items() if is_map(value)],
        example=_example(environment, to_set, whole=merged_by == "heat"),
        wrapped={
            f"{REGISTRY}{service.wraps.service}": service.wraps.path for service in services if service.wraps
        },
    )


def _shared(environment: Environment, asked: Sequence[ServiceAnswers]) -> Iterator[Shared]:
    """The maps and lists that ENVIRONMENT sets."""
    own = {name: each.type for answers in asked for name, each in answers.parameters.items()}
    if environment.prepare:
        yield Shared("ContainerImagePrepare", "list", {})
    for name, value in environment.parameter_defaults.items():
        listed = name in merging.comma_lists() or own.get(name) == "comma_delimited_list"
        if isinstance(value, dict):
            yield Shared(name, "map", {key: _kind(item) for key, item in value.items()})
        elif isinstance(value, list) or listed:
            yield Shared(name, "list", {})


def _kind(value: Any) -> str:
    return "map" if isinstance(value, dict) else "list" if isinstance(value, list) else "value"


def _parameters(
    environment: Environment, services: Sequence[Service], asked: Sequence[ServiceAnswers]
) -> Iterator[ToSet]:
    given = {*environment.parameter_defaults, *environment.images}
    for service, answers in zip(services, asked, strict=True):
        for name, parameter in answers.parameters.items():
            if not parameter.says(ParameterAnswers.default) and name not in given:
                said = parameter.description or "a parameter without a default"
                yield ToSet([name], said, service.name.kebab)
                given.add(name)


def _secrets(services: Sequence[Service], asked: Sequence[ServiceAnswers]) -> Iterator[ToSet]:
    for service, answers in zip(services, asked, strict=True):
        for option, path in backends.secrets(answers).items():
            for role in service.roles:
                said = f"the option {option.partition('/')[2]} of the backend {option.partition('/')[0]}"
                yield ToSet([f"{role}ExtraConfig", *path], said, service.name.kebab)


def _example(environment: Environment, to_set: Sequence[ToSet], *, whole: bool) -> dict[str, Any]:
    """What TO_SET looks like in a file of the operator's; WHOLE where a map stands in place of ours."""
    found: dict[str, Any] = {}
    for each in to_set:
        first, *rest = each.path
        known = environment.parameter_defaults.get(first, {}) if whole and rest else {}
        if not rest:
            found[first] = None
            continue
        here = found.setdefault(first, deepcopy(known))
        for key in rest[:-1]:
            here = here.setdefault(key, {})
        here[rest[-1]] = None
    return found
