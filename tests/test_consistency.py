"""Answers that cannot work together are refused, each with its place, the reason and the fix."""

from __future__ import annotations

import pytest

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import plan

# settings over the minimal file -> what the faults must say
REFUSED = {
    "module without privilege": (["kernel_module=dpdk"], "needs cap_add: [SYS_MODULE], or delivery: host"),
    "module on rocky": (["release=rocky", "kernel_module=dpdk"], "needs privileged: true"),
    "capability on queens": (["release=queens", "cap_add=[NET_ADMIN]"], "queens drops it silently"),
    "capability twice": (["privileged=true", "cap_add=[NET_ADMIN]"], "holds every capability already"),
    "launcher that ends": (
        ["launcher_script={name: l.sh, exec: /usr/sbin/modprobe dpdk}"],
        "restart for ever",
    ),
    "command that ends": (["command=modprobe dpdk"], "restart for ever"),
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
    "unknown base": (["base_image=cindr-volume"], "did you mean cinder-volume"),
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
        ["integration=image", "install={packages: [a]}", "images=[{base_image: horizon}]"],
        "say it of each of the images",
    ),
    "unknown base of several": (
        ["integration=image", "images=[{base_image: horizn}]"],
        "services[0].images[0].base_image: wallaby has no stock image horizn; did you mean horizon",
    ),
    "jobs that are not written": (["ci=[github]"], "writes no CI jobs yet"),
    "podman on queens": (["release=queens", "container_engine=podman"], "runs containers with docker only"),
}
ACCEPTED = {
    "single node": ["registry=127.0.0.1:8787", "single_node=true"],
    "capability suffices": ["kernel_module=dpdk", "cap_add=[CAP_SYS_MODULE]"],
    "unknown reference with its user": ["base_image=quay.io/acme/base:1", "base_user=acme"],
    "known reference": ["base_image=registry.example.com/mirror/openstack-horizon:16.2"],
    "rhosp by number": ["release=17.1"],
}


def document(settings: list[str]) -> answers.Document:
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
    assert plan(answers.check(document(ACCEPTED[case]))).rendered


def test_two_services_cannot_share_a_name() -> None:
    text = "services:\n  - service_name: vendorx-agent\n  - service_name: vendorx-agent\n"
    with pytest.raises(
        AnswersError,
        match=r"answers.yaml:3:19: services\[1\].service_name: services\[0\] has the service VendorxAgent",
    ):
        plan(answers.check(answers.load(text, "answers.yaml")))


def test_faults_of_the_repository_and_of_services_come_together() -> None:
    with pytest.raises(AnswersError) as caught:
        plan(answers.check(document(["registry=localhost", "kernel_module=dpdk", "base_image=nothing"])))
    assert len(caught.value.faults) == 3


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
