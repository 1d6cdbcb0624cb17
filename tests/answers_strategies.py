"""Hypothesis strategies for answers that are right, made of the declared shapes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from scaffold import fields
from scaffold.fields import ANSWERS, places
from scaffold.fields import values as kinds
from scaffold.fields.kind import Kind
from scaffold.fields.shapes import (
    Boolean,
    Choice,
    Free,
    Group,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    Setting,
    Shape,
    Text,
)

CORPUS = yaml.safe_load((Path(__file__).parent / "cases" / "hostile.yaml").read_text(encoding="utf-8"))
ODD = [
    *(case["value"] for listed in CORPUS.values() for case in listed if isinstance(case.get("value"), str)),
    *(
        "y",
        "N",
        "~",
        "1e3",
        "0o17",
        "0x1F",
        "1_000",
        "+1",
        "a\nb",
        "a\n",
        "\n a",
        "  a\n b\n\n",
        "\ta",
        "a \nb",
    ),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@cache
def texts(kind: Kind) -> st.SearchStrategy[str]:
    """Texts that the kind takes: its example, odd ones and arbitrary ones."""
    odd = [text for text in ODD if kind.problem(text) is None and kind.normal(text) == text]
    known = st.sampled_from([kind.example, *odd])
    if kind.problem("é !") is None:
        return known | st.text(max_size=12).filter(lambda text: kind.problem(text) is None)
    return known


def values(shape: Shape) -> st.SearchStrategy[Any]:
    match shape:
        case Text(kind=kind):
            return texts(kind)
        case Integer(least=least, most=most):
            return st.integers(least, most)
        case Boolean():
            return st.booleans()
        case Choice(values=listed):
            return st.sampled_from(listed)
        case Setting(kind=kind):
            return texts(kind) | st.booleans() | st.integers()
        case ListOf(item=item, least=least, unique=unique):
            return st.lists(values(item), min_size=least, max_size=3, unique_by=repr if unique else None)
        case MapOf(key=key, value=value, single=single):
            return st.dictionaries(texts(key), values(value), min_size=single, max_size=2 - single)
        case Group(fields=fields):
            return st.fixed_dictionaries(
                {name: values(field.shape) for name, field in fields.items() if field.required},
                optional={name: values(field.shape) for name, field in fields.items() if not field.required},
            )
        case OneOf(shapes=shapes):
            return st.one_of([values(one) for one in shapes])
        case Free(key=key, text=text):
            return st.recursive(
                SCALARS | texts(text),
                lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts(key), inner, max_size=2),
                max_leaves=4,
            )


ALL = values(ANSWERS)


# --- answers that reach where several of them meet: what `new` takes mostly, once it refused the rest

NAMES = ("acme-agent", "acme-side", "vendorx")
SECRETS = (
    "AcmeSecretKey",
    "AcmePassword",
    "AcmeApiKeys",
    "AcmePassPhrase",
    "SECRET_KEY",
    "password",
    "tokens",
    "acme::db::password",
    "update_password",
    "CommunityString",
)
STANDARD = (
    "EndpointMap",
    "RoleName",
    "RoleParameters",
    "ServiceData",
    "ServiceNetMap",
    "DefaultPasswords",
    "DeployIdentifier",
    "StockService",
    *(
        f"{prefix}{name}{kind}Image"
        for prefix in ("Docker", "Container")
        for name in ("AcmeAgent", "Neutron", "CinderVolume")
        for kind in ("", "Config")
    ),
)
RULES = ("tripleo.acme_agent.firewall_rules", "tripleo::acme_agent::firewall_rules")
LITERALS = ("hunter2hunter2", "q7w8e9r0t1", 1234567, "%{hiera('acme')}", "{{ acme }}", "changeme", "", 0)
MEETING: dict[Kind, tuple[str, ...]] = {
    kinds.SERVICE_NAME: NAMES,
    kinds.HEAT_PARAMETER: (
        *STANDARD,
        *SECRETS[:5],
        "AcmePort",
        "ExtraKernelModules",
        "ContainerImagePrepare",
    ),
    kinds.HIERA_KEY: (*RULES, *SECRETS, "acme::port", "cinder::config::cinder_config"),
    kinds.FREE_KEY: (
        *RULES,
        *SECRETS,
        *("uri", "name", "value", "firewall_rules", "environment", "shell", "comand", "volumes", "equals"),
        *("get_parm", "str_replace_strict", "map_merge", "docker_config", "upgrade_task", "memory"),
    ),
    kinds.ENVIRONMENT_NAME: (
        "KOLLA_CONFIG_STRATEGY",
        "TRIPLEO_DEPLOY_IDENTIFIER",
        "ACME_TOKEN",
        "SECRET_KEY",
    ),
    kinds.OPTION: ("volume_driver", "san_password", "secret_key", "volume_backend_name"),
    kinds.CONFIG_VOLUME: ("acme_agent", "neutron", "cinder", "acme"),
    kinds.CONTAINER_NAME: ("acme_agent", "acme_init", "acme_agent_loader", "nova_compute"),
    kinds.STOCK_SERVICE: ("CinderVolume", "NeutronApi", "CinderBackup", "Acme"),
    kinds.ROLE: ("Controller", "Compute", "Acme"),
    kinds.USER: ("acme", "cinder", "1001"),
    kinds.COMMAND: (
        "/usr/bin/acme-agent --debug",
        "/usr/bin/acme --password hunter2hunter2",
        "modprobe acme",
    ),
    places.TEMPLATE: (
        "deployment/cinder/cinder-volume-pacemaker-puppet.yaml",
        "deployment/cinder/cinder-volume-container-puppet.yaml",
    ),
    places.REGISTRY: ("192.168.24.1:8787", "registry.example.com:5000", "localhost:5000"),
    places.BASE_IMAGE: ("cinder-volume", "neutron-server", "neutron-openvswitch-agent", "nova-compute"),
    places.VOLUME: ("/etc/acme:/etc/acme:ro", "/run:/run", "/lib/modules:/lib/modules:ro", "acme:/srv:z"),
    kinds.DOCKERFILE_LINE: (
        "RUN ldconfig",
        "RUN true \\",
        "COPY acme /acme",
        "ENV ACME_TOKEN=hunter2hunter2",
        "COPY ../acme /acme",
        "# FROM scratch",
        "USER acme",
        "FROM acme:1 AS built",
        "RUM ldconfig",
    ),
    places.HOST_DIRECTORY: ("/var/log/containers/acme", "/var/lib/acme"),
}
MEANT: dict[str, tuple[Any, ...]] = {  # the value of such a key
    "get_param": ("AcmePort", *STANDARD),
    "get_attr": (
        ["RoleParametersValue", "value", "AcmePort"],
        ["StockService", "role_data", "a"],
        ["Acme", "b"],
    ),
    "get_parm": ("AcmePort",),
    "list_join": ([",", ["a", {"get_param": "AcmePort"}]], [",", ["a"], ["b"]]),
    "str_replace": ({"template": "a%b%", "params": {"%b%": {"get_param": "AcmePort"}}},),
    "str_replace_strict": ({"template": "ab", "params": {"b": "c"}},),
    "if": (["tls_is_on", "a", "b"], ["acme", 1, 2], ["tls_is_on", "a"]),
    "yaql": ({"expression": "$.data", "data": 1},),
    "map_merge": ([{"a": 1}, {"b": 2}],),
    "equals": ([{"get_param": "AcmePort"}, 1],),
}
MEANT["make_url"] = ({"host": "acme"},)


def meeting(shape: Shape, few: int = 3) -> st.SearchStrategy[Any]:
    """Values of SHAPE with the names that other answers, the templates and the rules know; FEW of a group."""
    match shape:
        case Text(kind=kind) | Setting(kind=kind) if kind in MEETING:
            return st.sampled_from(MEETING[kind])
        case Setting():
            return st.sampled_from(LITERALS)
        case ListOf(item=item, least=least, unique=unique):
            return st.lists(meeting(item), min_size=least, max_size=2, unique_by=repr if unique else None)
        case MapOf(key=key, value=value, single=single):
            return _map(key, meeting(value), 2 - single)
        case Group(fields=declared):
            return _some(declared, few)
        case OneOf(shapes=shapes):
            return st.one_of([meeting(one) for one in shapes])
        case Free(key=key):
            return FREE
    return values(shape)


def _keys(kind: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from(known(kind))


def known(kind: Kind) -> list[str]:
    """The names of KIND that mean something to something else."""
    return [one for one in MEETING.get(kind, ()) if kind.problem(one) is None] or [kind.example]


@st.composite
def _some(draw: st.DrawFn, declared: Mapping[str, fields.Field], few: int) -> dict[str, Any]:
    optional = [name for name, field in declared.items() if not field.required]
    chosen = draw(st.lists(st.sampled_from(optional), max_size=few, unique=True)) if optional else []
    wanted = [name for name, field in declared.items() if field.required or name in chosen]
    return {name: draw(meeting(declared[name].shape)) for name in wanted}


@st.composite
def _map(draw: st.DrawFn, kind: Kind, inner: st.SearchStrategy[Any], most: int) -> dict[str, Any]:
    keys = draw(st.lists(_keys(kind), min_size=1, max_size=most, unique=True))
    return {key: draw(st.sampled_from(MEANT[key]) if key in MEANT else inner) for key in keys}


FREE: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(LITERALS) | st.booleans() | st.none(),
    lambda inner: (
        _map(kinds.FREE_KEY, inner, 2) | _map(kinds.HEAT_FUNCTION, inner, 1) | st.lists(inner, max_size=2)
    ),
    max_leaves=5,
)


@st.composite
def meetings(draw: st.DrawFn) -> dict[str, Any]:
    """Answers of one or two services in which several answers meet; some are right, others refused."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    services = [draw(_some(fields.SERVICE.fields, 7)) | {"service_name": name} for name in names]
    top = {"release": draw(st.sampled_from((*fields.RELEASES, *fields.RHOSP))), "vendor": "Acme"}
    return {**top, "services": services}
