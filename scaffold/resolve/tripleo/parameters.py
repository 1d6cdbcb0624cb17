"""The parameters that a service template declares: the images', the vendor's, and those of every template."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Container as Names
from typing import Any

from scaffold import catalogue
from scaffold.fields import ServiceAnswers
from scaffold.fields.container_parts import FurtherContainerAnswers
from scaffold.model import PuppetConfig, ServiceName
from scaffold.releases import Release
from scaffold.resolve.tripleo.puppet import config_image_parameter, config_volume, described, of_stock
from scaffold.tripleo.secrets import is_secret_name
from scaffold.tripleo.services import DEPLOY_IDENTIFIER, ROLE_VALUES, passed


def standard(release: Release, answers: ServiceAnswers) -> list[str]:
    """The names of those that TripleO's own templates declare: what is passed, and what a one-shot needs."""
    one_shots = any(not container.detach for container in answers.containers)
    first, *others = passed(release.tripleo.default_passwords)
    identifier = [DEPLOY_IDENTIFIER] if one_shots and answers.integration == "service" else []
    return [*identifier, *others, first]


def names_of_images(release: Release, name: ServiceName, answers: ServiceAnswers) -> set[str]:
    """The names of those that the answers bring images for: of the containers, and of a config volume."""
    own: set[str] = set()
    if answers.integration == "service":
        own = {image_parameter(release, name), *of_others(release, name, answers)}
    volume = config_volume(name, answers)
    return own | (
        {config_image_parameter(release.tripleo.image_parameter_prefix, volume)} if volume else set()
    )


def of_images(
    release: Release, name: ServiceName, answers: ServiceAnswers, puppet: PuppetConfig | None
) -> dict[str, dict[str, Any]]:
    """Those that name images: of the containers, and of PUPPET unless the stock service has it."""
    found = {}
    stock: dict[str, str] = {}
    if answers.integration == "service":
        found[image_parameter(release, name)] = {"description": _text(name.kebab)}
        for parameter, asked in of_others(release, name, answers).items():
            found[parameter] = {"description": f"Image of the container {asked.name}"}
        named = [one for one in named_otherwise(release, answers) if one not in found]
        known = catalogue.stock(release.name).image_parameters
        stock = described(release, [one for one in named if one in known])
        of_services = {one: _of_service(release, one) for one in named if one not in stock}
        found |= {one: {"description": text} for one, text in (stock | of_services).items()}
    if puppet and puppet.image_parameter:
        text = f"Image that writes the configuration of {puppet.config_volume}"
        found[puppet.image_parameter] = {"description": puppet.stock.get(puppet.image_parameter, text)}
    by_role = {*found} if release.tripleo.role_specific_images else set()
    if puppet and puppet.otherwise:
        found[puppet.image_parameter] |= {"default": ""}
        found[puppet.otherwise] = {"description": puppet.stock[puppet.otherwise]}
        by_role -= {puppet.image_parameter}  # whether it is empty is asked in a condition, which sees no role
    # other templates that declare these say nothing of roles
    by_role -= {*stock, *(puppet.stock if puppet else ())}
    return {
        parameter: _definition(asked | {"type": "string"}, parameter in by_role)
        for parameter, asked in found.items()
    }


def image_parameter(release: Release, name: ServiceName, container: str = "") -> str:
    """The parameter that names the image of a service's own containers, or that of one CONTAINER."""
    of = ServiceName.of(container.removeprefix(f"{name.snake}_").replace("_", "-")).camel
    return f"{release.tripleo.image_parameter_prefix}{name.camel}{of}Image"


def of_others(
    release: Release, name: ServiceName, answers: ServiceAnswers
) -> dict[str, FurtherContainerAnswers]:
    """The further containers with an image of their own, by the parameter that names it."""
    further = (one for one in answers.containers if is_reference(one.image))
    return {image_parameter(release, name, one.name): one for one in further}


def is_reference(image: Any) -> bool:
    """Whether the IMAGE of a container is said as such, and not by its parameter."""
    return isinstance(image, str) and "/" in image


