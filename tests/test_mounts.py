"""What a container mounts: one thing at each place, from somewhere that is there, with one owner."""

from __future__ import annotations

import pytest

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import Plan, plan
from scaffold.releases import NAMES

from .test_answer_laws import errors

TWICE = "and a container with two volumes at one path does not start"
# answers of a service -> the path of the fault, and what it must say
TARGETS = {
    "hosts": (
        'container: {volumes: ["/var/lib/acme/hosts:/etc/hosts:ro"]}',
        "container.volumes[0]",
        f"ContainersCommon mounts /etc/hosts already, {TWICE}; leave it out, or mount it at another path",
    ),
    "the very same": (
        'container: {volumes: ["/dev/log:/dev/log"]}',
        "container.volumes[0]",
        "/dev/log already",
    ),
    "slashes": (
        'container: {volumes: ["/a:/a", "/etc//localtime/./:/etc/./localtime/"]}',
        "container.volumes[1]",
        "",
    ),
    "named volume": (
        'container: {volumes: ["acme:/etc/puppet"]}',
        "container.volumes[0]",
        "/etc/puppet already",
    ),
    "internal TLS": (
        'container: {volumes: ["/etc/ipa/ca.crt:/etc/ipa/ca.crt:ro"]}',
        "container.volumes[0]",
        "ContainersCommon, with internal TLS, mounts /etc/ipa/ca.crt already",
    ),
    "further container": (
        'containers: [{name: a, image: "quay.io/acme/side:1", volumes: ["/x:/etc/hosts"]}]',
        "containers[0].volumes[0]",
        "/etc/hosts already",
    ),
    "function of Heat": (
        'conditions: {c: {equals: [1, 1]}}\n    container: {volumes: [{if: [c, "/x:/etc/hosts:ro", ""]}]}',
        "container.volumes[0]",
        "/etc/hosts already",
    ),
    "kolla's own": (
        'container: {volumes: ["/etc/acme.json:/var/lib/kolla/config_files/config.json:ro"]}',
        "container.volumes[0]",
        "the kolla config of the container mounts",
    ),
    "puppet's files": (
        "puppet_config: {step_config: include acme}\n"
        '    container: {volumes: ["/etc/acme:/var/lib/kolla/config_files/src:ro"]}',
        "container.volumes[0]",
        "puppet_config mounts /var/lib/kolla/config_files/src already",
    ),
    "launcher": (
        'launcher_script: go.sh\n    container: {volumes: ["/x:/go.sh"]}',
        "container.volumes[0]",
        "the launcher script mounts /go.sh already",
    ),
    "kernel modules": (
        'kernel_module: {name: m, delivery: host}\n    container: {volumes: ["/opt/m:/lib/modules"]}',
        "container.volumes[0]",
        "kernel_module mounts /lib/modules already",
    ),
    "host directory": (
        'host_directories: [/var/lib/acme]\n    container: {volumes: ["/srv/acme:/var/lib/acme"]}',
        "container.volumes[0]",
        "host_directories (/var/lib/acme) mounts /var/lib/acme already",
    ),
    "two volumes": (
        'container: {volumes: ["/a:/x", "/b:/x/"]}',
        "container.volumes[1]",
        f"volumes[0] is at /x too, {TWICE}; keep one of them",
    ),
    "two directories": (
        "host_directories: [/var/log/containers/acme, /var/log/acme/]",
        "host_directories[1]",
        "host_directories (/var/log/containers/acme) mounts /var/log/acme already",
    ),
    "a directory twice": (
        "host_directories: [/var/lib/a, /var/lib//a]",
        "host_directories[1]",
        "/var/lib/a already",
    ),
    "directory of the release": (
        "host_directories: [/etc/puppet]",
        "host_directories[0]",
        "ContainersCommon mounts",
    ),
}
ACCEPTED = {
    "other options for what is mounted anyway": (
        "host_directories: [/var/lib/acme]\n    kernel_module: {name: m, delivery: host}\n"
        '    container: {volumes: ["/var/lib/acme:/var/lib/acme:shared", "/lib/modules:/lib/modules"]}'
    ),
    "below what is mounted": 'container: {volumes: ["/x:/etc/puppet/modules/acme", "/y:/etc/hosts.d"]}',
    "config of another container": (
        'containers: [{name: a, command: [run], volumes: ["/x:/var/lib/kolla/config_files/config.json"]}]'
    ),
    "one source twice": 'container: {volumes: ["/a:/x", "/a:/y"]}',
}


