"""A repository among the operator's environment files: what is lost between them, and what is not set."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.resolve import checked
from scaffold.resolve.tripleo.confidential import way_out

CLIENT, HEAT = ("queens", "train", "victoria"), ("wallaby", "17.0", "17.1")
DRIVER = """
vendor: Stora
services:
  - service_name: stora-driver
    integration: image
    base_image: cinder-volume
    cinder_backends:
      stora: {volume_driver: stora.Driver, san_ip: 192.0.2.1, secrets: [san_password, chap_password]}
    environment:
      parameter_defaults: {CinderVolumeOptVolumes: ["/etc/stora:/etc/stora:ro"]}
"""
AGENT = """
vendor: Acme
services:
  - service_name: acme-agent
    parameters:
      AcmePassword: {type: string, description: What the agent signs in with}
      AcmeUrl: {type: string, default: "https://a.example"}
      AcmeSite: {type: string}
    environment:
      parameter_defaults: {AcmeSite: one, NeutronMechanismDrivers: "acme,openvswitch"}
      resource_registry: {"OS::TripleO::NodeUserData": OS::Heat::None}
"""
STOCK = """\
parameter_merge_strategies:
  ExtraConfig: merge
{% for role in roles %}
  {{role.name}}ExtraConfig: merge
{% endfor %}
resource_registry:
"""


class Repository:
    """What `new` writes, and its preflight beside other files."""

    def __init__(self, folder: Path, text: str, release: str) -> None:
        document = answers.load(text, "answers.yaml").with_settings([f"release={release}"])
        self.rendered = plan(checked(document)).rendered
        self.folder, self.root = folder, folder / "made"
        project.create(self.root, self.rendered)
        (folder / "templates").mkdir()
        (folder / "roles.yaml").write_text(yaml.safe_dump([{"name": "Controller"}]))
        (self.form,) = (*self.root.glob("environments/*.example.yaml"), None)[:1]
        (self.own,) = {*self.root.glob("environments/*.yaml")} - {self.form}

    def write(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        text = yaml.safe_dump(content if set(content) & SECTIONS else {"parameter_defaults": content})
        path.write_text(text)
        return f"../{name}"

    def filled(self, value: str = "s3cr3t,x", name: str = "filled.yaml") -> str:
        """The form with a value in place of each null."""
        assert self.form
        text = re.sub(r"\bnull\b", f"'{value}'", self.form.read_text())
        (self.folder / name).write_text(text)
        return f"../{name}"

    def preflight(self, *files: str) -> list[str]:
        own = str(self.own.relative_to(self.root))
        roles = ["--roles", "../roles.yaml"] if "--roles" in (self.root / "Makefile").read_text() else []
        done = subprocess.run(
            [sys.executable, "scripts/preflight.py", "--templates", "../templates", *roles, own, *files],
            cwd=self.root,
            env=os.environ | {"PATH": ""},
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr, done.stderr
        lines = done.stdout.splitlines()[:-1]
        faults = [line for line in lines if not line.startswith(("note: ", "not checked: "))]
        assert (done.returncode == 1) == bool(faults)
        return [
            line
            for line in lines
            if re.search("lost|not set|stops|wrap the same|is also that of|hides|the other templates", line)
        ]


SECTIONS = {"parameter_defaults", "resource_registry", "parameter_merge_strategies"}
CLOUD = {
    "ControllerExtraConfig": {"nova::ratio": 2.0, "cinder_user_enabled_backends": ["pure"]},
    "CinderVolumeOptVolumes": ["/etc/pure:/etc/pure:ro"],
}


@pytest.mark.parametrize("release", CLIENT + HEAT)
def test_what_of_the_operators_is_lost_is_named(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    found = repo.preflight(repo.write("cloud.yaml", CLOUD), repo.own.relative_to(repo.root), repo.filled())
    of_map = next(line for line in found if "ControllerExtraConfig" in line)
    assert "cinder_user_enabled_backends: pure" in of_map
    assert ("nova::ratio" in of_map) == (release in HEAT)
    assert any("CinderVolumeOptVolumes: lost: /etc/pure" in line for line in found)
    assert all(line.startswith("../cloud.yaml: ") for line in found)
    assert len(found) == 2


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_nothing_is_lost_where_one_file_joins_all(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    joined = yaml.safe_load((repo.folder / repo.filled()[3:]).read_text())["parameter_defaults"]
    own = yaml.safe_load(repo.own.read_text())["parameter_defaults"]
    hieradata = own["ControllerExtraConfig"] | {"nova::ratio": 2.0}
    hieradata["cinder::config::cinder_config"] |= joined["ControllerExtraConfig"][
        "cinder::config::cinder_config"
    ]
    hieradata["cinder_user_enabled_backends"] = ["pure", "stora"]
    volumes = own["CinderVolumeOptVolumes"] + CLOUD["CinderVolumeOptVolumes"]
    last = repo.write("last.yaml", {"ControllerExtraConfig": hieradata, "CinderVolumeOptVolumes": volumes})
    assert repo.preflight(repo.write("cloud.yaml", CLOUD), str(repo.own), last) == []


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_what_only_the_operator_can_set_is_asked_for(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    found = repo.preflight()
    assert {"stora/san_password", "stora/chap_password"} == set(re.findall(r"stora/\w+", "".join(found))), (
        found
    )
    assert repo.preflight(repo.filled()) == []
    assert len(repo.preflight(repo.filled(""))) == 2
    assert repo.form
    assert [line for line in repo.preflight(str(repo.form)) if "not set" in line] == found


def test_a_parameter_without_a_default_is_asked_for(tmp_path: Path) -> None:
    repo = Repository(tmp_path, AGENT, "train")
    (found,) = repo.preflight()
    assert found.startswith(
        "AcmePassword is not set: copy environments/acme-tripleo-credentials.example.yaml"
    )
    assert repo.preflight(repo.write("mine.yaml", {"AcmePassword": "x"})) == []


def test_a_parameter_that_the_vendor_adds_by_hand_is_asked_for(tmp_path: Path) -> None:
    repo = Repository(tmp_path, "vendor: Acme\nservices: [{service_name: acme-agent}]", "train")
    assert not repo.preflight()
    (template,) = repo.root.glob("docker/services/*.yaml")
    template.write_text(
        template.read_text().replace("parameters:\n", "parameters:\n  AcmeKey: {type: string}\n", 1)
    )
    (found,) = repo.preflight()
    assert found.startswith(
        "AcmeKey is not set: docker/services/acme-agent.yaml declares it without a default"
    )
    assert not repo.preflight(repo.write("mine.yaml", {"AcmeKey": "x"}))


def test_a_secret_that_is_given_too_early_is_not_lost_without_a_word(tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "wallaby")
    found = repo.preflight(repo.filled(), str(repo.own))
    assert any("stora/san_password is set here, and lost: give this file after" in line for line in found)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "wallaby")
    found = repo.preflight(str(repo.own), repo.filled(), repo.filled("other,y", "again.yaml"))
    assert "san_password" in "".join(found)
    assert "s3cr3t" not in "".join(found)


def test_the_strategies_of_the_templates_hold(tmp_path: Path) -> None:
    """Later packages of Wallaby merge ControllerExtraConfig to its first level."""
    repo = Repository(tmp_path, DRIVER, "wallaby")
    (tmp_path / "templates/overcloud-resource-registry-puppet.j2.yaml").write_text(STOCK)
    cloud = repo.write("cloud.yaml", {"ControllerExtraConfig": CLOUD["ControllerExtraConfig"]})
    (found,) = repo.preflight(cloud, str(repo.own), repo.filled())
    assert "cinder_user_enabled_backends: pure" in found
    assert "nova::ratio" not in found


@pytest.mark.parametrize("stock", [STOCK, ""])
def test_strategies_that_differ_stop_the_deployment(stock: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "wallaby")
    (tmp_path / "templates/overcloud-resource-registry-puppet.j2.yaml").write_text(stock)
    deep = {"ControllerExtraConfig": "deep_merge"}
    content = {
        "parameter_defaults": {"ControllerExtraConfig": {"a": 1}},
        "parameter_merge_strategies": deep,
    }
    found = repo.preflight(repo.write("cloud.yaml", content), str(repo.own), repo.filled())
    assert any("the deployment stops: parameter_merge_strategies" in line for line in found)


def test_all_in_one_merges_in_the_client(tmp_path: Path) -> None:
    of_controller = DRIVER.replace(
        "    integration", "    roles: [Controller]\n    integration"
    )  # not Standalone
    repo = Repository(tmp_path, of_controller + "single_node: true\n", "wallaby")
    found = repo.preflight(repo.write("cloud.yaml", CLOUD), repo.filled())
    assert "nova::ratio" not in "".join(found)
    assert len(found) == 2


def test_directories_are_read_before_files(tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "train")
    repo.write("more/b.yaml", {"CinderVolumeOptVolumes": ["/b:/b"]})
    repo.write("more/a.yaml", {"CinderVolumeOptVolumes": ["/a:/a"]})
    home = Path.home() / ".tripleo/environments"
    home.mkdir(parents=True)
    (home / "x.yaml").write_text("parameter_defaults: {CinderVolumeOptVolumes: ['/h:/h']}")
    found = repo.preflight(
        repo.write("c.yaml", {"CinderVolumeOptVolumes": ["/c:/c"]}), "../more", repo.filled()
    )
    assert [re.findall(r"lost: (\S+),", line)[0] for line in found] == ["/h:/h", "/a:/a", "/b:/b", "/c:/c"]


@pytest.mark.parametrize("release", ["train", "wallaby"])
@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"parameter_defaults: []",
        b"parameter_defaults: {1: 2, b: {3: 4, c: [5, {d: e}]}}",
        b"a: [",
        b"\x00",
        b"parameter_defaults: {X: \xe9}",
    ],
)
def test_no_file_of_the_operators_ends_in_a_traceback(text: bytes, release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    for name in ("odd.yaml", "odder.yaml"):
        (tmp_path / name).write_bytes(text)
    repo.preflight("../odd.yaml", "../odder.yaml", ".", "../absent.yaml")


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_two_files_of_the_operators_are_compared_too(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, AGENT, release)
    mine = repo.write("mine.yaml", {"AcmePassword": "x"})
    one = repo.write("one.yaml", {"ComputeExtraConfig": {"a": 1, "b": 2}, "Debug": True, "NtpServer": ["a"]})
    two = repo.write("two.yaml", {"ComputeExtraConfig": {"b": 3}, "Debug": False, "NtpServer": ["b", "a"]})
    found = repo.preflight(mine, one, two)
    faults = [line for line in found if not line.startswith("note: ")]
    assert len(faults) == (release in HEAT), found
    assert any("note: ../one.yaml: Debug: lost: its value" in line for line in found)
    assert "NtpServer" not in "".join(found)


def test_what_replaces_what_this_repository_says_is_found(tmp_path: Path) -> None:
    repo = Repository(tmp_path, AGENT, "wallaby")
    later = {
        "parameter_defaults": {"ContainerAcmeAgentImage": "r.example/other:1", "AcmePassword": "x"},
        "resource_registry": {"OS::TripleO::NodeUserData": "first.yaml"},
    }
    found = repo.preflight(str(repo.own), repo.write("later.yaml", later))
    assert len(found) == 2
    assert all(line.startswith("environments/acme-tripleo.yaml: ") for line in found)


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_a_single_value_of_the_operators_in_the_form_is_a_note(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    config = {"stora/san_ip": {"value": "192.0.2.9"}}
    form = yaml.safe_load((tmp_path / repo.filled()[3:]).read_text())["parameter_defaults"]
    form["ControllerExtraConfig"]["cinder::config::cinder_config"] |= config
    (found,) = repo.preflight(str(repo.own), repo.write("mine.yaml", form))
    assert found.startswith("note: environments/stora-tripleo.yaml: ControllerExtraConfig: lost: ")
    assert "stora/san_ip: value, since ../mine.yaml sets it too" in found


def test_hooks_of_the_operator_that_are_replaced_are_found(tmp_path: Path) -> None:
    text = AGENT.replace("OS::Heat::None", "firstboot/acme.yaml")
    repo = Repository(tmp_path, text, "train")
    mine = repo.write("m.yaml", {"resource_registry": {"OS::TripleO::NodeUserData": "first.yaml"}})
    found = repo.preflight(mine, repo.write("mine.yaml", {"AcmePassword": "x"}))
    assert [line.split(": ")[:2] for line in found] == [["../m.yaml", "OS::TripleO::NodeUserData"]]


WRAPPING = """
vendor: Acme
services:
  - {service_name: acme-volume, integration: config, wraps: {service: CinderVolume, template: %s}}
