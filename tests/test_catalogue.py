"""The catalogue of stock images: what the data say, how they are shown, and how they are derived."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from scaffold import catalogue
from scaffold.catalogue import (
    ParameterForm,
    StockImage,
    built,
    deployed,
    derive,
    load,
    mounted,
    parameter_forms,
    stock,
)
from scaffold.catalogue.upstream import Upstream
from scaffold.commands.catalogue import catalogue as command
from scaffold.errors import ScaffoldError
from scaffold.releases import NAMES, Branch, branches, cloud

from . import upstream_sample as sample

DATA = Path(catalogue.__file__).parent
RELEASES = ("queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby")
EARLY = ("queens", "rocky", "stein")  # parameters begin with Docker; from Train on with Container
# of ceph's dashboard (deployment/ceph-ansible/ceph-grafana.yaml): never had the prefix
EXCEPTIONS = {
    "AlertManagerContainerImage",
    "GrafanaContainerImage",
    "NodeExporterContainerImage",
    "PrometheusContainerImage",
}

every_release = pytest.mark.parametrize("release", RELEASES)


def prefix(release: str) -> str:
    return "Docker" if release in EARLY else "Container"


def raw(release: str) -> dict[str, dict[str, Any]]:
    data = json.loads((DATA / f"{release}.json").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def named(images: Iterable[StockImage]) -> set[str]:
    return {name for image in images for name in (*image.parameters, *image.config_parameters)}


# What the data say


@every_release
def test_what_left_the_branch_is_free_and_no_misspelling(release: str) -> None:
    """An older minor release of the product has it still, so `check` knows it; a new service may take it."""
    gone, known, both = raw(release)["gone"], load(release), stock(release)
    for kind in ("services", "service_names", "kolla_files", "config_scripts"):
        assert not {*gone[kind]} & getattr(known.taken, kind)
        assert getattr(both, kind) == {*gone[kind]} | getattr(known.taken, kind)
    assert not {*gone["parameters"]} & named(known.images.values())
    assert {*known.templates.values(), *gone["templates"]} <= both.templates


def test_the_catalogue_is_that_of_the_branch() -> None:
    """What stable/wallaby (RHOSP 17.1) and stable/train (16.2) have, and their last packages have not."""
    train, wallaby = load("train"), load("wallaby")
    assert wallaby.templates["NovaLibvirt"] == "deployment/nova/nova-modular-libvirt-container-puppet.yaml"
    assert wallaby.templates["OVNDBs"] == "deployment/ovn/ovn-dbs-cluster-ansible.yaml"
    assert wallaby.templates["AuditD"] == "deployment/auditd/auditd-baremetal-ansible.yaml"
    assert {"GlanceApiInternal", "OVNBgpAgent", "NovaLibvirtLegacy"} <= wallaby.taken.services
    assert not {"Zaqar", "MistralApi", "Ntp"} & wallaby.taken.services
    assert {"nova_virtqemud", "ovn_bgp_agent"} <= wallaby.taken.containers
    assert wallaby.images["ovn-bgp-agent"].user == "ovn-bgp"
    assert "ManilaBackendPowerMax" in train.taken.services
    assert "ContainerOvnBgpAgentImage" in stock("wallaby").image_parameters
    assert "MistralApi" in stock("wallaby").services
    assert "DesignateBind" in wallaby.roles


def test_a_config_image_is_that_of_the_image_it_is_set_with_now() -> None:
    """A vendor's nova-compute on Wallaby must not become the config image of libvirt."""
    images = load("wallaby").images
    assert images["nova-compute"].config_parameters == ()
    assert images["nova-libvirt"].config_parameters == ("ContainerNovaLibvirtConfigImage",)
    assert images["designate-base"].config_parameters == ("ContainerDesignateConfigImage",)
    assert load("train").images["nova-compute"].config_parameters == ("ContainerNovaLibvirtConfigImage",)


def test_every_release_has_a_catalogue() -> None:
    files = {f"{name}{of}" for name in NAMES for of in ("", ".parameters", ".environments")}
    assert {path.stem for path in DATA.glob("*.json")} == files
    assert RELEASES == NAMES