def planned(*services: str, release: str = "wallaby") -> Plan:
    made = [
        f"  - service_name: {name}-agent\n    {more}\n" for name, more in zip("abc", services, strict=False)
    ]
    text = f"release: {release}\nservices:\n" + "".join(made).replace("a-agent", "acme-agent")
    return plan(answers.check(answers.load(text, "answers.yaml")))


def faults(*services: str, release: str = "wallaby") -> list[tuple[str, str]]:
    with pytest.raises(AnswersError) as caught:
        planned(*services, release=release)
    assert all(fault.place for fault in caught.value.faults)
    return [(fault.path, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize("case", TARGETS)
def test_nothing_is_mounted_where_a_container_has_something(case: str) -> None:
    text, place, says = TARGETS[case]
    ((path, message),) = faults(text)
    assert path == f"services[0].{place}"
    assert says in message


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_starts_is_accepted(case: str) -> None:
    assert errors(planned(ACCEPTED[case])) == []


@pytest.mark.parametrize("release", NAMES)
def test_what_every_container_has_depends_on_the_release(release: str) -> None:
    volume = 'container: {volumes: ["/x:/etc/ssh/ssh_known_hosts:ro"]}'
    if release in ("queens", "rocky", "stein"):
        assert "ContainersCommon mounts" in faults(volume, release=release)[0][1]
    else:
        assert errors(planned(volume, release=release)) == []


def test_a_directory_has_one_owner_on_a_node() -> None:
    """kolla of each service would give it to its own user, whenever one of them starts."""
    ((path, message),) = faults("host_directories: [/var/lib/acme]", "host_directories: [/var/lib/acme/]")
    assert path == "services[1].host_directories[0]"
    volume = 'container: {volumes: ["/var/lib/acme:/var/lib/acme"]}'
    assert message == (
        "services[0] (acme-agent) makes /var/lib/acme too, and each gives it to its own user; "
        f"leave it out here, and mount it: {volume}"
    )
    assert errors(planned("host_directories: [/var/lib/acme]", volume)) == []


def test_services_of_different_nodes_own_what_they_like() -> None:
    one, other = (
        f"host_directories: [/var/lib/acme]\n    roles: [{role}]" for role in ("Compute", "Controller")
    )
    assert errors(planned(one, other)) == []


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_a_rule_of_the_firewall_has_a_name_of_its_own(release: str) -> None:
    rule = "firewall_rules: {150 acme: {dport: 9090}}"
    assert faults(rule, rule, release=release) == [
        (
            'services[1].firewall_rules["150 acme"]',
            "services[0] has the firewall rule 150 acme too; each needs its own",
        )
    ]
    ((path, message),) = faults("firewall_rules: {119 cinder: {dport: 9090}}", release=release)
    assert path == 'services[0].firewall_rules["119 cinder"]'
    assert message == f"{release} has a firewall rule 119 cinder; choose another name"


def test_what_wraps_a_stock_service_may_change_its_rules() -> None:
    text = "wraps: CinderApi\n    firewall_rules: {119 cinder: {dport: 8776}}"
    assert errors(planned(text)) == []


def test_a_loader_has_a_name_of_its_own() -> None:
    loader = "kernel_module: {name: m, delivery: container, loader: separate}\n    privileged: true"
    ((path, message),) = faults(loader, "containers: [{name: acme_agent_loader, command: run}]")
    assert path == "services[1].containers[0].name"
    assert "has the container acme_agent_loader too" in message