"""
STOCK_VOLUME = "deployment/cinder/cinder-volume-container-puppet.yaml"
PACEMAKER = "deployment/cinder/cinder-volume-pacemaker-puppet.yaml"


@pytest.mark.parametrize("root", ["templates", "/usr/share/openstack-tripleo-heat-templates"])
def test_a_template_that_another_file_chose_is_lost_unless_it_is_wrapped(root: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, WRAPPING % STOCK_VOLUME, "train")

    def found(template: str) -> list[str]:
        registry = {"OS::TripleO::Services::CinderVolume": f"{root}/{template}"}
        return repo.preflight(repo.write("ha.yaml", {"resource_registry": registry}))

    assert not found(STOCK_VOLUME)
    (line,) = found(PACEMAKER)
    assert line.startswith("../ha.yaml: OS::TripleO::Services::CinderVolume stands for ")
    assert line.endswith(f"wrap the same (wraps: {{service: CinderVolume, template: {PACEMAKER}}})")


def test_a_text_that_is_a_list_is_compared_as_one(tmp_path: Path) -> None:
    repo = Repository(tmp_path, AGENT, "train")
    mine = repo.write("m.yaml", {"NeutronMechanismDrivers": "openvswitch, sriov", "AcmePassword": "x"})
    (found,) = repo.preflight(mine)
    assert "NeutronMechanismDrivers: lost: sriov, since" in found


def test_the_image_that_is_replaced_on_purpose_is_no_fault(tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "queens")
    stock = "192.168.24.1:8787/rhosp13/openstack-cinder-volume:13.0-79"
    images = repo.write("overcloud_images.yaml", {"DockerCinderVolumeImage": stock})
    assert repo.preflight(images, repo.filled()) == []


def test_the_layer_of_another_vendor_that_is_replaced_is_named(tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, "queens")
    layer = {"DockerCinderVolumeImage": "registry.example/openstack-cinder-volume-pure:13.0"}
    (found,) = repo.preflight(repo.write("pure.yaml", layer), repo.filled())
    assert found.startswith("note: ../pure.yaml: DockerCinderVolumeImage: lost: its value")
    assert found.endswith("build one on the other (make build BUILD_ARGS=--build-arg=BASE_IMAGE=IMAGE)")


OTHERS = """
heat_template_version: rocky
outputs:
  role_data:
    value:
      service_name: other
      config_settings:
        tripleo::other::firewall_rules: {"137 agent": {dport: 9000}, "138 other": {dport: 9001}}
      docker_config:
        step_4:
          map_merge:
            - acme_agent: {image: x}
            - {if: [on, {acme_helper: {image: x}}, {}]}