@every_release
@pytest.mark.parametrize(
    ("image", "parameters", "config", "user"),
    [
        ("cinder-volume", ("CinderVolume",), (), "cinder"),
        ("cinder-backup", ("CinderBackup",), (), "cinder"),
        ("cinder-api", ("CinderApi",), ("CinderConfig",), "root"),
        ("manila-share", ("ManilaShare",), (), "manila"),
        ("neutron-server", ("NeutronApi",), ("NeutronConfig",), "neutron"),
        ("neutron-openvswitch-agent", ("Openvswitch",), (), "neutron"),
        ("neutron-dhcp-agent", ("NeutronDHCP",), (), "neutron"),
        ("nova-novncproxy", ("NovaVncProxy",), (), "nova"),
        ("swift-proxy-server", ("SwiftProxy",), ("SwiftConfig",), "swift"),
        ("heat-engine", ("HeatEngine",), (), "heat"),
        ("horizon", ("Horizon",), ("HorizonConfig",), "root"),
        ("haproxy", ("HAProxy",), ("HAProxyConfig",), "root"),
        ("cron", ("Crond",), ("CrondConfig",), "root"),
        (
            "mariadb",
            ("Clustercheck", "Mysql"),
            ("ClustercheckConfig", "MysqlClientConfig", "MysqlConfig"),
            "mysql",
        ),
        ("ovn-controller", ("OvnController",), ("OvnControllerConfig",), "root"),
    ],
)
def test_well_known_images(
    release: str, image: str, parameters: tuple[str, ...], config: tuple[str, ...], user: str
) -> None:
    found = load(release).images[image]
    spelt = [tuple(f"{prefix(release)}{name}Image" for name in names) for names in (parameters, config)]
    assert [found.parameters, found.config_parameters] == spelt
    assert found.user == user
    assert found.name == image
    assert found.reference is None


@every_release
def test_containers_roles_and_privileges_come_from_the_templates(release: str) -> None:
    images = load(release).images
    volume, agent = images["cinder-volume"], images["neutron-openvswitch-agent"]
    assert "cinder_volume" in volume.containers
    assert volume.privileged == ("cinder_volume",)
    assert "CinderVolume" in volume.services
    assert "Controller" in volume.roles
    assert "Compute" not in volume.roles
    assert "neutron_ovs_agent" in agent.privileged
    assert agent.roles[:2] == ("Controller", "Compute")
    assert images["horizon"].privileged == ()
    assert "heat_init_log" in images["heat-engine"].containers  # of the logging template it is given


def test_users_that_changed() -> None:
    """Each read in the Dockerfile.j2 or TCIB file of that release, in its branch for CentOS."""
    users = {
        ("fluentd", "stein"): "fluentd",  # td-agent is its branch for Debian
        ("fluentd", "train"): "td-agent",
        ("collectd", "ussuri"): "collectd",
        ("collectd", "victoria"): "root",
        ("heat-api", "ussuri"): "root",
        ("heat-api", "victoria"): "heat",
        ("tripleoclient", "train"): "root",
        ("tripleoclient", "wallaby"): "cloud-admin",
    }
    assert {key: load(key[1]).images[key[0]].user for key in users} == users


def test_images_of_other_projects_keep_their_reference_and_have_no_known_user() -> None:
    images = load("stein").images
    daemon = images["daemon"]
    assert daemon.parameters == ("DockerCephDaemonImage",)
    assert daemon.user is None
    assert re.fullmatch(r"quay\.ceph\.io/ceph-ci/daemon:v4\..*", daemon.reference or "")
    assert images["etcd"].parameters == ("DockerEtcdImage",)
    assert images["etcd"].user == "etcd"
    assert images["latest/etcd"].parameters == ("DockerOpenShiftEtcdImage",)  # OpenShift's, of the same name


