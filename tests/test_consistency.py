"""Answers that cannot work together are refused, each with its place, the reason and the fix."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.resolve import checked

from .conftest import EXAMPLES
from .laws import errors

SPELT_OUT = "a password does not belong into a repository"
# settings over the minimal file -> what the faults must say
REFUSED = {
    "roles of an image alone": (["integration=image", "roles=[Compute]"], "wherever the stock service runs"),
    "module without privilege": (["kernel_module=dpdk"], "needs cap_add: [SYS_MODULE], or delivery: host"),
    "module on rocky": (["release=rocky", "kernel_module=dpdk"], "needs privileged: true"),
    "capability on queens": (["release=queens", "cap_add=[NET_ADMIN]"], "queens drops it silently"),
    "capability twice": (["privileged=true", "cap_add=[NET_ADMIN]"], "holds every capability already"),
    "launcher that ends": (
        ["launcher_script={name: l.sh, exec: /usr/sbin/modprobe dpdk}"],
        "restart in a loop",
    ),
    "command that ends": (["command=modprobe dpdk"], "restart in a loop"),
    "host module, loader": (
        ["kernel_module={name: dpdk, delivery: host, loader: same}"],
        "the host loads the module",
    ),
    "host module, modprobe launcher": (
        ["kernel_module={name: dpdk, delivery: host}", "launcher_script={name: l.sh, exec: modprobe dpdk}"],
        "let kernel_module load the module",
    ),
    "loader before step 1": (
        ["privileged=true", "kernel_module=dpdk", "step=1"],
        "the loader runs a step earlier",
    ),
    "loopback registry": (["registry=127.0.0.1:8787"], "no other node can reach 127.0.0.1:8787"),
    "localhost registry": (["registry=localhost"], "or set single_node: true"),
    "stock service": (["service_name=cinder-volume"], "has a service OS::TripleO::Services::CinderVolume"),
    "stock container": (["containers=[{name: nova_compute}]"], "has a container nova_compute"),
    "stock script": (["launcher_script=neutron_ovs_agent_launcher.sh"], "has a config script"),
    "container name twice": (["containers=[{name: vendorx_agent}]"], "another container of this service"),
    "unknown base": (["base_image=cindr-volume"], 'did you mean "cinder-volume"'),
    "unknown reference": (["base_image=quay.io/acme/base:1"], "say which user it runs as"),
    "config with image": (
        ["integration=config", "base_image=cinder-volume"],
        "a config-only service has no image",
    ),
    "swap with launcher": (["integration=image", "launcher_script=l.sh"], "or integration: service"),
    "swap with container module": (
        ["integration=image", "kernel_module={name: dpdk, delivery: container}"],
        "no container of its own",
    ),
    "rhosp without a build": (["release=stein", "distribution=rhosp"], "no RHOSP is built on stein"),
    "image parameter of another release": (
        ["environment={parameter_defaults: {DockerCinderVolumeImage: x}}"],
        "write ContainerCinderVolumeImage",
    ),
    "prepare on queens": (
        ["integration=image", "release=queens", "build=prepare"],
        "queens has no ContainerImagePrepare",
    ),
    "prepare for containers of one's own": (["build=prepare"], "use integration: image, or build: layer"),
    "prepare from packages on rocky": (
        ["integration=image", "release=rocky", "build=prepare", "prepare=packages", "install.packages=[a]"],
        "has no yum_install.yml",
    ),
    "prepare of RPM files and more": (
        [
            "integration=image",
            "build=prepare",
            "prepare=rpms",
            "install={rpm_files: [a.rpm], pip: ['a==1']}",
        ],
        "prepare: rpms installs rpm_files only",
    ),
    "prepare of nothing": (["integration=image", "build=prepare", "prepare=rpms"], "nothing is there"),
    "prepare, and a list of one's own": (
        [
            "integration=image",
            "build=prepare",
            "environment={parameter_defaults: {ContainerImagePrepare: []}}",
        ],
        "build: prepare writes this list",
    ),
    "prepare without its build": (["prepare=rpms"], "set build: prepare, or leave it out"),
    "kolla's image of another name": (
        ["build=kolla", "image_name=mine"],
        "build: kolla names its images itself",
    ),
    "kolla for Red Hat": (["release=16.2", "build=kolla"], "does not publish what its images are built from"),
    "kolla without a template": (
        ["release=train", "build=kolla", "base_image=neutron-mlnx-agent"],
        "kolla has no template for neutron-mlnx-agent",
    ),
    "kolla from another base": (
        ["release=train", "build=kolla", "base_image=quay.io/a/cinder-volume:1"],
        "kolla builds the release's own images",
    ),
    "Dockerfile lines in TCIB": (
        ["build=kolla", "extra={dockerfile: [RUN true]}"],
        "TCIB, which builds the images of wallaby, writes the Dockerfile",
    ),
    "packages of kolla's in a layer": (["install={base_packages: [a]}"], "does not use kolla's templates"),
    "kolla's packages twice": (
        ["release=train", "build=kolla", "install={packages: [a], packages_override: [b]}"],
        "in place of packages",
    ),
    "kolla image twice": (
        [
            "release=train",
            "integration=image",
            "build=kolla",
            "images=[{base_image: horizon}, {base_image: horizon}]",
        ],
        "services[0].images[0] has the kolla image horizon too",
    ),
    "kolla tags": (
        [
            "release=train",
            "integration=image",
            "build=kolla",
            "images=[{base_image: horizon}, {base_image: heat-api, image_tag: '2'}]",
        ],
        "with one tag; give them the same",
    ),
    "images that set one parameter": (
        [
            "release=queens",
            "integration=image",
            "images=[{base_image: neutron-server}, {base_image: neutron-server-ovn}]",
        ],
        "has the image parameter DockerNeutronApiImage too",
    ),
    "several images of a service": (["images=[{base_image: horizon}]"], "use integration: image"),
    "one image and several": (
        ["integration=image", "image_name=a", "images=[{base_image: horizon}]"],
        "say it of each of the images",
    ),
    "unknown base of several": (
        ["integration=image", "images=[{base_image: horizn}]"],
        'images[0].base_image: there is no stock image "horizn" in wallaby; did you mean "horizon"',
    ),
    "podman on queens": (["release=queens", "container_engine=podman"], "runs containers with docker only"),
    "default of a password": (["parameters={AcmePassword: {type: string, default: x}}"], SPELT_OUT),
    "default of a hidden parameter": (
        ["parameters={AcmeKey: {type: string, hidden: true, default: x}}"],
        SPELT_OUT,
    ),
    "password of a task": (["deploy_steps_tasks=[{uri: {user: a, password: q7w8e9r0t1}}]"], SPELT_OUT),
    "secret key": (["environment={parameter_defaults: {AcmeSecretKey: q7w8e9r0t1}}"], SPELT_OUT),
    "password of a command": (["command=/usr/bin/acme --password q7w8e9r0t1"], SPELT_OUT),
    "password of a host in a line": (["extra={dockerfile: [ENV ACME_TOKEN=q7w8e9r0t1]}"], SPELT_OUT),
    "password as a label": (["vendor=--password q7w8e9r0t1"], SPELT_OUT),
    "standard parameter": (["parameters={EndpointMap: {type: json}}"], "declares it already"),
    "own image parameter": (
        ["parameters={ContainerVendorxAgentImage: {type: string}}"],
        "declares it already",
    ),
    "parameter of one-shots": (
        [
            "containers=[{name: a, detach: false, command: [a]}]",
            "parameters={DeployIdentifier: {type: string}}",
        ],
        "declares it already",
    ),
    "rules beside their hieradata": (
        [
            "release=train",
            "firewall_rules={110 a: {dport: 1}}",
            "config_settings={tripleo.vendorx_agent.firewall_rules: {110 b: {dport: 2}}}",
        ],
        "write all rules under that",
    ),
    "rules of another service": (
        ["release=train", "config_settings={tripleo.acme.firewall_rules: {110 b: {dport: 2}}}"],
        "the rules of acme are not those of this service",
    ),
    "rules in hieradata that is not read": (
        ["config_settings={tripleo.vendorx_agent.firewall_rules: {110 b: {dport: 2}}}"],
        "wallaby does not read it",
    ),
    "parameter without a name": (["config_settings={'a::b': {get_param: false}}"], "must name a parameter"),
    "kernel modules as a list": (
        ["environment={parameter_defaults: {ExtraKernelModules: [acme]}}"],
        "must be a map, like {NAME: {}}",
    ),
    "parameters of a role as a text": (
        ["environment={parameter_defaults: {ComputeParameters: acme}}"],
        "must be a map, like {NAME: VALUE}",
    ),
    "password in the environment file": (["environment={parameter_defaults: {AcmePassword: x}}"], SPELT_OUT),
    "password in hieradata": (["config_settings={'acme::api_key': x}"], SPELT_OUT),
    "password in a map": (
        ["environment={extra_config: {'cinder::config::cinder_config': {a/san_password: {value: x}}}}"],
        SPELT_OUT,
    ),
    "password of a backend": (["cinder_backends={a: {volume_driver: x, san_password: 7}}"], SPELT_OUT),
    "token of a container": (["container={environment: {ACME_TOKEN: x}}"], SPELT_OUT),
    "registry credentials": (
        ["environment={parameter_defaults: {ContainerImageRegistryCredentials: {a.example: {me: x}}}}"],
        SPELT_OUT,
    ),
    "parameter that is not there": (["config_settings={a: {get_param: Absent}}"], 'no parameter "Absent"'),
    "parameter inside a list": (["config_settings={a: {get_param: [Absent, b]}}"], 'no parameter "Absent"'),
    "parameter inside tasks": (
        ["update_tasks=[{name: x, debug: {msg: {get_param: Absent}}}]"],
        'no parameter "Absent"',
    ),
    "condition that is not there": (["config_settings={a: {if: [absent, 1, 2]}}"], 'no condition "absent"'),
    "function in the environment file": (
        ["environment={parameter_defaults: {A: {get_param: B}}}"],
        "an environment file knows no get_param",
    ),
    "a function of Heat for the password of a backend": (
        ["cinder_backends={a: {volume_driver: x, san_password: {get_param: P}}}"],
        "is named in the list secrets",
    ),
    "backend without driver": (["cinder_backends={acme: {san_ip: x}}"], "missing: volume_driver"),
    "manila backend without its mode": (
        ["release=train", "manila_backends={acme: {share_driver: x}}"],
        "manila_backends.acme: missing: driver_handles_share_servers, true or false",
    ),
    "a password of a manila backend": (
        ["manila_backends={a: {share_driver: x, driver_handles_share_servers: false, a_password: b}}"],
        "name the option instead, secrets: [a_password]",
    ),
    "manila backend that the release does not run": (
        ["release=queens", "manila_backends={a: {share_driver: x, driver_handles_share_servers: false}}"],
        "manila_backends: manila of queens runs none but its own backends",
    ),
    "an environment file with hieradata of a service": (
        ["integration=environment", "config_settings={a: 1}"],
        "an environment file alone has no service template",
    ),
    "an environment file with an image": (
        ["integration=environment", "install={packages: [a]}"],
        "an environment file alone has no image",
    ),
    "an environment file with a container": (
        ["integration=environment", "privileged=true"],
        "integration: environment has no container",
    ),
    "hieradata of a role, and of the service's roles": (
        ["environment={extra_config: {a: 1}, role_extra_config: {Controller: {a: 2}}}"],
        "role_extra_config.Controller.a: extra_config sets it for Controller too",
    ),
    "container without command": (["containers=[{name: a}]"], "give command, or an image that has one"),
    "kolla with arguments": (
        ["containers=[{name: a, command: [b, c], kolla: {}}]"],
        "write command as one text",
    ),
    "swap with hieradata": (["integration=image", "config_settings={a: 1}"], "has no service template"),
    "swap with tasks": (["integration=image", "upgrade_tasks=[{name: x}]"], "or integration: config"),
    "section twice": (
        ["config_settings={a: 1}", "extra={role_data: {config_settings: {}}}"],
        "set config_settings on the service; here it would be written twice",
    ),
    "key of a container twice": (
        ["extra={container: {net: none}}"],
        "set net under container; here it would be written twice",
    ),
    "section that the release drops": (
        ["release=wallaby", "fast_forward_upgrade_tasks=[{name: x}]"],
        "wallaby ignores this section",
    ),
    "wrapped service that is not there": (
        ["integration=config", "wraps=CinderVolum"],
        'did you mean "CinderVolume"',
    ),
    "neither a service nor a template": (
        ["wraps={sections: [config_settings]}"],
        "name a service, or a template",
    ),
    "the place of no service": (
        ["wraps={template: deployment/a/b.yaml, in_place: true}"],
        "services[0].wraps.in_place: name the service whose place it takes",
    ),
    "two places": (
        [
            "integration=config",
            "wraps=[{service: CinderApi}, {service: CinderScheduler, sections: [update_tasks]}]",
        ],
        "services[0].wraps[1]: the place of another is taken already; write in_place: false",
    ),
    "all of two templates": (
        ["wraps=[{template: deployment/a/b.yaml}, {template: deployment/a/c.yaml}]"],
        "services[0].wraps[1]: only one of several can give all its sections",
    ),
    "a section that cannot be joined": (
        ["wraps=[{template: puppet/b.yaml}, {template: puppet/c.yaml, sections: [docker_config]}]"],
        "services[0].wraps[1].sections[0]: two docker_config cannot be joined",
    ),
    "a section that is misspelt": (
        ["wraps={template: deployment/a/b.yaml, sections: [config_setings]}"],
        'no section config_setings in role_data; did you mean "config_settings"',
    ),
    "a section that the release drops, of a template": (
        ["release=wallaby", "wraps={template: deployment/a/b.yaml, sections: [logging_source]}"],
        "wallaby ignores this section of role_data",
    ),
    "a stock service twice on a role": (
        ["integration=config", "roles=[Compute]", "wraps={service: NovaCompute, in_place: false}"],
        "Compute holds NovaCompute too, and the containers of both have the same names",
    ),
    "config image that is not there": (
        ["puppet_config={step_config: x, config_image: absent}"],
        'no stock image "absent"',
    ),
    "another image for a volume of the release": (
        ["puppet_config={step_config: x, config_volume: neutron, config_image: neutron-dhcp-agent}"],
        "would stand in for it; leave it out, or choose another config_volume",
    ),
    "an image without a volume, of a service that wraps": (
        ["wraps=NeutronApi", "integration=config", "puppet_config={step_config: x, config_image: a/b:1}"],
        "keeps its image; name config_volume too",
    ),
    "once per cluster, not as root": (
        ["containers=[{name: a, detach: false, command: /usr/bin/bootstrap_host_exec a b}]"],
        "containers[0].command: bootstrap_host_exec needs the user root",
    ),
    "once per cluster, as another user": (
        ["containers=[{name: a, detach: false, user: nova, command: [bootstrap_host_exec, a, b]}]"],
        "containers[0].user: bootstrap_host_exec needs the user root",
    ),
    "stock image by role": (
        ["release=train", "environment={role_parameters: {Compute: {ContainerNovaComputeImage: a/b:1}}}"],
        "services[0].environment.role_parameters.Compute.ContainerNovaComputeImage: "
        "train reads ContainerNovaComputeImage for all roles alike",
    ),
    "stock image by role, of 17.0": (
        ["release=17.0", "environment={role_parameters: {Compute: {ContainerNovaComputeImage: a/b:1}}}"],
        "17.0 reads ContainerNovaComputeImage for all roles alike",
    ),
    "stock image in a map of a role": (
        ["release=13", "environment={parameter_defaults: {ComputeParameters: {DockerNovaComputeImage: a}}}"],
        "parameter_defaults.ComputeParameters.DockerNovaComputeImage: 13 reads DockerNovaComputeImage",
    ),
    "own parameter by role": (
        ["parameters={Mask: {type: string}}", "environment={role_parameters: {Compute: {Mask: a}}}"],
        "Mask is read for all roles alike; declare it with role_specific: true",
    ),
    "puppet without an image": (
        ["integration=config", "puppet_config={step_config: x}"],
        "missing: config_image",
    ),
    "module for the image without files": (
        ["kernel_module={name: dpdk, delivery: host, install: image}"],
        "missing: the packages or rpm_files",
    ),
    "module by deployment from a file": (
        ["kernel_module={name: a, delivery: host, install: deployment, packages: [a], rpm_files: [a.rpm]}"],
        "leave it out, or install: image",
    ),
    "module that nothing installs": (
        ["kernel_module={name: dpdk, delivery: host, install: none, packages: [a]}"],
        "nothing would install it",
    ),
    "host answers of a container's module": (
        ["privileged=true", "kernel_module={name: dpdk, packages: [a]}"],
        "delivery: host",
    ),
    "hieradata that the environment file hides": (
        ["config_settings={'a::b': 1}", "environment={extra_config: {'a::b': 2}}"],
        "hiera takes only that",
    ),
    "backends that hide options": (
        ["config_settings={'cinder::config::cinder_config': {}}", "cinder_backends={a: {volume_driver: x}}"],
        "set all of it in one place",
    ),
    "something else": (
        ["integration=other"],
        "TripleO has\n  Ansible on the nodes: integration: config with",
    ),
}
# what two services of one repository set -> what the fault of the second must say
DIFFERENT = {
    "parameter": ("environment: {parameter_defaults: {A: %s}}", "sets A to another value"),
    "role's parameter": (
        "environment: {role_parameters: {Compute: {KernelArgs: %s}}}",
        "sets KernelArgs of ComputeParameters to another value",
    ),
    "hieradata": ("environment: {extra_config: {'a::b': %s}}", "sets a::b of ControllerExtraConfig to"),
    "backend": (
        "cinder_backends: {acme: {volume_driver: driver.%s}}",
        "sets acme/volume_driver of cinder::config::cinder_config",
    ),
    "stock service": ("integration: config, wraps: CinderVolume", "sets OS::TripleO::Services::CinderVolume"),
}
ACCEPTED = {
    "single node": ["registry=127.0.0.1:8787", "single_node=true"],
    "capability suffices": ["kernel_module=dpdk", "cap_add=[CAP_SYS_MODULE]"],
    "unknown reference with its user": ["base_image=quay.io/acme/base:1", "base_user=acme"],
    "known reference": ["base_image=registry.example.com/mirror/openstack-horizon:16.2"],
    "rhosp by number": ["release=17.1"],
    "password without default": ["parameters={AcmePassword: {type: string}}"],
    "password by reference": [
        "parameters={AcmePassword: {type: string}}",
        "config_settings={'acme::password': {get_param: AcmePassword}, 'b::password': \"%{hiera('c')}\"}",
    ],
    "image of a stock config volume": [
        "puppet_config={step_config: include acme, config_volume: neutron}",
        "config_settings={'acme::image': {get_param: ContainerNeutronConfigImage}}",
    ],
    "image of one's own config volume": [
        "puppet_config={step_config: include acme}",
        "config_settings={'acme::image': {get_param: ContainerVendorxAgentConfigImage}}",
    ],
    "image parameter of another release that is declared": [
        "parameters={DockerAcmeImage: {type: string}}",
        "environment={parameter_defaults: {DockerAcmeImage: x}}",
    ],
    "secret by name in a task": [
        "deploy_steps_tasks=[{k8s: {secret: acme-secret, update_password: always}}]"
    ],
    "parameters that no role has": ["environment={parameter_defaults: {AcmeParameters: [a]}}"],
    "a function's name as a key": ["extra={container: {equals: [a, 1]}, role_data: {equals: [a]}}"],
    "login without credentials": ["environment={parameter_defaults: {ContainerImageRegistryLogin: true}}"],
    "parameters of every service": ["config_settings={a: {get_param: [ServiceNetMap, AcmeNetwork]}}"],
    "condition that is there": [
        "conditions={high: {equals: [1, 1]}}",
        "config_settings={a: {if: [high, 1, 2]}}",
    ],
    "container whose image has a command": ["containers=[{name: a, image: 'quay.io/acme/side:1'}]"],
}


def document(settings: list[str]) -> answers.AnswersDocument:
    return answers.load("services:\n  - service_name: vendorx-agent\n", "answers.yaml").with_settings(
        settings
    )


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    settings, message = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        plan(answers.check(document(settings)))
    assert message in caught.value.message
    assert all(fault.place for fault in caught.value.faults)


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(case: str) -> None:
    assert errors(plan(answers.check(document(ACCEPTED[case])))) == []


def faults(text: str) -> list[str]:
    with pytest.raises(AnswersError) as caught:
        plan(checked(answers.load(text, "answers.yaml")))
    return list(map(str, caught.value.faults))


def test_two_services_cannot_share_a_name_and_that_is_one_fault() -> None:
    one = "{service_name: a-b, image_name: x, launcher_script: l.sh, config_settings: {'a::b': %s}}"
    assert faults(f"services:\n  - {one % 1}\n  - {one % 2}\n") == [
        "answers.yaml:3:20: services[1].service_name: services[0] has the service AB too; each needs its own"
    ]


def test_two_swaps_of_one_image_are_one_fault() -> None:
    one = "{service_name: %s, integration: image, base_image: cinder-volume}"
    assert faults(f"services:\n  - {one % 'a-b'}\n  - {one % 'c-d'}\n") == [
        "answers.yaml:3:57: services[1].base_image: services[0] has the image parameter "
        "ContainerCinderVolumeImage too; each needs its own"
    ]


def test_faults_of_shape_and_of_consistency_come_in_one_round_in_the_order_of_the_file() -> None:
    text = """\