"""
SHARING = """
vendor: Acme
services:
  - service_name: acme-agent
    containers: [{name: acme_helper, command: helper}]
    firewall_rules: {"137 agent": {dport: 9100}}
"""


@pytest.mark.parametrize("release", ["queens", "train", "wallaby"])
def test_names_that_another_vendor_uses_on_the_same_role_are_found(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, SHARING, release)
    (tmp_path / "other.yaml").write_text(OTHERS)
    registry = {"OS::TripleO::Services::Other": "other.yaml", "OS::TripleO::Services::Gone": "gone.yaml"}
    other = repo.write("others.yaml", {"resource_registry": registry})

    def found(*roles: list[str]) -> list[str]:
        listed = [
            {"name": f"Role{number}", "ServicesDefault": [f"OS::TripleO::Services::{name}" for name in names]}
            for number, names in enumerate(roles)
        ]
        (tmp_path / "roles.yaml").write_text(yaml.safe_dump(listed))
        return repo.preflight(other)

    assert found(["AcmeAgent"], ["Other"]) == []
    together = found(["AcmeAgent", "Other"])
    assert [line.partition(" is also ")[0].partition(": the ")[2] for line in together] == [
        "container acme_agent",
        "container acme_helper",
        "firewall rule 137 agent",
    ]


@pytest.mark.parametrize("release", ["queens", "wallaby"])
def test_the_readme_names_what_is_shared_and_what_to_set(release: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path, DRIVER, release)
    readme = repo.rendered["README.md"].content.decode()
    shared = readme[readme.index("## Shared with your files") : readme.index("## Deploy")]
    assert {"CinderVolumeOptVolumes", "ControllerExtraConfig"} <= set(re.findall(r"- `(\w+)`", shared))
    assert ("only the last counts, and as a whole" in shared) == (release == "wallaby")
    (stanza,) = re.findall(r"^    parameter_defaults:\n(?:      .*\n)+", readme, re.MULTILINE)
    assert repo.form
    assert yaml.safe_load(stanza) == yaml.safe_load(repo.form.read_text())
    config = yaml.safe_load(stanza)["parameter_defaults"]["ControllerExtraConfig"][
        "cinder::config::cinder_config"
    ]
    assert config["stora/san_password"] == {"value": None}
    command = readme[readme.index("openstack overcloud deploy") :]
    assert command.index("stora-tripleo.yaml") < command.index("$HOME/stora-tripleo-credentials.yaml")
    assert "example" not in command[: command.index("##")]


def test_nothing_is_said_where_nothing_is_shared_or_to_set(tmp_path: Path) -> None:
    text = "vendor: Acme\nservices: [{service_name: acme-agent}]\n"
    repo = Repository(tmp_path, text, "wallaby")
    readme = repo.rendered["README.md"].content.decode()
    assert "Shared with your files" not in readme
    assert "What you must set" not in readme
    assert repo.form is None


REFUSED = {  # answers with a password, and the same as the message advises
    "backend": (
        "integration: image, base_image: cinder-volume, cinder_backends: {a: {volume_driver: b, %s}}",
        "san_password: x",
        "secrets: [san_password]",
    ),
    "default": ("parameters: {AcmePassword: {type: string%s}}", ", default: x", ""),
    "hieradata": (
        "parameters: {AcmePassword: {type: string}}, config_settings: {%s}",
        "'acme::password': x",
        "'acme::password': {get_param: AcmePassword}",
    ),
    "variable": (
        "parameters: {AcmePassword: {type: string}}, container: {environment: {%s}}",
        "ACME_TOKEN: x",
        "ACME_TOKEN: {get_param: AcmePassword}",
    ),
    "environment": ("environment: {extra_config: {a: b, %s}}", "'acme::password': x", "c: d"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_form_that_a_refusal_advises_is_accepted(case: str) -> None:
    service, refused, advised = REFUSED[case]

    def load(value: str) -> None:
        text = f"vendor: Acme\nservices: [{{service_name: acme-x, {service % value}}}]\n"
        plan(checked(answers.load(text, "answers.yaml")))

    with pytest.raises(AnswersError) as raised:
        load(refused)
    (fault,) = raised.value.faults
    words = {
        "backend": "secrets: [san_password]",
        "default": "leave the default out",
        "environment": "leave it",
    }
    assert words.get(case, "{get_param: AcmePassword}") in fault.message
    load(advised)


def test_secrets_of_a_backend_are_names() -> None:
    service = "service_name: a-b, integration: image, base_image: cinder-volume, cinder_backends: {x: %s}"
    text = f"services: [{{{service}}}]"
    for options, words in {
        "{volume_driver: b, secrets: san_password}": "must be a list",
        "{volume_driver: b, san_login: [c]}": "not a list",
        "{volume_driver: b, san_password: '', secrets: [san_password]}": "leave one of the two out",
    }.items():
        with pytest.raises(AnswersError, match=words):
            plan(checked(answers.load(text % options, "answers.yaml")))
    assert "secrets: [nas_password]" in way_out(("cinder_backends", "a", "nas_password"))


def test_a_parameter_that_is_set_to_its_default_is_noted() -> None:
    text = AGENT.replace("AcmeSite: one", "AcmeSite: one, AcmeUrl: 'https://a.example'")
    told = "the environment file sets AcmeUrl to its default"
    assert any(note.startswith(told) for note in plan(checked(answers.load(text, "answers.yaml"))).notes)
    assert not any(told in note for note in plan(checked(answers.load(AGENT, "answers.yaml"))).notes)


CONFIGURED = """
vendor: Acme
services:
  - service_name: acme-backend
    integration: config
    config_settings: {"cinder::config::cinder_config": {acme/san_ip: {value: 192.0.2.1}}, "acme::level": 1}