@every_release
def test_an_image_has_no_user_just_where_it_is_another_project_s(release: str) -> None:
    for image in load(release).images.values():
        assert (image.user is None) == (image.reference is not None), image


@every_release
def test_parameters_are_spelt_as_the_release_spells_them(release: str) -> None:
    spelt = re.compile(rf"{prefix(release)}[A-Z]\w*Image")
    wrong = {name for name in named(load(release).images.values()) if not spelt.fullmatch(name)}
    assert wrong <= EXCEPTIONS
    assert bool(wrong) == (release not in EARLY)


@every_release
def test_counts_are_those_of_the_data(release: str) -> None:
    known = load(release)
    images = known.images.values()
    with_parameters = [image for image in images if image.parameters]
    regular = [
        image
        for image in with_parameters
        if prefix(release) + derive.regular_parameter(image.name) in image.parameters
    ]
    counts = raw(release)["counts"]
    assert counts.pop("entries") >= len(images)
    assert counts == {
        "images": len(images),
        "parameters": len(named(images)),
        "irregular": len(with_parameters) - len(regular),
        "without_parameters": len(images) - len(with_parameters),
        "without_user": sum(image.user is None for image in images),
        "undeclared": len(known.undeclared),
    }
    assert known.undeclared <= named(images)


@every_release
def test_everything_is_sorted_and_said_once(release: str) -> None:
    data = raw(release)
    assert list(data["images"]) == sorted(data["images"])
    for image in load(release).images.values():
        assert list(image.roles) == [role for role in deployed.DEFAULT_ROLES if role in image.roles]
        for names in (image.parameters, image.config_parameters, image.services, image.containers):
            assert list(names) == sorted(set(names)), image.name
        assert set(image.privileged) <= set(image.containers)
    for names in data["taken"].values():
        assert isinstance(names, list)
        assert names == sorted(set(names))


@every_release
def test_a_catalogue_says_which_commits_it_is_from(release: str) -> None:
    """Those that the file of the release names: whoever changes one derives again."""
    known, tips = load(release), branches(release)
    assert known.release == release
    assert known.versions == {name: f"{tip.tip} {tip.commit[:9]}" for name, tip in tips.items()}
    assert all(re.fullmatch(r"[0-9a-f]{40}", tip.commit) for tip in tips.values())


@every_release
def test_taken_names_are_the_release_s_own(release: str) -> None:
    taken = load(release).taken
    assert {"CinderVolume", "NeutronOvsAgent", "CinderBackendPure", "Kernel"} <= taken.services
    assert {"cinder_volume", "neutron_ovs_agent", "kernel"} <= taken.service_names
    assert {"cinder_volume", "neutron_ovs_bridge", "keystone_bootstrap", "heat_init_log"} <= taken.containers
    assert {"cinder_volume.json", "neutron_ovs_agent.json"} <= taken.kolla_files
    assert "neutron_ovs_agent_launcher.sh" in taken.config_scripts
    assert any(name.startswith("nova_api_ensure_default_cell") for name in taken.config_scripts)
    assert "vendorx_agent" not in taken.containers | taken.service_names
    for image in load(release).images.values():
        assert set(image.containers) <= taken.containers


@every_release
def test_taken_names_are_names_and_no_functions_of_heat(release: str) -> None:
    taken = load(release).taken
    shapes = {
        r"[A-Z]\w*(::\w+)?": taken.services,
        r"[a-z][a-z0-9_-]*": taken.service_names,
        r"[a-z][a-z0-9_]*": taken.containers,
        r"[\w-]+\.json": taken.kolla_files,
        r"[\w-]+\.(sh|py)": taken.config_scripts,
        r"\d{3} [\w. -]+": taken.firewall_rules,
    }
    for shape, names in shapes.items():
        assert [name for name in names if not re.fullmatch(shape, name)] == []
        assert not names & (deployed.COMPUTED | {"if", "map_merge", "value", "description"})


@every_release
def test_files_are_small_and_differences_show(release: str) -> None:
    text = (DATA / f"{release}.json").read_text("utf-8")
    assert len(text) < 100_000  # every command reads one: a thousandth of a second
    assert text.count("\n") > len(raw(release)["images"]) + len(raw(release)["templates"])


