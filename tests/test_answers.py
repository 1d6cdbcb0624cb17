"""The answers file: what is read, what is refused and how it is said, and writing it again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.answers import NOTHING, Answers, check, dump, load, read
from scaffold.errors import AnswersError, Fault
from scaffold.fields import ANSWERS, ServiceAnswers
from scaffold.fields import SERVICE as SERVICE_FIELDS
from scaffold.fields.asked import Trait
from scaffold.schema import json_schema
from tests.answering import SERVICE, faults, faults_of, values
from tests.answers_strategies import ALL

REACH = """\
schema: 1
repo_name: vendorx-tripleo
vendor: Vendor X
maintainer: Vendor X <support@vendorx.example>
release: wallaby
registry: 192.168.24.1:8787
distribution: rdo
namespace: vendorx
base_registry: quay.io
base_namespace: tripleowallaby
base_tag: current-tripleo
ci: [github]
keep: [README.md]
container_engine: podman
single_node: false
services:
  - service_name: vendorx-agent
    renamed_from: vendorx-probe
    integration: service
    build: layer
    prepare: dockerfile
    images: [{base_image: horizon, install: {packages: [vendorx-dashboard]}}]
    base_image: neutron-openvswitch-agent
    base_user: neutron
    image_name: vendorx-agent
    image_tag: "2.1"
    command: /usr/bin/vendorx-agent
    install:
      repo_files: [vendorx.repo]
      rpm_files: [vendor_x.rpm]
      packages: [vendorx-agent]
      pip: ["vendorx-driver==2.1"]
    labels: {summary: The agent, release: "1"}
    roles: [Controller]
    privileged: false
    cap_add: [SYS_MODULE]
    kernel_module: {name: dpdk_module, delivery: container, loader: separate, source: host}
    launcher_script: {name: vendorx_launcher.sh, exec: /usr/bin/vendorx-agent --config-dir /etc/vendorx}
    step: 4
    container: {user: root, net: host, volumes: ["/dev:/dev", "/etc/vendorx:/etc/vendorx:ro"]}
    containers:
      - name: vendorx_db_sync
        step: 3
        image: quay.io/vendorx/tools:1.0
        command: /usr/bin/bootstrap_host_exec vendorx su vendorx -s /bin/bash -c 'vendorx db sync'
        detach: false
        start_order: 1
        healthcheck: {test: /openstack/healthcheck}
        ulimit: [nofile=131072]
        security_opt: [label=disable]
        depends_on: [tripleo_vendorx.service]
    kolla:
      config_files:
        - {source: /var/lib/kolla/config_files/src/*, dest: /, merge: true, preserve_properties: true}
      permissions: [{path: /var/log/vendorx, owner: "neutron:neutron", recurse: true}]
    parameters: {VendorxPort: {type: number, default: 8080, constraints: [{range: {min: 1, max: 65535}}]}}
    config_settings: {"vendorx::port": {get_param: VendorxPort}}
    service_config_settings: {haproxy: {a: 1}}
    firewall_rules: {110 vendorx agent: {dport: 8080}}
    host_directories: [{path: /var/log/containers/vendorx}]
    metadata_settings: []
    upgrade_tasks: [{name: Stop, service: name=vendorx state=stopped, when: step|int == 2}]
    environment:
      parameter_defaults: {NeutronMechanismDrivers: [vendorx]}
      role_parameters: {Compute: {VendorxPort: 8081}}
      extra_config: {"a::b": 1}
      disabled_services: ["OS::TripleO::Services::NeutronOvsAgent"]
    extra: {container: {mem_limit: 1g}, role_data: {}, dockerfile: [RUN ldconfig]}
all_images:
  install: {packages: [vendorx-common]}
  args: {VCS_REF: ""}
  labels: {url: "https://vendorx.example"}
  dockerfile: [RUN true]
"""


# --- reading


def test_reach_of_the_file_survives_writing_and_the_schema_knows_it() -> None:
    wanted = values(REACH)
    assert values(dump(wanted)) == wanted == yaml.safe_load(REACH)
    jsonschema.Draft202012Validator(json_schema()).validate(wanted)
    (only,) = wanted["services"]
    others = {"image", "args", "prepare", "images", "wraps", "puppet_config", "conditions"}
    others |= {"cinder_backends", "manila_backends"}
    assert set(SERVICE_FIELDS.fields) - set(only) - others <= {
        "host_prep_tasks",
        *ServiceAnswers.named(Trait.TASKS),
    }
    assert set(wanted) == set(ANSWERS.fields)


def test_shortest_file() -> None:
    assert values(SERVICE) == {"services": [{"service_name": "acme-agent"}]}


def test_shorthands_are_written_out_and_nothing_is_defaulted() -> None:
    text = SERVICE + "schema: 1\nrelease: 16.2\n"
    sets = [
        "kernel_module=dpdk_module",
        "launcher_script=l.sh",
        "cap_add=[CAP_SYS_MODULE, BPF]",
        "base_user=42400",
    ]
    assert values(text, *sets) == {
        "services": [
            {
                "service_name": "acme-agent",
                "kernel_module": {"name": "dpdk_module"},
                "launcher_script": {"name": "l.sh"},
                "cap_add": ["SYS_MODULE", "BPF"],
                "base_user": "42400",
            }
        ],
        "schema": 1,
        "release": "16.2",
    }


@pytest.mark.parametrize("release", ["13", "16.1", "16.2", "17.1", '"16.0"', '"17.0"', '"13"', "wallaby"])
def test_release_may_be_a_number_of_rhosp(release: str) -> None:
    assert values(f"release: {release}\n{SERVICE}")["release"] == release.strip('"')


def test_every_fault_is_reported_at_once_in_the_order_of_the_file() -> None:
    text = """\
vendor: no
relase: wallaby
services:
  - service_name: vendorx-agent
    step:    9
    image_tag: 1.10
    roles: []
    roles: [Compute]
    cap_add: [CAP_SYS_MODULE, SYS_MODULE]
    registry: quay.io
    volumes: []
    labels: {yes: 1}
    container: {environment: {A: 1.10, NO: x}, command: 5}
    extra: {container: &a {x: *a, y: 22:22, z: 2001-01-01, n: .nan}}
  - step:
    integration: servise
    kolla: {config_files: [{source: a, perm: 0755}]}
    privileged: "true"
    install: [a]
    kernel_module: {name: "", delivery: }
    detach: !!str x
step: 3
"""
    unquoted = "(without quotes YAML reads a number)"
    assert faults(text) == [
        'answers.yaml:1:9: vendor: quote it: "no" (without quotes YAML reads true or false)',
        'answers.yaml:2:1: relase: there is no answer "relase"; did you mean "release"?',
        "answers.yaml:5:14: services[0].step: must be 1 to 5, not 9",
        f'answers.yaml:6:16: services[0].image_tag: quote it: "1.10" {unquoted}',
        "answers.yaml:7:5: services[0].roles: must not be an empty list",
        'answers.yaml:8:5: "roles" is here twice: it is in line 7 already',
        'answers.yaml:9:31: services[0].cap_add[1]: "SYS_MODULE" is in the list already',
        "answers.yaml:10:5: services[0].registry: "
        "is an answer of the whole repository: put it at the top, beside services",
        "answers.yaml:11:5: services[0].volumes: "
        "is an answer of a container: put it under container, or into containers",
        'answers.yaml:12:14: services[0].labels: the key "yes" needs quotes',
        f'answers.yaml:12:19: services[0].labels.yes: quote it: "1" {unquoted}',
        f'answers.yaml:13:34: services[0].container.environment.A: quote it: "1.10" {unquoted}',
        'answers.yaml:13:40: services[0].container.environment: the key "NO" needs quotes',
        "answers.yaml:13:48: services[0].container.command: "
        "is an answer of the service: put it beside container",
        "answers.yaml:14:24: &a is an anchor: write each value out where it stands",
        "answers.yaml:14:31: *a is an alias: write the value out",
        f'answers.yaml:14:38: services[0].extra.container.y: quote it: "22:22" {unquoted}',
        'answers.yaml:14:48: services[0].extra.container.z: quote it: "2001-01-01" '
        "(without quotes YAML reads a date)",
        f'answers.yaml:14:63: services[0].extra.container.n: quote it: ".nan" {unquoted}',
        "answers.yaml:15:5: services[1].service_name: is missing: --set services.1.service_name=VALUE",
        "answers.yaml:15:10: services[1].step: is empty: give it a value, or take the line away",
        "answers.yaml:16:18: services[1].integration: must be service, image, config, environment or other, "
        'not "servise"; did you mean "service"?',
        "answers.yaml:17:28: services[1].kolla.config_files[0].dest: is missing",
        "answers.yaml:17:37: services[1].kolla.config_files[0].source: "
        'must be an absolute path without .. and colons, not "a"',
        f'answers.yaml:17:46: services[1].kolla.config_files[0].perm: quote it: "0755" {unquoted}',
        'answers.yaml:18:17: services[1].privileged: must be true or false, not "true"',
        "answers.yaml:19:5: services[1].install: must be a map, not a list",
        "answers.yaml:20:27: services[1].kernel_module.name: "
        'must be the name of a kernel module, without path and .ko, not ""',
        "answers.yaml:20:41: services[1].kernel_module.delivery: "
        "is empty: give it a value, or take the line away",
        "answers.yaml:21:5: services[1].detach: is an answer of a further container: put it into containers",
        'answers.yaml:21:13: "tag:yaml.org,2002:str" is a tag: answers are plain values without tags',
        "answers.yaml:22:1: step: is an answer of a service: put it under services",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", "answers.yaml:2:1: is not YAML: did not find expected node content"),
        ("a:\n\tb: 1", "answers.yaml:2:1: is not YAML: indent with spaces, not with tabs"),
        ("vendor", "answers.yaml:1:1: must be a map of answers, like vendor: Vendor X"),
        ("- a", "answers.yaml:1:1: must be a map of answers, like vendor: Vendor X"),
        ("a: 1\n---\nb: 2",
         "answers.yaml:2:1: a second document begins here: one file holds one set of answers"),
        ("a: '\0'", r'answers.yaml:1:5: "\x00" is a character that no answer may hold: remove it'),
        ("a\u2028: 1", r'answers.yaml:1:2: "\u2028" is a character that no answer may hold: remove it'),
        ("[" * 100, "answers.yaml:1:13: lists and maps may be nested 12 deep, not deeper"),
        ("a" * 70000, "answers.yaml: must be at most 64 kB of text"),
        ("", "answers.yaml: services: is missing: give at least --set service_name=NAME"),
        ("# nothing", "answers.yaml: services: is missing: give at least --set service_name=NAME"),
        ("vendor: A", "answers.yaml: services: is missing: give at least --set service_name=NAME"),
        ("servces: []", 'answers.yaml:1:1: servces: there is no answer "servces"; did you mean "services"?'),
        ("services: [{servicename: a-b}]",
         'answers.yaml:1:13: services[0].servicename: there is no answer "servicename"; '
         'did you mean "service_name"?'),
        (SERVICE + "? [a]\n: b", "answers.yaml:2:3: a key must be a plain word"),
        (SERVICE + "<<: {a: b}", 'answers.yaml:2:1: ["<<"]: there is no answer "<<"'),
        (SERVICE + "schema: 2", "answers.yaml:2:9: schema: must be 1, not 2"),
        (SERVICE + "schema: 0b1", "answers.yaml:2:9: schema: must be 1, not 0b1"),
        (SERVICE + "release: 17", 'answers.yaml:2:10: release: must be queens, rocky, stein, train, ussuri, '
         'victoria, wallaby, 13, 16.0, 16.1, 16.2, 17.0 or 17.1, not "17"; did you mean "17.1"?'),
        (SERVICE + "release: 17.0",
         'answers.yaml:2:10: release: quote it: "17.0" (without quotes YAML reads a number)'),
        (SERVICE + "vendor: 2001-99-99",
         'answers.yaml:2:9: vendor: quote it: "2001-99-99" (without quotes YAML reads a number)'),
        (SERVICE + r'vendor: "\e[31m"', "answers.yaml:2:9: vendor: must be one line of text, "
         r'without control or invisible characters or spaces around it, not "\x1b[31m"'),
    ],
)  # fmt: skip
def test_one_fault(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_deeper_than_the_yaml_library_goes() -> None:
    (fault,) = faults("[" * 3000)
    assert fault.endswith("lists and maps may be nested 12 deep, not deeper")


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    assert values("\ufeff" + SERVICE) == values(SERVICE)


def test_file_is_read_from_disk_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE)
    assert check(read(str(file))).place(("services", 0, "service_name")) == f"{file}:1:27"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SERVICE.encode())))
    assert check(read("-")).place(("services", 0, "service_name")) == "(stdin):1:27"


@pytest.mark.parametrize("name", ["missing.yaml", "", ".", "a\0b", "a" * 5000])
def test_file_that_cannot_be_read_is_one_fault(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AnswersError) as caught:
        read(name)
    (fault,) = caught.value.faults
    assert fault.message.startswith("cannot be read: ")
    assert fault.place.isprintable()


def test_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(AnswersError, match="at most 64 kB"):
        read("/dev/zero")


# --- places


def test_place_of_an_answer_or_of_what_is_around_it() -> None:
    text = "vendor: A\nservices:\n  - service_name: a-b\n    install:\n      pip: [a==1]\n"
    answers = check(load(text, "a.yaml").with_settings(["step=3"]))
    assert answers.place(("vendor",)) == "a.yaml:1:9"
    assert answers.place(("services", 0, "install")) == "a.yaml:4:5"
    assert answers.place(("services", 0, "install", "pip", 0)) == "a.yaml:5:13"
    assert answers.place(("services", 0, "install", "packages", 0)) == "a.yaml:4:5"
    assert answers.place(("services", 0, "step")) == "--set step"
    assert answers.fault(("services", 0, "roles"), "must be more") == Fault(
        "a.yaml:3:5", "services[0].roles", "must be more"
    )
    assert Answers({}, {}).fault(("labels", "a.b"), "x") == Fault("", 'labels["a.b"]', "x")


def test_answers_may_be_incomplete_while_they_are_asked_for() -> None:
    assert check(load("vendor: A\n", "a"), whole=False).values == {"vendor": "A"}
    assert check(NOTHING, whole=False).values == {}


# --- writing


def test_dump_is_what_a_person_would_write() -> None:
    wanted = {
        "vendor": "日本電気",
        "release": "16.2",
        "services": [
            {
                "service_name": "acme-agent",
                "image_tag": "1e3",
                "labels": {"y": "no", "release": "1"},
                "roles": ["Compute"],
                "host_prep_tasks": [{"name": "a", "shell": "set -e\ntrue\n"}],
                "config_settings": {},
            }
        ],
    }
    text = """\
vendor: 日本電気
release: "16.2"
services:
  - service_name: acme-agent
    image_tag: "1e3"
    labels:
      "y": 'no'
      release: "1"
    roles:
      - Compute
    host_prep_tasks:
      - name: a
        shell: |
          set -e
          true
    config_settings: {}
"""
    assert dump(wanted) == text
    assert values(text) == wanted


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(ALL)
def test_dumped_values_come_back(wanted: dict[str, Any]) -> None:
    assert check(load(dump(wanted), "answers.yaml")).values == wanted


@given(st.text() | st.text("[]{}:,-?&*!|>'\"%@`# \n\tab1.0~<=", max_size=60))
def test_no_text_breaks_the_tool(text: str) -> None:
    for message in (*faults_of(lambda: load(text, "a")), *faults_of(lambda: NOTHING.with_settings([text]))):
        assert message.isprintable()


@settings(suppress_health_check=list(HealthCheck))
@given(st.binary())
def test_no_bytes_break_the_tool(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(data)
    faults_of(lambda: read(str(file)))


def test_yaml_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, json, scaffold.answers; print(json.dumps('yaml' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