"""


@pytest.mark.parametrize("release", ["queens", "wallaby"])
def test_hieradata_that_the_operators_hides_is_named(release: str, tmp_path: Path) -> None:
    """ExtraConfig ranks above what a service template sets, and puppet takes the first map."""
    repo = Repository(tmp_path, CONFIGURED, release)
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump([{"name": "Controller", "ServicesDefault": []}]))
    config = {"cinder::config::cinder_config": {"pure/san_ip": {"value": "192.0.2.9"}}, "acme::level": 2}
    (found,) = repo.preflight(repo.write("cloud.yaml", {"ControllerExtraConfig": config}))
    assert found.startswith("../cloud.yaml: ControllerExtraConfig: cinder::config::cinder_config hides ")
    readme = repo.rendered["README.md"].content.decode()
    assert "The service templates set `cinder::config::cinder_config` in hieradata" in readme
    assert "hiera -c /etc/puppet/hiera.yaml acme::level" in readme


def test_a_file_of_the_templates_beside_the_overlay_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client renders one directory; network-isolation.yaml is there as .j2.yaml only."""
    repo = Repository(tmp_path, AGENT, "train")
    (tmp_path / "stock/environments").mkdir(parents=True)
    for name in ("network-isolation.j2.yaml", "ssl.yaml"):
        (tmp_path / "stock/environments" / name).write_text("parameter_defaults: {Debug: true}\n")
    monkeypatch.setenv("TEMPLATES", str(tmp_path / "stock"))
    names = [f"../stock/environments/{name}.yaml" for name in ("network-isolation", "ssl")]
    found = [line for line in repo.preflight(*names) if "the other templates are in" in line]
    assert [line.startswith("note: ") for line in found] == [False, True]
    assert found[0].endswith("give ../templates/environments/network-isolation.yaml")