@every_release
def test_every_container_gets_the_volumes_of_containers_common(release: str) -> None:
    """Who mounts one of these again has a container that does not start."""
    common = load(release).common_mounts
    read_only = {f"{path}:{path}:ro" for path in ("/etc/hosts", "/etc/localtime", "/etc/puppet")}
    assert {"/dev/log:/dev/log", *read_only} < common["volumes"].keys()
    assert common["volumes"]["/etc/ipa/ca.crt:/etc/ipa/ca.crt:ro"] == "internal_tls_enabled"
    known_hosts = "/etc/ssh/ssh_known_hosts:/etc/ssh/ssh_known_hosts:ro"
    assert (known_hosts in common["volumes"]) == (release in ("queens", "rocky", "stein"))
    assert common["volumes_base"].items() < common["volumes"].items()


@pytest.mark.parametrize(
    ("path", "roles", "has"),
    [
        ("/dev/shm", [], True),
        ("/etc/hosts", ["Controller", "OwnRole"], True),
        ("/var/lib/libvirt/images/", ["Compute"], True),
        ("/var/lib/libvirt", ["Controller"], False),
        ("/var/lib/libvirt", ["Controller", "Compute"], False),
        ("/var/lib/libvirt", [], True),
        ("/var/lib/libvirt", ["OwnRole"], True),  # who knows what it holds
        ("/var/lib/mysql", ["Controller"], True),
        ("/var/run/openvswitch", ["Compute"], True),
        ("/var/lib/vendorx", ["Compute"], False),
        ("/etc/vendorx", [], False),
        ("/var/lib/mysqlx", ["Controller"], False),
    ],
)
def test_what_nodes_have_depends_on_their_role(path: str, roles: list[str], has: bool) -> None:
    assert load("train").has_path(path, roles) is has


@every_release
def test_paths_of_services_are_not_told_twice(release: str) -> None:
    known = load(release).host_paths
    assert len(known) > 100
    assert not [path for path in known if cloud.everywhere(release, path)]
    assert list(known) == sorted(known)


@every_release
def test_the_form_of_a_parameter_is_that_of_all_templates(release: str) -> None:
    forms = parameter_forms(release)
    assert forms["MaxPoll"] == ParameterForm("number", ({"range": {"max": 17, "min": 4}},))
    assert forms["NovaReservedHostMemory"].type == "number"
    assert forms["NtpServer"] == ParameterForm("comma_delimited_list")
    assert forms["ControllerExtraConfig"].type == "json"
    assert "vendorx_agent" not in forms


# Asking


def test_a_release_without_catalogue_is_said_with_those_there_are() -> None:
    with pytest.raises(ScaffoldError, match=r'there is no release "\.\./train"') as caught:
        load("../train")
    assert caught.value.hint == 'did you mean "train"?'


def test_importing_the_catalogue_does_not_import_yaml() -> None:
    code = "import sys, scaffold.catalogue, scaffold.commands.catalogue; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("CINDER-VOL", "cinder-volume"),
        ("containercindervolumeimage", "cinder-volume"),
        ("NovaLibvirtConfig", "nova-compute"),
        ("neutronovsagent", "neutron-server"),
        ("neutron_ovs_agent", "neutron-openvswitch-agent"),
    ],
)
def test_search_looks_at_names_parameters_services_and_containers(text: str, image: str) -> None:
    assert image in [found.name for found in load("train").search(text)]


def test_search_for_nothing_finds_all_in_order() -> None:
    known = load("train")
    assert known.search("") == list(known.images.values())
    assert known.search("no such image") == []


@pytest.mark.parametrize(
    ("misspelt", "first"),
    [
        ("cindr-volume", "cinder-volume"),
        ("ContainerHorizonImag", "horizon"),
        ("horzon", "horizon"),
        ("neutron-o", "neutron-openvswitch-agent"),
    ],
)
def test_closest(misspelt: str, first: str) -> None:
    assert load("train").closest(misspelt)[0] == first