def of_container(release: Release, name: ServiceName, asked: FurtherContainerAnswers) -> str:
    """The parameter that names the image of a further container."""
    if not asked.image or is_reference(asked.image):
        return image_parameter(release, name, asked.name if asked.image else "")
    return parameter_of(release, asked.image)


def parameter_of(release: Release, image: Any) -> str:
    """The parameter of an IMAGE that is named by its own, or by that of the stock image; empty for none."""
    if isinstance(image, str):
        return of_stock(catalogue.load(release.name), image, "parameters")
    # {get_param: NAME}, or {get_attr: [..., NAME]} where roles have their own
    (named,) = image.values() if len(image) == 1 else ("",)
    return str(named[-1] if isinstance(named, list) and named else named)


def named_otherwise(release: Release, answers: ServiceAnswers) -> list[str]:
    """The parameters of others, of the release or another service, that further containers name images by."""
    further = (one.image for one in answers.containers if one.image and not is_reference(one.image))
    named = (parameter_of(release, image) for image in further)
    return [one for one in dict.fromkeys(named) if one and one not in answers.parameters]


def _of_service(release: Release, parameter: str) -> str:
    """The image PARAMETER of another service of the repository, as that describes it."""
    camel = parameter.removeprefix(release.tripleo.image_parameter_prefix).removesuffix("Image")
    return _text(re.sub("(?<!^)(?=[A-Z])", "-", camel).lower())


def _text(kebab: str) -> str:
    return f"Image of the {kebab} containers"


def declared(
    release: Release, name: ServiceName, answers: ServiceAnswers, puppet: PuppetConfig | None
) -> dict[str, dict[str, Any]]:
    """Those of the images and of the vendor; named like a password, it is hidden unless told not to."""
    return of_images(release, name, answers, puppet) | {
        parameter: _definition(
            ({"hidden": True} if is_secret_name(parameter) else {}) | asked.plain, asked.role_specific
        )
        for parameter, asked in answers.parameters.items()
    }


def _definition(asked: dict[str, Any], role_specific: bool) -> dict[str, Any]:
    kept = {key: asked[key] for key in ("description", "type", "default") if key in asked}
    more = {key: asked[key] for key in ("hidden", "constraints") if asked.get(key)}
    return kept | more | ({"tags": ["role_specific"]} if role_specific else {})


def role_specific(parameters: dict[str, dict[str, Any]]) -> list[str]:
    """The names of those that roles may have values of their own for."""
    return [name for name, definition in parameters.items() if "role_specific" in definition.get("tags", [])]


def read(name: str, specific: Names[str]) -> dict[str, Any]:
    """What gives the value of a parameter: of its role, where roles may have their own."""
    if name in specific:
        return {"get_attr": [ROLE_VALUES, "value", name]}
    return {"get_param": name}


def by_role(value: Any, specific: Names[str]) -> Any:
    """VALUE, with the parameters that roles have values of their own for read through RoleParametersValue."""

    def attribute(name: str, keys: list[Any]) -> dict[str, Any]:
        return {"get_attr": [*read(name, specific)["get_attr"], *(by_role(key, specific) for key in keys)]}

    return _read_as(attribute, value, specific)


def asked_by_role(value: Any, specific: Names[str]) -> Any:
    """VALUE as a condition may ask, which knows no get_attr: the role's own where it has one."""

    def expression(name: str, keys: list[Any]) -> dict[str, Any]:
        below = "".join(f".get('{key}')" if isinstance(key, str) else f"[{key}]" for key in keys)
        data = {"role": {"get_param": "RoleParameters"}, "all": {"get_param": name}}
        return {"yaql": {"expression": f"$.data.role.get('{name}', $.data.all){below}", "data": data}}

    return _read_as(expression, value, specific)


def _read_as(form: Callable[[str, list[Any]], dict[str, Any]], value: Any, specific: Names[str]) -> Any:
    """VALUE with every get_param of SPECIFIC in another FORM, which takes the name and the keys below it."""
    if isinstance(value, list):
        return [_read_as(form, item, specific) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["get_param"]:
        name, *keys = value["get_param"] if isinstance(value["get_param"], list) else [value["get_param"]]
        if name in specific:
            return form(name, keys)
    return {key: _read_as(form, item, specific) for key, item in value.items()}