registry: localhost
container_engine: dockr
services:
  - service_name: one-agent
    step: 9
    base_image: cindr-volume
    roles: Controller
    kernel_module: {name: a/b, loader: same}
  - service_name: one-agent
  - service_name: Two
    privilegd: true
    kernel_module: dpdk
    cinder_backends: {acme: {san_ip: x}}
"""
    assert faults(text) == [
        "answers.yaml:1:11: registry: no other node can reach localhost; name an address that the nodes "
        "reach (undercloud.ctlplane.localdomain:8787 is the undercloud's), or set single_node: true",
        'answers.yaml:2:19: container_engine: must be docker or podman, not "dockr"; did you mean "docker"?',
        "answers.yaml:5:11: services[0].step: must be 1 to 5, not 9",
        'answers.yaml:6:17: services[0].base_image: there is no stock image "cindr-volume" in wallaby; '
        'did you mean "cinder-volume"? (vendor-scaffold catalogue lists them)',
        'answers.yaml:7:12: services[0].roles: must be a list, not "Controller": write [Controller]',
        "answers.yaml:8:5: services[0].kernel_module: loading a module from a container needs "
        "cap_add: [SYS_MODULE], or delivery: host",
        "answers.yaml:8:27: services[0].kernel_module.name: "
        'must be the name of a kernel module, without path and .ko, not "a/b"',
        "answers.yaml:9:19: services[1].service_name: services[0] has the service OneAgent too; "
        "each needs its own",
        "answers.yaml:10:19: services[2].service_name: must be lower-case words joined by single dashes, "
        'like vendorx-agent, not "Two"',
        'answers.yaml:11:5: services[2].privilegd: there is no answer "privilegd"; '
        'did you mean "privileged"?',
        "answers.yaml:13:23: services[2].cinder_backends.acme: "
        "missing: volume_driver, the class of the driver",
    ]


@pytest.mark.parametrize("text", ["services: 3", "services: [3]", "services: [{}]", "servics: []"])
def test_rules_keep_silent_about_what_is_not_known(text: str) -> None:
    wrong = faults(f"release: 17\n{text}\n")
    assert len(wrong) == 2
    assert wrong[0].startswith("answers.yaml:1:10: release: must be")


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value below VALUE."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        yield (*path, key)
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_one_broken_answer_is_one_fault_whatever_hangs_on_it(example: Path) -> None:
    whole = yaml.safe_load((example / "answers.yaml").read_text())
    for *around, last in paths(whole):
        broken = copy.deepcopy(whole)
        holder = functools.reduce(lambda value, key: value[key], around, broken)
        holder[last] = "\a"
        assert len(faults(yaml.safe_dump(broken))) == 1, (*around, last)


def test_faults_of_the_repository_and_of_services_come_together() -> None:
    text = "registry: localhost\nservices: [{service_name: a-b, kernel_module: dpdk, base_image: nothing}]"
    assert [fault.partition(" ")[2].partition(": ")[0] for fault in faults(text)] == [
        "registry",
        "services[0].kernel_module",
        "services[0].base_image",
    ]


def test_a_fault_deep_inside_has_its_own_place() -> None:
    text = (
        "services:\n  - service_name: vendorx-agent\n    containers:\n      - {name: nova_api, command: x}\n"
    )
    with pytest.raises(AnswersError, match=r"^answers.yaml:4:16: services\[0\].containers\[0\].name: "):
        plan(answers.check(answers.load(text, "answers.yaml")))


def test_two_services_share_no_container_and_no_script() -> None:
    text = (
        "services:\n"
        "  - {service_name: one-agent, launcher_script: run.sh, containers: [{name: side, command: run}]}\n"
        "  - {service_name: two-agent, launcher_script: run.sh, containers: [{name: side, command: run}]}\n"
    )
    with pytest.raises(AnswersError) as caught:
        plan(answers.check(answers.load(text, "answers.yaml")))
    assert [fault.path for fault in caught.value.faults] == [
        "services[1].launcher_script.name",
        "services[1].containers[0].name",
    ]


def test_two_services_load_their_modules_on_one_role() -> None:
    service = "  - {{service_name: {0}-agent, kernel_module: {{name: {0}_mod, delivery: host}}}}\n"
    text = "services:\n" + service.format("one") + service.format("two")
    repo = plan(answers.check(answers.load(text, "answers.yaml"))).repo
    role = repo.environment.parameter_defaults["ControllerParameters"]
    assert role == {"ExtraKernelModules": {"one_mod": {}, "two_mod": {}}}


@pytest.mark.parametrize("case", DIFFERENT)
def test_two_services_set_nothing_to_two_values(case: str) -> None:
    setting, message = DIFFERENT[case]
    services = [f"{{service_name: {name}-agent, {setting.replace('%s', name)}}}" for name in ("one", "two")]
    text = f"services: [{', '.join(services)}]"
    with pytest.raises(AnswersError) as caught:
        plan(answers.check(answers.load(text, "answers.yaml")))
    (fault,) = caught.value.faults
    assert fault.path.startswith("services[1].")
    assert fault.message.startswith(f"services[0] (one-agent) {message}")