def test_closest_to_something_quite_different_is_nothing() -> None:
    assert load("train").closest("xyzzyq") == []


# The command


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("horizon", "train", as_json=False) == 0
    out, err = capsys.readouterr()
    assert [re.split(" {2,}", line) for line in out.splitlines()] == [
        ["IMAGE", "PARAMETERS", "USER", "ROLES", "SERVICES"],
        ["horizon", "ContainerHorizonImage, ContainerHorizonConfigImage", "root", "Controller", "Horizon"],
    ]
    assert "train: 1 of 106 images (tripleo-heat-templates train-eol 6ec231bcf, " in err


@every_release
def test_table_without_a_terminal_has_one_whole_line_per_image(
    release: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("", release, as_json=False) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    images = list(load(release).images.values())
    assert len(lines) == len(images)
    column = heading.index("SERVICES")
    for line, image in zip(lines, images, strict=True):
        assert line[column:] == (", ".join(image.services) or "-")
        for word in (image.name, *image.parameters, *image.config_parameters, *image.roles):
            assert word in line


@pytest.mark.parametrize("columns", [110, 140, 400])
def test_table_on_a_terminal_wraps_and_loses_nothing(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert command("cinder-api", "wallaby", as_json=False) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    image = load("wallaby").images["cinder-api"]
    at = heading.index("SERVICES")
    assert " ".join(line[at:] for line in lines).split() == ", ".join(image.services).split()
    assert all(len(line) <= columns for line in lines)
    assert [line.startswith("cinder-api") for line in lines] == [True] + [False] * (len(lines) - 1)
    assert len(lines) > 1  # the parameters stand below each other


def test_a_narrow_terminal_gets_paragraphs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "72")
    assert command("cinder-api", "queens", as_json=False) == 0
    assert capsys.readouterr().out == textwrap.dedent("""\
        cinder-api
          parameters  DockerCinderApiImage, DockerCinderConfigImage
          user        root
          roles       Controller, BlockStorage
          services    BlockStorageCinderVolume, CinderApi, CinderBackup,
                      CinderScheduler, CinderVolume, UndercloudCinderApi,
                      UndercloudCinderScheduler, UndercloudCinderVolume
        """)


@pytest.mark.parametrize("columns", [1, 40, 79, 80])
def test_no_terminal_is_too_narrow(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert command("", "wallaby", as_json=False) == 0
    words = set(re.split(r"[,\s]+", capsys.readouterr().out.replace("*", "")))
    assert named(load("wallaby").images.values()) <= words


def test_a_parameter_that_heat_ignores_is_marked_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("ContainerTempestImage", "wallaby", as_json=False) == 0
    out, err = capsys.readouterr()
    assert "ContainerTempestImage*" in out
    assert "* no template of wallaby declares this parameter: Heat ignores it" in err


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("DockerNeutronApiImage", "queens", as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert document["release"] == "queens"
    assert document["versions"] == dict(load("queens").versions)
    server = document["images"][0]
    assert server["name"] == "neutron-server"
    assert server["parameters"] == ["DockerNeutronApiImage"]
    assert server["config_parameters"] == ["DockerNeutronConfigImage"]
    assert server["user"] == "neutron"
    assert server["roles"] == ["Controller", "Compute"]
    assert server["undeclared"] == []
    assert [image["name"] for image in document["images"]] == [
        "neutron-server",
        "neutron-server-opendaylight",
        "neutron-server-ovn",
    ]


def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("cindr", "train", as_json=False) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r'no stock image of train matches "cindr"; did you mean "cinder-.*\n', err)


def test_nothing_found_and_nothing_like_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("xyzzyq", "train", as_json=True) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["images"] == []
    assert err == 'no stock image of train matches "xyzzyq"; without a text all of them are shown\n'


# Deriving


def test_mappings_are_read_through_the_functions_of_heat() -> None:
    node = {
        "map_merge": [
            {"if": [{"equals": [1, 2]}, {"first": 1}, {"second": 2}]},
            {"get_attr": ["Other", "value"]},
            {"map_replace": [{"NAME": 1}, {"keys": {"NAME": "computed"}}]},
            {"if": ["condition", {"third": 3}]},
        ]
    }
    assert list(deployed.pairs(node)) == [("first", 1), ("second", 2), ("third", 3)]
    assert list(deployed.pairs(["no mapping"])) == []


def test_sections_are_read_from_all_outputs_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "deployment").mkdir()
    (tmp_path / "ci").mkdir()
    (tmp_path / "roles_data.yaml").write_text(
        "[{name: Controller, ServicesDefault: [OS::TripleO::Services::X]}, {name: Own, ServicesDefault: []}]"
    )
    (tmp_path / "ci" / "x.yaml").write_text(
        "{heat_template_version: rocky, parameters: {ContainerCiImage: {}}}"
    )
    (tmp_path / "deployment" / "x.yaml").write_text(
        """
        heat_template_version: rocky
        parameters: {ContainerXImage: {}, Other: {}}
        outputs:
          docker_config: {value: {step_2: {x_init: {image: {get_param: ContainerXImage}}}}}
          role_data:
            value:
              service_name: x
              kolla_config: {/var/lib/kolla/config_files/x.json: {}}
              puppet_config: {config_volume: x_config}
              host_prep_tasks:
              - {file: {path: /var/lib/x/, state: directory}}
              - if: [wanted, [{file: {path: "{{ item.path }}", state: directory}, loop: [{path: /srv/x}]}]]
              - {file: {path: /etc/x.conf, state: file}}
              - {file: {path: "{{ item }}"}, with_items: [{path: /var/log/containers/x}, /var/lib/x]}
              - {copy: {content: See /var/log/containers/httpd.}}
              firewall_rules:
                map_merge: [{100 x: {dport: 1}}, {repeat: {template: {101 y: {}}, for_each: {}}}]
              config_settings: {tripleo::x::firewall_rules: {102 z: {}}, other_rules: {103 no: {}}}
              docker_config_scripts: {x.sh: {}}
              docker_config:
                step_4:
                  x:
                    if:
                    - wanted
                    - image: {get_attr: [RoleParametersValue, value, ContainerXImage]}
                      privileged: true
                      volumes:
                        list_concat:
                        - {get_attr: [ContainersCommon, volumes]}
                        - ["/run:/run", "/var/run/x:/x:ro", named:/y]
                  x_exec: {action: exec}
        """
    )
    found = deployed.read(tmp_path)
    assert found.parameters == {"ContainerXImage", "Other"}
    assert found.image_parameters == {"ContainerXImage"}
    assert found.containers == {"ContainerXImage": {"x_init": False, "x": True}}
    assert found.roles == {"Controller": {"X"}}
    assert found.taken == {
        "services": {"X"},
        "service_names": {"x"},
        "containers": {"x_init", "x", "x_exec"},
        "kolla_files": {"x.json"},
        "config_scripts": {"x.sh"},
        "firewall_rules": {"100 x", "102 z"},
        "config_volumes": {"x_config"},
        "log_directories": {"x"},
        "roles": {"Controller", "Own"},
        "templates": {"deployment/x.yaml"},
    }
    assert found.host_paths == {path: {""} for path in ("/var/lib/x", "/srv/x", "/run", "/run/x")}


def test_the_volumes_of_containers_common_are_those_of_each_output() -> None:
    shared = ["/etc/hosts:/etc/hosts:ro", "/dev/log:/dev/log"]
    file = {"list_join": [":", [{"get_param": "CAFile"}, {"get_param": "CAFile"}, "ro"]]}
    conditional = {"if": ["internal_tls", [file], None]}
    values = {
        "volumes_base": {"list_concat": [shared, conditional]},
        "volumes": {"list_concat": [{"list_concat": [shared, conditional]}, ["/etc/puppet:/etc/puppet:ro"]]},
        "scripts": {"x.sh": {"mode": "0700", "content": "a: b"}},
        "pacemaker_restart_volumes": ["/x:/x"],
    }
    outputs = {name: {"value": value} for name, value in values.items()}
    template = {"parameters": {"CAFile": {"default": "/etc/ca.crt"}}, "outputs": outputs}
    base = dict.fromkeys(shared, "") | {"/etc/ca.crt:/etc/ca.crt:ro": "internal_tls"}
    volumes = base | {"/etc/puppet:/etc/puppet:ro": ""}
    assert mounted.common(template) == {"volumes_base": base, "volumes": volumes}


def test_kolla_user_is_the_last_one_of_the_branch_for_centos_or_the_parent_s(tmp_path: Path) -> None:
    dockerfiles = {
        "base": "FROM {{ base_image }}\n",
        "tool": (
            "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\n"
            "{% if base_distro in ['centos'] %}\nUSER root\nUSER tool\n{% else %}\nUSER debian\n{% endif %}\n"
        ),
        "child": (
            "FROM {{ namespace }}/{{ image_prefix }}tool:{{ tag }}\n{{ macros.any(a | customizable('x')) }}\n"
        ),
    }
    for image, text in dockerfiles.items():
        folder = tmp_path / "docker" / image
        folder.mkdir(parents=True)
        (folder / "Dockerfile.j2").write_text(text)
    assert built.kolla_users(tmp_path) == {"base": "root", "tool": "tool", "child": "tool"}


def test_tcib_user_is_the_nearest_one_above(tmp_path: Path) -> None:
    top = tmp_path / "container-images" / "tcib" / "base"
    for path, text in (("", "tcib_envs: {}"), ("a", "tcib_user: a"), ("a/b", "tcib_actions: []")):
        (top / path).mkdir(parents=True, exist_ok=True)
        (top / path / "image.yaml").write_text(text)
    assert built.tcib_users(tmp_path) == {"base": "root", "a": "a", "b": "a"}


def test_an_unknown_release_is_refused_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        derive.main([".", "xena"])
    assert caught.value.code == 2
    assert 'there is no release "xena": one of queens, rocky' in capsys.readouterr().err


def test_a_missing_repository_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert derive.main([str(tmp_path), "train"]) == 1
    assert re.match(r"train: git -C \S+/tripleo-heat-templates archive \w+ failed: ", capsys.readouterr().err)


def test_a_catalogue_is_made_of_git_directories_alone(tmp_path: Path) -> None:
    """Bare clones, a commit of each: once more gives the same text."""
    tips = {name: Branch("tip", one) for name, one in sample.repositories(tmp_path, "14.3.0").items()}
    texts = derive.derive("wallaby", tips, "14.3.0", Upstream(tmp_path))
    assert texts == derive.derive("wallaby", tips, "14.3.0", Upstream(tmp_path))
    made, forms, environments = map(json.loads, texts)
    assert environments == []
    assert forms == {"parameters": {"ContainerXImage": ["string"], "XNew": ["string"]}}
    assert {name: made["images"][name]["parameters"] for name in made["images"]} == {
        "x": ["ContainerXImage"],
        "ceph": ["ContainerCephImage"],  # of a file that the list of images includes
    }
    assert made["images"]["x"] | {"user": "x", "services": ["X"], "containers": ["x"]} == made["images"]["x"]
    assert made["templates"] == {"X": "deployment/x.yaml"}
    assert made["seen"]["config_volumes"] == ["x_config"]
    assert made["seen"]["log_directories"] == ["x-logs"]
    assert made["seen"]["roles"] == ["Controller"]
    assert made["host_paths"] == {"/var/log/containers/x-logs": ["X"]}
    assert made["common_mounts"] == {"volumes": {"/etc/hosts:/etc/hosts:ro": ""}}
    assert made["gone"]["service_names"] == ["before"]  # of the package, not of the branch
    assert made["added"]["parameters"] == ["XNew"]


def test_an_rhosp_version_names_its_release(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("cinder-volume", "16.2", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["release"] == "train"
