"""A real Heat engine in one process, resolving service templates: jobs in, role_data out, one JSON line each.

Runs under the interpreter of `install.venv("heat")`, a process of its own: it patches the standard library.
There is no HTTP server, no keystone, no message broker and no port. RPC is oslo.messaging's fake:// driver,
the database a SQLite file in a temporary directory, identity Heat's own FakeKeystoneClient: the settings that
python-tripleoclient's HeatNativeLauncher writes for its ephemeral Heat, with the legacy engine instead of
convergence (the same role_data with half the processor time).

A job: {"tree": DIR, "service": "OS::TripleO::Services::X" or PATH, "environments": [PATH, ...],
        "via": "chain" or "service", "role": "Controller", "role_parameters": {}, "parameters": {},
        "real_maps": false, "beside": []}, where only tree and service must be. The answer: {"ok": true,
"role_data": {...}, "seconds": 2.9} or {"ok": false, "stage": "client" | "create" | "stack" | "output", ...}.

via chain   The tree's own common/services/<role>-role.yaml (OS::Heat::ResourceChain and yaql): what TripleO
            hands on to config-download. A role_data key that the release does not know vanishes here.
via service The role_data output of the template itself.
beside      Other services, which the chain of the role puts together with it.
parameters  go over the parameter_defaults of the environments, role_parameters over <Role>Parameters there.
real_maps   ServiceNetMap and EndpointMap out of the tree's network/, not empty ones: many services need them.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore")

import eventlet  # noqa: E402

eventlet.monkey_patch(os=False)  # first of all: Heat 24 lives on green threads

import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import yaml  # noqa: E402
from heat.common import config, context, messaging  # noqa: E402
from heat.db import migration  # noqa: E402
from heat.engine import scheduler, service  # noqa: E402
from heat.rpc import api as rpc_api  # noqa: E402
from heat.rpc import client as rpc_client  # noqa: E402
from heatclient.common import template_utils  # noqa: E402
from oslo_config import cfg  # noqa: E402
from oslo_log import log  # noqa: E402

SETTINGS = """
[DEFAULT]
log_file = {dir}/heat.log
transport_url = fake://
rpc_poll_timeout = 60
rpc_response_timeout = 600
deferred_auth_method = password
num_engine_workers = 1
convergence_engine = false
max_json_body_size = 8388608
max_template_size = 8388608
max_nested_stack_depth = 10
default_deployment_signal_transport = HEAT_SIGNAL
heat_metadata_server_url = http://localhost/
keystone_backend = heat.engine.clients.os.keystone.fake_keystoneclient.FakeKeystoneClient
auth_encryption_key = 0123456789abcdef0123456789abcdef
default_log_levels = heat=WARNING,alembic=WARNING,oslo=WARNING,sqlalchemy=WARNING
[database]
connection = sqlite:///{dir}/heat.sqlite?timeout=60
[yaql]
memory_quota = 900000
limit_iterators = 9000
"""
POLL = 0.05  # seconds between two looks at a stack; Heat itself waits a whole second for a nested one
STACK_TIMEOUT = 300
NETWORKS = ("ctlplane", "external", "internal_api", "storage", "storage_mgmt", "tenant", "management")
# a resource of a stock type, or of a template beside
NESTED = re.compile(r"^ +type: *['\"]?(OS::TripleO::[\w:]+|[\w./-]+\.yaml)['\"]? *$", re.MULTILINE)
REGISTERED = re.compile(r": *['\"]?([\w./-]+\.yaml)")
UNDER_TEST = "OS::TripleO::Services::UnderTest"

Mapping = dict[str, Any]


class TemplateRefused(Exception):
    """The client or Heat would not have it: args are the stage and the reason."""


class Heat:
    """The engine service, and its RPC client."""

    def __init__(self, directory: str) -> None:
        settings = Path(directory, "heat.conf")
        settings.write_text(SETTINGS.format(dir=directory))
        log.register_options(cfg.CONF)
        cfg.CONF(["--config-file", str(settings)], project="heat", prog="heat-engine", version="0")
        log.setup(cfg.CONF, "heat")
        config.set_config_defaults()
        messaging.setup()
        migration.db_sync()
        scheduler.TaskRunner._sleep = _short_sleep
        self.engine = service.EngineService(cfg.CONF.host, rpc_api.ENGINE_TOPIC)
        self.engine.start()
        self.client = rpc_client.EngineClient()
        self.stacks = 0

    def role_data(self, template: Mapping, environment: Mapping, files: Mapping) -> Any:
        """Create the stack and read its output: Heat's validate_template would let far more pass."""
        stack = self._create(template, environment, files)
        output = self.client.show_output(_context(), stack, "role_data")
        if output.get("output_error"):
            raise TemplateRefused("output", output["output_error"])
        return output["output_value"]

    def _create(self, template: Mapping, environment: Mapping, files: Mapping) -> Any:
        self.stacks += 1
        arguments = {"timeout_mins": STACK_TIMEOUT // 60, "disable_rollback": True}
        try:
            stack = self.client.create_stack(
                _context(), f"job-{self.stacks}", template, environment, files, arguments
            )
        except Exception as error:
            raise TemplateRefused("create", str(error).split("\nTraceback")[0]) from error
        end = time.monotonic() + STACK_TIMEOUT
        while time.monotonic() < end:
            seen = self.client.show_stack(_context(), stack, resolve_outputs=False)[0]
            if seen["stack_status"] == "COMPLETE":
                return stack
            if seen["stack_status"] == "FAILED":
                raise TemplateRefused("stack", seen["stack_status_reason"])
            eventlet.sleep(POLL)
        raise TemplateRefused("stack", f"not complete after {STACK_TIMEOUT} s")


def _short_sleep(_runner: Any, wait: float | None) -> None:
    if wait is not None:
        eventlet.sleep(min(wait, POLL))


def _context() -> Any:
    return context.RequestContext(
        user_id="admin",
        username="admin",
        password="unset",
        project_id="admin",
        project_name="admin",
        auth_token="fake",
        auth_url="http://localhost/v3",
        roles=["admin"],
        is_admin=True,
        overwrite=True,
    )


def compose(job: Mapping) -> tuple[Mapping, Mapping, Mapping]:
    """(template, environment, files) of a job, the files collected as `openstack stack create` does."""
    tree = Path(job["tree"]).absolute()
    name = job.get("role", "Controller")
    role_path = tree / f"common/services/{name.lower()}-role.yaml"
    role = yaml.safe_load(role_path.read_text())
    overrides = {"parameter_defaults": job.get("parameters", {})}
    with tempfile.TemporaryDirectory() as directory:
        registry = {}
        for service in (job["service"], *job.get("beside", [])):
            registry |= _registry(tree, role, service, job.get("environments", []))
        first = _write(directory, "first.yaml", {"resource_registry": registry})
        last = _write(directory, "last.yaml", overrides)
        given = [str(Path(path).absolute()) for path in job.get("environments", [])]
        env_files, environment = template_utils.process_multiple_environments_and_files([first, *given, last])
        of_role = environment.get("parameter_defaults", {}).get(f"{name}Parameters") or {}
        parameters = {**of_role, **job.get("role_parameters", {})}
        template = _template(tree, role, role_path, job, {"RoleName": name, "RoleParameters": parameters})
        files, template = template_utils.process_template_path(_write(directory, "top.yaml", template))
    return template, environment, {**files, **env_files}


def _write(directory: str, name: str, content: Mapping) -> str:
    path = Path(directory, name)
    path.write_text(yaml.safe_dump(content))
    return str(path)


def _registry(tree: Path, role: Mapping, wanted: str, environments: list[str]) -> Mapping:
    """What the tree's own registry says about the types a job can meet; ENVIRONMENTS come after it."""
    text = (tree / "overcloud-resource-registry-puppet.yaml").read_text()
    known = yaml.safe_load(text)["resource_registry"]
    registry = {} if wanted.startswith("OS::") else {UNDER_TEST: _url(Path(wanted))}
    types = [wanted, *(resource["type"] for resource in role["resources"].values())]
    for path in filter(Path.is_file, map(Path, environments)):  # whatever is wrong with one is reported below
        types += [str(path.parent / one) for one in REGISTERED.findall(path.read_text(errors="replace"))]
    seen = set()
    while types:
        type_ = types.pop()
        target = known.get(type_)
        if isinstance(target, str) and type_ not in registry:
            registry[type_] = target if target.startswith("OS::") else _url(tree / target)
            types.append(target if target.startswith("OS::") else str(tree / target))
        elif type_ not in seen and Path(type_).is_file():
            seen.add(type_)
            nested = NESTED.findall(Path(type_).read_text())
            types += [one if one.startswith("OS::") else str(Path(type_).parent / one) for one in nested]
    return registry


def _template(tree: Path, role: Mapping, role_path: Path, job: Mapping, properties: Mapping) -> Mapping:
    """The stack around the service: it passes what the role template of the release passes, and no more."""
    resources = _maps(tree) if job.get("real_maps") else {}
    endpoint_map = {"get_attr": ["EndpointMap", "endpoint_map"]} if resources else {}
    net_map = {"get_attr": ["ServiceNetMap", "service_net_map"]} if resources else {}
    passed = {
        **properties,
        "EndpointMap": endpoint_map,
        "ServiceNetMap": net_map,
        "ServiceData": _service_data(),
        "DefaultPasswords": {"horizon_secret": "rehearsal"} if resources else {},
    }
    chain = role["resources"]["ServiceChain"]["properties"]["resource_properties"]
    passed = {key: value for key, value in passed.items() if key in chain}
    wanted = job["service"] if job["service"].startswith("OS::") else UNDER_TEST
    if job.get("via", "chain") == "chain":
        passed["Services"] = [wanted, *job.get("beside", [])]
        resources["Service"] = {"type": _url(role_path), "properties": passed}
    else:
        resources["Service"] = {"type": wanted, "properties": passed}
    outputs = {"role_data": {"value": {"get_attr": ["Service", "role_data"]}}}
    return {"heat_template_version": "rocky", "resources": resources, "outputs": outputs}


def _maps(tree: Path) -> Mapping:
    net_map = tree / "network/service_net_map.yaml"
    parameters = yaml.safe_load(net_map.read_text())["parameters"]
    clouds = {network: f"overcloud.{network}.localdomain" for network in NETWORKS}
    endpoints = {
        "CloudEndpoints": clouds,
        "NetIpMap": _addresses(),
        "ServiceNetMap": {"get_attr": ["ServiceNetMap", "service_net_map"]},
    }
    return {
        "ServiceNetMap": {
            "type": _url(net_map),
            "properties": {name: {} for name, what in parameters.items() if "default" not in what},
        },
        "EndpointMap": {
            "type": _url(tree / "network/endpoints/endpoint_map.yaml"),
            "properties": endpoints,
        },
    }


def _service_data() -> Mapping:
    return {
        "net_ip_version_map": dict.fromkeys(NETWORKS, 4),
        "net_cidr_map": {network: [f"172.16.{n}.0/24"] for n, network in enumerate(NETWORKS)},
        "net_vip_map": _addresses(),
        "vip_subnet_map": {},
    }


def _addresses() -> Mapping:
    addresses = {}
    for n, network in enumerate(NETWORKS):
        ip = f"172.16.{n}.10"
        addresses |= {network: ip, f"{network}_uri": ip, f"{network}_subnet": f"{ip}/24"}
    return addresses


def _url(path: Path) -> str:
    return path.absolute().as_uri()


def answer(heat: Heat, job: Mapping) -> Mapping:
    """Carry out one job; a refusal is an answer like any other."""
    start = time.monotonic()
    try:
        try:
            composed = compose(job)
        except Exception as error:  # a nested file that is missing, YAML that is none: urllib, heatclient ...
            raise TemplateRefused("client", f"{type(error).__name__}: {error}") from error
        result = {"ok": True, "role_data": heat.role_data(*composed)}
    except TemplateRefused as refusal:
        stage, reason = refusal.args
        result = {"ok": False, "stage": stage, "error": str(reason)}
    return {**result, "seconds": round(time.monotonic() - start, 2)}


def main() -> None:
    """Answer the jobs of stdin, or of the file named, until they end."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints goes to stderr and not between the answers
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="heat-", dir=memory, ignore_cleanup_errors=True) as directory:
        heat = Heat(directory)
        with open(sys.argv[1] if sys.argv[1:] else 0) as jobs:  # noqa: PTH123
            for line in jobs:
                print(json.dumps(answer(heat, json.loads(line)), default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
    os._exit(0)  # the threads of the engine have no end of their own
