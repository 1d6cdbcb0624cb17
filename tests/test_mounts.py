"""What a container mounts: one thing at each place, from somewhere that is there, with one owner."""

from __future__ import annotations

import pytest

from scaffold import answers
from scaffold.documents import parsed
from scaffold.errors import AnswersError
from scaffold.lint import engine
from scaffold.lint.problems import Problem
from scaffold.lint.repository import Repository
from scaffold.pipeline import Plan, plan
from scaffold.releases import NAMES
from scaffold.rules import RULES

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
    "directory at the launcher": (
        "launcher_script: go.sh\n    host_directories: [/go.sh]",
        "host_directories[0]",
        "the launcher script mounts /go.sh already",
    ),
    "directory of the release": (
        "host_directories: [/etc/puppet]",
        "host_directories[0]",
        "ContainersCommon mounts",
    ),
}
STOCK = 'CinderVolumeOptVolumes: ["/a:/a", "/x:/etc/hosts"]'
TARGETS |= {
    f"stock container, {place}": (
        f"integration: image\n    base_image: cinder-volume\n    environment: {text}",
        f"environment.{place}.CinderVolumeOptVolumes[1]",
        "ContainersCommon mounts this already",
    )
    for place, text in {
        "parameter_defaults": f"{{parameter_defaults: {{{STOCK}}}}}",
        "role_parameters.Compute": f"{{role_parameters: {{Compute: {{{STOCK}}}}}}}",
    }.items()
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


# --- what nobody makes


def notes(*services: str, release: str = "wallaby") -> list[str]:
    return [note for note in planned(*services, release=release).notes if "neither this repository" in note]


def test_a_source_that_nobody_makes_is_named() -> None:
    """podman starts no container whose source is missing; `new`, README.md and `check` say so."""
    text = 'container: {volumes: ["/var/lib/acme/sockets/:/run/acme:z", "/dev/shm:/dev/shm"]}'
    made = planned(text)
    (note,) = notes(text)
    assert note == (
        "acme_agent mounts /var/lib/acme/sockets, which neither this repository nor TripleO makes on "
        "Controller: name it in host_directories, or make it in host_prep_tasks, "
        "or the hosts must have it (README.md)"
    )
    readme = made.rendered["README.md"].content.decode()
    section = readme.split("## What the hosts must have\n")[1].split("\n## ")[0]
    assert "- `/var/lib/acme/sockets` on Controller, which `acme_agent` mounts.\n" in section
    assert "podman does not start the container (`statfs PATH: no such file or directory`)" in section
    (found,) = [one for one in warnings(made) if one.rule == "volume-source"]
    assert found.message.startswith("acme_agent mounts /var/lib/acme/sockets, which nothing makes")


def warnings(made: Plan) -> list[Problem]:
    documents = tuple(parsed(path, file.content.decode()) for path, file in made.rendered.items())
    whole = Repository(documents, made.repo.release.name, names=frozenset(made.rendered))
    return list(engine.problems(whole, RULES.values()))


MADE = {
    "host directory": "host_directories: [/srv/acme]",
    "directory below it": "host_directories: [/srv/acme/data]",
    "task": "host_prep_tasks: [{file: 'path=/srv/acme state=directory'}]",
    "task of a later step": "deploy_steps_tasks: [{command: mkdir -p /srv/acme}]",
}


@pytest.mark.parametrize("case", MADE)
def test_what_the_repository_makes_is_not_named(case: str) -> None:
    text = f'{MADE[case]}\n    container: {{volumes: ["/srv/acme:/mnt/acme"]}}'
    assert notes(text) == []
    assert "What the hosts must have" not in planned(text).rendered["README.md"].content.decode()
    assert [one for one in warnings(planned(text)) if one.rule == "volume-source"] == []


def test_a_directory_below_one_that_is_made_is_not() -> None:
    text = 'host_directories: [/srv/acme]\n    container: {volumes: ["/srv/acme/mnt:/mnt/acme:shared"]}'
    assert "mounts /srv/acme/mnt," in notes(text)[0]


def test_another_service_makes_it_only_on_its_own_nodes() -> None:
    volume = 'container: {volumes: ["/srv/acme:/mnt"]}'
    assert notes("host_directories: [/srv/acme]", volume) == []
    assert notes("host_directories: [/srv/acme]\n    roles: [Compute]", volume)


def test_what_stock_services_make_is_there_where_they_run() -> None:
    volume = 'container: {volumes: ["/var/lib/libvirt/images:/images"]}\n    roles: '
    assert notes(volume + "[Compute]", release="train") == []
    assert "makes on Controller:" in notes(volume + "[Controller]", release="train")[0]


def test_volumes_of_stock_containers_need_their_sources_too() -> None:
    parameters = 'environment: {parameter_defaults: {CinderVolumeOptVolumes: ["/etc/acme:/etc/acme:ro"]}}'
    swap = f"integration: image\n    base_image: cinder-volume\n    {parameters}"
    assert notes(swap)[0].startswith("CinderVolumeOptVolumes mounts /etc/acme, which neither")


def test_a_source_in_a_function_of_heat_is_seen() -> None:
    text = 'conditions: {c: {equals: [1, 1]}}\n    container: {volumes: [{if: [c, "/srv/acme:/mnt", ""]}]}'
    assert "mounts /srv/acme," in notes(text)[0]


def test_docker_makes_a_directory_of_what_is_missing() -> None:
    text = 'container: {volumes: ["/etc/acme.conf:/etc/acme.conf:ro"]}'
    readme = planned(text, release="queens").rendered["README.md"].content.decode()
    assert "Docker makes an empty directory of root in its place, also for what is to be a file" in readme
